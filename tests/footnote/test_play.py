"""`footnote play` as its user starts and ends it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder for its temporary files, so that what it leaves behind can be seen; its name is short, as a socket's must be."""
    with tempfile.TemporaryDirectory(prefix="play-") as folder:
        yield Path(folder)


@pytest.fixture
def environment(home: Path, temporary: Path) -> dict[str, str]:
    bare = {
        name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "FOOTNOTE_", "ANSWER_"))
    }
    return bare | {"FOOTNOTE_HOME": str(home), "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)}


@pytest.fixture
def play(environment: dict[str, str], documents: Path) -> Iterator[subprocess.Popen[str]]:
    command = [
        sys.executable,
        "-u",
        "-m",
        "footnote.cli",
        "play",
        "--no-open",
        "--port",
        "0",
        "--documents",
        str(documents),
    ]
    process = subprocess.Popen(
        command,
        env=environment | {"COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    yield process
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    said: list[str] = []
    for line in process.stdout:
        said.append(line)
        if line.startswith("Open http"):
            return line.split()[1]
    raise AssertionError("".join(said))


def children(process: subprocess.Popen[str]) -> list[str]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True, check=False
    )
    return listed.stdout.split()


def test_it_answers_and_ends_leaving_nothing_behind(play: subprocess.Popen[str], temporary: Path) -> None:
    url = address(play)
    httpx.post(f"{url}/do/say", data={"as": "maya", "in": "general", "text": "@footnote When does the ferry sail?"})
    deadline = time.monotonic() + 60
    while "at nine" not in httpx.get(f"{url}/wire").text:
        assert time.monotonic() < deadline, httpx.get(f"{url}/wire").text
        time.sleep(0.1)
    bots = children(play)
    play.send_signal(signal.SIGINT)
    assert play.wait(60) == 0
    assert [pid for pid in bots if Path(f"/proc/{pid}").exists()] == []
    assert list(temporary.glob("footnote-*")) == []


def test_ended_before_it_is_ready_it_leaves_nothing_behind_either(play: subprocess.Popen[str], temporary: Path) -> None:
    assert play.stdout is not None
    next(line for line in play.stdout if "Ingesting" in line)
    while not (ingesting := children(play)):
        time.sleep(0.1)
    play.send_signal(signal.SIGTERM)
    assert play.wait(60) == 0
    assert [pid for pid in ingesting if Path(f"/proc/{pid}").exists()] == []
    assert list(temporary.glob("footnote-*")) == []


def test_a_port_in_use_is_said_before_anything_is_done(environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "footnote.cli", "play", "--port", str(port)]
        answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    said = " ".join((answer.stdout + answer.stderr).split())
    assert (answer.returncode, "Traceback" in said, "Ingesting" in said) == (1, False, False)
    assert f"Port {port} cannot be opened" in said
    assert f"--port {port + 1}" in said


def test_a_bot_that_cannot_start_is_said_with_its_reason(
    environment: dict[str, str], documents: Path, tmp_path: Path
) -> None:
    deep = tmp_path / ("deep" * 30)
    deep.mkdir()
    command = [sys.executable, "-m", "footnote.cli", "play", "--port", "0", "--documents", str(documents)]
    environment |= {"TMPDIR": str(deep)}
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    said = " ".join((answer.stdout + answer.stderr).split())
    assert (answer.returncode, "Traceback" in said) == (1, False)
    assert "too long a name for a socket" in said
    assert "The bot did not start" in said
    assert list(deep.glob("footnote-*")) == []
