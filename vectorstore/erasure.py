"""Forgetting: what is left of documents, or of a person, in the tables beside the documents themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update

from vectorstore.database import Database
from vectorstore.schema import answer_citations, answers, chunks, feedback, intake, versions


@dataclass(frozen=True, slots=True)
class Posted:
    """A message of ours in Slack that holds what is forgotten."""

    team: str
    channel: str
    message_ts: str


@dataclass(frozen=True, slots=True)
class Erased:
    """Counts of what there was; nothing of what it said."""

    documents: int
    versions: int
    passages: int
    answers: int
    posted: tuple[Posted, ...]
    """Messages that are to be withdrawn; those only one person saw cannot be."""


def erase_from_sql(database: Database, document_ids: Sequence[str]) -> Erased:
    """Delete the answers that quote these documents; their texts are the knowledge base's to delete."""
    with database.write() as connection:
        kept = connection.execute(select(versions.c.id).where(versions.c.document_id.in_(document_ids))).scalars().all()
        passages = connection.execute(
            select(func.count()).select_from(chunks).where(chunks.c.version_id.in_(kept))
        ).scalar_one()
        citing = select(answer_citations.c.answer_id).where(answer_citations.c.document_id.in_(document_ids))
        gone, posted = _delete_answers(connection, answers.c.id.in_(citing))
    return Erased(len(document_ids), len(kept), passages, gone, posted)


def erase_person(database: Database, user: str) -> Erased:
    """Delete what a person asked, was answered and thought of answers; the caller compacts the database.

    Documents are not touched, nor is the audit trail, which knows people by their ids only.
    """
    with database.write() as connection:
        gone, posted = _delete_answers(connection, answers.c.user == user)
        connection.execute(delete(feedback).where(feedback.c.user == user))
        theirs = [
            row.event_id
            for row in connection.execute(select(intake.c.event_id, intake.c.payload)).all()
            if row.payload.get("user") == user
        ]
        for id in theirs:
            connection.execute(update(intake).where(intake.c.event_id == id).values(payload={}))
    return Erased(0, 0, 0, gone, posted)


def _delete_answers(connection: Any, which: ColumnElement[bool]) -> tuple[int, tuple[Posted, ...]]:
    rows = connection.execute(
        select(answers.c.id, answers.c.team, answers.c.channel, answers.c.message_ts).where(which)
    ).all()
    connection.execute(delete(answers).where(answers.c.id.in_([row.id for row in rows])))
    return len(rows), tuple(Posted(row.team, row.channel, row.message_ts) for row in rows if row.message_ts)
