"""What the Slack app needs from the rest of Footnote: someone who answers, and the library behind the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, Protocol

from bot.check import Checked
from bot.progress import OnProgress, unheard
from bot.slack.downloads import SharedFile
from bot.thread_summary import Point, Said
from bot.values import Answer, Citation, Question
from vectorstore.erasure import Posted
from vectorstore.reasons import Told
from vectorstore.values import Version

ALL_SOURCES = "all sources"
"""What a plan that looks at all of them is for; said in the reader's language."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source as an administrator sees it."""

    id: str
    title: str
    location: str
    """An http(s) URL, or what a person calls a file: its name under its folder's."""
    scope: str
    documents: int
    passages: int
    updated_at: datetime | None
    trouble: Told | None = None
    """What was wrong when it was last looked at."""
    tags: tuple[str, ...] = ()
    due_at: datetime | None = None
    """When it is looked at again by itself; None: when asked."""
    owner: str = ""
    """The Slack user id of whoever added it; empty where nobody in Slack did."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is."""

    done: int
    total: int | None
    """None while it is not known yet."""
    item: str
    """What is being worked on: a title, a file name, an address."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Documents by what became of them: new, changed, unchanged, removed, failed."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a job did, counted in documents."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: int = 0
    failures: tuple[tuple[str, Told], ...] = ()
    """(location, reason) of each that failed."""
    sources: tuple[str, ...] = ()
    """Ids of the sources that were looked at."""

    def said(self, say: Callable[[Told], str]) -> Report:
        """With sentences for reasons."""
        return replace(self, failures=tuple((place, say(reason)) for place, reason in self.failures))


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """What a re-ingestion would do to one document."""

    state: str
    """new, changed, removed or failed."""
    title: str
    location: str
    reason: Told
    """Of a failure or a removal; else empty."""
    changes: tuple[tuple[str, str], ...]
    """(old sentence, new sentence); empty where there is none."""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A dry run; its documents are those that are not unchanged."""

    id: str
    what: str
    counts: dict[str, int]
    to_embed: int
    seconds: float
    """That it would take."""
    documents: tuple[PlannedRow, ...]
    sources: tuple[str, ...] = ()
    """Ids of the sources it looks at."""

    def said(self, say: Callable[[Told], str]) -> PlanRow:
        """With sentences for reasons."""
        return replace(self, documents=tuple(replace(each, reason=say(each.reason)) for each in self.documents))


@dataclass(frozen=True, slots=True)
class Subject:
    """What a message of ours quotes, or only names."""

    subject: str
    """The id of a document, of a source, or of a person."""
    version_id: str = ""
    """Of the quoted sentence; empty where none is quoted."""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A document that says something else than it did."""

    title: str
    at: datetime
    state: str
    """new, changed or removed."""
    changes: tuple[tuple[str, str], ...]
    """(old sentence, new sentence); empty where there is none."""
    document: str = ""
    """Its id."""
    quoted: tuple[tuple[Subject, ...], ...] = ()
    """Where the sentences of each change stand."""


@dataclass(frozen=True, slots=True)
class CitedNow:
    """What has become of a sentence that an answer cites."""

    n: int
    """The number of the citation."""
    title: str
    state: Literal["same", "changed", "removed", "gone", "hidden"]
    """removed: the document no longer says it; gone: there is no such document; hidden: the reader may not see it."""
    before: str = ""
    after: str = ""
    """Its new wording, where it has one."""


@dataclass(frozen=True, slots=True)
class ForgottenRow:
    """What was erased, and what cannot be from here."""

    documents: int
    answers: int
    remains: tuple[Told, ...]
    """What is left elsewhere."""


@dataclass(frozen=True, slots=True)
class RemovedRow:
    title: str
    documents: int
    passages: int


@dataclass(frozen=True, slots=True)
class Context:
    """A quote in its passage: `before + quote + after` is a stretch of the version's text."""

    before: str
    quote: str
    after: str
    heading: str = ""
    """The headings above it, outermost first, joined by " > "."""
    page: int | None = None
    """From 1; None where the document has no pages."""
    read: datetime | None = None
    """When this version was read."""
    changed: datetime | None = None
    """When a newer version was read that took its place; None while it is current."""


@dataclass(frozen=True, slots=True)
class FileRead:
    """What became of a file that was handed over."""

    title: str
    pages: int
    """0 where its format has none."""
    passages: int


class Answerer(Protocol):
    def answer(self, question: Question, *, on_progress: OnProgress = unheard) -> Answer:
        """Tells `on_progress` how far it is; what that raises ends it and comes out of it."""

    def summarize(self, target: str, scopes: tuple[str, ...]) -> Answer:
        """Key points of the document with that title, id or URL. Raises UnknownDocument."""

    def summarize_text(self, version: Version) -> Answer:
        """Key points of a text that is not in the library."""

    def check(self, text: str, scopes: tuple[str, ...]) -> tuple[Checked, ...]: ...

    def summarize_conversation(self, said: Sequence[Said]) -> tuple[Point, ...]: ...


