"""Slack's blocks as plain functions, and the packing of any amount of text into messages that Slack takes.

Text that is not ours goes into `rich_text` elements and `plain_text`, which Slack shows as they are: no mention, no link and no
formatting can come alive in them. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Literal

from bot.slack.mrkdwn import escape, link

Block = dict[str, Any]
Group = Literal["body", "points", "steps", "rows", "code", "sources", "notes"]

LONGEST_TEXT = 3500
"""Characters of `text` in one message: Slack recommends at most 4,000, some calls refuse more."""
LARGEST_BLOCKS = 9000
"""Characters of JSON in one message's text blocks: Slack refused 13,200 in all."""
LONGEST_PIECE = 1500
"""Characters in one element."""
MOST_ROWS = 99
"""Of a table, beside its header."""
_WRAPPED_COLUMNS = 4
"""In a wider table lines are not broken: it is moved to the side."""
_LONGEST_HEADING = 80
_BROKEN_FENCE = "`\u2060`\u2060`"


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
    """In the group `rows`: `header` and `row`, lists of a table's cells; the header is empty where there is none."""
    text: str
    """The same as mrkdwn."""
    level: int = 0
    """How deep the list is that the point or step belongs to, from 0."""
    number: int = 0
    """Of a step."""


def text_atoms(
    group: Group, item: int, text: str, *, bold: bool = False, code: bool = False, level: int = 0, number: int = 0
) -> Iterator[Atom]:
    styles = {name: True for name, is_set in (("bold", bold), ("code", code)) if is_set}
    style = {"style": styles} if styles else {}
    for piece in pieces(text, LONGEST_PIECE):
        # Escaping makes one character of the worst text five.
        for part in pieces(piece, LONGEST_PIECE if len(escape(piece)) <= LONGEST_TEXT // 2 else LONGEST_PIECE // 5):
            mrkdwn = f"`{escape(part)}`" if code else escape(part)
            yield Atom(group, item, {"type": "text", "text": part, **style}, mrkdwn, level, number)


def struck(group: Group, item: int, text: str) -> Iterator[Atom]:
    """Text that is crossed out: what is no longer said."""
    for atom in text_atoms(group, item, text):
        yield replace(atom, element={**atom.element, "style": {"strike": True}})


def link_atom(
    group: Group, item: int, url: str | None, label: str, *, in_text: bool = True, level: int = 0, number: int = 0
) -> Atom:
    """A link, or its label alone where there is no address. `in_text=False` keeps the address out of the mrkdwn."""
    element = {"type": "text", "text": label} if url is None else {"type": "link", "url": url, "text": label}
    mrkdwn = link(url, label) if url and in_text else escape(label)
    return Atom(group, item, element, mrkdwn, level, number)


def row_atom(item: int, header: Sequence[str], values: Sequence[str], proof: Sequence[Block], text: str) -> Atom:
    """A row of a table of plain cells, and a last one of rich text elements; at most 20 cells in all."""
    last = rich_line(*proof) if proof else _cell("")
    row = [*(_cell(value) for value in values), last]
    return Atom("rows", item, {"header": [_cell(name) for name in header], "row": row}, text)


def pieces(text: str, limit: int) -> Iterator[str]:
    """`text` in pieces of at most `limit` characters that rebuild it, cut after white space where there is some."""
    while len(text) > limit:
        cut = (
            text.rfind("\n", limit // 2, limit) + 1
            or text.rfind(" ", limit // 2, limit) + 1
            or _between_characters(text, limit)
        )
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


@dataclass(frozen=True, slots=True)
class Heading:
    """Of the sources, in each message that has some."""

    title: str = ""
    beside: str = ""
    """What holds of all of them."""

    @property
    def text(self) -> str:
        return f"*{self.title}*" + (f" · {escape(self.beside)}" if self.beside else "")


def packed(atoms: Iterable[Atom], sources: Heading = Heading()) -> list[Part]:
    """Messages that hold all of the atoms in their order; none for none. A short item is not torn in two."""
    parts: list[list[Atom]] = []
    filled = _Size()
    for item in _items(atoms):
        whole = _Size.of(item)
        if parts and whole.fits and not (filled + whole).fits:
            parts.append([])
            filled = _Size()
        for atom in item:
            size = _Size.of([atom])
            if not parts or not (filled + size).fits or _begins_another_table(atom, parts[-1]):
                parts.append([])
                filled = _Size()
            parts[-1].append(atom)
            filled += size
    return [_part(each, sources) for each in parts]


def _items(atoms: Iterable[Atom]) -> Iterator[list[Atom]]:
    """Entries of lists, rows, sources and notes as a whole; running text and code atom by atom."""
    for (group, _), item in groupby(atoms, key=lambda atom: (atom.group, atom.item)):
        if group in ("body", "code"):
            yield from ([atom] for atom in item)
        else:
            yield list(item)


def _begins_another_table(atom: Atom, before: list[Atom]) -> bool:
    """A message holds one table of at most 100 rows, the header among them."""
    rows = [each for each in before if each.group == "rows"]
    if atom.group != "rows" or not rows:
        return False
    goes_on = before[-1].group == "rows" and before[-1].element["header"] == atom.element["header"]
    return not goes_on or len(rows) >= MOST_ROWS or len(before[-1].element["row"]) != len(atom.element["row"])


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


def _part(atoms: list[Atom], sources: Heading) -> Part:
    texts, blocks = [], []
    for group, members in groupby(atoms, key=lambda atom: atom.group):
        items = [list(item) for _, item in groupby(members, key=lambda atom: atom.item)]
        blocks += _sources(items, sources) if group == "sources" else _GROUPS[group](items)
        lines = [_mark(item[0]) + "".join(atom.text for atom in item) for item in items]
        if group == "code":
            lines = [f"```\n{line.replace('```', _BROKEN_FENCE)}\n```" for line in lines]
        texts.append("\n".join(([sources.text] if group == "sources" else []) + lines))
    return Part("\n".join(texts), tuple(blocks))


def _mark(atom: Atom) -> str:
    """What stands before an entry of a list."""
    mark = {"points": "• ", "steps": f"{atom.number}. "}.get(atom.group, "")
    return "    " * atom.level + mark if mark else ""


def _body(items: list[list[Atom]]) -> list[Block]:
    return [_rich_text([_section(item) for item in items])]


def _points(items: list[list[Atom]]) -> list[Block]:
    """One list for each stretch of entries that are equally deep."""
    lists = []
    for level, entries in groupby(items, key=lambda item: item[0].level):
        indent = {"indent": level} if level else {}
        sections = [_section(item) for item in entries]
        lists.append({"type": "rich_text_list", "style": "bullet", **indent, "elements": sections})
    return [_rich_text(lists)]


def _steps(items: list[list[Atom]]) -> list[Block]:
    """Each step with its own number: one may be missing, and a message may begin in the middle."""
    lists: list[Block] = []
    following = None
    for item in items:
        level, number = item[0].level, item[0].number
        if (level, number) == following:
            lists[-1]["elements"].append(_section(item))
        else:
            place = {"indent": level} if level else {}
            place |= {"offset": number - 1} if number > 1 else {}
            lists.append({"type": "rich_text_list", "style": "ordered", **place, "elements": [_section(item)]})
        following = (level, number + 1)
    return [_rich_text(lists)]


def _code(items: list[list[Atom]]) -> list[Block]:
    blocks = [[atom.element for atom in item] for item in items]
    return [_rich_text([{"type": "rich_text_preformatted", "elements": elements} for elements in blocks])]


def _rows(items: list[list[Atom]]) -> list[Block]:
    atoms = [atom for item in items for atom in item]
    header = atoms[0].element["header"]
    rows = [*([header] if header else []), *(atom.element["row"] for atom in atoms)]
    wrapped = len(rows[0]) <= _WRAPPED_COLUMNS
    return [{"type": "table", "rows": rows, "column_settings": [{"is_wrapped": wrapped}] * len(rows[0])}]


def _cell(text: str) -> Block:
    return {"type": "raw_text", "text": text or "–"}


def _sources(items: list[list[Atom]], sources: Heading) -> list[Block]:
    beside = [words(f" · {sources.beside}")] if sources.beside else []
    heading = {"type": "rich_text_section", "elements": [bold(sources.title), *beside]}
    return [_rich_text([heading, *(_section(item) for item in items)])]


def _notes(items: list[list[Atom]]) -> list[Block]:
    notes = [plain_text(atom.element["text"]) for item in items for atom in item]
    return [{"type": "context", "elements": notes[first : first + 10]} for first in range(0, len(notes), 10)]


_GROUPS = {"body": _body, "points": _points, "steps": _steps, "rows": _rows, "code": _code, "notes": _notes}


def _section(item: list[Atom]) -> Block:
    return {"type": "rich_text_section", "elements": [atom.element for atom in item]}


def _rich_text(elements: list[Block]) -> Block:
    return {"type": "rich_text", "elements": elements}


def rich_line(*elements: Block) -> Block:
    return _rich_text([{"type": "rich_text_section", "elements": _filled(elements)}])


def _filled(elements: Iterable[Block]) -> list[Block]:
    """Without empty texts, for which Slack refuses all of the message or window."""
    return [each for each in elements if each.get("text") != ""]


def words(text: str) -> Block:
    return {"type": "text", "text": text}


def bold(text: str) -> Block:
    return {"type": "text", "text": text, "style": {"bold": True}}


def quoted(*elements: Block) -> Block:
    """Words of somebody else, set apart."""
    return _rich_text([{"type": "rich_text_quote", "elements": _filled(elements)}])


def verbatim(text: str) -> Block:
    """Text in letters of one width, line by line as it is."""
    return _rich_text([{"type": "rich_text_preformatted", "elements": _filled([words(text)])}])


def heading(text: str) -> Block:
    """At most 150 characters."""
    return {"type": "header", "text": plain_text(text[:150])}


def plain_text(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}


def button(label: str, action: str, value: str, style: Literal["primary", "danger"] | None = None) -> Block:
    styled = {"style": style} if style else {}
    return {"type": "button", "action_id": action, "text": plain_text(label), "value": value, **styled}


def confirmed(button: Block, title: str, text: str, yes: str, no: str) -> Block:
    """The button, asking once more before anything is sent. `title`: at most 100 characters, `yes` and `no` 30, `text` 300."""
    asks = {"title": title, "text": text, "confirm": yes, "deny": no}
    return {**button, "confirm": {name: plain_text(words) for name, words in asks.items()}}


def actions(*buttons: Block) -> Block:
    return {"type": "actions", "elements": list(buttons)}
