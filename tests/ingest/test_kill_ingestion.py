"""A process that is killed while it replaces a version leaves the old one or the new one, and the next run finishes its work.

`python test_kill_ingestion.py` loads everything once and forks that process for each line (home, cache, file, failpoint).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.pipeline import Pipeline
from ingest.sandbox import ParserProcess
from vectorstore.embedder import PackagedEmbedder
from vectorstore.store import KnowledgeBase

OLD = (
    "The ferry to Skarn sails at eight in the morning, the harbour office said on Monday.\n\n"
    + "Old timetables hang at the pier. " * 40
    + "\n\nThe boat carries ninety cars, and the fare is twelve crowns."
)
NEW = OLD.replace("eight", "nine").replace("Monday", "Tuesday").replace("twelve", "fourteen")


def killed_at(name: str) -> Any:
    def failpoint(reached: str) -> None:
        if reached == name:
            os.kill(os.getpid(), signal.SIGKILL)

    return failpoint


def run(parser: ParserProcess, home: str, cache: str, file: str, failpoint: str) -> None:
    embedder = PackagedEmbedder(Path(cache))
    with KnowledgeBase(Path(home), embedder, failpoint=killed_at(failpoint)) as knowledge_base:
        Pipeline(knowledge_base, parser, embedder.count_tokens).ingest(file)


def main() -> None:
    parser = ParserProcess()
    parser.parse(b"It is started before it is shared.", name="first.txt")
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            run(parser, *line.rstrip("\n").split("\t"))
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)  # noqa: T201
    parser.close()


@pytest.fixture(scope="module")
def ingest_until(embedder_cache: Path) -> Iterator[Callable[[str, Path, Path], int]]:
    """`ingest_until(failpoint, home, file)` in a process of its own; returns how it ended."""
    root = str(Path(__file__).parents[2])
    with subprocess.Popen(
        [sys.executable, __file__],
        env={**os.environ, "PYTHONPATH": root},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as forks:
        assert forks.stdin
        assert forks.stdout

        def ended(failpoint: str, home: Path, file: Path) -> int:
            print(home, embedder_cache, file, failpoint, sep="\t", file=forks.stdin, flush=True)
            return int(forks.stdout.readline())  # type: ignore[union-attr]

        yield ended
        forks.stdin.close()


@pytest.mark.parametrize(
    ("failpoint", "survivor"),
    [
        ("publish.embedded", OLD),
        ("publish.staged", OLD),
        ("publish.indexed", OLD),
        ("publish.swapped", NEW),
    ],
)
def test_a_kill_leaves_the_old_or_the_new_and_the_next_run_completes(
    failpoint: str,
    survivor: str,
    tmp_path: Path,
    embedder: PackagedEmbedder,
    parser: ParserProcess,
    ingest_until: Callable[[str, Path, Path], int],
) -> None:
    home, file = tmp_path / "home", tmp_path / "ferry.txt"
    file.write_text(OLD)
    with KnowledgeBase(home, embedder) as knowledge_base:
        Pipeline(knowledge_base, parser, embedder.count_tokens).ingest(str(file))
        assert sees(knowledge_base) == said_by(OLD)
    file.write_text(NEW)
    assert ingest_until(failpoint, home, file) == -signal.SIGKILL
    with KnowledgeBase(home, embedder) as knowledge_base:
        assert sees(knowledge_base) == said_by(survivor)
        report = Pipeline(knowledge_base, parser, embedder.count_tokens).ingest(str(file))
        assert dict(report.counts) == {"unchanged" if survivor == NEW else "changed": 1}
        assert sees(knowledge_base) == said_by(NEW)
        _, passages = knowledge_base.counts(["workspace"])
        assert knowledge_base._indexes.keywords.count("workspace") == passages, "nothing is left of the old one"


def sees(knowledge_base: KnowledgeBase) -> set[str]:
    """Which hours, days and fares a reader finds, by meaning and by words."""
    texts = [
        passage.text
        for query in (
            "When does the boat leave for Skarn?",
            "eight nine",
            "Monday Tuesday",
            "fare twelve fourteen crowns",
        )
        for passage in knowledge_base.search(query, limit=20, per_document=20)
    ]
    return said_by(" ".join(texts))


def said_by(text: str) -> set[str]:
    return {
        word
        for word in ("eight", "nine", "Monday", "Tuesday", "twelve", "fourteen")
        if word in text.replace("ninety", "")
    }


def test_a_kill_while_a_first_version_comes_in_leaves_nothing_or_all(
    tmp_path: Path,
    embedder: PackagedEmbedder,
    parser: ParserProcess,
    ingest_until: Callable[[str, Path, Path], int],
) -> None:
    home, file = tmp_path / "home", tmp_path / "ferry.txt"
    file.write_text(OLD)
    assert ingest_until("publish.indexed", home, file) == -signal.SIGKILL
    with KnowledgeBase(home, embedder) as knowledge_base:
        assert sees(knowledge_base) == set()
        assert knowledge_base.counts(["workspace"]) == (0, 0)
        report = Pipeline(knowledge_base, parser, embedder.count_tokens).ingest(str(file))
        assert dict(report.counts) == {"new": 1}
        assert sees(knowledge_base) == said_by(OLD)


if __name__ == "__main__":
    main()
