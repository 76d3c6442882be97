"""Are answers right, short and true to their sources? `python -m evals.answers DIR… [--limit N] [--failures]`.

Every document of a set goes in through the real store and every question through the real assistant. One JSON line per set,
shares of 1: contains_answer (an answer people gave, normalised as SQuAD does, stands in the sentences shown for an answerable
question; abstaining counts as not), abstained_unanswerable, false_abstention, verbatim (quotes that stand in the stored version),
gold_recall (of the sentences people marked, how many are shown; where a set has them).
"""

from __future__ import annotations

import argparse
import json
import re
import string
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from bot.answer import Assistant
from bot.remembered import Remembered
from bot.values import Answer, Question, Turn
from evals.datasets import Item, SourceText, corpus_texts, items
from evals.measures import rounded
from evals.timing import percentile
from ingest.split import split
from vectorstore.embedder import Embedder, PackagedEmbedder
from vectorstore.sources import document_of, source_of
from vectorstore.store import Draft, KnowledgeBase, version_of
from vectorstore.values import WORKSPACE, Version

_BATCH = 64
_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_MARKS = str.maketrans(dict.fromkeys(string.punctuation + "‘’“”–—…", " "))


@dataclass(frozen=True, slots=True)
class Asked:
    item: Item
    answer: Answer
    verbatim: tuple[bool, ...]
    """For each quote, whether the stored version has it at its offsets."""
    seconds: float


def normalised(text: str) -> str:
    """Lower case without punctuation, articles and extra white space."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_MARKS)).split())


def ask_all(folder: Path, embedder: Embedder, limit: int | None) -> list[Asked]:
    """Puts every document of the set into a knowledge base of its own and asks its questions."""
    everything = items(folder)
    with tempfile.TemporaryDirectory() as home, KnowledgeBase(Path(home), embedder) as knowledge_base:
        texts = _publish(documents(folder, everything), knowledge_base, embedder)
        assistant = Assistant(knowledge_base, Remembered(embedder.embed_now, embedder.dimension))
        return [_ask(item, assistant, texts) for item in (everything if limit is None else items(folder, limit))]


def documents(folder: Path, everything: Sequence[Item]) -> list[SourceText]:
    """Every document of the set: its corpus, where it has one, and what its questions came with; each text once."""
    corpus = folder / "corpus.jsonl"
    docs = corpus_texts(corpus) if corpus.is_file() else []
    asked = [doc for item in everything for doc in item.docs if doc.text.strip()]
    return list({doc.text: doc for doc in (*docs, *asked)}.values())


def _publish(docs: Iterable[SourceText], knowledge_base: KnowledgeBase, embedder: Embedder) -> dict[str, str]:
    """The text of every version that was stored, by its id."""
    source = source_of("set")
    knowledge_base.catalog.sources.add(source)
    drafts: list[Draft] = []
    texts: dict[str, str] = {}
    for number, doc in enumerate(docs):
        document = document_of(source, f"{number}/{doc.id}")
        version = version_of(document, Version("", "", doc.text, doc.title))
        texts[version.id] = doc.text
        drafts.append(Draft(document, version, split(doc.text, embedder.count_tokens)))
    for start in range(0, len(drafts), _BATCH):
        knowledge_base.publish(drafts[start : start + _BATCH])
    return texts


def _ask(item: Item, assistant: Assistant, texts: dict[str, str]) -> Asked:
    started = time.perf_counter()
    history = tuple(Turn(question, answer) for question, answer in item.history)
    answer = assistant.answer(Question(item.question, (WORKSPACE,), history))
    seconds = time.perf_counter() - started
    citations = [citation for statement in answer.statements for citation in statement.citations]
    verbatim = tuple(texts[each.version][each.start : each.end] == each.quote for each in citations)
    return Asked(item, answer, verbatim, seconds)


def contains(asked: Asked) -> bool:
    """Whether an answer people gave stands in the sentences shown."""
    shown = f" {normalised(asked.answer.text)} "
    return any(f" {gold} " in shown for gold in map(normalised, asked.item.answers) if gold)


def gold_recall(asked: Asked) -> float | None:
    """The share of the sentences people marked that are shown, of the marking that is met best; None without one."""
    if not asked.item.gold_sentences or not asked.item.docs:
        return None
    sentences = asked.item.docs[0].sentences
    shown = normalised(asked.answer.text)
    shares = []
    for marked in asked.item.gold_sentences:
        gold = [normalised(sentences[index]) for index in marked if index < len(sentences)]
        if gold:
            shares.append(fmean(each in shown for each in gold))
    return max(shares, default=None)


def row(folder: Path, asked: Sequence[Asked]) -> dict[str, object]:
    answerable = [each for each in asked if each.item.answerable is True]
    unanswerable = [each for each in asked if each.item.answerable is False]
    answered = [each for each in asked if each.answer.answered]
    quotes = [found for each in asked for found in each.verbatim]
    recalls = [recall for each in answerable if (recall := gold_recall(each)) is not None]
    times = [each.seconds for each in asked]
    return {
        "set": folder.stem if folder.is_file() else folder.name,
        "questions": len(asked),
        "answered": _share([each.answer.answered for each in asked]),
        "contains_answer": _share([contains(each) for each in answerable]),
        "abstained_unanswerable": _share([not each.answer.answered for each in unanswerable]),
        "sentences_mean": rounded(fmean(len(each.answer.statements) for each in answered) if answered else 0.0, 2),
        "verbatim": _share(quotes),
        "false_abstention": _share([not each.answer.answered for each in answerable]),
        "gold_recall": rounded(fmean(recalls)) if recalls else None,
        "answer_p50_ms": round(percentile(times, 50) * 1000, 1) if times else None,
        "answer_p95_ms": round(percentile(times, 95) * 1000, 1) if times else None,
    }


def _share(truths: Sequence[bool]) -> float | None:
    return round(fmean(truths), 4) if truths else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--limit", type=int, help="questions per set, taken evenly over the whole of it")
    parser.add_argument("--failures", action="store_true", help="also print the answerable questions that went wrong")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        embedder = PackagedEmbedder(Path(cache))
        for folder in chosen.folders:
            asked = ask_all(folder, embedder, chosen.limit)
            print(json.dumps(row(folder, asked)), flush=True)
            if chosen.failures:
                for each in asked:
                    if each.item.answerable and not contains(each):
                        print(f"  {each.item.question!r} wants {each.item.answers!r}, shown: {each.answer.text!r}")


if __name__ == "__main__":
    main()
