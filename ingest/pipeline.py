"""The road of a document: find, read, compare, parse, split, embed, swap in, report.

Unchanged bytes end it at "compare": nothing is parsed, embedded or written. What is embedded and how it is swapped in is the
knowledge base's; here is only the order of things and what is said about them.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlsplit

from ingest.courtesy import SECONDS_BETWEEN, Courtesy
from ingest.errors import FetchFailed, ParseRefused, SourceError
from ingest.find import Found, NothingThere, Unparsed, find, is_web, read
from ingest.listing import Listing, look
from ingest.parse import Parsed
from ingest.sandbox import ParserProcess, Unread
from ingest.split import CountTokens, split
from vectorstore.catalog import Known, document_of, source_of
from vectorstore.errors import EmbedderUnavailable, UnknownDocument
from vectorstore.store import Draft, KnowledgeBase, version_of
from vectorstore.values import WORKSPACE, Document, Source, Version

State = Literal["new", "changed", "unchanged", "removed", "failed"]

_PASSAGES_PER_BATCH = 192
"""Passages that are embedded and swapped in together: enough to sort by length, few enough to see progress."""
LOOKS_BEFORE_GONE = 3
"""How often in a row a page's server must say that it is gone (404, 410) before the page leaves."""
_LOOK_AHEAD = 32
"""Documents that are read and parsed together."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document."""

    location: str
    state: State
    reason: str | None = None
    """For a failed one: a sentence that says what was wrong and what to do."""
    title: str | None = None
    document: str | None = None
    """Its id."""
    passages: int = 0
    removed: Mapping[str, int] = field(default_factory=dict)
    """What cleaning took out, by kind; see `ingest.parse.Parsed.removed`."""


@dataclass(frozen=True, slots=True)
class Progress:
    done: int
    total: int
    location: str
    """Of the document finished last."""
    counts: Mapping[State, int]


@dataclass(frozen=True, slots=True)
class Report:
    outcomes: tuple[Outcome, ...]
    seconds: float

    @property
    def counts(self) -> Mapping[State, int]:
        return Counter(outcome.state for outcome in self.outcomes)

    @property
    def failed(self) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if outcome.state == "failed")


OnProgress = Callable[[Progress], None]


def _nobody(_progress: Progress) -> None:
    """Progress that nobody watches."""


