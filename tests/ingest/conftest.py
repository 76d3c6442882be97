"""Documents made by hand, a parsing process and a web server on loopback."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence

import pytest

from ingest.sandbox import ParserProcess

PdfLine = tuple[float, float, float, str]
"""x and y in points from the lower left, size, text."""


@pytest.fixture(scope="session")
def parser() -> Iterator[ParserProcess]:
    with ParserProcess() as process:
        yield process


@pytest.fixture(scope="session")
def make_zip() -> Callable[[Mapping[str, bytes | str]], bytes]:
    def make(entries: Mapping[str, bytes | str]) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in entries.items():
                archive.writestr(name, content)
        return buffer.getvalue()

    return make


@pytest.fixture(scope="session")
def make_pdf() -> Callable[..., bytes]:
    """A PDF of 600 by 800 points a page: lines of text, and drawing instructions before them if given.

    `catalog`, `page` and `resources` are added to these dictionaries; `more` are objects, numbered from 4 on.
    """

    def make(
        pages: Sequence[Sequence[PdfLine]],
        *,
        before: str = "",
        information: str = "",
        catalog: str = "",
        page: str = "",
        resources: str = "",
        more: Sequence[str] = (),
    ) -> bytes:
        objects = [b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog.encode(), b""]
        objects += [b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", *(each.encode() for each in more)]
        kids = []
        for lines in pages:
            shown = "".join(f"BT /F1 {size} Tf {x} {y} Td ({_escaped(text)}) Tj ET\n" for x, y, size, text in lines)
            content = zlib.compress((before + shown).encode("cp1252"))
            objects.append(b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(content), content))
            objects.append(
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents %d 0 R %s "
                b"/Resources << /Font << /F1 3 0 R >> /ExtGState << /G0 << /ca 0 >> /G1 << /ca 1 >> >> %s >> >>"
                % (len(objects), page.encode(), resources.encode())
            )
            kids.append(b"%d 0 R" % len(objects))
        objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
        objects.append(b"<< %s >>" % information.encode())
        return _numbered(objects)

    return make


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _numbered(objects: Sequence[bytes]) -> bytes:
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, io.SEEK_END)
    places = []
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer << /Size %d /Root 1 0 R /Info %d 0 R >>\n" % (len(objects) + 1, len(objects)))
    out.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()
