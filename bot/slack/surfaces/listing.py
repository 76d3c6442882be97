"""`/footnote sources`: the sources somebody looks after, or those of them with some words; the newest first."""

from __future__ import annotations

from bot.slack.audit import AuditTrail
from bot.slack.language import Strings
from bot.slack.library import SourceRow
from bot.slack.places import Places
from bot.slack.request import Request
from bot.slack.sources import Sources, matches, newest_first, state_of
from bot.slack.wishes import Decided
from vectorstore.tags import hashed

SHOWN = 20
"""Sources in one reply; the Home has all of them in pages."""
_LONGEST = 200
"""Characters of a title or a location."""


class Listing:
    def __init__(self, sources: Sources, places: Places, audit: AuditTrail) -> None:
        self._sources = sources
        self._places = places
        self._audit = audit

    def tell(self, request: Request, query: str, strings: Strings) -> Decided:
        """`query`: words that all have to be there; empty for all sources."""
        rows = self._sources.of(request.user)
        self._audit.note(request, "sources", "done", object=query or None)
        if not rows:
            return Decided(strings("admin.no_sources"))
        found = sorted((row for row in rows if matches(row, query, strings, is_managed=True)), key=newest_first)
        number = strings.count("source", len(found))
        lines = [
            strings("home.found", sources=number, query=query) if query else strings("admin.sources", sources=number)
        ]
        lines += [self._described(row, strings) for row in found[:SHOWN]]
        if (more := len(found) - SHOWN) > 0:
            lines.append(strings("admin.more_sources", number=strings.number(more)))
        return Decided("\n".join(lines))

    def _described(self, row: SourceRow, strings: Strings) -> str:
        facts = [
            row.title[:_LONGEST],
            row.location[:_LONGEST] if row.location != row.title else "",
            self._places.readers(row.scope, strings),
            f"{strings.count('document', row.documents)}, {strings.count('passage', row.passages)}",
            strings("answer.read", day=strings.day(row.updated_at.date())) if row.updated_at else "",
            state_of(row, strings),
            hashed(row.tags),
            f"id {row.id}",
        ]
        return " · ".join(filter(None, facts))
