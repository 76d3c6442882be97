"""Does search find what people judged relevant? `python -m evals.retrieval DIR… [--limit N]`, three JSON lines per set.

DIR is a BEIR folder: `corpus.jsonl` {_id, title, text}, `queries.jsonl` {_id, text}, `qrels.tsv` (query, document, score).
Documents go in through the real store, queries through the real search: fused as shipped, then each of its parts alone, then
fused and put in order by the reranker, where RERANKER_MODEL is set.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.timing import percentile
from footnote.settings import load
from footnote.wiring import make_reranker
from ingest.split import split
from vectorstore.embedder import Embedder, PackagedEmbedder
from vectorstore.search import KEYWORD_WEIGHT
from vectorstore.sources import document_of, source_of
from vectorstore.store import Draft, KnowledgeBase, version_of
from vectorstore.values import WORKSPACE, Version

_BATCH = 64
WEIGHTS = {"fused": KEYWORD_WEIGHT, "bm25": 1e6, "dense": 0.0}


@dataclass(frozen=True, slots=True)
class Judged:
    name: str
    corpus: Path
    queries: Mapping[str, str]
    relevant: Mapping[str, Mapping[str, int]]
    """Grades by document id, by query id."""


def read(folder: Path, field: str = "text") -> Judged:
    """Queries without a judgement are left out; `field` is the query's text in `queries.jsonl`."""
    relevant: dict[str, dict[str, int]] = {}
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines():
        query, document, grade = (*line.split("\t"), "1")[:3]
        if grade.lstrip("-").isdigit() and int(grade) > 0:
            relevant.setdefault(query, {})[document] = int(grade)
    rows = (json.loads(line) for line in (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines() if line)
    queries = {str(row["_id"]): str(row.get(field) or row["text"]) for row in rows if str(row["_id"]) in relevant}
    return Judged(folder.name, folder / "corpus.jsonl", queries, relevant)


def ingest(knowledge_base: KnowledgeBase, embedder: Embedder, corpus: Path) -> int:
    """Every document of a corpus, located by its id; returns how many."""
    source = source_of(str(corpus))
    knowledge_base.catalog.sources.add(source)
    drafts: list[Draft] = []
    count = 0
    with corpus.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            text = str(row.get("text") or "").strip() or str(row.get("title") or "")
            document = document_of(source, str(row["_id"]))
            version = version_of(document, Version("", "", text, str(row.get("title") or "")))
            drafts.append(Draft(document, version, split(text, embedder.count_tokens)))
            count += 1
            if len(drafts) == _BATCH:
                knowledge_base.publish(drafts)
                drafts = []
    knowledge_base.publish(drafts)
    return count


def ndcg(ranking: Sequence[str], grades: Mapping[str, int], depth: int = 10) -> float:
    """Normalised discounted cumulative gain with the grades as gains, as trec_eval and BEIR compute it; in [0, 1]."""
    gain = sum(grades.get(document, 0) / math.log2(rank + 2) for rank, document in enumerate(ranking[:depth]))
    ideal = sum(grade / math.log2(rank + 2) for rank, grade in enumerate(sorted(grades.values(), reverse=True)[:depth]))
    return gain / ideal if ideal else 0.0


def measure(
    knowledge_base: KnowledgeBase, judged: Judged, weight: float, limit: int | None, *, rerank: bool = False
) -> dict[str, float]:
    gains, recalls, seconds = [], [], []
    for query_id, query in list(judged.queries.items())[:limit]:
        started = time.perf_counter()
        found = knowledge_base.search(
            query, (WORKSPACE,), limit=20, per_document=1, keyword_weight=weight, rerank=rerank
        )
        seconds.append(time.perf_counter() - started)
        ranking = [passage.document.location for passage in found]
        grades = judged.relevant[query_id]
        gains.append(ndcg(ranking, grades))
        recalls.append(len(set(ranking[:20]) & set(grades)) / len(grades))
    return {
        "queries": len(gains),
        "ndcg@10": round(sum(gains) / len(gains), 4),
        "recall@20": round(sum(recalls) / len(recalls), 4),
        "search_p50_ms": round(percentile(seconds, 50) * 1000, 1),
        "search_p95_ms": round(percentile(seconds, 95) * 1000, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--limit", type=int, help="queries per set")
    parser.add_argument(
        "--field", default="text", help="field of queries.jsonl that is searched, such as manual_rewrite"
    )
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        embedder, reranker = PackagedEmbedder(Path(cache)), make_reranker(load())
        for folder in chosen.folders:
            judged = read(folder, chosen.field)
            with (
                tempfile.TemporaryDirectory() as home,
                KnowledgeBase(Path(home), embedder, reranker=reranker) as knowledge_base,
            ):
                started = time.perf_counter()
                documents = ingest(knowledge_base, embedder, judged.corpus)
                rate = round(documents / (time.perf_counter() - started), 1)
                rankings = WEIGHTS | ({reranker.name: KEYWORD_WEIGHT} if reranker else {})
                for ranking, weight in rankings.items():
                    line = {"set": judged.name, "ranking": ranking, "docs": documents}
                    rerank = ranking not in WEIGHTS
                    line |= measure(knowledge_base, judged, weight, chosen.limit, rerank=rerank) | {"docs_per_s": rate}
                    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