class Pipeline:
    def __init__(
        self,
        knowledge_base: KnowledgeBase,
        parser: ParserProcess,
        count_tokens: CountTokens,
        *,
        allow_private: bool = False,
        seconds_between: float = SECONDS_BETWEEN,
    ) -> None:
        """`allow_private`: whether addresses of one's own network may be fetched; see `ingest.fetch`. `seconds_between`: the
        pause between two pages of one host that a feed or a sitemap lists."""
        self._knowledge_base = knowledge_base
        self._catalog = knowledge_base.catalog
        self._parser = parser
        self._count_tokens = count_tokens
        self._allow_private = allow_private
        self._seconds_between = seconds_between

    def ingest(
        self,
        location: str,
        *,
        scope: str = WORKSPACE,
        added_by: str | None = None,
        tags: Sequence[str] = (),
        progress: OnProgress = _nobody,
    ) -> Report:
        """Add a file, a folder or a web address as a source, or look at it again; `tags` are added to those it has.

        Raises NothingThere when nothing is found at `location`. A document that fails is in the report, the rest go on.
        """
        found = find(location)
        source = source_of(found.location, scope, added_by)
        found = self._found(found, self._catalog.source(source.id))
        if not found.documents and self._catalog.source(source.id) is None:
            raise NothingThere(f"The folder {location[:200]!r} holds no documents.")
        report = self._run([(source, found)], progress)
        if tags and self._catalog.source(source.id) is not None:
            self._knowledge_base.tag(source.id, add=tags)
        return report

    def reingest(self, source_id: str | None = None, *, progress: OnProgress = _nobody) -> Report:
        """Look at a source again, or at all of them (None); raises UnknownDocument for an unknown id."""
        wanted = [line.id for line in self._catalog.list_sources()] if source_id is None else [source_id]
        work: list[tuple[Source, Found]] = []
        gone: list[Outcome] = []
        for wanted_id in wanted:
            source = self._catalog.source(wanted_id)
            if source is None:
                raise UnknownDocument(f"There is no source {wanted_id[:60]!r}. `footnote sources` lists them.")
            try:
                work.append((source, self._found(find(source.location), source)))
            except SourceError as error:
                gone.append(Outcome(source.location, "failed", f"{error} What was ingested before stays."))
        return self._run(work, progress, gone)

    def _found(self, found: Found, source: Source | None) -> Found:
        """A web address that is a feed or a sitemap holds what it lists, and what it listed before. Raises SourceError."""
        is_known_page = source is not None and source.kind is None and bool(self._catalog.documents_of(source.id))
        if not is_web(found.location) or is_known_page:
            return found
        try:
            listing = look(found.location, self._parser, allow_private=self._allow_private)
        except SourceError:
            if source is not None and source.kind is not None:
                raise
            return found  # said when the page is read
        if not isinstance(listing, Listing):
            return replace(found, unparsed={found.location: listing})
        before = [document.location for document in self._catalog.documents_of(source.id)] if source else []
        documents = tuple(dict.fromkeys([*listing.documents, *before]))
        return replace(found, documents=documents, kind=listing.kind, troubles=listing.troubles)

    def _run(self, work: Sequence[tuple[Source, Found]], progress: OnProgress, gone: Sequence[Outcome] = ()) -> Report:
        started = time.monotonic()
        total = sum(len(found.documents) for _, found in work)
        outcomes = list(gone)
        counts = Counter(outcome.state for outcome in gone)
        for source, found in work:
            courtesy = Courtesy(allow_private=self._allow_private, seconds_between=self._seconds_between)
            trouble: str | None = None
            for outcome in self._source(source, found, courtesy):
                trouble = trouble or outcome.reason
                outcomes.append(outcome)
                counts[outcome.state] += 1
                progress(Progress(min(len(outcomes) - len(gone), total), total, outcome.location, Counter(counts)))
            self._catalog.upkeep.looked(source.id, found.kind, trouble, datetime.now(UTC))
        return Report(tuple(outcomes), time.monotonic() - started)

    def _source(self, source: Source, found: Found, courtesy: Courtesy) -> Iterator[Outcome]:
        if not found.documents and self._catalog.documents_of(source.id):
            # More likely a share that is not mounted than a wish to lose everything.
            yield Outcome(
                source.location, "failed", "The folder is empty. What was ingested before stays; `remove` removes it."
            )
            return
        yield from (Outcome(address, "failed", reason) for address, reason in found.troubles)
        ready: list[tuple[Draft, Outcome]] = []
        for start in range(0, len(found.documents), _LOOK_AHEAD):
            some = [document_of(source, location) for location in found.documents[start : start + _LOOK_AHEAD]]
            for result in self._prepare(some, found, courtesy):
                if isinstance(result, Outcome):
                    yield result
                    continue
                ready.append(result)
                if sum(len(draft.spans) for draft, _ in ready) >= _PASSAGES_PER_BATCH:
                    yield from self._publish(source, ready)
                    ready = []
        yield from self._publish(source, ready)
        yield from self._remove_missing(source, found)

    def _prepare(
        self, documents: Sequence[Document], found: Found, courtesy: Courtesy
    ) -> Iterator[tuple[Draft, Outcome] | Outcome]:
        """Read, compare, parse and split; a document that is unchanged or failed is an outcome already."""
        known = self._catalog.known([document.id for document in documents])
        changed: list[tuple[Document, Unparsed]] = []
        for document in documents:
            before = known.get(document.id)
            try:
                unparsed = found.unparsed.get(document.location) or self._read(document, before, found, courtesy)
            except SourceError as error:
                yield self._unread(document, before, error)
                continue
            if before is not None and before.misses:
                self._catalog.upkeep.found(document.id)
            current = before is not None and before.current_version is not None
            if unparsed is None or (current and before and before.data_fingerprint == unparsed.fingerprint):
                yield Outcome(document.location, "unchanged", document=document.id)
            else:
                changed.append((document, unparsed))
        parsed = self._parser.parse_many(
            Unread(unparsed.data, unparsed.name, unparsed.media_type, unparsed.url) for _, unparsed in changed
        )
        for (document, unparsed), result in zip(changed, parsed, strict=True):
            if isinstance(result, ParseRefused):
                yield _failed(document, result)
            else:
                yield self._compared(document, unparsed, result, known.get(document.id))

    def _read(self, document: Document, before: Known | None, found: Found, courtesy: Courtesy) -> Unparsed | None:
        if found.kind is not None:
            courtesy.ask(document.location)
        return read(document.location, before, allow_private=self._allow_private)

    def _unread(self, document: Document, before: Known | None, error: SourceError) -> Outcome:
        """A document that its server says is gone leaves after the third look; until then, and else, it stays."""
        is_gone = isinstance(error, FetchFailed) and error.status in (404, 410)
        if not is_gone or before is None or before.current_version is None:
            return _failed(document, error)
        misses = self._catalog.upkeep.missed(document.id)
        if misses < LOOKS_BEFORE_GONE:
            told = f"{error} What was ingested before stays; after {LOOKS_BEFORE_GONE} such looks it leaves (this was {misses})."
            return Outcome(document.location, "failed", told, document=document.id)
        self._knowledge_base.remove_documents([document.id])
        told = f"{error} That was the third look in a row, so the document left."
        return Outcome(document.location, "removed", told, document=document.id)

    def _compared(
        self, document: Document, unparsed: Unparsed, parsed: Parsed, before: Known | None
    ) -> tuple[Draft, Outcome] | Outcome:
        if parsed.links:
            return _failed(
                document, ParseRefused("This is a list of pages, not a page. Add its web address as a source.")
            )
        version = version_of(document, _version(unparsed, parsed))
        if before is not None and before.current_version == version.id:
            # Other bytes, the same text: remember the bytes, so that the next look ends earlier.
            self._catalog.remember_fetch(
                document.id,
                etag=unparsed.etag,
                last_modified=unparsed.last_modified,
                data_fingerprint=unparsed.fingerprint,
            )
            return Outcome(document.location, "unchanged", document=document.id)
        spans = split(version.text, self._count_tokens, headings=parsed.headings, language=version.language)
        draft = Draft(document, version, spans, unparsed.etag, unparsed.last_modified, unparsed.fingerprint)
        state: State = "changed" if before is not None and before.current_version else "new"
        return draft, Outcome(
            document.location,
            state,
            title=version.title,
            document=document.id,
            passages=len(spans),
            removed=parsed.removed,
        )

    def _publish(self, source: Source, ready: Sequence[tuple[Draft, Outcome]]) -> Iterator[Outcome]:
        if not ready:
            return
        self._catalog.add_source(source)
        try:
            self._knowledge_base.publish([draft for draft, _ in ready])
        except EmbedderUnavailable as error:
            yield from (replace(outcome, state="failed", reason=str(error), passages=0) for _, outcome in ready)
        else:
            yield from (outcome for _, outcome in ready)

    def _remove_missing(self, source: Source, found: Found) -> Iterator[Outcome]:
        """Documents that the source no longer holds leave the knowledge base with it."""
        there = set(found.documents)
        missing = [document for document in self._catalog.documents_of(source.id) if document.location not in there]
        if missing:
            self._knowledge_base.remove_documents([document.id for document in missing])
        yield from (Outcome(document.location, "removed", document=document.id) for document in missing)


def _failed(document: Document, error: SourceError) -> Outcome:
    return Outcome(document.location, "failed", str(error), document=document.id)


def _version(unparsed: Unparsed, parsed: Parsed) -> Version:
    """Without id and fingerprint yet; see `vectorstore.store.version_of`."""
    return Version(
        id="",
        document_id="",
        text=parsed.text,
        title=parsed.title,
        url=_address(unparsed.url, parsed.url),
        publisher=parsed.publisher,
        author=parsed.author,
        published=parsed.published,
        language=parsed.language,
        media_type=parsed.media_type,
        pages=parsed.pages,
        fetched_at=datetime.now(UTC),
    )


def _address(fetched: str | None, claimed: str | None) -> str | None:
    """Where a reader finds it: the address a page claims for itself counts only on the host it came from."""
    if fetched is None:
        return claimed
    same_host = claimed is not None and urlsplit(claimed).netloc == urlsplit(fetched).netloc
    return claimed if same_host else fetched
