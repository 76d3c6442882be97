"""The catalog: documents and their versions in SQL, beside sources and chunks. What it says is true; the indexes are copies."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update

from vectorstore.chunks import Chunks, IndexRow
from vectorstore.database import Database, portions
from vectorstore.departures import note_departures, note_return
from vectorstore.errors import UnknownDocument
from vectorstore.moments import as_utc
from vectorstore.reasons import Reason
from vectorstore.schema import chunks, documents, settings, sources, versions
from vectorstore.sources import Sources
from vectorstore.tags import Tags, has_tag
from vectorstore.upkeep import Upkeep
from vectorstore.values import Document, Version
from vectorstore.words import stems

VERSIONS_KEPT = 3
"""States of a document that stay for rollback, "what changed" and the quotes of old answers, the current one included."""

_CACHED_CHARACTERS = 40_000_000


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


class Catalog:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.tags = Tags(database)
        self.upkeep = Upkeep(database)
        self.sources = Sources(database, self.tags, self.upkeep)
        self.chunks = Chunks(database)
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

    # --- documents

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
            raise UnknownDocument(Reason("no_such_document", {"title": wanted[:80]}))
        if len(named) > 1 and not exact:
            titles = sorted({row[1] for row in rows if row[0] in named})
            raise UnknownDocument(
                Reason(
                    "several_documents",
                    {"title": wanted[:80], "number": len(named), "titles": "; ".join(titles[:5])},
                ),
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

    # --- versions

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
        note_return(connection, [document_id])

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

    def version(self, version_id: str) -> Version:
        found = self.versions([version_id])
        if not found:
            raise UnknownDocument(Reason("no_such_version", {"id": version_id[:40]}))
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
                values = dict(row) | {"pages": tuple(row["pages"]), "fetched_at": as_utc(row["fetched_at"])}
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
                raise UnknownDocument(Reason("not_readable_here"))
        return self.version(version_id)

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

    def hide_source(self, source_id: str, *, noted: bool = True) -> list[str]:
        """Make a source's documents unfindable at once; returns all their version ids, for the indexes."""
        return self.hide_documents([document.id for document in self.documents_of(source_id)], noted=noted)

    def hide_documents(self, document_ids: Sequence[str], *, noted: bool = True) -> list[str]:
        """`noted`: whether it is remembered for a while that they left, with their titles."""
        found: list[str] = []
        with self.database.write() as connection:
            for some in portions(document_ids):
                query = select(versions.c.id).where(versions.c.document_id.in_(some))
                found += connection.execute(query).scalars()
                if noted:
                    note_departures(connection, some)
                connection.execute(update(documents).where(documents.c.id.in_(some)).values(current_version=None))
        return found

    def delete_source(self, source_id: str) -> None:
        with self.database.write() as connection:
            connection.execute(delete(sources).where(sources.c.id == source_id))
            self.upkeep.forget_moves(connection)
        self._forget_cached()

    def delete_documents(self, document_ids: Sequence[str]) -> None:
        with self.database.write() as connection:
            for some in portions(document_ids):
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
