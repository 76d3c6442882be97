"""Forgetting: what is left of documents, or of a person, in the tables beside the documents themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, or_, select, update

from vectorstore.database import Database
from vectorstore.schema import (
    answer_citations,
    answers,
    chunks,
    departures,
    documents,
    feedback,
    human_requests,
    intake,
    model_spending,
    plans,
    posting_subjects,
    postings,
    versions,
    viewed,
    withdrawals,
)


@dataclass(frozen=True, slots=True)
class Posted:
    """A message of ours in Slack that holds what is forgotten."""

    team: str
    channel: str
    message_ts: str
    thread_ts: str | None = None
    request: str | None = None
    """What marks the messages of the same reply that came after it."""


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
    """Delete the answers that quote or name these documents, and clean those that came near; the documents themselves are the
    knowledge base's to delete."""
    with database.write() as connection:
        kept = connection.execute(
            select(versions.c.id, versions.c.title).where(versions.c.document_id.in_(document_ids))
        ).all()
        ids = [row.id for row in kept]
        passages = connection.execute(
            select(func.count()).select_from(chunks).where(chunks.c.version_id.in_(ids))
        ).scalar_one()
        citing = set(
            connection.scalars(
                select(answer_citations.c.answer_id).where(answer_citations.c.document_id.in_(document_ids))
            )
        )
        naming = _clean(connection, set(document_ids), {row.title for row in kept}, citing)
        gone, posted = _delete_answers(connection, answers.c.id.in_(citing | naming))
        of = set(connection.scalars(select(documents.c.source_id).where(documents.c.id.in_(document_ids))))
        _delete_plans(connection, of)
        about = select(posting_subjects.c.posting_id).where(posting_subjects.c.subject.in_([*document_ids, *of]))
        more = _delete_postings(connection, postings.c.id.in_(about))
        connection.execute(delete(departures).where(departures.c.document_id.in_(document_ids)))
    return Erased(len(document_ids), len(kept), passages, gone, (*posted, *more))


def erase_person(database: Database, user: str) -> Erased:
    """Delete what a person asked, was answered and thought of answers; the caller compacts the database.

    Documents are not touched, nor is the audit trail, which knows people by their ids only.
    """
    with database.write() as connection:
        gone, posted = _delete_answers(connection, answers.c.user == user)
        about = select(posting_subjects.c.posting_id).where(posting_subjects.c.subject == user)
        more = _delete_postings(connection, or_(postings.c.user == user, postings.c.id.in_(about)))
        connection.execute(delete(feedback).where(feedback.c.user == user))
        connection.execute(delete(viewed).where(viewed.c.user == user))
        connection.execute(delete(model_spending).where(model_spending.c.account == f"user:{user}"))
        theirs = [
            row.event_id
            for row in connection.execute(select(intake.c.event_id, intake.c.payload)).all()
            if row.payload.get("user") == user
        ]
        for id in theirs:
            connection.execute(update(intake).where(intake.c.event_id == id).values(payload={}))
    return Erased(0, 0, 0, gone, (*posted, *more))


def erase_departures(database: Database, source_ids: Sequence[str]) -> None:
    """Forget what is remembered of documents that had left these sources before."""
    with database.write() as connection:
        connection.execute(delete(departures).where(departures.c.source_id.in_(source_ids)))


def to_withdraw(database: Database) -> list[Posted]:
    """Messages that hold what was forgotten and were not deleted yet."""
    with database.read() as connection:
        return [Posted(**row) for row in connection.execute(select(withdrawals)).mappings()]


def withdrawn(database: Database, message: Posted) -> None:
    """It is deleted, or can never be."""
    same = [withdrawals.c[name] == getattr(message, name) for name in ("team", "channel", "message_ts")]
    with database.write() as connection:
        connection.execute(delete(withdrawals).where(*same))


