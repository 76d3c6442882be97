"""Signed HTTP delivery to the app's request URL.

https://docs.slack.dev/authentication/verifying-requests-from-slack/
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

import aiohttp

from playground.clock import Clock, within
from playground.delivery import ACK_SECONDS, Answer, Delivery


def signature(secret: str, timestamp: str, body: bytes) -> str:
    digest = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
    return "v0=" + digest.hexdigest()


class SignedHttp:
    """The transport of HTTP mode: one URL takes events, commands and interactions."""

    def __init__(self, clock: Clock, url: str, secret: str) -> None:
        self._clock = clock
        self.url = url
        self.secret = secret
        self.skew = 0.0
        """Seconds added to the timestamp that is signed; for trying an old one."""
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def verify(self) -> bool:
        """The `url_verification` handshake: does the URL answer with the challenge?"""
        challenge = hashlib.sha256(self.url.encode()).hexdigest()
        payload = {"token": "playground", "challenge": challenge, "type": "url_verification"}
        answer = await self.send(Delivery("events_api", "url_verification", payload), 0, "")
        given = answer.payload.get("challenge") if isinstance(answer.payload, dict) else answer.payload
        return answer.ok and given == challenge

    async def send(self, delivery: Delivery, number: int, reason: str) -> Answer:
        future = asyncio.ensure_future(self._post(delivery, number, reason))
        if not await within(self._clock, ACK_SECONDS, future):
            future.cancel()
            return Answer(False, reason="http_timeout")
        return future.result()

    async def _post(self, delivery: Delivery, number: int, reason: str) -> Answer:
        body, kind = _body(delivery)
        timestamp = str(int(time.time() + self.skew))
        headers = {
            "Content-Type": kind,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "Accept": "*/*",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self.secret, timestamp, body),
        }
        if number:
            headers |= {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason}
        if self._session is None:
            self._session = aiohttp.ClientSession()
        try:
            async with self._session.post(self.url, data=body, headers=headers, allow_redirects=True) as response:
                text = await response.text()
                if 200 <= response.status < 300:
                    return Answer(True, _parsed(text), response.status)
                retry = response.headers.get("X-Slack-No-Retry") != "1"
                return Answer(False, _parsed(text), response.status, "http_error", retry)
        except aiohttp.TooManyRedirects:
            return Answer(False, reason="too_many_redirects")
        except aiohttp.ClientError:
            return Answer(False, reason="connection_failed")


def _body(delivery: Delivery) -> tuple[bytes, str]:
    if delivery.kind == "events_api":
        return json.dumps(delivery.payload).encode(), "application/json"
    fields = delivery.payload
    if delivery.kind == "interactive":
        fields = {"payload": json.dumps(delivery.payload)}
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


def _parsed(text: str) -> Any:
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text
