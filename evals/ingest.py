"""How ingestion grows: `python -m evals.ingest [1000 10000]`, one JSON line per number of documents, each in its own process.

`docs_per_s`: first ingestion of a folder; `cpu_ms_a_doc`: processor time of it, without the parser's; `peak_mb`: most memory of
this process and its parser together; `unchanged_ratio`: the first ingestion against looking at the unchanged folder again;
`plan_s`: a dry run after one document in twenty changed; `question_p95_idle_ms` and `question_p95_busy_ms`: answers before, and
while a tenth as many new documents come in.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.answer import Assistant
from bot.remembered import Remembered
from bot.values import Question
from evals.speed import Writer
from evals.timing import peak_megabytes, percentile
from ingest.pipeline import Pipeline
from ingest.sandbox import ParserProcess
from vectorstore.embedder import PackagedEmbedder
from vectorstore.store import KnowledgeBase

_SEED = 11
_QUESTIONS = 40


def measure(documents: int, models: Path) -> dict[str, float]:
    writer = Writer(_SEED)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as home:
        _write(Path(folder), writer, range(documents))
        embedder = PackagedEmbedder(models)
        with KnowledgeBase(Path(home), embedder) as knowledge_base, ParserProcess() as parser:
            parser.protections()
            pipeline = Pipeline(knowledge_base, parser, embedder.count_tokens)
            assistant = Assistant(knowledge_base, Remembered(embedder.embed_now, embedder.dimension))
            processor = time.process_time()
            first = _seconds(lambda: pipeline.ingest(folder))
            processor = time.process_time() - processor
            unchanged = _seconds(lambda: pipeline.ingest(folder))
            idle = _answering(assistant, writer, _QUESTIONS)
            _write(Path(folder), writer, range(0, documents, 20))
            plan = _seconds(pipeline.plan)
            _write(Path(folder), writer, range(documents, documents + documents // 10))
            busy = _answering_while(assistant, writer, threading.Thread(target=pipeline.ingest, args=(folder,)))
            peak = peak_megabytes()
    return {
        "documents": documents,
        "docs_per_s": round(documents / first, 1),
        "cpu_ms_a_doc": round(1000 * processor / documents, 1),
        "peak_mb": round(peak),
        "unchanged_ratio": round(first / unchanged, 1),
        "plan_s": round(plan, 1),
        "question_p95_idle_ms": round(percentile(idle, 95) * 1000, 1),
        "question_p95_busy_ms": round(percentile(busy, 95) * 1000, 1),
    }


def _write(folder: Path, writer: Writer, numbers: range) -> None:
    for number in numbers:
        (folder / f"document-{number}.txt").write_text(writer.document(1), encoding="utf-8")


def _answering(assistant: Assistant, writer: Writer, number: int) -> list[float]:
    assistant.answer(Question(writer.sentence(8)))  # the first one opens what the others find open
    return [_seconds(lambda: assistant.answer(Question(writer.sentence(8)))) for _ in range(number)]


def _answering_while(assistant: Assistant, writer: Writer, work: threading.Thread) -> list[float]:
    """At a person's pace, until the work is done."""
    work.start()
    taken: list[float] = []
    while work.is_alive() or not taken:
        taken.append(_seconds(lambda: assistant.answer(Question(writer.sentence(8)))))
        time.sleep(0.2)
    work.join()
    return taken


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.ingest", description=__doc__)
    parser.add_argument("documents", nargs="*", type=int, default=[1_000, 10_000])
    parser.add_argument("--models", type=Path, help="measure in this process, with the embedder's graph in this folder")
    given = parser.parse_args(arguments)
    if given.models:
        for documents in given.documents:
            print(json.dumps(measure(documents, given.models)), flush=True)
        return 0
    with tempfile.TemporaryDirectory() as models:
        PackagedEmbedder(Path(models))  # built once, so that its memory is nobody's who is measured
        command = [sys.executable, "-m", "evals.ingest", "--models", models]
        runs = [subprocess.run([*command, str(documents)], check=False) for documents in given.documents]
    return max(run.returncode for run in runs)


if __name__ == "__main__":
    sys.exit(main())
