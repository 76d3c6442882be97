from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.enough import THRESHOLD, Evidence, assess
from bot.relevance import Embed
from vectorstore.values import Passage, Version

TEXT = (
    "The Norrvik cable car was opened in May 2021 by the engineer Sune Dahl. It carries 900 passengers an hour. The "
    "upper station was built of larch. Tickets cost 140 crowns. The council refused to pay for a second cabin, "
    "because the first one had been much dearer than planned. It runs every day but Tuesday."
)


@pytest.fixture
def evidence(
    embed: Embed, found: Callable[..., list[Passage]], version: Callable[..., Version]
) -> Callable[[str], Evidence]:
    document = version("Norrvik News", TEXT, title="The Norrvik cable car")
    return lambda question: assess(question, found(question, document), embed=embed)


@pytest.mark.parametrize(
    "question",
    [
        "When was the Norrvik cable car opened?",
        "Who opened the cable car?",
        "How many passengers does it carry an hour?",
        "How much is a ticket?",
        "Why did the council refuse to pay for a second cabin?",
        "What is the upper station built of?",
    ],
)
def test_what_the_document_says_is_enough(question: str, evidence: Callable[[str], Evidence]) -> None:
    found = evidence(question)
    assert found.enough, found


@pytest.mark.parametrize(
    "question",
    [
        "Who is the mayor of Norrvik?",
        "What is the capital of Peru?",
        "When was the Halmstrand tunnel opened?",
        "How many people died in the storm of 1953?",
        "Which company sells the best coffee in Oslo?",
    ],
)
def test_what_it_does_not_say_is_not(question: str, evidence: Callable[[str], Evidence]) -> None:
    found = evidence(question)
    assert not found.enough, found


@pytest.mark.parametrize(
    ("asked", "turned"),
    [
        ("When was the Norrvik cable car opened?", "When was the Norrvik cable car closed?"),
        ("How many passengers does it carry an hour?", "How many passengers does it not carry an hour?"),
        ("Who opened the Norrvik cable car in 2021?", "Who opened the Norrvik cable car in 1974?"),
        ("What is the upper station built of?", "What is the lower station built of?"),
        ("When was the Norrvik cable car opened?", "When was the oldest Norrvik cable car opened?"),
    ],
)
def test_a_question_turned_around_has_less_evidence(
    asked: str, turned: str, evidence: Callable[[str], Evidence]
) -> None:
    assert evidence(turned).score < evidence(asked).score


@pytest.mark.parametrize(
    "question", ["Who did not open the Norrvik cable car?", "How many passengers does it not carry an hour?"]
)
def test_an_open_question_with_a_not_that_nothing_says_is_not_answered(
    question: str, evidence: Callable[[str], Evidence]
) -> None:
    assert not evidence(question).enough


@pytest.mark.parametrize(
    "question",
    [
        "No, I meant the cable car. When was it opened?",
        "That's not what I wanted to hear from Zelmira. Okay. When was the Norrvik cable car opened?",
        "I need to go up with my children. How much is a ticket?",
        "Does the cable car not run on Tuesday?",
        "The cable car does not carry passengers.",
    ],
)
def test_what_is_said_around_a_question_and_a_claim_to_check_do_not_count_against_it(
    question: str, evidence: Callable[[str], Evidence]
) -> None:
    found = evidence(question)
    assert found.enough, found
    assert found.missing == ()


def test_the_part_without_an_answer_is_named(evidence: Callable[[str], Evidence]) -> None:
    found = evidence("When was the Norrvik cable car opened and who is the owner of the harbour hotel?")
    assert found.enough
    assert found.missing == ("who is the owner of the harbour hotel",)
    assert found.in_parts


def test_a_name_that_nothing_speaks_of_is_named(evidence: Callable[[str], Evidence]) -> None:
    assert evidence("Did Zelmira Foss open the Norrvik cable car?").missing == ("Zelmira Foss",)


def test_no_passages_are_no_evidence(embed: Embed) -> None:
    found = assess("When was Norrvik founded?", [], embed=embed)
    assert (found.score, found.enough) == (0.0, False)


def test_the_score_is_a_share_and_the_threshold_decides(evidence: Callable[[str], Evidence]) -> None:
    for question in ("", "?", "cable", "why", "¡¿", "a " * 500, "Norrvik " * 50):
        found = evidence(question)
        assert 0.0 <= found.score <= 1.0
        assert found.enough == (found.score >= THRESHOLD)


@pytest.mark.parametrize(
    "question",
    [
        "I cannot find the price list, what does a ticket cost?",
        "We never got there, how many passengers does the cable car carry?",
        "What do tickets for the cable car cost, given that it doesn't stop at the larch forest in Sundal?",
    ],
)
def test_what_is_only_told_and_words_that_say_little_do_not_count_against_it(
    question: str, evidence: Callable[[str], Evidence]
) -> None:
    found = evidence(question)
    assert found.enough, found
