"""The documents of one question laid out as search would return them: the product's own splitting, embedding and fusion."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from bot.answer import PASSAGES
from bot.relevance import Embed
from evals.datasets import SourceText
from ingest.split import split
from vectorstore.chunks import IndexRow, around
from vectorstore.embedder import Embedder
from vectorstore.indexes import indexed_text, keyword_text
from vectorstore.search import KEYWORD_WEIGHT
from vectorstore.values import Chunk, Document, Passage, Scores, Version
from vectorstore.words import content_stems, stems

POOL = 16
"""Passages of a question's documents that are embedded, the best by BM25 first; most questions have fewer in all."""


def lay_out(
    docs: Sequence[SourceText], question: str, embedder: Embedder, embed: Embed, limit: int = PASSAGES
) -> list[Passage]:
    """The best passages of `docs` for `question`, scored as in `vectorstore.search`; BM25 knows these documents only."""
    chunks = [(chunk, version) for doc in docs for chunk, version in _chunks(doc, embedder)]
    if not chunks:
        return []
    counted = [Counter(stems(_keyword_text(chunk, version))) for chunk, version in chunks]
    keywords = _bm25(content_stems(question), counted)
    pool = sorted(range(len(chunks)), key=lambda index: (-keywords[index], index))[:POOL]
    vectors = embed([question, *(indexed_text(chunks[index][1].title, chunks[index][0]) for index in pool)])
    cosines = vectors[1:] @ vectors[0]
    attainable = sum(2.2 * _weight(stem, counted) for stem in content_stems(question)) or 1.0
    passages = [
        Passage(
            chunk,
            version,
            Document(version.document_id, "set", version.document_id),
            Scores(float(cosine) + KEYWORD_WEIGHT * keyword / attainable, float(cosine), keyword),
        )
        for (chunk, version), cosine, keyword in (
            (chunks[index], cosine, keywords[index]) for index, cosine in zip(pool, cosines, strict=True)
        )
    ]
    return sorted(passages, key=lambda passage: -passage.scores.fused)[:limit]


def version_of(doc: SourceText) -> Version:
    return Version(id=f"v-{doc.id}", document_id=doc.id, text=doc.text, title=doc.title)


def _chunks(doc: SourceText, embedder: Embedder) -> list[tuple[Chunk, Version]]:
    version = version_of(doc)
    spans = split(doc.text, embedder.count_tokens)
    return [
        (Chunk(f"{version.id}-{n}", version.id, n, span.start, span.end, doc.text[span.start : span.end]), version)
        for n, span in enumerate(spans)
    ]


def _keyword_text(chunk: Chunk, version: Version) -> str:
    return keyword_text(IndexRow(chunk, version.title, "", b"", "", around(version.text, chunk)))


def _bm25(query: Sequence[str], texts: Sequence[Counter[str]]) -> list[float]:
    """BM25 with k1 1.2 and b 0.75, as tantivy has it."""
    lengths = [sum(text.values()) for text in texts]
    mean = sum(lengths) / len(lengths) or 1.0
    scores = [0.0] * len(texts)
    for stem in query:
        weight = _weight(stem, texts)
        for index, text in enumerate(texts):
            often = text[stem]
            scores[index] += weight * often * 2.2 / (often + 1.2 * (0.25 + 0.75 * lengths[index] / mean))
    return scores


def _weight(stem: str, texts: Sequence[Counter[str]]) -> float:
    """Inverse document frequency."""
    holding = sum(1 for text in texts if stem in text)
    return math.log(1 + (len(texts) - holding + 0.5) / (holding + 0.5))
