"""`python -m playground`: a process that says what an app needs to find it."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
from slack_sdk import WebClient

ROOT = Path(__file__).parents[2]


def command(port: int) -> list[str]:
    return [sys.executable, "-m", "playground", "--port", str(port), "--manifest", str(ROOT / "slack-manifest.yaml")]


def test_it_prints_the_environment_of_an_app_and_leaves_when_told() -> None:
    process = subprocess.Popen(command(0), cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        lines = [process.stdout.readline().strip() for _ in range(5)]
        environment = dict(line.split("=", 1) for line in lines[1:])
        client = WebClient(environment["SLACK_BOT_TOKEN"], base_url=environment["SLACK_API_URL"])
        assert client.auth_test()["user"] == "footnote"
        assert "You are" in httpx.get(lines[0].rpartition(" ")[2]).text
    finally:
        process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0


def test_a_port_in_use_is_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = subprocess.run(command(port), cwd=ROOT, capture_output=True, text=True, check=False)
    assert (answer.returncode, "Traceback" in answer.stderr) == (1, False)
    assert f"Port {port} cannot be opened" in answer.stderr
