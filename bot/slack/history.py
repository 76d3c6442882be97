"""What was asked, looked back on: a person's own answers, what stayed unanswered, and how much was asked in each week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from vectorstore.database import Database
from vectorstore.schema import answers
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
        return [Asked(row.id, row.question, bool(row.answered), _utc(row.created_at)) for row in rows]

    def unanswered(self, team: str, since: datetime) -> tuple[Sequence[Group], int]:
        """What was asked where others see it, grouped by its words, the most frequent first; and how much was asked privately."""
        return self._grouped(answers.c.team == team, answers.c.answered.is_(False), answers.c.created_at >= since)

    def most_asked(self, team: str, since: datetime) -> Sequence[Group]:
        """Likewise of all questions, those asked more than once."""
        found, _ = self._grouped(answers.c.team == team, answers.c.created_at >= since)
        return [each for each in found if each.times > 1]

    def _grouped(self, *conditions: Any) -> tuple[Sequence[Group], int]:
        columns = (answers.c.standalone, answers.c.channel, answers.c.is_private, answers.c.created_at)
        query = select(*columns).where(*conditions).order_by(answers.c.created_at.desc()).limit(MOST_LOOKED_AT)
        groups: dict[frozenset[str], list[Any]] = {}
        private = 0
        for row in self._rows(query):
            if row.is_private:
                private += 1
                continue
            words = frozenset(content_stems(row.standalone)) or frozenset([row.standalone.casefold()])
            groups.setdefault(words, []).append(row)
        found = [_group(rows) for rows in groups.values()]
        return sorted(found, key=lambda each: (-each.times, -each.at.timestamp())), private

    def weeks(self, team: str, today: date) -> Sequence[Week]:
        """The last WEEKS weeks, the oldest first, this one included."""
        monday = today - timedelta(days=today.weekday())
        first = monday - timedelta(weeks=WEEKS - 1)
        since = datetime(first.year, first.month, first.day, tzinfo=UTC)
        query = select(answers.c.created_at, answers.c.answered)
        counts = {first + timedelta(weeks=n): [0, 0] for n in range(WEEKS)}
        for row in self._rows(query.where(answers.c.team == team, answers.c.created_at >= since)):
            day = _utc(row.created_at).date()
            week = counts.get(day - timedelta(days=day.weekday()))
            if week:
                week[0 if row.answered else 1] += 1
        return [Week(day, *count) for day, count in counts.items()]

    def _rows(self, query: Any) -> Sequence[Any]:
        with self._database.read() as connection:
            return connection.execute(query).all()


def _group(rows: Sequence[Any]) -> Group:
    channels = tuple(dict.fromkeys(row.channel for row in rows))
    return Group(rows[0].standalone, len(rows), channels, _utc(rows[0].created_at))


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
