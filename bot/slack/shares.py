"""Which private answers were shown to their channel: each at most once."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from vectorstore.database import Database
from vectorstore.schema import answers, shared_answers


class Shares:
    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, answer: str, request: str) -> bool:
        """True where this request is the one that shares the answer, also when it asks twice."""
        row = {"answer_id": answer, "request_id": request}
        with self._database.write() as connection:
            self._database.insert_ignoring(connection, shared_answers, row)
            query = select(shared_answers.c.request_id).where(shared_answers.c.answer_id == answer)
            return connection.execute(query).scalar() == request

    def release(self, answer: str, request: str) -> None:
        """It could not be shown: another click may."""
        mine = (shared_answers.c.answer_id == answer, shared_answers.c.request_id == request)
        with self._database.write() as connection:
            connection.execute(delete(shared_answers).where(*mine))

    def shown(self, answer: str, message_ts: str) -> None:
        """The answer as everybody sees it stands in this message, which opens a thread."""
        values = {"message_ts": message_ts, "thread_ts": message_ts}
        with self._database.write() as connection:
            connection.execute(update(answers).where(answers.c.id == answer).values(**values))
