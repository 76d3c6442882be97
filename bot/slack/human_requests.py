"""Questions for which somebody asked for a human: one request for an answer, open until it is resolved."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from vectorstore.database import Database
from vectorstore.moments import as_utc
from vectorstore.schema import answers, human_requests

OPEN, RESOLVED = "open", "resolved"

_PERSON = re.compile(r"[UW][A-Z0-9]{2,40}")
_GROUP = re.compile(r"S[A-Z0-9]{2,40}")


@dataclass(frozen=True, slots=True)
class HumanRequest:
    answer: str
    """The id of the answer that did not do."""
    request: str
    """The id of the request that made it, so that work begun twice knows its own."""
    team: str
    channel: str
    thread_ts: str
    question: str
    asked_by: str
    asked_by_name: str
    humans: tuple[str, ...]
    """Who was called: ids of people and user groups."""
    at: datetime
    message_ts: str | None = None
    """Our message that calls them."""
    state: str = OPEN
    resolved_by_name: str = ""

    @property
    def called_a_group(self) -> bool:
        return any(is_group(each) for each in self.humans)


def callable_ids(configured: Iterable[str]) -> tuple[str, ...]:
    """The ids of people and user groups among what is configured; whatever else stands there is nobody."""
    return tuple(each for each in dict.fromkeys(configured) if _PERSON.fullmatch(each) or is_group(each))


def is_group(id: str) -> bool:
    return bool(_GROUP.fullmatch(id))


class HumanRequests:
    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, wanted: HumanRequest) -> bool:
        """Whether it is the request for this answer: the first is, also when it is made again; any other is not."""
        row = {name: getattr(wanted, name) for name in _COLUMNS} | {"answer_id": wanted.answer}
        row |= {"request_id": wanted.request, "humans": list(wanted.humans), "created_at": wanted.at}
        with self._database.write() as connection:
            self._database.insert_ignoring(connection, human_requests, row)
        made = self.find(wanted.answer)
        return made is not None and made.request == wanted.request

    def posted(self, answer: str, message_ts: str) -> None:
        self._set(answer, message_ts=message_ts)

    def resolve(self, answer: str, name: str) -> None:
        self._set(answer, state=RESOLVED, resolved_by_name=name)

    def find(self, answer: str) -> HumanRequest | None:
        return self._first(human_requests.c.answer_id == answer)

    def in_thread(self, team: str, channel: str, thread_ts: str) -> HumanRequest | None:
        """The last one of a thread."""
        at = human_requests.c
        return self._first(at.team == team, at.channel == channel, at.thread_ts == thread_ts)

    def about(self, team: str, channel: str, message_ts: str) -> HumanRequest | None:
        """The one for the answer that stands in this message."""
        there = (answers.c.team == team, answers.c.channel == channel, answers.c.message_ts == message_ts)
        return self._first(human_requests.c.answer_id.in_(select(answers.c.id).where(*there)))

    def waiting(self, team: str, limit: int) -> Sequence[HumanRequest]:
        """The open ones, the oldest first."""
        conditions = (human_requests.c.team == team, human_requests.c.state == OPEN)
        query = select(human_requests).where(*conditions).order_by(human_requests.c.created_at).limit(limit)
        with self._database.read() as connection:
            return [_request(row) for row in connection.execute(query)]

    def _first(self, *conditions: Any) -> HumanRequest | None:
        query = select(human_requests).where(*conditions).order_by(human_requests.c.created_at.desc()).limit(1)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return _request(row) if row else None

    def _set(self, answer: str, **values: Any) -> None:
        with self._database.write() as connection:
            connection.execute(update(human_requests).where(human_requests.c.answer_id == answer).values(**values))


_COLUMNS = (
    *("team", "channel", "thread_ts", "question", "asked_by", "asked_by_name", "message_ts", "state"),
    "resolved_by_name",
)


def _request(row: Any) -> HumanRequest:
    at = as_utc(row.created_at)
    same = {name: getattr(row, name) for name in _COLUMNS}
    return HumanRequest(row.answer_id, row.request_id, humans=tuple(row.humans), at=at, **same)
