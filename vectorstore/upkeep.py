"""How sources are kept fresh: when they are looked at again, what was wrong the last time, which documents seem to be gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from vectorstore.database import Database
from vectorstore.errors import NotATime
from vectorstore.moments import as_utc
from vectorstore.reasons import Reason, Told, as_text, told_of_text
from vectorstore.schema import documents, moves, sources

SHORTEST = timedelta(minutes=5)
LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Freshness:
    """Of one source."""

    kind: str | None
    trouble: Told | None
    every: timedelta | None
    due_at: datetime | None


class Upkeep:
    def __init__(self, database: Database) -> None:
        self._database = database

    # -- what a look came to --------------------------------------------------------------------------------------

    def looked(self, source_id: str, kind: str | None, trouble: Told | None, now: datetime) -> None:
        """Note the end of a look at a source; the next one is due after its interval, counted from now."""
        with self._database.write() as connection:
            row = connection.execute(select(sources.c.every).where(sources.c.id == source_id)).first()
            if row is not None:
                due = now + timedelta(seconds=row.every) if row.every else None
                values = {"kind": kind, "trouble": as_text(trouble), "due_at": due}
                connection.execute(update(sources).where(sources.c.id == source_id).values(**values))

    def missed(self, document_id: str) -> int:
        """Count a look at which the document was gone; returns how many there were in a row."""
        with self._database.write() as connection:
            counted = update(documents).where(documents.c.id == document_id).values(misses=documents.c.misses + 1)
            row = connection.execute(counted.returning(documents.c.misses)).first()
        return int(row.misses) if row else 0

    def found(self, document_id: str) -> None:
        """The document is there (again)."""
        with self._database.write() as connection:
            connection.execute(update(documents).where(documents.c.id == document_id).values(misses=0))

    # -- addresses that moved for good ----------------------------------------------------------------------------

    def moved(self, addresses: Sequence[str] | None = None) -> Mapping[str, str]:
        """Where those of the addresses (None: of all there are) that moved are now."""
        query = select(moves.c.address, moves.c.target)
        if addresses is not None:
            query = query.where(moves.c.address.in_(addresses))
        with self._database.read() as connection:
            return {row.address: row.target for row in connection.execute(query)}

    def note_move(self, address: str, target: str | None) -> None:
        """`target`: where its server says it is from now on; None: it is where it was."""
        with self._database.write() as connection:
            connection.execute(delete(moves).where(moves.c.address == address))
            if target is not None:
                row = {"address": address, "target": target, "at": datetime.now(UTC)}
                connection.execute(moves.insert().values(**row))

    def moved_from(self, address: str, scope: str) -> str | None:
        """The location of a source of this scope that moved to the address."""
        query = (
            select(sources.c.location)
            .join(moves, moves.c.address == sources.c.location)
            .where(moves.c.target == address, sources.c.scope == scope)
        )
        with self._database.read() as connection:
            return connection.execute(query).scalars().first()

    @staticmethod
    def forget_moves(connection: Connection) -> None:
        """Those of addresses that no source and no document has any more."""
        used = [moves.c.address.not_in(select(table.c.location)) for table in (sources, documents)]
        connection.execute(delete(moves).where(*used))

    # -- schedules ------------------------------------------------------------------------------------------------

    def schedule(self, source_id: str, every: timedelta | None, now: datetime) -> None:
        """Look at the source at this interval, the first time one interval from now; None: only when asked.

        Raises NotATime for an interval below SHORTEST or above LONGEST.
        """
        if every is not None and not SHORTEST <= every <= LONGEST:
            raise NotATime(Reason("interval_out_of_range"))
        values = {"every": int(every.total_seconds()) if every else None, "due_at": now + every if every else None}
        with self._database.write() as connection:
            connection.execute(update(sources).where(sources.c.id == source_id).values(**values))

    def postpone(self, source_id: str, until: datetime) -> None:
        with self._database.write() as connection:
            connection.execute(update(sources).where(sources.c.id == source_id).values(due_at=until))

    def due(self, now: datetime) -> list[str]:
        """The ids of sources whose time has come, the longest overdue first."""
        query = select(sources.c.id).where(sources.c.due_at <= now).order_by(sources.c.due_at)
        with self._database.read() as connection:
            return list(connection.execute(query).scalars())

    def freshness(self) -> Mapping[str, Freshness]:
        """Of every source, by id."""
        query = select(sources.c.id, sources.c.kind, sources.c.trouble, sources.c.every, sources.c.due_at)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return {
            row.id: Freshness(
                row.kind,
                told_of_text(row.trouble),
                timedelta(seconds=row.every) if row.every else None,
                as_utc(row.due_at),
            )
            for row in rows
        }
