"""The road of a document: find, read, compare, parse, split, embed, swap in, report.

Unchanged bytes end it at "compare": nothing is parsed, embedded or written. What is embedded and how it is swapped in is the
knowledge base's; here is only the order of things and what is said about them.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePath

from ingest.courtesy import SECONDS_BETWEEN, Courtesy
from ingest.errors import ParseRefused, SourceError
from ingest.find import Found, NothingThere, Unmodified, Unparsed, find, is_web, read
from ingest.kept import KeptFiles
from ingest.listing import Listing, look
from ingest.looking import Gone, Looked, Looker, Ready, Same, as_version
from ingest.report import OnProgress, Outcome, Plan, Planned, Progress, Report, nobody
from ingest.sandbox import ParserProcess
from ingest.split import CountTokens
from vectorstore.changes import changes
from vectorstore.errors import EmbedderUnavailable, UnknownDocument
from vectorstore.reasons import Reason, Told
from vectorstore.sources import document_of, source_of
from vectorstore.store import KnowledgeBase, version_of
from vectorstore.values import WORKSPACE, Document, Source, Version

_PASSAGES_PER_BATCH = 192
"""Passages that are embedded and swapped in together: enough to sort by length, few enough to see progress."""
EMPTY_FOLDER = Reason("folder_emptied")
LOOKS_BEFORE_GONE = 3
"""How often in a row a page's server must say that it is gone (404, 410) before the page leaves."""
_LOOK_AHEAD = 32
"""Documents that are read and parsed together."""


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
        self.kept = KeptFiles(knowledge_base.home / "files")
        self._looker = Looker(self._catalog, parser, count_tokens, allow_private=allow_private, kept=self.kept)
        self._allow_private = allow_private
        self._seconds_between = seconds_between

    def ingest(
        self,
        location: str,
        *,
        scope: str = WORKSPACE,
        added_by: str | None = None,
        tags: Sequence[str] = (),
        progress: OnProgress = nobody,
    ) -> Report:
        """Add a file, a folder or a web address as a source, or look at it again; `tags` are added to those it has.

        Raises NothingThere when nothing is found at `location`. A document that fails is in the report, the rest go on.
        """
        found = find(location)
        moved_from = self._catalog.upkeep.moved_from(found.location, scope)
        found = find(moved_from) if moved_from else found
        source = source_of(found.location, scope, added_by)
        found = self._found(found, self._catalog.sources.get(source.id))
        if not found.documents and self._catalog.sources.get(source.id) is None:
            raise NothingThere("folder_without_documents", location=location[:200])
        report = self._run([(source, found)], progress)
        if tags and self._catalog.sources.get(source.id) is not None:
            self._knowledge_base.tag(source.id, add=tags)
        return report

    def ingest_data(self, location: str, unparsed: Unparsed, *, scope: str, added_by: str | None = None) -> Report:
        """Add a document whose bytes were handed over, as a source of its own; `location` names it, and nothing else."""
        found = Found(location, (location,), unparsed={location: unparsed})
        return self._run([(source_of(location, scope, added_by), found)], nobody)

    def read_address(self, address: str, *, allow_private: bool) -> Version:
        """What stands at a web address now, without keeping it; its id is that of no stored version. Raises SourceError.

        The addresses of the own network only where both `allow_private` and the setting allow them.
        """
        found = find(address)
        unparsed = read(found.location, None, allow_private=allow_private and self._allow_private)
        if isinstance(unparsed, Unmodified) or not is_web(found.location):
            raise NothingThere("not_a_web_address")
        parsed = self._parser.parse(unparsed.data, name=unparsed.name, media_type=unparsed.media_type, url=unparsed.url)
        if parsed.links:
            raise ParseRefused("list_as_page")
        document = document_of(source_of(found.location), found.location)
        return version_of(document, as_version(unparsed, parsed))

    def reingest(
        self,
        source_ids: tuple[str, ...] | None = None,
        *,
        progress: OnProgress = nobody,
        since: datetime | None = None,
    ) -> Report:
        """Look at these sources again, or at all of them (None); raises UnknownDocument for an unknown id.

        `since`: when a run began that was interrupted; what it took in counts as new or changed, not as unchanged.
        """
        work, unfound = self._work(source_ids)
        for source, error in unfound:
            self._catalog.upkeep.looked(source.id, source.kind, error.reason, datetime.now(UTC))
        return self._run(work, progress, [_unfound(source, error) for source, error in unfound], since)

    def plan(self, source_ids: tuple[str, ...] | None = None, *, progress: OnProgress = nobody) -> Plan:
        """What `reingest` would do now: everything is looked at, nothing is written. Raises UnknownDocument."""
        started = time.monotonic()
        work, unfound = self._work(source_ids)
        planned = [Planned(_unfound(source, error)) for source, error in unfound]
        total = sum(len(found.documents) for _, found in work)
        counts = Counter(each.outcome.state for each in planned)
        for source, found in work:
            for each in self._planned(source, found):
                planned.append(each)
                counts[each.outcome.state] += 1
                done = min(len(planned) - len(unfound), total)
                progress(Progress(done, total, each.outcome.location, Counter(counts)))
        return Plan(tuple(planned), time.monotonic() - started)

    def _planned(self, source: Source, found: Found) -> Iterator[Planned]:
        if not found.documents and self._catalog.documents_of(source.id):
            yield Planned(Outcome(source.location, "failed", EMPTY_FOLDER))
            return
        courtesy = Courtesy(allow_private=self._allow_private, seconds_between=self._seconds_between)
        for some in _portions(found.documents):
            for looked in self._looker.look([document_of(source, location) for location in some], found, courtesy):
                yield self._foreseen(looked)
        yield from (Planned(Outcome(d.location, "removed", document=d.id)) for d in self._missing(source, found))

    def _foreseen(self, looked: Looked) -> Planned:
        if isinstance(looked, Ready):
            current = looked.before.current_version if looked.before else None
            told = changes(self._catalog.version(current), looked.draft.version) if current else ()
            return Planned(looked.outcome, told, self._knowledge_base.to_embed(looked.draft))
        if isinstance(looked, Gone):
            leaves = looked.before.misses + 1 >= LOOKS_BEFORE_GONE
            return Planned(
                Outcome(
                    looked.document.location,
                    "removed" if leaves else "failed",
                    looked.reason,
                    document=looked.document.id,
                )
            )
        return Planned(looked.outcome if isinstance(looked, Same) else looked)

    def _work(
        self, source_ids: tuple[str, ...] | None
    ) -> tuple[list[tuple[Source, Found]], list[tuple[Source, SourceError]]]:
        """The sources to look at with what they hold now, and those that are not to be found."""
        wanted = [line.id for line in self._catalog.sources.listed()] if source_ids is None else list(source_ids)
        work: list[tuple[Source, Found]] = []
        unfound: list[tuple[Source, SourceError]] = []
        for wanted_id in wanted:
            source = self._catalog.sources.get(wanted_id)
            if source is None:
                raise UnknownDocument(Reason("no_such_source", {"source": wanted_id[:60]}))
            try:
                work.append((source, self._found(find(source.location), source)))
            except SourceError as error:
                unfound.append((source, error))
        return work, unfound

    def _found(self, found: Found, source: Source | None) -> Found:
        """A web address that is a feed or a sitemap holds what it lists, and what it listed before. Raises SourceError."""
        is_known_page = source is not None and source.kind is None and bool(self._catalog.documents_of(source.id))
        if not is_web(found.location) or is_known_page:
            return found
        try:
            moved_to = self._catalog.upkeep.moved([found.location]).get(found.location)
            listing = look(found.location, self._parser, allow_private=self._allow_private, moved_to=moved_to)
        except SourceError:
            if source is not None and source.kind is not None:
                raise
            return found  # said when the page is read
        if not isinstance(listing, Listing):
            return replace(found, unparsed={found.location: listing})
        before = [document.location for document in self._catalog.documents_of(source.id)] if source else []
        documents = tuple(dict.fromkeys([*listing.documents, *before]))
        return replace(
            found, documents=documents, kind=listing.kind, troubles=listing.troubles, moved_to=listing.moved_to
        )

    def _run(
        self,
        work: Sequence[tuple[Source, Found]],
        progress: OnProgress,
        gone: Sequence[Outcome] = (),
        since: datetime | None = None,
    ) -> Report:
        started = time.monotonic()
        total = sum(len(found.documents) for _, found in work)
        outcomes = list(gone)
        counts = Counter(outcome.state for outcome in gone)
        for source, found in work:
            courtesy = Courtesy(allow_private=self._allow_private, seconds_between=self._seconds_between)
            troubles: list[Outcome] = []
            has_pages = False
            for outcome in self._source(source, found, courtesy):
                outcome = self._since(outcome, since) if since else outcome
                troubles += [outcome] if outcome.reason else []
                outcomes.append(outcome)
                has_pages = has_pages or outcome.state != "failed"
                counts[outcome.state] += 1
                progress(Progress(min(len(outcomes) - len(gone), total), total, outcome.location, Counter(counts)))
            if found.kind is not None and has_pages:
                self._catalog.sources.add(source)  # also where its pages are all there already, by other sources
            self._catalog.upkeep.looked(source.id, found.kind, _trouble(troubles), datetime.now(UTC))
            if found.kind is not None:
                self._note_move(source.location, found.moved_to)
        return Report(tuple(outcomes), time.monotonic() - started, tuple(source.id for source, _ in work))

    def _since(self, outcome: Outcome, since: datetime) -> Outcome:
        """As it is to be told of a run that began then."""
        states = self._knowledge_base.history.states(outcome.document or "")
        is_ours = (
            outcome.state == "unchanged" and bool(states) and states[0].is_current and states[0].fetched_at >= since
        )
        return (
            replace(outcome, state="changed" if len(states) > 1 else "new", title=states[0].title)
            if is_ours
            else outcome
        )

    def _source(self, source: Source, found: Found, courtesy: Courtesy) -> Iterator[Outcome]:
        if not found.documents and self._catalog.documents_of(source.id):
            # More likely a share that is not mounted than a wish to lose everything.
            yield Outcome(source.location, "failed", EMPTY_FOLDER)
            return
        yield from (Outcome(address, "failed", reason) for address, reason in found.troubles)
        ready: list[Ready] = []
        for some in _portions(found.documents):
            for looked in self._looker.look([document_of(source, location) for location in some], found, courtesy):
                if not isinstance(looked, Ready):
                    yield self._noted(looked)
                    continue
                ready.append(looked)
                if sum(len(each.draft.spans) for each in ready) >= _PASSAGES_PER_BATCH:
                    yield from self._publish(source, ready)
                    ready = []
        yield from self._publish(source, ready)
        yield from self._remove_missing(source, found)

    def _noted(self, looked: Same | Gone | Outcome) -> Outcome:
        """What is kept of a look that brought nothing to publish."""
        if isinstance(looked, Outcome):
            return looked
        if isinstance(looked, Gone):
            return self._missed(looked)
        if looked.before.misses:
            self._catalog.upkeep.found(looked.document.id)
        if looked.unparsed is not None:
            self._catalog.remember_fetch(
                looked.document.id,
                etag=looked.unparsed.etag,
                last_modified=looked.unparsed.last_modified,
                data_fingerprint=looked.unparsed.fingerprint,
            )
        return self._moved(looked.outcome, looked.moved_to)

    def _missed(self, gone: Gone) -> Outcome:
        """A document that its server says is gone leaves after the third look; until then it stays."""
        document, misses = gone.document, self._catalog.upkeep.missed(gone.document.id)
        if misses < LOOKS_BEFORE_GONE:
            stays = Reason("stays_for_now", {"reason": gone.reason, "looks": misses, "most": LOOKS_BEFORE_GONE})
            return Outcome(document.location, "failed", stays, document=document.id)
        self._knowledge_base.remove_documents([document.id])
        left = Reason("left", {"reason": gone.reason, "looks": misses})
        return Outcome(document.location, "removed", left, document=document.id)

    def _publish(self, source: Source, ready: Sequence[Ready]) -> Iterator[Outcome]:
        if not ready:
            return
        self._catalog.sources.add(source)
        for each in ready:
            if each.before is not None and each.before.misses:
                self._catalog.upkeep.found(each.draft.document.id)
        try:
            self._knowledge_base.publish([each.draft for each in ready])
        except EmbedderUnavailable as error:
            yield from (replace(each.outcome, state="failed", reason=error.reason, passages=0) for each in ready)
        else:
            yield from (self._moved(each.outcome, each.moved_to) for each in ready)

    def _moved(self, outcome: Outcome, target: str | None) -> Outcome:
        return replace(outcome, moved_to=target) if self._note_move(outcome.location, target) else outcome

    def _note_move(self, address: str, target: str | None) -> bool:
        """Whether it is news that the address leads there for good (None: nowhere else)."""
        is_news = self._catalog.upkeep.moved([address]).get(address) != target
        if is_news:
            self._catalog.upkeep.note_move(address, target)
        return is_news

    def _remove_missing(self, source: Source, found: Found) -> Iterator[Outcome]:
        """Documents that the source no longer holds leave the knowledge base with it."""
        missing = self._missing(source, found)
        if missing:
            self._knowledge_base.remove_documents([document.id for document in missing])
        yield from (Outcome(document.location, "removed", document=document.id) for document in missing)

    def _missing(self, source: Source, found: Found) -> list[Document]:
        there = set(found.documents)
        return [document for document in self._catalog.documents_of(source.id) if document.location not in there]


def _trouble(troubles: Sequence[Outcome]) -> Told | None:
    """What is wrong with a source: which of its documents could not be read, the first with its reason."""
    if not troubles:
        return None
    first, reason = troubles[0], troubles[0].reason
    if len(troubles) == 1 or reason is None:
        return reason
    name = first.location if is_web(first.location) else PurePath(first.location).name
    return Reason("several_troubles", {"number": len(troubles), "location": name, "first": reason})


def _unfound(source: Source, error: SourceError) -> Outcome:
    return Outcome(source.location, "failed", Reason("stays", {"reason": error.reason}))


def _portions(locations: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(locations), _LOOK_AHEAD):
        yield locations[start : start + _LOOK_AHEAD]
