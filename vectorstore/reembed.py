"""Embedding everything anew, after the embedder was changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import bindparam, func, select, update

from vectorstore import recovery
from vectorstore.catalog import Catalog
from vectorstore.database import Database
from vectorstore.embedder import Embedder
from vectorstore.indexes import indexed_text
from vectorstore.lock import OwnerLock
from vectorstore.schema import chunks, versions
from vectorstore.store import UNFINISHED
from vectorstore.values import Chunk

_BATCH = 256


def reembed(
    home: Path,
    embedder: Embedder,
    *,
    database_url: str | None = None,
    chroma_url: str | None = None,
    progress: Callable[[int, int], None],
) -> int:
    """Give every passage, old states included, a vector of `embedder`, then rebuild the indexes; returns how many.

    Until it is done the store belongs to no embedder and refuses to open, so it is run again after a kill.
    """
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = OwnerLock(home)
    database = Database(database_url or f"sqlite:///{home / 'footnote.sqlite'}")
    try:
        database.migrate()
        catalog = Catalog(database)
        catalog.set_setting("embedder", f"{UNFINISHED} {embedder.name}")
        done = _embed_all(database, embedder, progress)
        indexes = recovery.rebuild(home, catalog, chroma_url, embedder.dimension)
        indexes.close()
        recovery.mark_clean(indexes)
        for folder in (home / "indexes").iterdir():
            if folder != indexes.folder:
                shutil.rmtree(folder, ignore_errors=True)
        catalog.set_setting("embedder", f"{embedder.name} ({embedder.dimension})")
        return done
    finally:
        database.close()
        lock.release()


def _embed_all(database: Database, embedder: Embedder, progress: Callable[[int, int], None]) -> int:
    columns = [chunks.c[name] for name in ("id", "version_id", "ordinal", "start", "end", "text", "heading")]
    query = (
        select(*columns, versions.c.title).join(versions, versions.c.id == chunks.c.version_id).order_by(chunks.c.id)
    )
    with database.read() as connection:
        total = connection.execute(select(func.count()).select_from(chunks)).scalar_one()
    done, last = 0, ""
    change = update(chunks).where(chunks.c.id == bindparam("chunk")).values(vector=bindparam("new"))
    while True:
        with database.read() as connection:
            rows = connection.execute(query.where(chunks.c.id > last).limit(_BATCH)).all()
        if not rows:
            return done
        vectors = embedder.embed_documents([indexed_text(row[7], Chunk(*row[:7])) for row in rows])
        with database.write() as connection:
            connection.execute(
                change,
                [
                    {"chunk": row[0], "new": vector.astype("<f4").tobytes()}
                    for row, vector in zip(rows, vectors, strict=True)
                ],
            )
        done, last = done + len(rows), rows[-1][0]
        progress(done, total)
