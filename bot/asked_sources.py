"""Which sources a question asks for: by whom ("What did Reuters say …"), from when ("… in March"), the newest.

Read from its words alone, and a wish, never a filter: a name may be no publisher, and a day may be the event's.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

from bot.kinds import names
from bot.values import Dated, Note
from vectorstore.preference import Preference
from vectorstore.values import Passage

_MONTHS = "january february march april may june july august september october november december".split()
_MONTH_NAMES = frozenset(month[:3] for month in _MONTHS)
_MONTH = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_YEAR = r"(?P<year>(?:1[6-9]|20)\d\d)\b"
_SINCE, _UNTIL = "since|after|from", "until|till|before|by"
_WHEN = rf"\b(?P<when>(?i:in|on|during|of|this|last|early|late|mid|end of|{_SINCE}|{_UNTIL}))"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:\b(?P<when>(?i:since|after|from|until|till|before|by|on))\s+)?\b(?P<year>\d{4})-(?P<number>\d\d)-(?P<day>\d\d)\b",
        rf"(?:{_WHEN}\s+)?(?:the\s+)?\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+{_YEAR})?",
        rf"(?:{_WHEN}\s+)?\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d)(?:,?\s+{_YEAR})?",
        rf"(?:{_WHEN}[\s-]+)?\b{_MONTH},?\s+{_YEAR}",
        rf"{_WHEN}[\s-]+{_MONTH}",
        rf"{_WHEN}\s+{_YEAR}",
    )
)
_YEARS = re.compile(r"\b((?:1[6-9]|20)\d\d) ?(?:to|until|and|-|–) ?((?:1[6-9]|20)\d\d)\b")
_RELATIVE = re.compile(
    r"\b(?P<which>yesterday|today|(?:this|last|past) (?:week|month|year))\b(?!['’]s| of\b)", re.IGNORECASE
)
_NEWEST = re.compile(
    r"\b(?:latest|newest|most recent(?:ly)?|up to date|currently|right now|these days|as of now|at the moment)\b",
    re.IGNORECASE,
)
_SAYING = (
    r"(?:say|said|says|saying|report(?:s|ed|ing)?|wr[io]tes?|written|publish(?:es|ed)?|print(?:s|ed)?|cover(?:s|ed)?|claim(?:s|ed)?"
    r"|call(?:s|ed)?|tell|told|announce[sd]?|describe[sd]?|mention(?:s|ed)?|quote[sd]?|think|correct(?:s|ed)?|den(?:y|ies|ied)|retract(?:s|ed)?)"
)
_PIECE = r"(?:article|report|story|stories|coverage|piece|editorial|statement|press release|news)"


def asked_sources(question: str, today: date) -> Preference | None:
    """None when the question asks for no sources in particular. `today`: the reader's day."""
    since, until = _days(question, today)
    wish = Preference(_publishers(question), since, until, bool(_NEWEST.search(question)))
    return wish if wish != Preference() else None


def said_first(wish: Preference, passages: Sequence[Passage]) -> list[Note]:
    """What to say about `passages` being ordered by `wish`; nothing where it changed nothing."""
    notes = []
    named = dict.fromkeys(p.version.publisher for p in passages if wish.names(p.version.publisher))
    if named:
        notes.append(Note("publisher_first", {"publishers": tuple(Dated(str(name)) for name in named)}))
    if any(wish.holds(passage.version.published) for passage in passages):
        notes.append(_days_first(wish.since, wish.until))
    if wish.newest and len({p.version.published for p in passages if p.version.published}) > 1:
        notes.append(Note("newest_first"))
    return notes


def _days_first(since: date | None, until: date | None) -> Note:
    if since and since == until:
        return Note("day_first", {"day": Dated(day=since)})
    if since and until:
        return Note("days_first", {"since": Dated(day=since), "until": Dated(day=until)})
    return (
        Note("since_first", {"since": Dated(day=since)}) if since else Note("until_first", {"until": Dated(day=until)})
    )


def _publishers(question: str) -> tuple[str, ...]:
    found = dict.fromkeys(name.removeprefix("The ") for name in names(question))
    return tuple(name for name in found if name[:3].lower() not in _MONTH_NAMES and _is_asked(name, question))


def _is_asked(name: str, question: str) -> bool:
    """Whether it is the name of somebody who is asked for what he says: "did X say", "according to X", "X's article"."""
    said = re.escape(name)
    return bool(
        re.search(rf"\b[Aa]ccording to (?:[Tt]he )?{said}\b", question)
        or re.search(rf"\b(?:did|does|do|has|have|had|was|is)\s+(?:[Tt]he )?{said}\b.*\b{_SAYING}\b", question)
        or re.search(rf"\b(?i:{_PIECE})s? (?:of|by|from|in) (?:[Tt]he )?{said}\b", question)
        or re.search(rf"\b{said}(?:['’]s?)? (?:\w+ )?{_PIECE}\b", question)
        or re.search(rf"\b(?:by|from) (?:[Tt]he )?{said}\W*$", question)
        or re.search(rf"\b{said} {_SAYING}\b", question)
    )


def _days(question: str, today: date) -> tuple[date | None, date | None]:
    """The days from and to which the question asks, both included."""
    years = _YEARS.search(question)
    if years:
        return date(int(years.group(1)), 1, 1), date(int(years.group(2)), 12, 31)
    relative = _RELATIVE.search(question)
    if relative:
        return _relative(relative.group("which").lower(), today)
    found = next((match for pattern in _DATES if (match := pattern.search(question))), None)
    span = _span(found.groupdict(), today) if found else None
    return _bounded((found.groupdict().get("when") or "").lower(), *span) if found and span else (None, None)


def _bounded(when: str, first: date, last: date) -> tuple[date | None, date | None]:
    if when in _SINCE.split("|"):
        return first, None
    return (None, last) if when in _UNTIL.split("|") else (first, last)


def _span(said: dict[str, str | None], today: date) -> tuple[date, date] | None:
    """First and last day of what was said; a month without a year is the last one that has begun. None for no real day."""
    month = _month(said)
    year = int(said.get("year") or 0)
    if month is None:
        return (date(year, 1, 1), date(year, 12, 31)) if year and not said.get("number") else None
    year = year or (today.year if (month, 1) <= (today.month, today.day) else today.year - 1)
    days = monthrange(year, month)[1]
    day = int(said.get("day") or 0)
    if day > days:
        return None
    return (date(year, month, day), date(year, month, day)) if day else (date(year, month, 1), date(year, month, days))


def _month(said: dict[str, str | None]) -> int | None:
    number = said.get("number")
    if number:
        return int(number) if 1 <= int(number) <= 12 else None
    name = (said.get("month") or "").lower()[:3]
    return next((place for place, month in enumerate(_MONTHS, 1) if month[:3] == name), None)


def _relative(which: str, today: date) -> tuple[date, date]:
    if which in ("today", "yesterday"):
        day = today - timedelta(days=which == "yesterday")
        return day, day
    how, unit = which.split()
    if how == "past":
        return today - timedelta(days={"week": 7, "month": 31, "year": 366}[unit]), today
    first = {
        "week": today - timedelta(days=today.weekday()),
        "month": today.replace(day=1),
        "year": today.replace(month=1, day=1),
    }[unit]
    if how == "this":
        return first, today
    last = first - timedelta(days=1)
    return {"week": first - timedelta(days=7), "month": last.replace(day=1), "year": last.replace(month=1, day=1)}[
        unit
    ], last
