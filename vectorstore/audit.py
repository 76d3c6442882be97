"""The audit trail: append-only, each entry sealed with the hash of the one before, so that nothing can be changed unnoticed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import func, select, text

from vectorstore.database import Database
from vectorstore.moments import as_utc
from vectorstore.schema import audit

Decision = Literal["done", "refused", "failed"]
COMMAND_LINE = "command line"
"""The actor of what was done outside of Slack, by whoever may read the data directory."""
SLACK = "Slack"
"""The actor of what was done because Slack said so, without naming anybody."""
_SEALED = ("at", "actor", "team", "channel", "action", "object", "decision", "reason", "seconds")
_CHAIN = 0x466F6F74
"""PostgreSQL's advisory lock under which entries are chained; SQLite has one writer anyway."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Who did, or was refused, what."""

    actor: str
    """A Slack user id, COMMAND_LINE or SLACK."""
    action: str
    decision: Decision
    object: str | None = None
    reason: str | None = None
    team: str | None = None
    channel: str | None = None
    seconds: float | None = None


_FIELDS = [each.name for each in fields(Entry)]


@dataclass(frozen=True, slots=True)
class Written:
    at: datetime
    entry: Entry


@dataclass(frozen=True, slots=True)
class Verdict:
    entries: int
    head: str
    """The hash of the last entry: written down elsewhere, it also shows whether entries were cut off at the end."""
    broken_at: int | None
    """The number of the first entry that is not as it was written; None where all are."""


class AuditLog:
    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, entry: Entry) -> None:
        row: dict[str, Any] = {"at": datetime.now(UTC), **asdict(entry)}
        with self._database.write() as connection:
            if not self._database.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:chain)"), {"chain": _CHAIN})
            last = connection.execute(select(audit.c.hash).order_by(audit.c.id.desc()).limit(1)).scalar()
            connection.execute(audit.insert().values(**row, previous=last or "", hash=_seal(row, last or "")))

    def recent(self, since: datetime, limit: int) -> tuple[list[Written], int]:
        """The last entries from then on, the newest first; and how many there are."""
        query = select(audit).where(audit.c.at >= since).order_by(audit.c.id.desc()).limit(limit)
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
            number = connection.scalar(select(func.count()).select_from(audit).where(audit.c.at >= since))
        return [Written(as_utc(row["at"]), Entry(**{name: row[name] for name in _FIELDS})) for row in rows], int(
            number or 0
        )

    def verify(self) -> Verdict:
        """Read the whole trail; entries of before it was sealed count as whole."""
        previous, number, sealed = "", 0, False
        for row in self._rows():
            number += 1
            if row["hash"] is None and not sealed:
                continue
            sealed = True
            if row["previous"] != previous or row["hash"] != _seal(row, previous):
                return Verdict(number, previous, number)
            previous = row["hash"]
        return Verdict(number, previous, None)

    def export(self) -> Iterator[dict[str, Any]]:
        """Every entry, the oldest first, as JSON holds it."""
        for row in self._rows():
            yield {**row, "at": _moment(row["at"])}

    def _rows(self) -> Iterator[Mapping[str, Any]]:
        last = 0
        while True:
            query = select(audit).where(audit.c.id > last).order_by(audit.c.id).limit(1000)
            with self._database.read() as connection:
                rows = connection.execute(query).mappings().all()
            if not rows:
                return
            yield from (dict(row) for row in rows)
            last = rows[-1]["id"]


def _seal(row: Mapping[str, Any], previous: str) -> str:
    values = {name: row[name] for name in _SEALED} | {"at": _moment(row["at"]), "previous": previous}
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode(errors="surrogatepass")).hexdigest()


def _moment(at: datetime) -> str:
    return as_utc(at).isoformat()
