"""Whom to tell that nobody wants an answer any more: the work under way in this process, by request."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager


class Stops:
    """Safe for threads."""

    def __init__(self) -> None:
        self._listening: dict[str, Callable[[], None]] = {}
        self._changing = threading.Lock()

    @contextmanager
    def heard(self, request_id: str, stop: Callable[[], None]) -> Iterator[None]:
        """While inside, `stop` is called when the request's answer is to be stopped; it must not block."""
        with self._changing:
            self._listening[request_id] = stop
        try:
            yield
        finally:
            with self._changing:
                del self._listening[request_id]

    def press(self, request_ids: Iterable[str]) -> None:
        with self._changing:
            stops = [self._listening[id] for id in request_ids if id in self._listening]
        for stop in stops:
            stop()
