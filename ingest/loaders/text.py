"""Plain text: paragraphs that may be wrapped, lists, tables drawn with characters, verse, and headings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ingest.blocks import Block, Loaded
from ingest.encoding import decode
from ingest.invisible import strip_invisible

_LINE_END = re.compile(r"\r\n?|[\u0085\u2028\x0b]")
_PARAGRAPH_END = re.compile(r"[\u2029\x0c]")
_ITEM = re.compile(r"(?![ \t]*[-–—*].*[-–—*]$)[ \t]*(?:[-*•–—▪◦‣·]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])[ \t]+(?=\S)")
_ROW = re.compile(r"\s*\|.*\|\s*$")
_UNDERLINE = re.compile(r"\s*([=~-])\1{2,}\s*$")
_RULE = re.compile(r"\s*([-=_*~#+|])(?:[ \t]*[-=_*~#+|:]){2,}\s*$")
_SENTENCE_END = re.compile(r"[.!?…:;。！？۔؟][\"'”’»)\]]*$")
_WIDE_GAP = re.compile(r"\S(?:\t+| {3,})\S")

WRAP_MIN, WRAP_MAX = 50, 160
"""Characters a line of hard-wrapped text is wide; outside of it a line break was meant."""
_ENOUGH = 500
"""Groups of lines, and lines of each, that are looked at to tell whether a text is wrapped."""
LONG_LINE = 110
"""Characters; a longer line is no verse and no heading."""


def load_text(data: bytes, charset: str | None = None, _url: str | None = None) -> Loaded:
    text, invisible = strip_invisible(decode(data, charset))
    return Loaded(tuple(blocks_of(text)), scraped=True, removed={"invisible": invisible})


def blocks_of(text: str) -> list[Block]:
    """The paragraphs, items, rows and verses of a text in order; no visible character is lost but rules and underlines."""
    groups = list(_groups(_PARAGRAPH_END.sub("\n\n", _LINE_END.sub("\n", text)).split("\n")))
    width = _wrap_width(groups)
    return [block for group in groups for block in _of_group(group, width)]


def _groups(lines: Sequence[str]) -> Iterator[list[str]]:
    """Runs of lines without a blank one between them."""
    group: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            group.append(line.rstrip())
        elif group:
            yield group
            group = []


def _of_group(lines: list[str], width: int) -> list[Block]:
    if len(lines) == 1 and not _ITEM.match(lines[0]):
        return _of_line(lines[0])
    if len(lines) > 1 and _UNDERLINE.match(lines[1]) and len(lines[0].strip()) < LONG_LINE:
        heading = Block(lines[0].strip(), "heading", 1 if "=" in lines[1] else 2)
        return [heading, *(_of_group(lines[2:], width) if lines[2:] else [])]
    blocks: list[Block] = []
    for kind, run in _runs(lines):
        if kind == "item":
            blocks.append(Block(_joined(run), "item"))
        elif kind == "row":
            blocks += [Block(line.strip(), "row") for line in run if not _RULE.match(line)]
        else:
            blocks += _of_prose([line for line in run if not _RULE.match(line)], width)
    return blocks


def _of_line(line: str) -> list[Block]:
    text = line.strip()
    if _RULE.match(text):
        return []
    return [Block(text, "row" if _ROW.match(text) else "paragraph")]


def _runs(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """The lines of a group cut into items (with the lines that continue them), rows and prose."""
    kind, run = "", list[str]()
    for line in lines:
        this = "row" if _ROW.match(line) or _is_grid(line) else "item" if _ITEM.match(line) else "prose"
        if this == "prose" and kind == "item" and _continues(run[-1], line):
            this = "item"
        elif run and (this == "item" or this != kind):
            yield kind, run
            run = []
        kind = this
        run.append(line)
    if run:
        yield kind, run


def _is_grid(line: str) -> bool:
    return bool(_RULE.match(line)) and "+" in line


def _continues(item: str, line: str) -> bool:
    """Whether a line without a mark belongs to the item above: indented, or wrapped within a sentence."""
    indented = line[:1] in " \t"
    return indented or (len(item) >= WRAP_MIN and not _SENTENCE_END.search(item) and line[:1].islower())


# --- Wrapped lines --------------------------------------------------------------------------------------------------


def _wrap_width(groups: Sequence[list[str]]) -> int:
    """The width at which an editor broke the lines of a text, or 0 where nobody did.

    Nearly nowhere would the next line's first word still have fitted, and most lines end amid a sentence; lines broken by
    their writer end anywhere, and lines that are paragraphs end with their sentence.
    """
    groups = [group for group in groups[:_ENOUGH] if len(group) > 1]
    if not groups:
        return 0
    breaks = [pair for group in groups if not _has_marks(group) for pair in pairwise(group[:_ENOUGH])]
    long_groups = [group for group in groups if len(group) > 3 and not _has_marks(group)]
    widths = {max(map(len, group)) for group in long_groups} or {max((len(line) for line, _ in breaks), default=0)}
    fitting = [width for width in widths if WRAP_MIN <= width <= WRAP_MAX]
    for width in sorted(fitting, reverse=True):
        near = [pair for pair in breaks if len(pair[0]) <= width]
        full = [line for line, after in near if _is_full(line, after, width)]
        amid = sum(not _SENTENCE_END.search(line) for line in full)
        if len(near) > 2 and len(full) >= 0.6 * len(near) and amid >= 0.5 * len(full):
            return width
    return 0


def _has_marks(group: Sequence[str]) -> bool:
    return any(_ITEM.match(line) or _ROW.match(line) or _WIDE_GAP.search(line.strip()) for line in group)


def _is_full(line: str, after: str, width: int) -> bool:
    first_word = after.split(maxsplit=1)[0]
    return len(line) + 1 + len(first_word) > width - 3


def _of_prose(lines: list[str], width: int) -> list[Block]:
    """Paragraphs: a line goes on in the next where it is full, or where the next one plainly goes on with its sentence."""
    blocks: list[Block] = []
    run: list[str] = []
    for line, after in zip(lines, [*lines[1:], None], strict=True):
        run.append(line)
        if after is None or not _goes_on(line, after, width):
            blocks.append(Block(_joined(run)))
            run = []
    longest = min(LONG_LINE, max(map(len, lines)))
    if len(blocks) > 1 and all(len(block.text) <= longest for block in blocks):
        return [Block("\n".join(block.text for block in blocks), "verse")]
    return blocks


def _goes_on(line: str, after: str, width: int) -> bool:
    if width and len(line) <= width:
        return _is_full(line, after, width)
    return len(line) >= WRAP_MIN and after[:1].islower() and not _SENTENCE_END.search(line)


def _joined(lines: list[str]) -> str:
    """Lines of one paragraph as one line. A hyphen at a line's end stays: it may be the word's own."""
    joined = lines[0].strip()
    for line in lines[1:]:
        word = line.strip()
        gap = (
            ""
            if (joined.endswith("-") and joined[-2:-1].isalnum()) or (_is_cjk(joined[-1:]) and _is_cjk(word[:1]))
            else " "
        )
        joined += gap + word
    return joined


def _is_cjk(character: str) -> bool:
    return "\u3000" <= character <= "\u9fff" or "\uff00" <= character <= "\uffef"
