"""What "last year" means in an article: counted from the day the article was published, not from the reader's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from bot.draft import Draft
from bot.kinds import NUMBER_WORDS
from bot.values import Dated, Note

LIMIT = 3
"""Notes beside one answer, at most."""
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_STEPS = {"last": -1, "previous": -1, "this": 0, "next": 1}
_COUNT = rf"(?P<count>\d{{1,3}}|an?|{'|'.join(NUMBER_WORDS)})"
_AHEAD = re.compile(r"\b(?:will|would|shall|is to|are to|next|plans?|due)\b", re.IGNORECASE)

Meaning = str | Dated
"""A day, or a year ("2025") or a month ("02/2026") where no day is meant."""


def anchored(text: str, published: date) -> Iterator[tuple[str, Meaning]]:
    """The relative dates of a sentence of an article of `published`, in order, each with what it means."""
    for match in _RELATIVE.finditer(text):
        for name, meaning in _MEANINGS.items():
            if match.group(name):
                found = meaning(match, published, bool(_AHEAD.search(text)))
                if found:
                    yield match.group().strip(), found


def relative_dates(drafts: Sequence[Draft]) -> list[Note]:
    """A note for each relative date that an answer quotes from an article of a known day, at most `LIMIT`."""
    notes: list[Note] = []
    for quote in (quote for draft in drafts for quote in draft.quotes):
        version = quote.version
        if version.published is None:
            continue
        for phrase, meaning in anchored(quote.text, version.published):
            source = Dated(version.publisher or version.title, version.published)
            note = Note("relative_date", {"phrase": phrase, "source": source, "meaning": meaning})
            if note not in notes:
                notes.append(note)
    return notes[:LIMIT]


_RELATIVE = re.compile(
    rf"\b(?:(?P<year>(?:last|previous|this|next) year)|(?P<month>(?:last|previous|this|next) month)"
    rf"|(?P<near>yesterday|today|tomorrow)|(?P<ago>{_COUNT} (?P<unit>year|month|week|day)s? ago)"
    rf"|(?P<weekday>(?:on|last|next) (?:{'|'.join(_WEEKDAYS)})))\b(?! \d)",
    re.IGNORECASE,
)


def _year(match: re.Match[str], day: date, _ahead: bool) -> Meaning:
    return str(day.year + _STEPS[match.group("year").split()[0].lower()])


def _month(match: re.Match[str], day: date, _ahead: bool) -> Meaning:
    return _months_from(day, _STEPS[match.group("month").split()[0].lower()])


def _months_from(day: date, months: int) -> str:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return f"{month + 1:02}/{year}"


def _near(match: re.Match[str], day: date, _ahead: bool) -> Meaning:
    steps = {"yesterday": -1, "today": 0, "tomorrow": 1}
    return Dated(day=day + timedelta(days=steps[match.group("near").lower()]))


def _ago(match: re.Match[str], day: date, _ahead: bool) -> Meaning | None:
    word = match.group("count").lower()
    count = int(word) if word.isdigit() else int(NUMBER_WORDS.get(word, 1))
    unit = match.group("unit").lower()
    if unit == "year":
        return str(day.year - count) if count < day.year else None
    if unit == "month":
        return _months_from(day, -count)
    return Dated(day=day - timedelta(days=count * (7 if unit == "week" else 1)))


def _weekday(match: re.Match[str], day: date, ahead: bool) -> Meaning:
    """The nearest such day: behind the article's day where something happened, ahead of it where something is to happen."""
    which, name = match.group("weekday").lower().split()
    weekday = _WEEKDAYS.index(name)
    if which == "next" or (which == "on" and ahead):
        return Dated(day=day + timedelta(days=(weekday - day.weekday() - 1) % 7 + 1))
    since = (day.weekday() - weekday) % 7
    return Dated(day=day - timedelta(days=since or (7 if which == "last" else 0)))


_MEANINGS: Mapping[str, Callable[[re.Match[str], date, bool], Meaning | None]] = {
    "year": _year,
    "month": _month,
    "near": _near,
    "ago": _ago,
    "weekday": _weekday,
}
