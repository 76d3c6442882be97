"""Questions about the first article, asked on the whole road: ingested as scraped, searched, composed, cited."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.answer import Assistant
from bot.remembered import Remembered
from bot.values import Answer, Question
from ingest.pipeline import Pipeline
from ingest.sandbox import ParserProcess
from vectorstore.embedder import PackagedEmbedder
from vectorstore.store import KnowledgeBase

ARTICLE = Path(os.environ.get("FOOTNOTE_SHARED", "../shared")) / "articles" / "ford-xiaomi.txt"

pytestmark = pytest.mark.skipif(
    not ARTICLE.is_file(), reason=f"{ARTICLE} is not here; FOOTNOTE_SHARED names the folder that holds articles/"
)


@pytest.fixture(scope="module")
def assistant(
    tmp_path_factory: pytest.TempPathFactory, embedder: PackagedEmbedder, parser: ParserProcess
) -> Iterator[Assistant]:
    with KnowledgeBase(tmp_path_factory.mktemp("article"), embedder) as knowledge_base:
        Pipeline(knowledge_base, parser, embedder.count_tokens).ingest(str(ARTICLE.resolve()))
        yield Assistant(knowledge_base, Remembered(embedder.embed_now, embedder.dimension))


REPORTED = ("preliminary talks", "Financial Times reported citing four people")
DENIED = ("Ford has rejected the report outright", "completely false")


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Is Ford in talks with Xiaomi?", (*REPORTED, *DENIED)),
        ("Who reported the talks between Ford and Xiaomi?", (*REPORTED, *DENIED)),
        ("What did Ford say about the report?", DENIED),
        ("Did Ford talk with BYD?", ("spoken with BYD", "the FT said", DENIED[0])),
        ("What did BYD say?", ("BYD declined to comment",)),
        ("Did Xiaomi comment on the report?", ("Xiaomi did not respond to a request for comment",)),
        ("What tariffs apply to Chinese cars?", ("100% tariffs on car imports from China",)),
        ("Did Trump remove the tariffs?", ("has kept those tariffs in place",)),
        ("Does CATL have links to the Chinese military?", ("The Pentagon has designated CATL", "a claim CATL denies")),
        ("What technology does Ford license from CATL?", ("licenses technology from CATL to produce battery cells",)),
        ("What did John Moolenaar say?", ("John Moolenaar, Republican chair", "turning its back")),
        ("What did Jim Farley say about Chinese carmakers?", ("Ford chief executive Jim Farley", "existential threat")),
        ("How many people told the Financial Times about the talks?", ("four people familiar",)),
        ("When did Xiaomi launch its EV?", ("in 2024",)),
        ("What is Xiaomi's core business?", ("consumer electronics",)),
        ("Why would a joint venture be contentious?", ("frequently end poorly",)),
    ],
)  # fmt: skip
def test_the_answer_holds_what_the_article_says(question: str, wanted: tuple[str, ...], assistant: Assistant) -> None:
    answer = assistant.answer(Question(question))
    assert [each for each in wanted if each not in answer.text] == [], answer.text
    assert len(answer.statements) <= 5
    assert_true_to_its_source(answer)


@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of Peru?",
        "Who won the football match on Sunday?",
        "How much would the joint venture cost?",
        "What is the price of the Xiaomi SU7?",
        "How many employees does BYD have?",
    ],
)
def test_what_the_article_does_not_say_is_not_answered(question: str, assistant: Assistant) -> None:
    answer = assistant.answer(Question(question))
    assert not answer.answered, answer.text
    assert answer.searched.documents == 1


@pytest.mark.parametrize(
    "question", ["What can B2B marketing do?", "How many media platforms reach engaged professionals?"]
)
def test_the_advertisement_is_never_an_answer(question: str, assistant: Assistant) -> None:
    answer = assistant.answer(Question(question))
    assert "media platforms" not in answer.text
    assert "B2B" not in answer.text


def assert_true_to_its_source(answer: Answer) -> None:
    for statement in answer.statements:
        (citation,) = statement.citations
        assert " ".join(citation.quote.split()) == statement.text
