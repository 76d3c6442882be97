"""`/footnote changes`, `schedule` and `rollback`: what changed, how often a source is looked at, and going back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from bot.slack.attempts import attempt
from bot.slack.audience import People, reader_scopes
from bot.slack.audit import AuditTrail
from bot.slack.language import Strings
from bot.slack.library import ChangedRow, Library
from bot.slack.request import Request
from bot.slack.sources import Sources, unknown_source
from bot.slack.surfaces.reingestion import counted
from bot.slack.wishes import Decided
from vectorstore.errors import NotATime
from vectorstore.moments import moment_of

DOCUMENTS_SHOWN = 15
SENTENCES_SHOWN = 5
DEFAULT_SINCE = "7d"


class Upkeep:
    def __init__(
        self, library: Library, sources: Sources, people: People, audit: AuditTrail, admins: Container[str]
    ) -> None:
        self._library = library
        self._sources = sources
        self._people = people
        self._audit = audit
        self._admins = admins

    def changes(self, request: Request, object: str, strings: Strings) -> str:
        """What changed in the documents this person may read here; `object` is `7d #tag` or empty. Raises StoreError."""
        words = object.split()
        tags = [word for word in words if word.startswith("#")]
        since = next((word for word in words if not word.startswith("#")), DEFAULT_SINCE)
        readable = reader_scopes(self._people.find(request.user), request.channel, self._admins)
        found = self._library.changes(since, readable, tags)
        since = _told(since, strings)
        if not found and tags:
            return strings("changes.none_tagged", since=since, tags=" ".join(tags))
        if not found:
            return strings("changes.none", since=since)
        lines = [strings("changes.title", counts=state_counts(found, strings), since=since)]
        for document in found[:DOCUMENTS_SHOWN]:
            lines += change_lines(document, strings)
        if (more := len(found) - DOCUMENTS_SHOWN) > 0:
            lines.append(strings("plan.more_documents", number=strings.number(more)))
        return "\n".join(lines)

    def schedule(self, request: Request, object: str, strings: Strings) -> str:
        """`object`: a source and how often, `daily` or `every 6h`. Raises StoreError."""
        wanted, every = _divided(object, ("every",))
        if not every:
            return strings("upkeep.how_to_schedule")
        source = self._sources.find(request, "schedule", wanted)
        if source is None:
            return unknown_source(wanted, strings)
        row = self._library.schedule(source.id, every)
        self._audit.note(request, "schedule", "done", object=f"{row.location} {every}")
        if row.due_at is None:
            return strings("upkeep.unscheduled", title=row.title)
        return strings("upkeep.scheduled", title=row.title, when=strings.moment(row.due_at))

    def ask_to_roll_back(self, request: Request, object: str, strings: Strings) -> Decided:
        """`object`: a source and a moment, `24h` or `to 2026-11-20`. Raises NotATime."""
        wanted, moment = _divided(object, ("to",))
        if not moment:
            return Decided(strings("upkeep.how_to_roll_back"))
        source = self._sources.find(request, "rollback", wanted)
        if source is None:
            return Decided(unknown_source(wanted, strings))
        documents = strings.count("document", source.documents)
        question = strings(
            "upkeep.confirm_rollback", title=source.title, documents=documents, moment=_moment_told(moment, strings)
        )
        return Decided(question, confirm=True)

    def roll_back(self, click: Request, object: str, strings: Strings) -> Decided:
        """What was confirmed: see `bot.slack.surfaces.confirmation`."""
        wanted, moment = _divided(object, ("to",))
        source = self._sources.find(click, "rollback", wanted)
        if source is None:
            return Decided(unknown_source(wanted, strings))
        number, trouble = attempt(
            self._audit,
            click,
            "rollback",
            f"{source.location} to {moment}",
            lambda: self._library.rollback(source.id, moment),
            strings,
            is_done=bool,
        )
        if number is None:
            return Decided(trouble, "failed")
        told = {"title": source.title, "moment": _moment_told(moment, strings)}
        if not number:
            return Decided(strings("upkeep.nothing_to_roll_back", **told))
        return Decided(strings("upkeep.rolled_back", documents=strings.count("document", number), **told))


def state_counts(found: Sequence[ChangedRow], strings: Strings) -> str:
    """ "2 new, 1 gone"."""
    return ", ".join(counted(Counter(row.state for row in found), strings))


def change_lines(document: ChangedRow, strings: Strings, *, most: int = SENTENCES_SHOWN) -> Iterator[str]:
    state = strings(f"plan.state.{document.state}")
    yield f"{state}: {document.title[:150]} ({strings.day(document.at.date())})"
    for before, after in document.changes[:most]:
        if before:
            yield f"− {before[:400]}"
        if after:
            yield f"+ {after[:400]}"
    if (more := len(document.changes) - most) > 0:
        yield strings("plan.more_sentences", number=strings.number(more))


def _told(since: str, strings: Strings) -> str:
    """A day for `7d` or `2026-11-20`, and the time too for less than a day."""
    moment = moment_of(since, datetime.now(UTC))
    day = strings.day(moment.date())
    is_short = since.strip().lower().endswith(("h", "m")) or "T" in since
    return f"{strings.moment(moment)} UTC" if is_short else day


def _moment_told(moment: str, strings: Strings) -> str:
    """As `_told`; the state of a document, which may be named instead of a moment, as it is."""
    with suppress(NotATime):
        return _told(moment, strings)
    return moment


def _divided(object: str, hinges: tuple[str, ...]) -> tuple[str, str]:
    """A source's name and the words after it: `minutes of March every 6h` → ("minutes of March", "6h")."""
    words = object.split()
    if len(words) < 2:
        return object, ""
    name, last = words[:-1], words[-1]
    if name and name[-1].lower() in hinges:
        name = name[:-1]
    return " ".join(name).strip("\"'“”"), last
