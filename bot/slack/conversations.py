"""What was said before: the answers we gave, the turns they make."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, or_, select, update

from bot.slack.intake import REFUSED, WITHDRAWN
from bot.slack.request import Request
from bot.values import Answer, Turn
from vectorstore.database import Database
from vectorstore.moments import as_utc
from vectorstore.schema import answer_citations, answers, intake, quiet_threads, sources
from vectorstore.scopes import thread_scope

REMEMBERED_TURNS = 5
DIRECT_MEMORY = timedelta(hours=1)
"""In a direct conversation, what was said longer ago is another subject to a question that opens a thread."""

_ANSWER: TypeAdapter[Answer] = TypeAdapter(Answer)

# Built once, for every question needs them: see intake.py.
_WITH_ID = select(answers).where(answers.c.id == bindparam("id"))
_POSTED = update(answers).where(answers.c.id == bindparam("id_"))
_HAS_FILES = select(exists().where(sources.c.scope == bindparam("scope")))


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it was given."""

    id: str
    team: str
    channel: str
    thread_ts: str | None
    user: str
    """Who asked."""
    question: str
    answer: Answer
    is_private: bool = False
    """Only the person who asked has seen it."""
    message_ts: str | None = None
    """Our message; None where only the person who asked sees it, or while it is not posted yet."""
    at: datetime | None = None
    """When it was kept."""
    is_summary: bool = False
    """Of the document that the question names."""

    def is_open_to(self, user: str, channel: str) -> bool:
        """Whether a button under it is believed: of whoever asked anywhere, of others where they all see it."""
        return user == self.user or (not self.is_private and channel == self.channel)


def answer_id(request_id: str) -> str:
    """Derived, so that work done twice makes one answer."""
    return hashlib.sha256(request_id.encode()).hexdigest()[:24]


