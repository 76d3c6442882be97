"""Are the right sentences found? `python -m evals.sentences DIR… [--limit N]`, a JSON line per set.

For each question or claim with sentences that people marked, the sentences of its documents are ranked as the composer ranks them
and composed as it composes. map and recall_at_5: of the ranking; precision, recall and f1: of what the composer shows. Where
people marked several sets that would each do, the one that is met best counts.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from bot.extractive import compose
from bot.reading import read
from bot.relevance import Embed, rank
from bot.remembered import Remembered
from bot.understand import understand
from evals.datasets import Item, SourceText, items
from evals.desk import lay_out
from evals.measures import rounded
from vectorstore.embedder import Embedder, PackagedEmbedder


@dataclass(frozen=True, slots=True)
class Selected:
    ranked: tuple[int, ...]
    """Indexes of the sentences of the first document, best first, each once; those without a score last."""
    shown: frozenset[int]
    gold: tuple[frozenset[int], ...]


def select(item: Item, embedder: Embedder, embed: Embed) -> Selected:
    doc = item.docs[0]
    spans = _spans(doc)
    passages = lay_out([doc], item.question, embedder, embed)
    order: list[int] = []
    for scored in rank(understand(item.question), read(passages), embed):
        order += _touched(scored.line.start, scored.line.end, spans)
    rest = [index for index in range(len(spans)) if index not in set(order)]
    quotes = [quote for draft in compose(item.question, passages, embed=embed).drafts for quote in draft.quotes]
    shown = [index for quote in quotes for index in _touched(quote.start, quote.end, spans)]
    return Selected(tuple(dict.fromkeys([*order, *rest])), frozenset(shown), item.gold_sentences)


def _spans(doc: SourceText) -> list[tuple[int, int]]:
    """Where each sentence of the set stands in the document's text; an empty span for one that is not in it."""
    spans, position = [], 0
    for sentence in doc.sentences:
        start = doc.text.find(sentence, position)
        spans.append((start, start + len(sentence)) if start >= 0 else (position, position))
        position = spans[-1][1]
    return spans


def _touched(start: int, end: int, spans: Sequence[tuple[int, int]]) -> list[int]:
    """The sentences of the set of which at least half lies in [start, end)."""
    return [
        index
        for index, (first, last) in enumerate(spans)
        if last > first and 2 * (min(end, last) - max(start, first)) >= last - first
    ]


def average_precision(ranked: Sequence[int], gold: frozenset[int]) -> float:
    """As TREC has it: the mean over the relevant of the precision at the rank of each."""
    found = [place for place, index in enumerate(ranked, 1) if index in gold]
    return sum(number / place for number, place in enumerate(found, 1)) / len(gold)


def f1(shown: frozenset[int], gold: frozenset[int]) -> float:
    both = len(shown & gold)
    return 2 * both / (len(shown) + len(gold)) if both else 0.0


def row(folder: Path, selected: Sequence[Selected]) -> dict[str, object]:
    def mean(measure: Callable[[Selected, frozenset[int]], float]) -> float | None:
        return rounded(fmean(max(measure(one, gold) for gold in one.gold) for one in selected)) if selected else None

    return {
        "set": folder.stem if folder.is_file() else folder.name,
        "questions": len(selected),
        "map": mean(lambda one, gold: average_precision(one.ranked, gold)),
        "recall_at_5": mean(lambda one, gold: len(gold.intersection(one.ranked[:5])) / len(gold)),
        "precision": mean(lambda one, gold: len(one.shown & gold) / max(1, len(one.shown))),
        "recall": mean(lambda one, gold: len(one.shown & gold) / len(gold)),
        "f1": mean(lambda one, gold: f1(one.shown, gold)),
        "shown_mean": rounded(fmean(len(one.shown) for one in selected), 2) if selected else None,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--limit", type=int, help="questions per set, taken evenly over the whole of it")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        embedder = PackagedEmbedder(Path(cache))
        embed = Remembered(embedder.embed_now, embedder.dimension)
        for folder in chosen.folders:
            marked = [item for item in items(folder, chosen.limit) if item.gold_sentences and item.docs[0].sentences]
            print(json.dumps(row(folder, [select(item, embedder, embed) for item in marked])), flush=True)


if __name__ == "__main__":
    main()
