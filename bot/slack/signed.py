"""Signed HTTP: the guard in front of Bolt, with /healthz and /metrics beside it.

The signature is checked over the raw bytes before anything is parsed; a rejected request is logged in a few words, never with
its body. https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.response import BoltResponse

from bot.slack.door import Door
from bot.slack.metrics import Metrics
from bot.slack.references import place_of
from bot.slack.request import is_well_formed

LARGEST_BODY = 1024 * 1024
"""Bytes."""
CLOCK_SECONDS = 300
"""How old, or how far in the future, a signature may be."""

_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")

_log = structlog.get_logger("footnote.slack")


def web_application(
    door: Door, signing_secret: str | None, health: Callable[[], dict[str, Any]], metrics: Metrics
) -> web.Application:
    """/slack/events where there is a secret to check it with, /healthz and /metrics always."""

    async def show_health(_: web.Request) -> web.Response:
        report = health()
        return web.json_response(report, status=200 if report["ok"] else 503)

    async def show_metrics(_: web.Request) -> web.Response:
        return web.Response(body=metrics.text(), content_type="text/plain", charset="utf-8")

    application = web.Application(client_max_size=LARGEST_BODY)
    application.router.add_get("/healthz", show_health)
    application.router.add_get("/metrics", show_metrics)
    if signing_secret:
        application.router.add_post("/slack/events", Guard(door, signing_secret, metrics).take)
    return application


class Guard:
    def __init__(self, door: Door, signing_secret: str, metrics: Metrics) -> None:
        self._door = door
        self._secret = signing_secret.encode()
        self._metrics = metrics

    async def take(self, request: web.Request) -> web.StreamResponse:
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return self._reject(413, "too large")
        except (web.RequestPayloadError, ValueError):
            return self._reject(400, "unreadable body")
        if not is_signed(self._secret, request.headers, body, time.time()):
            return self._reject(401, "signature")
        payload = parsed(request.content_type, body)
        if payload is None:
            return self._reject(400, "not an object")
        if not is_well_formed(payload):
            return web.Response(text="")  # Slack's own signature on something we do not know: nothing to do
        return await self._enter(request, payload, body.decode("utf-8"))

    async def _enter(self, request: web.Request, payload: dict[str, Any], body: str) -> web.StreamResponse:
        answered: list[web.StreamResponse] = []

        async def acknowledge(response: BoltResponse) -> None:
            answer = await to_aiohttp_response(response)
            answered.append(answer)
            await answer.prepare(request)
            await answer.write_eof()

        try:
            await self._door.enter(payload, request.headers, acknowledge, raw=body)
        except Exception as error:  # the edge: a delivery that fails is sent again
            _log.error("delivery_failed", place=place_of(error))
        return answered[0] if answered else web.Response(status=503)

    def _reject(self, status: int, reason: str) -> web.Response:
        self._metrics.rejected.labels(reason).inc()
        _log.warning("rejected", status=status, reason=reason)
        return web.Response(status=status, text="")


def is_signed(secret: bytes, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Whether Slack signed exactly this body within the last five minutes."""
    timestamp, signature = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
    if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
        return False
    if abs(now - int(timestamp)) > CLOCK_SECONDS:
        return False
    expected = hmac.new(secret, b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"v0={expected}", signature)


def parsed(content_type: str, body: bytes) -> dict[str, Any] | None:
    """The payload: JSON, or a form with or without a `payload` of JSON; None where it is not an object."""
    try:
        text = body.decode("utf-8")
        if content_type != "application/x-www-form-urlencoded":
            return _object(text)
        form = {name: values[0] for name, values in parse_qs(text, keep_blank_values=True, max_num_fields=200).items()}
        return _object(form["payload"]) if "payload" in form else dict(form) or None
    except (ValueError, RecursionError):
        return None


def _object(text: str) -> dict[str, Any] | None:
    value = json.loads(text)
    return value if isinstance(value, dict) else None
