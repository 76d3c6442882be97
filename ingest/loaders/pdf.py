"""PDF, by pypdf: pages kept, lines joined to paragraphs, running headers and hidden text left out."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from xml.parsers.expat import ExpatError

import pypdf._codecs._codecs
import pypdf.filters  # noqa: F401 - pypdf would load both in the middle of a document, when files can no longer be opened
from pypdf import PageObject, PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

from ingest.blocks import Loaded
from ingest.dates import read_date
from ingest.errors import ParseRefused
from ingest.invisible import compose, strip_invisible
from ingest.loaders.office_metadata import written_author, written_title
from ingest.loaders.pdf_layers import Layers
from ingest.loaders.pdf_paragraphs import NO_WIDTHS, Line, Widths, blocks_of_lines, is_apart, side_by_side
from ingest.loaders.pdf_visible import VisibleText, placed
from ingest.metadata import Metadata

MAX_PAGES = 5_000
_MARGIN = 0.12
"""Share of the page's height at its top and bottom where running headers and page numbers stand."""
_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:page|seite|página|pagina|p\.)\s*)?#(?:\s*(?:of|/|von|de|di|sur)\s*#)?\W*", re.IGNORECASE
)
_CONTENTS = re.compile(r"(?:\s?\.){5,}\s*[\divxlc]{1,5}$")
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})


@dataclass(slots=True)
class _Removed:
    invisible: int = 0
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class _Fragment:
    """A piece of text as pypdf reports it, at most one line long."""

    text: str
    x: float
    y: float
    size: float
    bold: bool
    widths: Widths = NO_WIDTHS


def load_pdf(data: bytes, _charset: str | None = None, _url: str | None = None) -> Loaded:
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise ParseRefused("pdf_protected")
        if len(reader.pages) > MAX_PAGES:
            raise ParseRefused("too_many_pages", pages=len(reader.pages), most=MAX_PAGES)
        removed = _Removed()
        layers = Layers(reader)
        pages = [_lines(page, number, layers, removed) for number, page in enumerate(reader.pages)]
        metadata = _metadata(reader)
    except (FileNotDecryptedError, DependencyError) as error:
        raise ParseRefused("pdf_protected") from error
    except PyPdfError as error:
        raise ParseRefused("pdf_damaged") from error
    running = _running_lines(pages)
    body = [[line for line in page if _key(line) not in running and not _is_of_the_page(line)] for page in pages]
    dropped = sum(map(len, pages)) - sum(map(len, body))
    blocks = blocks_of_lines(body)
    counts = {"running_line": dropped, "invisible": removed.invisible, "hidden": removed.hidden}
    return Loaded(tuple(blocks), metadata, removed=counts)


def _lines(page: PageObject, number: int, layers: Layers, removed: _Removed) -> list[Line]:
    """The lines of a page in the order in which they are written there, with where they stand and how large they are."""
    fragments: list[_Fragment] = []
    visible = VisibleText(page, layers)

    def keep(text: str, page_matrix: Sequence[float], text_matrix: Sequence[float], font: object, size: float) -> None:
        if text:
            x, y = placed(text_matrix[4], text_matrix[5], page_matrix)
            scale = abs(text_matrix[3] * page_matrix[3]) or abs(text_matrix[1] * page_matrix[2]) or 1.0
            name = str(font.get("/BaseFont", "")).lower() if isinstance(font, dict) else ""
            fragments.append(_Fragment(text, x, y, round(size * scale, 1), "bold" in name, _widths(font)))

    page.extract_text(visitor_operand_before=visible.before, visitor_operand_after=visible.after, visitor_text=keep)
    removed.hidden += visible.hidden
    bottom, top = float(page.mediabox.bottom), float(page.mediabox.top)
    return side_by_side(list(_joined(fragments, number, bottom, max(top - bottom, 1.0), removed)))


def _widths(font: object) -> Widths:
    """What a simple font says of its letters; the letters of others are estimated."""
    if not isinstance(font, dict):
        return NO_WIDTHS
    if "/FirstChar" not in font or "/Widths" not in font:
        return NO_WIDTHS
    first, widths = font["/FirstChar"], font["/Widths"]  # not `get`, which does not follow references
    return (first, widths) if isinstance(first, int) and isinstance(widths, list) else NO_WIDTHS


