"""What people say of an exchange: a question, its answer, the statements in it and the citations that prove them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from vectorstore.values import WORKSPACE

Composer = Literal["extractive", "model"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of the same conversation, oldest first in every list of them."""

    question: str
    """The question as it was searched: already standalone."""
    answer: str
    """The text of the answer; empty when the documents did not hold one."""


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    scopes: tuple[str, ...] = (WORKSPACE,)
    """What the audience of the answer may read: see `vectorstore.values.Source.scope`."""
    history: tuple[Turn, ...] = ()
    asked_on: date | None = None
    """The reader's day, for "this year" and the like; None means today."""
    tags: tuple[str, ...] = ()
    """Only sources with any of these tags count; none: all of them."""
    without: tuple[str, ...] = ()
    """Ids of passages (chunks) and documents that the answer must do without."""
    accounts: tuple[str, ...] = ()
    """Whose budgets a model is charged to: `user:U…`, `channel:C…`. None: the operator's own, not limited."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote: `quote == version.text[start:end]` in the stored version `version`."""

    n: int
    """The number shown beside the sentence, from 1; equal quotes share it."""
    quote: str
    title: str
    url: str | None
    publisher: str | None
    published: date | None
    document: str
    version: str
    start: int
    end: int
    link: str | None = None
    """Opens the source at the exact passage (text fragment or page); None where it has no public address."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a statement is set. Extractive answers are prose throughout; a model may write lists, tables and code."""

    form: Literal["prose", "item", "step", "row", "code"] = "prose"
    level: int = 0
    """Of an item or a step: 0 is the outermost list."""
    number: int = 0
    """Of a step, as the model gave it: a step that was not proven leaves a gap."""
    cells: tuple[tuple[str, str], ...] = ()
    """Of a row: (column, value). Rows with the same columns one after the other are a table."""
    continues: bool = False
    """Another sentence of the same item or step as the statement before it."""


PROSE = Shape()


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer, one row of a table, or a block of code."""

    text: str
    """Plain, whatever its shape; in a model's sentence, `code` stands between backticks."""
    citations: tuple[Citation, ...]
    """Never empty in an answer that is shown."""
    shape: Shape = PROSE


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line of the sources footer: one cited version, with what a reader needs to judge its freshness."""

    n: tuple[int, ...]
    """The citation numbers that point into it."""
    title: str
    url: str | None
    publisher: str | None
    author: str | None
    published: date | None
    fetched: str | None
    """ISO 8601 date and time."""
    document: str
    version: str
    also: tuple[str, ...] = ()
    """Other publishers that carry the same text."""


@dataclass(frozen=True, slots=True)
class Searched:
    """What was searched, shown whether or not anything was found."""

    documents: int
    passages: int
    query: str
    """The question as it was searched, rewritten to stand alone."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A name, a day, or who said something with the day of it."""

    name: str = ""
    day: date | None = None


NoteValue = str | int | float | Dated | tuple[str, ...] | tuple[Dated, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Something to say about an answer itself. Its words are `note.<key>` of each language, the values in their places."""

    key: str
    values: Mapping[str, NoteValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rejection:
    """A sentence the gate did not let through."""

    text: str
    quote: str
    reason: Note | str
    """A sentence of English in answers that an earlier version stored."""


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that was found, by its place: `version.text[start:end]`. Its text is read again by whoever may read it."""

    chunk: str
    document: str
    version: str
    start: int
    end: int
    title: str
    publisher: str | None
    published: date | None
    fetched: str | None
    """ISO 8601 date and time."""
    fused: float
    """What passages are ranked by; comparable within one answer only."""
    cosine: float
    """In [-1, 1]."""
    bm25: float
    used: bool
    """Whether the answer quotes from it."""
    relevance: float | None = None
    """What a reranker made of it, comparable within one answer only; None where none did."""


@dataclass(frozen=True, slots=True)
class Trace:
    """How an answer came about."""

    scopes: tuple[str, ...]
    """What was searched, as `vectorstore.values.Source.scope`."""
    passages: tuple[Found, ...]
    """Best first."""
    evidence: float
    """How far what was found speaks for answering, in [0, 1]; below one half it does not."""
    without: tuple[str, ...] = ()
    """What was left out on request; see `Question.without`."""
    tokens: tuple[int, int] | None = None
    """What models read and wrote for it; None where none was asked."""
    cost: tuple[float, str] | None = None
    """What that came to, and the currency; None where no prices are set."""
    reranker: str | None = None
    """The name of the reranker that was asked; None where there is none."""

    @property
    def reranked(self) -> bool:
        """Whether it answered."""
        return any(found.relevance is not None for found in self.passages)


@dataclass(frozen=True, slots=True)
class Answer:
    """Statements, or an abstention (`answered` is False) with what was searched and the nearest titles."""

    statements: tuple[Statement, ...]
    sources: tuple[SourceLine, ...]
    searched: Searched
    nearest: tuple[str, ...] = ()
    composer: Composer = "extractive"
    rejected: tuple[Rejection, ...] = ()
    notes: tuple[Note, ...] = ()
    """About the answer itself, e.g. that the model did not answer in time."""
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    trace: Trace | None = None
    """None for a summary, and for what was answered before traces were kept."""

    @property
    def answered(self) -> bool:
        return bool(self.statements)

    @property
    def text(self) -> str:
        return " ".join(statement.text for statement in self.statements)
