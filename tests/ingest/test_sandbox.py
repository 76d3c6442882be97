"""The parsing process: what it may not do, what becomes of it, and what is believed of what it says."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.answers import document_of
from ingest.errors import ParseRefused
from ingest.parse import MAX_BYTES, Parsed, parse
from ingest.sandbox import BATCH, ParserProcess, ParserStopped, Unread

MakeZip = Callable[[Mapping[str, bytes | str]], bytes]
TEXT = b"The ferry to the island leaves at nine.\n\nThe last one leaves at eleven."


def child() -> psutil.Process:
    """The only parsing process of a parser that was started last."""
    return max(psutil.Process().children(), key=lambda process: process.create_time())


def test_it_reads_what_the_parser_reads(parser: ParserProcess) -> None:
    assert parser.parse(TEXT, name="ferry.txt") == parse(TEXT, name="ferry.txt")


def test_a_refusal_crosses_the_border_with_its_reason(parser: ParserProcess) -> None:
    with pytest.raises(ParseRefused, match=r"^document_empty$"):
        parser.parse(b"  \n", name="empty.txt")


def test_many_documents_come_back_in_order_with_the_refused_ones_in_their_place(parser: ParserProcess) -> None:
    documents = [
        Unread(b"" if number % 10 == 3 else b"Number %d." % number, f"{number}.txt") for number in range(3 * BATCH)
    ]
    outcomes = list(parser.parse_many(documents))
    assert len(outcomes) == len(documents)
    for number, outcome in enumerate(outcomes):
        if number % 10 == 3:
            assert isinstance(outcome, ParseRefused)
        else:
            assert isinstance(outcome, Parsed)
            assert outcome.text == f"Number {number}."


def test_a_document_larger_than_a_pipe_crosses(parser: ParserProcess) -> None:
    sentence = "The ferry to the island leaves at nine, and nobody knows when it returns. "
    text = "\n\n".join(sentence * 5 for _ in range(3000))
    assert len(parser.parse(text.encode(), name="long.txt").text) > 1_000_000


def test_a_document_beyond_the_limit_is_refused_before_it_is_sent(parser: ParserProcess) -> None:
    with pytest.raises(ParseRefused, match=r"too_many_bytes \(bytes=100000001, most=100000000\)"):
        parser.parse(bytes(MAX_BYTES + 1), name="huge.txt")


def test_text_beyond_the_limit_is_refused(parser: ParserProcess) -> None:
    with pytest.raises(ParseRefused, match="too_much_text"):
        parser.parse(b"The ferry leaves at nine.\n\n" * 250_000, name="long.txt")


def test_it_runs_without_network_privileges_and_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-FAKE-canary")
    reading, writing = os.pipe()
    os.set_inheritable(reading, True)
    with ParserProcess() as parser:
        active = parser.protections()
        process = child()
        environment = process.environ()
        descriptors = list(Path(f"/proc/{process.pid}/fd").iterdir())
        user = process.uids().effective
    os.close(reading)
    os.close(writing)
    assert active["no network"]
    assert active["memory"]
    assert active["time"]
    assert active["no files written"]
    assert "SLACK_BOT_TOKEN" not in environment
    assert not any("canary" in value for value in environment.values())
    assert len(descriptors) <= 4
    assert user != 0


LOCKED = """
import encodings.idna, os, socket, subprocess, sys, sysconfig
from ingest import lockdown
lockdown.leave_network()
print("files hidden", lockdown.see_only([sysconfig.get_path("stdlib")]))
lockdown.drop_privileges()
print("calls denied", lockdown.deny_system_calls())
lockdown.limit_resources()
def attempt(what, action):
    try:
        action()
    except (OSError, subprocess.SubprocessError, MemoryError) as error:
        print(what, "failed")
    else:
        print(what, "WORKED")
