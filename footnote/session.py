"""Where an operation runs: in this process when the data directory is free, in the bot that owns it otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from footnote.control import NobodyThere, OperationFailed, ask_owner, call
from footnote.settings import Settings
from footnote.shapes import Json


class Session:
    """Runs operations: in this process when the data directory is free, in the bot that owns it otherwise."""

    def __init__(self, run: Callable[[str, Json, Callable[[Json], None]], Json]) -> None:
        self._run = run

    def __call__(self, operation: str, progress: Callable[[Json], None] = lambda _step: None, **arguments: Any) -> Json:
        return self._run(operation, arguments, progress)


@contextmanager
def session_of(settings: Settings) -> Iterator[Session]:
    socket = settings.home / "control.sock"
    if socket.exists() and _is_served(socket):
        yield Session(lambda operation, arguments, progress: ask_owner(socket, operation, arguments, progress))
        return
    from footnote.wiring import application

    with application(settings) as local:
        yield Session(lambda operation, arguments, progress: call(local, operation, arguments, progress))


def _is_served(socket: Path) -> bool:
    try:
        ask_owner(socket, "sources", {}, lambda _step: None)
    except NobodyThere:
        return False
    except OperationFailed:
        return True
    return True
