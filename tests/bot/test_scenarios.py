"""Several sources on one matter, asked on the whole road. Each tells what an answer by likeness alone gets wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.answer import Assistant
from bot.relevance import Embed
from bot.values import Answer, Dated, Note, Question
from vectorstore.embedder import PackagedEmbedder
from vectorstore.store import KnowledgeBase

Tell = Callable[..., None]
Ask = Callable[[str], Answer]

_FILLER = (
    ("The herring season", "The herring season begins in April. The fishermen of Ulv expect a good year."),
    (
        "A new organ",
        "The church of Skarv has a new organ with 1,900 pipes. It was played on Sunday for the first time.",
    ),
    ("Snow on the pass", "The road over the pass was closed for three days because of snow."),
    ("The library moves", "The library of Ulv moves into the old customs house in June."),
)


@pytest.fixture
def library(tmp_path: Path, embedder: PackagedEmbedder) -> Iterator[KnowledgeBase]:
    with KnowledgeBase(tmp_path / "home", embedder) as knowledge_base:
        yield knowledge_base


@pytest.fixture
def tell(library: KnowledgeBase, publish: Callable[..., Any]) -> Tell:
    """`tell("Salt Mail", "Title", "Text.", day=date(…))` puts an article into the library."""

    def put(publisher: str, title: str, text: str, day: date | None = None) -> None:
        place = f"/papers/{publisher}/{title}/{day}"
        publish(library, place, text, title=title, publisher=publisher, published=day)

    for title, text in _FILLER:
        put("Fjord Radio", title, text)
    return put


@pytest.fixture
def ask(library: KnowledgeBase, embed: Embed) -> Ask:
    assistant = Assistant(library, embed)
    return lambda question: assistant.answer(Question(question))


def keys(answer: Answer) -> list[str]:
    return [note.key for note in answer.notes]


def test_a_correction_that_shares_no_word_with_the_question_comes_first(tell: Tell, ask: Ask) -> None:
    """Naive: 84 million, from the report, or from the agency that copied it."""
    report = (
        "The town wants a bathing house on the pier. The order would be worth 84 million crowns, two officials said."
    )
    tell("Salt Mail", "Ulv wants a bathing house", report, date(2026, 3, 2))
    tell("Nordline", "Bathing house for Ulv", report, date(2026, 3, 2))
    tell("Salt Mail", "Correction: Ulv wants a bathing house",
         "Our report of 2 March contained an error. The order described in the papers is worth 48 million crowns. We had "
         "exchanged two digits.", date(2026, 3, 6))  # fmt: skip
    answer = ask("How much will the bathing house in Ulv cost?")
    assert answer.statements[0].citations[0].title.startswith("Correction"), answer.text
    assert -1 < answer.text.index("48 million") < answer.text.index("84 million")
    assert "corrected" in keys(answer)


def test_a_denial_in_a_document_of_its_own_stands_beside_the_report(tell: Tell, ask: Ask) -> None:
    """Naive: yes, it is being sold."""
    tell("Salt Mail", "Karst quarry before sale",
         "The Venn family is selling the Karst quarry to Orbin Mills, the Salt Mail has learned.", date(2026, 2, 3))  # fmt: skip
    tell("Venn family", "Statement", "We are not selling the Karst quarry. The reports are untrue.", date(2026, 2, 4))
    answer = ask("Is the Karst quarry being sold?")
    assert "is selling the Karst quarry" in answer.text
    assert "We are not selling" in answer.text
    assert "sources_disagree" in keys(answer)


def test_a_study_that_was_retracted_is_labelled(tell: Tell, ask: Ask) -> None:
    """Naive: it halves the pain."""
    tell("Journal of Shells", "Mussel extract and arthritis",
         "Mussel extract halves the pain of arthritis, our study of 40 patients shows.", date(2024, 5, 1))  # fmt: skip
    tell("Journal of Shells", "Retraction: Mussel extract and arthritis",
         "The study of mussel extract and arthritis has been retracted because 31 of the patients did not exist.",
         date(2025, 9, 1))  # fmt: skip
    answer = ask("Does mussel extract reduce the pain of arthritis?")
    assert "has been retracted" in answer.statements[0].text, answer.text
    assert "withdrawn" in keys(answer) or "corrected" in keys(answer)


def test_three_copies_of_one_report_are_one_voice(tell: Tell, ask: Ask) -> None:
    """Naive: three papers against one company."""
    text = "The mine at Karst will reopen in autumn, the agency Nordline reported on Friday."
    for name in ("Salt Mail", "Fjord Radio", "Ulv Weekly"):
        tell(name, "Mine to reopen", text, date(2026, 4, 3))
    tell("Karst Mining", "No reopening", "The mine at Karst will not reopen.", date(2026, 4, 4))
    answer = ask("Will the mine at Karst reopen?")
    assert answer.text.count("will reopen in autumn") == 1
    assert "will not reopen" in answer.text
    (disagreement,) = [note for note in answer.notes if note.key == "sources_disagree"]
    assert len(disagreement.values["sides"]) == 2  # type: ignore[arg-type]
    carried = {name for line in answer.sources for name in (line.publisher, *line.also)}
    assert {"Salt Mail", "Fjord Radio", "Ulv Weekly", "Karst Mining"} <= carried


def test_last_year_is_the_articles_last_year(tell: Tell, ask: Ask) -> None:
    """Naive: the reader takes "last year" for the year before the question."""
    tell("Salt Mail", "Fewer seals", "The bay of Skarv lost 300 seals to a virus last year.", date(2021, 6, 1))
    answer = ask("How many seals died in the bay of Skarv?")
    assert "last year" in answer.text
    source = Dated("Salt Mail", date(2021, 6, 1))
    assert Note("relative_date", {"phrase": "last year", "source": source, "meaning": "2020"}) in answer.notes


def test_a_date_that_was_moved_is_not_given_alone(tell: Tell, ask: Ask) -> None:
    """Naive: May, which answers best."""
    tell("Salt Mail", "Pool to open", "The swimming pool of Ulv will open in May, the mayor said.", date(2026, 1, 10))
    tell("Salt Mail", "Pool delayed", "The opening of the swimming pool of Ulv has been postponed to September.",
         date(2026, 4, 10))  # fmt: skip
    answer = ask("When will the swimming pool of Ulv open?")
    assert "May" in answer.text
    assert "September" in answer.text


def test_two_counts_in_one_article_are_both_given(tell: Tell, ask: Ask) -> None:
    """Naive: the one that is nearer to the question."""
    tell("Salt Mail", "March in Skarv",
         "Thousands marched in Skarv on Saturday. The police counted 2,000 people at the march in Skarv. The organisers of "
         "the march counted 9,000 people.", date(2026, 5, 3))  # fmt: skip
    answer = ask("How many people were at the march in Skarv?")
    assert "2,000" in answer.text
    assert "9,000" in answer.text


def test_a_denial_of_something_else_is_not_dragged_in(tell: Tell, ask: Ask) -> None:
    """Naive: every denial that names the firm counts as an answer."""
    tell("Salt Mail", "New shaft", "Karst Mining has opened a shaft that is 400 metres deep.", date(2026, 1, 5))
    tell(
        "Salt Mail",
        "Singer in court",
        "The singer Mo Vale denied having stolen a boat of Karst Mining.",
        date(2026, 1, 9),
    )
    answer = ask("How deep is the shaft of Karst Mining?")
    assert "400 metres" in answer.text
    assert "Mo Vale" not in answer.text
    assert "sources_disagree" not in keys(answer)


def test_two_witnesses_of_their_own_agree(tell: Tell, ask: Ask) -> None:
    """Naive: repeats the fact twice, or calls two copies two witnesses."""
    tell("Salt Mail", "School roof", "The school in Ulv got its new copper roof in 2020.", date(2020, 9, 1))
    tell("Town of Ulv", "Buildings", "Buildings of the town: the school in Ulv, copper roof of 2020, twelve rooms.")
    assert "sources_disagree" not in keys(ask("When did the school in Ulv get its copper roof?"))
    assert "sources_agree" in keys(ask("When did the school in Ulv get its copper roof?"))


def test_an_article_that_carries_its_own_correction_says_so(tell: Tell, ask: Ask) -> None:
    """Naive: 1947, which stands in the sentence that answers."""
    tell("Salt Mail", "The bridge at Ulv",
         "The bridge at Ulv was opened by Mayor Lena Krag in 1947. It is 210 metres long. A toll of two crowns was taken "
         "until 1960.\n\nCorrection: an earlier version of this article misstated when the bridge at Ulv was opened. It was "
         "opened in 1974.", date(2026, 2, 2))  # fmt: skip
    answer = ask("When was the bridge at Ulv opened?")
    assert "Correction:" in answer.text
    assert "1974" in answer.text, answer.text
    assert "carries_correction" in keys(answer)


def test_what_was_only_planned_is_not_given_without_what_came_of_it(tell: Tell, ask: Ask) -> None:
    """Naive: yes, it will be built."""
    tell("Salt Mail", "Tower planned", "A tower of 90 metres is to be built on the quay of Skarv.", date(2025, 3, 1))
    tell(
        "Salt Mail", "No tower", "The council of Skarv rejected the tower of 90 metres on the quay.", date(2025, 11, 1)
    )
    answer = ask("Will a tower be built on the quay of Skarv?")
    assert "rejected the tower" in answer.text


def test_the_ferries_of_the_samples_are_priced_with_the_correction(about_samples: Assistant) -> None:
    """Naive: 84 million, or the 37 million that another paper gives for other ships."""
    answer = about_samples.answer(Question("How much will the ferries cost?"))
    assert answer.statements[0].citations[0].title.startswith("Correction"), answer.text
    assert "48 million" in answer.text.split("84 million")[0]
    assert "corrected" in keys(answer)


def test_a_figure_that_is_only_shown_for_its_pronoun_is_corrected_too(about_samples: Assistant) -> None:
    """Naive: "It would be the largest" brings the sentence before it, with the wrong figure."""
    answer = about_samples.answer(Question("When was Veldmark founded?"))
    assert "1968" in answer.text
    assert ("84 million" in answer.text) <= ("48 million" in answer.text), answer.text
