"""What comes of a real model's answers? `python -m evals.model DIR… [--limit N] [--show]`, for the model that ANSWER_MODEL names.

Each question goes with its own documents through the real prompt, model, reader and gate. One JSON line per set: how many
questions were answered by the model (the others get the extractive answer, `failures` says why), how many sentences it wrote
and how many of them were shown, how many of those only use words of their quote, and the share of quotes that stand in their
source (which must be 1). The smallest models name no source at all, which is no trial of the gate: so each sentence that was
held back for that is also given the sentence of its documents that shares most words with it, as if the model had quoted it
(`helped`, and how many of them would be shown). Whether a reworded sentence is true is for a person to read: `--show` prints
each beside its quote.

A small local model is nearly always wrong and so tries the gate hardest: `make eval-model` (`evals/local_model.py`).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from bot import gate
from bot.draft import Draft
from bot.model import Composed, ModelComposer
from bot.relevance import Embed
from bot.remembered import Remembered
from bot.rewording import reworded
from bot.values import Note, Rejection
from evals.datasets import Item, items
from evals.desk import lay_out
from evals.timing import percentile
from vectorstore.embedder import PackagedEmbedder
from vectorstore.sentences import split_sentences
from vectorstore.values import Passage
from vectorstore.words import content_stems


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--model", default=os.environ.get("ANSWER_MODEL"), help="provider:name (ANSWER_MODEL)")
    parser.add_argument("--base-url", default=os.environ.get("ANSWER_MODEL_BASE_URL"), help="(ANSWER_MODEL_BASE_URL)")
    parser.add_argument("--max-prompt-tokens", type=int, default=6_000, help="what the model's context can hold")
    parser.add_argument("--max-output-tokens", type=int, default=700)
    parser.add_argument("--seconds", type=float, default=45, help="for one answer")
    parser.add_argument("--limit", type=int, help="questions per set")
    parser.add_argument(
        "--show", action="store_true", help="print every sentence that was shown, and what is new in it, to stderr"
    )
    chosen = parser.parse_args()
    if not chosen.model:
        parser.error("No model is named: set ANSWER_MODEL, or give --model provider:name.")
    with tempfile.TemporaryDirectory() as cache:
        embedder = PackagedEmbedder(Path(cache))
        embed = Remembered(embedder.embed_now, embedder.dimension)
        composer = ModelComposer(
            chosen.model,
            check=partial(gate.check, embed=embed),
            base_url=chosen.base_url,
            first_token_s=chosen.seconds,
            total_s=chosen.seconds,
            max_prompt_tokens=chosen.max_prompt_tokens,
            max_output_tokens=chosen.max_output_tokens,
        )
        for folder in chosen.folders:
            asked = items(folder, chosen.limit)
            laid_out = [lay_out(item.docs, item.question, embedder, embed) for item in asked]
            started = time.perf_counter()
            composed = [composer.compose(item.question, found) for item, found in zip(asked, laid_out, strict=True)]
            spent = time.perf_counter() - started
            tried = [helped(each, found, embed) for each, found in zip(composed, laid_out, strict=True)]
            figures = measured(composed, spent) | {
                "helped": sum(map(len, tried)),
                "helped_shown": sum(shown for each in tried for _, _, shown in each),
            }
            print(json.dumps({"set": folder.name, "model": chosen.model} | figures), flush=True)
            if chosen.show:
                _show(asked, composed)
                for text, quote, _ in (one for each in tried for one in each if one[2]):
                    print(f"helped: {text}\n  quote: {quote}", file=sys.stderr)


def measured(composed: Sequence[Composed], seconds: float) -> dict[str, object]:
    drafts = [draft for each in composed for draft in each.drafts]
    quotes = [quote for draft in drafts for quote in draft.quotes]
    written = len(drafts) + sum(len(each.rejected) for each in composed)
    reasons = Counter(_key(rejection) for each in composed for rejection in each.rejected)
    return {
        "questions": len(composed),
        "answered": sum(bool(each.drafts) for each in composed),
        "failures": dict(Counter(each.failure for each in composed if each.failure).most_common()),
        "written": written,
        "shown": len(drafts),
        "shown_in_words_of_the_quote": sum(not _new_words(draft) for draft in drafts),
        "quotes_in_source": sum(quote.text in quote.version.text for quote in quotes) / len(quotes) if quotes else None,
        "rejected_because": dict(reasons.most_common(6)),
        "tokens_out_mean": round(sum(each.usage.tokens_out for each in composed) / len(composed)),
        "p95_s": round(percentile([each.usage.seconds for each in composed], 95), 1),
        "seconds": round(seconds, 1),
    }


def _key(rejection: Rejection) -> str:
    return rejection.reason.key if isinstance(rejection.reason, Note) else rejection.reason


def helped(composed: Composed, passages: Sequence[Passage], embed: Embed) -> list[tuple[str, str, bool]]:
    """Each sentence without a source, the quote it is given, and whether it would be shown with that."""
    sources = [(sentence.text, passage.version) for passage in passages for sentence in split_sentences(passage.text)]
    tried = []
    for text in (each.text for each in composed.rejected if _key(each) == "held_without_source"):
        said = set(content_stems(text))
        quote, version = max(sources, key=lambda source: len(said & set(content_stems(source[0]))))
        passes = reworded(text, quote, version.title) is None
        tried.append((text, quote, passes and gate.check(text, quote, version, embed=embed).supported))
    return tried


def _new_words(draft: Draft) -> list[str]:
    """Words of a sentence that its quotes do not have."""
    quoted = {stem for quote in draft.quotes for stem in content_stems(quote.text)}
    return [stem for stem in content_stems(draft.text) if stem not in quoted]


def _show(asked: Sequence[Item], composed: Sequence[Composed]) -> None:
    for item, each in zip(asked, composed, strict=True):
        for draft in each.drafts:
            print(f"{item.question}\n  shown: {draft.text}\n  new:   {', '.join(_new_words(draft))}", file=sys.stderr)
            for quote in draft.quotes:
                print(f"  quote: {quote.text}", file=sys.stderr)


if __name__ == "__main__":
    main()
