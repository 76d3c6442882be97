"""Which sources a person means: by id, location, title or the end of a path; by a #tag; or all of them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.slack.library import ALL_SOURCES
from vectorstore.errors import UnknownDocument
from vectorstore.reasons import Reason
from vectorstore.sources import Listed
from vectorstore.tags import hashed, tags_of


def one_of(lines: Sequence[Listed], wanted: str) -> Listed:
    """Raises UnknownDocument when it names none of them, or several."""
    found = [line for line in lines if wanted in (line.id, line.location)]
    found = found or [line for line in lines if wanted.casefold() == line.title.casefold()]
    found = found or [line for line in lines if line.location.endswith(f"/{wanted}")]
    if not found:
        raise UnknownDocument(Reason("no_such_source", {"source": wanted[:80]}))
    if len(found) > 1:
        raise UnknownDocument(Reason("several_sources", {"source": wanted[:80], "number": len(found)}))
    return found[0]


def ids_of(lines: Sequence[Listed], wanted: str | None) -> tuple[str, ...]:
    """The ids of the sources that `wanted` names; None and "all" name every one. Raises UnknownDocument, NotATag."""
    if not wanted or wanted.lower() == "all":
        return tuple(line.id for line in lines)
    if wanted.startswith("#"):
        [tag] = known_tags(lines, [wanted])
        return tuple(line.id for line in lines if tag in line.tags)
    return (one_of(lines, wanted).id,)


def known_tags(lines: Sequence[Listed], wanted: Sequence[str]) -> tuple[str, ...]:
    """The tags that `wanted` means. Raises NotATag, and UnknownDocument for one that no source has: it would find nothing."""
    tags, known = tags_of(wanted), {tag for line in lines for tag in line.tags}
    if unknown := [tag for tag in tags if tag not in known]:
        if not known:
            raise UnknownDocument(Reason("no_tags_yet", {"tag": unknown[0]}))
        raise UnknownDocument(Reason("no_such_tag", {"tag": unknown[0], "known": hashed(sorted(known))}))
    return tags


def what_of(lines: Sequence[Listed], wanted: str | None) -> str:
    """As people are told of what was named: "all sources", a tag as it was written, a source's title."""
    if not wanted or wanted.lower() == "all":
        return ALL_SOURCES
    return wanted if wanted.startswith("#") else one_of(lines, wanted).title
