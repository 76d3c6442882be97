"""What a Web API method takes and needs, and the questions most methods ask of the workspace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from playground.backend import Backend
from playground.errors import ApiError
from playground.people import User
from playground.wire import integer
from playground.workspace import Channel

Arguments = dict[str, Any]
Run = Callable[[Backend, Arguments], dict[str, Any]]
TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
"""Calls a minute for each of Slack's rate tiers."""


@dataclass(frozen=True)
class Method:
    run: Run
    scopes: tuple[str, ...] = ()
    """One of these is needed; empty: none."""
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    tier: int | None = None
    """None: a special limit, which is not enforced."""
    caller: Literal["bot", "app", "anybody"] = "bot"
    """Whose token is needed: the bot's (xoxb-), the app's (xapp-), or none."""
    run_for_app: Run | None = None
    """What a method of the bot does with the app's token instead; None refuses it."""

    def unknown(self, arguments: Arguments) -> tuple[str, ...]:
        known = {*self.required, *self.optional, "team_id", "token"}
        return tuple(sorted(name for name in arguments if name not in known))


READ_SCOPES = {"public": "channels:read", "private": "groups:read", "im": "im:read", "mpim": "mpim:read"}
HISTORY_SCOPES = {"public": "channels:history", "private": "groups:history", "im": "im:history", "mpim": "mpim:history"}


def need_scope(backend: Backend, scope: str) -> None:
    if scope not in backend.manifest.scopes:
        raise missing_scope(backend, scope)


def missing_scope(backend: Backend, needed: str) -> ApiError:
    return ApiError("missing_scope", needed=needed, provided=",".join(sorted(backend.manifest.scopes)))


def visible_channel(backend: Backend, arguments: Arguments, name: str = "channel") -> Channel:
    """The conversation an argument names, if the bot may know of it. Raises ApiError channel_not_found."""
    channel = backend.workspace.channels.get(str(arguments[name]))
    if channel is None or (channel.kind != "public" and backend.workspace.bot.id not in channel.members):
        raise ApiError("channel_not_found")
    return channel


def joined_channel(backend: Backend, arguments: Arguments, name: str = "channel") -> Channel:
    """The conversation an argument names, if the bot is in it. Raises ApiError."""
    channel = visible_channel(backend, arguments, name)
    if backend.workspace.bot.id not in channel.members:
        raise ApiError("not_in_channel")
    return channel


def known_user(backend: Backend, user_id: Any, error: str = "user_not_found") -> User:
    user = backend.workspace.users.get(str(user_id))
    if user is None:
        raise ApiError(error)
    return user


def page(items: list[Any], arguments: Arguments, default: int, maximum: int) -> tuple[list[Any], str]:
    """One page of `items` and the cursor of the next; "" on the last. Raises ApiError invalid_cursor, invalid_limit."""
    limit = integer(arguments, "limit", default)
    if limit < 1 or limit > maximum:
        raise ApiError("invalid_limit")
    start = 0
    if cursor := arguments.get("cursor"):
        head, _, tail = str(cursor).partition(":")
        if head != "next" or not tail.isdigit():
            raise ApiError("invalid_cursor")
        start = int(tail)
    end = start + limit
    return items[start:end], f"next:{end}" if end < len(items) else ""


def paged(cursor: str) -> dict[str, Any]:
    return {"response_metadata": {"next_cursor": cursor}}
