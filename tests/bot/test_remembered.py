from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from bot.remembered import Remembered


def test_a_text_is_embedded_once(counting_embedder: Any) -> None:
    cached = Remembered(counting_embedder.embed_documents, counting_embedder.dimension)
    first = cached(["pier", "storm", "pier"])
    assert counting_embedder.embedded == ["pier", "storm"]
    second = cached(["storm", "pier", "cake"])
    assert counting_embedder.embedded == ["pier", "storm", "cake"]
    np.testing.assert_array_equal(first[[1, 0, 0]], second[[0, 1, 1]])


def test_no_texts_have_no_vectors(counting_embedder: Any) -> None:
    assert Remembered(counting_embedder.embed_documents, counting_embedder.dimension)([]).shape == (
        0,
        counting_embedder.dimension,
    )
    assert counting_embedder.embedded == []


def test_what_was_not_asked_for_lately_is_forgotten_first(counting_embedder: Any) -> None:
    cached = Remembered(counting_embedder.embed_documents, counting_embedder.dimension, capacity=2)
    for texts in (["pier"], ["storm"], ["pier"], ["cake"]):
        cached(texts)
    cached(["pier", "cake"])
    assert counting_embedder.embedded == ["pier", "storm", "cake"]
    cached(["storm"])
    assert counting_embedder.embedded[3:] == ["storm"]


def test_more_texts_than_are_kept_still_get_their_vectors(counting_embedder: Any) -> None:
    cached = Remembered(counting_embedder.embed_documents, counting_embedder.dimension, capacity=2)
    assert cached(["pier", "storm", "cake", "boat"]).shape == (4, counting_embedder.dimension)


def test_threads_may_share_it(counting_embedder: Any) -> None:
    cached = Remembered(counting_embedder.embed_documents, counting_embedder.dimension, capacity=3)
    alone = {text: counting_embedder.embed_query(text) for text in ("pier", "storm", "cake", "boat")}
    with ThreadPoolExecutor(4) as pool:
        asked = [list(alone)[place:] for place in range(4)] * 5
        for texts, vectors in zip(asked, pool.map(cached, asked), strict=True):
            near = [float(vector @ alone[text]) for text, vector in zip(texts, vectors, strict=True)]
            assert min(near) > 0.9
