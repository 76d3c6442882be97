"""Embedders of other providers through LangChain's `init_embeddings` (`provider:model`). The only file that knows LangChain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from vectorstore.embedder import Vectors
from vectorstore.errors import EmbedderUnavailable
from vectorstore.providers import why_not
from vectorstore.reasons import Reason

_CHARACTERS_PER_TOKEN = 4
"""A cautious guess for tokenizers nobody can ask; chunks come out somewhat smaller than they could be."""


class HostedEmbedder:
    """Raises EmbedderUnavailable when the provider, its package or its key is missing, or its service does not answer."""

    def __init__(self, model: str) -> None:
        self.name = model
        try:
            from langchain.embeddings import init_embeddings

            self._embeddings: Any = init_embeddings(model)
        except Exception as error:
            raise EmbedderUnavailable(why_not("EMBEDDING_MODEL", model, error)) from error
        self.dimension = int(self.embed_query("dimension").shape[0])

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        return self._unit(self._ask(self._embeddings.embed_documents, list(texts))) if texts else self._none()

    def embed_now(self, texts: Sequence[str]) -> Vectors:
        return self.embed_documents(texts)

    def embed_query(self, text: str) -> Vectors:
        vector: Vectors = self._unit([self._ask(self._embeddings.embed_query, text)])[0]
        return vector

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text) // _CHARACTERS_PER_TOKEN + 1 for text in texts]

    def _ask(self, method: Any, argument: Any) -> Any:
        try:
            return method(argument)
        except Exception as error:  # every provider raises its own
            raise EmbedderUnavailable(
                Reason("embedder_silent", {"name": self.name, "error": type(error).__name__})
            ) from error

    def _unit(self, raw: Any) -> Vectors:
        vectors = np.asarray(raw, dtype=np.float32)
        if vectors.ndim != 2 or not np.isfinite(vectors).all():
            raise EmbedderUnavailable(Reason("embedder_unreadable", {"name": self.name}))
        unit: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        return unit

    def _none(self) -> Vectors:
        return np.zeros((0, self.dimension), np.float32)
