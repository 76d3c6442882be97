from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from bot.answer import Assistant
from bot.asked_sources import asked_sources
from bot.relevance import Embed
from bot.values import Dated, Note, Question
from vectorstore.preference import Preference
from vectorstore.sources import document_of, source_of
from vectorstore.store import Draft, KnowledgeBase, Span, version_of
from vectorstore.values import Version

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("question", "wish"),
    [
        ("What did Fjord Radio say in March?", Preference(("Fjord Radio",), date(2026, 3, 1), date(2026, 3, 31))),
        (
            "What did the Salt Mail report in December?",
            Preference(("Salt Mail",), date(2025, 12, 1), date(2025, 12, 31)),
        ),
        ("According to The Salt Mail, who denied it?", Preference(("Salt Mail",))),
        ("What was in the Salt Mail article?", Preference(("Salt Mail",))),
        ("Which ferries are named in the report of the Salt Mail?", Preference(("Salt Mail",))),
        ("What was announced since 3 March 2026?", Preference(since=date(2026, 3, 3))),
        ("What was known before March 3rd, 2026?", Preference(until=date(2026, 3, 3))),
        ("What happened on 2026-03-05?", Preference(since=date(2026, 3, 5), until=date(2026, 3, 5))),
        ("What was built in 1911?", Preference(since=date(1911, 1, 1), until=date(1911, 12, 31))),
        ("What was built from 1911 to 1914?", Preference(since=date(1911, 1, 1), until=date(1914, 12, 31))),
        ("In May who resigned?", Preference(since=date(2026, 5, 1), until=date(2026, 5, 31))),
        ("What did the council decide last week?", Preference(since=date(2026, 11, 16), until=date(2026, 11, 22))),
        ("What was decided yesterday?", Preference(since=date(2026, 11, 24), until=date(2026, 11, 24))),
        ("What is the latest on the ferries?", Preference(newest=True)),
    ],
)
def test_a_question_says_which_sources_it_asks_for(question: str, wish: Preference) -> None:
    assert asked_sources(question, TODAY) == wish


@pytest.mark.parametrize(
    "question",
    [
        "Who owns Fjord Radio?",
        "May I march in the parade?",
        "How many ferries may be bought?",
        "Who won in the last year of the war?",
        "What happened on 31 February 2026?",
        "What happened on 2026-13-01?",
        "What is last year's figure?",
        "",
        "🦀",
    ],
)
def test_most_questions_ask_for_no_sources_in_particular(question: str) -> None:
    assert asked_sources(question, TODAY) is None


@pytest.fixture
def library(knowledge_base: KnowledgeBase, embed: Embed) -> Callable[[str], tuple[list[str], tuple[Note, ...]]]:
    """Asks, and gives the publishers in the order of the passages, and the notes."""
    for publisher, day, text in (
        ("Fjord Radio", date(2026, 3, 2), "The ferry line wants three new ferries, the harbour master said."),
        ("The Salt Mail", date(2026, 3, 4), "New ferries will not be bought by the ferry line, its owner said."),
        ("Harbour Post", date(2026, 9, 9), "The ferry line has bought two used ferries from the north."),
    ):
        source = source_of(f"/{publisher}.txt")
        document = document_of(source, source.location)
        knowledge_base.catalog.sources.add(source)
        version = version_of(document, Version("", "", text, publisher, publisher=publisher, published=day))
        knowledge_base.publish([Draft(document, version, (Span(0, len(text)),))])
    seen: list[str] = []

    class Watched:
        def __getattr__(self, name: str) -> object:
            return getattr(knowledge_base, name)

        def search(self, query: str, scopes: tuple[str, ...], **options: object) -> object:
            passages = knowledge_base.search(query, scopes, **options)  # type: ignore[arg-type]
            if not seen:  # what was claimed is looked up after the question
                seen.extend(str(passage.version.publisher) for passage in passages)
            return passages

    def ask(text: str) -> tuple[list[str], tuple[Note, ...]]:
        seen.clear()
        answer = Assistant(Watched(), embed).answer(Question(text, asked_on=TODAY))  # type: ignore[arg-type]
        return list(seen), answer.notes

    return ask


def test_who_is_asked_for_comes_first_and_nobody_is_left_out(
    library: Callable[..., tuple[list[str], tuple[Note, ...]]],
) -> None:
    order, notes = library("What did the Salt Mail say about three new ferries?")
    assert (order[0], len(order)) == ("The Salt Mail", 3)
    assert Note("publisher_first", {"publishers": (Dated("The Salt Mail"),)}) in notes


def test_the_days_asked_for_come_first(library: Callable[..., tuple[list[str], tuple[Note, ...]]]) -> None:
    order, notes = library("What did the ferry line buy in September?")
    assert order[0] == "Harbour Post"
    days = {"since": Dated(day=date(2026, 9, 1)), "until": Dated(day=date(2026, 9, 30))}
    assert Note("days_first", days) in notes


def test_the_newest_comes_first_only_when_it_is_asked_for(
    library: Callable[..., tuple[list[str], tuple[Note, ...]]],
) -> None:
    order, notes = library("What is the latest about the ferry line's new ferries?")
    assert order[0] == "Harbour Post"
    assert Note("newest_first") in notes
    _, notes = library("What about the ferry line's new ferries?")
    assert not {note.key for note in notes} & {"newest_first", "days_first", "publisher_first"}


def test_a_name_and_days_that_no_source_has_change_nothing(
    library: Callable[..., tuple[list[str], tuple[Note, ...]]],
) -> None:
    order, notes = library("What did Zelmira say in June about three new ferries of the ferry line?")
    assert order == library("What did Zelmira say about three new ferries of the ferry line?")[0]
    assert not {note.key for note in notes} & {"newest_first", "days_first", "publisher_first"}


def test_what_a_source_says_is_an_answer_when_only_the_source_is_named(
    library: Callable[..., tuple[list[str], tuple[Note, ...]]], knowledge_base: KnowledgeBase, embed: Embed
) -> None:
    library("What did Fjord Radio report in March?")
    answer = Assistant(knowledge_base, embed).answer(Question("What did Fjord Radio report in March?", asked_on=TODAY))
    assert answer.answered
    assert "Fjord Radio" in [citation.publisher for each in answer.statements for citation in each.citations]
    other = Assistant(knowledge_base, embed).answer(Question("What did Fjord Radio report about volcanoes in Peru?"))
    assert not other.answered
