"""What was asked, looked back on: a person's own answers, what stayed unanswered, and how much was asked in each week."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import delete, insert, select

from vectorstore.database import Database
from vectorstore.moments import as_utc
from vectorstore.schema import answers, handled_questions
from vectorstore.words import content_stems

WEEKS = 8
MOST_LOOKED_AT = 2000
"""Questions that are grouped."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a person, without its answer's text."""

    answer: str
    question: str
    answered: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """Questions in the same words."""

    question: str
    """As it was asked last."""
    times: int
    channels: tuple[str, ...]
    at: datetime
    answer: str
    """The id of the last answer."""
    words: str
    """A hash of the words they share: 32 hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class Week:
    first_day: date
    """Its Monday."""
    answered: int
    abstained: int


class History:
    def __init__(self, database: Database) -> None:
        self._database = database

    def mine(self, team: str, user: str, limit: int) -> Sequence[Asked]:
        """The last ones of this person, the newest first."""
        columns = (answers.c.id, answers.c.question, answers.c.answered, answers.c.created_at)
        query = select(*columns).where(answers.c.team == team, answers.c.user == user)
        rows = self._rows(query.order_by(answers.c.created_at.desc()).limit(limit))
        return [Asked(row.id, row.question, bool(row.answered), as_utc(row.created_at)) for row in rows]

    def unanswered(self, team: str, since: datetime) -> tuple[Sequence[Group], int]:
        """What was asked where others see it, grouped by its words, the most frequent first; and how much was asked privately.

        Without what was asked before somebody handled it.
        """
        query = select(handled_questions).where(handled_questions.c.team == team, handled_questions.c.at >= since)
        handled = {row.words: as_utc(row.at) for row in self._rows(query)}
        conditions = (answers.c.team == team, answers.c.answered.is_(False), answers.c.created_at >= since)
        return self._grouped(*conditions, handled=handled)

    def handle(self, team: str, words: str, at: datetime) -> None:
        """Questions with these words that were asked until then are handled."""
        same = (handled_questions.c.team == team, handled_questions.c.words == words)
        with self._database.write() as connection:
            connection.execute(delete(handled_questions).where(*same))
            connection.execute(insert(handled_questions).values(team=team, words=words, at=at))

    def most_asked(self, team: str, since: datetime) -> Sequence[Group]:
        """Likewise of all questions, those asked more than once."""
        found, _ = self._grouped(answers.c.team == team, answers.c.created_at >= since)
        return [each for each in found if each.times > 1]

    def _grouped(
        self, *conditions: Any, handled: Mapping[str, datetime] = MappingProxyType({})
    ) -> tuple[Sequence[Group], int]:
        """`handled`: until when, by the hash of the words."""
        columns = (answers.c.id, answers.c.standalone, answers.c.channel, answers.c.is_private, answers.c.created_at)
        query = select(*columns).where(*conditions).order_by(answers.c.created_at.desc()).limit(MOST_LOOKED_AT)
        groups: dict[str, list[Any]] = {}
        private = 0
        for row in self._rows(query):
            if row.is_private:
                private += 1
                continue
            words = _hash_of_words(row.standalone)
            if words not in handled or as_utc(row.created_at) > handled[words]:
                groups.setdefault(words, []).append(row)
        found = [_group(words, rows) for words, rows in groups.items()]
        return sorted(found, key=lambda each: (-each.times, -each.at.timestamp())), private

    def weeks(self, team: str, today: date) -> Sequence[Week]:
        """The last WEEKS weeks, the oldest first, this one included."""
        monday = today - timedelta(days=today.weekday())
        first = monday - timedelta(weeks=WEEKS - 1)
        since = datetime(first.year, first.month, first.day, tzinfo=UTC)
        query = select(answers.c.created_at, answers.c.answered)
        counts = {first + timedelta(weeks=n): [0, 0] for n in range(WEEKS)}
        for row in self._rows(query.where(answers.c.team == team, answers.c.created_at >= since)):
            day = as_utc(row.created_at).date()
            week = counts.get(day - timedelta(days=day.weekday()))
            if week:
                week[0 if row.answered else 1] += 1
        return [Week(day, *count) for day, count in counts.items()]

    def _rows(self, query: Any) -> Sequence[Any]:
        with self._database.read() as connection:
            return connection.execute(query).all()


def _hash_of_words(question: str) -> str:
    words = set(content_stems(question)) or {question.casefold()}
    return hashlib.sha256(" ".join(sorted(words)).encode(errors="replace")).hexdigest()[:32]


def _group(words: str, rows: Sequence[Any]) -> Group:
    channels, last = tuple(dict.fromkeys(row.channel for row in rows)), rows[0]
    return Group(last.standalone, len(rows), channels, as_utc(last.created_at), last.id, words)
