from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.extractive import compose
from bot.relevance import Embed
from vectorstore.sentences import split_sentences
from vectorstore.values import Passage, Version

TOWER = (
    "The lighthouse at Grava Point was finished in 1887. It stands 31 metres high. The engineer Ada Brink designed it after "
    "two ships had been lost on the reef.\n\nThe light was electrified in 1931 because paraffin had become too dear. Since then "
    "nobody has lived in the tower. The keeper's house is a museum today and opens from May to September."
)


@pytest.fixture
def shown(embed: Embed, found: Callable[..., list[Passage]]) -> Callable[..., list[str]]:
    """The sentences of the answer: `shown("Who?", version, other)`."""

    def ask(question: str, *versions: Version, limit: int = 5) -> list[str]:
        return [draft.text for draft in compose(question, found(question, *versions), embed=embed, limit=limit).drafts]

    return ask


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("When was the lighthouse at Grava Point finished?", "1887"),
        ("Who designed the lighthouse?", "Ada Brink"),
        ("How high is the lighthouse?", "31 metres"),
        ("Why was the light electrified?", "because paraffin had become too dear"),
        ("Does anybody live in the tower?", "nobody has lived in the tower"),
        ("When is the museum open?", "from May to September"),
    ],
)
def test_the_sentence_that_answers_is_shown(
    question: str, answer: str, shown: Callable[..., list[str]], version: Callable[..., Version]
) -> None:
    sentences = shown(question, version("Coast Guide", TOWER, title="The lighthouse at Grava Point"))
    assert any(answer in sentence for sentence in sentences), sentences
    assert len(sentences) <= 5


def test_it_comes_with_the_sentence_its_pronoun_points_to(
    shown: Callable[..., list[str]], version: Callable[..., Version]
) -> None:
    text = "The museum bought the steam tug Hilda in 2019. It restored her boiler for 90,000 crowns. Entry is free on Mondays."
    sentences = shown("How much did the boiler cost?", version("Coast Guide", text))
    assert sentences == [
        "The museum bought the steam tug Hilda in 2019.",
        "It restored her boiler for 90,000 crowns.",
    ]


def test_he_added_comes_with_who_he_is(shown: Callable[..., list[str]], version: Callable[..., Version]) -> None:
    text = (
        "Per Holt, who chairs the anglers' club, called the new weir a mistake. He added that salmon would vanish within "
        "ten years. The weir was opened on Sunday by the minister of energy."
    )
    sentences = shown("What will happen to the salmon?", version("River Post", text))
    assert sentences[:2] == [
        "Per Holt, who chairs the anglers' club, called the new weir a mistake.",
        "He added that salmon would vanish within ten years.",
    ]


def test_two_questions_in_one_are_both_answered(
    shown: Callable[..., list[str]], version: Callable[..., Version]
) -> None:
    text = shown("Who designed the lighthouse and when was the light electrified?", version("Coast Guide", TOWER))
    assert any("Ada Brink" in sentence for sentence in text)
    assert any("1931" in sentence for sentence in text)


def test_the_same_sentence_of_two_papers_is_shown_once_and_names_the_other(
    embed: Embed, found: Callable[..., list[Passage]], version: Callable[..., Version]
) -> None:
    text = "The bakery on Mill Lane will close in June after ninety years. Its oven goes to a museum."
    papers = [version("Mill Gazette", text), version("Evening Wire", text)]
    question = "When will the bakery on Mill Lane close?"
    drafts = compose(question, found(question, *papers), embed=embed).drafts
    assert [draft.text for draft in drafts].count("The bakery on Mill Lane will close in June after ninety years.") == 1
    (carrier,) = [draft for draft in drafts if "June" in draft.text]
    names = {carrier.quotes[0].version.publisher, *(copy.publisher for copy in carrier.quotes[0].also)}
    assert names == {"Mill Gazette", "Evening Wire"}


def test_a_question_or_a_heading_of_a_document_is_no_answer(
    shown: Callable[..., list[str]], version: Callable[..., Version]
) -> None:
    text = "# Opening hours\n\nWhen does the pool open?\n\nThe pool opens at seven on weekdays.\n\nOpening hours of the pool"
    assert shown("When does the pool open?", version("Town", text)) == ["The pool opens at seven on weekdays."]


def test_a_row_of_a_table_comes_with_its_head(shown: Callable[..., list[str]], version: Callable[..., Version]) -> None:
    table = (
        "| Line | Riders 2024 | Riders 2025 |\n|---|---|---|\n| Green | 51200 | 60400 |\n| Amber | 17100 | 16900 |\n"
    )
    sentences = shown("How many riders did the Amber line have in 2025?", version("Trams", table, title="Tram riders"))
    assert [row for row in sentences if "Amber" in row] == ["| Amber | 17100 | 16900 |"]
    assert sentences[0] == "| Line | Riders 2024 | Riders 2025 |"


