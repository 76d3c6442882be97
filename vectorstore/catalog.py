"""The catalog: sources, documents, versions and chunks in SQL. What it says is true; the indexes are copies."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Text, and_, case, delete, func, insert, or_, select, update

from vectorstore.database import Database
from vectorstore.errors import UnknownDocument
from vectorstore.schema import chunks, documents, settings, sources, versions
from vectorstore.scopes import index_name
from vectorstore.tags import Tags, has_tag
from vectorstore.upkeep import Upkeep
from vectorstore.values import WORKSPACE, Chunk, Document, Source, Version
from vectorstore.words import stems

VERSIONS_KEPT = 3
"""States of a document that stay for rollback, "what changed" and the quotes of old answers, the current one included."""

AROUND = 1500
"""Code points before and after a chunk, about two chunks on either side, that the keyword index reads with it."""

_CACHED_CHARACTERS = 40_000_000
_IDS_PER_QUERY = 900  # below SQLite's limit of bound parameters


_FIRST = case((chunks.c.start > AROUND, chunks.c.start - AROUND), else_=0)
_BEFORE = func.substr(versions.c.text, _FIRST + 1, chunks.c.start - _FIRST, type_=Text)
_AROUND = _BEFORE + "\n" + func.substr(versions.c.text, chunks.c.end + 1, AROUND, type_=Text)
"""`around` in SQL."""


_INDEX_ROWS = select(
    *(chunks.c[name] for name in ("id", "version_id", "ordinal", "start", "end", "text", "heading")),
    versions.c.title,
    chunks.c.scope,
    chunks.c.vector,
    chunks.c.embedded_hash,
    _AROUND,
).join(versions, versions.c.id == chunks.c.version_id)
"""What an IndexRow is made of."""


def around(text: str, chunk: Chunk) -> str:
    """What stands before and after `chunk` in its version's text."""
    return f"{text[max(0, chunk.start - AROUND) : chunk.start]}\n{text[chunk.end : chunk.end + AROUND]}"


def content_id(prefix: str, *parts: object) -> str:
    """An id that derives from content: the same parts give the same id, so doing a thing twice changes nothing."""
    return prefix + hashlib.sha256("\x1f".join(map(str, parts)).encode(errors="surrogatepass")).hexdigest()[:20]


def source_of(location: str, scope: str = WORKSPACE, added_by: str | None = None) -> Source:
    index_name(scope)
    return Source(content_id("s", scope, location), location, scope, added_by, datetime.now(UTC))


def document_of(source: Source, location: str) -> Document:
    return Document(content_id("d", source.scope, location), source.id, location, source.scope)


@dataclass(frozen=True, slots=True)
class Known:
    """What the catalog knows of a document before it is looked at again."""

    document: Document
    current_version: str | None
    fingerprint: str | None
    data_fingerprint: str | None
    etag: str | None
    last_modified: str | None
    misses: int = 0
    """Looks in a row at which it was gone."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the list of sources."""

    id: str
    location: str
    scope: str
    title: str
    """Of its document when it has one, else its location."""
    documents: int
    passages: int
    updated_at: datetime | None
    checked_at: datetime | None
    tags: tuple[str, ...] = ()
    kind: str | None = None
    """`feed` or `sitemap`, else None."""
    trouble: str | None = None
    """What was wrong at the last look."""
    every: timedelta | None = None
    """How often it is looked at; None: when asked."""
    due_at: datetime | None = None
    moved_to: str | None = None
    """Where its server says it is for good."""
    added_by: str | None = None
    """Who added it: a Slack user id, or None."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that an index returned and that is current and readable."""

    chunk_id: str
    document_id: str
    vector: bytes


@dataclass(frozen=True, slots=True)
class IndexRow:
    """What the indexes need of a chunk."""

    chunk: Chunk
    title: str
    scope: str
    vector: bytes
    embedded_hash: str
    around: str = ""
    """What stands before and after it in its version, up to AROUND code points on either side."""


