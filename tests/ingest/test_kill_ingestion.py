"""A process that is killed while it replaces a version leaves the old one or the new one, and the next run finishes its work.

`python test_kill_ingestion.py HOME CACHE FILE FAILPOINT` is that process.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
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


def main(home: str, cache: str, file: str, failpoint: str) -> None:
    embedder = PackagedEmbedder(Path(cache))
    with (
        KnowledgeBase(Path(home), embedder, failpoint=killed_at(failpoint)) as knowledge_base,
        ParserProcess() as parser,
    ):
        Pipeline(knowledge_base, parser, embedder.count_tokens).ingest(file)


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
    embedder_cache: Path,
    parser: ParserProcess,
) -> None:
    home, file = tmp_path / "home", tmp_path / "ferry.txt"
    file.write_text(OLD)
    with KnowledgeBase(home, embedder) as knowledge_base:
        Pipeline(knowledge_base, parser, embedder.count_tokens).ingest(str(file))
        assert sees(knowledge_base) == said_by(OLD)
    file.write_text(NEW)
    command = [sys.executable, __file__, str(home), str(embedder_cache), str(file), failpoint]
    root = str(Path(__file__).parents[2])
    killed = subprocess.run(command, check=False, env={**os.environ, "PYTHONPATH": root}, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
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
    tmp_path: Path, embedder: PackagedEmbedder, embedder_cache: Path, parser: ParserProcess
) -> None:
    home, file = tmp_path / "home", tmp_path / "ferry.txt"
    file.write_text(OLD)
    command = [sys.executable, __file__, str(home), str(embedder_cache), str(file), "publish.indexed"]
    subprocess.run(command, check=False, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])})
    with KnowledgeBase(home, embedder) as knowledge_base:
        assert sees(knowledge_base) == set()
        assert knowledge_base.counts(["workspace"]) == (0, 0)
        report = Pipeline(knowledge_base, parser, embedder.count_tokens).ingest(str(file))
        assert dict(report.counts) == {"new": 1}
        assert sees(knowledge_base) == said_by(OLD)


if __name__ == "__main__":
    main(*sys.argv[1:])
