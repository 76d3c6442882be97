"""The durable inbox: what we have acknowledged is in SQL, once.

Requests that arrive together are committed together: one disk flush for a burst instead of one for each.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from queue import Queue
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from bot.slack.failpoints import Failpoint
from bot.slack.request import Request
from vectorstore.database import Database
from vectorstore.moments import as_utc
from vectorstore.schema import intake

RECEIVED, DONE, DEAD, REFUSED, WITHDRAWN = "received", "done", "dead", "refused", "withdrawn"

# Built once: putting one together takes longer than running it, and every question needs them several times.
_WITH_ID = select(intake).where(intake.c.event_id == bindparam("id"))
_BEGIN = (
    update(intake)
    .where(intake.c.event_id == bindparam("id"))
    .values(attempts=intake.c.attempts + 1)
    .returning(intake.c.attempts)
)
_FINISH = update(intake).where(intake.c.event_id == bindparam("id"), intake.c.state != WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Kept:
    """A request with what has become of it."""

    request: Request
    state: str
    attempts: int
    """How often work on it was begun."""
    reply_ts: str | None
    """The timestamp of our final message, where it has one."""
    reference: str | None
    received_at: datetime
    stream_ts: str | None = None
    """The message the reply is streamed into; "" while Slack may or may not have begun it."""
    stopped_by: str | None = None
    """Who pressed Stop."""


class Intake:
    """`start` before the first claim, `stop` after the last."""

    def __init__(self, database: Database, failpoint: Failpoint) -> None:
        self._database = database
        self._failpoint = failpoint
        self._waiting: Queue[tuple[Request, Future[bool]] | None] = Queue()
        self._committer = threading.Thread(target=self._commit_groups, name="intake", daemon=True)

    def start(self) -> None:
        self._committer.start()

    def stop(self) -> None:
        self._waiting.put(None)
        self._committer.join()

    def claim(self, request: Request) -> Future[bool]:
        """True once the request is on disk; False when it, or its message, already was.

        The future raises SQLAlchemyError when it could not be kept: then do not acknowledge.
        """
        future: Future[bool] = Future()
        self._waiting.put((request, future))
        return future

    def find(self, id: str) -> Kept | None:
        with self._database.read() as connection:
            row = connection.execute(_WITH_ID, {"id": id}).mappings().first()
        return _kept(row) if row else None

    def find_message(self, team: str, channel: str, message_ts: str) -> Kept | None:
        """The request that this message made."""
        same = (intake.c.team == team, intake.c.channel == channel, intake.c.message_ts == message_ts)
        with self._database.read() as connection:
            row = connection.execute(select(intake).where(*same)).mappings().first()
        return _kept(row) if row else None

    def edits_of(self, team: str, channel: str, message_ts: str) -> list[Kept]:
        """The requests that edits of this message made, oldest edit first; their ids follow the time of the edit."""
        same = (intake.c.team == team, intake.c.channel == channel, intake.c.edits == message_ts)
        with self._database.read() as connection:
            rows = connection.execute(select(intake).where(*same).order_by(intake.c.event_id)).mappings().all()
        return [_kept(row) for row in rows]

    def answered_unasked(self, team: str, channel: str, since: datetime) -> int:
        """How many questions that addressed nobody were answered in the channel since then."""
        here = (intake.c.team == team, intake.c.channel == channel, intake.c.kind == "unasked")
        recent = (intake.c.reply_ts.is_not(None), intake.c.finished_at >= since)
        with self._database.read() as connection:
            return int(connection.scalar(select(func.count()).select_from(intake).where(*here, *recent)) or 0)

    def unfinished(self, older_than: timedelta = timedelta(0)) -> list[str]:
        """The ids of requests that nobody has finished, oldest first."""
        before = datetime.now(UTC) - older_than
        query = select(intake.c.event_id).where(intake.c.state == RECEIVED, intake.c.received_at <= before)
        with self._database.read() as connection:
            return list(connection.scalars(query.order_by(intake.c.received_at)))

    def begin(self, id: str) -> int:
        """Count an attempt; returns its number, from 1."""
        with self._database.write(flushed=False) as connection:
            return int(connection.execute(_BEGIN, {"id": id}).scalar_one())

    def finish(self, id: str, state: str = DONE, reply_ts: str | None = None, reference: str | None = None) -> None:
        values = {"state": state, "reply_ts": reply_ts, "reference": reference, "finished_at": datetime.now(UTC)}
        with self._database.write(flushed=False) as connection:
            connection.execute(_FINISH, {"id": id, **values})

    def forget_text(self, id: str) -> None:
        """What was asked is done: its words are not needed any more."""
        with self._database.write() as connection:
            payload = connection.execute(select(intake.c.payload).where(intake.c.event_id == id)).scalar() or {}
            kept = {**payload, "text": ""} if payload else {}
            connection.execute(update(intake).where(intake.c.event_id == id).values(payload=kept))

    def replied(self, id: str, reply_ts: str | None) -> None:
        """Note where our reply is, of a request that ended without one."""
        with self._database.write() as connection:
            without = (intake.c.event_id == id, intake.c.reply_ts.is_(None))
            connection.execute(update(intake).where(*without).values(reply_ts=reply_ts))

    def withdraw(self, id: str) -> None:
        """The question is gone: forget its text, answer it no more."""
        with self._database.write() as connection:
            values = {"state": WITHDRAWN, "payload": {}, "finished_at": datetime.now(UTC)}
            connection.execute(update(intake).where(intake.c.event_id == id).values(**values))

    def note_stream(self, id: str, ts: str | None) -> None:
        """`ts` as in `Kept.stream_ts`. That one is begun is on disk before it is; which it is can be found again."""
        with self._database.write(flushed=ts == "") as connection:
            connection.execute(update(intake).where(intake.c.event_id == id).values(stream_ts=ts))

    def note_stop(self, channel: str, thread_ts: str, user: str) -> list[str]:
        """Note who no longer wants what is worked on in this thread; returns the ids of those requests."""
        unfinished = (intake.c.channel == channel, intake.c.state == RECEIVED)
        with self._database.write() as connection:
            rows = connection.execute(select(intake.c.event_id, intake.c.payload).where(*unfinished)).all()
            ids = [row.event_id for row in rows if row.payload.get("thread_ts") == thread_ts]
            connection.execute(update(intake).where(intake.c.event_id.in_(ids)).values(stopped_by=user))
        return ids

    # -- one flush for all who wait ---------------------------------------------------------------------------------

    def _commit_groups(self) -> None:
        while (first := self._waiting.get()) is not None:
            group = [first]
            while not self._waiting.empty() and len(group) < 500:
                following = self._waiting.get()
                if following is None:
                    self._waiting.put(None)
                    break
                group.append(following)
            self._commit(group)

    def _commit(self, group: list[tuple[Request, Future[bool]]]) -> None:
        self._failpoint("before-commit")
        try:
            with self._database.write() as connection:
                new = {
                    id for (id,) in self._database.insert_all_ignoring(connection, intake, [_row(r) for r, _ in group])
                }
        except SQLAlchemyError as error:
            for _, future in group:
                future.set_exception(error)
            return
        self._failpoint("after-commit")
        for request, future in group:
            future.set_result(request.id in new)
            new.discard(request.id)  # the same event twice in a group: the second is the duplicate


def _row(request: Request) -> dict[str, Any]:
    return {
        "event_id": request.id,
        "team": request.team,
        "channel": request.channel,
        "message_ts": request.message_ts,
        "kind": request.kind,
        "payload": request.payload(),
        "received_at": datetime.now(UTC),
        "state": RECEIVED,
        "attempts": 0,
        "edits": request.edits,
    }


def _kept(row: Mapping[Any, Any]) -> Kept:
    payload = row["payload"] or {"kind": row["kind"], "user": "", "text": ""}
    always = {"id": row["event_id"], "team": row["team"], "channel": row["channel"]}
    received = row["received_at"]
    return Kept(
        request=Request(**{**payload, **always, "files": tuple(payload.get("files") or ())}),
        state=row["state"],
        attempts=row["attempts"],
        reply_ts=row["reply_ts"],
        reference=row["reference"],
        received_at=as_utc(received),
        stream_ts=row["stream_ts"],
        stopped_by=row["stopped_by"],
    )
