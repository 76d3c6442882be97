"""Sources that are due are looked at again while the bot runs. What is due is in SQL: a restart forgets nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import structlog

from footnote.application import Application
from ingest.sandbox import ParserStopped

SECONDS_BETWEEN = 20.0
AFTER_A_FAULT = timedelta(minutes=30)
"""When a source is looked at again whose look failed as a whole, by a fault of ours."""

_log = structlog.get_logger("footnote.scheduler")


@contextmanager
def keeping_fresh(application: Application, *, seconds_between: float = SECONDS_BETWEEN) -> Iterator[None]:
    """Look at due sources in a thread until the block ends; a look under way is waited for."""
    stop = threading.Event()
    thread = threading.Thread(target=_run, args=(application, stop, seconds_between), name="scheduler", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=30)


def _run(application: Application, stop: threading.Event, seconds_between: float) -> None:
    resume(application)
    while not stop.wait(seconds_between):
        look_at_due(application, stop.is_set)


def resume(application: Application) -> None:
    """Carry out the plans that were interrupted when the process died. Never raises."""
    try:
        if number := application.resume():
            _log.info("plans_resumed", plans=number)
    except Exception as error:  # the edge of a loop that must not end; the plan can be applied again by hand
        _log.error("resume_failed", error=type(error).__name__)


def look_at_due(application: Application, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Look at every source that is due now; returns how many. Never raises."""
    looked = 0
    upkeep = application.knowledge_base.catalog.upkeep
    for source in upkeep.due(datetime.now(UTC)):
        if is_stopping():
            break
        try:
            counts = application.reingest(source)["counts"]
            _log.info("looked", source=source, **counts)
        except ParserStopped:
            break
        except Exception as error:  # the edge of a loop that must not end; one source must not keep the others waiting
            _log.error("look_failed", source=source, error=type(error).__name__)
            upkeep.postpone(source, datetime.now(UTC) + AFTER_A_FAULT)
        looked += 1
    return looked
