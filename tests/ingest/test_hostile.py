"""Documents that are made to harm: each is read for what it shows, or refused with a reason, and nothing else happens."""

from __future__ import annotations

import email.message
import io
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import openpyxl
import pytest

from ingest.errors import ParseRefused
from ingest.sandbox import ParserProcess

SHOWN = "The ferry sails at nine in the morning, the harbour office said."
CONTAINER = (
    '<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="{}" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
PACKAGE = (
    '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata/><manifest>'
    '<item id="a" href="{}" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/></spine></package>'
)
FEED = '<?xml version="1.0"?><rss version="2.0"><channel><title>Ferry</title>{}</channel></rss>'
ENTITY = '<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
)


def book(chapter: str, content: str | None = None, package: str = "c.opf") -> Mapping[str, str]:
    entries = {"META-INF/container.xml": CONTAINER.format(package), "c.opf": PACKAGE.format(chapter)}
    return entries | ({chapter: content} if content else {})


def far_cell() -> bytes:
    workbook = openpyxl.Workbook()
    workbook.active["A1"], workbook.active["XFD1048576"] = SHOWN, "far away"  # type: ignore[index]
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def nested_mail(depth: int) -> bytes:
    mail = email.message.EmailMessage()
    mail.set_content("The innermost mail.")
    for _ in range(depth):
        outer = email.message.EmailMessage()
        outer["From"], outer["Subject"] = "office@harbour.example", "Ferry"
        outer.set_content(SHOWN)
        outer.add_attachment(mail)
        mail = outer
    return mail.as_bytes()


def bottomless_mail(depth: int) -> bytes:
    parts = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(depth))
    return f"From: a@b.example\nSubject: x\nMIME-Version: 1.0\n{parts}Content-Type: text/plain\n\n{SHOWN}\n".encode()


def page(body: str) -> bytes:
    return f"<html><head><title>Ferry</title></head><body>{body}</body></html>".encode()


