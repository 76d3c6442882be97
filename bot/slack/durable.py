"""Work that is finished whatever dies: the only file that knows DBOS (https://docs.dbos.dev/python).

Measured with 3.4.0 on two cores: 25 ms more for a single question and 11 ms of processor time each, a restart begins
interrupted work again within about a second. What it needs to be told is said where it is told.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

from dbos import DBOS, DBOSConfig, SetWorkflowID, error
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

T = TypeVar("T")

_ENDED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]

BUSY = 8
"""How many of the workers keep books at once, between their steps. More would only take turns in one interpreter and one
file, and acknowledgements would wait among them."""
BOOKS_SECONDS = 5.0
"""How long a stop waits at most until it is written down what has ended."""


class Step(Protocol):
    """Runs a part of the work and keeps its result (JSON values): after a crash it is not run again."""

    def __call__(self, name: str, function: Callable[[], T], /) -> T: ...

    def again(self, function: Callable[[], T], /) -> T:
        """Runs a part that finds out by itself what of it was done before a crash: nothing of it is kept."""


class Interrupted(BaseException):
    """Leave the work as it is, it is taken up later. Not an Exception, so neither we nor DBOS take it for a result."""


class Durable:
    """Runs `work(id, step)` once for every started id, to its end. One at a time in a process: DBOS is global."""

    def __init__(self, url: str, workers: int, work: Callable[[str, Step], None]) -> None:
        self._url = url
        self._workers = workers
        self._work = work
        self._starters = ThreadPoolExecutor(4, thread_name_prefix="starter")
        self._running: set[str] = set()
        self._lately: deque[str] = deque(maxlen=workers)
        """Ended, though it may not be written down yet."""
        self._idle = threading.Condition()
        self._turns = threading.Semaphore(BUSY)
        self._engine: Engine | None = None
        self.stopping = threading.Event()

    def launch(self) -> None:
        """Take up what an earlier process left, and be ready for more."""
        _prepare(self._url)
        is_sqlite = make_url(self._url).get_backend_name() == "sqlite"
        config: DBOSConfig = {
            "name": "footnote",
            "system_database_url": self._url,
            "application_version": "1",  # pinned: by default a hash of the code, and a deploy would orphan its work
            "log_level": "WARNING",
            "max_executor_threads": self._workers,
            "enable_otlp": False,
        }
        if is_sqlite:
            # One connection: SQLite before 3.51.3 can damage a WAL file that two connections write at once.
            relaxed = {"connect_args": {"factory": _Relaxed}}
            config["db_engine_kwargs"] = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 60, **relaxed}
            config["sys_db_pool_size"] = 1
            config["use_listen_notify"] = False
            config["notification_listener_polling_interval_sec"] = 0.02  # a stop waits for this; nothing is polled
        system: Any = DBOS(config=config)

        @DBOS.workflow(name="request")
        def request(id: str) -> None:
            self._run(id)

        self._workflow = request
        DBOS.launch()
        self._engine = system._sys_db.engine  # its only connection: a second one must not write beside it

    def start(self, id: str) -> None:
        """Begin the work soon, in a thread; an id that was started before is left alone."""
        self._starters.submit(self._start_unless_known, id)

    def start_new(self, id: str) -> None:
        """The same for an id that was certainly not started before: spares the look-up."""
        self._starters.submit(self._start, id)

    def forget_finished(self, before: datetime) -> int:
        """Delete what was kept of work that ended before then, at most 500 at a time; returns how much it was."""
        done = DBOS.list_workflows(
            status="SUCCESS", completed_before=before.isoformat(), limit=500, load_input=False, load_output=False
        )
        DBOS.delete_workflows([each.workflow_id for each in done])
        return len(done)

    def erase_finished(self) -> None:
        """Delete what was kept of all work that ended, to the last byte; work under way keeps what it needs."""
        if self._engine is not None:  # in a thread that belongs to no work: DBOS would take it for a step of that
            self._starters.submit(self._erase_finished, self._engine).result()

    def _erase_finished(self, engine: Engine) -> None:
        while done := DBOS.list_workflows(status=_ENDED, limit=500, load_input=False, load_output=False):
            DBOS.delete_workflows([each.workflow_id for each in done])
        if engine.dialect.name != "sqlite":
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM FULL")
            return
        pooled = engine.raw_connection()
        file: Any = pooled.driver_connection
        try:
            file.isolation_level = None  # VACUUM runs in no transaction
            file.execute("VACUUM")
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            file.isolation_level = "IMMEDIATE"
            pooled.close()

    def pause(self, seconds: float) -> None:
        """Wait inside the work. Raises Interrupted when the process stops meanwhile."""
        if self.stopping.wait(seconds):
            raise Interrupted

    def drain(self, seconds: float) -> bool:
        """Begin what was taken in, then wait for what runs; True when nothing is left running."""
        self._starters.shutdown(wait=True)
        with self._idle:
            finished = self._idle.wait_for(lambda: not self._running, timeout=seconds)
        self.stopping.set()
        if not finished:
            with self._idle:
                finished = self._idle.wait_for(lambda: not self._running, timeout=1)
        self._await_books()
        DBOS.destroy(destroy_registry=True)
        return finished

    def _await_books(self) -> None:
        """That a work has ended DBOS writes down after it; cut off from its database, it would wait for it for a minute."""
        until, ended = time.monotonic() + BOOKS_SECONDS, list(self._lately)
        with suppress(error.DBOSException):  # DBOS is one for the process: another app in it has ended it
            while ended and DBOS.list_workflows(workflow_ids=ended, status="PENDING") and time.monotonic() < until:
                time.sleep(0.02)
        self._lately.clear()

    def resume(self, id: str) -> None:
        """Begin again what was begun once and is not running now; what was never begun is begun."""
        if id not in self._running:
            self._starters.submit(self._resume, id)

    def _start_unless_known(self, id: str) -> None:
        if DBOS.get_workflow_status(id) is None:
            self._start(id)

    def _start(self, id: str) -> None:
        with self._idle:  # from here on a stop waits for it: its thread may begin later
            self._running.add(id)
        try:
            with SetWorkflowID(id):
                DBOS.start_workflow(self._workflow, id)
        except BaseException:
            self._ended(id)
            raise

    def _resume(self, id: str) -> None:
        known = DBOS.get_workflow_status(id)
        if known is None:
            self._start(id)
        elif known.status != "ENQUEUED":
            DBOS.resume_workflow(id)

    def _run(self, id: str) -> None:
        with self._idle:
            self._running.add(id)
        try:
            if self.stopping.is_set():
                raise Interrupted
            with self._turns:
                self._work(id, _Steps(self._turns))
            if not self.stopping.is_set():
                self._lately.append(id)
        except SQLAlchemyError as error:
            raise Interrupted from error
        finally:
            self._ended(id)

    def _ended(self, id: str) -> None:
        with self._idle:
            self._running.discard(id)
            self._idle.notify_all()


class _Steps:
    """Steps leave the turn to others while they run: mostly they wait, for a model or for Slack."""

    def __init__(self, turns: threading.Semaphore) -> None:
        self._turns = turns

    def __call__(self, name: str, function: Callable[[], T], /) -> T:
        return DBOS.run_step({"name": name}, lambda: self.again(function))

    def again(self, function: Callable[[], T], /) -> T:
        self._turns.release()
        try:
            return function()
        except SQLAlchemyError as error:  # not a result to keep: the database will be back
            raise Interrupted from error
        finally:
            self._turns.acquire()


class _Relaxed(sqlite3.Connection):
    """Does not wait for the disk: what a power cut takes back is found again by the inbox and by the marks of our messages."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.execute("PRAGMA synchronous=NORMAL")
        self.execute("PRAGMA secure_delete=ON")


def _prepare(url: str) -> None:
    """Put a SQLite file into WAL mode before DBOS opens it: 200 starts from 32 threads take 0.9 s instead of 5.0 s."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return
    path = Path(parsed.database)
    path.touch(mode=0o600, exist_ok=True)
    connection: Any = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
