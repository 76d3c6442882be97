"""The one source that somebody means."""

from __future__ import annotations

from bot.slack.language import Strings
from bot.slack.library import Library, SourceRow


def find_source(library: Library, wanted: str) -> SourceRow | None:
    """The source with that id, that location, or that title; None where it is none or several."""
    rows = library.sources()
    by_id, by_location = [row for row in rows if row.id == wanted], [row for row in rows if row.location == wanted]
    by_title = [row for row in rows if row.title.casefold() == wanted.casefold()]
    return next((found[0] for found in (by_id, by_location, by_title) if len(found) == 1), None)


def unknown_source(wanted: str, strings: Strings) -> str:
    return strings("admin.unknown_source", source=wanted) if wanted else strings("admin.which_source")
