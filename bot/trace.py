"""What is kept of how an answer came about: places and scores, no texts."""

from __future__ import annotations

from collections.abc import Sequence

from bot.enough import Evidence
from bot.usage import Price, Usage
from bot.values import Answer, Citation, Found, Question, Trace
from vectorstore.values import Passage


def trace(
    question: Question,
    passages: Sequence[Passage],
    evidence: Evidence,
    answer: Answer,
    usage: Usage,
    price: Price | None,
    reranker: str | None,
) -> Trace:
    """How `answer` was made of `passages`, and what models took for it. `reranker`: its name, if there is one."""
    cited = [citation for statement in answer.statements for citation in statement.citations]
    tokens = (usage.tokens_in, usage.tokens_out) if usage.requests else None
    cost = price.of(usage) if price and tokens else None
    found = tuple(_found(passage, cited) for passage in passages)
    return Trace(question.scopes, found, round(evidence.score, 3), question.without, tokens, cost, reranker)


def _found(passage: Passage, cited: Sequence[Citation]) -> Found:
    chunk, version, scores = passage.chunk, passage.version, passage.scores
    return Found(
        chunk=chunk.id,
        document=passage.document.id,
        version=version.id,
        start=chunk.start,
        end=chunk.end,
        title=version.title,
        publisher=version.publisher,
        published=version.published,
        fetched=version.fetched_at.isoformat() if version.fetched_at else None,
        fused=round(scores.fused, 3),
        cosine=round(scores.cosine, 3),
        bm25=round(scores.bm25, 2),
        relevance=None if scores.relevance is None else round(scores.relevance, 3),
        used=any(each.version == version.id and each.start < chunk.end and chunk.start < each.end for each in cited),
    )
