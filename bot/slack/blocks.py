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
_LONGEST_HEADING = 40


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
    style = {"style": {"bold": True}} if bold else {}
    for piece in pieces(text, LONGEST_PIECE):
        # Escaping makes one character of the worst text five.
        for part in pieces(piece, LONGEST_PIECE if len(escape(piece)) <= LONGEST_TEXT // 2 else LONGEST_PIECE // 5):
            yield Atom(group, item, {"type": "text", "text": part, **style}, escape(part))


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


def packed(atoms: Iterable[Atom], sources: str = "") -> list[Part]:
    """Messages that hold all of the atoms in their order; none for none. A short item is not torn in two.

    `sources` is the heading of the sources in each message.
    """
    parts: list[list[Atom]] = []
    filled = _Size()
    for item in _items(atoms):
        whole = _Size.of(item)
        if parts and whole.fits and not (filled + whole).fits:
            parts.append([])
            filled = _Size()
        for atom in item:
            size = _Size.of([atom])
            if not parts or not (filled + size).fits:
                parts.append([])
                filled = _Size()
            parts[-1].append(atom)
            filled += size
    return [_part(each, sources) for each in parts]


def _items(atoms: Iterable[Atom]) -> Iterator[list[Atom]]:
    """Bullets, sources and notes as a whole; running text atom by atom."""
    for (group, _), item in groupby(atoms, key=lambda atom: (atom.group, atom.item)):
        if group == "body":
            yield from ([atom] for atom in item)
        else:
            yield list(item)


@dataclass(frozen=True, slots=True)
class _Size:
    text: int = 0
    json: int = 0

    @classmethod
    def of(cls, atoms: list[Atom]) -> _Size:
        # The additions are for line breaks and for what surrounds an element.
        elements = sum(len(json.dumps(atom.element, ensure_ascii=False)) + 60 for atom in atoms)
        return cls(sum(len(atom.text) + 3 for atom in atoms), elements)

    def __add__(self, other: _Size) -> _Size:
        return _Size(self.text + other.text, self.json + other.json)

    @property
    def fits(self) -> bool:
        return self.text <= LONGEST_TEXT - _LONGEST_HEADING and self.json <= LARGEST_BLOCKS


def _part(atoms: list[Atom], sources: str) -> Part:
    texts, blocks = [], []
    for group, members in groupby(atoms, key=lambda atom: atom.group):
        items = [list(item) for _, item in groupby(members, key=lambda atom: atom.item)]
        blocks += _sources(items, sources) if group == "sources" else _GROUPS[group](items)
        mark = "• " if group == "points" else ""
        lines = [mark + "".join(atom.text for atom in item) for item in items]
        texts.append("\n".join(([f"*{sources}*"] if group == "sources" else []) + lines))
    return Part("\n".join(texts), tuple(blocks))


def _body(items: list[list[Atom]]) -> list[Block]:
    return [_rich_text([_section(item) for item in items])]


def _points(items: list[list[Atom]]) -> list[Block]:
    return [_rich_text([{"type": "rich_text_list", "style": "bullet", "elements": [_section(item) for item in items]}])]


def _sources(items: list[list[Atom]], title: str) -> list[Block]:
    heading = {"type": "rich_text_section", "elements": [bold(title)]}
    return [_rich_text([heading, *(_section(item) for item in items)])]


def _notes(items: list[list[Atom]]) -> list[Block]:
    notes = [plain_text(atom.element["text"]) for item in items for atom in item]
    return [{"type": "context", "elements": notes[first : first + 10]} for first in range(0, len(notes), 10)]


_GROUPS = {"body": _body, "points": _points, "notes": _notes}


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
