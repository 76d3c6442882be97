"""The Home as blocks. Pure: what it shows was chosen by `surfaces/home.py` for the one person who sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from bot.slack.blocks import Block, actions, button, heading, plain_text, rich_line, words
from bot.slack.history import Asked
from bot.slack.language import Strings
from bot.slack.library import SourceRow
from bot.slack.surface import (
    HOME_ASK,
    HOME_PAGE,
    HOME_SEARCH,
    HOME_SHOW,
    MENU,
    REINGEST_SOURCE,
    REMOVE_SOURCE,
)
from vectorstore.tags import hashed

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


def closed_home(strings: Strings) -> dict[str, Any]:
    return _home([heading(strings("home.title")), rich_line(words(strings("hint.members_only")))])


def home_view(known: Known, mine: Sequence[Asked], administration: Sequence[Block], strings: Strings) -> dict[str, Any]:
    """`administration`: what stands below, for whoever administers."""
    blocks = [
        heading(strings("home.title")),
        ask_box(HOME_ASK, strings("home.ask"), strings("home.ask_hint")),
        *_known(known, strings),
        *_mine(mine, strings),
        heading(strings("home.can")),
        rich_line(words(strings("home.commands"))),
        rich_line(words(strings("home.language", language=strings("language.name")))),
    ]
    return _home([*blocks, *administration][:_MOST_BLOCKS], f"{known.page} {known.query}")


def _home(blocks: list[Block], state: str = "") -> dict[str, Any]:
    return {"type": "home", "private_metadata": state, "blocks": blocks}


def ask_box(action: str, label: str, hint: str, typed: str = "") -> Block:
    field: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": action,
        "max_length": 3000,
        "placeholder": plain_text(hint[:150]),
        "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
    }
    field |= {"initial_value": typed} if typed else {}
    return {"type": "input", "dispatch_action": True, "label": plain_text(label), "element": field}


# -- for everybody ---------------------------------------------------------------------------------------------------


def _known(known: Known, strings: Strings) -> list[Block]:
    documents, passages = strings.count("document", known.documents), strings.count("passage", known.passages)
    blocks = [
        heading(strings("home.known")),
        rich_line(words(strings("home.knows", documents=documents, passages=passages))),
    ]
    if known.query or len(known.sources) > SOURCES:
        blocks.append(ask_box(HOME_SEARCH, strings("home.search"), strings("home.search_hint"), known.query))
    if known.query:
        number = strings.count("source", len(known.sources))
        blocks.append(rich_line(words(strings("home.found", sources=number, query=known.query))))
        blocks.append(actions(button(strings("home.search_all"), HOME_SEARCH, " ")))
    first = known.page * SOURCES
    shown = known.sources[first : first + SOURCES]
    blocks += [_source(row, strings, is_managed=row.id in known.managed) for row in shown]
    turns = []
    if known.page:
        turns.append(button(strings("home.previous"), HOME_PAGE, str(known.page - 1)))
    if first + SOURCES < len(known.sources):
        turns.append(button(strings("home.next"), HOME_PAGE, str(known.page + 1)))
    # One action id may stand only once in a block of actions.
    return [*blocks, *(actions(turn) for turn in turns)]


def _source(row: SourceRow, strings: Strings, *, is_managed: bool) -> Block:
    name = PurePath(row.title).name if row.title == row.location and "://" not in row.title else row.title
    facts = [name[:300] or strings("answer.untitled"), strings.count("document", row.documents)]
    if row.updated_at:
        facts.append(strings("answer.read", day=strings.day(row.updated_at.date())))
    if not is_managed:
        return {"type": "section", "text": plain_text(" · ".join(facts))}
    facts += [row.scope, row.state[:200], hashed(row.tags), _due(row, strings)]
    facts = [fact for fact in facts if fact]
    options = [
        {"text": plain_text(strings(f"home.source.{name}")), "value": f"{action}:{row.id}"}
        for name, action in (("reingest", REINGEST_SOURCE), ("remove", REMOVE_SOURCE))
    ]
    menu = {"type": "overflow", "action_id": MENU, "options": options}
    return {"type": "section", "text": plain_text(" · ".join(facts)), "accessory": menu}


def _due(row: SourceRow, strings: Strings) -> str:
    return strings("home.due", when=f"{row.due_at:%Y-%m-%d %H:%M}") if row.due_at else ""


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
