"""What is noted of Slack in the audit trail: who did, or was refused, what."""

from __future__ import annotations

import json
from datetime import datetime

from bot.slack.request import Request
from vectorstore.audit import AuditLog, Decision, Entry, Verdict, Written
from vectorstore.database import Database

__all__ = ["AuditTrail", "Decision"]


class AuditTrail:
    def __init__(self, database: Database) -> None:
        self._log = AuditLog(database)

    def note(
        self,
        request: Request,
        action: str,
        decision: Decision,
        *,
        object: str | None = None,
        reason: str | None = None,
        seconds: float | None = None,
    ) -> None:
        place = (request.team, request.channel or None)
        self._log.append(Entry(request.user, action, decision, object, reason, *place, seconds))

    def did(self, user: str, team: str, channel: str, action: str, object: str) -> None:
        """Somebody did something in a window, or with a button."""
        self._log.append(Entry(user, action, "done", object, None, team, channel or None))

    def recent(self, since: datetime, limit: int) -> tuple[list[Written], int]:
        """The last entries from then on, the newest first; and how many there are."""
        return self._log.recent(since, limit)

    def exported(self) -> bytes:
        """The whole trail as JSON Lines, the oldest entry first."""
        return b"".join(json.dumps(row).encode() + b"\n" for row in self._log.export())

    def verify(self) -> Verdict:
        return self._log.verify()

    def refused(self, user: str, channel: str, action: str, reason: str) -> None:
        """Somebody who may not wanted to."""
        self._log.append(Entry(user, action, "refused", None, reason, None, channel or None))
