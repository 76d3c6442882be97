"""The Home as blocks. Pure: what it shows was chosen by `surfaces/home.py` for the one person who sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from bot.slack.blocks import Block, actions, bold, button, heading, plain_text, rich_line, words
from bot.slack.history import Asked
from bot.slack.language import Strings
from bot.slack.library import SourceRow
from bot.slack.sources import IN_TROUBLE, SCHEDULED, state_of
from bot.slack.surface import (
    FORGET_SOURCE,
    HOME_ASK,
    HOME_BACK,
    HOME_PAGE,
    HOME_SEARCH,
    HOME_SHOW,
    MENU,
    REINGEST_SOURCE,
    REMOVE_SOURCE,
    SCHEDULE_SOURCE,
)
from vectorstore.tags import hashed

_MOST_TAGS = 50
"""In the menu of what to show."""
SOURCES = 10
"""Sources on a page of the Home."""
_MOST_BLOCKS = 100


@dataclass(frozen=True, slots=True)
class Known:
    """What this person may be answered from."""

    sources: Sequence[SourceRow]
    documents: int
    passages: int
    page: int = 0
    """Of `sources`, from 0."""
    query: str = ""
    """The words that `sources` were searched for."""
    managed: frozenset[str] = frozenset()
    """The ids of the sources this person looks after."""
    may_forget: bool = False
    """Whether this person may have sources erased."""
    readers: Mapping[str, str] = field(default_factory=dict)
    """By scope, who is answered from it, for a person to read."""
    owners: Mapping[str, str] = field(default_factory=dict)
    """By id, the names of those who added sources."""
    tags: Sequence[str] = ()
    """Of the sources this person looks after."""


def closed_home(strings: Strings) -> dict[str, Any]:
    return _home([heading(strings("home.title")), rich_line(words(strings("hint.members_only")))])


def home_view(
    known: Known, mine: Sequence[Asked], administration: Sequence[Block], strings: Strings, notice: str = ""
) -> dict[str, Any]:
    """`administration`: what stands below, for whoever administers; `notice`: what is told on top."""
    blocks = [
        heading(strings("home.title")),
        *([rich_line(bold(f"💬 {notice}"))] if notice else []),
        ask_box(HOME_ASK, strings("home.ask"), strings("home.ask_hint")),
        *_known(known, strings),
        *_mine(mine, strings),
        heading(strings("home.can")),
        rich_line(words(strings("home.commands"))),
        rich_line(words(strings("home.language", language=strings.tongue(strings.language)))),
    ]
    return _home([*blocks, *administration][:_MOST_BLOCKS], f"{known.page} {known.query}")


def _home(blocks: list[Block], state: str = "") -> dict[str, Any]:
    return {"type": "home", "private_metadata": state, "blocks": blocks}


def ask_box(action: str, label: str, hint: str, typed: str = "") -> Block:
    box: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": action,
        "max_length": 3000,
        "placeholder": plain_text(hint[:150]),
        "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
    }
    box |= {"initial_value": typed} if typed else {}
    return {"type": "input", "dispatch_action": True, "label": plain_text(label), "element": box}


# -- for everybody ---------------------------------------------------------------------------------------------------


def _known(known: Known, strings: Strings) -> list[Block]:
    documents, passages = strings.count("document", known.documents), strings.count("passage", known.passages)
    told = strings("home.knows", documents=documents, passages=passages)
    blocks = [
        heading(strings("home.known")),
        rich_line(words(told if known.documents else strings("home.knows_nothing"))),
    ]
    named = {IN_TROUBLE: strings("home.in_trouble"), SCHEDULED: strings("home.scheduled")}.get(known.query, "")
    if known.query or len(known.sources) > SOURCES:
        typed = "" if named else known.query
        blocks.append(ask_box(HOME_SEARCH, strings("home.search"), strings("home.search_hint"), typed))
        blocks += [actions(_filter(known, strings))] if known.managed else []
    if known.query:
        number = strings.count("source", len(known.sources))
        blocks.append(rich_line(words(strings("home.found", sources=number, query=named or known.query))))
        blocks.append(actions(button(strings("home.search_all"), HOME_SEARCH, " ")))
    first = known.page * SOURCES
    shown = known.sources[first : first + SOURCES]
    blocks += [_source(row, known, strings) for row in shown]
    return [*blocks, *_turns(known, strings)]


def _turns(known: Known, strings: Strings) -> list[Block]:
    """Which of the sources are on this page, and the way to the others; nothing where one page holds them all."""
    first, number = known.page * SOURCES, len(known.sources)
    if number <= SOURCES:
        return []
    last = min(first + SOURCES, number)
    span = {"first": first + 1, "last": last, "number": number}
    told = strings("home.span", **{name: strings.number(each) for name, each in span.items()})
    turns = [button(strings("home.previous"), HOME_BACK, str(known.page - 1))] if known.page else []
    turns += [button(strings("home.next"), HOME_PAGE, str(known.page + 1))] if last < number else []
    return [rich_line(words(told)), actions(*turns)]


def _filter(known: Known, strings: Strings) -> Block:
    """What is chosen is searched for, as if it had been typed."""
    choices = [
        (strings("home.search_all"), " "),
        (strings("home.in_trouble"), IN_TROUBLE),
        (strings("home.scheduled"), SCHEDULED),
        *((f"#{tag}", f"#{tag}") for tag in known.tags[:_MOST_TAGS]),
    ]
    options = [{"text": plain_text(label), "value": value} for label, value in choices]
    chosen = next((option for option in options if option["value"] == known.query), None)
    menu: Block = {"type": "static_select", "action_id": HOME_SEARCH, "options": options}
    menu["placeholder"] = plain_text(strings("home.filter"))
    return menu | ({"initial_option": chosen} if chosen else {})


def _source(row: SourceRow, known: Known, strings: Strings) -> Block:
    name = PurePath(row.title).name if row.title == row.location and "://" not in row.title else row.title
    read = strings("answer.read", day=strings.day(row.updated_at.date())) if row.updated_at else ""
    facts = [strings.count("document", row.documents), read]
    if row.id not in known.managed:
        return {"type": "section", "text": plain_text(_lines(f"📄 {name[:300] or strings('answer.untitled')}", facts))}
    owner = known.owners.get(row.owner, "")
    facts.insert(1, known.readers.get(row.scope, row.scope))
    more = [
        state_of(row, strings)[:300],
        hashed(row.tags),
        strings("home.due", when=strings.moment(row.due_at)) if row.due_at else "",
        strings("home.added_by", name=owner) if owner else "",
    ]
    mark = "⚠️" if row.trouble else "📄"
    text = plain_text(_lines(f"{mark} {name[:300] or strings('answer.untitled')}", facts, more))
    return {"type": "section", "text": text, "accessory": _menu(row, known, strings)}


def _lines(title: str, *facts: Sequence[str]) -> str:
    lines = (" · ".join(filter(None, each)) for each in facts)
    return "\n".join([title, *filter(None, lines)])


def _menu(row: SourceRow, known: Known, strings: Strings) -> Block:
    """Five entries at most."""
    every, entry = ("off", "unschedule") if row.due_at else ("daily", "schedule")
    entries = [
        ("reingest", f"{REINGEST_SOURCE}:{row.id}"),
        (entry, f"{SCHEDULE_SOURCE}:{row.id} {every}"),
        ("remove", f"{REMOVE_SOURCE}:{row.id}"),
        *([("forget", f"{FORGET_SOURCE}:{row.id}")] if known.may_forget else []),
    ]
    options = [{"text": plain_text(strings(f"home.source.{name}")), "value": value} for name, value in entries]
    return {"type": "overflow", "action_id": MENU, "options": options}


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
