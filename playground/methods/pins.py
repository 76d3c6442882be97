"""pins.*: messages that are kept at hand in a conversation."""

from __future__ import annotations

from typing import Any

from playground.backend import Backend
from playground.errors import ApiError
from playground.messages import Message
from playground.methods.spec import Arguments, Method, joined_channel
from playground.workspace import Channel


def _target(backend: Backend, arguments: Arguments) -> tuple[Channel, Message]:
    channel = joined_channel(backend, arguments)
    if not arguments.get("timestamp"):
        raise ApiError("no_item_specified")
    return channel, backend.workspace.message(channel.id, str(arguments["timestamp"]))


def add(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    channel, message = _target(backend, arguments)
    if message.ts in channel.pins:
        raise ApiError("already_pinned")
    channel.pins.append(message.ts)
    _tell(backend, "pin_added", channel, message)
    return {}


def remove(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    channel, message = _target(backend, arguments)
    if message.ts not in channel.pins:
        raise ApiError("no_pin")
    channel.pins.remove(message.ts)
    _tell(backend, "pin_removed", channel, message)
    return {}


def _tell(backend: Backend, event: str, channel: Channel, message: Message) -> None:
    fields = {
        "type": event,
        "user": backend.workspace.bot.id,
        "channel_id": channel.id,
        "item": _item(backend, message),
    }
    backend.emit(event, fields | {"event_ts": backend.workspace.ts()}, channel.id)
    backend.changed()


def _item(backend: Backend, message: Message) -> dict[str, Any]:
    bot, created = backend.workspace.bot.id, int(backend.clock.now())
    return {
        "type": "message",
        "channel": message.channel,
        "message": backend.workspace.wire(message) | {"permalink": backend.workspace.permalink(message)},
        "created": created,
        "created_by": bot,
    }


def listing(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    channel = joined_channel(backend, arguments)
    return {"items": [_item(backend, message) for message in channel.messages if message.ts in channel.pins]}


METHODS = {
    "pins.add": Method(add, ("pins:write",), ("channel",), ("timestamp",), tier=2),
    "pins.list": Method(listing, ("pins:read",), ("channel",), tier=2),
    "pins.remove": Method(remove, ("pins:write",), ("channel",), ("timestamp",), tier=2),
}