REFUSED: dict[str, Any] = {
    "a page of twenty-one megabytes of nested boxes": (
        "a.html",
        b"<html><body>" + b"<div>" * 4_200_000,
        "text_too_large",
    ),
    "a table of a million columns": ("a.csv", b"a," * 1_000_000 + b"\n" + b"1," * 1_000_000, "too_many_cells"),
    "a cell at the end of the world": ("a.xlsx", far_cell(), "too_many_cells"),
    "a field without end": ("a.csv", b'a,b\n"' + b"x" * 1_000_000, "table_unreadable"),
    "a picture of text": ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'>" + b"<g>" * 10_000, "other_xml"),
    "a mail within mails without end": ("a.eml", bottomless_mail(1_500), "unreadable"),
    "a page tree of twenty thousand": ("a.pdf", b"20000", "too_many_pages"),
    "a page that is its own parent": ("a.pdf", b"loop", "pdf_damaged"),
    "a page of two hundred megabytes of blanks": ("a.pdf", b"flate", "pdf_damaged"),
    "a feed of laughter": (
        "a.xml",
        f'<?xml version="1.0"?>{LAUGHS}]><rss version="2.0"><a>&j;</a></rss>'.encode(),
        "other_xml",
    ),
    "a feed of a hundred thousand articles": (
        "a.xml",
        FEED.format("<item><link>https://a.example</link></item>" * 100_000).encode(),
        "feed_too_long",
    ),
    "a tag of half a million attributes": ("a.html", page(f"<p {'a=1 ' * 500_000}>{SHOWN}</p>"), "too_many_attributes"),
    "a packed text": ("a.txt", b"\x1f\x8b" + bytes(50), "other_kind"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_with_a_reason_and_the_next_document_is_read(what: str, parser: ParserProcess) -> None:
    name, data, reason = REFUSED[what]
    with pytest.raises(ParseRefused) as refused:
        parser.parse(PDFS[data]() if data in PDFS else data, name=name)
    assert refused.value.reason.key == reason
    assert parser.parse(SHOWN.encode(), name="after.txt").text == SHOWN


@pytest.mark.parametrize(
    ("chapter", "package"),
    [
        ("../../../etc/passwd", "c.opf"),
        ("/etc/passwd", "c.opf"),
        ("file:///etc/passwd", "c.opf"),
        ("x", "../../etc/passwd"),
    ],
)
def test_a_book_leads_nowhere_outside_of_itself(
    chapter: str, package: str, parser: ParserProcess, make_zip: Callable[..., bytes]
) -> None:
    with pytest.raises(ParseRefused):
        parser.parse(make_zip(book(chapter, package=package)), name="a.epub")


def test_a_book_expands_nothing(parser: ParserProcess, make_zip: Callable[..., bytes]) -> None:
    chapter = f'<?xml version="1.0"?>{ENTITY}<html><body><p>&x;</p><p>{SHOWN}</p></body></html>'
    text = parser.parse(make_zip(book("a.xhtml", chapter)), name="a.epub").text
    assert SHOWN in text
    assert "root:" not in text


def test_names_within_an_archive_lead_nowhere(
    parser: ParserProcess, make_zip: Callable[..., bytes], tmp_path: Any
) -> None:
    slip = f"../../../..{tmp_path}/slipped"
    text = parser.parse(make_zip({**book("a.xhtml", f"<p>{SHOWN}</p>"), slip: "x"}), name="a.epub").text
    assert text == SHOWN
    assert list(tmp_path.iterdir()) == []


def test_mails_within_mails_are_counted_and_not_read(parser: ParserProcess) -> None:
    parsed = parser.parse(nested_mail(30), name="a.eml")
    assert parsed.text == SHOWN
    assert parsed.removed["attachment"] == 1


def test_a_page_of_scripts_frames_and_fields_shows_only_its_text(parser: ParserProcess) -> None:
    hidden = (
        "<script>CANARY</script><style>CANARY</style><iframe srcdoc='CANARY'>CANARY</iframe><object>CANARY</object>"
        "<textarea>CANARY</textarea><input value='CANARY'><select><option>CANARY</option></select><template>CANARY</template>"
        "<img alt='CANARY'><svg><text>CANARY</text></svg><math><annotation>x</annotation></math><!-- CANARY -->"
        '<script type="application/ld+json">' + "[" * 50_000 + "</script>"
    )
    assert "CANARY" not in parser.parse(page(f"<p>{SHOWN}</p>{hidden}"), name="a.html").text


def numbered(objects: list[bytes]) -> bytes:
    body, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, 1):
        places.append(b"%010d 00000 n \n" % len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, b"".join(places))
    trailer = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(body))
    return body + table + trailer


def drawn(content: bytes, *, kids: bytes = b"4 0 R", catalog: bytes = b"") -> bytes:
    packed = zlib.compress(content, 9)
    return numbered(
        [
            b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
            b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, kids.count(b"R")),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 5 0 R /Resources << /Font << /F1 3 0 R >> >> >>",
            b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed),
        ]
    )


LINE = b"BT /F1 12 Tf 50 700 Td (%s) Tj ET\n" % SHOWN.encode()
PDFS: dict[bytes, Callable[[], bytes]] = {
    b"20000": lambda: drawn(LINE, kids=b"4 0 R " * 20_000),
    b"loop": lambda: drawn(LINE, kids=b"2 0 R 2 0 R"),
    b"flate": lambda: drawn(b" " * 200_000_000 + LINE),
}


def test_what_a_pdf_does_and_says_beside_its_page_is_not_read(parser: ParserProcess) -> None:
    spoken = b"/Span << /ActualText (CANARY) >> BDC BT /F1 12 Tf 50 300 Td (Tickets are sold on board.) Tj ET EMC\n"
    acts = b"/OpenAction << /S /JavaScript /JS (CANARY) >> /AA << /WC << /S /Launch /F (CANARY) >> >>"
    text = parser.parse(drawn(LINE + spoken, catalog=acts), name="a.pdf").text
    assert text == f"{SHOWN} Tickets are sold on board." or text.split("\n\n") == [SHOWN, "Tickets are sold on board."]
