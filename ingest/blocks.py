"""A document as its reader sees it: headings, paragraphs, list items and table rows, in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ingest.metadata import Metadata

Kind = Literal["paragraph", "heading", "item", "row", "verse"]


@dataclass(frozen=True, slots=True)
class Block:
    """One of them. `text` has no blank line and no surrounding white space; only a `verse` has line breaks.

    An `item` begins with its mark ("- ", "2. "), a `row` is "| cell | cell |".
    """

    text: str
    kind: Kind = "paragraph"
    level: int = 0
    """Of a heading, from 1 (outermost) to 6."""
    page_breaks: tuple[int, ...] = ()
    """Offsets into `text` at which a page begins; more than one at the same place where pages are empty."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a loader found in a file, before cleaning."""

    blocks: tuple[Block, ...]
    metadata: Metadata = field(default_factory=Metadata)
    scraped: bool = False
    """Whether it may hold what surrounds an article on a web page: navigation, advertisements, buttons."""
    removed: Mapping[str, int] = field(default_factory=dict)
    """What the loader has already taken out, by kind."""
    links: tuple[str, ...] = ()
    """Of a feed or a sitemap: the addresses it lists."""


@dataclass(frozen=True, slots=True)
class Assembled:
    text: str
    pages: tuple[int, ...]
    """Offset at which each page begins, page 1 first; empty where the format has no pages."""
    headings: tuple[tuple[int, int, str], ...]
    """(offset, level, text) of every heading, in order."""


def assemble(blocks: Sequence[Block]) -> Assembled:
    """Blank lines between blocks, a line break between the items of a list and the rows of a table."""
    parts: list[str] = []
    pages: list[int] = []
    headings: list[tuple[int, int, str]] = []
    position = 0
    previous: Block | None = None
    for block in blocks:
        if not block.text:
            pages += [position] * len(block.page_breaks)
            continue
        if previous is not None:
            gap = "\n" if previous.kind == block.kind and block.kind in ("item", "row") else "\n\n"
            parts.append(gap)
            position += len(gap)
        if block.kind == "heading":
            headings.append((position, block.level, block.text))
        pages += [position + offset for offset in block.page_breaks]
        parts.append(block.text)
        position += len(block.text)
        previous = block
    return Assembled("".join(parts), tuple(min(page, position) for page in pages), tuple(headings))


def row(cells: Iterable[str]) -> Block:
    """A table row; a row of empty cells has an empty text."""
    texts = [" ".join(cell.split()) for cell in cells]
    return Block("| " + " | ".join(texts) + " |" if any(texts) else "", kind="row")
