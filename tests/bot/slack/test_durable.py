"""Work that is finished whatever happens to it: steps are run once, interruptions are taken up, ends are clean."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.slack.durable import Durable
from tests.raw_bytes import holders


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Callable[[Callable[[str, Any], None]], Durable]]:
    """Launch with the given work; the next launch finds what the last one left."""
    running: list[Durable] = []

    def begin(work: Callable[[str, Any], None]) -> Durable:
        if running:
            running.pop().drain(5)
        durable = Durable(f"sqlite:///{tmp_path / 'work.sqlite3'}", 4, work)
        durable.launch()
        running.append(durable)
        return durable

    yield begin
    for durable in running:
        durable.drain(0.1)


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_an_id_that_is_started_twice_is_worked_on_once(launch: Any) -> None:
    done: list[str] = []
    durable = launch(lambda id, step: step("work", lambda: done.append(id)))
    for _ in range(3):
        durable.start("a")
    durable.start("b")
    eventually(lambda: len(done) >= 2)
    assert sorted(done) == ["a", "b"]


def test_a_step_is_not_run_again_after_an_interruption(launch: Any) -> None:
    ran: list[str] = []

    waits = threading.Event()

    def work(_: str, step: Any) -> None:
        step("first", lambda: ran.append("first"))
        waits.set()
        durable.pause(60)
        step("second", lambda: ran.append("second"))

    durable = launch(work)
    durable.start("a")
    assert waits.wait(60)
    durable.drain(0.1)

    def rest(_: str, step: Any) -> None:
        step("first", lambda: ran.append("first"))
        step("second", lambda: ran.append("second"))

    launch(rest)
    eventually(lambda: "second" in ran)
    assert ran == ["first", "second"]


def test_a_database_that_fails_is_no_result_and_the_work_is_resumed(launch: Any) -> None:
    tries: list[int] = []

    def fail_once() -> str:
        tries.append(1)
        if len(tries) == 1:
            raise OperationalError("statement", {}, Exception("locked"))
        return "kept"

    kept: list[str] = []
    durable = launch(lambda _, step: kept.append(step("work", fail_once)))
    durable.start("a")
    eventually(lambda: len(tries) == 1 and not durable._running)
    durable.resume("a")
    eventually(lambda: kept == ["kept"])


def test_what_was_never_started_is_started_by_resuming(launch: Any) -> None:
    done: list[str] = []
    durable = launch(lambda id, _: done.append(id))
    durable.resume("a")
    eventually(lambda: done == ["a"])


def test_a_drain_waits_for_work_and_says_when_it_was_in_vain(launch: Any) -> None:
    gate, entered = threading.Event(), threading.Event()

    def work(_: str, __: Any) -> None:
        entered.set()
        gate.wait(60)

    durable = launch(work)
    durable.start("a")
    assert entered.wait(60)
    assert durable.drain(0.1) is False
    gate.set()


def test_no_byte_of_finished_work_is_left_when_it_is_erased_and_work_goes_on(launch: Any, tmp_path: Path) -> None:
    done: list[str] = []
    gate = threading.Event()

    def work(id: str, step: Any) -> None:
        step("say", lambda: "zanzibarquokka " * 2000)
        if id == "open":
            gate.wait(20)
        done.append(step("end", lambda: id))

    durable = launch(work)
    durable.start("a")
    eventually(lambda: done == ["a"] and holders(tmp_path, "zanzibarquokka") != [])
    time.sleep(0.2)  # until its end is noted too
    durable.erase_finished()
    assert holders(tmp_path, "zanzibarquokka") == []
    durable.start("open")
    eventually(lambda: holders(tmp_path, "zanzibarquokka") != [])
    durable.erase_finished()
    assert holders(tmp_path, "zanzibarquokka") != [], "work under way keeps what it needs"
    gate.set()
    eventually(lambda: done == ["a", "open"])


def test_what_has_ended_is_written_down_before_a_drain_returns(launch: Any, tmp_path: Path) -> None:
    begun, gate = threading.Barrier(3), threading.Event()

    def work(_: str, __: Any) -> None:
        begun.wait(10)
        gate.wait(10)

    durable = launch(work)
    durable.start_new("a")
    durable.start_new("b")
    begun.wait(10)
    books = sqlite3.connect(tmp_path / "work.sqlite3", isolation_level=None, check_same_thread=False)
    books.execute("BEGIN IMMEDIATE")  # nobody can write anything down until they are given back
    threading.Timer(0.3, books.rollback).start()
    gate.set()
    assert durable.drain(10)
    states = books.execute("SELECT workflow_uuid, status FROM workflow_status ORDER BY 1").fetchall()
    books.close()
    assert states == [("a", "SUCCESS"), ("b", "SUCCESS")]


def test_checkpoints_of_finished_work_are_forgotten(launch: Any) -> None:
    done: list[str] = []
    durable = launch(lambda id, step: done.append(step("work", lambda: id)))
    durable.start("a")
    eventually(lambda: done == ["a"])
    assert durable.forget_finished(datetime.now(UTC) - timedelta(hours=1)) == 0
    eventually(lambda: durable.forget_finished(datetime.now(UTC) + timedelta(seconds=1)) == 1)
