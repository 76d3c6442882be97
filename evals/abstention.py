"""Is there an answer in these documents? `python -m evals.abstention DIR… [--limit N] [--curve] [--picture FILE.svg]`, a
JSON line per set.

Answerable and unanswerable questions, each with its own documents, against the product's own judgement of its evidence.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from bot.enough import THRESHOLD, assess
from bot.relevance import Embed
from bot.remembered import Remembered
from evals.datasets import Item, items
from evals.desk import lay_out
from evals.measures import at_threshold, auroc, curve, rounded
from evals.picture import Line, trade_off
from vectorstore.embedder import Embedder, PackagedEmbedder


def judged(folder: Path, embedder: Embedder, embed: Embed, limit: int | None) -> list[tuple[Item, float]]:
    """Every question that people called answerable or not, with the score the product gives its evidence."""
    found = []
    for item in items(folder, limit):
        if item.answerable is None:
            continue
        question = item.rewrite or item.question
        found.append((item, assess(question, lay_out(item.docs, question, embedder, embed), embed=embed).score))
    return found


def row(folder: Path, found: list[tuple[Item, float]]) -> dict[str, object]:
    scores, truth = [score for _, score in found], [bool(item.answerable) for item, _ in found]
    cut = at_threshold(scores, truth, THRESHOLD)
    return {
        "set": folder.stem if folder.is_file() else folder.name,
        "questions": len(found),
        "answerable": sum(truth),
        "auroc": rounded(auroc(scores, truth)),
        "balanced_accuracy": rounded(cut["balanced_accuracy"]),
        "threshold": THRESHOLD,
        "false_abstention": rounded(1 - cut["true_positive"]),
        "false_answer": rounded(1 - cut["true_negative"]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--limit", type=int, help="questions per set, taken evenly over the whole of it")
    parser.add_argument("--curve", action="store_true", help="also print what other thresholds would cost")
    parser.add_argument("--picture", type=Path, help="write the trade-off of all sets as an SVG file")
    chosen = parser.parse_args()
    lines: list[Line] = []
    with tempfile.TemporaryDirectory() as cache:
        embedder = PackagedEmbedder(Path(cache))
        embed = Remembered(embedder.embed_now, embedder.dimension)
        for folder in chosen.folders:
            found = judged(folder, embedder, embed, chosen.limit)
            print(json.dumps(row(folder, found)), flush=True)
            if chosen.curve:
                _print_curve(found)
            lines.append(_line(folder, found))
    if chosen.picture:
        chosen.picture.write_text(trade_off(lines), encoding="utf-8")


def _line(folder: Path, found: list[tuple[Item, float]]) -> Line:
    scores, truth = [score for _, score in found], [bool(item.answerable) for item, _ in found]
    points = [(refused, rightly) for _, refused, rightly in curve(scores, truth, steps=199)]
    cut = at_threshold(scores, truth, THRESHOLD)
    return Line(
        folder.stem if folder.is_file() else folder.name, points, (1 - cut["true_positive"], cut["true_negative"])
    )


def _print_curve(found: list[tuple[Item, float]]) -> None:
    print("  threshold  false abstention  right abstention")
    for threshold, refused, rightly in curve(
        [score for _, score in found], [bool(item.answerable) for item, _ in found]
    ):
        print(
            f"  {threshold:9.2f}  {refused:16.3f}  {rightly:16.3f}  {'#' * round(40 * rightly)}{'-' * round(40 * refused)}"
        )


if __name__ == "__main__":
    main()
