"""Opening the indexes safely, and rebuilding them from SQL when they are missing, damaged or behind it.

A damaged HNSW file can kill the process that opens it, so after anything but a clean shutdown a child process opens it first.
What the index holds is then compared with the catalog by searching, since counts stay right while vectors are gone.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from vectorstore.catalog import Catalog
from vectorstore.chunks import IndexRow
from vectorstore.indexes import Indexes
from vectorstore.vectors import as_array

FORM = "2"
"""What the indexes hold of a chunk. A change of it takes the next number, and an older store is rebuilt when it is opened."""

_PROBE_SECONDS = 120
_SAMPLES = 32
"""Chunks of each scope that must find themselves."""


@dataclass(frozen=True, slots=True)
class Recovered:
    indexes: Indexes
    rebuilt: str | None
    """Why the indexes had to be rebuilt, or None when they were sound."""


def open_indexes(home: Path, catalog: Catalog, chroma_url: str | None, dimension: int) -> Recovered:
    folder = _folder(home, catalog)
    was_clean = _was_clean(folder)
    (folder / "clean.json").unlink(missing_ok=True)
    fault = _outdated(catalog) or (None if was_clean or chroma_url else _probe(folder))
    if fault is None:
        with ExitStack() as on_fault:
            try:
                indexes = Indexes(folder, chroma_url, dimension)
                on_fault.callback(indexes.close)
                fault = _missing(indexes, catalog, dimension, thorough=not was_clean)
            except Exception as error:  # whatever a damaged index raises, SQL can make a new one
                fault = f"it cannot be opened ({type(error).__name__})"
            if fault is None:
                on_fault.pop_all()
                if not was_clean:
                    stale = catalog.superseded(None)
                    indexes.remove(stale, catalog.chunks.ids_by_scope(stale))
                return Recovered(indexes, None)
    rebuilt = rebuild(home, catalog, chroma_url, dimension)
    shutil.rmtree(folder, ignore_errors=True)
    return Recovered(rebuilt, fault)


def rebuild(home: Path, catalog: Catalog, chroma_url: str | None, dimension: int) -> Indexes:
    """New indexes with every current chunk, in the next generation's folder, which becomes the one that is opened."""
    generation = int(catalog.setting("generation") or "1") + 1
    folder = home / "indexes" / str(generation)
    shutil.rmtree(folder, ignore_errors=True)
    indexes = Indexes(folder, chroma_url, dimension)
    for scope in catalog.scopes_in_use():
        if chroma_url:
            indexes.vectors.drop(scope)
        for rows in catalog.chunks.index_rows(scope):
            indexes.add(rows, replace=False)
    catalog.set_setting("generation", str(generation))
    catalog.set_setting("index_form", FORM)
    return indexes


def _outdated(catalog: Catalog) -> str | None:
    if catalog.setting("index_form") == FORM:
        return None
    if catalog.scopes_in_use():
        return "an earlier release made it"
    catalog.set_setting("index_form", FORM)
    return None


def mark_clean(indexes: Indexes) -> None:
    """Record, after closing, what the index files look like, so that the next start can trust them at a glance."""
    (indexes.folder / "clean.json").write_text(json.dumps(_states(indexes.folder)))


def _was_clean(folder: Path) -> bool:
    try:
        return bool(json.loads((folder / "clean.json").read_text()) == _states(folder))
    except (OSError, ValueError):
        return False


def _states(folder: Path) -> dict[str, list[int]]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "clean.json")
    return {
        str(path.relative_to(folder)): [path.stat().st_size, path.stat().st_mtime_ns]
        for path in files
        if not path.name.endswith(("-wal", "-shm", ".lock"))
    }


def _folder(home: Path, catalog: Catalog) -> Path:
    return home / "indexes" / (catalog.setting("generation") or "1")


def _probe(folder: Path) -> str | None:
    """What is wrong with the vector index, or None."""
    if not (folder / "vectors").is_dir():
        return None
    command = [sys.executable, "-m", "vectorstore.probe", str(folder / "vectors")]
    try:
        result = subprocess.run(command, capture_output=True, timeout=_PROBE_SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        return "opening it took too long"
    return None if result.returncode == 0 else f"opening it failed (exit {result.returncode})"


def _missing(indexes: Indexes, catalog: Catalog, dimension: int, *, thorough: bool) -> str | None:
    for scope in catalog.scopes_in_use():
        _, passages = catalog.counts([scope])
        if thorough and passages and not indexes.keywords.is_sound(scope):
            return "the keyword index is missing or damaged"
        if indexes.keywords.count(scope) < passages:
            return "passages are missing from the keyword index"
        sample = _sample(catalog, scope) if thorough and passages else []
        ids = [row.chunk.id for row in sample]
        if sample and not indexes.vectors.holds(scope, ids, as_array((row.vector for row in sample), dimension)):
            return "passages are missing from the vector index"
        if passages and not thorough and not indexes.vectors.exists(scope):
            return "the vector index is missing"
    return None


def _sample(catalog: Catalog, scope: str) -> list[IndexRow]:
    """Chunks spread over the scope: their ids are hashes, so the first of each range is as good as random."""
    return [row for start in range(_SAMPLES) for row in catalog.chunks.index_rows_from(scope, f"c{start * 8:02x}", 1)]
