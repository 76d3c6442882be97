"""The knowledge base: the one object through which documents come in and passages come out.

A version is written completely (SQL, then both indexes) and then made current in one SQL transaction. The old one serves
until then; a kill at any point leaves the old or the new. What is no longer current leaves the indexes afterwards.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from vectorstore import recovery
from vectorstore.catalog import Catalog
from vectorstore.chunks import IndexRow, around
from vectorstore.close_reading import read_closely
from vectorstore.database import Database
from vectorstore.departures import Departures
from vectorstore.embedder import Embedder
from vectorstore.erasure import Erased, erase_from_sql
from vectorstore.errors import EmbedderMismatch, UnknownDocument
from vectorstore.history import History
from vectorstore.indexes import Indexes, indexed_text
from vectorstore.lock import OwnerLock
from vectorstore.preference import Preference, datelines, preferred
from vectorstore.reasons import Reason
from vectorstore.reranker import Reranker, reranked
from vectorstore.search import KEYWORD_WEIGHT, POOL, Ranked, choose, rank
from vectorstore.values import WORKSPACE, Chunk, Document, Passage, Version, content_id

UNFINISHED = "an unfinished `footnote reembed` to"
"""What stands before the embedder's name in the settings while documents are embedded anew."""
_PREFERRED_POOLS = 4
"""How many times more candidates are looked at when some sources are preferred."""

Failpoint = Callable[[str], None]

