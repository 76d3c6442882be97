"""Dates as people and pages write them. What could be read in two ways is not read at all."""

from __future__ import annotations

import re
from datetime import date, datetime
from email.utils import parsedate_to_datetime

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar jänner janvier enero gennaio januari janeiro",
            "february feb februar februari février fevrier febrero febbraio fevereiro",
            "march mar märz maerz mars marzo maart março marco",
            "april apr avril abril aprile",
            "may mai mayo maggio mei maio",
            "june jun juni juin junio giugno junho",
            "july jul juli juillet julio luglio julho",
            "august aug août aout agosto augustus",
            "september sep sept septembre septiembre settembre setembro",
            "october oct okt oktober octobre octubre ottobre outubro",
            "november nov novembre noviembre novembro",
            "december dec dez dezember decembre décembre diciembre dicembre dezembro",
        ),
        1,
    )
    for name in names.split()
}
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})(?!\d)")
_DAY_MONTH_YEAR = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th|º|er)?\.?\s+(?:de\s+|of\s+)?([^\W\d_]{3,10})\.?,?\s+(?:de\s+)?(\d{4})\b"
)
_MONTH_DAY_YEAR = re.compile(r"\b([^\W\d_]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")
_YEAR_FIRST = re.compile(r"\b(\d{4})[/.](\d{1,2})[/.](\d{1,2})\b")
_DOTTED = re.compile(r"\b(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\b")
_SLASHED = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
_EAST_ASIAN = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")

OLDEST_YEAR = 1450
"""Nothing was printed before; a smaller number is not the year of a publication."""


def read_date(text: str) -> date | None:
    """The first date in `text`, or None where there is none that can be read in one way only.

    `03/04/2026` is the third of April or the fourth of March: None. `31/12/2026` is one day.
    """
    for pattern, order in (
        (_ISO, "ymd"),
        (_DAY_MONTH_YEAR, "dmy"),
        (_MONTH_DAY_YEAR, "mdy"),
        (_EAST_ASIAN, "ymd"),
        (_YEAR_FIRST, "ymd"),
        (_DOTTED, "dmy"),
    ):
        for match in pattern.finditer(text):
            found = _of_parts(dict(zip(order, match.groups(), strict=True)))
            if found:
                return found
    slashed = _SLASHED.search(text)
    return _of_slashes(*(int(part) for part in slashed.groups())) if slashed else None


def read_header_date(text: str) -> date | None:
    """The date of an e-mail header (RFC 5322), or any other that `read_date` knows."""
    try:
        return parsedate_to_datetime(text).date()
    except (TypeError, ValueError, IndexError, OverflowError):
        return read_date(text)


def is_only_a_date(text: str) -> bool:
    """Whether a line says a date (and perhaps a weekday, a time) and nothing else."""
    if len(text) > 60 or read_date(text) is None:
        return False
    rest = text
    for pattern in (_ISO, _DAY_MONTH_YEAR, _MONTH_DAY_YEAR, _EAST_ASIAN, _YEAR_FIRST, _DOTTED, _SLASHED):
        rest = pattern.sub(" ", rest, count=1)
    rest = re.sub(
        r"\d{1,2}[:.h]\d{2}(:\d{2})?(\.\d+)?|\b(T|Z|am|pm|a\.m\.|p\.m\.|at|on|[A-Z]{2,4}|Uhr|um)\b", " ", rest
    )
    rest = re.sub(r"(?i)\b(mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(mon|tue|wed|thu|fri|sat|sun)\b", " ", rest)
    return not re.search(r"[^\W_]", rest)


def _of_parts(parts: dict[str, str]) -> date | None:
    month = parts["m"]
    number = int(month) if month.isdecimal() else _MONTHS.get(month.lower(), 0)
    return _valid(int(parts["y"]), number, int(parts["d"]))


def _of_slashes(first: int, second: int, year: int) -> date | None:
    if first == second or second > 12:
        return _valid(year, first, second)
    return _valid(year, second, first) if first > 12 else None


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if OLDEST_YEAR <= year <= datetime.now().year + 1 else None
