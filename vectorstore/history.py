"""The earlier states of documents: which there are, what changed since a moment, and which one was there then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from vectorstore.database import Database
from vectorstore.moments import as_utc
from vectorstore.schema import documents, versions


@dataclass(frozen=True, slots=True)
class State:
    """One kept version of a document."""

    version_id: str
    title: str
    fetched_at: datetime
    is_current: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """A document that has another current version than it had at a moment."""

    document_id: str
    source_id: str
    before: str | None
    """The id of the version that was there then; None for a document that is new since."""
    after: str
    at: datetime
    """When the current version was fetched."""


class History:
    def __init__(self, database: Database) -> None:
        self._database = database

    def states(self, document_id: str) -> list[State]:
        """The kept states of a document, the newest first; none for a document that is not there."""
        query = (
            select(versions.c.id, versions.c.title, versions.c.fetched_at, documents.c.current_version)
            .join(documents, documents.c.id == versions.c.document_id)
            .where(documents.c.id == document_id)
            .order_by(versions.c.fetched_at.desc(), versions.c.id)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [State(row.id, row.title, as_utc(row.fetched_at), row.id == row.current_version) for row in rows]

    def changed_since(self, moment: datetime, scopes: Sequence[str]) -> list[Changed]:
        """Documents readable in `scopes` whose current version came after `moment`, the newest first."""
        query = (
            select(versions.c.id, versions.c.fetched_at, documents.c.id.label("document"), documents.c.source_id)
            .join(documents, documents.c.current_version == versions.c.id)
            .where(documents.c.scope.in_(scopes), versions.c.fetched_at > moment)
            .order_by(versions.c.fetched_at.desc())
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [self._changed(row, moment) for row in rows]

    def at(self, document_id: str, moment: datetime) -> str | None:
        """The id of the version that was the newest at `moment`, among those that are kept; None where none was there."""
        earlier = [state for state in self.states(document_id) if state.fetched_at <= moment]
        return earlier[0].version_id if earlier else None

    def _changed(self, row: Any, moment: datetime) -> Changed:
        id, fetched_at, document, source = tuple(row)
        before = self.at(document, moment)
        if before is None:  # the state of then is not kept any more: the oldest that is says more than nothing
            others = [state.version_id for state in self.states(document) if state.version_id != id]
            before = others[-1] if others else None
        return Changed(document, source, before if before != id else None, id, as_utc(fetched_at))
