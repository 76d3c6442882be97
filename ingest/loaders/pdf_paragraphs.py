"""The lines of a PDF become headings, paragraphs and items, by where they stand, how large they are and how they end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from ingest.blocks import Block, row

_ITEM = re.compile(r"(?:[•▪◦‣·–*o●○■□➢✓]|[-]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s+\S")
_BULLET = re.compile(r"^[•▪◦‣·*●○■□➢✓]\s*")
_SENTENCE_END = re.compile(r"[.!?…。！？:;][\"'”’»)\]]*$")
_HYPHENATED = re.compile(r"([^\W\d_]{2,})[-‐]$")
_LARGER = 1.12
"""Times the size of the body, from which on a line is a heading."""
_WIDE_GAP = 1.35
"""Times the usual distance of lines, from which on a paragraph ends."""


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    page: int
    """From 0."""
    y: float
    """Points from the bottom of the page's coordinates."""
    size: float
    """Of the font, in points."""
    bold: bool
    place: float
    """Height on the page: 0 at its bottom, 1 at its top."""
    x: float = 0.0
    """Points from the left, where it begins."""
    cells: tuple[str, ...] = ()
    """What stands side by side in it, where it is a row of a table."""
    parted: bool = False
    """Whether a soft hyphen stood at its end: the word goes on in the next line."""

    @property
    def is_row(self) -> bool:
        return bool(self.cells)


def side_by_side(lines: Sequence[Line]) -> list[Line]:
    """Pieces written one after the other at the same height become one line: a mark and its item, words, cells of a row."""
    merged: list[Line] = []
    for line in lines:
        above = merged[-1] if merged else None
        if above and above.page == line.page and abs(above.y - line.y) < 0.35 * line.size and line.x > above.x:
            merged[-1] = _beside(above, line)
        else:
            merged.append(line)
    return [
        _settled(line, merged[max(0, place - 1) : place] + merged[place + 1 : place + 2])
        for place, line in enumerate(merged)
    ]


def _beside(left: Line, right: Line) -> Line:
    if _BARE_MARK.fullmatch(left.text):
        number = left.text.strip("().")
        return replace(right, text=f"{number}. {right.text}" if number.isalnum() else f"- {right.text}", x=left.x)
    cells = (*(left.cells or (left.text,)), right.text)
    return replace(left, text=f"{left.text} {right.text}", cells=cells, bold=left.bold and right.bold)


def _settled(line: Line, neighbours: Sequence[Line]) -> Line:
    """A row if a line above or below is one too, of as many cells from the same edge; a wide gap alone makes no table."""
    if not line.is_row:
        return line
    table = any(len(other.cells) == len(line.cells) and abs(other.x - line.x) < _SAME_EDGE for other in neighbours)
    return replace(line, text=row(line.cells).text, bold=False) if table else replace(line, cells=())


_SAME_EDGE = 3.0
"""Points."""


Widths = tuple[int, Sequence[Any]]
"""The code of the first letter that a font knows, and the widths of its letters in thousandths of its size."""
NO_WIDTHS: Widths = (0, ())


def is_apart(text: str, x: float, next_x: float, size: float, widths: Widths = NO_WIDTHS) -> bool:
    """Whether what begins at `next_x` stands further from `text`, which begins at `x`, than a word from the next."""
    letters = sum(_width_of(letter, widths) for letter in text.strip())
    return next_x - x > size * (letters * 1.05 + 0.8)


def _width_of(letter: str, widths: Widths) -> float:
    """In sizes of the font; what a font does not say is as in a common one."""
    first, known = widths
    place = ord(letter) - first
    if 0 <= place < len(known) and isinstance(known[place], (int, float)) and known[place] > 0:
        return float(known[place]) / 1000
    return 0.28 if letter in _NARROW else 0.68 if letter.isupper() else 0.52


_NARROW = frozenset(" .,;:'’!|iljtfI()[]-")
_BARE_MARK = re.compile(r"[•▪◦‣·*●○■□➢✓–-]|\(?(?:\d{1,3}|[a-z])[.)]?")


def blocks_of_lines(pages: Sequence[Sequence[Line]]) -> list[Block]:
    """All pages as blocks; a paragraph that runs over a page's end stays one, with the break inside."""
    lines = [line for page in pages for line in page]
    reading = _Reading(lines)
    blocks: list[Block] = []
    page = -1
    for group in reading.groups():
        first = group[0].page
        block = reading.block(group, breaks=first - page)
        blocks.append(block)
        page = group[-1].page
    missing = len(pages) - 1 - page
    return [*blocks, Block("", page_breaks=(0,) * missing)] if missing else blocks


