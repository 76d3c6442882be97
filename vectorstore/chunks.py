"""The chunks of versions in SQL: what searches load, and what both indexes are made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Text, case, func, select

from vectorstore.database import Database, portions
from vectorstore.schema import chunks, documents, versions
from vectorstore.tags import has_tag
from vectorstore.values import Chunk, Document

AROUND = 1500
"""Code points before and after a chunk, about two chunks on either side, that the keyword index reads with it."""

_FIRST = case((chunks.c.start > AROUND, chunks.c.start - AROUND), else_=0)
_BEFORE = func.substr(versions.c.text, _FIRST + 1, chunks.c.start - _FIRST, type_=Text)
_AROUND = _BEFORE + "\n" + func.substr(versions.c.text, chunks.c.end + 1, AROUND, type_=Text)
"""`around` in SQL."""


_INDEX_ROWS = select(
    *(chunks.c[name] for name in ("id", "version_id", "ordinal", "start", "end", "text", "heading")),
    versions.c.title,
    chunks.c.scope,
    chunks.c.vector,
    chunks.c.embedded_hash,
    _AROUND,
).join(versions, versions.c.id == chunks.c.version_id)
"""What an IndexRow is made of."""


def around(text: str, chunk: Chunk) -> str:
    """What stands before and after `chunk` in its version's text."""
    return f"{text[max(0, chunk.start - AROUND) : chunk.start]}\n{text[chunk.end : chunk.end + AROUND]}"


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that an index returned and that is current and readable."""

    chunk_id: str
    document_id: str
    vector: bytes


@dataclass(frozen=True, slots=True)
class IndexRow:
    """What the indexes need of a chunk."""

    chunk: Chunk
    title: str
    scope: str
    vector: bytes
    embedded_hash: str
    around: str = ""
    """What stands before and after it in its version, up to AROUND code points on either side."""


class Chunks:
    def __init__(self, database: Database) -> None:
        self._database = database

    def ids_by_scope(self, version_ids: Sequence[str]) -> dict[str, list[str]]:
        """Chunk ids of these versions by scope."""
        found: dict[str, list[str]] = {}
        with self._database.read() as connection:
            for some in portions(version_ids):
                for scope, chunk_id in connection.execute(
                    select(chunks.c.scope, chunks.c.id).where(chunks.c.version_id.in_(some))
                ):
                    found.setdefault(scope, []).append(chunk_id)
        return found

    def vectors_by_hash(self, hashes: Sequence[str]) -> dict[str, bytes]:
        """Vectors of texts that were embedded before, by the hash of the text."""
        found: dict[str, bytes] = {}
        with self._database.read() as connection:
            for some in portions(hashes):
                query = select(chunks.c.embedded_hash, chunks.c.vector).where(chunks.c.embedded_hash.in_(some))
                found.update((digest, vector) for digest, vector in connection.execute(query))
        return found

    def current_hits(self, chunk_ids: Sequence[str], scopes: Sequence[str], tags: Sequence[str] = ()) -> list[Hit]:
        """Those of `chunk_ids` that belong to a current version readable in `scopes`, of a source with any of `tags`."""
        found: list[Hit] = []
        with self._database.read() as connection:
            for some in portions(chunk_ids):
                query = (
                    select(chunks.c.id, documents.c.id, chunks.c.vector)
                    .join(documents, documents.c.current_version == chunks.c.version_id)
                    .where(chunks.c.id.in_(some), documents.c.scope.in_(scopes), chunks.c.scope == documents.c.scope)
                    .where(*has_tag(tags))
                )
                found += [Hit(*row) for row in connection.execute(query)]
        return found

    def load(self, chunk_ids: Sequence[str]) -> dict[str, tuple[Chunk, Document]]:
        query = (
            select(
                *(chunks.c[name] for name in ("id", "version_id", "ordinal", "start", "end", "text", "heading")),
                *(documents.c[name] for name in ("id", "source_id", "location", "scope")),
            )
            .join(versions, versions.c.id == chunks.c.version_id)
            .join(documents, documents.c.id == versions.c.document_id)
            .where(chunks.c.id.in_(chunk_ids))
        )
        with self._database.read() as connection:
            return {row[0]: (Chunk(*row[:7]), Document(*row[7:])) for row in connection.execute(query)}

    def index_rows(self, scope: str, *, batch: int = 1000) -> Iterator[list[IndexRow]]:
        """Every current chunk of a scope, in batches: what the indexes are rebuilt from."""
        rows = self.index_rows_from(scope, "", batch)
        while rows:
            yield rows
            rows = self.index_rows_from(scope, rows[-1].chunk.id, batch)

    def index_rows_from(self, scope: str, after: str, limit: int) -> list[IndexRow]:
        """The first `limit` current chunks of a scope with an id greater than `after`, in the order of their ids."""
        current = _INDEX_ROWS.join(documents, documents.c.current_version == chunks.c.version_id)
        query = current.where(chunks.c.scope == scope, chunks.c.id > after).order_by(chunks.c.id).limit(limit)
        with self._database.read() as connection:
            return [IndexRow(Chunk(*row[:7]), *row[7:]) for row in connection.execute(query)]

    def index_rows_of(self, version_id: str) -> list[IndexRow]:
        """The chunks of one version, current or not."""
        query = _INDEX_ROWS.where(chunks.c.version_id == version_id).order_by(chunks.c.ordinal)
        with self._database.read() as connection:
            return [IndexRow(Chunk(*row[:7]), *row[7:]) for row in connection.execute(query)]
