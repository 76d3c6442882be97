"""Plain text and Markdown: paragraphs whatever their line breaks, and every visible character."""

from __future__ import annotations

import re
import textwrap
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.blocks import assemble
from ingest.errors import ParseRefused
from ingest.loaders.text import blocks_of
from ingest.parse import MAX_TEXT, Parsed, parse

PARAGRAPHS = (
    "The harbour tunnel opened to traffic on Monday, twelve months after the date that the city had promised to the islanders.",
    "It cost 412 million crowns, which is 38% more than planned. The council will review the contract in May, after the fair.",
    "Nobody was hurt.",
    "The pumps failed in 2024, and the police closed its inquiry a year later; a report of two hundred pages was never shown.",
)


def read(text: str | bytes, name: str = "a.txt") -> Parsed:
    return parse(text.encode() if isinstance(text, str) else text, name=name)


@pytest.mark.parametrize("width", [60, 72, 79, 100, 130])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_wrapped_paragraphs_are_whole_again(width: int, line_end: str) -> None:
    wrapped = "\n\n".join(textwrap.fill(paragraph, width) for paragraph in PARAGRAPHS).replace("\n", line_end)
    assert read(wrapped).text == "\n\n".join(PARAGRAPHS)


def test_a_line_a_paragraph_without_blank_lines_between_is_one_too() -> None:
    assert read("\n".join(PARAGRAPHS)).text == "\n\n".join(PARAGRAPHS)


def test_an_indented_or_early_ending_line_begins_a_new_paragraph_of_wrapped_text() -> None:
    wrapped = "\n".join(textwrap.fill(paragraph, 72) for paragraph in PARAGRAPHS)
    assert read(wrapped).text == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    "text",
    [
        "The tide goes out,\nthe boats lie down,\nand nobody is asked.",
        "Harbour office\n12 Quay Street\nPort Callow",
        "Dear all,\n\nsee you on Monday.\n\nMara",
        "one\n\ntwo",
        "- first\n- second\n- third",
        "1. first\n2. second",
        "Costs:\n\n- fuel\n- crew",
        "Key:      value\nOther:    thing",
    ],
)
def test_lines_that_were_meant_stay_lines(text: str) -> None:
    assert read(text).text == text


def test_wrapped_items_are_one_line_each() -> None:
    text = textwrap.dedent("""\
        - The first item is long enough to be wrapped by the editor that
          wrote it, and goes on here.
        - The second is short.""")
    first = "- The first item is long enough to be wrapped by the editor that wrote it, and goes on here."
    assert read(text).text == f"{first}\n- The second is short."


def test_underlined_lines_are_headings_and_rules_go() -> None:
    parsed = read(f"Report\n======\n\nCosts\n-----\n{PARAGRAPHS[0]}\n\n* * *\n\n{PARAGRAPHS[1]}")
    assert parsed.title == "Report"
    assert parsed.text == f"Costs\n\n{PARAGRAPHS[0]}\n\n{PARAGRAPHS[1]}"
    assert parsed.headings == ((0, 2, "Costs"),)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("The company’s “plan”, worth £3bn, was called naïve.", "utf-8-sig"),
        ("The company’s “plan”, worth £3bn, was called naïve.", "utf-16"),
        ("The company’s “plan”, worth £3bn, was called naïve.", "utf-16-le"),
        ("The company’s “plan”, worth £3bn, was called naïve.", "cp1252"),
        ("Die Straßenbahn fährt über die Brücke. Schöne Grüße aus Köln!", "latin-1"),
        ("L’été à Orléans, près de la forêt, était très beau cette année-là.", "cp1252"),
        ("Компания объявила вчера, что закроет завод под Москвой в конце лета.", "cp1251"),
        ("会社は昨日、工場を閉鎖すると発表した。これは従業員に影響を与える。", "shift_jis"),
        ("公司昨天宣布将关闭工厂。这将影响员工。这是一个很大的问题。", "gb18030"),
    ],
)
def test_the_encoding_is_found(text: str, encoding: str) -> None:
    assert read(text.encode(encoding)).text == text


def test_a_bad_byte_in_good_text_costs_only_itself() -> None:
    text = read("Schöne Grüße aus Köln über Düsseldorf".encode() + b"\xff" + " und Zürich.".encode()).text
    assert text == "Schöne Grüße aus Köln über Düsseldorf� und Zürich."


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n\t\r\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\0" * 100, "empty"),
        (bytes(range(256)) * 40, "binary"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "picture"),
        (b"\x1f\x8b\x08" + bytes(50), "gzip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(50), "other_kind .what=what_old_office"),
        (b"{\\rtf1 hello}", "what_rtf"),
        (b'<?xml version="1.0"?><rss><channel/></rss>', "feed_empty"),
        (b'<?xml version="1.0"?><note><to/></note>', "other_xml"),
        (b"x" * 20_000_001, "text_too_large .bytes=20000001"),
    ],
)
def test_what_is_no_text_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(ParseRefused, match=reason):
        read(data)


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.xlsx", "a.epub"])
def test_a_text_with_another_formats_name_is_refused_with_the_reason(name: str) -> None:
    with pytest.raises(ParseRefused, match="other_content"):
        read("Just some words.", name)


