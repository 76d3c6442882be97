"""Which sources a person means: by id, location, title or the end of a path; by a #tag; or all of them."""

from __future__ import annotations

from collections.abc import Sequence

from vectorstore.errors import UnknownDocument
from vectorstore.sources import Listed
from vectorstore.tags import hashed, tags_of


def one_of(lines: Sequence[Listed], wanted: str) -> Listed:
    """Raises UnknownDocument when it names none of them, or several."""
    found = [line for line in lines if wanted in (line.id, line.location)]
    found = found or [line for line in lines if wanted.casefold() == line.title.casefold()]
    found = found or [line for line in lines if line.location.endswith(f"/{wanted}")]
    if not found:
        raise UnknownDocument(f"There is no source {wanted[:80]!r}. `footnote sources` lists them.")
    if len(found) > 1:
        raise UnknownDocument(f"{wanted[:80]!r} names {len(found)} sources. Give the id of one: `footnote sources`.")
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
        there = (
            f"There are {hashed(sorted(known))}."
            if known
            else "No source has any: `footnote tag SOURCE TAG` gives them."
        )
        raise UnknownDocument(f"No source has the tag {hashed(unknown[:1])}. {there}")
    return tags


def what_of(lines: Sequence[Listed], wanted: str | None) -> str:
    """As people are told of what was named: "all sources", a tag as it was written, a source's title."""
    if not wanted or wanted.lower() == "all":
        return "all sources"
    return wanted if wanted.startswith("#") else one_of(lines, wanted).title
