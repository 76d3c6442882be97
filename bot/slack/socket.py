"""Socket Mode: Slack's deliveries over a WebSocket that we open. https://docs.slack.dev/apis/events-api/using-socket-mode"""

from __future__ import annotations

import time
from typing import Any

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.slack.door import Door
from bot.slack.references import place_of
from bot.slack.request import is_well_formed

PING_SECONDS = 5.0
"""How often the connection is tried; a dead one is replaced within about this time."""

_log = structlog.get_logger("footnote.slack")


class Socket(AsyncSocketModeHandler):
    def __init__(self, app: AsyncApp, app_token: str, door: Door) -> None:
        super().__init__(app, app_token, ping_interval=PING_SECONDS)
        self._door = door
        self._reason: str | None = None
        self.client.message_listeners.append(self._watch)  # type: ignore[arg-type]

    @property
    def trouble(self) -> str | None:
        """Why nothing can reach us now: Slack's reason for a disconnect that is not routine, or that we are not connected."""
        session = self.client.current_session
        is_open = session is not None and not session.closed
        return self._reason or (None if is_open else "not connected")

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        started = time.time()

        async def acknowledge(response: BoltResponse) -> None:
            await send_async_response(client, req, response, started)

        if not is_well_formed(req.payload):
            await acknowledge(BoltResponse(status=200, body=""))
            return
        try:
            await self._door.enter(req.payload, _flat(build_headers(req)), acknowledge)
        except Exception as error:  # the edge: one delivery must not take the connection down
            _log.error("delivery_failed", place=place_of(error))

    async def _watch(self, client: SocketModeClient, message: dict[str, Any], raw: str | None) -> None:
        del client, raw
        if message.get("type") == "hello":
            self._reason = None
        elif message.get("type") == "disconnect" and message.get("reason") not in ("warning", "refresh_requested"):
            self._reason = str(message.get("reason"))
            _log.error("disconnected", reason=self._reason)


def _flat(headers: dict[str, Any] | None) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[0] for name, value in (headers or {}).items()}
