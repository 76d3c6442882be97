"""The Home as blocks. Pure: what it shows was chosen by `surfaces/home.py` for the one person who sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from bot.slack.blocks import Block, actions, bold, button, heading, plain_text, rich_line, verbatim, words
from bot.slack.channels import ChannelSettings
from bot.slack.history import Asked, Unanswered, Week
from bot.slack.human_requests import HumanRequest
from bot.slack.language import Strings
from bot.slack.library import SourceRow
from bot.slack.surface import (
    HOME_ADD_SOURCE,
    HOME_ASK,
    HOME_PAGE,
    HOME_SHOW,
    MENU,
    OPEN_INBOX,
    OPEN_SETTINGS,
    REINGEST_SOURCE,
    REMOVE_SOURCE,
)

SOURCES = 10
"""Sources on a page of the Home."""
_BAR = 20
"""Characters of the longest bar."""
_MOST_BLOCKS = 100


@dataclass(frozen=True, slots=True)
class Known:
    """What this person may be answered from."""

    sources: Sequence[SourceRow]
    documents: int
    passages: int
    page: int = 0
    """Of `sources`, from 0."""


@dataclass(frozen=True, slots=True)
class Administration:
    """What only administrators see."""

    inbox: Sequence[Block]
    waiting: int
    """Opinions nobody has looked at."""
    calls: Sequence[HumanRequest]
    unanswered: Sequence[Unanswered]
    asked_elsewhere: int
    """Unanswered questions whose words are not shown: asked privately, or in channels that are not open to all."""
    weeks: Sequence[Week]
    channels: Sequence[tuple[str, ChannelSettings]]


def closed_home(strings: Strings) -> dict[str, Any]:
    return _home([heading(strings("home.title")), rich_line(words(strings("hint.members_only")))])


def home_view(
    known: Known, mine: Sequence[Asked], administration: Administration | None, strings: Strings
) -> dict[str, Any]:
    blocks = [
        heading(strings("home.title")),
        _ask_box(HOME_ASK, strings("home.ask"), strings("home.ask_hint")),
        *_known(known, strings, is_admin=administration is not None),
        *_mine(mine, strings),
        heading(strings("home.can")),
        rich_line(words(strings("home.commands"))),
        rich_line(words(strings("home.language", language=strings("language.name")))),
    ]
    blocks += _administration(administration, strings) if administration else []
    return _home(blocks[:_MOST_BLOCKS], page=known.page)


def _home(blocks: list[Block], page: int = 0) -> dict[str, Any]:
    return {"type": "home", "private_metadata": str(page), "blocks": blocks}


def _ask_box(action: str, label: str, hint: str) -> Block:
    field = {
        "type": "plain_text_input",
        "action_id": action,
        "max_length": 3000,
        "placeholder": plain_text(hint[:150]),
        "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
    }
    return {"type": "input", "dispatch_action": True, "label": plain_text(label), "element": field}


# -- for everybody ---------------------------------------------------------------------------------------------------


def _known(known: Known, strings: Strings, *, is_admin: bool) -> list[Block]:
    documents, passages = strings.count("document", known.documents), strings.count("passage", known.passages)
    blocks = [
        heading(strings("home.known")),
        rich_line(words(strings("home.knows", documents=documents, passages=passages))),
    ]
    first = known.page * SOURCES
    shown = known.sources[first : first + SOURCES]
    blocks += [_source(row, strings, is_admin=is_admin) for row in shown]
    turns = []
    if known.page:
        turns.append(button(strings("home.previous"), HOME_PAGE, str(known.page - 1)))
    if first + SOURCES < len(known.sources):
        turns.append(button(strings("home.next"), HOME_PAGE, str(known.page + 1)))
    # One action id may stand only once in a block of actions.
    return [*blocks, *(actions(turn) for turn in turns)]


def _source(row: SourceRow, strings: Strings, *, is_admin: bool) -> Block:
    name = PurePath(row.title).name if row.title == row.location and "://" not in row.title else row.title
    facts = [name[:300] or strings("answer.untitled"), strings.count("document", row.documents)]
    if row.updated_at:
        facts.append(strings("answer.read", day=strings.day(row.updated_at.date())))
    if not is_admin:
        return {"type": "section", "text": plain_text(" · ".join(facts))}
    facts += [row.scope, row.state[:200]]
    options = [
        {"text": plain_text(strings(f"home.source.{name}")), "value": f"{action}:{row.id}"}
        for name, action in (("reingest", REINGEST_SOURCE), ("remove", REMOVE_SOURCE))
    ]
    menu = {"type": "overflow", "action_id": MENU, "options": options}
    return {"type": "section", "text": plain_text(" · ".join(facts)), "accessory": menu}


def _mine(mine: Sequence[Asked], strings: Strings) -> list[Block]:
    blocks = [heading(strings("home.mine"))]
    if not mine:
        return [*blocks, rich_line(words(strings("home.none_mine")))]
    for each in mine:
        state = strings("home.answered" if each.answered else "home.unanswered_one")
        text = plain_text(f"{each.question[:300]}\n{state} · {strings.day(each.at.date())}")
        show = button(strings("home.show"), HOME_SHOW, each.answer)
        blocks.append({"type": "section", "text": text, "accessory": show})
    return blocks


# -- for administrators ----------------------------------------------------------------------------------------------


def _administration(what: Administration, strings: Strings) -> list[Block]:
    return [
        {"type": "divider"},
        heading(strings("home.administration")),
        _ask_box(HOME_ADD_SOURCE, strings("home.add_source"), strings("home.add_source_hint")),
        heading(strings("home.weeks")),
        verbatim(weeks_chart(what.weeks, strings)),
        heading(strings("home.feedback", number=strings.number(what.waiting))),
        *what.inbox,
        actions(button(strings("home.all_feedback"), OPEN_INBOX, "all")),
        heading(strings("home.calls")),
        *_calls(what.calls, strings),
        heading(strings("home.unanswered")),
        *_unanswered(what, strings),
        heading(strings("home.channels")),
        *_channels(what.channels, strings),
    ]


def weeks_chart(weeks: Sequence[Week], strings: Strings) -> str:
    """A line for each week: answered as full blocks, not answered as light ones, and both in figures."""
    longest = max((week.answered + week.abstained for week in weeks), default=0) or 1
    lines = [strings("home.legend")]
    for week in weeks:
        full, light = (_length(number, longest) for number in (week.answered, week.abstained))
        bar = "█" * full + "░" * light
        lines.append(f"{week.first_day:%d.%m.} {bar:<{_BAR + 1}} {week.answered:>5} {week.abstained:>5}")
    return "\n".join(lines)


def _length(number: int, longest: int) -> int:
    return max(1, round(_BAR * number / longest)) if number else 0


def _calls(calls: Sequence[HumanRequest], strings: Strings) -> list[Block]:
    if not calls:
        return [rich_line(words(strings("home.no_calls")))]
    return [
        rich_line(
            bold(each.question[:300]),
            words(f"\n{each.asked_by_name} · {strings.day(each.at.date())} · "),
            {"type": "channel", "channel_id": each.channel},
        )
        for each in calls
    ]


def _unanswered(what: Administration, strings: Strings) -> list[Block]:
    lines = [
        rich_line(words(strings("home.times", number=strings.number(each.times))), bold(f" {each.question[:300]}"))
        for each in what.unanswered
    ]
    if what.asked_elsewhere:
        lines.append(rich_line(words(strings("home.elsewhere", number=strings.number(what.asked_elsewhere)))))
    return lines or [rich_line(words(strings("home.all_answered")))]


def _channels(channels: Sequence[tuple[str, ChannelSettings]], strings: Strings) -> list[Block]:
    lines = [
        rich_line({"type": "channel", "channel_id": id}, words(": " + strings(f"settings.mode.{settings.mode}")))
        for id, settings in channels
    ]
    choice = {
        "type": "conversations_select",
        "action_id": OPEN_SETTINGS,
        "placeholder": plain_text(strings("home.choose_channel")),
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    return [*lines, actions(choice)]
