from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from footnote.control import NobodyThere, OperationFailed, ask_owner, call, serving
from vectorstore.lock import OwnerLock


def ignore(_step: Any) -> None:
    """Progress that nobody watches."""


def talk(served: Any, *lines: bytes) -> list[Any]:
    """What the socket answers to raw lines, until it closes."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(served.home / "control.sock"))
        for line in lines:
            connection.sendall(line)
        connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as answers:
            return [json.loads(line) for line in answers]


def test_the_owner_answers_as_if_asked_directly(served: Any) -> None:
    arguments = {"query": "ferry", "limit": 2}
    over_socket = ask_owner(served.home / "control.sock", "search", arguments, ignore)
    assert over_socket == json.loads(json.dumps(call(served.application, "search", arguments, ignore)))
    assert over_socket["passages"]


def test_progress_comes_before_the_result(served: Any, documents: Path) -> None:
    steps: list[Any] = []
    report = ask_owner(served.home / "control.sock", "ingest", {"location": str(documents)}, steps.append)
    assert report["counts"] == {"unchanged": 2}
    assert [step["done"] for step in steps] == [1, 2]


def test_a_refusal_arrives_as_a_sentence(served: Any) -> None:
    with pytest.raises(OperationFailed, match="no source “nothing”"):
        ask_owner(served.home / "control.sock", "remove", {"source": "nothing"}, ignore)


def test_an_unforeseen_fault_is_told_with_a_reference(served: Any) -> None:
    [answer] = talk(served, b'{"operation": "ask", "arguments": {"question": {"not": "a text"}}}\n')
    assert "under the reference F-" in answer["error"]


def test_only_the_owner_of_the_directory_can_open_the_socket(served: Any) -> None:
    assert (served.home / "control.sock").stat().st_mode & 0o777 == 0o600


def test_nobody_there_is_told_apart_from_a_refusal(tmp_path: Path) -> None:
    with pytest.raises(NobodyThere):
        ask_owner(tmp_path / "control.sock", "sources", {}, ignore)
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(str(tmp_path / "control.sock"))
    dead.close()
    with pytest.raises(NobodyThere):
        ask_owner(tmp_path / "control.sock", "sources", {}, ignore)


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"[]\n",
        b"null\n",
        b'"sources"\n',
        b"{}\n",
        b'{"operation": "sources"}\n',
        b'{"operation": "sources", "arguments": []}\n',
        b'{"operation": "sources", "arguments": {"__class__": 1}}\n',
        b'{"operation": "knowledge_base", "arguments": {}}\n',
        b'{"operation": "__init__", "arguments": {}}\n',
        b'{"operation": ["ask"], "arguments": {}}\n',
        b'{"operation": "ask", "arguments": {"question": 5}}\n',
        b'{"operation": "passage", "arguments": {"version": "v", "start": "a", "end": null}}\n',
        b"[" * 100_000 + b"\n",
        b"\xff\xfe\x00\n",
        b"x" * 1_500_000 + b"\n",
        b'{"operation": "sources", "arguments": {}',
        b"",
    ],
)
def test_nonsense_on_the_socket_is_refused_and_harms_nothing(
    served: Any, line: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    try:
        answers = talk(served, line)
    except (ConnectionResetError, BrokenPipeError):
        answers = [{"error": "closed"}]  # before all of a line that was too long was read
    assert len(answers) == 1
    assert answers[0]["error"]
    assert "Traceback" not in capfd.readouterr().err
    assert ask_owner(served.home / "control.sock", "sources", {}, ignore)["sources"]


def test_a_caller_that_leaves_early_harms_nothing(
    served: Any, documents: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for _ in range(3):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(served.home / "control.sock"))
            request = {"operation": "ingest", "arguments": {"location": str(documents)}}
            connection.sendall(json.dumps(request).encode() + b"\n")
    assert ask_owner(served.home / "control.sock", "sources", {}, ignore)["sources"]
    assert "Traceback" not in capfd.readouterr().err


def test_several_callers_are_served_at_once(served: Any) -> None:
    def ask(number: int) -> str:
        found = ask_owner(served.home / "control.sock", "search", {"query": f"ferry {number}"}, ignore)
        return str(found["query"])

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(24))) == [f"ferry {number}" for number in range(24)]


def test_the_socket_is_gone_after_serving_and_a_stale_one_is_no_hindrance(served: Any, tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    path.touch()
    with serving(served.application, path):
        assert ask_owner(path, "sources", {}, ignore)["sources"]
    assert not path.exists()


def test_a_directory_whose_name_is_too_long_is_told(served: Any, tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    with pytest.raises(OperationFailed, match="FOOTNOTE_HOME"), serving(served.application, deep / "control.sock"):
        pass


def test_a_quote_is_shown_in_its_passage_only_to_those_who_may_read_it(
    served: Any, footnote: Callable[..., Any]
) -> None:
    answer = footnote("ask", "What does a ticket cost?", "--json").json
    citation = answer["statements"][0]["citations"][0]
    where = {name: citation[name] for name in ("version", "start", "end")}
    path = served.home / "control.sock"
    place = ask_owner(path, "passage", where, ignore)
    text = served.application.knowledge_base.catalog.version(citation["version"]).text
    assert place["quote"] == citation["quote"]
    assert f"{place['before']}{place['quote']}{place['after']}" in text
    with pytest.raises(OperationFailed, match="not available here"):
        ask_owner(path, "passage", where | {"scopes": ["channel:C1"]}, ignore)


def test_ingestions_of_several_callers_queue_up(served: Any, tmp_path: Path) -> None:
    path = served.home / "control.sock"
    for number in range(4):
        (tmp_path / f"{number}.txt").write_text(f"Buoy {number} was seen near the northern pier of Skarn on Monday.")

    def add(number: int) -> Any:
        return ask_owner(path, "ingest", {"location": str(tmp_path / f"{number}.txt")}, ignore)["counts"]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(add, range(4))) == [{"new": 1}] * 4
    for number in range(4):
        ask_owner(path, "remove", {"source": str(tmp_path / f"{number}.txt")}, ignore)


def test_questions_are_answered_while_documents_come_in(served: Any, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number}.txt").write_text(f"Buoy {number} was seen near the northern pier of Skarn on Monday.")
    path = served.home / "control.sock"
    ingesting = threading.Thread(target=ask_owner, args=(path, "ingest", {"location": str(folder)}, ignore))
    ingesting.start()
    answered = [ask_owner(path, "ask", {"question": "What does a ticket cost?"}, ignore)["answered"] for _ in range(3)]
    ingesting.join()
    assert answered == [True] * 3
    assert ask_owner(path, "remove", {"source": str(folder)}, ignore)["removed"]["documents"] == 40


def test_a_directory_in_use_by_one_who_does_not_serve_is_told(cli_in: Callable[..., Any], home: Path) -> None:
    lock = OwnerLock(home)
    for command in (["sources"], ["ask", "Why?"], ["reembed"], ["serve"]):
        result = cli_in(home, *command)
        assert result.code == 1
        if command != ["serve"]:
            assert f"in use by process {os.getpid()}" in " ".join(result.err.split())
    lock.release()
    assert cli_in(home, "sources").code == 0


def test_another_process_hands_its_work_to_the_owner(served: Any, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "footnote.cli", "ask", "--json", "What does a ticket cost?"]
    environment = {**os.environ, "FOOTNOTE_HOME": str(served.home), "PYTHONPATH": str(Path(__file__).parents[2])}
    result = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path, check=False)
    assert result.returncode == 0, result.stderr
    assert "twelve crowns" in json.loads(result.stdout)["text"]
    assert result.stderr == ""
