"""Moments as people write them on the command line: `7d`, `24h`, `2026-11-20`, `2026-11-20T08:00`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_AGO = re.compile(r"(\d{1,4})\s*(m|h|d|w)", re.IGNORECASE)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def moment_of(text: str, now: datetime) -> datetime:
    """In UTC. Raises ValueError with a sentence for a person."""
    ago = _AGO.fullmatch(text.strip())
    if ago:
        return now - timedelta(**{_UNITS[ago[2].lower()]: int(ago[1])})
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text[:40]!r} is no moment. Write 7d, 24h or a date such as 2026-11-20.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
