"""A lie must be a lie: another sentence than its quote, of the kind it is said to be, and the same for the same seed."""

from __future__ import annotations

from random import Random

import pytest

from evals.liar import LIES, TRUTHS, told

SENTENCES = [
    "In 1911 the dairy of Merrin was founded by Ida Lund and her brother Per.",
    "The dairy of Merrin supplies most shops of Tarn, and it may build a second plant near Brask.",
    "It has not raised its prices since 2019, when the council of Tarn visited Merrin.",
    "The mayor said that the number of its workers increased to 140 (in all places).",
]


def test_every_lie_is_told_of_a_sentence_of_the_document() -> None:
    lies = told(LIES, SENTENCES, Random(1))
    assert len(lies) >= len(LIES) - 2
    assert all(lie.quote in SENTENCES and lie.text.strip() != lie.quote for lie in lies)


def test_the_same_seed_tells_the_same_lies() -> None:
    assert told(LIES, SENTENCES, Random(3)) == told(LIES, SENTENCES, Random(3))


@pytest.mark.parametrize(
    ("kind", "quote", "lie"),
    [
        (
            "a not left out",
            SENTENCES[2],
            "It has raised its prices since 2019, when the council of Tarn visited Merrin.",
        ),
        (
            "the opposite word",
            SENTENCES[3],
            "The mayor said that the number of its workers decreased to 140 (in all places).",
        ),
        ("without who said it", SENTENCES[3], "The number of its workers increased to 140 (in all places)."),
    ],
)
def test_a_kind_does_what_it_is_called(kind: str, quote: str, lie: str) -> None:
    assert LIES[kind](quote, SENTENCES, Random(1)) == lie


def test_a_truth_says_the_same_in_another_form() -> None:
    opening = TRUTHS["with its opening moved to the end"]
    assert opening("In 1911, the dairy opened.", SENTENCES, Random(1)) == "The dairy opened in 1911."
