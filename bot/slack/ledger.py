"""The ledger: which answers that were given stand on documents that say something else now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import and_, exists, func, select

from vectorstore.database import Database
from vectorstore.schema import answer_citations, answers, documents, ledger

REMEMBERED = timedelta(days=30)
"""Answers older than this are left as they were given."""
GONE = ""
"""The version of a document that is no longer there."""


@dataclass(frozen=True, slots=True)
class Stale:
    """An answer that cites a version of a document that is not its current one, and was not looked at since."""

    answer: str
    document: str
    version: str
    """The id of the document's current version, or GONE."""


class Ledger:
    def __init__(self, database: Database) -> None:
        self._database = database

    def stale(self, limit: int) -> list[Stale]:
        """Posted answers of the last 30 days to look at, the newest first. What only one person saw is not among them."""
        now = func.coalesce(documents.c.current_version, GONE)
        looked = exists().where(
            ledger.c.answer_id == answers.c.id,
            ledger.c.document_id == answer_citations.c.document_id,
            ledger.c.version_id == now,
        )
        query = (
            select(answers.c.id, answer_citations.c.document_id, now.label("version"), answers.c.created_at)
            .join(answer_citations, answer_citations.c.answer_id == answers.c.id)
            .outerjoin(documents, documents.c.id == answer_citations.c.document_id)
            .where(
                and_(answers.c.message_ts.is_not(None), answers.c.created_at > datetime.now(UTC) - REMEMBERED),
                answer_citations.c.version_id != now,
                ~looked,
            )
            .distinct()
            .order_by(answers.c.created_at.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return [Stale(row.id, row.document_id, row.version) for row in connection.execute(query)]

    def looked_at(self, stale: Stale, *, changed: bool) -> None:
        """Remember that this answer was compared with this version, and whether a sentence it cites changed."""
        row = {
            "answer_id": stale.answer,
            "document_id": stale.document,
            "version_id": stale.version,
            "changed": changed,
        }
        with self._database.write() as connection:
            self._database.insert_ignoring(connection, ledger, {**row, "at": datetime.now(UTC)})
