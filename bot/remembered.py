"""Vectors of sentences, remembered: the same sentence is asked about again and again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

CAPACITY = 20_000
"""Sentences; about 30 MB with 384 components each."""


class Remembered:
    """An embedding function that embeds each text once; forgets what was not asked for longest. Safe for threads."""

    def __init__(
        self, embed: Callable[[Sequence[str]], NDArray[np.float32]], dimension: int, capacity: int = CAPACITY
    ) -> None:
        self._embed = embed
        self._dimension = dimension
        self._capacity = capacity
        self._vectors: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._changing = threading.Lock()

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(texts), dimension), in the order of `texts`."""
        known = self._known(texts)
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known |= dict(zip(new, self._embed(new), strict=True))
            self._remember({text: known[text] for text in new})
        return np.stack([known[text] for text in texts]) if texts else np.zeros((0, self._dimension), np.float32)

    def _known(self, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        with self._changing:
            found = {text: self._vectors[text] for text in texts if text in self._vectors}
            for text in found:
                self._vectors.move_to_end(text)
            return found

    def _remember(self, vectors: dict[str, NDArray[np.float32]]) -> None:
        with self._changing:
            self._vectors |= vectors
            while len(self._vectors) > self._capacity:
                self._vectors.popitem(last=False)
