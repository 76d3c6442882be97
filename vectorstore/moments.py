"""Moments and intervals as people write them: `7d`, `24h`, `2026-11-20T08:00`; `every 6h`, `daily`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import overload

from vectorstore.errors import NotATime
from vectorstore.reasons import Reason

_AGO = re.compile(r"(\d{1,4})\s*(m|h|d|w)", re.IGNORECASE)
_NAMED = {"hourly": "1h", "daily": "1d", "weekly": "7d", "monthly": "30d"}
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def moment_of(text: str, now: datetime) -> datetime:
    """In UTC. Raises NotATime."""
    ago = _AGO.fullmatch(text.strip())
    if ago:
        return now - timedelta(**{_UNITS[ago[2].lower()]: int(ago[1])})
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise NotATime(Reason("not_a_moment", {"text": text[:40]})) from None
    return as_utc(moment)


def interval_of(text: str) -> timedelta | None:
    """How often: `6h`, `every 2d`, `daily`; None for `off`. Raises NotATime."""
    word = text.strip().lower().removeprefix("every ").strip()
    if word in ("off", "never", "none"):
        return None
    ago = _AGO.fullmatch(_NAMED.get(word, word))
    if not ago:
        raise NotATime(Reason("not_an_interval", {"text": text[:40]}))
    return timedelta(**{_UNITS[ago[2].lower()]: int(ago[1])})


@overload
def as_utc(moment: datetime) -> datetime: ...
@overload
def as_utc(moment: None) -> None: ...
def as_utc(moment: datetime | None) -> datetime | None:
    """The moment in UTC, which it is in already where it has no zone: every stored time is UTC, but SQLite forgets it."""
    if moment is None or moment.tzinfo is None:
        return moment and moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC)
