"""Acknowledgements, retries, disconnects: Socket Mode and signed HTTP alike."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, AsyncExitStack

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk import WebClient
from slack_sdk.web.async_client import AsyncWebClient

from playground.clock import ManualClock
from playground.server import Playground

Running = Callable[[Playground, Callable[[AsyncApp], None]], AbstractContextManager[AsyncApp]]


def deaf(app: AsyncApp) -> None:
    """Nobody listens to messages, so Bolt never acknowledges them."""


def polite(app: AsyncApp) -> None:
    @app.event("message")
    async def message() -> None: ...


def test_an_acknowledgement_is_recorded(slack: Playground, app: Running) -> None:
    with app(slack, polite):
        slack.post("maya", "general", "hello")
        delivery = slack.wait_for(lambda: next((each for each in slack.acks if each.is_done), None))
    assert [attempt.answer.ok for attempt in delivery.attempts] == [True]
    assert delivery.latency is not None
    assert delivery.latency < 3


def test_what_is_not_acknowledged_in_three_seconds_comes_again_three_times(
    start: Callable[..., Playground], app: Running
) -> None:
    slack = start(clock=ManualClock())
    with app(slack, deaf):
        slack.post("maya", "general", "hello")
        delivery = slack.acks[0]
        for number, delay in enumerate((0, 0, 60, 300)):
            slack.advance(delay)
            slack.wait_for(lambda number=number: len(slack.envelopes) == number + 1)
            slack.advance(3)
            slack.wait_for(lambda number=number: len(delivery.attempts) == number + 1)
        slack.wait_for(lambda: delivery.is_done)
    assert [attempt.answer.reason for attempt in delivery.attempts] == ["timeout"] * 4
    assert not delivery.acked


def test_a_retry_has_the_same_event_id_and_says_why(start: Callable[..., Playground], app: Running) -> None:
    seen: list[tuple[str, str | None, str | None]] = []

    def listeners(app: AsyncApp) -> None:
        @app.event("message")
        async def message(body: dict[str, str], request: object) -> None:
            headers = request.headers  # type: ignore[attr-defined]
            number, reason = headers.get("x-slack-retry-num", [None]), headers.get("x-slack-retry-reason", [None])
            seen.append((body["event_id"], number[0], reason[0]))

    slack = start()
    with app(slack, listeners):
        slack.post("maya", "general", "hello")
        slack.wait_for(lambda: slack.acks[0].is_done)
        event_id = slack.acks[0].id
        slack.redeliver(event_id)
        slack.wait_for(lambda: len(slack.acks[0].attempts) == 2)
    assert seen == [(event_id, "0", ""), (event_id, "1", "timeout")]


def test_without_a_connection_an_event_waits_for_its_retry(start: Callable[..., Playground], app: Running) -> None:
    slack = start(clock=ManualClock())
    slack.post("maya", "general", "anybody?")
    delivery = slack.acks[0]
    slack.wait_for(lambda: len(delivery.attempts) == 2)
    with app(slack, polite):
        slack.advance(60)
        slack.wait_for(lambda: delivery.acked)
    assert [attempt.answer.reason for attempt in delivery.attempts] == ["connection_failed", "connection_failed", ""]


@pytest.mark.parametrize("reason", ["refresh_requested", "warning"])
def test_an_app_that_is_asked_to_reconnect_does(start: Callable[..., Playground], app: Running, reason: str) -> None:
    slack = start(retry_delays=(0.2, 1.0, 5.0))
    with app(slack, polite):
        slack.disconnect(reason)
        # A moment without any connection may be over before we look for it; that another one was asked for is not.
        slack.wait_for(lambda: [call.method for call in slack.calls].count("apps.connections.open") > 1)
        slack.wait_for(lambda: slack.connections == 1)
        slack.post("maya", "general", "still there?")
        # The client may open more than one connection; what is sent into the closing of one comes again.
        slack.wait_for(lambda: slack.acks[0].acked)
    assert slack.envelopes[-1].connection > 1


def test_cut_connections_leave_nothing_behind(slack: Playground, app: Running) -> None:
    with app(slack, polite):
        slack.abort_connections()
        slack.wait_for(lambda: slack.connections == 0)


def test_several_connections_share_the_events(slack: Playground, app: Running) -> None:
    with app(slack, polite), app(slack, polite):
        assert slack.connections == 2
        for number in range(20):
            slack.post("maya", "general", str(number))
        slack.wait_for(lambda: all(each.acked for each in slack.acks))
    assert len(slack.envelopes) == 20
    assert {envelope.connection for envelope in slack.envelopes} == {1, 2}


class HttpApp:
    """An unmodified AsyncApp behind signed HTTP, on a thread of its own."""

    def __init__(self) -> None:
        self.app: AsyncApp | None = None
        self.requests: list[dict[str, str]] = []
        self.status = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._runner = self._run(self._serve())

    def _run(self, work):  # type: ignore[no-untyped-def]
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    async def _serve(self) -> web.AppRunner:
        application = web.Application()
        application.router.add_post("/slack/events", self._handle)
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return runner

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}/slack/events"

    def use(self, slack: Playground) -> AsyncApp:
        environment = slack.environment
        client = AsyncWebClient(environment["SLACK_BOT_TOKEN"], base_url=environment["SLACK_API_URL"])
        self.app = AsyncApp(client=client, signing_secret=environment["SLACK_SIGNING_SECRET"])
        self._bolt = self.app.server(path="/slack/events")
        return self.app

    async def _handle(self, request: web.Request) -> web.Response:
        self.requests.append({name.lower(): value for name, value in request.headers.items()})
        self.requests[-1]["body"] = await request.text()
        if self.status:
            return web.Response(status=self.status)
        return await self._bolt.handle_post_requests(request)

    def close(self) -> None:
        self._run(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@pytest.fixture
def http() -> Iterator[HttpApp]:
    app = HttpApp()
    yield app
    app.close()


def test_bolt_takes_signed_events_over_http(start: Callable[..., Playground], http: HttpApp) -> None:
    slack = start(http_events_url=http.url)
    polite(http.use(slack))
    slack.post("maya", "general", "hello")
    delivery = slack.wait_for(lambda: next((each for each in slack.acks if each.is_done), None))
    assert [attempt.answer.status for attempt in delivery.attempts] == [200]
    request = http.requests[0]
    base = f"v0:{request['x-slack-request-timestamp']}:{request['body']}".encode()
    digest = hmac.new(slack.environment["SLACK_SIGNING_SECRET"].encode(), base, hashlib.sha256).hexdigest()
    assert request["x-slack-signature"] == f"v0={digest}"


def test_the_request_url_is_verified(start: Callable[..., Playground], http: HttpApp) -> None:
    slack = start(http_events_url=http.url)
    http.use(slack)
    assert slack.verify_url()


def test_a_command_over_http_is_answered_in_the_response(start: Callable[..., Playground], http: HttpApp) -> None:
    slack = start(http_events_url=http.url)

    @http.use(slack).command("/find")
    async def find(ack: Callable[..., object], command: dict[str, str]) -> None:
        await ack(f"Looking for {command['text']}")  # type: ignore[misc]

    slack.slash("maya", "general", "/find", "moon")
    slack.wait_for(lambda: slack.messages("general"))
    assert [(m.text, m.ephemeral_for) for m in slack.messages("general")] == [
        ("Looking for moon", slack.workspace.member.id)
    ]


def test_an_old_timestamp_or_a_wrong_secret_is_refused_by_bolt(start: Callable[..., Playground], http: HttpApp) -> None:
    slack = start(http_events_url=http.url)
    polite(http.use(slack))
    assert slack.http is not None
    slack.http.skew = -301
    assert not slack.verify_url()
    slack.http.skew, slack.http.secret = 0, "not-the-secret"
    assert not slack.verify_url()


def test_http_retries_carry_number_and_reason(start: Callable[..., Playground], http: HttpApp) -> None:
    slack = start(http_events_url=http.url, retry_delays=(0, 0, 0))
    http.use(slack)
    http.status = 500
    slack.post("maya", "general", "hello")
    slack.wait_for(lambda: slack.acks[0].is_done)
    seen = [(r.get("x-slack-retry-num"), r.get("x-slack-retry-reason")) for r in http.requests]
    assert seen == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]


def test_ten_connections_are_enough(slack: Playground, connect: Callable[[Playground], WebClient]) -> None:
    client, token = connect(slack), slack.environment["SLACK_APP_TOKEN"]

    async def first_frames() -> list[dict[str, object]]:
        async with aiohttp.ClientSession() as session, AsyncExitStack() as stack:
            frames = []
            for _ in range(11):
                url = client.apps_connections_open(app_token=token)["url"]
                socket = await stack.enter_async_context(session.ws_connect(url))
                frames.append(await socket.receive_json())
            return frames

    frames = asyncio.run(first_frames())
    assert [frame["type"] for frame in frames] == ["hello"] * 10 + ["disconnect"]
    assert frames[0]["connection_info"] == {"app_id": slack.workspace.app_id}
    assert frames[10]["reason"] == "too_many_websockets"


def test_a_ticket_opens_one_connection(slack: Playground, connect: Callable[[Playground], WebClient]) -> None:
    url = connect(slack).apps_connections_open(app_token=slack.environment["SLACK_APP_TOKEN"])["url"]

    async def knock(address: str) -> bool:
        async with aiohttp.ClientSession() as session:
            try:
                async with session.ws_connect(address):
                    return True
            except aiohttp.WSServerHandshakeError:
                return False

    assert [asyncio.run(knock(url)), asyncio.run(knock(url))] == [True, False]


def test_a_client_that_pings_is_answered(slack: Playground, connect: Callable[[Playground], WebClient]) -> None:
    url = connect(slack).apps_connections_open(app_token=slack.environment["SLACK_APP_TOKEN"])["url"]

    async def pong() -> bytes:
        async with aiohttp.ClientSession() as session, session.ws_connect(url, autoping=False) as socket:
            await socket.ping(b"are you there?")
            while True:
                message = await socket.receive(5)
                if message.type == aiohttp.WSMsgType.PONG:
                    return bytes(message.data)

    assert asyncio.run(pong()) == b"are you there?"
