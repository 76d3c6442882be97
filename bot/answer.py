"""The road of a question: understand, search, enough?, compose, verify, cite.

Whatever the composer, what comes out is either an answer whose every sentence quotes its source word for word, or an
abstention that says what was searched.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from bot import cite, extractive
from bot.asked_sources import asked_sources, said_first
from bot.both_sides import left_out, looked_up
from bot.budget import Budget
from bot.check import Checked, check_text
from bot.draft import Draft
from bot.enough import Evidence, assess
from bot.followup import standalone
from bot.plaintext import plain
from bot.progress import OnProgress, Progress, unheard
from bot.purse import Model, Purse, opened
from bot.relative_dates import relative_dates
from bot.relevance import Embed
from bot.remarks import remarks
from bot.shapes import shaped
from bot.summarize import summarize
from bot.tables import table_of
from bot.thread_summary import Point, Said, summarize_conversation
from bot.trace import trace
from bot.understand import as_asked
from bot.usage import Price
from bot.values import Answer, Composer, Note, Question, Rejection, Searched
from vectorstore.preference import Preference
from vectorstore.values import Passage, Version

PASSAGES = 8
"""Passages an answer is composed from."""
PER_DOCUMENT = 4
"""Of one document at most, so that one source cannot fill the context."""
MAX_QUESTION = 4_000
"""Code points of a question that are searched; the rest of a longer one is left out, and the answer says so."""
_NEAREST = 3


class KnowledgeBase(Protocol):
    """What answering needs of `vectorstore.store.KnowledgeBase`."""

    @property
    def reranker(self) -> str | None: ...

    def search(
        self,
        query: str,
        scopes: Sequence[str],
        *,
        limit: int,
        per_document: int,
        tags: Sequence[str] = (),
        prefer: Preference | None = None,
        rerank: bool = False,
    ) -> list[Passage]: ...

    def counts(self, scopes: Sequence[str], tags: Sequence[str] = ()) -> tuple[int, int]: ...

    def find_document(self, wanted: str, scopes: Sequence[str]) -> Version: ...


@dataclass(slots=True)
class _Composition:
    drafts: Sequence[Draft]
    composer: Composer = "extractive"
    rejected: tuple[Rejection, ...] = ()
    notes: list[Note] = field(default_factory=list)


class _Clock:
    def __init__(self) -> None:
        self.timings: dict[str, float] = {}
        self._started = time.perf_counter()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self.timings[name] = round((time.perf_counter() - started) * 1000, 1)

    def total(self) -> dict[str, float]:
        return self.timings | {"total": round((time.perf_counter() - self._started) * 1000, 1)}


class Assistant:
    """Answers from a knowledge base. Safe to call from several threads."""

    def __init__(
        self,
        knowledge_base: KnowledgeBase,
        embed: Embed,
        model: Model | None = None,
        *,
        budget: Budget | None = None,
        price: Price | None = None,
    ) -> None:
        """`embed`: unit vectors of texts, best cached; `model`: None composes from the documents' own sentences.

        budget and price: of the model; None where it is not limited, and where no prices are known.
        """
        self._knowledge_base = knowledge_base
        self._embed = embed
        self._model = model
        self._budget = budget
        self._price = price

    def answer(self, question: Question, *, on_progress: OnProgress = unheard) -> Answer:
        with opened(self._model, self._budget, question.accounts) as purse:
            return self._answered(question, purse, on_progress)

    def _answered(self, question: Question, purse: Purse, on_progress: OnProgress) -> Answer:
        clock = _Clock()
        on_progress(Progress("understand"))
        asked, notes = self._understand(question, purse, clock)
        on_progress(Progress("search"))
        with clock.step("search"):
            passages, order = self._search(asked, question)
            notes += order
        on_progress(Progress("read", len(passages)))
        with clock.step("enough"):
            evidence = assess(asked, passages, embed=self._embed)
        composition = _Composition([])
        if evidence.enough:
            with clock.step("other_side"):
                passages = looked_up(
                    asked, passages, search=lambda claim: self._find(claim, question), embed=self._embed
                )
            on_progress(Progress("check", len(passages)))
            with clock.step("compose"):
                tell = self._telling(on_progress, asked, question, passages)
                composition = self._compose(asked, passages, evidence, purse, tell)
        composition.notes[:0] = notes
        answer = self._answer(composition, asked, question.scopes, passages, clock, question.tags)
        reranker = self._knowledge_base.reranker
        return replace(answer, trace=trace(question, passages, evidence, answer, purse.used, self._price, reranker))

    def summarize(self, target: str, scopes: Sequence[str]) -> Answer:
        """Cited key points of the document that `target` names: a title, an id, a path or an address.

        Raises UnknownDocument, with what to do, when there is none or more than one.
        """
        clock = _Clock()
        version = self._knowledge_base.find_document(target, scopes)
        with clock.step("compose"):
            composition = self._key_points(version)
        return self._answer(composition, version.title, scopes, [], clock)

    def summarize_text(self, version: Version) -> Answer:
        """Cited key points of a text that is not in the knowledge base."""
        clock = _Clock()
        with clock.step("compose"):
            composition = self._key_points(version)
        return self._answer(composition, version.title, (), [], clock)

    def _key_points(self, version: Version) -> _Composition:
        """Sentences; where there are none, the first rows of its table."""
        if points := summarize(version, embed=self._embed):
            return _Composition(points)
        rows, notes = table_of(version)
        return _Composition(rows, notes=notes)

    def summarize_conversation(self, said: Sequence[Said]) -> tuple[Point, ...]:
        """What was decided, promised, asked and left open, word for word; none for a conversation that says nothing."""
        return summarize_conversation(said, embed=self._embed)

    def check(self, text: str, scopes: Sequence[str]) -> tuple[Checked, ...]:
        """Every sentence of `text` with what the documents say of it: see `bot.check`."""
        return check_text(
            text,
            search=lambda query: self._find(query, Question(text, tuple(scopes))),
            embed=self._embed,
        )

    def _search(self, asked: str, question: Question) -> tuple[list[Passage], list[Note]]:
        """What is found for it, the sources it asks for first; and what to say of that."""
        wish = asked_sources(asked, question.asked_on or date.today())
        passages = self._find(asked, question, wish, rerank=True)
        return passages, said_first(wish, passages) if wish else []

    def _find(
        self, wanted: str, question: Question, wish: Preference | None = None, *, rerank: bool = False
    ) -> list[Passage]:
        """What is found where `question` may be answered from, without what it excludes."""
        without = set(question.without)
        limit, per_document = PASSAGES + PER_DOCUMENT * len(without), PER_DOCUMENT + len(without)
        found = self._knowledge_base.search(
            wanted,
            question.scopes,
            limit=limit,
            per_document=per_document,
            tags=question.tags,
            prefer=wish,
            rerank=rerank,
        )
        return [each for each in found if not without & {each.chunk.id, each.document.id}][:PASSAGES]

    def _understand(self, question: Question, purse: Purse, clock: _Clock) -> tuple[str, list[Note]]:
        """The question as it is searched, with what has to be said about that."""
        with clock.step("understand"):
            text = plain(question.text)
            notes = []
            if len(text) > MAX_QUESTION:
                notes.append(Note("question_cut", {"most": MAX_QUESTION}))
                text = text[:MAX_QUESTION]
            return standalone(text, question.history, rewrite=purse.rewrite), notes

    def _telling(
        self, on_progress: OnProgress, asked: str, question: Question, passages: Sequence[Passage]
    ) -> Callable[[Draft], None]:
        """Tells of each sentence that is verified, with all those before it."""
        drafts: list[Draft] = []

        def tell(draft: Draft) -> None:
            drafts.append(draft)
            statements = cite.cite(drafts)
            sources = cite.sources(drafts, statements)
            searched = self._searched(asked, question.scopes, question.tags)
            on_progress(Progress("check", len(passages), Answer(statements, sources, searched, composer="model")))

        return tell

    def _searched(self, asked: str, scopes: Sequence[str], tags: Sequence[str]) -> Searched:
        documents, passages = self._knowledge_base.counts(scopes, tags)
        return Searched(documents, passages, asked)

    def _compose(
        self,
        asked: str,
        passages: Sequence[Passage],
        evidence: Evidence,
        purse: Purse,
        tell: Callable[[Draft], None],
    ) -> _Composition:
        composed = purse.compose(asked, passages, on_statement=tell)
        if composed and composed.drafts:
            drafts = [*composed.drafts, *left_out(asked, composed.drafts, passages)]
            composition = _Composition(drafts, "model", composed.rejected)
        else:
            open_parts = evidence.missing if evidence.in_parts else ()
            extract = extractive.compose(asked, passages, embed=self._embed, without=open_parts)
            composition = _Composition(extract.drafts, notes=list(extract.notes))
        if composed:
            composition.rejected = composed.rejected
        failure = "model_spent" if purse.refused else composed.failure if composed else None
        if failure:
            composition.notes.append(Note(failure))
        composition.notes += [*remarks(composition.drafts), *relative_dates(composition.drafts)]
        if evidence.missing and composition.drafts:
            said = tuple(as_asked(part, asked) for part in evidence.missing) if evidence.in_parts else evidence.missing
            note = (
                Note("part_open", {"missing": said}) if evidence.in_parts else Note("nothing_about", {"missing": said})
            )
            composition.notes.append(note)
        return composition

    def _answer(
        self,
        composition: _Composition,
        searched: str,
        scopes: Sequence[str],
        passages: Sequence[Passage],
        clock: _Clock,
        tags: Sequence[str] = (),
    ) -> Answer:
        with clock.step("cite"):
            drafts = shaped(composition.drafts)
            statements = cite.cite(drafts)
            sought = self._searched(searched, scopes, tags)
        answer = Answer(
            statements=statements,
            sources=cite.sources(drafts, statements),
            searched=sought,
            composer=composition.composer,
            rejected=composition.rejected,
            notes=tuple(composition.notes),
            timings_ms=clock.total(),
        )
        if answer.answered:
            return answer
        titles = dict.fromkeys(passage.version.title for passage in passages)
        return replace(answer, nearest=tuple(titles)[:_NEAREST])