def test_a_sentence_that_announces_brings_what_it_announces(
    shown: Callable[..., list[str]], version: Callable[..., Version]
) -> None:
    text = (
        "The board decided with five votes to four:\n\n- The pier will be rebuilt in oak by 2028.\n\nThen it had lunch."
    )
    assert shown("What did the board decide?", version("Minutes", text))[:2] == [
        "The board decided with five votes to four:",
        "The pier will be rebuilt in oak by 2028.",
    ]


def test_a_list_is_given_whole_and_without_the_heading_after_it(
    shown: Callable[..., list[str]], version: Callable[..., Version]
) -> None:
    decisions = "1. The pier is closed.\n2. The fee rises by 2 crowns.\n3. Pia Lund chairs it."
    text = f"The board decided:\n\n{decisions}\n\n2. Dates\n\nIt met."
    assert shown("What did the board decide?", version("Minutes", text)) == [
        "The board decided:",
        "The pier is closed.",
        "The fee rises by 2 crowns.",
        "Pia Lund chairs it.",
    ]


def test_a_question_for_one_fact_is_answered_by_what_holds_it(
    shown: Callable[..., list[str]], version: Callable[..., Version]
) -> None:
    """Likeness alone adds every sentence on the tram line, of every document."""
    guide = version("", "The tram line to Ulv was opened in 1931. The tram line to Ulv is loved by children.")
    others = [
        version("", f"The tram line to {place} is painted {colour} and rings at each stop.", id=place)
        for place, colour in (("Skarv", "red"), ("Karst", "blue"), ("Merrin", "green"))
    ]
    assert shown("When was the tram line to Ulv opened?", guide, *others) == [
        "The tram line to Ulv was opened in 1931."
    ]


def test_somebodys_words_are_those_the_question_asks_for(
    shown: Callable[..., list[str]], version: Callable[..., Version]
) -> None:
    text = (
        "The new weir worries the anglers of Ulv. Per Holt said the weir would cost the anglers their salmon.\n\n"
        "Mina Dahl said the weir brings light to 300 houses."
    )
    assert shown("What did Mina Dahl say about the weir?", version("River Post", text)) == [
        "Mina Dahl said the weir brings light to 300 houses."
    ]


def test_that_somebody_asked_is_no_answer(shown: Callable[..., list[str]], version: Callable[..., Version]) -> None:
    text = "The chair asked Ms Krag whether the mill was for sale. Ms Krag said that the mill was not for sale."
    assert "The chair asked" not in shown("Is the mill for sale?", version("Minutes", text))[0]


def test_documents_keep_their_own_order(shown: Callable[..., list[str]], version: Callable[..., Version]) -> None:
    sentences = shown("What is known of the lighthouse at Grava Point?", version("Coast Guide", TOWER), limit=5)
    places = [TOWER.index(sentence) for sentence in sentences]
    assert places == sorted(places)


def test_nothing_found_is_nothing_shown(embed: Embed) -> None:
    assert compose("Who is there?", [], embed=embed).drafts == ()


_WORDS = st.sampled_from(
    "ferry bridge not denied 1999 cost opened He said The company report Skarv 12 it : “ ” ? | - #".split()
)


@settings(max_examples=40)
@given(
    texts=st.lists(
        st.lists(_WORDS, min_size=1, max_size=40).map(lambda words: " ".join(words) + "."), min_size=1, max_size=3
    ),
    question=st.lists(_WORDS, min_size=1, max_size=8).map(" ".join),
    limit=st.integers(1, 5),
)
def test_whatever_is_found_the_answer_is_whole_verbatim_sentences_within_the_limit(
    texts: list[str],
    question: str,
    limit: int,
    embed: Embed,
    found: Callable[..., list[Passage]],
    version: Callable[..., Version],
) -> None:
    versions = [version(f"Paper {n}", text, published=date(2026, 1, 1 + n)) for n, text in enumerate(texts)]
    drafts = compose(question, found(question, *versions), embed=embed, limit=limit).drafts
    assert len(drafts) <= limit
    assert len({(quote.version.id, quote.start) for draft in drafts for quote in draft.quotes}) == len(drafts)
    for draft in drafts:
        (quote,) = draft.quotes
        assert draft.text == " ".join(quote.text.split()) != ""
        assert quote.end in {sentence.end for sentence in split_sentences(quote.version.text)}
