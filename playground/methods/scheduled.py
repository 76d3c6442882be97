"""chat.scheduleMessage and what belongs to it: messages of the app that appear later."""

from __future__ import annotations

from typing import Any

from playground.backend import Backend
from playground.errors import ApiError
from playground.messages import Message
from playground.methods.chat import compose, destination
from playground.methods.spec import Arguments, Method, page, paged
from playground.wire import integer

FURTHEST_SECONDS = 120 * 24 * 3600


def schedule(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    channel = destination(backend, arguments)
    message = compose(backend, arguments, channel)
    post_at, now = integer(arguments, "post_at", 0), backend.clock.now()
    if post_at <= now:
        raise ApiError("time_in_past")
    if post_at > now + FURTHEST_SECONDS:
        raise ApiError("time_too_far")
    scheduled_id = backend.workspace.id("Q")
    backend.scheduled[scheduled_id] = (post_at, message)
    backend.courier.spawn(_post_later(backend, scheduled_id, post_at - now))
    said = {"text": message.text, "type": "delayed_message", "subtype": "bot_message", "bot_id": message.bot_id}
    return {"channel": channel.id, "scheduled_message_id": scheduled_id, "post_at": post_at, "message": said}


async def _post_later(backend: Backend, scheduled_id: str, seconds: float) -> None:
    await backend.clock.sleep(seconds)
    entry = backend.scheduled.pop(scheduled_id, None)
    if entry:
        message: Message = entry[1]
        message.ts = backend.workspace.ts()
        backend.say(message)


def listing(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    channel = arguments.get("channel")
    waiting = [
        {"id": key, "channel_id": message.channel, "post_at": at, "date_created": int(float(message.ts))}
        | {"text": message.text}
        for key, (at, message) in backend.scheduled.items()
        if channel in (None, "", message.channel)
    ]
    shown, cursor = page(waiting, arguments, 100, 1000)
    return {"scheduled_messages": shown, **paged(cursor)}


def delete(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    found = backend.scheduled.get(str(arguments["scheduled_message_id"]))
    if found is None or found[1].channel != arguments["channel"]:
        raise ApiError("invalid_scheduled_message_id")
    del backend.scheduled[str(arguments["scheduled_message_id"])]
    return {}


_OPTIONAL = """text blocks attachments markdown_text metadata thread_ts reply_broadcast unfurl_links unfurl_media
    link_names parse as_user""".split()
METHODS = {
    "chat.deleteScheduledMessage": Method(
        delete, ("chat:write",), ("channel", "scheduled_message_id"), ("as_user",), tier=3
    ),
    "chat.scheduleMessage": Method(schedule, ("chat:write",), ("channel", "post_at"), tuple(_OPTIONAL), tier=3),
    "chat.scheduledMessages.list": Method(
        listing, ("chat:write",), (), ("channel", "cursor", "latest", "limit", "oldest"), tier=3
    ),
}
