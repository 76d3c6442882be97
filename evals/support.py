"""Does the gate agree with people? `python -m evals.support DIR… [--limit N] [--curve]`, a JSON line per set.

For each claim the sentences of its documents that come nearest to it are what a quote would be; the gate says whether they
prove it. People's `supported` is the positive side, everything else (partly, not) the other.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bot.gate import THRESHOLD, support
from bot.reading import Reading, read
from bot.relevance import Embed, Scored, rank
from bot.remembered import Remembered
from bot.understand import understand
from evals.datasets import Item, items
from evals.desk import lay_out
from evals.measures import at_threshold, auroc, curve, rounded
from vectorstore.embedder import Embedder, PackagedEmbedder

QUOTED = 3
"""Sentences that stand for the quote."""
AROUND = 400
"""Code points on both sides of each that the gate may look at, as in `bot.gate`."""


def score(claim: str, item: Item, embedder: Embedder, embed: Embed) -> float:
    """The gate's score of `claim` against the documents of `item`; 0 where they have no sentence near it."""
    readings = read(lay_out(item.docs, claim, embedder, embed))
    ranked = rank(understand(claim), readings, embed)[:QUOTED]
    if not ranked:
        return 0.0
    in_order = sorted(ranked, key=lambda scored: (scored.line.version, scored.line.start))
    said = " ".join(scored.line.text for scored in in_order)
    return support(claim, said, _around(in_order, readings), embed=embed)[0]


def _around(ranked: Sequence[Scored], readings: Sequence[Reading]) -> str:
    versions = {reading.version.id: reading.version for reading in readings}
    titles = [version.title for version in versions.values()]
    openings = [reading.lines[0].text for reading in readings]
    near = [
        versions[scored.line.version].text[max(0, scored.line.start - AROUND) : scored.line.end + AROUND]
        for scored in ranked
    ]
    return " ".join([*titles, *openings, *near])


def row(folder: Path, found: list[tuple[Item, float]]) -> dict[str, object]:
    scores, truth = [value for _, value in found], [item.supported is True for item, _ in found]
    cut = at_threshold(scores, truth, THRESHOLD)
    return {
        "set": folder.stem if folder.is_file() else folder.name,
        "claims": len(found),
        "supported": sum(truth),
        "auroc": rounded(auroc(scores, truth)),
        "accuracy": rounded(cut["accuracy"]),
        "threshold": THRESHOLD,
        "balanced_accuracy": rounded(cut["balanced_accuracy"]),
        "unsupported_shown": rounded(1 - cut["true_negative"]),
        "supported_held_back": rounded(1 - cut["true_positive"]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--limit", type=int, help="claims per set, taken evenly over the whole of it")
    parser.add_argument("--curve", action="store_true", help="also print what other thresholds would cost")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        embedder = PackagedEmbedder(Path(cache))
        embed = Remembered(embedder.embed_documents, embedder.dimension)
        for folder in chosen.folders:
            judged = [item for item in items(folder, chosen.limit) if item.label]
            found = [(item, score(item.claim or item.question, item, embedder, embed)) for item in judged]
            print(json.dumps(row(folder, found)), flush=True)
            if chosen.curve:
                _print_curve(found)


def _print_curve(found: list[tuple[Item, float]]) -> None:
    print("  threshold  supported held back  unsupported held back")
    for threshold, lost, kept in curve([value for _, value in found], [item.supported is True for item, _ in found]):
        print(f"  {threshold:9.2f}  {lost:19.3f}  {kept:21.3f}")


if __name__ == "__main__":
    main()
