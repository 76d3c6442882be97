"""Sentences are embedded once: the same article is asked about again and again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

import numpy as np

from vectorstore.embedder import Embedder, Vectors

_KEPT = 20_000
"""Vectors; 30 MB at 384 dimensions."""


class EmbeddingCache:
    """Call it with texts for their vectors, shape (n, dimension). Safe to call from several threads."""

    def __init__(self, embedder: Embedder, kept: int = _KEPT) -> None:
        self._embedder = embedder
        self._kept = kept
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = Lock()

    def __call__(self, texts: Sequence[str]) -> Vectors:
        with self._lock:
            found = {text: self._vectors[text] for text in texts if text in self._vectors}
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        if missing:
            found |= dict(zip(missing, self._embedder.embed_documents(missing), strict=True))
        with self._lock:
            for text in found:
                self._vectors[text] = found[text]
                self._vectors.move_to_end(text)
            while len(self._vectors) > self._kept:
                self._vectors.popitem(last=False)
        if not texts:
            return np.zeros((0, self._embedder.dimension), np.float32)
        return np.stack([found[text] for text in texts])
