"""What is each part of the search worth? `python -m evals.ablation DIR… [--limit N]`, one table of nDCG@10.

DIR is a BEIR folder as for `evals.retrieval`; one whose queries carry a person's rewrite is measured as said and as rewritten.
Documents go in through the real store; each row is the shipped search with one part left out or replaced.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.followup import REWRITES
from evals.retrieval import Judged, ingest, ndcg, read
from vectorstore.chunks import IndexRow
from vectorstore.close_reading import KINDRED_WORTH, PAIRS_WORTH, read_closely
from vectorstore.embedder import PackagedEmbedder, Vectors
from vectorstore.indexes import indexed_text
from vectorstore.keywords import KeywordIndex
from vectorstore.search import KEYWORD_WEIGHT, Ranked, rank
from vectorstore.sources import document_of, source_of
from vectorstore.store import KnowledgeBase
from vectorstore.values import WORKSPACE

_RANKS = 60
"""The constant of reciprocal rank fusion (https://doi.org/10.1145/1571941.1572114)."""

Order = Callable[[Sequence[Ranked]], Sequence[Ranked]]


@dataclass(frozen=True, slots=True)
class Variant:
    name: str
    keywords: KeywordIndex
    weight: float = KEYWORD_WEIGHT
    pairs: float = PAIRS_WORTH
    kindred: float = KINDRED_WORTH
    order: Order = lambda ranked: ranked


def variants(knowledge_base: KnowledgeBase, folder: Path) -> list[Variant]:
    shipped = knowledge_base._indexes.keywords
    alone = _keywords(knowledge_base, folder / "alone", lambda row: indexed_text(row.title, row.chunk))
    even = _keywords(knowledge_base, folder / "even", lambda row: f"{indexed_text(row.title, row.chunk)}\n{row.around}")
    untitled = _keywords(knowledge_base, folder / "untitled", lambda row: f"{row.chunk.text}\n" * 2 + row.around)
    return [
        Variant("as shipped", shipped),
        Variant("without keywords (dense)", shipped, 0.0),
        Variant("without vectors (BM25)", shipped, 1e6),
        Variant("without word pairs", shipped, pairs=0.0),
        Variant("without kindred words", shipped, kindred=0.0),
        Variant("keywords of the passage alone", alone),
        Variant("BM25 of the passage alone, without either", alone, 1e6, pairs=0.0, kindred=0.0),
        Variant("surroundings at full weight", even),
        Variant("keywords without title and headings", untitled),
        Variant("BM25 scaled by the best hit", shipped, order=_by_best_hit),
        Variant("reciprocal rank fusion", shipped, order=_by_ranks),
    ]


def _keywords(knowledge_base: KnowledgeBase, folder: Path, text: Callable[[IndexRow], str]) -> KeywordIndex:
    index = KeywordIndex(folder)
    for rows in knowledge_base.catalog.chunks.index_rows(WORKSPACE):
        index.add(WORKSPACE, ((row.chunk.id, row.chunk.version_id, text(row)) for row in rows), replace=False)
    return index


def _by_best_hit(ranked: Sequence[Ranked]) -> list[Ranked]:
    best = max((item.scores.bm25 for item in ranked), default=0.0) or 1.0
    return sorted(ranked, key=lambda item: -(item.scores.cosine + 0.5 * item.scores.bm25 / best))


def _by_ranks(ranked: Sequence[Ranked]) -> list[Ranked]:
    places: dict[str, float] = dict.fromkeys((item.chunk_id for item in ranked), 0.0)
    for key in (lambda item: -item.scores.cosine), (lambda item: -item.scores.bm25):
        for place, item in enumerate(sorted(ranked, key=key)):
            places[item.chunk_id] += 1 / (_RANKS + place + 1)
    return sorted(ranked, key=lambda item: -places[item.chunk_id])


def measure(
    knowledge_base: KnowledgeBase,
    judged: Judged,
    vectors: Mapping[str, Vectors],
    variant: Variant,
) -> float:
    source = source_of(str(judged.corpus))
    gains = []
    for query_id, query in judged.queries.items():
        parts = (knowledge_base.catalog, knowledge_base._indexes.vectors, variant.keywords)
        ranked, worth = rank(query, vectors[query_id], (WORKSPACE,), *parts, keyword_weight=variant.weight)
        load = knowledge_base._loader(ranked)
        ranked = read_closely(
            query, ranked, load, worth, variant.weight, pairs_worth=variant.pairs, kindred_worth=variant.kindred
        )
        found = dict.fromkeys(item.document_id for item in variant.order(ranked))
        grades = {document_of(source, name).id: grade for name, grade in judged.relevant[query_id].items()}
        gains.append(ndcg(list(found), grades))
    return sum(gains) / len(gains)


def _forms(folder: Path, limit: int | None) -> list[Judged]:
    """The set as it is, and with people's rewrites where it has some."""
    first = (folder / "queries.jsonl").read_text(encoding="utf-8").partition("\n")[0]
    rewrite = next((name for name in REWRITES if f'"{name}"' in first), None)
    forms = [read(folder), *([read(folder, rewrite)] if rewrite else [])]
    queries = [dict(list(form.queries.items())[:limit]) for form in forms]
    names = [folder.name, f"{folder.name} rewritten"]
    return [
        Judged(name, form.corpus, asked, form.relevant)
        for name, form, asked in zip(names, forms, queries, strict=False)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--limit", type=int, help="queries per set")
    chosen = parser.parse_args()
    columns: list[str] = []
    table: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as cache:
        embedder = PackagedEmbedder(Path(cache))
        for folder in chosen.folders:
            with tempfile.TemporaryDirectory() as home, KnowledgeBase(Path(home), embedder) as knowledge_base:
                ingest(knowledge_base, embedder, folder / "corpus.jsonl")
                compared = variants(knowledge_base, Path(home))
                for judged in _forms(folder, chosen.limit):
                    columns.append(judged.name)
                    vectors = dict(
                        zip(judged.queries, embedder.embed_documents([*judged.queries.values()]), strict=True)
                    )
                    for variant in compared:
                        table.setdefault(variant.name, []).append(measure(knowledge_base, judged, vectors, variant))
    print_table(columns, table)


def print_table(columns: Sequence[str], table: Mapping[str, Sequence[float]]) -> None:
    print("| | " + " | ".join([*columns, "mean"]) + " |")
    print("|---" * (len(columns) + 2) + "|")
    for name, values in table.items():
        figures = [*values, sum(values) / len(values)]
        print(f"| {name} | " + " | ".join(f"{value:.4f}".lstrip("0") for value in figures) + " |")


if __name__ == "__main__":
    main()
