"""Does the gate agree with people? `python -m evals.support DIR… [--limit N]`, a JSON line and two tables per set.

For each claim the sentences of its documents that come nearest to it are what a quote would be; the gate says whether they
prove it. People's `supported` is the positive side, everything else (partly, not) the other. The first table is the reliability
curve: of the claims with such a score, how many people call supported. The second is the cost of each mistake at a threshold.
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
from evals.measures import at_threshold, auroc, rounded
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


def print_reliability(scores: Sequence[float], truth: Sequence[bool]) -> None:
    print("  score        claims  supported by people")
    for low in range(0, 100, _BIN):
        inside = [
            true
            for value, true in zip(scores, truth, strict=True)
            if low <= 100 * value < low + _BIN or _last(value, low)
        ]
        if inside:
            print(f"  {low / 100:.2f} to {(low + _BIN) / 100:.2f}  {len(inside):6}  {sum(inside) / len(inside):.2f}")


_BIN = 10


def _last(value: float, low: int) -> bool:
    return value >= 1.0 and low == 100 - _BIN


def print_costs(scores: Sequence[float], truth: Sequence[bool]) -> None:
    print("  threshold  unsupported shown  supported held back  unsupported among what is shown")
    for threshold in sorted({0.35, 0.45, 0.50, THRESHOLD, 0.60, 0.70}):
        cut = at_threshold(scores, truth, threshold)
        shown = [true for value, true in zip(scores, truth, strict=True) if value >= threshold]
        wrong = f"{1 - sum(shown) / len(shown):.3f}" if shown else "-"
        mark = " (shipped)" if threshold == THRESHOLD else ""
        print(
            f"  {threshold:9.2f}  {1 - cut['true_negative']:17.3f}  {1 - cut['true_positive']:19.3f}  {wrong:>31}{mark}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--limit", type=int, help="claims per set, taken evenly over the whole of it")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        embedder = PackagedEmbedder(Path(cache))
        embed = Remembered(embedder.embed_now, embedder.dimension)
        for folder in chosen.folders:
            judged = [item for item in items(folder, chosen.limit) if item.label]
            found = [(item, score(item.claim or item.question, item, embedder, embed)) for item in judged]
            print(json.dumps(row(folder, found)), flush=True)
            scores, truth = [value for _, value in found], [item.supported is True for item, _ in found]
            print_reliability(scores, truth)
            print_costs(scores, truth)


if __name__ == "__main__":
    main()
