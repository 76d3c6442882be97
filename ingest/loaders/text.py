"""Plain text: paragraphs that may be wrapped, lists, tables drawn with characters, verse, and headings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.blocks import Block, Loaded
from ingest.encoding import decode
from ingest.invisible import strip_invisible

_LINE_END = re.compile(r"\r\n?|[\u0085\u2028\x0b]")
_PARAGRAPH_END = re.compile(r"[\u2029\x0c]")
_ITEM = re.compile(r"[ \t]*(?:[-*•–—▪◦‣·]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])[ \t]+(?=\S)")
_ROW = re.compile(r"\s*\|.*\|\s*$")
_UNDERLINE = re.compile(r"\s*([=~-])\1{2,}\s*$")
_RULE = re.compile(r"\s*([-=_*~#+|])(?:[ \t]*[-=_*~#+|:]){2,}\s*$")
_SENTENCE_END = re.compile(r"[.!?…:;。！？۔؟][\"'”’»)\]]*$")
_WIDE_GAP = re.compile(r"\S(?:\t+| {3,})\S")

WRAP_MIN, WRAP_MAX = 50, 110
"""Characters a line of hard-wrapped text is wide; outside of it a line break was meant."""


def load_text(data: bytes, charset: str | None = None, _url: str | None = None) -> Loaded:
    text, invisible = strip_invisible(decode(data, charset))
    return Loaded(tuple(blocks_of(text)), scraped=True, removed={"invisible": invisible})


def blocks_of(text: str) -> list[Block]:
    """The paragraphs, items, rows and verses of a text in order; no visible character is lost but rules and underlines."""
    lines = _PARAGRAPH_END.sub("\n\n", _LINE_END.sub("\n", text)).split("\n")
    blocks: list[Block] = []
    for group in _groups(lines):
        blocks += _of_group(group)
    return blocks


def _groups(lines: Sequence[str]) -> Iterator[list[str]]:
    """Runs of lines without a blank one between them."""
    group: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            group.append(line.rstrip())
        elif group:
            yield group
            group = []


def _of_group(lines: list[str]) -> list[Block]:
    if len(lines) == 1 and not _ITEM.match(lines[0]):
        return _of_line(lines[0])
    if len(lines) > 1 and _UNDERLINE.match(lines[1]) and len(lines[0].strip()) < WRAP_MAX:
        heading = Block(lines[0].strip(), "heading", 1 if "=" in lines[1] else 2)
        return [heading, *(_of_group(lines[2:]) if lines[2:] else [])]
    blocks: list[Block] = []
    for kind, run in _runs(lines):
        if kind == "item":
            blocks.append(Block(_joined(run), "item"))
        elif kind == "row":
            blocks += [Block(line.strip(), "row") for line in run if not _RULE.match(line)]
        else:
            blocks += _of_prose(run)
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


def _of_prose(lines: list[str]) -> list[Block]:
    lines = [line for line in lines if not _RULE.match(line)]
    if not lines:
        return []
    if len(lines) == 1:
        return [Block(lines[0].strip())]
    if _are_wrapped(lines):
        return _paragraphs(lines)
    if max(len(line) for line in lines) > WRAP_MAX:
        return [Block(line.strip()) for line in lines]
    return [Block("\n".join(line.strip() for line in lines), "verse")]


def _are_wrapped(lines: list[str]) -> bool:
    """Whether an editor broke the lines: nearly nowhere would the next line's first word still have fitted."""
    width = max(len(line) for line in lines)
    if not WRAP_MIN <= width <= WRAP_MAX or any(_WIDE_GAP.search(line.strip()) for line in lines):
        return False
    full = sum(_is_full(line, after, width) for line, after in zip(lines, lines[1:], strict=False))
    return full >= 0.75 * (len(lines) - 1)


def _is_full(line: str, after: str, width: int) -> bool:
    first_word = after.split(maxsplit=1)[0]
    return len(line) + 1 + len(first_word) > width - 3


def _paragraphs(lines: list[str]) -> list[Block]:
    """Wrapped lines joined; a line that ends early at the end of a sentence ends a paragraph, as an indent begins one."""
    width = max(len(line) for line in lines)
    blocks: list[Block] = []
    run: list[str] = []
    for line, after in zip(lines, [*lines[1:], None], strict=True):
        run.append(line)
        if after is None or (_SENTENCE_END.search(line) and not _is_full(line, after, width)):
            blocks.append(Block(_joined(run)))
            run = []
    return blocks


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
