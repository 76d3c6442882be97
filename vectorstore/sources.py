"""Sources: where documents come from, for whom, and what is known of each place; in SQL."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from vectorstore.database import Database
from vectorstore.moments import as_utc
from vectorstore.reasons import Told, told_of_text
from vectorstore.schema import chunks, documents, sources, versions
from vectorstore.scopes import index_name
from vectorstore.tags import Tags
from vectorstore.upkeep import Upkeep
from vectorstore.values import WORKSPACE, Document, Source, content_id


def source_of(location: str, scope: str = WORKSPACE, added_by: str | None = None) -> Source:
    index_name(scope)
    return Source(content_id("s", scope, location), location, scope, added_by, datetime.now(UTC))


def document_of(source: Source, location: str) -> Document:
    return Document(content_id("d", source.scope, location), source.id, location, source.scope)


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
    trouble: Told | None = None
    """What was wrong at the last look."""
    every: timedelta | None = None
    """How often it is looked at; None: when asked."""
    due_at: datetime | None = None
    moved_to: str | None = None
    """Where its server says it is for good."""
    added_by: str | None = None
    """Who added it: a Slack user id, or None."""


class Sources:
    def __init__(self, database: Database, tags: Tags, upkeep: Upkeep) -> None:
        self._database = database
        self._tags = tags
        self._upkeep = upkeep

    def add(self, source: Source) -> None:
        with self._database.write() as connection:
            self._database.insert_ignoring(
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

    def get(self, source_id: str) -> Source | None:
        with self._database.read() as connection:
            row = connection.execute(select(sources).where(sources.c.id == source_id)).mappings().first()
        return Source(**{each.name: row[each.name] for each in fields(Source)}) if row else None

    def listed(self) -> list[Listed]:
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
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
            tags = self._tags.by_source(connection)
        moved = self._upkeep.moved()
        listed = [
            Listed(
                id=row["id"],
                location=row["location"],
                scope=row["scope"],
                title=row["title"] if row["documents"] == 1 and row["title"] and not row["kind"] else row["location"],
                documents=row["documents"],
                passages=int(row["passages"]),
                updated_at=as_utc(row["updated_at"]),
                checked_at=as_utc(row["checked_at"]),
                tags=tags.get(row["id"], ()),
                kind=row["kind"],
                trouble=told_of_text(row["trouble"]),
                every=timedelta(seconds=row["every"]) if row["every"] else None,
                due_at=as_utc(row["due_at"]),
                moved_to=moved.get(row["location"]),
                added_by=row["added_by"],
            )
            for row in rows
        ]
        return sorted(listed, key=lambda line: (line.updated_at is None, line.updated_at, line.id), reverse=True)

    def ids_of(self, scope: str) -> list[str]:
        """The ids of a scope's sources."""
        with self._database.read() as connection:
            return list(connection.scalars(select(sources.c.id).where(sources.c.scope == scope)))

    def threads_at(self, location: str) -> list[str]:
        """The scopes of threads that have a source at this location."""
        there = (sources.c.scope.like("thread:%"), sources.c.location == location)
        with self._database.read() as connection:
            return list(connection.scalars(select(sources.c.scope).where(*there)))

    def brought_to_threads(self, user: str) -> list[str]:
        """The ids of what this person brought to single threads."""
        theirs = (sources.c.scope.like("thread:%"), sources.c.added_by == user)
        with self._database.read() as connection:
            return list(connection.scalars(select(sources.c.id).where(*theirs)))

    def old_threads(self, before: datetime) -> list[str]:
        """The scopes of threads to which nothing was added since then."""
        query = select(sources.c.scope).where(sources.c.scope.like("thread:%")).group_by(sources.c.scope)
        with self._database.read() as connection:
            return list(connection.scalars(query.having(func.max(sources.c.added_at) < before)))
