"""Waiting until something is true, without asking again and again: conditions are looked at after every change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Waiters:
    def __init__(self) -> None:
        self._waiting: list[tuple[Callable[[], Any], asyncio.Future[Any]]] = []

    async def until(self, predicate: Callable[[], T], seconds: float, dump: Callable[[], str]) -> T:
        """The first true result of `predicate`. Raises TimeoutError with the state as text, or what it raised."""
        if result := predicate():
            return result
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        entry = (predicate, future)
        self._waiting.append(entry)
        try:
            return await asyncio.wait_for(future, seconds)
        except TimeoutError as error:
            raise TimeoutError(f"not true within {seconds} s; this is how it stands:\n{dump()}") from error
        finally:
            if entry in self._waiting:
                self._waiting.remove(entry)

    def look(self) -> None:
        """Something changed: see who has waited for it."""
        for predicate, future in list(self._waiting):
            if future.done():
                continue
            try:
                result = predicate()
            except Exception as error:  # the one who waits is to see it, whatever it is
                future.set_exception(error)
                continue
            if result:
                future.set_result(result)

    def close(self) -> None:
        for _, future in self._waiting:
            future.cancel()
