"""How fast, in one run: `python -m evals.speed [--passages 1000 10000 50000] [--only search]`, a JSON line per figure.

Ratios are what to compare between machines. The passages of the search figures are generated and carry vectors made from
words instead of a forward pass each (50,000 of those take a quarter of an hour here); every query is really embedded.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

import samples
from evals.timing import percentile
from ingest.pipeline import Pipeline
from ingest.sandbox import ParserProcess
from playground.server import Playground
from vectorstore.embedder import Embedder, PackagedEmbedder, Vectors
from vectorstore.indexes import indexed_text
from vectorstore.sources import document_of, source_of
from vectorstore.store import Draft, KnowledgeBase, Span, version_of
from vectorstore.values import Source, Version

_SEED = 7
_WORDS = 6_000
_QUESTIONS = 40


class Writer:
    """Text with the word frequencies of a language (Zipf's law), the same in every run."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        letters = "bcdfghjklmnprstvw", "aeiou"
        self._words = [
            "".join(self._chance.choice(letters[place % 2]) for place in range(self._chance.randint(3, 10)))
            for _ in range(_WORDS)
        ]
        self._weights = [1 / rank for rank in range(1, _WORDS + 1)]

    def sentence(self, words: int = 14) -> str:
        return " ".join(self._chance.choices(self._words, self._weights, k=words)).capitalize() + "."

    def document(self, paragraphs: int = 2) -> str:
        return "\n\n".join(" ".join(self.sentence() for _ in range(4)) for _ in range(paragraphs))


class WordVectors:
    """Stands in for the embedder of documents: a vector per word, added up. Queries are embedded for real."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.name, self.dimension = "word-vectors", embedder.dimension
        self._vectors: dict[str, Vectors] = {}

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        summed = np.stack([np.sum([self._of(word) for word in text.split()], axis=0) for text in texts])
        unit: Vectors = (summed / np.linalg.norm(summed, axis=1, keepdims=True)).astype(np.float32)
        return unit

    def embed_now(self, texts: Sequence[str]) -> Vectors:
        return self.embed_documents(texts)

    def embed_query(self, text: str) -> Vectors:
        self._embedder.embed_query(text)
        vector: Vectors = self.embed_documents([text])[0]
        return vector

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._embedder.count_tokens(texts)

    def _of(self, word: str) -> Vectors:
        if word not in self._vectors:
            chance = np.random.default_rng(zlib.crc32(word.encode()))
            self._vectors[word] = chance.standard_normal(self.dimension).astype(np.float32)
        return self._vectors[word]


def ingest_against_embedder(embedder: PackagedEmbedder, documents: int) -> dict[str, float]:
    """Documents per second through the whole pipeline, against embedding the same passages and nothing else."""
    writer = Writer(_SEED)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as home:
        for number in range(documents):
            Path(folder, f"document-{number}.txt").write_text(writer.document(), encoding="utf-8")
        with KnowledgeBase(Path(home), embedder) as knowledge_base, ParserProcess() as parser:
            parser.protections()
            pipeline = Pipeline(knowledge_base, parser, embedder.count_tokens)
            first = _seconds(lambda: pipeline.ingest(folder))
            passages = [
                indexed_text(row.title, row.chunk)
                for rows in knowledge_base.catalog.chunks.index_rows("workspace")
                for row in rows
            ]
            bare = _seconds(lambda: embedder.embed_documents(passages))
            again = _seconds(lambda: pipeline.ingest(folder))
    return {
        "documents": documents,
        "passages": len(passages),
        "ingest_docs_per_s": round(documents / first, 1),
        "embedder_docs_per_s": round(documents / bare, 1),
        "ingest_to_embedder": round(bare / first, 3),
        "unchanged_docs_per_s": round(documents / again, 1),
        "first_to_unchanged": round(first / again, 1),
    }


def search_at(embedder: Embedder, passages: int) -> dict[str, float]:
    writer = Writer(_SEED)
    stand_in = WordVectors(embedder)
    with tempfile.TemporaryDirectory() as home, KnowledgeBase(Path(home), stand_in) as knowledge_base:
        source = source_of("generated")
        knowledge_base.catalog.sources.add(source)
        for start in range(0, passages, 500):
            knowledge_base.publish([_draft(source, writer, number) for number in range(start, start + 500)])
        questions = [writer.sentence(8) for _ in range(220)]
        for question in questions[:20]:
            knowledge_base.search(question)
        both = [_both_seconds(partial(knowledge_base.search, question)) for question in questions[20:]]
        seconds, processor = zip(*both, strict=True)
    return {
        "passages": passages,
        "search_p50_ms": round(percentile(seconds, 50) * 1000, 1),
        "search_p95_ms": round(percentile(seconds, 95) * 1000, 1),
        "search_cpu_p50_ms": round(percentile(processor, 50) * 1000, 1),
        "search_cpu_p95_ms": round(percentile(processor, 95) * 1000, 1),
    }


def _draft(source: Source, writer: Writer, number: int) -> Draft:
    document = document_of(source, f"generated/{number}")
    text = writer.document(1)
    return Draft(document, version_of(document, Version("", "", text, writer.sentence(5))), (Span(0, len(text)),))


def slack() -> dict[str, float]:
    """`question_to_posted` over the samples."""
    with tempfile.TemporaryDirectory() as home:
        paths = [str(path) for path in samples.documents()]
        command = [sys.executable, "-m", "footnote.cli", "ingest", *paths]
        subprocess.run(command, env=os.environ | {"FOOTNOTE_HOME": home}, stdout=subprocess.DEVNULL, check=True)
        return question_to_posted(Path(home))


def question_to_posted(home: Path) -> dict[str, float]:
    """A mention in the stand-in's channel until the final message stands there; `footnote serve` as a process of its own."""
    manifest = Path(__file__).parents[1] / "slack-manifest.yaml"
    with Playground.running(manifest=manifest) as slack:
        environment = os.environ | slack.environment | {"FOOTNOTE_HOME": str(home)}
        environment.pop("SLACK_SIGNING_SECRET", None)
        started = time.perf_counter()
        bot = subprocess.Popen(
            [sys.executable, "-m", "footnote.cli", "serve"], env=environment, stderr=subprocess.DEVNULL
        )
        try:
            slack.wait_for(lambda: slack.connections, timeout=60)
            start_up = time.perf_counter() - started
            seconds = [_seconds(partial(_ask, slack, number)) for number in range(_QUESTIONS)]
            memory = _peak_megabytes(bot.pid)
        finally:
            bot.terminate()
            bot.wait(30)
    return {
        "questions": _QUESTIONS,
        "question_to_posted_p50_ms": round(percentile(seconds, 50) * 1000, 1),
        "question_to_posted_p95_ms": round(percentile(seconds, 95) * 1000, 1),
        "start_up_s": round(start_up, 2),
        "bot_peak_mb": round(memory, 1),
    }


_ASKED = (
    "Is Veldmark in talks with Orrin?",
    "How much will the ferries cost?",
    "What happens to route N7?",
    "How many passengers did route N2 carry in 2025?",
    "Who is the mayor of Port Callow?",
)


def _ask(slack: Playground, number: int) -> None:
    ts = slack.post("maya", "general", f"<@{slack.bot_user}> {_ASKED[number % len(_ASKED)]}")
    slack.wait_for(
        lambda: [message for message in slack.messages("general", ts) if message.user == slack.bot_user], timeout=30
    )


def _peak_megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.is_file() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), float("nan"))


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _both_seconds(work: Callable[[], object]) -> tuple[float, float]:
    """On the clock, and of the processor by all threads together, which does not depend on who else is at work."""
    started, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started, time.process_time() - used


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, nargs="+", default=[1_000, 10_000, 50_000])
    parser.add_argument("--documents", type=int, default=400)
    parser.add_argument(
        "--only", choices=["ingest", "search", "slack"], nargs="+", default=["ingest", "search", "slack"]
    )
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        embedder = PackagedEmbedder(Path(cache))
        embedder.embed_query("warm")
        if "ingest" in chosen.only:
            print(json.dumps({"measure": "ingest"} | ingest_against_embedder(embedder, chosen.documents)), flush=True)
        for passages in chosen.passages if "search" in chosen.only else ():
            print(json.dumps({"measure": "search"} | search_at(embedder, passages)), flush=True)
    if "slack" in chosen.only:
        print(json.dumps({"measure": "slack"} | slack()), flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"measure": "memory", "peak_mb": round(peak, 1)}), flush=True)


if __name__ == "__main__":
    main()
