"""Rerankers: what reads question and passage together and puts the best of a search in a better order. None is shipped.

A reranker chooses the order of what was found and nothing else. The fused scores stay what they are and are dealt out again
in its order, so that whatever is added to them or measured by them keeps its meaning. One that fails changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from vectorstore.errors import RerankerUnavailable
from vectorstore.indexes import indexed_text
from vectorstore.search import Ranked
from vectorstore.values import Passage

CANDIDATES = 30
"""Passages that a reranker is shown: fewer than the 32 that some servers take at a time."""
LONGEST_TEXT = 4_000
"""Code points of a passage that it is shown."""

_logger = logging.getLogger(__name__)


class Reranker(Protocol):
    @property
    def name(self) -> str:
        """`provider:model`, for people."""

    def relevance(self, query: str, texts: Sequence[str]) -> list[float]:
        """One finite number for each text, higher is better; comparable within one call only. Safe from several threads.

        Raises RerankerUnavailable when there is none within its time.
        """


def reranked(
    query: str, ranked: Sequence[Ranked], load: Callable[[Sequence[str]], Mapping[str, Passage]], reranker: Reranker
) -> list[Ranked]:
    """`ranked` with its best CANDIDATES in the reranker's order; as it is when the reranker fails.

    load: the passages of chunk ids, without those that are gone.
    """
    passages = load([item.chunk_id for item in ranked[:CANDIDATES]])
    shown = [item for item in ranked[:CANDIDATES] if item.chunk_id in passages]
    texts = [_shown(passages[item.chunk_id]) for item in shown]
    try:
        relevance = reranker.relevance(query, texts) if texts else []
    except RerankerUnavailable as error:
        _logger.warning("%s", error)
        return list(ranked)
    judged = sorted(zip(shown, relevance, strict=True), key=lambda pair: -pair[1])
    places = [item.scores.fused for item in shown]
    best = [
        replace(item, scores=replace(item.scores, fused=fused, relevance=value))
        for (item, value), fused in zip(judged, places, strict=True)
    ]
    return [*best, *ranked[CANDIDATES:]]


def _shown(passage: Passage) -> str:
    return indexed_text(passage.version.title, passage.chunk)[:LONGEST_TEXT]