def _clean(
    connection: Connection, document_ids: Collection[str], titles: Collection[str], citing: Collection[str]
) -> set[str]:
    """Take out of other answers what they keep of these documents beside quotes: that they were found, sentences that were held
    back, and the question as it was understood after an answer that quotes them. Returns the ids of those that name a title."""
    naming: set[str] = set()
    place = (answers.c.team, answers.c.channel, answers.c.thread_ts)
    threads = {tuple(row) for row in connection.execute(select(*place).where(answers.c.id.in_(citing)))}
    for row in connection.execute(select(answers)).mappings().all():
        before = row["answer"]
        if row["id"] in citing:
            continue
        if set(titles) & set(before.get("nearest", ())):
            naming.add(row["id"])
            continue
        after = _without_traces(before, document_ids)
        values: dict[str, Any] = {}
        if row["thread_ts"] and (row["team"], row["channel"], row["thread_ts"]) in threads:
            after = after | {"searched": {**after.get("searched", {}), "query": row["question"]}}
            values = {"standalone": row["question"]}
        if values or after != before:
            connection.execute(update(answers).where(answers.c.id == row["id"]).values(answer=after, **values))
    return naming


def _without_traces(answer: Mapping[str, Any], document_ids: Collection[str]) -> dict[str, Any]:
    """A stored answer as it would be had the documents not been found for it."""
    trace = answer.get("trace") or {}
    found = trace.get("passages", [])
    left = [passage for passage in found if passage["document"] not in document_ids]
    if len(left) == len(found):
        return dict(answer)
    return {**answer, "rejected": [], "trace": {**trace, "passages": left}}


def _delete_plans(connection: Connection, of: Collection[str]) -> None:
    """Plans are called after the sources they look at, which are given by their ids."""
    rows = connection.execute(select(plans.c.id, plans.c.sources).where(plans.c.state != "running")).all()
    connection.execute(delete(plans).where(plans.c.id.in_([row.id for row in rows if {*of} & {*row.sources}])))


def _delete_answers(connection: Connection, which: ColumnElement[bool]) -> tuple[int, tuple[Posted, ...]]:
    """With the messages they stand in, and those that call people with their questions, which are put down to be withdrawn."""
    replied = and_(
        intake.c.team == answers.c.team,
        intake.c.channel == answers.c.channel,
        intake.c.reply_ts == answers.c.message_ts,
    )
    columns = (answers.c.id, answers.c.team, answers.c.channel, answers.c.message_ts, answers.c.thread_ts)
    rows = connection.execute(
        select(*columns, intake.c.event_id, intake.c.payload).outerjoin(intake, replied).where(which)
    ).all()
    ids = {row.id for row in rows}
    posted = {
        (row.team, row.channel, row.message_ts): Posted(
            row.team,
            row.channel,
            row.message_ts,
            row.thread_ts,
            (row.payload or {}).get("first") or row.event_id,
        )
        for row in rows
        if row.message_ts
    }
    calls = select(human_requests).where(human_requests.c.answer_id.in_(ids), human_requests.c.message_ts.is_not(None))
    for row in connection.execute(calls).mappings():
        key = (row["team"], row["channel"], row["message_ts"])
        posted[key] = Posted(*key, row["thread_ts"])
    _put_down(connection, posted.values())
    connection.execute(delete(answers).where(answers.c.id.in_(ids)))
    return len(ids), tuple(posted.values())


def _delete_postings(connection: Connection, which: ColumnElement[bool]) -> tuple[Posted, ...]:
    """Digests, plans, reports and summaries, which are put down to be withdrawn too."""
    columns = [postings.c[name] for name in ("team", "channel", "message_ts", "thread_ts", "request")]
    rows = connection.execute(select(postings.c.id, *columns).where(which)).mappings().all()
    posted = tuple(Posted(**{name: value for name, value in row.items() if name != "id"}) for row in rows)
    _put_down(connection, posted)
    connection.execute(delete(postings).where(postings.c.id.in_([row["id"] for row in rows])))
    return posted


def _put_down(connection: Connection, posted: Iterable[Posted]) -> None:
    """To be withdrawn; each once."""
    for message in posted:
        same = [withdrawals.c[name] == getattr(message, name) for name in ("team", "channel", "message_ts")]
        connection.execute(delete(withdrawals).where(*same))
        connection.execute(withdrawals.insert().values(**asdict(message)))
