"""Tags: words that administrators give to sources, so that a channel can be kept to some of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, delete, or_, select

from vectorstore.database import Database
from vectorstore.errors import StoreError
from vectorstore.reasons import Reason
from vectorstore.schema import chunks, documents, source_tags

LONGEST_TAG = 40
"""Characters."""

_TAG = re.compile(rf"[\w-]{{1,{LONGEST_TAG}}}")


class NotATag(StoreError):
    """Words that cannot be a tag."""


def tag_of(text: str) -> str:
    """The tag that `text` means, with or without its `#`; case does not matter. Raises NotATag."""
    tag = unicodedata.normalize("NFC", text.strip().removeprefix("#")).casefold()
    if not _TAG.fullmatch(tag):
        raise NotATag(Reason("not_a_tag", {"text": text[:60], "most": LONGEST_TAG}))
    return tag


def tags_of(words: Iterable[str]) -> tuple[str, ...]:
    """The tags that the words mean, each once, in their order. Raises NotATag."""
    return tuple(dict.fromkeys(tag_of(word) for word in words))


def hashed(tags: Iterable[str]) -> str:
    """ "#a #b"; empty for none."""
    return " ".join(f"#{tag}" for tag in tags)


def has_tag(tags: Sequence[str]) -> list[ColumnElement[bool]]:
    """Conditions on `documents` that keep those whose source has any of `tags`; none for no tags.

    What was read for a single thread stays in: nobody has tagged it, and it was brought there to be asked about.
    """
    if not tags:
        return []
    tagged = select(source_tags.c.source_id).where(source_tags.c.tag.in_(tags))
    return [or_(documents.c.source_id.in_(tagged), documents.c.scope.like("thread:%"))]


class Tags:
    """The tags of sources, by the sources' ids."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def change(self, source_id: str, *, add: Sequence[str] = (), remove: Sequence[str] = ()) -> None:
        """Give tags to a source that exists, take tags away; done twice it is done once."""
        with self._database.write() as connection:
            these = (source_tags.c.source_id == source_id, source_tags.c.tag.in_(remove))
            connection.execute(delete(source_tags).where(*these))
            for tag in add:
                self._database.insert_ignoring(connection, source_tags, {"source_id": source_id, "tag": tag})

    def known(self) -> list[str]:
        """Every tag that some source has, in the order of the alphabet."""
        with self._database.read() as connection:
            return sorted(connection.execute(select(source_tags.c.tag).distinct()).scalars())

    def by_source(self, connection: Connection) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for source_id, tag in connection.execute(select(source_tags).order_by(source_tags.c.tag)):
            found[source_id] = (*found.get(source_id, ()), tag)
        return found

    def chunk_ids(self, scopes: Sequence[str], tags: Sequence[str], most: int) -> list[str] | None:
        """All current chunks in `scopes` of sources with any of `tags`; None when they are more than `most`."""
        query = (
            select(chunks.c.id)
            .join(documents, documents.c.current_version == chunks.c.version_id)
            .where(documents.c.scope.in_(scopes), *has_tag(tags))
            .limit(most + 1)
        )
        with self._database.read() as connection:
            found = list(connection.execute(query).scalars())
        return found if len(found) <= most else None
