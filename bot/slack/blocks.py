"""Slack's blocks as plain functions, and the packing of any amount of text into messages that Slack takes.

Text that is not ours goes into `rich_text` elements and `plain_text`, which Slack shows as they are: no mention, no link and no
formatting can come alive in them. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from bot.slack.mrkdwn import escape, link

Block = dict[str, Any]
Group = Literal["body", "points", "sources", "notes"]

LONGEST_TEXT = 3500
"""Characters of `text` in one message: Slack recommends at most 4,000, some calls refuse more."""
LARGEST_BLOCKS = 9000
"""Characters of JSON in one message's text blocks: Slack refused 13,200 in all."""
LONGEST_PIECE = 1500
"""Characters in one element."""


@dataclass(frozen=True, slots=True)
class Part:
    """One message: its blocks, and the same content as mrkdwn for notifications and where blocks are refused."""

    text: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Atom:
    """The smallest thing that is never cut: some text or a link, in an item (a paragraph, a bullet) of a group."""

    group: Group
    item: int
    element: Block
    text: str
    """The same as mrkdwn."""


def text_atoms(group: Group, item: int, text: str, *, bold: bool = False) -> Iterator[Atom]:
    for piece in pieces(text, LONGEST_PIECE):
        style = {"style": {"bold": True}} if bold else {}
        yield Atom(group, item, {"type": "text", "text": piece, **style}, escape(piece))


def link_atom(group: Group, item: int, url: str | None, label: str, *, in_text: bool = True) -> Atom:
    """A link, or its label alone where there is no address. `in_text=False` keeps the address out of the mrkdwn."""
    if url is None:
        return Atom(group, item, {"type": "text", "text": label}, escape(label))
    return Atom(
        group, item, {"type": "link", "url": url, "text": label}, link(url, label) if in_text else escape(label)
    )


def pieces(text: str, limit: int) -> Iterator[str]:
    """`text` in pieces of at most `limit` characters that rebuild it, cut after white space where there is some."""
    while len(text) > limit:
        cut = text.rfind(" ", limit // 2, limit) + 1 or _between_characters(text, limit)
        yield text[:cut]
        text = text[cut:]
    if text:
        yield text


def _between_characters(text: str, limit: int) -> int:
    """The last place at or before `limit` that does not separate a character from what combines with it."""
    for cut in range(limit, limit // 2, -1):
        joins = unicodedata.combining(text[cut]) or text[cut] in "\u200d\ufe0f" or text[cut - 1] == "\u200d"
        if not joins:
            return cut
    return limit


def packed(atoms: Iterable[Atom]) -> list[Part]:
    """Messages that hold all of the atoms in their order; none for none."""
    parts: list[list[Atom]] = []
    text_size = json_size = 0
    for atom in atoms:
        text, size = len(atom.text) + 3, len(json.dumps(atom.element, ensure_ascii=False)) + 60
        if not parts or text_size + text > LONGEST_TEXT or json_size + size > LARGEST_BLOCKS:
            parts.append([])
            text_size = json_size = 0
        parts[-1].append(atom)
        text_size, json_size = text_size + text, json_size + size
    return [_part(each) for each in parts]


def _part(atoms: list[Atom]) -> Part:
    texts, blocks = [], []
    for group, members in groupby(atoms, key=lambda atom: atom.group):
        items = [list(item) for _, item in groupby(members, key=lambda atom: atom.item)]
        blocks += _GROUPS[group](items)
        mark = "• " if group == "points" else ""
        lines = [mark + "".join(atom.text for atom in item) for item in items]
        texts.append("\n".join((["*Sources*"] if group == "sources" else []) + lines))
    return Part("\n".join(texts), tuple(blocks))


def _body(items: list[list[Atom]]) -> list[Block]:
    return [_rich_text([_section(item) for item in items])]


def _points(items: list[list[Atom]]) -> list[Block]:
    return [_rich_text([{"type": "rich_text_list", "style": "bullet", "elements": [_section(item) for item in items]}])]


def _sources(items: list[list[Atom]]) -> list[Block]:
    heading = {"type": "rich_text_section", "elements": [bold("Sources")]}
    return [_rich_text([heading, *(_section(item) for item in items)])]


def _notes(items: list[list[Atom]]) -> list[Block]:
    notes = [plain_text(atom.element["text"]) for item in items for atom in item]
    return [{"type": "context", "elements": notes[first : first + 10]} for first in range(0, len(notes), 10)]


_GROUPS = {"body": _body, "points": _points, "sources": _sources, "notes": _notes}


def _section(item: list[Atom]) -> Block:
    return {"type": "rich_text_section", "elements": [atom.element for atom in item]}


def _rich_text(elements: list[Block]) -> Block:
    return {"type": "rich_text", "elements": elements}


def rich_line(*elements: Block) -> Block:
    return _rich_text([{"type": "rich_text_section", "elements": list(elements)}])


def words(text: str) -> Block:
    return {"type": "text", "text": text}


def bold(text: str) -> Block:
    return {"type": "text", "text": text, "style": {"bold": True}}


def plain_text(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}


def button(label: str, action: str, value: str, style: Literal["primary", "danger"] | None = None) -> Block:
    styled = {"style": style} if style else {}
    return {"type": "button", "action_id": action, "text": plain_text(label), "value": value, **styled}


def actions(*buttons: Block) -> Block:
    return {"type": "actions", "elements": list(buttons)}
