"""Time as the stand-in sees it: the real one, or one that a test moves by hand."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Protocol


class Clock(Protocol):
    def now(self) -> float:
        """Seconds since 1970."""

    async def sleep(self, seconds: float) -> None: ...


class RealClock:
    def now(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class ManualClock:
    """Stands still until `advance`; sleepers wake in the order of their time.

    `advance` must run on the event loop of the sleepers: call `Playground.advance`, which does.
    """

    def __init__(self, start: float | None = None) -> None:
        self._now = time.time() if start is None else start
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._now + seconds, future))
        await future

    def advance(self, seconds: float) -> None:
        self._now += seconds
        due = sorted((at, i) for i, (at, _) in enumerate(self._sleepers) if at <= self._now)
        woken = [self._sleepers[i][1] for _, i in due]
        self._sleepers = [(at, future) for at, future in self._sleepers if at > self._now]
        for future in woken:
            if not future.done():
                future.set_result(None)


async def within(clock: Clock, seconds: float, future: asyncio.Future[Any]) -> bool:
    """Wait until `future` is done or `seconds` have passed on `clock`; say whether it is done. Never cancels it."""
    timer = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait({timer, future}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        timer.cancel()
    return future.done()
