"""What people thought of answers: one vote of a person on an answer, the last counts; the bad ones wait for an administrator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import delete, func, select, update

from vectorstore.database import Database
from vectorstore.moments import as_utc
from vectorstore.schema import answers, feedback

Vote = Literal["up", "down"]
Reason = Literal["wrong", "outdated", "missing", "bad_source"]
OPEN, CLOSED = "open", "closed"


@dataclass(frozen=True, slots=True)
class Opinion:
    """A vote against an answer, as an administrator sees it."""

    answer: str
    """The id of the answer."""
    question: str
    user: str
    reason: str
    """A Reason, or empty where none was given."""
    comment: str
    document: str
    """The id of the document that was reported; empty where it was the answer."""
    state: str
    at: datetime

    @property
    def key(self) -> str:
        return f"{self.answer}:{self.user}"


class Opinions:
    def __init__(self, database: Database) -> None:
        self._database = database

    def vote(self, answer: str, user: str, vote: Vote, *, reason: Reason | None = None, document: str = "") -> None:
        now = {"vote": vote, "reason": reason, "comment": None, "document": document or None}
        row = {"answer_id": answer, "user": user, "created_at": datetime.now(UTC), "state": OPEN, **now}
        with self._database.write() as connection:
            connection.execute(delete(feedback).where(*_theirs(answer, user)))
            connection.execute(feedback.insert().values(**row))

    def explain(self, answer: str, user: str, reason: Reason | None, comment: str) -> bool:
        """Why it was voted down; False where there is no such vote (any more)."""
        against = (*_theirs(answer, user), feedback.c.vote == "down")
        with self._database.write() as connection:
            values = {"reason": reason, "comment": comment or None, "state": OPEN}
            return bool(connection.execute(update(feedback).where(*against).values(**values)).rowcount)

    def inbox(self, team: str, *, limit: int, offset: int = 0) -> Sequence[Opinion]:
        """Votes against answers: the open ones first, the newest first of each."""
        query = (
            select(feedback, answers.c.question)
            .join(answers, answers.c.id == feedback.c.answer_id)
            .where(answers.c.team == team, feedback.c.vote == "down")
            .order_by(feedback.c.state.desc(), feedback.c.created_at.desc(), feedback.c.answer_id)
        )
        with self._database.read() as connection:
            return [_opinion(row) for row in connection.execute(query.limit(limit).offset(offset))]

    def waiting(self, team: str) -> int:
        """How many are open."""
        joined = select(func.count()).select_from(feedback).join(answers, answers.c.id == feedback.c.answer_id)
        against = (answers.c.team == team, feedback.c.vote == "down", feedback.c.state == OPEN)
        with self._database.read() as connection:
            return int(connection.execute(joined.where(*against)).scalar_one())

    def close(self, answer: str, user: str) -> bool:
        """An administrator is done with it; False where it is closed already, or is not there."""
        theirs = (*_theirs(answer, user), feedback.c.state == OPEN)
        with self._database.write() as connection:
            return bool(connection.execute(update(feedback).where(*theirs).values(state=CLOSED)).rowcount)


def _theirs(answer: str, user: str) -> tuple[Any, ...]:
    return (feedback.c.answer_id == answer, feedback.c.user == user)


def _opinion(row: Any) -> Opinion:
    at = as_utc(row.created_at)
    said = (row.reason or "", row.comment or "", row.document or "")
    return Opinion(row.answer_id, row.question, row.user, *said, row.state, at)