class _Reading:
    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        sizes = Counter[float]()
        for line in lines:
            sizes[line.size] += len(line.text)
        self._body = sizes.most_common(1)[0][0] if sizes else 0.0
        larger = {line.size for line in lines if line.size >= _LARGER * self._body}
        self._levels = {size: min(level, 5) for level, size in enumerate(sorted(larger, reverse=True), 1)}
        lengths = sorted(len(line.text) for line in lines if line.size == self._body)
        self._width = lengths[int(len(lengths) * 0.9)] if lengths else 0
        gaps = sorted(
            a.y - b.y
            for a, b in pairwise(lines)
            if a.page == b.page and a.size == b.size and 1 < a.y - b.y < 4 * a.size
        )
        self._gap = gaps[len(gaps) // 4] if gaps else 0.0
        words = Counter(re.findall(r"\w+(?:-\w+)+", " ".join(line.text for line in lines)))
        self._compounds = frozenset(word.lower() for word in words)

    def groups(self) -> Iterator[list[Line]]:
        """Lines that belong together."""
        group: list[Line] = []
        for line in self._lines:
            if group and not self._continues(group[-1], line):
                yield group
                group = []
            group.append(line)
        if group:
            yield group

    def block(self, group: Sequence[Line], breaks: int) -> Block:
        """`breaks` is the number of pages that begin at the group's first line."""
        text, positions = self._joined(group)
        page_breaks = (0,) * breaks + positions
        if group[0].is_row:
            return Block(text, "row", 0, page_breaks)
        level = self._level(group[0])
        if level:
            return Block(text.replace("\n", " "), "heading", level, page_breaks)
        if _ITEM.match(text) and "\n" not in text:
            return Block(
                _BULLET.sub("- ", text), "item", 0, page_breaks if text[0] not in "•▪◦‣·*●○■□➢✓" else (0,) * breaks
            )
        return Block(text, "verse" if "\n" in text else "paragraph", 0, page_breaks)

    def _level(self, line: Line) -> int:
        if len(line.text) > 200 or line.is_row:
            return 0
        larger = self._levels.get(line.size, 0)
        if larger:
            return larger
        emphasised = (
            line.bold and len(line.text) <= 100 and not _SENTENCE_END.search(line.text) and line.size >= self._body
        )
        return min(len(self._levels) + 1, 6) if emphasised and not self._all_bold else 0

    @property
    def _all_bold(self) -> bool:
        bold = sum(len(line.text) for line in self._lines if line.bold)
        return bold > 0.3 * sum(len(line.text) for line in self._lines)

    def _continues(self, above: Line, line: Line) -> bool:
        """Whether `line` goes on with what stands above it."""
        if above.is_row or line.is_row:
            return False
        if self._level(above) or self._level(line):
            return (
                above.size == line.size
                and above.bold == line.bold
                and above.page == line.page
                and self._is_near(above, line)
            )
        if abs(above.size - line.size) > 0.1 * max(above.size, line.size) or _ITEM.match(line.text):
            return False
        if _ITEM.match(above.text) and line.x <= above.x + 0.5 and not self._is_full(above, line):
            return False
        open_end = not _SENTENCE_END.search(above.text)
        if above.page != line.page or line.y > above.y:
            return open_end and self._is_full(above, line)
        if not self._is_near(above, line):
            return False
        return open_end or self._is_full(above, line)

    def _is_near(self, above: Line, line: Line) -> bool:
        return not self._gap or above.y - line.y <= _WIDE_GAP * max(self._gap, line.size * 1.15)

    def _is_full(self, above: Line, line: Line) -> bool:
        """Whether the next line's first word would hardly have fitted: the break is the page's, not the writer's."""
        return len(above.text) + len(line.text.split(maxsplit=1)[0]) >= 0.85 * self._width

    def _joined(self, group: Sequence[Line]) -> tuple[str, tuple[int, ...]]:
        """The lines as one text, and where in it pages begin."""
        text = group[0].text
        positions: list[int] = []
        for above, line in pairwise(group):
            text, gap = self._glue(text, above, line)
            text += gap
            positions += [len(text)] * (line.page - above.page)
            text += line.text
        return text, tuple(positions)

    def _glue(self, text: str, above: Line, line: Line) -> tuple[str, str]:
        """The text so far, without a hyphen that only parted a word, and what comes between it and the next line."""
        if above.parted:
            return text, ""
        broken = _HYPHENATED.search(text)
        if broken:
            word = re.match(r"[^\W\d_]+", line.text)
            compound = word and f"{broken.group(1)}-{word.group()}".lower() in self._compounds
            return (text, "") if compound or not word or not line.text[0].islower() else (text[:-1], "")
        short = len(above.text) + len(line.text.split(maxsplit=1)[0]) < 0.6 * self._width and above.page == line.page
        return text, "\n" if short and not self._level(line) else " "
