"""The audit trail: who did, or was refused, what."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from bot.slack.request import Request
from vectorstore.database import Database
from vectorstore.schema import audit

Decision = Literal["done", "refused", "failed"]


class AuditTrail:
    def __init__(self, database: Database) -> None:
        self._database = database

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
        self._write(request.user, request.team, request.channel, action, decision, object, reason, seconds)

    def did(self, user: str, team: str, channel: str, action: str, object: str) -> None:
        """Something was done outside of the durable road."""
        self._write(user, team, channel, action, "done", object, None, None)

    def refused(self, user: str, channel: str, action: str, reason: str) -> None:
        """Somebody who may not wanted to."""
        self._write(user, None, channel, action, "refused", None, reason, None)

    def _write(
        self,
        user: str,
        team: str | None,
        channel: str,
        action: str,
        decision: Decision,
        object: str | None,
        reason: str | None,
        seconds: float | None,
    ) -> None:
        row = {
            "at": datetime.now(UTC),
            "actor": user,
            "team": team,
            "channel": channel or None,
            "action": action,
            "object": object,
            "decision": decision,
            "reason": reason,
            "seconds": seconds,
        }
        with self._database.write() as connection:
            connection.execute(audit.insert().values(**row))
