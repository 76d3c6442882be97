"""Socket Mode: the app's WebSocket connections, what is sent over them, and how they end.

https://docs.slack.dev/apis/events-api/using-socket-mode/
"""

from __future__ import annotations

import asyncio
import json
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import WSMsgType, web

from playground.clock import Clock, within
from playground.delivery import ACK_SECONDS, Answer, Delivery

MAXIMUM_CONNECTIONS = 10
PING_SECONDS = 10.0
WARNING_SECONDS = 10.0
"""Between the warning that a connection ends and its end."""


class Connection:
    """One WebSocket; `waiting` are the envelopes that were sent over it and not yet acknowledged."""

    def __init__(self, number: int, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.number = number
        self.socket = socket
        self.request = request
        self.waiting: dict[str, asyncio.Future[Answer]] = {}
        self.is_retiring = False
        """True after a `disconnect` that announces the end: nothing new is sent over it."""

    def fail(self) -> None:
        for future in self.waiting.values():
            if not future.done():
                future.set_result(Answer(False, reason="connection_failed"))


@dataclass(frozen=True)
class Envelope:
    """One thing that was sent over a socket."""

    connection: int
    """Which one, counted from 1 in the order they were opened."""
    content: dict[str, Any]


class Sockets:
    """The transport of Socket Mode."""

    def __init__(self, clock: Clock, chance: random.Random, app_id: str, changed: Callable[[], None]) -> None:
        self._clock = clock
        self._chance = chance
        self._app_id = app_id
        self._changed = changed
        self._tickets: set[str] = set()
        self._opened = 0
        self.connections: list[Connection] = []
        self.sent: list[Envelope] = []

    @property
    def usable(self) -> list[Connection]:
        """The connections over which something new may be sent."""
        return [each for each in self.connections if not each.is_retiring and not each.socket.closed]

    def ticket(self) -> str:
        """A ticket that opens one connection."""
        ticket = str(uuid.UUID(int=self._chance.getrandbits(128), version=4))
        self._tickets.add(ticket)
        return ticket

    async def accept(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until it ends."""
        if request.query.get("ticket") not in self._tickets:
            return web.Response(status=408, text="invalid ticket")
        self._tickets.discard(request.query["ticket"])
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if len(self.connections) >= MAXIMUM_CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets", "debug_info": {}})
            await socket.close()
            return socket
        self._opened += 1
        connection = Connection(self._opened, socket, request)
        self.connections.append(connection)
        pinging = asyncio.ensure_future(self._ping(connection))
        try:
            await self._hello(connection, "debug_reconnects" in request.query)
            self._changed()
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    self._take(connection, message.data)
        except ConnectionError:
            pass  # the app went away between two frames; what it had not acknowledged fails below
        finally:
            pinging.cancel()
            self.connections.remove(connection)
            connection.fail()
            self._changed()
        return socket

    async def _hello(self, connection: Connection, debug: bool) -> None:
        await connection.socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self.connections),
                "debug_info": {
                    "host": "applink-playground",
                    "build_number": 1,
                    "approximate_connection_time": 360 if debug else 18060,
                },
                "connection_info": {"app_id": self._app_id},
            }
        )

    async def _ping(self, connection: Connection) -> None:
        while not connection.socket.closed:
            await connection.socket.ping(b"Ping from applink-playground")
            await asyncio.sleep(PING_SECONDS)

    def _take(self, connection: Connection, data: str) -> None:
        try:
            frame = json.loads(data)
        except ValueError:
            return
        future = connection.waiting.get(str(frame.get("envelope_id"))) if isinstance(frame, dict) else None
        if future and not future.done():
            future.set_result(Answer(True, frame.get("payload") or None))

    async def send(self, delivery: Delivery, number: int, reason: str) -> Answer:
        if not self.usable:
            return Answer(False, reason="connection_failed")
        connection = self._chance.choice(self.usable)
        envelope_id = str(uuid.UUID(int=self._chance.getrandbits(128), version=4))
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope_id] = future
        envelope = Envelope(connection.number, self._envelope(envelope_id, delivery, number, reason))
        self.sent.append(envelope)
        acknowledged = asyncio.ensure_future(within(self._clock, ACK_SECONDS, future))
        self._changed()
        try:
            await connection.socket.send_json(envelope.content)
            return future.result() if await acknowledged else Answer(False, reason="timeout")
        except ConnectionError:
            return Answer(False, reason="connection_failed")
        finally:
            acknowledged.cancel()
            connection.waiting.pop(envelope_id, None)

    @staticmethod
    def _envelope(envelope_id: str, delivery: Delivery, number: int, reason: str) -> dict[str, Any]:
        envelope: dict[str, Any] = {
            "envelope_id": envelope_id,
            "type": delivery.kind,
            "accepts_response_payload": delivery.accepts_response,
            "payload": delivery.payload,
        }
        if delivery.kind == "events_api":
            envelope |= {"retry_attempt": number, "retry_reason": reason}
        return envelope

    async def disconnect(self, reason: str) -> None:
        """Tell every connection that it ends; `warning` leaves ten seconds, the others close at once."""
        ending = list(self.connections)
        for connection in ending:
            connection.is_retiring = True
        self._changed()
        for connection in ending:
            frame = {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-playground"}}
            await connection.socket.send_json(frame)
        if reason == "warning":
            await self._clock.sleep(WARNING_SECONDS)
        for connection in ending:
            await connection.socket.close()

    def abort(self) -> None:
        """Cut every connection without a word, as a failing network does."""
        for connection in list(self.connections):
            transport = connection.request.transport
            if transport is not None:
                transport.abort()
