"""The vector index: Chroma, one collection per scope. The only file that knows Chroma.

Which collections are opened is the permission: there is no filter that could be forgotten. Everything in here is a copy of
what SQL holds and can be rebuilt from it.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import chromadb
import httpx
import numpy as np
from chromadb.config import Settings
from chromadb.errors import ChromaError, NotFoundError

from vectorstore.embedder import Vectors
from vectorstore.errors import StoreDamaged, StoreError
from vectorstore.reasons import Reason
from vectorstore.scopes import index_name

# Chosen by measured recall and build time, see docs/design.md.
_HNSW = {"space": "ip", "ef_construction": 120, "max_neighbors": 20, "ef_search": 300}


class VectorIndex:
    """Nearest chunks by inner product of unit vectors (the cosine), per scope."""

    def __init__(self, location: str | Path) -> None:
        """`location`: a folder for an embedded index, or the http(s) URL of a Chroma server; StoreError when none answers."""
        settings = Settings(anonymized_telemetry=False, allow_reset=False)
        if str(location).startswith(("http://", "https://")):
            self._client: Any = _server(str(location), settings)
        else:
            Path(location).mkdir(parents=True, exist_ok=True)
            self._client = chromadb.PersistentClient(path=str(location), settings=settings)
        self._collections: dict[str, Any] = {}
        self._opening = threading.Lock()
        self._batch = self._client.get_max_batch_size()

    def add(self, scope: str, ids: Sequence[str], vectors: Vectors) -> None:
        """Insert or replace; `vectors` has shape (len(ids), dimension)."""
        collection = self._open(scope, create=True)
        for start in range(0, len(ids), self._batch):
            end = start + self._batch
            _twice(collection.upsert, ids=list(ids[start:end]), embeddings=vectors[start:end])

    def remove(self, scope: str, ids: Sequence[str]) -> None:
        collection = self._open(scope, create=False)
        for start in range(0, len(ids) if collection else 0, self._batch):
            _twice(collection.delete, ids=list(ids[start : start + self._batch]))

    def nearest(self, scope: str, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """(chunk id, cosine in [-1, 1]), best first; a scope nobody has added to holds nothing."""
        collection = self._open(scope, create=False)
        if collection is None or limit < 1:
            return []
        try:
            found = _twice(collection.query, query_embeddings=[vector], n_results=limit, include=["distances"])
        except (NotFoundError, StoreError):
            if self._collections.get(index_name(scope)) is not collection:  # dropped since it was opened
                return []
            raise
        return [
            (chunk_id, 1.0 - float(distance))
            for chunk_id, distance in zip(found["ids"][0], found["distances"][0], strict=True)
        ]

    def holds(self, scope: str, ids: Sequence[str], vectors: Vectors) -> bool:
        """Whether each of these vectors finds its own chunk: by searching, since counts outlive lost vectors."""
        try:
            for chunk_id, vector in zip(ids, vectors, strict=True):
                near = self.nearest(scope, vector, 20)
                # Equal texts share a vector: any chunk at distance zero proves that the vector is there.
                if not any(found == chunk_id or cosine > 1 - 1e-4 for found, cosine in near):
                    return False
        except StoreError:
            return False
        return True

    def exists(self, scope: str) -> bool:
        return self._open(scope, create=False) is not None

    def search_everywhere(self) -> None:
        """Search each collection once, as a proof that its files can be read; raises whatever is wrong with them."""
        for listed in self._client.list_collections():
            sample = listed.get(limit=1, include=["embeddings"])
            for vector in sample["embeddings"]:
                if not listed.query(query_embeddings=[vector], n_results=1)["ids"][0]:
                    raise StoreDamaged(f"The collection {listed.name!r} holds chunks that no search finds.")

    def drop(self, scope: str) -> None:
        with self._opening:
            self._collections.pop(index_name(scope), None)
            with contextlib.suppress(NotFoundError):
                self._client.delete_collection(index_name(scope))

    def close(self) -> None:
        self._collections.clear()
        self._client.close()

    def _open(self, scope: str, *, create: bool) -> Any:
        name = index_name(scope)
        with self._opening:
            if name not in self._collections:
                try:
                    collection: Any = _twice(self._client.get_collection, name, embedding_function=None)
                except NotFoundError:
                    if not create:
                        return None
                    collection = self._client.create_collection(
                        name, embedding_function=None, configuration={"hnsw": _HNSW}, metadata=None
                    )
                _refuse_foreign(collection)
                self._collections[name] = collection
            return self._collections[name]


def _server(url: str, settings: Settings) -> Any:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        return chromadb.HttpClient(parts.hostname or "localhost", port, ssl=parts.scheme == "https", settings=settings)
    except (ChromaError, httpx.HTTPError, ValueError) as error:
        raise StoreError(
            f"The Chroma server at {parts.hostname}:{port} does not answer. Start it, or correct CHROMA_URL."
        ) from error


def _refuse_foreign(collection: Any) -> None:
    """A collection's stored configuration can make the client load code and models (CVE-2026-45829); ours has none."""
    planted = (collection.configuration_json or {}).get("embedding_function") or {}
    if planted.get("name") not in (None, "default") or planted.get("type") not in (None, "known", "legacy"):
        raise StoreDamaged(f"Chroma's collection {collection.name!r} was not made by Footnote. Remove it from Chroma.")


def _twice(operation: Any, *arguments: Any, **keywords: Any) -> Any:
    """The first operation after a kill can fail once while Chroma recovers its log."""
    try:
        return operation(*arguments, **keywords)
    except NotFoundError:
        raise
    except (ChromaError, httpx.HTTPError):
        try:
            return operation(*arguments, **keywords)
        except (ChromaError, httpx.HTTPError) as error:
            raise StoreError(Reason("index_silent", {"error": type(error).__name__})) from error


def as_array(blobs: Iterable[bytes], dimension: int) -> Vectors:
    """Stored float32 blobs as an array of shape (n, dimension)."""
    joined = b"".join(blobs)
    array: Vectors = np.frombuffer(joined, dtype="<f4").reshape(-1, dimension).astype(np.float32)
    return array
