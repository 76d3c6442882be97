from __future__ import annotations

from datetime import UTC, date, datetime
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cite import cite, link, sources
from bot.draft import Draft, Quote, verbatim
from vectorstore.values import Version

TEXT = (
    "The ferry Petrel was built in 2024.\n\nIt cost 12 million crowns, the yard said; nobody - not even the mayor - disagreed."
    "\n\nThe ferry Petrel was built in 2024."
)


def quote_of(version: Version, words: str, occurrence: int = 0) -> Quote:
    start = -1
    for _ in range(occurrence + 1):
        start = version.text.index(words, start + 1)
    return Quote(version, start, start + len(words))


def page(**facts: object) -> Version:
    return Version(**({"id": "v", "document_id": "d", "text": TEXT, "title": "Petrel"} | facts))  # type: ignore[arg-type]


def test_equal_quotes_share_a_number_and_others_count_on() -> None:
    version = page()
    first, second = (
        quote_of(version, "The ferry Petrel was built in 2024."),
        quote_of(version, "It cost 12 million crowns"),
    )
    statements = cite([Draft("One.", (first,)), Draft("Two.", (second, first))])
    assert [[citation.n for citation in statement.citations] for statement in statements] == [[1], [2, 1]]


def test_a_citation_carries_the_quote_and_where_it_is_from() -> None:
    version = page(publisher="The Slip", published=date(2025, 1, 2), url="https://slip.example/petrel")
    (statement,) = cite([verbatim(quote_of(version, "The ferry Petrel was built in 2024."))])
    (citation,) = statement.citations
    assert (citation.quote, citation.publisher, citation.published) == (statement.text, "The Slip", date(2025, 1, 2))
    assert version.text[citation.start : citation.end] == citation.quote


def test_a_sentence_without_a_quote_is_refused() -> None:
    with pytest.raises(ValueError, match="without a quote"):
        cite([Draft("Trust me.", ())])


def test_a_quote_outside_its_version_is_refused() -> None:
    with pytest.raises(ValueError, match="outside version v"):
        cite([Draft("Too long.", (Quote(page(), 0, 10_000),))])


def test_a_link_opens_the_page_at_the_quote_with_everything_encoded() -> None:
    quote = quote_of(page(url="https://slip.example/petrel?x=1#top"), "nobody - not even the mayor - disagreed.")
    assert link(quote) == (
        "https://slip.example/petrel?x=1#top:~:text=nobody%20%2D%20not%20even%20the%20mayor%20%2D%20disagreed."
    )


def test_a_long_quote_is_linked_by_its_first_and_last_words() -> None:
    text = "It rained on the pier. " + "Then the wind turned and " * 12 + "the boats came home."
    version = page(text=text, url="https://slip.example/rain")
    assert link(Quote(version, 0, len(text))) == (
        "https://slip.example/rain#:~:text=It%20rained%20on%20the,the%20boats%20came%20home."
    )


def test_a_second_occurrence_is_told_from_the_first_by_what_stands_before_it() -> None:
    version = page(url="https://slip.example/petrel")
    address = link(quote_of(version, "The ferry Petrel was built in 2024.", occurrence=1))
    assert address is not None
    assert unquote(address.partition("text=")[2]).startswith("the mayor - disagreed.-,The ferry") or "mayor" in address


def test_a_pdf_is_linked_by_its_page() -> None:
    version = page(url="https://slip.example/report.pdf", media_type="application/pdf", pages=(0, 36))
    assert link(quote_of(version, "It cost 12 million crowns")) == "https://slip.example/report.pdf#page=2"


@pytest.mark.parametrize(
    "url",
    [None, "file:///etc/passwd", "ftp://slip.example/a", "https://user:secret@slip.example/", "http://localhost/a",
     "http://127.0.0.1/a", "http://10.1.2.3/a", "http://wiki/a", "javascript:alert(1)", "http://[::1]/", "http://[bad"],
)  # fmt: skip
def test_what_a_reader_cannot_open_has_no_link(url: str | None) -> None:
    assert link(quote_of(page(url=url), "It cost 12 million crowns")) is None


def test_the_sources_name_each_version_once_with_its_numbers_and_copies() -> None:
    original = page(publisher="The Slip", fetched_at=datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    copy = page(id="w", publisher="Wire Weekly")
    quotes = [
        quote_of(original, "The ferry Petrel was built in 2024."),
        quote_of(original, "It cost 12 million crowns"),
    ]
    drafts = [verbatim(Quote(quotes[0].version, quotes[0].start, quotes[0].end, (copy,))), verbatim(quotes[1])]
    (line,) = sources(drafts, cite(drafts))
    assert (line.n, line.publisher, line.also) == ((1, 2), "The Slip", ("Wire Weekly",))
    assert line.fetched == "2026-01-02T03:04:00+00:00"


@given(st.data())
def test_marks_match_citations_and_quotes_stand_in_their_version(data: st.DataObject) -> None:
    text = data.draw(st.text(min_size=1, max_size=200))
    version = page(text=text, url="https://slip.example/any")
    drafts = []
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(text) - 1))
        drafts.append(verbatim(Quote(version, start, data.draw(st.integers(start + 1, len(text))))))
    statements = cite(drafts)
    numbers = [citation.n for statement in statements for citation in statement.citations]
    assert sorted(set(numbers)) == list(range(1, len(set(numbers)) + 1))
    for statement in statements:
        for citation in statement.citations:
            assert version.text[citation.start : citation.end] == citation.quote != ""
            assert citation.link is not None
            assert citation.link.isascii()
            assert " " not in citation.link
