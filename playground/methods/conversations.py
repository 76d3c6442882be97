"""conversations.*: channels, direct messages, their members and history."""

from __future__ import annotations

from typing import Any

from playground.backend import Backend
from playground.errors import ApiError
from playground.messages import Message
from playground.methods.spec import (
    HISTORY_SCOPES,
    READ_SCOPES,
    Arguments,
    Method,
    joined_channel,
    known_user,
    need_scope,
    page,
    paged,
    visible_channel,
)
from playground.wire import boolean, listed
from playground.workspace import Channel

_KINDS = {"public_channel": "public", "private_channel": "private", "im": "im", "mpim": "mpim"}
_READ = tuple(READ_SCOPES.values())
_HISTORY = tuple(HISTORY_SCOPES.values())


def _wire(backend: Backend, channel: Channel) -> dict[str, Any]:
    workspace = backend.workspace
    return channel.wire(workspace.team.id, workspace.bot.id, workspace.other_team.id)


def info(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    channel = visible_channel(backend, arguments)
    need_scope(backend, READ_SCOPES[channel.kind])
    wire = _wire(backend, channel)
    if boolean(arguments, "include_num_members"):
        wire["num_members"] = len(channel.members)
    if boolean(arguments, "include_locale"):
        wire["locale"] = "en-US"
    return {"channel": wire}


def listing(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    names = listed(arguments.get("types") or "public_channel")
    if any(name not in _KINDS for name in names):
        raise ApiError("invalid_types")
    kinds = [_KINDS[name] for name in names]
    for kind in kinds:
        need_scope(backend, READ_SCOPES[kind])
    bot = backend.workspace.bot.id
    channels = [
        channel
        for channel in backend.workspace.channels.values()
        if channel.kind in kinds
        and (channel.kind == "public" or bot in channel.members)
        and not (channel.is_archived and boolean(arguments, "exclude_archived"))
    ]
    shown, cursor = page(channels, arguments, 100, 1000)
    counted = [_wire(backend, c) | ({} if c.kind == "im" else {"num_members": len(c.members)}) for c in shown]
    return {"channels": counted, **paged(cursor)}


def history(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    channel = joined_channel(backend, arguments)
    need_scope(backend, HISTORY_SCOPES[channel.kind])
    roots = [m for m in channel.messages if not m.is_reply or m.subtype == "thread_broadcast"]
    shown, cursor = page(_between(roots, arguments)[::-1], arguments, 100, 999)
    wires = [_shown(backend, message, arguments) for message in shown]
    more: dict[str, Any] = paged(cursor) if cursor else {}
    return {"messages": wires, "has_more": bool(cursor), "pin_count": 0, "channel_actions_ts": None, **more}


def replies(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    channel = joined_channel(backend, arguments)
    need_scope(backend, HISTORY_SCOPES[channel.kind])
    target = next((m for m in channel.messages if m.ts == str(arguments["ts"]) and not m.ephemeral_for), None)
    if target is None:
        raise ApiError("thread_not_found")
    if target.is_reply:
        return {"messages": [_shown(backend, target, arguments)], "has_more": False}
    rest = _between(backend.workspace.replies(channel, target.ts), arguments)
    shown, cursor = page([target, *rest], arguments, 1000, 1000)
    wires = [_shown(backend, message, arguments) for message in shown]
    return {"messages": wires, "has_more": bool(cursor), **(paged(cursor) if cursor else {})}


def _between(messages: list[Message], arguments: Arguments) -> list[Message]:
    """What is visible to the app between `oldest` and `latest`, oldest first."""
    oldest, latest = str(arguments.get("oldest") or "0"), arguments.get("latest")
    inclusive = boolean(arguments, "inclusive")
    kept = [m for m in messages if not m.ephemeral_for]
    kept = [m for m in kept if float(m.ts) > float(oldest) or (inclusive and float(m.ts) == float(oldest))]
    if latest and latest != "now":
        end = float(latest)
        kept = [m for m in kept if float(m.ts) < end or (inclusive and float(m.ts) == end)]
    return kept


def _shown(backend: Backend, message: Message, arguments: Arguments) -> dict[str, Any]:
    wire = backend.workspace.wire(message)
    if not boolean(arguments, "include_all_metadata"):
        wire.pop("metadata", None)
    return wire


def members(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    channel = visible_channel(backend, arguments)
    need_scope(backend, READ_SCOPES[channel.kind])
    shown, cursor = page(channel.members, arguments, 100, 1000)
    return {"members": shown, **paged(cursor)}


def opening(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    workspace = backend.workspace
    if arguments.get("channel"):
        channel = visible_channel(backend, arguments)
    else:
        users = [known_user(backend, each).id for each in listed(arguments.get("users"))]
        if not users:
            raise ApiError("users_list_not_supplied")
        if backend.workspace.bot.id in users:
            raise ApiError("cannot_dm_bot")
        need_scope(backend, "im:write" if len(users) == 1 else "mpim:write")
        known = set(workspace.channels)
        channel = workspace.im(users[0]) if len(users) == 1 else _group(backend, users)
        if channel.id not in known:
            return {"channel": _opened(backend, channel, arguments)}
    return {"no_op": True, "already_open": True, "channel": _opened(backend, channel, arguments)}


def _opened(backend: Backend, channel: Channel, arguments: Arguments) -> dict[str, Any]:
    return _wire(backend, channel) if boolean(arguments, "return_im") else {"id": channel.id}


def _group(backend: Backend, users: list[str]) -> Channel:
    everyone = {*users, backend.workspace.bot.id}
    channels = backend.workspace.channels.values()
    found = next((c for c in channels if c.kind == "mpim" and set(c.members) == everyone), None)
    return found or backend.workspace.add_channel("", sorted(everyone), kind="mpim")


def join(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    channel = visible_channel(backend, arguments)
    if channel.kind != "public":
        raise ApiError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise ApiError("is_archived")
    if backend.workspace.bot.id in channel.members:
        answer = {"channel": _wire(backend, channel), "warning": "already_in_channel"}
        return {**answer, "response_metadata": {"warnings": ["already_in_channel"]}}
    backend.join(channel, backend.workspace.bot)
    return {"channel": _wire(backend, channel)}


def leave(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    channel = visible_channel(backend, arguments)
    if backend.workspace.bot.id not in channel.members:
        return {"not_in_channel": True}
    if channel.name == "general":
        raise ApiError("cant_leave_general")
    backend.leave(channel, backend.workspace.bot)
    return {}


def close(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    visible_channel(backend, arguments)
    return {"no_op": True, "already_closed": True}


def mark(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    joined_channel(backend, arguments)
    return {}


def of_user(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    user = known_user(backend, arguments.get("user") or backend.workspace.bot.id)
    found = listing(backend, {**arguments, "limit": 1000, "cursor": ""})["channels"]
    mine = [c for c in found if user.id in backend.workspace.channels[c["id"]].members]
    shown, cursor = page(mine, arguments, 100, 999)
    return {"channels": shown, **paged(cursor)}


_WINDOW = ("cursor", "inclusive", "latest", "limit", "oldest", "include_all_metadata")
_LIST = ("cursor", "exclude_archived", "limit", "types")
METHODS = {
    "conversations.close": Method(close, ("im:write", "mpim:write", "channels:manage"), ("channel",), tier=2),
    "conversations.history": Method(history, _HISTORY, ("channel",), _WINDOW, tier=3),
    "conversations.info": Method(info, _READ, ("channel",), ("include_locale", "include_num_members"), tier=3),
    "conversations.join": Method(join, ("channels:join",), ("channel",), tier=3),
    "conversations.leave": Method(leave, ("channels:manage", "groups:write"), ("channel",), tier=3),
    "conversations.list": Method(listing, _READ, (), _LIST, tier=2),
    "conversations.mark": Method(mark, ("channels:manage", "im:write"), ("channel", "ts"), tier=3),
    "conversations.members": Method(members, _READ, ("channel",), ("cursor", "limit"), tier=4),
    "conversations.open": Method(
        opening, ("im:write", "mpim:write"), (), ("channel", "prevent_creation", "return_im", "users"), tier=3
    ),
    "conversations.replies": Method(replies, _HISTORY, ("channel", "ts"), _WINDOW, tier=3),
    "users.conversations": Method(of_user, _READ, (), (*_LIST, "user"), tier=3),
}
