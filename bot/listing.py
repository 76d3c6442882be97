"""What a question wants listed: the rows of a table, or the items under a line that announces them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from bot.comparing import COMPARES, extreme
from bot.draft import is_list_item
from bot.reading import Line, Reading
from bot.relevance import is_held
from bot.understand import Asked
from vectorstore.words import content_stems, stems

LONGEST = 12
"""Rows or items that are listed, at most."""

_ASKS = re.compile(
    r"^\W*(?:please |can you |could you )*(?:list|name|enumerate|show(?: me)?|give me)\s+(?!an?\b)"
    r"|^\W*(?:which|what) (?:[\w-]+ ){1,3}?(?:are|do|does|did|were|can|is)\b"
    r"(?: (?:there|we|you|it|they|i)\b|\s.*\b(?:offer|available|have|exist)\b)"
    r"|^\W*(?:what|who|which) (?:are|were) (?:all )?(?:the|your|our|its|their)\b",
    re.IGNORECASE,
)
_NOTHING_OF_ITS_OWN = frozenset(
    stems(
        "all item items point points list lists thing things entry entries available offer offers exist every different "
        "most least fewest highest lowest largest smallest biggest greatest best worst"
    )
)


@dataclass(frozen=True, slots=True)
class Listing:
    """Lines that belong together, in the document's order."""

    head: Line
    """The first row of the table, or the line that announces the items."""
    lines: tuple[Line, ...]
    near: float
    """How much of what `head` speaks of was asked for, in [0, 1]."""
    more: int = 0
    """Rows or items that belong to it and are left out."""


def listed(asked: Asked, readings: Sequence[Reading]) -> Listing | None:
    """The table or list that holds nothing but what `asked` wants listed; None where there is none, or nothing is to be listed.

    What the head does not say of the question, each row that is listed says.
    """
    wanted = [stem for stem in asked.stems if stem not in _NOTHING_OF_ITS_OWN]
    if COMPARES.search(asked.text):
        return _compared(asked, wanted, readings)
    if not wanted or not _ASKS.search(asked.text):
        return None
    found = [listing for reading in readings for listing in _of(reading, wanted)]
    return max(found, key=lambda listing: listing.near, default=None)


def steps_of(line: Line, reading: Reading) -> list[Line]:
    """The numbered list that `line` is a step of, as one step alone tells nobody how; empty where it is none."""
    if not _NUMBERED.match(line.text):
        return []
    first = line.index
    while first and _NUMBERED.match(reading.lines[first - 1].text):
        first -= 1
    steps = list(takewhile(lambda other: _NUMBERED.match(other.text), reading.lines[first:]))
    return steps[:LONGEST] if len(steps) > 1 else []


_NUMBERED = re.compile(r"\d{1,3}[.)]\s")


def _compared(asked: Asked, wanted: Sequence[str], readings: Sequence[Reading]) -> Listing | None:
    """The whole table that has a column for what is compared, as no row alone tells which is the most; that one first."""
    heads = [(reading, line) for reading in readings for line in reading.lines if reading.is_table_head(line)]
    for reading, head in heads:
        rows = [row for row in _rows(reading, head) if row.stems]
        most = extreme(asked, head, rows)
        around = {*head.stems, *content_stems(f"{reading.version.title} {reading.heading(head)}")}
        if most and any(is_held(stem, around) for stem in asked.stems):
            ordered = [most, *(row for row in rows if row != most)]
            return Listing(head, tuple(ordered[:LONGEST]), 1.0, len(rows[LONGEST:]))
        if len(wanted) > 1 and all(is_held(stem, head.stems) for stem in wanted if not stem.isdigit()):
            return next((listing for listing in _of(reading, wanted) if listing.head == head), None)
    return None


def _rows(reading: Reading, head: Line) -> list[Line]:
    return list(takewhile(lambda other: other.text.startswith("|"), reading.lines[head.index + 1 :]))


def _of(reading: Reading, wanted: Sequence[str]) -> Iterator[Listing]:
    taken: set[int] = set()
    for line in reading.lines:
        following = reading.lines[line.index + 1 :]
        if reading.is_table_head(line):
            listing = _listing(
                line, [row for row in _rows(reading, line) if row.stems], reading, wanted, _column(line, wanted)
            )
        elif following and is_list_item(following[0].text) and following[0].index not in taken:
            items = _items(following)
            taken |= {item.index for item in items}
            is_heading = items[0].section == line.index or _is_numbered(line) > _is_numbered(items[0])
            listing = _listing(line, items, reading, wanted, _announced(line, wanted, is_heading=is_heading))
        else:
            listing = None
        if listing:
            yield listing


def _listing(head: Line, lines: Sequence[Line], reading: Reading, wanted: Sequence[str], near: float) -> Listing | None:
    around = {*head.stems, *content_stems(f"{reading.version.title} {reading.heading(head)}")}
    open_words = [stem for stem in wanted if not is_held(stem, around)]
    held = [line for line in lines if all(is_held(stem, line.stems) for stem in open_words)]
    return Listing(head, tuple(held[:LONGEST]), near, len(held[LONGEST:])) if near > 0 and held else None


def _column(head: Line, wanted: Collection[str]) -> float:
    """Of the column that the question names: how much of its name."""
    columns = [content_stems(cell) for cell in head.text.strip("| ").split("|")]
    return max((_share(column, wanted) for column in columns if column), default=0.0)


def _items(following: Sequence[Line]) -> list[Line]:
    """The list that begins there; an entry of several sentences is its first one."""
    first = following[0]
    together = takewhile(lambda other: other.paragraph == first.paragraph, following)
    return [line for line in together if is_list_item(line.text) and _is_numbered(line) == _is_numbered(first)]


def _is_numbered(line: Line) -> bool:
    return line.text[0].isdigit()


def _announced(line: Line, wanted: Collection[str], *, is_heading: bool) -> float:
    """A line that ends with a colon announces what it speaks of; a heading, only what it names in whole."""
    said = [stem for stem in line.stems if not stem.isdigit()]
    if is_heading:
        return _share(said, wanted)
    colon = line.text.rstrip(" *").endswith(":")
    return _MOSTLY if colon and any(is_held(stem, wanted) for stem in said) else 0.0


def _share(said: Sequence[str], wanted: Collection[str]) -> float:
    share = sum(is_held(stem, wanted) for stem in said) / len(said) if said else 0.0
    return share if share >= _MOSTLY else 0.0


_MOSTLY = 0.5
