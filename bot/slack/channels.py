"""What administrators have set for a channel: when to answer in it, from what, in which language, and whom to call.

Keyed by the channel's id, for names change hands. A channel nobody has set anything for answers when mentioned, from the
documents of the workspace and its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import bindparam, delete, select, update

from vectorstore.database import Database
from vectorstore.moments import as_utc
from vectorstore.schema import channel_settings

Mode = Literal["mentions", "auto", "off"]
"""`mentions`: whoever mentions us is answered; `auto`: questions are answered unasked when we are sure; `off`: nobody is."""

Reach = Literal["workspace", "channel"]
"""What answers here may draw on: documents of the workspace and this channel's, or this channel's alone."""

DIGEST_EVERY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class DueDigest:
    team: str
    channel: str
    at: datetime
    """When it was due."""


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    mode: Mode = "mentions"
    reach: Reach = "workspace"
    tags: tuple[str, ...] = ()
    """Only sources with any of these count; none: all of them."""
    language: str = ""
    """ISO 639-1 of our own words here; empty: that of the question."""
    humans: tuple[str, ...] = ()
    """Whom "Get a human" calls: ids of people (`U…`, `W…`) and user groups (`S…`)."""
    digest: bool = False
    """Whether what changed in the documents is told here once a week."""
    set_by: str = ""
    """A user id; empty where nobody has set anything."""
    set_at: datetime | None = None


class Channels:
    """Settings by team and channel. Always read afresh: a change holds from the next message on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, team: str, channel: str) -> ChannelSettings:
        with self._database.read() as connection:
            row = connection.execute(_OF, {"team": team, "channel": channel}).mappings().first()
        return _settings(row) if row else ChannelSettings()

    def answers_unasked(self, team: str, channel: str) -> bool:
        query = select(channel_settings.c.mode).where(*_here(team, channel))
        with self._database.read() as connection:
            return connection.scalar(query) == "auto"

    def all(self, team: str) -> list[tuple[str, ChannelSettings]]:
        """Every channel somebody has set something for, by its id."""
        query = select(channel_settings).where(channel_settings.c.team == team).order_by(channel_settings.c.channel)
        with self._database.read() as connection:
            return [(row["channel"], _settings(row)) for row in connection.execute(query).mappings()]

    def keep(self, team: str, channel: str, settings: ChannelSettings) -> None:
        row: dict[str, Any] = {
            "team": team,
            "channel": channel,
            "mode": settings.mode,
            "reach": settings.reach,
            "tags": list(settings.tags),
            "language": settings.language,
            "humans": list(settings.humans),
            "set_by": settings.set_by,
            "set_at": settings.set_at or datetime.now(UTC),
        }
        with self._database.write() as connection:
            due = connection.scalar(select(channel_settings.c.digest_due_at).where(*_here(team, channel)))
            row["digest_due_at"] = (due or datetime.now(UTC) + DIGEST_EVERY) if settings.digest else None
            connection.execute(delete(channel_settings).where(*_here(team, channel)))
            connection.execute(channel_settings.insert().values(**row))

    def due_digests(self, now: datetime) -> list[DueDigest]:
        """The channels whose weekly digest is due."""
        columns = (channel_settings.c.team, channel_settings.c.channel, channel_settings.c.digest_due_at)
        query = select(*columns).where(channel_settings.c.digest_due_at <= now)
        with self._database.read() as connection:
            return [DueDigest(row.team, row.channel, as_utc(row.digest_due_at)) for row in connection.execute(query)]

    def next_digest(self, due: DueDigest, now: datetime) -> None:
        """After this one: on the same day of a week to come."""
        weeks = max(1, (now - due.at) // DIGEST_EVERY + 1)
        same = (*_here(due.team, due.channel), channel_settings.c.digest_due_at == due.at)
        with self._database.write() as connection:
            following = update(channel_settings).where(*same).values(digest_due_at=due.at + weeks * DIGEST_EVERY)
            connection.execute(following)


def _here(team: Any, channel: Any) -> tuple[Any, Any]:
    return channel_settings.c.team == team, channel_settings.c.channel == channel


_OF = select(channel_settings).where(*_here(bindparam("team"), bindparam("channel")))
"""Built once: asked several times a question."""


def _settings(row: Mapping[Any, Any]) -> ChannelSettings:
    return ChannelSettings(
        mode=row["mode"],
        reach=row["reach"],
        tags=tuple(row["tags"]),
        language=row["language"],
        humans=tuple(row["humans"]),
        set_by=row["set_by"],
        set_at=as_utc(row["set_at"]),
        digest=row["digest_due_at"] is not None,
    )