class Catalog:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.tags = Tags(database)
        self.upkeep = Upkeep(database)
        self._versions: OrderedDict[str, Version] = OrderedDict()
        self._cached = 0
        self._cache_lock = Lock()

    # --- settings of the store itself

    def setting(self, key: str) -> str | None:
        with self.database.read() as connection:
            return connection.execute(select(settings.c.value).where(settings.c.key == key)).scalar()

    def set_setting(self, key: str, value: str) -> None:
        with self.database.write() as connection:
            if not self.database.insert_ignoring(connection, settings, {"key": key, "value": value}):
                connection.execute(update(settings).where(settings.c.key == key).values(value=value))

    # --- sources and documents

    def add_source(self, source: Source) -> None:
        with self.database.write() as connection:
            self.database.insert_ignoring(
                connection,
                sources,
                {
                    "id": source.id,
                    "location": source.location,
                    "scope": source.scope,
                    "added_by": source.added_by,
                    "added_at": source.added_at or datetime.now(UTC),
                },
            )

    def source(self, source_id: str) -> Source | None:
        with self.database.read() as connection:
            row = connection.execute(select(sources).where(sources.c.id == source_id)).mappings().first()
        return Source(**{each.name: row[each.name] for each in fields(Source)}) if row else None

    def list_sources(self) -> list[Listed]:
        """Every source but those of single threads, the most recently updated first."""
        counted = (
            select(chunks.c.version_id, func.count().label("passages"))
            .group_by(chunks.c.version_id)
            .subquery("counted")
        )
        query = (
            select(
                sources,
                func.count(documents.c.current_version).label("documents"),
                func.coalesce(func.sum(counted.c.passages), 0).label("passages"),
                func.min(versions.c.title).label("title"),
                func.max(versions.c.fetched_at).label("updated_at"),
                func.max(documents.c.checked_at).label("checked_at"),
            )
            .select_from(sources)
            .outerjoin(documents, documents.c.source_id == sources.c.id)
            .outerjoin(versions, versions.c.id == documents.c.current_version)
            .outerjoin(counted, counted.c.version_id == documents.c.current_version)
            .where(sources.c.scope.not_like("thread:%"))
            .group_by(sources.c.id)
        )
        with self.database.read() as connection:
            rows = connection.execute(query).mappings().all()
            tags = self.tags.by_source(connection)
        moved = self.upkeep.moved()
        listed = [
            Listed(
                id=row["id"],
                location=row["location"],
                scope=row["scope"],
                title=row["title"] if row["documents"] == 1 and row["title"] and not row["kind"] else row["location"],
                documents=row["documents"],
                passages=int(row["passages"]),
                updated_at=_utc(row["updated_at"]),
                checked_at=_utc(row["checked_at"]),
                tags=tags.get(row["id"], ()),
                kind=row["kind"],
                trouble=row["trouble"],
                every=timedelta(seconds=row["every"]) if row["every"] else None,
                due_at=_utc(row["due_at"]),
                moved_to=moved.get(row["location"]),
                added_by=row["added_by"],
            )
            for row in rows
        ]
        return sorted(listed, key=lambda line: (line.updated_at is None, line.updated_at, line.id), reverse=True)

    def sources_of(self, scope: str) -> list[str]:
        """The ids of a scope's sources."""
        with self.database.read() as connection:
            return list(connection.scalars(select(sources.c.id).where(sources.c.scope == scope)))

    def threads_at(self, location: str) -> list[str]:
        """The scopes of threads that have a source at this location."""
        there = (sources.c.scope.like("thread:%"), sources.c.location == location)
        with self.database.read() as connection:
            return list(connection.scalars(select(sources.c.scope).where(*there)))

    def thread_sources_of(self, user: str) -> list[str]:
        """The ids of what this person brought to single threads."""
        theirs = (sources.c.scope.like("thread:%"), sources.c.added_by == user)
        with self.database.read() as connection:
            return list(connection.scalars(select(sources.c.id).where(*theirs)))

    def old_threads(self, before: datetime) -> list[str]:
        """The scopes of threads to which nothing was added since then."""
        query = select(sources.c.scope).where(sources.c.scope.like("thread:%")).group_by(sources.c.scope)
        with self.database.read() as connection:
            return list(connection.scalars(query.having(func.max(sources.c.added_at) < before)))

    def documents_of(self, source_id: str) -> list[Document]:
        with self.database.read() as connection:
            rows = connection.execute(
                select(documents.c.id, documents.c.source_id, documents.c.location, documents.c.scope).where(
                    documents.c.source_id == source_id
                )
            )
            return [Document(*row) for row in rows]

    def known(self, document_ids: Sequence[str]) -> dict[str, Known]:
        query = (
            select(documents, versions.c.fingerprint)
            .outerjoin(versions, versions.c.id == documents.c.current_version)
            .where(documents.c.id.in_(document_ids))
        )
        with self.database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return {
            row["id"]: Known(
                document=Document(row["id"], row["source_id"], row["location"], row["scope"]),
                current_version=row["current_version"],
                fingerprint=row["fingerprint"],
                data_fingerprint=row["data_fingerprint"],
                etag=row["etag"],
                last_modified=row["last_modified"],
                misses=row["misses"],
            )
            for row in rows
        }

    def find_document(self, wanted: str, scopes: Sequence[str]) -> Version:
        """The current version that `wanted` names: an id, a location, a URL or a title (or words that only one title holds).

        Raises UnknownDocument, naming the candidates when there are several.
        """
        joined = select(versions.c.id, versions.c.title, versions.c.url, documents.c.location, documents.c.id).join(
            documents, documents.c.current_version == versions.c.id
        )
        with self.database.read() as connection:
            rows = connection.execute(joined.where(documents.c.scope.in_(scopes))).all()
        wanted = wanted.strip()
        words = set(stems(wanted))
        exact = [row[0] for row in rows if wanted in row or wanted.casefold() == row[1].casefold()]
        named = exact or [row[0] for row in rows if words and words <= set(stems(f"{row[1]} {row[3]}"))]
        if not named:
            raise UnknownDocument(f"No document is called {wanted[:80]!r}. `footnote sources` lists what there is.")
        if len(named) > 1 and not exact:
            titles = sorted({row[1] for row in rows if row[0] in named})
            raise UnknownDocument(
                f"{wanted[:80]!r} could be {len(named)} documents: {'; '.join(titles[:5])}. Say which.",
                tuple(titles[:5]),
            )
        return self.version(named[0])

    def document_called(self, wanted: str) -> Document | None:
        """The one document of any scope with this id, location, address or title; None where there is none, or several."""
        query = (
            select(documents.c.id, documents.c.source_id, documents.c.location, documents.c.scope)
            .outerjoin(versions, versions.c.id == documents.c.current_version)
            .where(
                or_(
                    *(
                        column == wanted
                        for column in (documents.c.id, documents.c.location, versions.c.url, versions.c.title)
                    )
                )
            )
        )
        with self.database.read() as connection:
            rows = connection.execute(query).all()
        return Document(*rows[0]) if len(rows) == 1 else None

    def remember_fetch(
        self, document_id: str, *, etag: str | None, last_modified: str | None, data_fingerprint: str | None
    ) -> None:
        """What allows the next look to be a conditional one; for a document whose text did not change."""
        with self.database.write() as connection:
            connection.execute(
                update(documents)
                .where(documents.c.id == document_id)
                .values(
                    etag=etag,
                    last_modified=last_modified,
                    data_fingerprint=data_fingerprint,
                    checked_at=datetime.now(UTC),
                )
            )

    # --- versions and chunks

    def stage(
        self,
        connection: Connection,
        document: Document,
        version: Version,
        rows: Sequence[IndexRow],
    ) -> None:
        """Write a version completely, without making it current. Writing it twice changes nothing.

        A version that is there already but was cut into other chunks gets these.
        """
        self.database.insert_ignoring(
            connection,
            documents,
            {
                "id": document.id,
                "source_id": document.source_id,
                "location": document.location,
                "scope": document.scope,
            },
        )
        fresh = self.database.insert_ignoring(
            connection,
            versions,
            {
                "id": version.id,
                "document_id": document.id,
                "text": version.text,
                "title": version.title,
                "url": version.url,
                "publisher": version.publisher,
                "author": version.author,
                "published": version.published,
                "language": version.language,
                "media_type": version.media_type,
                "fingerprint": version.fingerprint,
                "pages": list(version.pages),
                "fetched_at": version.fetched_at or datetime.now(UTC),
            },
        )
        owned = chunks.c.version_id == version.id
        stored = [] if fresh else connection.execute(select(chunks.c.id).where(owned)).scalars().all()
        if set(stored) == {row.chunk.id for row in rows}:
            return
        connection.execute(delete(chunks).where(owned))
        if rows:
            connection.execute(
                insert(chunks),
                [
                    {
                        "id": row.chunk.id,
                        "version_id": version.id,
                        "scope": document.scope,
                        "ordinal": row.chunk.ordinal,
                        "start": row.chunk.start,
                        "end": row.chunk.end,
                        "text": row.chunk.text,
                        "heading": row.chunk.heading,
                        "embedded_hash": row.embedded_hash,
                        "vector": row.vector,
                    }
                    for row in rows
                ],
            )

    def make_current(
        self,
        connection: Connection,
        document_id: str,
        version_id: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        data_fingerprint: str | None = None,
    ) -> None:
        connection.execute(
            update(documents)
            .where(documents.c.id == document_id)
            .values(
                current_version=version_id,
                checked_at=datetime.now(UTC),
                etag=etag,
                last_modified=last_modified,
                data_fingerprint=data_fingerprint,
            )
        )

    def set_current(self, connection: Connection, document_id: str, version_id: str) -> None:
        """Only that: what was fetched last stays noted."""
        connection.execute(update(documents).where(documents.c.id == document_id).values(current_version=version_id))

    def superseded(self, document_ids: Sequence[str] | None) -> list[str]:
        """Versions of these documents (None: of all) that are not current."""
        query = (
            select(versions.c.id)
            .join(documents, documents.c.id == versions.c.document_id)
            .where(versions.c.id != func.coalesce(documents.c.current_version, ""))
        )
        if document_ids is not None:
            query = query.where(documents.c.id.in_(document_ids))
        with self.database.read() as connection:
            return list(connection.execute(query).scalars())

    def prune(self, document_ids: Sequence[str]) -> None:
        """Forget all but the newest VERSIONS_KEPT states of these documents."""
        with self.database.write() as connection:
            for document_id in document_ids:
                current = select(documents.c.current_version).where(documents.c.id == document_id).scalar_subquery()
                rows = connection.execute(
                    select(versions.c.id)
                    .where(versions.c.document_id == document_id, versions.c.id != current)
                    .order_by(versions.c.fetched_at.desc(), versions.c.id)
                    .offset(VERSIONS_KEPT - 1)
                )
                for version_id in rows.scalars().all():
                    connection.execute(delete(versions).where(versions.c.id == version_id))

    def chunk_ids(self, version_ids: Sequence[str]) -> dict[str, list[str]]:
        """Chunk ids of these versions by scope."""
        found: dict[str, list[str]] = {}
        with self.database.read() as connection:
            for some in _portions(version_ids):
                for scope, chunk_id in connection.execute(
                    select(chunks.c.scope, chunks.c.id).where(chunks.c.version_id.in_(some))
                ):
                    found.setdefault(scope, []).append(chunk_id)
        return found

    def vectors_by_hash(self, hashes: Sequence[str]) -> dict[str, bytes]:
        """Vectors of texts that were embedded before, by the hash of the text."""
        found: dict[str, bytes] = {}
        with self.database.read() as connection:
            for some in _portions(hashes):
                query = select(chunks.c.embedded_hash, chunks.c.vector).where(chunks.c.embedded_hash.in_(some))
                found.update((digest, vector) for digest, vector in connection.execute(query))
        return found

    def current_hits(self, chunk_ids: Sequence[str], scopes: Sequence[str], tags: Sequence[str] = ()) -> list[Hit]:
        """Those of `chunk_ids` that belong to a current version readable in `scopes`, of a source with any of `tags`."""
        found: list[Hit] = []
        with self.database.read() as connection:
            for some in _portions(chunk_ids):
                query = (
                    select(chunks.c.id, documents.c.id, chunks.c.vector)
                    .join(documents, documents.c.current_version == chunks.c.version_id)
                    .where(chunks.c.id.in_(some), documents.c.scope.in_(scopes), chunks.c.scope == documents.c.scope)
                    .where(*has_tag(tags))
                )
                found += [Hit(*row) for row in connection.execute(query)]
        return found

    def load_chunks(self, chunk_ids: Sequence[str]) -> dict[str, tuple[Chunk, Document]]:
        query = (
            select(
                *(chunks.c[name] for name in ("id", "version_id", "ordinal", "start", "end", "text", "heading")),
                *(documents.c[name] for name in ("id", "source_id", "location", "scope")),
            )
            .join(versions, versions.c.id == chunks.c.version_id)
            .join(documents, documents.c.id == versions.c.document_id)
            .where(chunks.c.id.in_(chunk_ids))
        )
        with self.database.read() as connection:
            return {row[0]: (Chunk(*row[:7]), Document(*row[7:])) for row in connection.execute(query)}

    def version(self, version_id: str) -> Version:
        found = self.versions([version_id])
        if not found:
            raise UnknownDocument(f"There is no version {version_id[:40]!r} any more.")
        return found[version_id]

    def versions(self, version_ids: Iterable[str]) -> dict[str, Version]:
        """Those of the versions that exist, with their texts; versions never change, so recently read ones are kept."""
        wanted = list(dict.fromkeys(version_ids))
        with self._cache_lock:
            found = {version_id: self._versions[version_id] for version_id in wanted if version_id in self._versions}
            for version_id in found:
                self._versions.move_to_end(version_id)
        missing = [version_id for version_id in wanted if version_id not in found]
        if missing:
            with self.database.read() as connection:
                rows = connection.execute(select(versions).where(versions.c.id.in_(missing))).mappings().all()
            for row in rows:
                values = dict(row) | {"pages": tuple(row["pages"]), "fetched_at": _utc(row["fetched_at"])}
                found[row["id"]] = Version(**values)
                self._remember(found[row["id"]])
        return found

    def readable_version(self, version_id: str, scopes: Sequence[str]) -> Version:
        """A version whose document still exists and may be read in `scopes`; raises UnknownDocument otherwise."""
        query = (
            select(documents.c.id)
            .join(versions, versions.c.document_id == documents.c.id)
            .where(versions.c.id == version_id, documents.c.scope.in_(scopes))
        )
        with self.database.read() as connection:
            if connection.execute(query).first() is None:
                raise UnknownDocument("This source is not available here any more.")
        return self.version(version_id)

    def index_rows(self, scope: str, *, batch: int = 1000) -> Iterator[list[IndexRow]]:
        """Every current chunk of a scope, in batches: what the indexes are rebuilt from."""
        rows = self.index_rows_from(scope, "", batch)
        while rows:
            yield rows
            rows = self.index_rows_from(scope, rows[-1].chunk.id, batch)

    def index_rows_from(self, scope: str, after: str, limit: int) -> list[IndexRow]:
        """The first `limit` current chunks of a scope with an id greater than `after`, in the order of their ids."""
        current = _INDEX_ROWS.join(documents, documents.c.current_version == chunks.c.version_id)
        query = current.where(chunks.c.scope == scope, chunks.c.id > after).order_by(chunks.c.id).limit(limit)
        with self.database.read() as connection:
            return [IndexRow(Chunk(*row[:7]), *row[7:]) for row in connection.execute(query)]

    def index_rows_of(self, version_id: str) -> list[IndexRow]:
        """The chunks of one version, current or not."""
        query = _INDEX_ROWS.where(chunks.c.version_id == version_id).order_by(chunks.c.ordinal)
        with self.database.read() as connection:
            return [IndexRow(Chunk(*row[:7]), *row[7:]) for row in connection.execute(query)]

    def scopes_in_use(self) -> list[str]:
        with self.database.read() as connection:
            return list(connection.execute(select(documents.c.scope).distinct()).scalars())

    def counts(self, scopes: Sequence[str], tags: Sequence[str] = ()) -> tuple[int, int]:
        """(documents, passages) that a search in `scopes` with `tags` looks through."""
        readable = and_(documents.c.scope.in_(scopes), *has_tag(tags))
        passages = (
            select(func.count()).select_from(chunks).join(documents, documents.c.current_version == chunks.c.version_id)
        )
        with self.database.read() as connection:
            return (
                connection.execute(select(func.count(documents.c.current_version)).where(readable)).scalar_one(),
                connection.execute(passages.where(readable)).scalar_one(),
            )

    def titles(self, scopes: Sequence[str], limit: int) -> list[str]:
        """Titles of the most recent documents."""
        query = (
            select(versions.c.title)
            .join(documents, documents.c.current_version == versions.c.id)
            .where(documents.c.scope.in_(scopes))
            .order_by(versions.c.fetched_at.desc())
            .limit(limit)
        )
        with self.database.read() as connection:
            return list(connection.execute(query).scalars())

    # --- removal

    def hide_source(self, source_id: str) -> list[str]:
        """Make a source's documents unfindable at once; returns all their version ids, for the indexes."""
        return self.hide_documents([document.id for document in self.documents_of(source_id)])

    def hide_documents(self, document_ids: Sequence[str]) -> list[str]:
        found: list[str] = []
        with self.database.write() as connection:
            for some in _portions(document_ids):
                query = select(versions.c.id).where(versions.c.document_id.in_(some))
                found += connection.execute(query).scalars()
                connection.execute(update(documents).where(documents.c.id.in_(some)).values(current_version=None))
        return found

    def delete_source(self, source_id: str) -> None:
        with self.database.write() as connection:
            connection.execute(delete(sources).where(sources.c.id == source_id))
            self.upkeep.forget_moves(connection)
        self._forget_cached()

    def delete_documents(self, document_ids: Sequence[str]) -> None:
        with self.database.write() as connection:
            for some in _portions(document_ids):
                connection.execute(delete(documents).where(documents.c.id.in_(some)))
            self.upkeep.forget_moves(connection)
        self._forget_cached()

    def _remember(self, version: Version) -> None:
        with self._cache_lock:
            if version.id not in self._versions:
                self._versions[version.id] = version
                self._cached += len(version.text)
            while self._cached > _CACHED_CHARACTERS and len(self._versions) > 1:
                self._cached -= len(self._versions.popitem(last=False)[1].text)

    def _forget_cached(self) -> None:
        with self._cache_lock:
            self._versions.clear()
            self._cached = 0


def _portions(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), _IDS_PER_QUERY):
        yield items[start : start + _IDS_PER_QUERY]


def _utc(moment: datetime | None) -> datetime | None:
    """SQLite forgets the zone; every stored time is UTC."""
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
