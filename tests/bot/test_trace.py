"""What is kept of how an answer came about, and answering without a passage."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.answer import PASSAGES, Assistant
from bot.remembered import Remembered
from bot.values import Question
from ingest.pipeline import Pipeline
from ingest.sandbox import ParserProcess
from vectorstore.embedder import PackagedEmbedder
from vectorstore.store import KnowledgeBase

QUESTION = "When does the last ferry to Marrow Island leave?"


@pytest.fixture(scope="module")
def assistant(
    tmp_path_factory: pytest.TempPathFactory, embedder: PackagedEmbedder, parser: ParserProcess
) -> Iterator[Assistant]:
    folder: Path = tmp_path_factory.mktemp("notes")
    (folder / "timetable.md").write_text("# Timetable\n\nThe last ferry to Marrow Island leaves at 21:40.\n")
    (folder / "notice.md").write_text("# Notice\n\nThe last ferry to Marrow Island leaves at 20:15 in winter.\n")
    with KnowledgeBase(tmp_path_factory.mktemp("store"), embedder) as knowledge_base:
        Pipeline(knowledge_base, parser, embedder.count_tokens).ingest(str(folder))
        yield Assistant(knowledge_base, Remembered(embedder.embed_now, embedder.dimension))


def test_the_trace_tells_where_each_passage_stands_and_whether_it_was_quoted(assistant: Assistant) -> None:
    answer = assistant.answer(Question(QUESTION))
    assert answer.trace is not None
    assert answer.trace.scopes == ("workspace",)
    assert 0.5 <= answer.trace.evidence <= 1
    assert {found.title for found in answer.trace.passages} == {"Timetable", "Notice"}
    assert 1 <= len(answer.trace.passages) <= PASSAGES
    cited = {citation.version for statement in answer.statements for citation in statement.citations}
    assert {found.version for found in answer.trace.passages if found.used} == cited
    assert answer.trace.tokens is None


def test_an_abstention_has_its_trace(assistant: Assistant) -> None:
    answer = assistant.answer(Question("Who won the football cup in Lisbon?"))
    assert not answer.answered
    assert answer.trace is not None
    assert answer.trace.evidence < 0.5
    assert not any(found.used for found in answer.trace.passages)


@pytest.mark.parametrize("what", ["chunk", "document"])
def test_what_is_to_be_left_out_is_not_found(assistant: Assistant, what: str) -> None:
    trace = assistant.answer(Question(QUESTION)).trace
    assert trace is not None
    first = trace.passages[0]
    again = assistant.answer(Question(QUESTION, without=(getattr(first, what),))).trace
    assert again is not None
    assert again.without == (getattr(first, what),)
    assert [found.chunk for found in again.passages] == [found.chunk for found in trace.passages[1:]]
