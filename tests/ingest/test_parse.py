"""Whatever the bytes: a document whose offsets are true, or a sentence that says why not."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import samples
from ingest.errors import ParseRefused
from ingest.kinds import EXTENSIONS, MEDIA_TYPES
from ingest.parse import MAX_BYTES, Parsed, parse

MakePdf = Callable[..., bytes]
MakeZip = Callable[[Mapping[str, bytes | str]], bytes]


def outcome(data: bytes, name: str, media_type: str | None = None) -> Parsed | str:
    try:
        parsed = parse(data, name=name, media_type=media_type)
    except ParseRefused as refusal:
        return str(refusal)
    return parsed


def check_outcome(found: Parsed | str) -> None:
    if isinstance(found, Parsed):
        check(found)
    else:
        assert re.fullmatch(r"[a-z0-9_]+( \(.+\))?", found), "a refusal has a reason"


def check(parsed: Parsed) -> None:
    """What everything after parsing relies on."""
    assert parsed.text.strip()
    assert parsed.title.strip()
    assert "\r" not in parsed.text
    assert "\n\n\n" not in parsed.text
    assert parsed.text.encode()
    assert list(parsed.pages) == sorted(parsed.pages)
    assert all(0 <= page <= len(parsed.text) for page in parsed.pages)
    for offset, level, heading in parsed.headings:
        assert parsed.text[offset : offset + len(heading)] == heading
        assert 1 <= level <= 6
        assert offset == 0 or parsed.text[offset - 1] == "\n"
    assert all(number > 0 for number in parsed.removed.values())
    assert parsed.media_type in MEDIA_TYPES.values()


LINES = st.text(st.characters(codec="utf-8"), max_size=80)
MARKUP = st.sampled_from(
    "# Title\n|## Part\n|- item\n|1. item\n|> quote\n|| a | b |\n|---\n|```\n|<p>|</p>|<h1>|</h1>|<li>|"
    "<table><tr><td>|</table>|<br>|<div class=ad>|</div>|Subscribe now\n|Find out more\n|By Ines Okoro\n|"
    "Published: 3 March 2026\n|\n\n|\u200b|\u202e|\f|\r\n|\u2028|Home > News > X\n".split("|")
)


@given(st.lists(LINES | MARKUP, max_size=40).map("".join), st.sampled_from(sorted(EXTENSIONS)))
@settings(max_examples=300)
def test_any_text_under_any_name_is_a_sound_document_or_a_refusal(text: str, extension: str) -> None:
    check_outcome(outcome(text.encode(), f"a{extension}"))


@given(
    st.binary(max_size=300),
    st.sampled_from(sorted(EXTENSIONS)),
    st.none() | st.sampled_from(sorted(MEDIA_TYPES.values())) | st.text(),
)
@settings(max_examples=300)
def test_any_bytes_are_a_sound_document_or_a_refusal(data: bytes, extension: str, media_type: str | None) -> None:
    for beginning in (b"", b"%PDF-1.4\n", b"PK\x03\x04", b"\xff\xfe", b"<html>", b"From: a\n\n"):
        check_outcome(outcome(beginning + data, f"a{extension}", media_type))


@pytest.mark.parametrize("path", samples.documents(), ids=lambda path: path.name)
@given(st.data())
@settings(max_examples=60)
def test_a_damaged_document_is_still_sound_or_refused(path: Path, data: st.DataObject) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(content) - 1))
        what = data.draw(st.integers(0, 2))
        if what == 0:
            content[place] = data.draw(st.integers(0, 255))
        elif what == 1:
            del content[place : place + data.draw(st.integers(1, 200))]
        else:
            content[place:place] = content[: data.draw(st.integers(1, 200))]
        if not content:
            break
    check_outcome(outcome(bytes(content), path.name))


@pytest.mark.parametrize("path", samples.documents(), ids=lambda path: path.name)
def test_the_samples_are_sound(path: Path) -> None:
    check(parse(path.read_bytes(), name=path.name))


def test_reading_twice_gives_the_same() -> None:
    for path in samples.documents():
        assert parse(path.read_bytes(), name=path.name) == parse(path.read_bytes(), name=path.name)


def test_a_hundred_megabytes_are_the_limit() -> None:
    assert outcome(bytes(MAX_BYTES + 1), "a.pdf") == ("too_many_bytes (bytes=100000001, most=100000000)")


@pytest.mark.parametrize(
    ("media_type", "expected"),
    [
        ("text/plain", "text/plain"),
        ("text/html; charset=utf-8", "text/html"),
        ("application/xhtml+xml", "text/html"),
        ("TEXT/MARKDOWN", "text/markdown"),
        ("application/octet-stream", "text/plain"),
        ("nonsense", "text/plain"),
        (None, "text/plain"),
    ],
)
def test_the_sender_may_say_what_it_is(media_type: str | None, expected: str) -> None:
    parsed = parse(b"The ferry leaves at nine.", name="https://x.example/page", media_type=media_type)
    assert parsed.media_type == expected


def test_a_plain_text_of_a_web_server_may_be_markdown_by_its_name() -> None:
    parsed = parse(b"# Ferry\n\nIt leaves at nine.", name="https://x.example/README.md", media_type="text/plain")
    assert (parsed.media_type, parsed.title) == ("text/markdown", "Ferry")


def test_content_beats_name_and_sender(make_pdf: MakePdf) -> None:
    parsed = parse(make_pdf([[(60, 700, 10, "The ferry leaves at nine.")]]), name="a.txt", media_type="text/plain")
    assert (parsed.media_type, parsed.text) == ("application/pdf", "The ferry leaves at nine.")


def test_everything_is_loaded_before_the_doors_are_closed() -> None:
    """After `warm_up` in the parsing process no module can be opened any more, so none may be needed."""
    code = (
        "import sys, samples; from ingest.parse import parse, warm_up; warm_up(); before = set(sys.modules)\n"
        "for path in samples.documents(): parse(path.read_bytes(), name=path.name)\n"
        "print(sorted(name for name in set(sys.modules) - before if not name.startswith('encodings.')))"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


def test_labelled_lines_of_markdown_stay_lines() -> None:
    parsed = parse(b"# Outage\n\n**Lead:** Ada Krull\n**Duration:** 77 minutes\n\nIt was\nlong.", name="outage.md")
    assert parsed.text == "Lead: Ada Krull\nDuration: 77 minutes\n\nIt was long."
