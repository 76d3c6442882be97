"""Documents that were removed: what `changes` tells of them, and what an interrupted plan had removed already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, select

from vectorstore.database import Database
from vectorstore.moments import as_utc
from vectorstore.schema import departures, documents, versions

KEPT = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Departure:
    document_id: str
    source_id: str
    location: str
    scope: str
    title: str
    """As it was last called."""
    at: datetime


def note_departures(connection: Connection, document_ids: Sequence[str]) -> None:
    """These documents are about to leave; those that are gone already stay noted as they were."""
    now = datetime.now(UTC)
    connection.execute(delete(departures).where(departures.c.at < now - KEPT))
    columns = (documents.c.id.label("document_id"), documents.c.source_id, documents.c.location, documents.c.scope)
    there = (
        select(*columns, versions.c.title)
        .join(versions, versions.c.id == documents.c.current_version)
        .where(documents.c.id.in_(document_ids))
    )
    rows = [{**row, "at": now} for row in connection.execute(there).mappings()]
    note_return(connection, [row["document_id"] for row in rows])
    if rows:
        connection.execute(departures.insert(), rows)


def note_return(connection: Connection, document_ids: Sequence[str]) -> None:
    connection.execute(delete(departures).where(departures.c.document_id.in_(document_ids)))


class Departures:
    def __init__(self, database: Database) -> None:
        self._database = database

    def since(
        self, moment: datetime, *, scopes: Sequence[str] | None = None, sources: Sequence[str] | None = None
    ) -> list[Departure]:
        """What left after `moment` from these scopes and sources (None: any), the newest first."""
        query = select(departures).where(departures.c.at >= moment).order_by(departures.c.at.desc())
        query = query if scopes is None else query.where(departures.c.scope.in_(scopes))
        query = query if sources is None else query.where(departures.c.source_id.in_(sources))
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return [Departure(**{**row, "at": as_utc(row["at"])}) for row in rows]
