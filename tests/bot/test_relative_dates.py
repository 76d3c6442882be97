from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from bot.draft import Quote, verbatim
from bot.relative_dates import LIMIT, anchored, relative_dates
from bot.values import Dated
from vectorstore.values import Version

WEDNESDAY = date(2026, 1, 7)


@pytest.mark.parametrize(
    ("sentence", "phrase", "meaning"),
    [
        ("Sales fell last year.", "last year", "2025"),
        ("Sales will fall next year.", "next year", "2027"),
        ("The law changed last month.", "last month", "12/2025"),
        ("The pier burned yesterday.", "yesterday", Dated(day=date(2026, 1, 6))),
        ("The mayor resigned on Monday.", "on Monday", Dated(day=date(2026, 1, 5))),
        ("The mayor resigned on Wednesday.", "on Wednesday", Dated(day=WEDNESDAY)),
        ("The council will vote on Monday.", "on Monday", Dated(day=date(2026, 1, 12))),
        ("The council meets next Wednesday.", "next Wednesday", Dated(day=date(2026, 1, 14))),
        ("It was built ten years ago.", "ten years ago", "2016"),
        ("It sank two weeks ago.", "two weeks ago", Dated(day=date(2025, 12, 24))),
        ("It opened three months ago.", "three months ago", "10/2025"),
    ],
)
def test_a_relative_date_counts_from_the_day_of_the_article(sentence: str, phrase: str, meaning: str | Dated) -> None:
    assert list(anchored(sentence, WEDNESDAY)) == [(phrase, meaning)]


@pytest.mark.parametrize(
    "sentence", ["It opened in 2019.", "The last yearling.", "On Monday 3 May it rained.", "a" * 500]
)
def test_what_is_no_relative_date_has_no_note(sentence: str) -> None:
    assert list(anchored(sentence, WEDNESDAY)) == []


def test_a_number_of_years_beyond_the_calendar_means_nothing() -> None:
    assert list(anchored("It lived 999 years ago, and 3 years ago.", date(900, 1, 1))) == [("3 years ago", "897")]


def test_an_article_without_a_day_is_not_anchored_and_notes_are_few(version: Callable[..., Version]) -> None:
    text = "It rained yesterday, last month, last year and two years ago."
    for published, notes in ((None, 0), (WEDNESDAY, LIMIT)):
        article = version("Salt Mail", text, published=published)
        assert len(relative_dates([verbatim(Quote(article, 0, len(text)))])) == notes
