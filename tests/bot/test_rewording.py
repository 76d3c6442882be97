"""Copies of a quote with one word changed are alike in everything that can be weighed, and say another thing."""

from __future__ import annotations

import pytest

from bot.rewording import reworded

QUOTE = (
    "In March 2024 the council of Merrin sold the old tram depot to Brask Holding for 12 million crowns, and the mayor Ida Lund "
    "said that most tenants may stay until the summer."
)
ABOUT = "Depot changes hands The Courier 4 March 2024"


@pytest.mark.parametrize(
    "sentence",
    [
        QUOTE,
        "The council of Merrin sold the old tram depot to Brask Holding for 12 million crowns.",
        "The council of Merrin sold the old tram depot to Brask Holding in March 2024.",
        "The old tram depot was sold by the council of Merrin to Brask Holding for 12 million crowns.",
        "Brask Holding bought the old tram depot from the council of Merrin.",
        "The Courier reported that the council of Merrin sold the old tram depot to Brask Holding.",
        "The mayor Ida Lund said that most tenants may stay until the summer.",
    ],
)
def test_other_forms_of_what_is_said_pass(sentence: str) -> None:
    assert reworded(sentence, QUOTE, ABOUT) is None


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("name", "The council of Merrin sold the old tram depot to Holm Brothers for 12 million crowns."),
        ("place", "The council of Merrin sold the old tram depot in Tarn to Brask Holding for 12 million crowns."),
        ("swap", "The council of Brask sold the old tram depot to Merrin Holding for 12 million crowns."),
        ("figure", "The council of Merrin sold the old tram depot to Brask Holding for 21 million crowns."),
        ("detail", "The council of Merrin secretly sold the old tram depot to Brask Holding for 12 million crowns."),
        ("doing", "The council of Merrin leased the old tram depot to Brask Holding for 12 million crowns."),
        ("not", "The council of Merrin has not sold the old tram depot to Brask Holding for 12 million crowns."),
        ("all", "The mayor Ida Lund said that all tenants may stay until the summer."),
        ("sure", "The mayor Ida Lund said that most tenants will stay until the summer."),
        ("until", "The mayor Ida Lund said that most tenants may stay after the summer."),
        ("hedge", "The mayor Ida Lund said that most tenants stay until the summer."),
        ("half", "The council of Merrin sold the old tram depot and invested in three new swimming pools abroad."),
        ("other", "The swimming pools of the region need thorough repairs."),
        ("name from nowhere", "Holm Brothers owned the depot that the council sold."),
    ],
)
def test_a_word_that_the_quote_does_not_have_holds_a_copy_back(kind: str, sentence: str) -> None:
    assert reworded(sentence, QUOTE, ABOUT), kind


def test_a_part_that_is_moved_whole_takes_its_words_along() -> None:
    quote = "On her first day in office, the mayor Ida Lund sold the old tram depot to Brask Holding."
    assert (
        reworded("The mayor Ida Lund sold the old tram depot to Brask Holding on her first day in office.", quote, "")
        is None
    )


def test_a_lost_not_is_seen_whether_or_not_it_was_contracted() -> None:
    quote = "The depot isn't open to visitors on Sundays."
    assert reworded("The depot is not open to visitors on Sundays.", quote, "") is None
    assert reworded("The depot is open to visitors on Sundays.", quote, "") is not None


def test_a_name_may_take_the_place_of_what_points_to_it() -> None:
    """Whether it is the right one stands around the quote, and there the gate looks."""
    assert reworded("Ida Lund left the council in May.", "She left the council in May.", "") is None
    assert reworded("Brask Holding left the council in May.", "The company left the council in May.", "") is None
    assert reworded("Ida Lund left the council in May.", "Per Holm left the council in May.", "") is not None
