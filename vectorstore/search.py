"""Hybrid search: what the keyword index and the vector index find, fused into one ranking.

The fused score is `cosine + KEYWORD_WEIGHT * bm25 / attainable`, where no chunk can have more BM25 than is attainable for the
query. So a question whose words are hardly met is ranked by meaning, also when there is a single hit. Chosen by measurement
over reciprocal rank fusion and over scaling by the best hit (docs/design.md). A chunk found by one index only gets its other
score computed or taken as nothing: the cosine from its stored vector, the BM25 as 0, since all that match better are known.
The best are then read (`close_reading`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from vectorstore.catalog import Catalog
from vectorstore.chunks import Hit
from vectorstore.embedder import Vectors
from vectorstore.keywords import KeywordIndex
from vectorstore.values import Passage, Scores
from vectorstore.vectors import VectorIndex, as_array
from vectorstore.words import remembered_stems

KEYWORD_WEIGHT = 0.7
POOL = 100
"""Candidates that each index contributes."""
TAGGED_POOL = 2_000
"""The same where only sources with certain tags count: the indexes know no tags."""
FEW = 4_000
"""Up to so many chunks with the wanted tags, each of them is a candidate, whatever the indexes say."""

_SAME_TEXT = 0.8
"""Share of a passage's word triples from which it is a copy of a passage of another document that ranks above it."""


@dataclass(frozen=True, slots=True)
class Ranked:
    chunk_id: str
    document_id: str
    scores: Scores


def rank(
    query: str,
    vector: Vectors,
    scopes: Sequence[str],
    catalog: Catalog,
    vectors: VectorIndex,
    keywords: KeywordIndex,
    pool: int = POOL,
    keyword_weight: float = KEYWORD_WEIGHT,
    tags: Sequence[str] = (),
) -> tuple[list[Ranked], dict[str, float]]:
    """Every candidate that is current and readable in `scopes`, best first; with `tags`, of sources with any of them.

    And what each word of the query is worth (`worths`), by which their BM25 was scaled.
    """
    few = catalog.tags.chunk_ids(scopes, tags, FEW) if tags else None
    pool = max(pool, TAGGED_POOL) if tags else pool
    bm25: dict[str, float] = {}
    near: dict[str, float] = {}
    for scope in dict.fromkeys(scopes):
        bm25.update(keywords.best(scope, query, pool))
        near.update(vectors.nearest(scope, vector, pool) if few is None else ())
    candidates = list(dict.fromkeys([*bm25, *near])) if few is None else few
    hits = catalog.chunks.current_hits(candidates, scopes, tags)
    worth = worths(query, scopes, keywords)
    attainable = sum(worth.values()) or 1.0
    return fuse(hits, bm25, vector, keyword_weight=keyword_weight / attainable), worth


def worths(query: str, scopes: Sequence[str], keywords: KeywordIndex) -> dict[str, float]:
    """The BM25 that each word of `query` can bring a chunk at most, as in the scope where all of them can bring most."""
    each = [keywords.worths(scope, query) for scope in scopes]
    return max(each, key=lambda of_scope: sum(of_scope.values()), default={})


def fuse(hits: Sequence[Hit], bm25: dict[str, float], vector: Vectors, *, keyword_weight: float) -> list[Ranked]:
    """`keyword_weight`: what one unit of BM25 adds to the cosine."""
    if not hits:
        return []
    cosines = as_array((hit.vector for hit in hits), len(vector)) @ vector
    ranked = []
    for hit, cosine in zip(hits, cosines, strict=True):
        keyword = bm25.get(hit.chunk_id, 0.0)
        fused = float(cosine) + keyword_weight * keyword
        ranked.append(Ranked(hit.chunk_id, hit.document_id, Scores(fused, max(-1.0, min(1.0, float(cosine))), keyword)))
    return best_first(ranked)


def best_first(ranked: Sequence[Ranked]) -> list[Ranked]:
    return sorted(ranked, key=lambda item: (-item.scores.fused, item.chunk_id))


def choose(
    ranked: Sequence[Ranked], limit: int, per_document: int, load: Callable[[Sequence[str]], Mapping[str, Passage]]
) -> list[Passage]:
    """The first `limit` passages, at most `per_document` of one document, copies of one text collapsed into the first."""
    chosen: list[Passage] = []
    triples: list[frozenset[tuple[str, ...]]] = []
    taken: dict[str, int] = {}
    position = 0
    while len(chosen) < limit and position < len(ranked):
        some = ranked[position : position + 2 * limit + 8]
        position += len(some)
        passages = load([item.chunk_id for item in some])
        for item in some:  # to its end even when enough is chosen: the next may be a copy of the last
            passage = passages.get(item.chunk_id)
            if passage is None or taken.get(item.document_id, 0) >= per_document:
                continue
            words = word_triples(passage.text)
            copy = next((place for place, other in enumerate(triples) if _held(words, other) >= _SAME_TEXT), None)
            if copy is not None and chosen[copy].document.id != passage.document.id:
                chosen[copy] = _with_duplicate(chosen[copy], passage)
                continue
            if len(chosen) == limit:
                continue
            taken[item.document_id] = taken.get(item.document_id, 0) + 1
            chosen.append(replace(passage, scores=item.scores))
            triples.append(words)
    return chosen


@lru_cache(maxsize=10_000)
def word_triples(text: str) -> frozenset[tuple[str, ...]]:
    """The text's shingles of three stems (https://doi.org/10.1016/S0169-7552(97)00031-7); its words when it has fewer."""
    words = remembered_stems(text)
    if len(words) < 3:
        return frozenset((word,) for word in words)
    return frozenset(zip(words, words[1:], words[2:], strict=False))


def _held(words: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    """The share of `words` that `other` holds too, in [0, 1]: a copy may be shorter than what was copied."""
    return len(words & other) / len(words) if words else 0.0


def _with_duplicate(kept: Passage, copy: Passage) -> Passage:
    if copy.version.id in {version.id for version in kept.duplicates}:
        return kept
    return Passage(kept.chunk, kept.version, kept.document, kept.scores, (*kept.duplicates, copy.version))
