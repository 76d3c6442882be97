from __future__ import annotations

import pytest

from bot.kinds import degrees, figures, names
from bot.polarity import negated, turned_around
from bot.understand import asking, claims, is_open, parts, understand
from vectorstore.words import stems


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("When was the pier built?", "date"),
        ("In what year was the pier built?", "date"),
        ("Who built the pier?", "person"),
        ("Which company built the pier?", "organisation"),
        ("Where is the pier?", "place"),
        ("In which country is the pier?", "place"),
        ("How many piers are there?", "number"),
        ("How much did the pier cost?", "money"),
        ("How long did it take to build the pier?", "duration"),
        ("Why was the pier built?", "reason"),
        ("How is a pier built?", "manner"),
        ("What is a pier?", "definition"),
    ],
)
def test_a_question_word_tells_what_would_answer(question: str, kind: str) -> None:
    assert kind in understand(question).kinds


@pytest.mark.parametrize(
    "question", ["Is the pier old?", "Did the mayor open it?", "And was it dear?", "Don't they close?"]
)
def test_a_yes_or_no_question_is_told(question: str) -> None:
    assert understand(question).decides


def test_names_leave_out_the_word_a_question_opens_with() -> None:
    assert names("Will Tessa Brandt sail to New Ulv?") == ["Tessa Brandt", "New Ulv"]
    assert names("The ferry sails. It is late, Mette Lund's brother says.") == ["Mette Lund"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1.2 million visitors", [1_200_000]),
        ("1,200,000 visitors", [1_200_000]),
        ("twelve boats and two dozen oars", [12, 2, 12]),
        ("3.5bn crowns in 2025", [3.5e9, 2025]),
        ("no figure", []),
    ],
)
def test_a_figure_is_its_value_however_it_is_written(text: str, values: list[float]) -> None:
    assert figures(text) == values


def test_several_questions_are_taken_apart_and_keep_their_names() -> None:
    assert parts("Who owns the Auk and when was it built?") == ["Who owns the Auk", "when was it built (Auk)"]
    assert parts("Who closed the pier, and when?") == ["Who closed the pier", "when: Who closed the pier"]
    assert parts("What do Mette and Jens say?") == ["What do Mette and Jens say?"]


@pytest.mark.parametrize(
    "text", ["It did not sail.", "No boat sailed.", "It never sailed", "It doesn’t sail", "It failed to sail"]
)
def test_negation_is_seen(text: str) -> None:
    assert negated(text)


def test_not_only_denies_nothing() -> None:
    assert not negated("It sails not only in May but all year.")


def test_an_opposite_in_place_of_a_word_turns_a_sentence_around() -> None:
    assert turned_around(stems("Prices rose in May"), stems("Prices fell in May")) is not None
    assert turned_around(stems("Prices rose in May"), stems("Prices rose and then fell in May")) is None


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("No, I meant the old pier. When was it built?", "When was it built?"),
        ("Okay. That's interesting. Who built the pier?", "Who built the pier?"),
        ("No, who built the pier?", "who built the pier?"),
        ("Thanks! Tell me about the pier.", "Tell me about the pier."),
        (
            "I went to Norrvik. What is there to see? How long does it take?",
            "What is there to see? How long does it take?",
        ),
        ("The pier was built in 1911.", "The pier was built in 1911."),
        ("pier opening hours", "pier opening hours"),
        ("No wonder the pier fell?", "No wonder the pier fell?"),
        ("Okay.", "Okay."),
        ("", ""),
    ],
)
def test_what_is_said_around_a_question_is_not_asked(said: str, asked: str) -> None:
    assert asking(said) == asked


def test_the_noun_that_says_what_is_sought_is_told_from_what_it_is_sought_about() -> None:
    assert understand("Which city hosted the fair of 1911?").sought == "citi"
    assert understand("Who hosted the fair of 1911?").sought is None
    assert degrees("The first and largest forest of the West") == {"first", "largest"}


def test_a_claim_is_neither_a_question_nor_keywords() -> None:
    assert claims("The pier was built in 1911.")
    assert claims('The pier, which burned down in 1911, was called "the arm."')
    assert not any(
        map(
            claims,
            [
                "Was the pier built in 1911?",
                "who built the pier.",
                "pier 1911",
                "Name the builder.",
                "And by whom.",
                "I wonder why it burned.",
            ],
        )
    )


def test_whether_something_is_so_is_not_an_open_question() -> None:
    assert is_open("Why was the pier not built?")
    assert not is_open("Was the pier not built?")
    assert not is_open("The pier was not built.")


def test_the_speaker_is_no_name() -> None:
    assert names("Should I take the ferry, and what I'd pay in Norrvik, I’ve no idea") == ["Norrvik"]
