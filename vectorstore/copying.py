"""A copy of the documents of a running Footnote, to try something on: SQL is the truth, so its rows are all there is to copy."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine, select

from vectorstore.database import Database
from vectorstore.errors import StoreError
from vectorstore.schema import chunks, documents, settings, sources, versions

_COPIED = (settings, sources, documents, versions, chunks)
_BATCH = 200


def copy_documents(home: Path, database_url: str | None, target: Path) -> None:
    """Write the documents of the data directory `home` into a new one at `target`, with their vectors.

    Only reads, so it may be done while a bot owns `home`. Raises StoreError when there is nothing to copy.
    """
    file = home / "footnote.sqlite"
    if database_url is None and not file.exists():
        raise StoreError(f"There are no documents in {home} yet. `footnote ingest` adds some.")
    # Read-only: a second process must never write to the owner's file.
    engine = create_engine(database_url or f"sqlite:///file:{file}?mode=ro&uri=true")
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    copied = Database(f"sqlite:///{target / 'footnote.sqlite'}")
    try:
        copied.migrate()
        with engine.connect() as connection, copied.write() as writing:
            for table in _COPIED:
                found = connection.execution_options(yield_per=_BATCH).execute(select(table)).mappings()
                for rows in found.partitions():
                    writing.execute(table.insert(), [dict(row) for row in rows])
    finally:
        copied.close()
        engine.dispose()