class Library(Protocol):
    """Synchronous and safe to call from any thread. Raises StoreError, whose reason is for a person."""

    def sources(self) -> Sequence[SourceRow]: ...

    def ingest(
        self, location: str, *, scope: str, actor: str, tags: Sequence[str] = (), progress: Callable[[Progress], None]
    ) -> Report: ...

    def tag(self, source_id: str, *, add: Sequence[str], remove: Sequence[str]) -> tuple[str, ...]:
        """Give tags, take tags away; returns those the source has then."""

    def reingest(self, source: str | None, *, actor: str, progress: Callable[[Progress], None]) -> Report:
        """`source` is an id; None means all of them."""

    def plan(self, wanted: str, *, actor: str, progress: Callable[[Progress], None]) -> PlanRow:
        """What `reingest` would do; `wanted` is "" for all, a #tag, or a source's id."""

    def apply(self, plan_id: str, *, actor: str, progress: Callable[[Progress], None]) -> Report:
        """Carry a plan out, after those that wait before it; once."""

    def renew_plan(self, plan_id: str, *, actor: str, once: str) -> str:
        """The id of a new plan for the sources of this one; asked for the same `once`, the same plan. Raises StoreError."""

    def before_plan(self, plan_id: str) -> tuple[str, str] | None:
        """What the plan would wait for, and who started that (empty: the command line); None where nothing is before it."""

    def cancel_plan(self, plan_id: str) -> None: ...

    def plan_scopes(self, plan_id: str) -> Sequence[str]:
        """The scopes of the sources a plan looks at; "" for one that is not there any more, nothing for no such plan."""

    def plan_name(self, plan_id: str) -> str:
        """What the plan is for, as people call it; empty for no such plan."""

    def changes(self, since: str, scopes: Sequence[str], tags: Sequence[str] = ()) -> Sequence[ChangedRow]:
        """Documents readable in `scopes` that changed since `7d`, `24h` or a date, the newest first."""

    def schedule(self, source_id: str, every: str) -> SourceRow:
        """Look at a source at an interval: `6h`, `daily`, `off`."""

    def rollback(self, source_id: str, to: str) -> int:
        """Serve a source as it was at a moment; returns how many of its documents that changed."""

    def cited_now(self, citation: Citation, scopes: tuple[str, ...] | None) -> CitedNow:
        """Compare a cited sentence with what its document says now; `scopes` None: for us, not for a reader."""

    def erase(self, what: str) -> ForgottenRow:
        """Erase a source (by id), or what a person (`U…`) asked, to the last byte."""

    def withdrawals(self) -> Sequence[Posted]:
        """Messages of ours that hold what was erased, here or on the command line, and are still to be deleted."""

    def withdrawn(self, message: Posted) -> None:
        """It is deleted, or can never be."""

    def remove(self, source_id: str, *, actor: str) -> RemovedRow: ...

    def tags(self) -> Sequence[str]:
        """Every tag that some source has."""

    def counts(self, scopes: Sequence[str], tags: Sequence[str] = ()) -> tuple[int, int]:
        """(documents, passages) that a search looks through."""

    def titles(self, scopes: Sequence[str], limit: int) -> Sequence[str]:
        """Titles of the most recent documents an audience of `scopes` may read."""

    def keep_file(self, file: SharedFile, *, scope: str, actor: str) -> Report:
        """Make the file a source: a copy of it is kept, to be read again."""

    def holds(self, location: str, scopes: tuple[str, ...]) -> bool:
        """Whether a document with that address is there for an audience of `scopes`."""

    def read_address(self, address: str, *, is_admin: bool) -> Version:
        """What stands at an address now; nothing of it is kept. Raises StoreError where it cannot be read."""

    def read_file(self, file: SharedFile, *, scope: str, actor: str) -> FileRead:
        """Read the file into `scope`; done twice, it is done once. Raises StoreError where it cannot be read."""

    def of_file(self, file: str) -> Sequence[SourceRow]:
        """The sources that are a copy of the file with that id in Slack."""

    def forget_file(self, file: str) -> None:
        """Remove what was read of it for single threads."""

    def forget(self, scope: str, file: str | None = None) -> None:
        """Remove what was read for one thread: one file by its id in Slack, or all."""

    def forget_threads(self, before: datetime) -> int:
        """Remove what was read for threads in which nothing was read since then; returns how many they are."""

    def passage_around(self, version_id: str, start: int, end: int, scopes: tuple[str, ...]) -> Context | None:
        """None when an audience of `scopes` cannot read it (any more)."""
