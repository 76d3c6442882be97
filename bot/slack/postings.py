"""The ledger beside answers: digests, plans, reports and summaries in Slack, with what they quote or name.

What only one person saw is not among them: nobody can change it any more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import exists, select, update

from bot.slack.ledger import REMEMBERED
from bot.slack.library import Subject
from bot.slack.request import Request
from vectorstore.database import Database
from vectorstore.schema import documents, posting_subjects, postings

PostingKind = Literal["digest", "plan", "report", "summary"]


@dataclass(frozen=True, slots=True)
class Posting:
    id: str
    team: str
    channel: str
    message_ts: str


class Postings:
    def __init__(self, database: Database) -> None:
        self._database = database

    def note(
        self,
        request: Request,
        kind: PostingKind,
        channel: str,
        message_ts: str,
        subjects: Iterable[Subject],
        *,
        thread_ts: str | None = None,
    ) -> None:
        """Keep that this message quotes or names these, beside what it did before. Kept twice, it is kept once."""
        id = f"{request.team}:{channel}:{message_ts}"
        row = {
            "id": id,
            "team": request.team,
            "channel": channel,
            "message_ts": message_ts,
            "thread_ts": thread_ts,
            "request": request.first or request.id,
            "user": request.user,
            "kind": kind,
            "at": datetime.now(UTC),
            "has_banner": False,
        }
        rows = [{"posting_id": id, **asdict(each)} for each in dict.fromkeys(subjects)]
        with self._database.write() as connection:
            self._database.insert_ignoring(connection, postings, row)
            if rows:
                self._database.insert_all_ignoring(connection, posting_subjects, rows)

    def orphaned(self, limit: int) -> list[Posting]:
        """Digests of the last 30 days that quote a document that is gone, and do not say so yet; the newest first."""
        there = exists().where(documents.c.id == posting_subjects.c.subject, documents.c.current_version.is_not(None))
        quotes_gone = exists().where(posting_subjects.c.posting_id == postings.c.id, ~there)
        query = (
            select(postings.c.id, postings.c.team, postings.c.channel, postings.c.message_ts)
            .where(
                postings.c.kind == "digest",
                postings.c.at > datetime.now(UTC) - REMEMBERED,
                ~postings.c.has_banner,
                quotes_gone,
            )
            .order_by(postings.c.at.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return [Posting(*row) for row in connection.execute(query)]

    def has_banner(self, id: str) -> None:
        with self._database.write() as connection:
            connection.execute(update(postings).where(postings.c.id == id).values(has_banner=True))
