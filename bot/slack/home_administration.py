"""The part of the Home that administrators see, as blocks. Pure: what it shows was chosen by `surfaces/home.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.slack.blocks import Block, actions, bold, button, heading, plain_text, rich_line, words
from bot.slack.channels import ChannelSettings
from bot.slack.history import Group
from bot.slack.home_view import ask_box
from bot.slack.human_requests import HumanRequest
from bot.slack.language import Strings
from bot.slack.mrkdwn import escape, public_url
from bot.slack.sources import IN_TROUBLE
from bot.slack.surface import (
    ADD_FOR_QUESTION,
    EXPORT_RECORD,
    HOME_ADD_SOURCE,
    HOME_SEARCH,
    MENU,
    NOTE_FOR_QUESTION,
    OPEN_INBOX,
    OPEN_RECORD,
    OPEN_SETTINGS,
    QUESTION_HANDLED,
    SEE_ANSWER,
)
from bot.slack.targets import permalink

MOST_ASKED_ACTIONS = (SEE_ANSWER, NOTE_FOR_QUESTION, ADD_FOR_QUESTION)
UNANSWERED_ACTIONS = (ADD_FOR_QUESTION, NOTE_FOR_QUESTION, QUESTION_HANDLED)


@dataclass(frozen=True, slots=True)
class Health:
    trouble: Mapping[str, str]
    """What is wrong, by part; empty where nothing is."""
    sources_in_trouble: int
    stored: int
    """Bytes in the data directory."""


@dataclass(frozen=True, slots=True)
class Administration:
    """What only administrators see."""

    health: Health
    inbox: Sequence[Block]
    waiting: int
    """Opinions nobody has looked at."""
    calls: Sequence[HumanRequest]
    workspace: str
    """The workspace's own address, where the links of its messages begin; empty where it is not known."""
    unanswered: Sequence[Group]
    asked_elsewhere: int
    """Unanswered questions whose words are not shown: asked privately, or in channels that are not open to all."""
    most_asked: Sequence[Group]
    weeks: Sequence[Block]
    """How much was asked in each of the last weeks."""
    channels: Sequence[tuple[str, ChannelSettings]]
    record: Sequence[str]
    """The last lines of the audit trail."""


def administration_blocks(what: Administration, strings: Strings) -> list[Block]:
    return [
        {"type": "divider"},
        heading(strings("home.administration")),
        ask_box(HOME_ADD_SOURCE, strings("home.add_source"), strings("home.add_source_hint")),
        *_health(what.health, strings),
        heading(strings("home.weeks")),
        *what.weeks,
        heading(strings("home.feedback", number=strings.number(what.waiting))),
        *what.inbox,
        actions(button(strings("home.all_feedback"), OPEN_INBOX, "all")),
        heading(strings("home.calls")),
        *_calls(what, strings),
        heading(strings("home.most_asked")),
        *_groups(what.most_asked, strings("home.none_asked"), MOST_ASKED_ACTIONS, strings),
        heading(strings("home.unanswered")),
        *_unanswered(what, strings),
        heading(strings("home.channels")),
        *_channels(what.channels, strings),
        *record_blocks(what.record, strings),
    ]


def curated_blocks(channels: Sequence[tuple[str, ChannelSettings]], strings: Strings) -> list[Block]:
    """For whoever looks after these channels, and after no others."""
    return [
        {"type": "divider"},
        heading(strings("home.curated")),
        *_settings(channels, strings),
        rich_line(words(strings("home.curated_hint"))),
    ]


def record_blocks(lines: Sequence[str], strings: Strings) -> list[Block]:
    """For auditors too, who see nothing else of the administration."""
    return [
        heading(strings("home.record")),
        *(rich_line(words(line)) for line in lines),
        actions(
            button(strings("home.whole_record"), OPEN_RECORD, "7d"),
            button(strings("home.export_record"), EXPORT_RECORD, "export"),
        ),
    ]


def _health(health: Health, strings: Strings) -> list[Block]:
    wrong = [strings(f"home.wrong.{part}", reason=reason[:200]) for part, reason in health.trouble.items()]
    is_well = not wrong and not health.sources_in_trouble
    lines = [
        *wrong,
        *([strings("home.healthy")] if is_well else []),
        strings("home.stored", size=size(health.stored, strings)),
    ]
    blocks = [heading(strings("home.health")), rich_line(words("\n".join(lines)))]
    if not health.sources_in_trouble:
        return blocks
    told = strings("home.sources_in_trouble", sources=strings.count("source", health.sources_in_trouble))
    return [*blocks, rich_line(words(told)), actions(button(strings("home.show"), HOME_SEARCH, IN_TROUBLE))]


def size(number: int, strings: Strings) -> str:
    """In the unit that people read: 900 B, 12 KB, 3 MB, 2 GB; a thousand of one are one of the next."""
    units = ("B", "KB", "MB", "GB", "TB")
    power = min((len(str(number)) - 1) // 3, len(units) - 1)
    return f"{strings.number(round(number / 1000**power))} {units[power]}"


def _calls(what: Administration, strings: Strings) -> list[Block]:
    if not what.calls:
        return [rich_line(words(strings("home.no_calls")))]
    return [
        rich_line(
            bold(each.question[:300]),
            words(f"\n{each.asked_by_name} · {strings.day(each.at.date())} · "),
            {"type": "channel", "channel_id": each.channel},
            *_link(each, what.workspace, strings),
        )
        for each in what.calls
    ]


def _link(call: HumanRequest, workspace: str, strings: Strings) -> list[Block]:
    """To where it is answered, and marked as resolved."""
    if not workspace:
        return []
    url = public_url(permalink(workspace, call.channel, call.message_ts or call.thread_ts, call.thread_ts))
    return [words(" · "), {"type": "link", "url": url, "text": strings("inbox.in_slack")}] if url else []


def _unanswered(what: Administration, strings: Strings) -> list[Block]:
    if not what.asked_elsewhere:
        return _groups(what.unanswered, strings("home.all_answered"), UNANSWERED_ACTIONS, strings)
    elsewhere = strings("home.elsewhere", number=strings.number(what.asked_elsewhere))
    return [*_groups(what.unanswered, "", UNANSWERED_ACTIONS, strings), rich_line(words(elsewhere))]


def _groups(groups: Sequence[Group], none: str, offered: Sequence[str], strings: Strings) -> list[Block]:
    lines = [_group(each, offered, strings) for each in groups]
    return lines or ([rich_line(words(none))] if none else [])


def _group(group: Group, offered: Sequence[str], strings: Strings) -> Block:
    options = [
        {
            "text": plain_text(strings(f"remedy.{action}")),
            "value": f"{action}:{group.answer if action == SEE_ANSWER else group.words}",
        }
        for action in offered
    ]
    text = f"{strings('home.times', number=strings.number(group.times))} {group.question[:300]}"
    menu = {"type": "overflow", "action_id": MENU, "options": options}
    return {"type": "section", "text": plain_text(text), "accessory": menu}


def _settings(channels: Sequence[tuple[str, ChannelSettings]], strings: Strings) -> list[Block]:
    return [
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": f"<#{id}>: {escape(strings(f'settings.mode.{settings.mode}'))}"},
            "accessory": button(strings("home.settings"), OPEN_SETTINGS, id),
        }
        for id, settings in channels
    ]


def _channels(channels: Sequence[tuple[str, ChannelSettings]], strings: Strings) -> list[Block]:
    choice = {
        "type": "conversations_select",
        "action_id": OPEN_SETTINGS,
        "placeholder": plain_text(strings("home.choose_channel")),
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    return [*_settings(channels, strings), actions(choice)]
