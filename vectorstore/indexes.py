"""Both indexes of one generation, side by side in one folder, fed with the same rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from threading import Condition

from vectorstore.chunks import IndexRow
from vectorstore.keywords import KeywordIndex
from vectorstore.values import Chunk
from vectorstore.vectors import VectorIndex, as_array


class Indexes:
    def __init__(self, folder: Path, chroma_url: str | None, dimension: int) -> None:
        self.folder = folder
        self.chroma_url = chroma_url
        self._dimension = dimension
        self.vectors = VectorIndex(chroma_url or folder / "vectors")
        self.keywords = KeywordIndex(folder / "keywords")
        self._users = 0
        self._idle = Condition()

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """`close` waits until everyone has left this block."""
        with self._idle:
            self._users += 1
        try:
            yield
        finally:
            with self._idle:
                self._users -= 1
                self._idle.notify_all()

    def add(self, rows: Sequence[IndexRow], *, replace: bool = True) -> None:
        """Insert or replace the chunks of whole versions; without `replace`, fill empty indexes with parts of them."""
        for scope, group in groupby(sorted(rows, key=lambda row: row.scope), key=lambda row: row.scope):
            owned = list(group)
            self.vectors.add(
                scope, [row.chunk.id for row in owned], as_array((row.vector for row in owned), self._dimension)
            )
            self.keywords.add(
                scope,
                ((row.chunk.id, row.chunk.version_id, keyword_text(row)) for row in owned),
                replace=replace,
            )

    def remove(self, version_ids: Sequence[str], chunk_ids: Mapping[str, Sequence[str]]) -> None:
        """`chunk_ids`: those of the versions, by scope."""
        for scope, owned in chunk_ids.items():
            self.keywords.remove_versions(scope, version_ids)
            self.vectors.remove(scope, owned)

    def drop(self, scope: str) -> None:
        """Forget a scope with its files."""
        self.vectors.drop(scope)
        self.keywords.drop(scope)

    def close(self) -> None:
        with self._idle:
            self._idle.wait_for(lambda: self._users == 0)
        self.keywords.close()
        self.vectors.close()


def keyword_text(row: IndexRow) -> str:
    """What the keyword index sees of a chunk: itself twice, then what stands around it, so that a word counts for a passage that
    has it and for its neighbours, at half the weight."""
    own = indexed_text(row.title, row.chunk)
    return f"{own}\n{own}\n{row.around}"


def indexed_text(title: str, chunk: Chunk) -> str:
    """What is embedded of a chunk: the passage under its title and headings."""
    above = above_text(title, chunk)
    return f"{above}\n{chunk.text}" if above else chunk.text


def above_text(title: str, chunk: Chunk) -> str:
    """The title and headings under which a passage is read."""
    return f"{title} > {chunk.heading}" if chunk.heading and chunk.heading != title else title
