"""Telling the app: every event, command and interaction is delivered, waited for three seconds, and retried.

https://docs.slack.dev/apis/events-api/#retries
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from playground.clock import Clock

Kind = Literal["events_api", "slash_commands", "interactive"]
RETRY_DELAYS = (0.0, 60.0, 300.0)
"""Seconds before each of the three redeliveries of an event."""
ACK_SECONDS = 3.0


@dataclass(frozen=True)
class Answer:
    """What came back for one attempt."""

    ok: bool
    payload: Any = None
    """The acknowledgement's payload, parsed where it was JSON; None when it was empty."""
    status: int | None = None
    """HTTP status; None in Socket Mode."""
    reason: str = ""
    """Why it failed, in Slack's words: http_timeout, http_error, connection_failed, timeout."""
    retry: bool = True
    """False when the app asked not to be tried again."""


@dataclass(frozen=True)
class Attempt:
    number: int
    """0 for the first delivery, 1 to 3 for redeliveries."""
    at: float
    latency: float
    """Seconds until the acknowledgement or the giving up."""
    answer: Answer


@dataclass
class Delivery:
    """One thing the app is told, with what it answered."""

    kind: Kind
    id: str
    """event_id of an event; otherwise an id of this delivery alone."""
    payload: dict[str, Any]
    accepts_response: bool = False
    attempts: list[Attempt] = field(default_factory=list)
    error: str = ""
    """What the person is told when the app did not answer; empty while it did or may."""
    is_done: bool = False
    _finished: threading.Event = field(default_factory=threading.Event, repr=False)

    @property
    def acked(self) -> bool:
        return any(attempt.answer.ok for attempt in self.attempts)

    @property
    def latency(self) -> float | None:
        """Seconds from sending to acknowledging, of the attempt that was acknowledged."""
        return next((attempt.latency for attempt in self.attempts if attempt.answer.ok), None)

    @property
    def response(self) -> Any:
        """The payload of the acknowledgement."""
        return next((attempt.answer.payload for attempt in self.attempts if attempt.answer.ok), None)

    @property
    def event(self) -> dict[str, Any]:
        """The inner event; empty for commands and interactions."""
        event: dict[str, Any] = self.payload.get("event", {})
        return event

    def finish(self) -> None:
        self.is_done = True
        self._finished.set()

    def wait(self, timeout: float = 10) -> Delivery:
        """Block until it was acknowledged or given up. Not to be called on the event loop of the app."""
        if not self._finished.wait(timeout):
            raise TimeoutError(f"{self.kind} {self.id} is still undelivered after {timeout} s: {self.attempts}")
        return self


class Transport(Protocol):
    async def send(self, delivery: Delivery, number: int, reason: str) -> Answer:
        """Deliver once and wait for the acknowledgement, no longer than the app is given."""


class Courier:
    """Carries deliveries over one transport and keeps a record of them all."""

    def __init__(self, clock: Clock, changed: Callable[[], None], retry_delays: Sequence[float] = RETRY_DELAYS) -> None:
        self._clock = clock
        self._changed = changed
        self._retry_delays = tuple(retry_delays)
        self._tasks: set[asyncio.Task[None]] = set()
        self.transport: Transport | None = None
        self.deliveries: list[Delivery] = []

    def event(self, event_id: str, payload: dict[str, Any]) -> Delivery:
        delivery = Delivery("events_api", event_id, payload)
        self._start(delivery, self._persist(delivery))
        return delivery

    def interaction(
        self, kind: Kind, id: str, payload: dict[str, Any], answered: Callable[[Delivery], None], accepts: bool
    ) -> Delivery:
        """Deliver once; people are waiting, so there is no second time. `answered` runs when it is over."""
        delivery = Delivery(kind, id, payload, accepts_response=accepts)
        self._start(delivery, self._once(delivery, answered))
        return delivery

    def redeliver(self, event_id: str, reason: str = "timeout") -> Delivery:
        """Send an event again as a retry, with the same event_id. Raises LookupError."""
        delivery = next((d for d in self.deliveries if d.id == event_id), None)
        if delivery is None:
            raise LookupError(f"no event {event_id} was delivered")
        self.spawn(self._again(delivery, reason))
        return delivery

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, delivery: Delivery, work: Coroutine[Any, Any, None]) -> None:
        self.deliveries.append(delivery)
        self.spawn(work)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do `work` beside everything else; it is cancelled when the playground stops."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _persist(self, delivery: Delivery) -> None:
        answer = await self._attempt(delivery, "")
        for delay in self._retry_delays:
            if answer.ok or not answer.retry:
                break
            await self._clock.sleep(delay)
            answer = await self._attempt(delivery, answer.reason)
        delivery.finish()
        self._changed()

    async def _once(self, delivery: Delivery, answered: Callable[[Delivery], None]) -> None:
        answer = await self._attempt(delivery, "")
        if not answer.ok:
            delivery.error = "operation_timeout" if "timeout" in answer.reason else "dispatch_failed"
        answered(delivery)
        delivery.finish()
        self._changed()

    async def _again(self, delivery: Delivery, reason: str) -> None:
        await self._attempt(delivery, reason)

    async def _attempt(self, delivery: Delivery, reason: str) -> Answer:
        number, at = len(delivery.attempts), self._clock.now()
        if self.transport is None:
            answer = Answer(False, reason="connection_failed")
        else:
            answer = await self.transport.send(delivery, number, reason)
        delivery.attempts.append(Attempt(number, at, self._clock.now() - at, answer))
        self._changed()
        return answer
