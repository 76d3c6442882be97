"""A workspace with an app of the tests' own, and real Slack clients and Bolt apps to run against it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk import WebClient
from slack_sdk.web.async_client import AsyncWebClient

from playground.manifest import Manifest
from playground.server import Playground

EVENTS = """agent_session_stopped app_context_changed app_home_opened app_mention app_uninstalled file_shared
    member_joined_channel member_left_channel message.channels message.groups message.im message.mpim reaction_added
    reaction_removed tokens_revoked""".split()
SCOPES = """app_mentions:read assistant:write channels:history channels:join channels:read chat:write commands files:read
    files:write groups:history groups:read im:history im:read im:write mpim:history mpim:read mpim:write reactions:read
    reactions:write team:read usergroups:read users:read""".split()


def manifest_with(scopes: list[str] | None = None, events: list[str] | None = None, **features: Any) -> Manifest:
    return Manifest.of(
        {
            "display_information": {"name": "Librarian", "description": "Knows the books."},
            "features": {
                "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
                "bot_user": {"display_name": "librarian"},
                "agent_view": {"agent_description": "Asks the books."},
                "slash_commands": [
                    {"command": "/find", "description": "Find a book", "should_escape": True},
                    {"command": "/raw", "description": "Takes the text as it is"},
                ],
                "shortcuts": [
                    {"type": "message", "name": "Look up", "callback_id": "look_up", "description": "…"},
                    {"type": "global", "name": "New book", "callback_id": "new_book", "description": "…"},
                ],
                **features,
            },
            "oauth_config": {"scopes": {"bot": SCOPES if scopes is None else scopes}},
            "settings": {
                "event_subscriptions": {"bot_events": EVENTS if events is None else events},
                "interactivity": {"is_enabled": True},
                "socket_mode_enabled": True,
            },
        }
    )


@pytest.fixture
def manifest() -> Callable[..., Manifest]:
    """Make a manifest: `manifest(scopes=[…], events=[…])`."""
    return manifest_with


@pytest.fixture
def start() -> Iterator[Callable[..., Playground]]:
    """Start a playground with options of one's own; all stop after the test."""
    with ExitStack() as stack:
        yield lambda manifest=None, **options: stack.enter_context(
            Playground.running(manifest or manifest_with(), **options)
        )


@pytest.fixture
def slack(start: Callable[..., Playground]) -> Playground:
    return start()


@pytest.fixture
def client(slack: Playground) -> WebClient:
    return client_of(slack)


def client_of(slack: Playground) -> WebClient:
    environment = slack.environment
    return WebClient(environment["SLACK_BOT_TOKEN"], base_url=environment["SLACK_API_URL"])


@pytest.fixture
def connect() -> Callable[[Playground], WebClient]:
    return client_of


Listeners = Callable[[AsyncApp], None]
Running = Callable[[Playground, Listeners], AbstractContextManager[AsyncApp]]


@contextmanager
def running_app(slack: Playground, listeners: Listeners) -> Iterator[AsyncApp]:
    """An unmodified AsyncApp in Socket Mode, on an event loop of its own; it leaves when the block ends."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    environment, before = slack.environment, slack.connections

    async def connect() -> tuple[AsyncApp, AsyncSocketModeHandler]:
        client = AsyncWebClient(environment["SLACK_BOT_TOKEN"], base_url=environment["SLACK_API_URL"])
        app = AsyncApp(client=client)
        listeners(app)
        handler = AsyncSocketModeHandler(app, environment["SLACK_APP_TOKEN"])
        await handler.connect_async()
        return app, handler

    app, handler = asyncio.run_coroutine_threadsafe(connect(), loop).result(60)
    slack.wait_for(lambda: slack.connections > before)
    try:
        yield app
    finally:
        asyncio.run_coroutine_threadsafe(_leave(handler), loop).result(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _leave(handler: AsyncSocketModeHandler) -> None:
    await handler.close_async()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


@pytest.fixture
def app() -> Running:
    return running_app
