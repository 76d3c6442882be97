"""Does a lying model get through? `python -m evals.lies DIR… [--documents N] [--seed N] [--show]`.

Lies are made of the sentences of a set's documents (`evals.liar`), each with a quote that is really there, and told one by
one by a model on loopback, through the real prompt, reader and gate. One JSON line per set: of each kind how many were told
and shown, the share of all that were shown (to be below .02), the share of shown quotes that stand in their source (which must
be 1), and how many true rewordings were shown, made of the same sentences.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random

from bot import gate
from bot.draft import Draft
from bot.model import ModelComposer
from bot.remembered import Remembered
from evals.datasets import SourceText, corpus_texts, items
from evals.liar import LIES, TRUTHS, Told, told
from evals.loopback_model import loopback_model
from vectorstore.embedder import PackagedEmbedder
from vectorstore.sentences import split_sentences
from vectorstore.values import Chunk, Document, Passage, Scores, Version

SHORTEST, LONGEST = 40, 300
"""Code points of a sentence that lies are made of."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--documents", type=int, default=60, help="documents of each set, evenly over all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="print every lie that was shown, to stderr")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache, _lying(Path(cache)) as liar:
        for folder in chosen.folders:
            chance = Random(chosen.seed)
            lies, truths = Tally(), Tally()
            for doc in documents(folder, chosen.documents):
                sentences = usable(doc)
                for tally, kinds in ((lies, LIES), (truths, TRUTHS)):
                    for each in told(kinds, sentences, chance):
                        tally.add(each, liar.shown(each, doc))
            print(json.dumps({"set": folder.name} | measured(lies, truths)), flush=True)
            if chosen.show:
                _show(lies)


class Tally:
    def __init__(self) -> None:
        self.told: Counter[str] = Counter()
        self.shown: list[tuple[Told, Sequence[Draft]]] = []

    def add(self, each: Told, drafts: Sequence[Draft]) -> None:
        self.told[each.kind] += 1
        if drafts:
            self.shown.append((each, drafts))

    @property
    def by_kind(self) -> dict[str, str]:
        shown = Counter(each.kind for each, _ in self.shown)
        return {kind: f"{shown[kind]} of {count}" for kind, count in self.told.items()}

    @property
    def share(self) -> float | None:
        return round(len(self.shown) / self.told.total(), 4) if self.told else None


class Liar:
    """Says to the composer what it is told to say."""

    def __init__(self, composer: ModelComposer, lines: list[str]) -> None:
        self._composer = composer
        self._lines = lines

    def shown(self, each: Told, doc: SourceText) -> Sequence[Draft]:
        self._lines[:] = [f'- {each.text.strip()} [1] "{each.quote}"']
        return self._composer.compose("What does it say?", [_whole(doc)]).drafts


@contextmanager
def _lying(cache: Path) -> Iterator[Liar]:
    embedder = PackagedEmbedder(cache)
    lines: list[str] = []
    with loopback_model(lambda _: "\n".join(lines)) as model:
        check = partial(gate.check, embed=Remembered(embedder.embed_now, embedder.dimension))
        yield Liar(ModelComposer("openai:liar", base_url=model.base_url, check=check), lines)


def documents(folder: Path, limit: int) -> list[SourceText]:
    """Documents of a set that have sentences enough to lie with."""
    corpus = folder / "corpus.jsonl"
    found = corpus_texts(corpus) if corpus.is_file() else [doc for item in items(folder) for doc in item.docs]
    fit = [doc for doc in {doc.id: doc for doc in found}.values() if len(usable(doc)) > 2]
    return fit if limit >= len(fit) else [fit[index * len(fit) // limit] for index in range(limit)]


def usable(doc: SourceText) -> list[str]:
    sentences = [sentence.text for sentence in split_sentences(doc.text)]
    return [
        each
        for each in sentences
        if SHORTEST <= len(each) <= LONGEST and each[0].isupper() and each.endswith(".") and not {'"', "\n"} & set(each)
    ]


def _whole(doc: SourceText) -> Passage:
    version = Version(id=f"v-{doc.id}", document_id=doc.id, text=doc.text, title=doc.title)
    chunk = Chunk(f"c-{doc.id}", version.id, 0, 0, len(doc.text), doc.text)
    return Passage(chunk, version, Document(doc.id, "set", doc.id), Scores(1.0, 1.0, 1.0))


def measured(lies: Tally, truths: Tally) -> dict[str, object]:
    quotes = [
        quote for tally in (lies, truths) for _, drafts in tally.shown for draft in drafts for quote in draft.quotes
    ]
    verbatim = [quote.version.text[quote.start : quote.end] == quote.text for quote in quotes]
    return {
        "lies": lies.told.total(),
        "lies_shown": lies.share,
        "lies_shown_by_kind": lies.by_kind,
        "truths": truths.told.total(),
        "truths_shown": truths.share,
        "truths_shown_by_kind": truths.by_kind,
        "quotes_in_source": sum(verbatim) / len(verbatim) if verbatim else None,
    }


def _show(lies: Tally) -> None:
    for each, drafts in lies.shown:
        print(f"{each.kind}\n  quote: {each.quote}", file=sys.stderr)
        for draft in drafts:
            print(f"  shown: {draft.text}", file=sys.stderr)


if __name__ == "__main__":
    main()