def _joined(
    fragments: Iterable[_Fragment], page: int, bottom: float, height: float, removed: _Removed
) -> Iterator[Line]:
    """The fragments of a page put together to lines: they end at line breaks and where a cell ends."""
    pieces: list[_Fragment] = []
    for fragment in [*fragments, _Fragment("\n", 0, 0, 0, False)]:
        if pieces and fragment.text.strip() and _begins_a_cell(pieces[-1], fragment):
            yield from _line(pieces, page, bottom, height, removed)
            pieces = []
        for number, part in enumerate(fragment.text.split("\n")):
            if number:
                yield from _line(pieces, page, bottom, height, removed)
                pieces = []
            if part.strip() or pieces:
                pieces.append(replace(fragment, text=part))


def _begins_a_cell(last: _Fragment, fragment: _Fragment) -> bool:
    spaced = fragment.text[:1].isspace() or last.text[-1:].isspace()
    return spaced and is_apart(last.text, last.x, fragment.x, last.size, last.widths)


def _text(pieces: Sequence[_Fragment]) -> str:
    return "".join(piece.text for piece in pieces)


def _line(pieces: Sequence[_Fragment], page: int, bottom: float, height: float, removed: _Removed) -> Iterator[Line]:
    text = _readable(_text(pieces), removed)
    shown = [piece for piece in pieces if piece.text.strip()]
    if text and shown:
        x, y = shown[0].x, shown[0].y
        size, bold = max(piece.size for piece in shown), all(piece.bold for piece in shown)
        parted = _text(pieces).rstrip().endswith("\u00ad")
        yield Line(text, page, y, size, bold, (y - bottom) / height, x, parted=parted)


def _readable(text: str, removed: _Removed) -> str:
    """Without what cannot be seen, ligatures as letters, one blank at a time."""
    visible, invisible = strip_invisible(text)
    removed.invisible += invisible
    return compose(re.sub(r"[ \t]+", " ", visible.translate(_LIGATURES)).strip())


def _key(line: Line) -> tuple[str, int]:
    """Equal for the same line on other pages, whatever its numbers; only in the margins, elsewhere never."""
    in_margin = line.place < _MARGIN or line.place > 1 - _MARGIN
    return (re.sub(r"\d+|\b[ivxlc]+\b", "#", line.text), round(line.place * 50)) if in_margin else ("", line.page)


def _running_lines(pages: Sequence[Sequence[Line]]) -> set[tuple[str, int]]:
    """Keys of lines that stand in the same place of the margin on several pages."""
    counts = Counter(key for page in pages for key in {_key(line) for line in page} if key[0])
    needed = max(2, len(pages) * 0.2)
    return {key for key, count in counts.items() if count >= needed}


def _is_of_the_page(line: Line) -> bool:
    """A page number, or a line of the table of contents: dots that lead to one."""
    text, _ = _key(line)
    if _CONTENTS.search(line.text):
        return True
    return bool(text) and len(line.text) <= 20 and bool(_PAGE_NUMBER.fullmatch(text))


def _metadata(reader: PdfReader) -> Metadata:
    information = reader.metadata
    title = written_title(information.title) if information else None
    author = written_author(information.author) if information else None
    return Metadata(title=title, author=author, published=_publication_date(reader))


def _publication_date(reader: PdfReader) -> date | None:
    """What the XMP packet says of the publication (PRISM, Dublin Core); the day the file was made is something else."""
    try:
        packet = reader.xmp_metadata
    except (PyPdfError, ValueError, ExpatError):
        return None
    if packet is None:
        return None
    found = (packet.get_element("", "http://prismstandard.org/namespaces/basic/2.0/", name) for name in _PUBLICATION)
    for nodes in found:
        for node in nodes:
            value = getattr(node, "value", None) or getattr(getattr(node, "firstChild", None), "data", "")
            published = read_date(str(value))
            if published:
                return published
    return None


_PUBLICATION = ("publicationDate", "coverDate", "coverDisplayDate")
