"""Looking at documents: read, compare, parse and split; nothing is written, so a plan looks as a job does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeGuard
from urllib.parse import urlsplit

from ingest.courtesy import Courtesy
from ingest.errors import FetchFailed, ParseRefused, SourceError
from ingest.find import Found, Unmodified, Unparsed, is_web, read
from ingest.kept import KeptFiles
from ingest.parse import Parsed
from ingest.report import Outcome, State
from ingest.sandbox import ParserProcess, Unread
from ingest.split import CountTokens, split
from vectorstore.catalog import Catalog, Known
from vectorstore.reasons import Reason
from vectorstore.store import Draft, version_of
from vectorstore.values import Document, Version


@dataclass(frozen=True, slots=True)
class Ready:
    """A document that is new or changed, and could be published."""

    draft: Draft
    outcome: Outcome
    before: Known | None
    moved_to: str | None = None
    """Where its address moved for good, as its server says."""


@dataclass(frozen=True, slots=True)
class Same:
    """A document that says what it said."""

    outcome: Outcome
    document: Document
    before: Known
    unparsed: Unparsed | None
    """Other bytes with the same text: to be remembered, so that the next look ends earlier."""
    moved_to: str | None = None
    """As that of Ready."""


@dataclass(frozen=True, slots=True)
class Gone:
    """A document that was there and whose server says now that it is not."""

    document: Document
    before: Known
    reason: Reason


Looked = Ready | Same | Gone | Outcome
"""An Outcome by itself is a failure."""


class Looker:
    def __init__(
        self,
        catalog: Catalog,
        parser: ParserProcess,
        count_tokens: CountTokens,
        *,
        allow_private: bool,
        kept: KeptFiles | None = None,
    ) -> None:
        self._kept = kept
        self._catalog = catalog
        self._parser = parser
        self._count_tokens = count_tokens
        self._allow_private = allow_private

    def look(self, documents: Sequence[Document], found: Found, courtesy: Courtesy) -> Iterator[Looked]:
        """What each of the documents is like now; those that must be parsed come after the others."""
        known = self._catalog.known([document.id for document in documents])
        moved = self._catalog.upkeep.moved([document.location for document in documents])
        changed: list[tuple[Document, Unparsed]] = []
        for document in documents:
            before = known.get(document.id)
            try:
                unparsed = found.unparsed.get(document.location) or self._read(
                    document, before, found, courtesy, moved.get(document.location)
                )
                self._check_place(document, before, unparsed)
            except SourceError as error:
                yield _unread(document, before, error)
                continue
            is_same = isinstance(unparsed, Unmodified) or (
                _is_current(before) and before.data_fingerprint == unparsed.fingerprint
            )
            if before is not None and is_same:
                yield Same(_unchanged(document), document, before, None, unparsed.moved_to)
            elif isinstance(unparsed, Unparsed):
                changed.append((document, unparsed))
        parsed = self._parser.parse_many(
            Unread(unparsed.data, unparsed.name, unparsed.media_type, unparsed.url) for _, unparsed in changed
        )
        for (document, unparsed), result in zip(changed, parsed, strict=True):
            if isinstance(result, ParseRefused):
                yield failed(document, result)
            else:
                yield self._compared(document, unparsed, result, known.get(document.id))

    def _read(
        self, document: Document, before: Known | None, found: Found, courtesy: Courtesy, moved_to: str | None
    ) -> Unparsed | Unmodified:
        if found.kind is not None:
            courtesy.ask(moved_to or document.location)
        if self._kept:
            self._kept.refresh(document.location)
        unparsed = read(document.location, before, allow_private=self._allow_private, moved_to=moved_to)
        if self._kept and isinstance(unparsed, Unparsed):
            return self._kept.described(document.location, unparsed)
        return unparsed

    def _check_place(self, document: Document, before: Known | None, unparsed: Unparsed | Unmodified) -> None:
        """Raise FetchFailed where a page that was read before leads to a front page now: so do sites that took one away."""
        if isinstance(unparsed, Unmodified) or not _is_front(unparsed.url) or _is_front(document.location):
            return
        if _is_current(before) and not _is_front(self._catalog.version(before.current_version or "").url):
            raise FetchFailed("leads_home", status=410)

    def _compared(self, document: Document, unparsed: Unparsed, parsed: Parsed, before: Known | None) -> Looked:
        if parsed.links:
            return failed(document, ParseRefused("list_as_document"))
        version = version_of(document, as_version(unparsed, parsed))
        if before is not None and before.current_version == version.id:
            return Same(_unchanged(document), document, before, unparsed, unparsed.moved_to)
        spans = split(version.text, self._count_tokens, headings=parsed.headings, language=version.language)
        draft = Draft(document, version, spans, unparsed.etag, unparsed.last_modified, unparsed.fingerprint)
        state: State = "changed" if _is_current(before) else "new"
        outcome = Outcome(
            document.location,
            state,
            title=version.title,
            document=document.id,
            passages=len(spans),
            removed=parsed.removed,
        )
        return Ready(draft, outcome, before, unparsed.moved_to)


def failed(document: Document, error: SourceError) -> Outcome:
    return Outcome(document.location, "failed", error.reason, document=document.id)


def _unread(document: Document, before: Known | None, error: SourceError) -> Looked:
    is_gone = isinstance(error, FetchFailed) and error.status in (404, 410)
    if is_gone and before is not None and _is_current(before):
        return Gone(document, before, error.reason)
    return failed(document, error)


def _is_front(url: str | None) -> bool:
    """Whether it is the address of a site as a whole."""
    return url is not None and is_web(url) and urlsplit(url).path in ("", "/") and not urlsplit(url).query


def _is_current(before: Known | None) -> TypeGuard[Known]:
    return before is not None and before.current_version is not None


def _unchanged(document: Document) -> Outcome:
    return Outcome(document.location, "unchanged", document=document.id)


def as_version(unparsed: Unparsed, parsed: Parsed) -> Version:
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