class Conversations:
    def __init__(self, database: Database) -> None:
        self._database = database

    def is_ours(self, team: str, channel: str, thread_ts: str) -> bool:
        """Whether what is said in this thread is said to us: it began with a question to us, or we answered or read files
        in it, and nobody has told us to be quiet there. A question that addressed nobody was not to us before we answered.

        An answer counts from when it is kept, before it is posted: its reader may be quicker than our notes.
        """
        root = (intake.c.team == team, intake.c.channel == channel, intake.c.message_ts == thread_ts)
        began = exists().where(*root, intake.c.state.not_in((REFUSED, WITHDRAWN)), intake.c.kind != "unasked")
        answered = exists().where(*_in_thread(team, channel, thread_ts))
        has_files = exists().where(sources.c.scope == thread_scope(channel, thread_ts))
        with self._database.read() as connection:
            return bool(
                connection.scalar(select(and_(or_(began, answered, has_files), ~_is_quiet(team, channel, thread_ts))))
            )

    def hush(self, request: Request, thread_ts: str, *, quiet: bool) -> bool:
        """Be quiet in the thread to all but mentions, or no longer; True where this request made it so, also when it is
        done twice."""
        place = {"team": request.team, "channel": request.channel, "thread_ts": thread_ts}
        row = {**place, "is_quiet": False, "request_id": ""}
        here = (*(quiet_threads.c[name] == value for name, value in place.items()),)
        with self._database.write() as connection:
            self._database.insert_ignoring(connection, quiet_threads, row)
            now = connection.execute(select(quiet_threads).where(*here)).mappings().one()
            if now["is_quiet"] == quiet:
                return bool(now["request_id"] == request.id)
            connection.execute(update(quiet_threads).where(*here).values(is_quiet=quiet, request_id=request.id))
            return True

    def thread_scopes(self, channel: str, thread_ts: str | None) -> tuple[str, ...]:
        """The scope of what was read for this thread; none where nothing was."""
        if thread_ts is None:
            return ()
        scope = thread_scope(channel, thread_ts)
        with self._database.read() as connection:
            known = connection.scalar(_HAS_FILES, {"scope": scope})
        return (scope,) if known else ()

    def turns(self, request: Request) -> tuple[Turn, ...]:
        """The last exchanges of the request's conversation, oldest first; none for a private reply to a command."""
        if request.response_url:
            return ()
        if request.is_direct and request.opens_thread:
            here = [answers.c.team == request.team, answers.c.channel == request.channel]
            conditions = [*here, answers.c.created_at > datetime.now(UTC) - DIRECT_MEMORY]
        else:
            conditions = _in_thread(request.team, request.channel, request.thread_ts)
        conditions.append(answers.c.id != answer_id(request.id))
        query = select(answers.c.standalone, answers.c.answer).where(*conditions)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(answers.c.created_at.desc()).limit(REMEMBERED_TURNS)).all()
        return tuple(Turn(row.standalone, _ANSWER.validate_python(row.answer).text) for row in reversed(rows))

    def keep(self, request: Request, answer: Answer) -> str:
        """Store the answer and its citations; returns its id. Kept twice, it is kept once."""
        id = answer_id(request.id)
        row: dict[str, Any] = {
            "id": id,
            "team": request.team,
            "channel": request.channel,
            "thread_ts": request.thread_ts,
            "message_ts": None,
            "user": request.user,
            "question": request.text,
            "standalone": answer.searched.query or request.text,
            "answer": _ANSWER.dump_python(answer, mode="json"),
            "created_at": datetime.now(UTC),
            "is_private": request.is_private,
            "answered": answer.answered,
            "kind": "summary" if request.kind == "summary" else "question",
        }
        cited = _cited(id, answer)
        with self._database.write() as connection:
            if self._database.insert_ignoring(connection, answers, row) and cited:
                connection.execute(answer_citations.insert(), cited)
        return id

    def posted(self, id: str, message_ts: str | None) -> None:
        with self._database.write(flushed=False) as connection:
            connection.execute(_POSTED, {"id_": id, "message_ts": message_ts})

    def find(self, id: str) -> Given | None:
        with self._database.read() as connection:
            row = connection.execute(_WITH_ID, {"id": id}).first()
        if row is None:
            return None
        return _given(row)

    def discard(self, id: str) -> None:
        """Erase an answer that nobody is to get."""
        with self._database.write() as connection:
            connection.execute(delete(answers).where(answers.c.id == id))

    def forget(self, team: str, channel: str, message_ts: str) -> None:
        """Erase the answer that was given in this message, with its citations and votes."""
        message = (answers.c.team == team, answers.c.channel == channel, answers.c.message_ts == message_ts)
        with self._database.write() as connection:
            connection.execute(delete(answers).where(*message))


def _cited(id: str, answer: Answer) -> list[dict[str, Any]]:
    """The rows of its citations."""
    cited = {citation.n: citation for statement in answer.statements for citation in statement.citations}
    return [
        {
            "answer_id": id,
            "n": n,
            "document_id": each.document,
            "version_id": each.version,
            "start": each.start,
            "end": each.end,
            "quote": each.quote,
        }
        for n, each in cited.items()
    ]


def _given(row: Any) -> Given:
    answer = _ANSWER.validate_python(row.answer)
    where = (row.id, row.team, row.channel, row.thread_ts, row.user, row.question)
    at = as_utc(row.created_at)
    return Given(*where, answer, bool(row.is_private), row.message_ts, at, row.kind == "summary")


def _is_quiet(team: str, channel: str, thread_ts: str) -> ColumnElement[bool]:
    here = (quiet_threads.c.team == team, quiet_threads.c.channel == channel, quiet_threads.c.thread_ts == thread_ts)
    return exists().where(*here, quiet_threads.c.is_quiet)


def _in_thread(team: str, channel: str, thread_ts: str | None) -> list[Any]:
    thread = answers.c.thread_ts.is_(None) if thread_ts is None else answers.c.thread_ts == thread_ts
    return [answers.c.team == team, answers.c.channel == channel, thread]
