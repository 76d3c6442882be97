"""Bytes become the text a reader would read, with what is known about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from importlib import import_module

from ingest.blocks import Block, Loaded, assemble
from ingest.clean import clean, is_paragraph
from ingest.errors import ParseRefused
from ingest.invisible import compose, strip_invisible
from ingest.kinds import MEDIA_TYPES, Kind, charset_of, kind_of
from ingest.language import language_of
from ingest.metadata import Metadata, from_head, title_from_name


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document that was read. Offsets count code points in `text`."""

    text: str
    """Paragraphs separated by a blank line; list items, table rows and headings on lines of their own.

    A headline that became `title` because it opened or repeated itself in the document is not part of it.
    """
    title: str
    """Never empty: found in the document, or else the file's name without folder and extension."""
    publisher: str | None = None
    author: str | None = None
    published: date | None = None
    language: str | None = None
    """ISO 639-1."""
    media_type: str = "text/plain"
    pages: tuple[int, ...] = ()
    """Offsets at which pages begin, page 1 first; empty where the format has no pages."""
    url: str | None = None
    """The address the page itself says is its own; http or https only."""
    headings: tuple[tuple[int, int, str], ...] = ()
    """(offset, level from 1, text), in order: `text[offset:offset + len(text)]` is the heading."""
    links: tuple[str, ...] = ()
    """Of a feed or a sitemap, which has no text: the web addresses it lists."""
    removed: Mapping[str, int] = field(default_factory=dict)
    """What cleaning took out: blocks ("navigation", "advertisement", "repeated_headline", …), characters ("invisible")."""


MAX_BYTES = 100_000_000
"""Bytes of a document; more is refused before anything is read."""
MAX_TEXT = 5_000_000
"""Code points of text in a document."""


def parse(data: bytes, *, name: str, media_type: str | None = None, url: str | None = None) -> Parsed:
    """Read one document, in this process; `ingest.sandbox.ParserProcess` does it in a guarded one.

    `name` is the file's name or the page's address, `media_type` what its sender says it is (parameters allowed:
    `text/html; charset=koi8-r`), `url` where it was fetched. Raises ParseRefused.
    """
    if len(data) > MAX_BYTES:
        raise too_many_bytes(len(data))
    kind = kind_of(data, name, media_type)
    try:
        loaded = loader_of(kind)(data, charset_of(media_type), url)
    except (ParseRefused, MemoryError):
        raise
    except Exception as error:  # a damaged file makes parsers raise anything: AssertionError, KeyError, zlib.error, …
        raise ParseRefused("unreadable") from error
    return _finished(loaded, kind, name)


Loader = Callable[[bytes, str | None, str | None], Loaded]
"""From bytes, the charset their sender names and the address they were fetched from."""

_LOADERS: dict[Kind, str] = {
    "text": "text.load_text",
    "markdown": "markdown.load_markdown",
    "html": "html.load_html",
    "pdf": "pdf.load_pdf",
    "docx": "docx.load_docx",
    "pptx": "pptx.load_pptx",
    "xlsx": "xlsx.load_xlsx",
    "csv": "table.load_table",
    "epub": "epub.load_epub",
    "eml": "mail.load_mail",
    "feed": "listing.load_feed",
    "sitemap": "listing.load_sitemap",
    "sitemapindex": "listing.load_sitemap",
}
"""Module and function in `ingest.loaders`; imported when first used, for some take a second."""


def loader_of(kind: Kind) -> Loader:
    module, _, function = _LOADERS[kind].partition(".")
    loader: Loader = getattr(import_module(f"ingest.loaders.{module}"), function)
    return loader


_NO_TEXT: dict[Kind, str] = {
    "pdf": "pdf_of_pictures",
    "html": "page_without_text",
}


def too_many_bytes(size: int) -> ParseRefused:
    return ParseRefused("too_many_bytes", bytes=size, most=MAX_BYTES)


def _finished(loaded: Loaded, kind: Kind, name: str) -> Parsed:
    """Invisible characters, what surrounds the article and the headline taken out; offsets and metadata settled."""
    if loaded.links:
        title = _line(loaded.metadata.title) or title_from_name(name)
        return Parsed("", title, media_type=MEDIA_TYPES[kind], links=loaded.links)
    removed = Counter(loaded.removed)
    blocks = [_visible(block, removed) for block in loaded.blocks]
    _check_length(sum(len(block.text) for block in blocks))
    metadata = _tidy(loaded.metadata.or_else(from_head(_head(blocks))))
    cleaned = clean(blocks, metadata.title, scraped=loaded.scraped)
    removed.update(cleaned.removed)
    assembled = assemble(cleaned.blocks)
    if not assembled.text:
        raise ParseRefused(_NO_TEXT.get(kind, "document_without_text"))
    return Parsed(
        text=assembled.text,
        title=metadata.title or _line(cleaned.headline) or title_from_name(name),
        publisher=metadata.publisher,
        author=metadata.author,
        published=metadata.published,
        language=language_of(assembled.text) or metadata.language,
        media_type=MEDIA_TYPES[kind],
        pages=assembled.pages,
        url=metadata.url,
        headings=assembled.headings,
        removed={what: number for what, number in removed.items() if number},
    )


def _check_length(characters: int) -> None:
    if characters > MAX_TEXT:
        raise ParseRefused("too_much_text", characters=characters, most=MAX_TEXT)


def _visible(block: Block, removed: Counter[str]) -> Block:
    """The block without invisible characters. Those with page breaks inside were looked through by their loader."""
    text, invisible = strip_invisible(block.text)
    removed["invisible"] += invisible
    text = compose(text)
    return block if text == block.text else replace(block, text=text.strip())


def _head(blocks: Sequence[Block]) -> list[str]:
    """The lines above the first full paragraph, list or table."""
    lines: list[str] = []
    for block in blocks:
        if is_paragraph(block) or block.kind in ("item", "row"):
            break
        lines += block.text.split("\n")
    return lines


def _tidy(metadata: Metadata) -> Metadata:
    """Values of one line and a sane length: they end up in messages and footers."""
    return replace(
        metadata, title=_line(metadata.title), publisher=_line(metadata.publisher), author=_line(metadata.author)
    )


def _line(value: str | None) -> str | None:
    return compose(strip_invisible(" ".join((value or "").split()))[0]).strip()[:300] or None


def warm_up() -> None:
    """Load what parsing needs, so that the first document does not wait for it and no file is needed after."""
    for kind in _LOADERS:
        loader_of(kind)
    language_of("A sentence that is long enough to tell which language it has been written in.")
