"""The console script as a process of its own: alone, and beside a bot that serves the same data directory."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from playground.server import Playground

ROOT = Path(__file__).parents[2]


@pytest.fixture
def environment(home: Path) -> dict[str, str]:
    bare = {
        name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "FOOTNOTE_", "ANSWER_"))
    }
    return bare | {"FOOTNOTE_HOME": str(home), "PYTHONPATH": str(ROOT)}


@pytest.fixture
def footnote(environment: dict[str, str], documents: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "footnote.cli", *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, env=environment | more, cwd=documents, check=False
        )

    return run


def test_documents_go_in_and_a_proven_answer_comes_out(
    footnote: Callable[..., Any], environment: dict[str, str], documents: Path
) -> None:
    added = subprocess.run(
        [sys.executable, "-m", "ingest", ".", "no-such-file.txt", "--json"],
        capture_output=True,
        text=True,
        env=environment,
        cwd=documents,
        check=False,
    )
    assert added.returncode == 1, "one of them failed"
    assert json.loads(added.stdout)["counts"] == {"failed": 1, "new": 2}
    answer = footnote("ask", "When does the ferry to Skarn sail?")
    assert answer.returncode == 0
    assert "at nine" in answer.stdout
    assert "Harbour Post" in answer.stdout
    assert answer.stderr == ""


@pytest.fixture
def serving(environment: dict[str, str], home: Path) -> Iterator[subprocess.Popen[str]]:
    """`footnote serve`, connected to a stand-in for Slack."""
    with Playground.running(ROOT / "slack-manifest.yaml") as slack:
        environment |= slack.environment | {"SLACK_SIGNING_SECRET": ""}
        command = [sys.executable, "-m", "footnote.cli", "serve"]
        process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        slack.wait_for(lambda: slack.connections or process.poll() is not None)
        yield process
        if process.poll() is None:
            process.kill()
            process.communicate()


def test_a_bot_that_serves_takes_over_the_work_of_others(
    serving: subprocess.Popen[str], cli_in: Callable[..., Any], home: Path, documents: Path, environment: dict[str, str]
) -> None:
    assert serving.poll() is None
    assert cli_in(home, "ingest", str(documents), "--json").json["counts"] == {"new": 2}
    assert cli_in(home, "ask", "What does a ticket cost?", "--json").json["answered"]
    second = subprocess.run(
        [sys.executable, "-m", "footnote.cli", "serve"], capture_output=True, text=True, env=environment, check=False
    )
    assert second.returncode == 1
    assert f"in use by process {serving.pid}" in " ".join(second.stderr.split())
    serving.send_signal(signal.SIGTERM)
    serving.communicate()
    assert serving.returncode == 0
    assert not (home / "control.sock").exists()
    assert cli_in(home, "sources", "--json").json["sources"][0]["documents"] == 2, "now on its own"


def test_a_bot_that_was_killed_leaves_the_directory_usable(
    serving: subprocess.Popen[str], cli_in: Callable[..., Any], home: Path, documents: Path
) -> None:
    cli_in(home, "ingest", str(documents))
    serving.kill()
    serving.wait()
    assert (home / "control.sock").exists()
    assert cli_in(home, "ask", "What does a ticket cost?", "--json").json["answered"]


def test_serving_without_tokens_says_where_to_get_them(cli_in: Callable[..., Any], home: Path) -> None:
    result = cli_in(home, "serve")
    assert result.code == 1
    assert "slack-manifest.yaml" in result.err
    assert "SLACK_BOT_TOKEN" in result.err


def test_every_passage_can_be_embedded_anew(cli_in: Callable[..., Any], home: Path, documents: Path) -> None:
    assert cli_in(home, "reembed", "--json").json == {"passages": 0}
    cli_in(home, "ingest", str(documents))
    assert cli_in(home, "reembed", "--json").json == {"passages": 2}
    assert "2 passages" in cli_in(home, "reembed").out
    assert cli_in(home, "search", "ferry", "--json").json["passages"]


def test_the_demo_answers_and_abstains(cli_in: Callable[..., Any], home: Path, embedder_cache: Path) -> None:
    (home / "demo").mkdir()
    (home / "demo" / "models").symlink_to(embedder_cache)
    shown = cli_in(home, "demo", "--json")
    assert shown.code == 0
    assert shown.json["report"]["counts"] == {"new": 8}
    assert [answer["answered"] for answer in shown.json["answers"]] == [True, True, False]


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Where the tests run as a background job, SIGINT is ignored, and programs they start would inherit that."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_what_is_stopped_by_hand_says_what_became_of_it_and_goes_on(
    environment: dict[str, str], tmp_path: Path, cli_in: Callable[..., Any], home: Path
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    files = [folder / f"{number:03}.txt" for number in range(160)]
    for number, file in enumerate(files):
        file.write_text(" ".join(f"Notice {number} of the harbour office has a line {line}." for line in range(90)))
    command = [sys.executable, "-m", "footnote.cli", "ingest", str(folder), "--json"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, start_new_session=True) as process:
        while process.poll() is None and not holds_documents(home):
            time.sleep(0.05)
        assert process.poll() is None, "it was at work"
        os.killpg(process.pid, signal.SIGINT)
        out, _ = process.communicate()
    assert process.returncode == 130
    assert json.loads(out)["error"].startswith("Stopped. What was taken in until then stays;")
    for file in files[40:]:  # so that going on is not as long as what was stopped
        file.unlink()
    counts = cli_in(home, "ingest", str(folder), "--json").json["counts"]
    assert counts.get("new", 0) + counts["unchanged"] == 40
    assert counts["unchanged"] > 0


def holds_documents(home: Path) -> bool:
    with closing(sqlite3.connect(f"file:{home / 'footnote.sqlite'}?mode=ro", uri=True)) as database:
        [number] = database.execute("SELECT count(*) FROM documents WHERE current_version IS NOT NULL").fetchone()
    return bool(number)