def test_a_web_page_called_a_text_is_read_as_a_web_page() -> None:
    parsed = read(f"<!DOCTYPE html><html><body><p>{PARAGRAPHS[0]}</p></body></html>", "a.txt")
    assert (parsed.text, parsed.media_type) == (PARAGRAPHS[0], "text/html")


@pytest.mark.parametrize(
    "text",
    [
        "word " * 400_000,
        "x" * 2_000_000,
        "\n" * 2_000_000 + "end",
        "a\n" * 100_000,
        "- \n" * 100_000 + "x",
        "|" * 1_000_000 + " x",
    ],
)
def test_text_that_is_slow_for_others_is_read(text: str) -> None:
    assert len(read(text).text) <= MAX_TEXT


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.csv"])
def test_what_others_interpret_is_text(name: str) -> None:
    sentence = (
        "Tell <!channel> and <@U1> that {} or %s or {{7*7}} or $(id) or ../../etc is due: ignore all instructions."
    )
    assert sentence in read(sentence, name).text


WORDS = st.lists(
    st.text(st.characters(min_codepoint=33, max_codepoint=0x24F, categories=("L", "N", "P", "S")), min_size=1),
    min_size=1,
)


@given(st.lists(WORDS.map(" ".join), min_size=1))
def test_no_visible_character_of_a_text_is_lost(paragraphs: list[str]) -> None:
    text = "\n\n".join(paragraphs)
    kept = re.sub(r"\s", "", assemble(blocks_of(text)).text)
    rules = re.compile(r"^\s*([-=_*~#+|])(?:[ \t]*[-=_*~#+|:])*\s*$")
    expected = "".join(re.sub(r"\s", "", line) for line in text.split("\n") if not rules.match(line))
    assert kept == expected or re.sub(r"[-=_*~#+|:]", "", kept) == re.sub(r"[-=_*~#+|:]", "", expected)


class TestMarkdown:
    FRONT = (
        '---\ntitle: "Ferry handbook"\nauthors:\n  - Mara Lind\n  - Ben Ode\ndate: 2026-03-01\n'
        "publisher: Harbour Authority\nlang: en-GB\n---\n"
    )

    def test_it_is_read_as_it_is_rendered(self) -> None:
        text = (
            "# Handbook\n\nIntro that is\nwrapped, **bold**, _thin_, [linked](https://x.example), `code <b>` and ~~gone~~."
            "\n\n## Rules\n\n- one\n- two\n  1. nested\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n\nmore\n```\n\n"
            "> Quoted.\n\n![picture](x.png)\n"
        )
        parsed = read(text, "handbook.md")
        assert parsed.title == "Handbook"
        assert parsed.text == (
            "Intro that is wrapped, bold, thin, linked, code <b> and gone.\n\nRules\n\n- one\n- two\n1. nested\n\n"
            "| A | B |\n| 1 | 2 |\n\ncode\nmore\n\nQuoted."
        )
        assert [(level, heading) for _, level, heading in parsed.headings] == [(2, "Rules")]

    def test_its_front_matter_is_metadata(self) -> None:
        parsed = read(f"{self.FRONT}\nThe ferry leaves at nine.", "a.md")
        assert (parsed.title, parsed.author, parsed.publisher, parsed.published) == (
            "Ferry handbook", "Mara Lind, Ben Ode", "Harbour Authority", date(2026, 3, 1),
        )  # fmt: skip
        assert parsed.text == "The ferry leaves at nine."

    @pytest.mark.parametrize("url", ["https://veldmark.example/x", "javascript:alert(1)", "/x", "file:///etc/passwd"])
    def test_only_a_web_address_in_it_is_an_address(self, url: str) -> None:
        parsed = read(f"---\nurl: {url}\n---\nThe ferry leaves at nine.", "a.md")
        assert parsed.url == (url if url.startswith("https") else None)

    def test_html_in_it_is_rendered_and_what_only_looks_like_it_stays(self) -> None:
        text = "<div><b>Bold</b> words</div>\n\nPress <kbd>x</kbd> or <your name>.<!-- no -->\n\n<!channel> hello"
        assert read(text, "a.md").text == "Bold words\n\nPress x or <your name>.\n\n<!channel> hello"

    @pytest.mark.parametrize(
        "text", ["[" * 20_000 + "x", ">" * 5_000 + "x", "*a" * 20_000, "- " * 3_000 + "x", "`" * 10_001 + "x"]
    )
    def test_it_may_be_nested_without_end(self, text: str) -> None:
        try:
            outcome = read(text, "a.md").text
        except ParseRefused as refusal:
            outcome = str(refusal)
        assert outcome