_ENOUGH_TO_TELL = 16
"""Passages; the rate of fewer says little."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where a chunk lies in its version's text, and the headings above it."""

    start: int
    end: int
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A version on its way in, with what the next conditional fetch needs."""

    document: Document
    version: Version
    spans: tuple[Span, ...]
    etag: str | None = None
    last_modified: str | None = None
    data_fingerprint: str | None = None


def version_of(document: Document, version: Version) -> Version:
    """`version` with the fingerprint and the id that its content gives it."""
    seen = (version.title, version.url, version.publisher, version.author, version.published, version.text)
    fingerprint = hashlib.sha256("\x1f".join(map(str, seen)).encode(errors="surrogatepass")).hexdigest()
    return replace(
        version, id=content_id("v", document.id, fingerprint), document_id=document.id, fingerprint=fingerprint
    )


class KnowledgeBase:
    """Owns a data directory: opening it takes the owner's lock, `close` gives it back.

    Raises StoreLocked when another process owns it, EmbedderMismatch when its vectors come from another embedder,
    StoreDamaged or StoreTooNew when the database cannot be used. Safe to use from several threads.
    """

    def __init__(
        self,
        home: Path,
        embedder: Embedder,
        *,
        database_url: str | None = None,
        chroma_url: str | None = None,
        reranker: Reranker | None = None,
        failpoint: Failpoint = lambda _name: None,
    ) -> None:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.home = home
        self._lock = OwnerLock(home)
        self._embedder = embedder
        self._reranker = reranker
        self._failpoint = failpoint
        self._publishing = Lock()
        self.embedding_rate = 40.0
        """Passages embedded a second: a guess at first, then as it was the last time."""
        self._swaps = 0
        self._counts: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[int, int]] = {}
        try:
            self.database = Database(database_url or f"sqlite:///{home / 'footnote.sqlite'}")
            self.database.migrate()
            self.catalog = Catalog(self.database)
            self.history, self.departures = History(self.database), Departures(self.database)
            self._check_embedder()
            self.recovered = recovery.open_indexes(home, self.catalog, chroma_url, embedder.dimension)
            self._indexes: Indexes = self.recovered.indexes
        except BaseException:
            self._lock.release()
            raise

    # --- questions

    def search(
        self,
        query: str,
        scopes: Sequence[str] = (WORKSPACE,),
        *,
        limit: int = 10,
        per_document: int = 3,
        keyword_weight: float = KEYWORD_WEIGHT,
        tags: Sequence[str] = (),
        prefer: Preference | None = None,
        rerank: bool = False,
    ) -> list[Passage]:
        """The passages nearest to `query`, best first; at most `per_document` of one document, copies collapsed.

        With `tags`, only of sources that have any of them. What `prefer` asks for comes first, out of more candidates. With
        `rerank` the reranker, if there is one, orders the best before that.
        An empty query or no scope finds nothing.
        """
        query = query.strip()
        if not query or not scopes:
            return []
        pool = max(POOL, 4 * limit) * (_PREFERRED_POOLS if prefer else 1)
        ranked, worth = self._rank(query, scopes, pool, keyword_weight, tags)
        load = self._loader(ranked)
        ranked = read_closely(query, ranked, load, worth, keyword_weight)
        if rerank and self._reranker:
            ranked = reranked(query, ranked, load, self._reranker)
        if prefer:
            ranked = preferred(ranked, prefer, datelines(self.database, (item.document_id for item in ranked)))
        return choose(ranked, limit, per_document, load)

    def _rank(
        self, query: str, scopes: Sequence[str], pool: int, keyword_weight: float, tags: Sequence[str]
    ) -> tuple[list[Ranked], dict[str, float]]:
        """As `search.rank`; once more when a version was swapped in between.

        Candidates of before are not what SQL calls current after.
        """
        vector = self._embedder.embed_query(query)
        while True:
            indexes, swaps = self._indexes, self._swaps
            with indexes.in_use():
                if indexes is not self._indexes:
                    continue  # rebuilt since; these may be closed
                parts = (self.catalog, indexes.vectors, indexes.keywords)
                found = rank(query, vector, scopes, *parts, pool, keyword_weight, tags)
            if swaps == self._swaps:
                return found

    def _loader(self, ranked: Sequence[Ranked]) -> Callable[[Sequence[str]], Mapping[str, Passage]]:
        """Loads passages of `ranked` by the ids of their chunks, each once."""
        scores = {item.chunk_id: item.scores for item in ranked}
        known: dict[str, Passage] = {}

        def load(chunk_ids: Sequence[str]) -> Mapping[str, Passage]:
            missing = [chunk_id for chunk_id in chunk_ids if chunk_id not in known]
            loaded = self.catalog.chunks.load(missing) if missing else {}
            versions = self.catalog.versions(chunk.version_id for chunk, _ in loaded.values())
            for chunk_id, (chunk, document) in loaded.items():
                if chunk.version_id in versions:  # else deleted since the look-up: as good as never found
                    known[chunk_id] = Passage(chunk, versions[chunk.version_id], document, scores[chunk_id])
            return known

        return load

    @property
    def reranker(self) -> str | None:
        """The name of what reorders a search with `rerank`; None where nothing does."""
        return self._reranker.name if self._reranker else None

    def counts(self, scopes: Sequence[str], tags: Sequence[str] = ()) -> tuple[int, int]:
        """(documents, passages) readable in `scopes`; with `tags`, of sources that have any of them."""
        key = (tuple(sorted(set(scopes))), tuple(sorted(set(tags))))
        known = self._counts.get(key)
        if known is None:
            swaps, known = self._swaps, self.catalog.counts(*key)
            if swaps == self._swaps:
                self._counts[key] = known
        return known

    def tag(self, source_id: str, *, add: Sequence[str] = (), remove: Sequence[str] = ()) -> None:
        """Give tags to a source that exists, and take some away."""
        self.catalog.tags.change(source_id, add=add, remove=remove)
        self._changed()

    def find_document(self, wanted: str, scopes: Sequence[str]) -> Version:
        """The current version that `wanted` names; see `Catalog.find_document`."""
        return self.catalog.find_document(wanted, scopes)

    # --- documents

    def publish(self, drafts: Sequence[Draft]) -> None:
        """Write the drafts' versions, then make all of them current in one transaction.

        A chunk whose text was embedded before is not embedded again.
        """
        rows = self._embed(drafts)
        with self._publishing:
            self._failpoint("publish.embedded")
            with self.database.write() as connection:
                for draft, owned in zip(drafts, rows, strict=True):
                    self.catalog.stage(connection, draft.document, draft.version, owned)
            self._failpoint("publish.staged")
            self._indexes.add([row for owned in rows for row in owned])
            self._failpoint("publish.indexed")
            self._swaps += 1
            with self.database.write() as connection:
                for draft in drafts:
                    self.catalog.make_current(
                        connection,
                        draft.document.id,
                        draft.version.id,
                        etag=draft.etag,
                        last_modified=draft.last_modified,
                        data_fingerprint=draft.data_fingerprint,
                    )
            self._changed()
            self._failpoint("publish.swapped")
            documents = [draft.document.id for draft in drafts]
            self._unindex(self.catalog.superseded(documents))
            self.catalog.prune(documents)

    def remove_source(self, source_id: str, *, noted: bool = True) -> None:
        """Unfindable at once, then out of the indexes and out of SQL; `noted` as of `Catalog.hide_documents`."""
        with self._publishing:
            versions = self.catalog.hide_source(source_id, noted=noted)
            self._changed()
            self._unindex(versions)
            self.catalog.delete_source(source_id)

    def forget_source(self, source_id: str) -> None:
        """Remove a source with the answers that quote it."""
        erase_from_sql(self.database, [document.id for document in self.catalog.documents_of(source_id)])
        self.remove_source(source_id, noted=False)

    def forget_scope(self, scope: str) -> None:
        """Forget all sources of a scope, and its indexes: for what was read for one thread."""
        for source_id in self.catalog.sources.ids_of(scope):
            self.forget_source(source_id)
        with self._publishing:
            if not self.catalog.sources.ids_of(scope):
                self._indexes.drop(scope)

    def remove_documents(self, document_ids: Sequence[str], *, noted: bool = True) -> None:
        """For documents that their source no longer has."""
        with self._publishing:
            versions = self.catalog.hide_documents(document_ids, noted=noted)
            self._changed()
            self._unindex(versions)
            self.catalog.delete_documents(document_ids)

    def rollback(self, document_id: str, version_id: str) -> None:
        """Make a kept earlier version current again; raises UnknownDocument when it is not one of this document.

        What was fetched last stays noted, so the next look takes in only what is other than the version rolled back from.
        """
        if version_id not in {state.version_id for state in self.history.states(document_id)}:
            raise UnknownDocument(Reason("no_such_version", {"id": version_id[:40]}))
        with self._publishing:
            self._indexes.add(self.catalog.chunks.index_rows_of(version_id))
            self._failpoint("rollback.indexed")
            self._swaps += 1
            with self.database.write() as connection:
                self.catalog.set_current(connection, document_id, version_id)
            self._changed()
            self._unindex(self.catalog.superseded([document_id]))

    def to_embed(self, draft: Draft) -> int:
        """How many passages `publish` would have to embed: those whose text was never embedded before."""
        digests = {_digest(indexed_text(draft.version.title, chunk)) for chunk in _chunks(draft)}
        return len(digests - set(self.catalog.chunks.vectors_by_hash(list(digests))))

    def _changed(self) -> None:
        self._swaps += 1
        self._counts.clear()

    def _unindex(self, version_ids: Sequence[str]) -> None:
        if version_ids:
            self._indexes.remove(version_ids, self.catalog.chunks.ids_by_scope(version_ids))

    def _embed(self, drafts: Sequence[Draft]) -> list[list[IndexRow]]:
        chunks = [_chunks(draft) for draft in drafts]
        texts = [
            [indexed_text(draft.version.title, chunk) for chunk in owned]
            for draft, owned in zip(drafts, chunks, strict=True)
        ]
        digests = [[_digest(text) for text in owned] for owned in texts]
        by_digest = {
            digest: text for t, d in zip(texts, digests, strict=True) for digest, text in zip(d, t, strict=True)
        }
        vectors = self.catalog.chunks.vectors_by_hash(list(by_digest))
        missing = [digest for digest in by_digest if digest not in vectors]
        started = time.monotonic()
        embedded = self._embedder.embed_documents([by_digest[digest] for digest in missing])
        if len(missing) >= _ENOUGH_TO_TELL:
            self.embedding_rate = len(missing) / max(time.monotonic() - started, 1e-3)
        vectors |= {digest: vector.astype("<f4").tobytes() for digest, vector in zip(missing, embedded, strict=True)}
        return [
            [
                IndexRow(
                    chunk,
                    draft.version.title,
                    draft.document.scope,
                    vectors[digest],
                    digest,
                    around(draft.version.text, chunk),
                )
                for chunk, digest in zip(owned, owned_digests, strict=True)
            ]
            for draft, owned, owned_digests in zip(drafts, chunks, digests, strict=True)
        ]

    def erase(self, document_ids: Sequence[str]) -> Erased:
        """Forget documents to the last byte: SQL, write-ahead log and indexes, and the answers that quote them.

        Unfindable at once; it is done when this returns, for which everything is written anew once.
        """
        erased = erase_from_sql(self.database, document_ids)
        self.remove_documents(document_ids, noted=False)
        self.rebuild()
        self.database.compact()
        return erased

    # --- the store itself

    def rebuild(self) -> None:
        """Make both indexes anew from SQL into a new folder, switch, and remove the old one. Nothing is embedded."""
        with self._publishing:
            old = self._indexes
            self._indexes = recovery.rebuild(self.home, self.catalog, old.chroma_url, self._embedder.dimension)
            old.close()
            if old.folder != self._indexes.folder:
                shutil.rmtree(old.folder, ignore_errors=True)

    def close(self) -> None:
        self._indexes.close()
        recovery.mark_clean(self._indexes)
        self.database.close()
        self._lock.release()

    def __enter__(self) -> KnowledgeBase:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _check_embedder(self) -> None:
        stored = self.catalog.setting("embedder")
        mine = f"{self._embedder.name} ({self._embedder.dimension})"
        if stored is None:
            self.catalog.set_setting("embedder", mine)
        elif stored.startswith(UNFINISHED):
            raise EmbedderMismatch(
                "An unfinished `footnote reembed` left the documents with vectors of two kinds. Run it again, to its end."
            )
        elif stored != mine:
            raise EmbedderMismatch(
                f"The documents were embedded with {stored}, but EMBEDDING_MODEL says {mine}. "
                "Set EMBEDDING_MODEL back, or run `footnote reembed` to embed every document anew."
            )


def _chunks(draft: Draft) -> list[Chunk]:
    return [
        Chunk(
            id=content_id("c", draft.version.id, ordinal, span.start, span.end),
            version_id=draft.version.id,
            ordinal=ordinal,
            start=span.start,
            end=span.end,
            text=draft.version.text[span.start : span.end],
            heading=span.heading,
        )
        for ordinal, span in enumerate(draft.spans)
    ]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
