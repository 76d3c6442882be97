"""Who published it and when: found where documents say it, and nowhere else."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.dates import is_only_a_date, read_date, read_header_date
from ingest.language import language_of
from ingest.metadata import Metadata, from_head, title_from_name
from ingest.parse import parse

PARAGRAPH = "The harbour tunnel opened to traffic on Monday, twelve months after the date that the city had promised."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-04T10:00:00Z", date(2026, 3, 4)),
        ("4 March 2026", date(2026, 3, 4)),
        ("March 4, 2026 at 10:00 am", date(2026, 3, 4)),
        ("Mar 4th, 2026", date(2026, 3, 4)),
        ("4. März 2026", date(2026, 3, 4)),
        ("4 de marzo de 2026", date(2026, 3, 4)),
        ("4 mars 2026", date(2026, 3, 4)),
        ("04.03.2026", date(2026, 3, 4)),
        ("2026/3/4", date(2026, 3, 4)),
        ("2026年3月4日", date(2026, 3, 4)),
        ("31/12/2025", date(2025, 12, 31)),
        ("12/31/2025", date(2025, 12, 31)),
        ("05/05/2025", date(2025, 5, 5)),
        ("03/04/2026", None),
        ("31 February 2026", None),
        ("March 2026", None),
        ("2026", None),
        ("4 March 9999", None),
        ("4 Marble 2026", None),
        ("", None),
    ],
)
def test_a_date_is_read_if_it_can_be_read_in_one_way_only(text: str, expected: date | None) -> None:
    assert read_date(text) == expected


def test_a_mail_header_has_a_date_of_its_own() -> None:
    assert read_header_date("Tue, 03 Mar 2026 10:00:00 +0100") == date(2026, 3, 3)
    assert read_header_date("nonsense") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Tuesday, 3 March 2026, 10:30 CET", True), ("3 March 2026 in Port Callow", False), ("Tuesday", False)],
)
def test_a_date_line_is_a_date_and_nothing_else(text: str, expected: bool) -> None:
    assert is_only_a_date(text) is expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["By Ines Okoro"], Metadata(author="Ines Okoro")),
        (["By Ines Okoro and Jan van der Berg"], Metadata(author="Ines Okoro and Jan van der Berg")),
        (["By Ines Okoro | 3 March 2026"], Metadata(author="Ines Okoro", published=date(2026, 3, 3))),
        (["By Ines Okoro, March 3, 2026"], Metadata(author="Ines Okoro", published=date(2026, 3, 3))),
        (["Published: 3 March 2026 · 4 min read"], Metadata(published=date(2026, 3, 3))),
        (["Published on 3 March 2026"], Metadata(published=date(2026, 3, 3))),
        (["3 March 2026"], Metadata(published=date(2026, 3, 3))),
        (
            ["Publisher: The Courier", "Author: I. Okoro", "Date: 2026-03-03"],
            Metadata(publisher="The Courier", author="I. Okoro", published=date(2026, 3, 3)),
        ),
        (["Title: The tunnel"], Metadata(title="The tunnel")),
        (["By the time the tunnel opened"], Metadata()),
        (["By 2030 it will be full"], Metadata()),
        (["Source: we counted them ourselves on 3 March 2026."], Metadata()),
        (["Updated: 5 March 2026"], Metadata()),
        (["Published: soon"], Metadata()),
        (["The fair of 3 March 2026"], Metadata()),
        (["By Monday"], Metadata()),
    ],
)
def test_lines_above_the_text_say_who_and_when(lines: list[str], expected: Metadata) -> None:
    assert from_head(lines) == expected


def test_what_stands_in_the_text_is_no_metadata() -> None:
    parsed = parse(f"{PARAGRAPH}\n\nBy Ines Okoro\n\n3 March 2026".encode(), name="a.txt")
    assert (parsed.author, parsed.published, parsed.publisher) == (None, None, None)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("annual_report-final.pdf", "Annual report final"),
        ("/srv/docs/Leave policy.docx", "Leave policy"),
        ("..\\..\\windows\\notes.txt", "Notes"),
        ("03_minutes.md", "Minutes"),
        ("2026-03-03.txt", "2026-03-03"),
        ("archive.tar.gz", "Archive"),
        (".env", "Env"),
        ("", "Untitled"),
        ("a\0b.txt", "Ab"),
        ("x" * 5000 + ".txt", "X" + "x" * 199),
        ("https://courier.example/news/tunnel-opens%20late?from=a.b#c", "Tunnel opens late"),
        ("\u202egnp.txt", "Gnp"),
    ],
)
def test_a_files_name_is_a_sane_title_of_last_resort(name: str, title: str) -> None:
    assert title_from_name(name) == title


def test_a_title_in_the_document_beats_the_files_name() -> None:
    assert parse(b"# Tunnel\n\nIt opened.", name="x.md").title == "Tunnel"
    assert parse(b"It opened.", name="x.md").title == "X"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (PARAGRAPH, "en"),
        ("Der Tunnel unter dem Hafen wurde am Montag eröffnet, ein Jahr nach dem versprochenen Termin.", "de"),
        ("El túnel del puerto se abrió el lunes, un año después de la fecha prometida por la ciudad.", "es"),
        (
            "港のトンネルは月曜日に開通した。市が約束した日から一年後のことである。ポンプが二度故障したためだと市は説明している。",
            "ja",
        ),
        ("12 34 56 78 90", None),
        ("Okay.", None),
        ("", None),
    ],
)
def test_the_language_is_told_where_there_is_enough_text(text: str, language: str | None) -> None:
    assert language_of(text) == language