attempt("connect", lambda: socket.create_connection(("127.0.0.1", int(sys.argv[1])), 1))
attempt("unix socket", lambda: socket.socket(socket.AF_UNIX))
attempt("read", lambda: open("/etc/passwd").read())
attempt("list", lambda: os.listdir("/"))
attempt("write", lambda: open("/tmp/footnote-lockdown", "w").write("x"))
attempt("program", lambda: subprocess.run(["true"]))
attempt("signal", lambda: os.kill(os.getppid(), 0))
attempt("memory", lambda: bytearray(2_000_000_000))
"""


@pytest.mark.skipif(
    sys.platform != "linux", reason="these protections are Linux's; elsewhere `protections` says they are off"
)
def test_what_was_given_up_cannot_be_done() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        run = subprocess.run([sys.executable, "-c", LOCKED, port], capture_output=True, text=True, check=False)
    lines = run.stdout.splitlines()
    assert lines[:2] == ["files hidden True", "calls denied True"]
    assert lines[2:] == [
        f"{what} failed" for what in ("connect", "unix socket", "read", "list", "write", "program", "signal", "memory")
    ]


def test_a_process_that_is_killed_is_replaced_and_only_its_document_fails() -> None:
    with ParserProcess() as parser:
        parser.parse(TEXT, name="a.txt")
        killed = child()
        killed.kill()
        with pytest.raises(ParseRefused, match="reader_died"):
            parser.parse(TEXT, name="b.txt")
        assert parser.parse(TEXT, name="c.txt").text
        assert child().pid != killed.pid


def test_a_document_that_takes_too_long_fails_and_those_after_it_do_not() -> None:
    slow = b"<p>" + b"<i>word</i> " * 400_000
    with ParserProcess(seconds=1.0) as parser:
        parser.protections()
        outcomes = list(parser.parse_many([Unread(TEXT, "a.txt"), Unread(slow, "slow.html"), Unread(TEXT, "b.txt")]))
    assert [type(outcome) for outcome in outcomes] == [Parsed, ParseRefused, Parsed]
    assert str(outcomes[1]) == "reading_too_slow (seconds=1)"


def test_a_closed_parser_says_so() -> None:
    parser = ParserProcess()
    parser.close()
    with pytest.raises(ParserStopped):
        parser.parse(TEXT, name="a.txt")


def test_threads_share_one_process(parser: ParserProcess) -> None:
    texts: dict[int, str] = {}

    def read(number: int) -> None:
        texts[number] = parser.parse(b"Number %d." % number, name="a.txt").text

    threads = [threading.Thread(target=read, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == {number: f"Number {number}." for number in range(8)}


def answer(**changes: Any) -> dict[str, Any]:
    document = asdict(parse(b"# One\n\nThe ferry leaves at nine.\n\n# Two\n\nIt returns at ten.", name="a.md"))
    fields = json.loads(json.dumps({**document, "published": "2026-03-03"}))
    return {**fields, **changes}


def test_an_honest_answer_is_a_document() -> None:
    document = document_of(answer())
    assert document is not None
    assert document.published is not None
    assert [document.text[at : at + len(text)] for at, _, text in document.headings] == ["One", "Two"]


@pytest.mark.parametrize(
    "changes",
    [
        {"text": 5},
        {"text": ""},
        {"text": "\ud800"},
        {"text": "x" * 5_000_001},
        {"title": ""},
        {"title": None},
        {"url": "javascript:alert(1)"},
        {"url": "file:///etc/passwd"},
        {"published": "tomorrow"},
        {"published": 5},
        {"media_type": "text/evil"},
        {"pages": [0, 9_999]},
        {"pages": [5, 2]},
        {"pages": [True]},
        {"pages": None},
        {"headings": [[0, 1, "Three"]]},
        {"headings": [[0, 9, "One"]]},
        {"headings": [[0, 1]]},
        {"removed": {"x": -1}},
        {"removed": [1]},
    ],
)
def test_a_dishonest_answer_is_no_document(changes: dict[str, Any]) -> None:
    assert document_of(answer(**changes)) is None


@given(
    st.dictionaries(st.sampled_from(sorted(answer())), st.none() | st.integers() | st.text() | st.lists(st.integers()))
)
def test_whatever_is_answered_is_checked_without_an_error(changes: dict[str, Any]) -> None:
    document = document_of(answer(**changes))
    assert document is None or all(0 <= page <= len(document.text) for page in document.pages)
