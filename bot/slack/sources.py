"""The sources that somebody may look after, those of them that are searched for, and the one that is meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from bot.slack.audit import AuditTrail
from bot.slack.language import Strings
from bot.slack.library import Library, SourceRow
from bot.slack.request import Request
from bot.slack.roles import Roles
from vectorstore.tags import hashed

IN_TROUBLE, SCHEDULED = "trouble:", "scheduled:"
"""Words that find sources by how they are."""


class Sources:
    """For a curator there are no others than those of the curator's channels, neither to see nor to change."""

    def __init__(self, library: Library, roles: Roles, audit: AuditTrail) -> None:
        self._library = library
        self._roles = roles
        self._audit = audit

    def of(self, user: str) -> list[SourceRow]:
        rows = self._library.sources()
        allowed = {scope for scope in {row.scope for row in rows} if self._roles.may(user, "curate", scope)}
        return [row for row in rows if row.scope in allowed]

    def find(self, request: Request, action: str, wanted: str) -> SourceRow | None:
        """The source with that id, location, title or file name; None where it is none or several.

        That somebody named the source of another is noted.
        """
        found = find_source(self.of(request.user), wanted)
        if found is None and find_source(self._library.sources(), wanted):
            self._audit.note(request, action, "refused", object=wanted, reason="the source of another")
        return found


def find_source(rows: Sequence[SourceRow], wanted: str) -> SourceRow | None:
    by_id, by_location = (
        [row for row in rows if row.id == wanted],
        [row for row in rows if wanted in row.location.split(" → ")],
    )
    by_title = [row for row in rows if row.title.casefold() == wanted.casefold()]
    by_name = [row for row in rows if wanted and row.location.casefold().endswith(f"/{wanted.casefold()}")]
    return next((found[0] for found in (by_id, by_location, by_title, by_name) if len(found) == 1), None)


def matches(row: SourceRow, query: str, strings: Strings, *, is_managed: bool) -> bool:
    """Whether all words of the query are there, accents and case aside; where it lies and how it is, only those who look
    after it may search."""
    known = [row.title, hashed(row.tags)]
    if is_managed:
        known += [row.location, row.scope, SCHEDULED if row.due_at else ""]
        known += [IN_TROUBLE, strings.reason(row.trouble)] if row.trouble else []
    text = _folded(" ".join(known))
    return all(word in text for word in _folded(query).split())


def newest_first(row: SourceRow) -> tuple[float, str]:
    """What sources are sorted by."""
    return (-row.updated_at.timestamp() if row.updated_at else 0.0, row.id)


def _folded(text: str) -> str:
    """Without what tells “Boletín” from “boletin”."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in parts if not unicodedata.combining(each))


def state_of(row: SourceRow, strings: Strings) -> str:
    """What is to be told of how it is; empty where all is well."""
    if row.trouble:
        return strings("admin.source_trouble", reason=strings.reason(row.trouble))
    return "" if row.documents else strings("admin.source_empty")


def unknown_source(wanted: str, strings: Strings) -> str:
    return strings("admin.unknown_source", source=wanted) if wanted else strings("admin.which_source")
