"""Asking a team's questions and judging the answers: what failed, in words."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from footnote.evaluation.questions import TeamQuestion
from footnote.shapes import Json

Operation = Callable[..., Json]
"""`footnote.session.Session`: runs an operation of the application by its name."""

Failure = Literal[
    "not answered",
    "answered although the documents do not say",
    "expected text missing",
    "wrong text shown",
    "expected source not cited",
    "expected source not found",
    "quote not verbatim",
]
PASSAGES = 8
"""How many passages are looked at for the expected source: as many as an answer is composed from."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question as it was answered."""

    question: TeamQuestion
    answer: Json
    """As `footnote ask --json` prints it."""
    passages: tuple[Json, ...]
    """As `footnote search --json` prints them, for the question as it was searched."""
    rank: int | None
    """Of the first passage of an expected source, from 1; None where none was found or none is expected."""
    failures: tuple[Failure, ...]
    milliseconds: float

    @property
    def passed(self) -> bool:
        return not self.failures


def ask_all(
    questions: Sequence[TeamQuestion], operation: Operation, progress: Callable[[int, int], None]
) -> tuple[Outcome, ...]:
    """Every question in its order; what `operation` raises passes through."""
    outcomes = []
    for number, question in enumerate(questions):
        progress(number, len(questions))
        outcomes.append(_ask(question, operation))
    progress(len(questions), len(questions))
    return tuple(outcomes)


def _ask(question: TeamQuestion, operation: Operation) -> Outcome:
    history = [turn.model_dump() for turn in question.history]
    started = time.perf_counter()
    answer = operation("ask", question=question.question, scopes=list(question.scopes), history=history)
    milliseconds = (time.perf_counter() - started) * 1000
    query = answer["searched"]["query"] or question.question
    passages = tuple(operation("search", query=query, limit=PASSAGES, scopes=list(question.scopes))["passages"])
    expected = [n for n, passage in enumerate(passages, 1) if _is_one_of(passage, question.sources)]
    rank = expected[0] if expected else None
    documents = {passages[n - 1]["document"] for n in expected}
    cites = any(each["document"] in documents or _is_one_of(each, question.sources) for each in answer["sources"])
    verbatim = _verbatim(answer, question, operation)
    failures = tuple(_failures(question, answer, found=bool(expected), cites=cites, verbatim=verbatim))
    return Outcome(question, answer, passages, rank, failures, round(milliseconds, 1))


def _failures(question: TeamQuestion, answer: Json, *, found: bool, cites: bool, verbatim: bool) -> Iterator[Failure]:
    if question.answerable and not answer["answered"]:
        yield "not answered"
    if not question.answerable and answer["answered"]:
        yield "answered although the documents do not say"
    text = _plain(answer["text"])
    if question.answers and answer["answered"] and not any(_plain(each) in text for each in question.answers):
        yield "expected text missing"
    if any(_plain(each) in text for each in question.wrong):
        yield "wrong text shown"
    if question.sources and answer["answered"] and not cites:
        yield "expected source not cited"
    if question.sources and not found:
        yield "expected source not found"
    if not verbatim:
        yield "quote not verbatim"


def _verbatim(answer: Json, question: TeamQuestion, operation: Operation) -> bool:
    """Whether every quote stands in its version at its place now."""
    citations = [citation for statement in answer["statements"] for citation in statement["citations"]]
    return all(_stands(citation, question, operation) for citation in citations)


def _stands(citation: Mapping[str, Any], question: TeamQuestion, operation: Operation) -> bool:
    place = {name: citation[name] for name in ("version", "start", "end")}
    return bool(operation("passage", **place, scopes=list(question.scopes))["quote"] == citation["quote"])


def _is_one_of(found: Mapping[str, Any], expected: Sequence[str]) -> bool:
    """Whether a passage or source is one of those that are named by title, location, address or file name."""
    location = str(found.get("location") or "")
    names = {_plain(str(found.get(key) or "")) for key in ("title", "url", "location")} | {
        _plain(location.rsplit("/", 1)[-1])
    }
    return any(_plain(each) in names - {""} for each in expected)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
