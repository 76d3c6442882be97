"""chat.*: messages of the app."""

from __future__ import annotations

from typing import Any

from playground.backend import Backend
from playground.blocks import check_attachments, check_message_blocks, fallback_text
from playground.errors import ApiError
from playground.messages import Message
from playground.methods.spec import Arguments, Method, joined_channel, known_user, need_scope, visible_channel
from playground.pictures import check_pictures
from playground.settled import settled
from playground.wire import boolean
from playground.workspace import Channel

TEXT_LIMIT = 40_000
"""Characters of `text` that are kept; the rest is cut off with a warning."""
UPDATE_LIMIT = 4_000
"""Characters of `text` that `chat.update` takes."""
AUTHORSHIP = ("username", "icon_emoji", "icon_url")


def destination(backend: Backend, arguments: Arguments) -> Channel:
    """The conversation to post to; a user's id means the direct conversation with them. Raises ApiError."""
    workspace, name = backend.workspace, str(arguments["channel"])
    if name in workspace.users:
        name = workspace.im(name).id
    elif name.startswith("#"):
        name = next((c.id for c in workspace.channels.values() if c.name == name[1:]), "")
    channel = visible_channel(backend, {"channel": name})
    if channel.is_archived:
        raise ApiError("is_archived")
    public = "chat:write.public" in backend.manifest.scopes and channel.kind == "public"
    if workspace.bot.id not in channel.members and not public:
        raise ApiError("not_in_channel")
    if channel.kind == "im" and not backend.manifest.messages_tab:
        raise ApiError("messages_tab_disabled")
    return channel


def compose(backend: Backend, arguments: Arguments, channel: Channel) -> Message:
    """The message the arguments describe, not yet posted. Raises ApiError."""
    text, blocks = content(arguments)
    return addressed(backend, arguments, channel, text, blocks)


def addressed(
    backend: Backend, arguments: Arguments, channel: Channel, text: str, blocks: list[dict[str, Any]]
) -> Message:
    """A message of the app with this content and the rest from the arguments. Raises ApiError."""
    thread_ts = arguments.get("thread_ts") or None
    if thread_ts:
        thread_ts = root_of(channel, str(thread_ts))
    check_pictures(backend, blocks, "invalid_blocks")
    message = Message(
        ts=backend.workspace.ts(),
        channel=channel.id,
        user=backend.workspace.bot.id,
        text=text,
        team=backend.workspace.team.id,
        blocks=settled(blocks, backend.workspace),
        thread_ts=thread_ts,
        bot_id=backend.workspace.bot.bot_id,
        metadata=checked_metadata(arguments.get("metadata")),
        attachments=arguments.get("attachments") or [],
        unfurl_links=boolean(arguments, "unfurl_links", False),
        unfurl_media=boolean(arguments, "unfurl_media", True),
        links_names=boolean(arguments, "link_names") or arguments.get("parse") == "full",
    )
    given = {name: arguments[name] for name in AUTHORSHIP if arguments.get(name)}
    if given:
        need_scope(backend, "chat:write.customize")
        message.username = given.pop("username", None)
        message.icons = {name.removeprefix("icon_"): value for name, value in given.items()} or None
        message.subtype = "bot_message"
    return message


def content(arguments: Arguments, keep_text: str = "") -> tuple[str, list[dict[str, Any]]]:
    """Text and blocks of a message. Raises ApiError for what Slack refuses."""
    text = arguments.get("text")
    text = "" if text is None else str(text)
    blocks = arguments.get("blocks") or []
    if "markdown_text" in arguments and arguments["markdown_text"] not in (None, ""):
        if text or blocks:
            raise ApiError("markdown_text_conflict")
        markdown = str(arguments["markdown_text"])
        if len(markdown) > 12_000:
            raise ApiError("msg_too_long")
        blocks = [{"type": "markdown", "text": markdown}]
        text = markdown
    if not isinstance(blocks, list):
        raise ApiError("invalid_blocks_format")
    check_message_blocks(blocks)
    check_attachments(arguments.get("attachments") or [])
    if not text.strip() and not blocks and not arguments.get("attachments") and not keep_text:
        raise ApiError("no_text")
    return text[:TEXT_LIMIT] or fallback_text(blocks) or keep_text, blocks


def checked_metadata(metadata: Any) -> dict[str, Any] | None:
    """Raises ApiError unless it is an event with its payload; an empty object means none."""
    if not metadata:
        return None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_payload", {}), dict):
        raise ApiError("invalid_metadata_format")
    if "entities" not in metadata and ("event_type" not in metadata or "event_payload" not in metadata):
        raise ApiError("invalid_metadata_schema")
    return metadata


def root_of(channel: Channel, thread_ts: str) -> str | None:
    """The ts of the thread's root; posting to a reply's ts lands in that reply's thread.

    None where no such message exists (any more): Slack then posts at the top level, without an error.
    """
    if not _is_ts(thread_ts):
        raise ApiError("invalid_thread_ts")
    target = next((m for m in channel.messages if m.ts == thread_ts and not m.ephemeral_for), None)
    return (target.thread_ts or target.ts) if target else None


def _is_ts(value: str) -> bool:
    seconds, _, fraction = value.partition(".")
    return seconds.isdigit() and fraction.isdigit()


def post_message(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    channel = destination(backend, arguments)
    message = compose(backend, arguments, channel)
    broadcast = boolean(arguments, "reply_broadcast") and message.thread_ts
    if broadcast:
        message.subtype = "thread_broadcast"
    answered(backend, channel.id, message.thread_ts)
    backend.say(message)
    shown = {key: value for key, value in backend.workspace.wire(message).items() if key != "parent_user_id"}
    return {"channel": channel.id, "ts": message.ts, "message": shown, **_truncation(arguments)}


def answered(backend: Backend, channel: str, thread_ts: str | None) -> None:
    """A message of the app ends the status of its thread."""
    key = (channel, thread_ts or "")
    thread = backend.workspace.agent_threads.get(key)
    if thread and thread.status:
        thread.status, thread.loading_messages, thread.session = "", [], "active"
        thread.statuses.append("")


def _truncation(arguments: Arguments) -> dict[str, Any]:
    if len(str(arguments.get("text") or "")) <= TEXT_LIMIT:
        return {}
    return {"warning": "message_truncated", "response_metadata": {"warnings": ["message_truncated"]}}


def post_ephemeral(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    channel = destination(backend, arguments)
    user = known_user(backend, arguments["user"], "user_not_in_channel")
    if user.id not in channel.members:
        raise ApiError("user_not_in_channel")
    message = compose(backend, arguments, channel)
    message.ephemeral_for = user.id
    backend.say(message)
    return {"message_ts": message.ts}


def own_message(backend: Backend, arguments: Arguments, error: str) -> Message:
    """A message of the app itself. Raises ApiError message_not_found, or `error` when somebody else wrote it."""
    channel = visible_channel(backend, arguments)
    message = backend.workspace.message(channel.id, str(arguments["ts"]))
    if message.ephemeral_for:
        raise ApiError("message_not_found")
    if message.bot_id != backend.workspace.bot.bot_id:
        raise ApiError(error)
    return message


def update(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    message = own_message(backend, arguments, "cant_update_message")
    if backend.is_streaming(message):
        raise ApiError("streaming_state_conflict")
    if backend.workspace.channels[message.channel].is_archived:
        raise ApiError("is_inactive")
    given = ("text", "blocks", "attachments", "markdown_text", "metadata")
    if not any(arguments.get(name) for name in given) and "blocks" not in arguments:
        raise ApiError("no_text")
    if len(str(arguments.get("text") or "")) > UPDATE_LIMIT:
        raise ApiError("msg_too_long")
    before = backend.workspace.wire(message)
    text, blocks = content(arguments, keep_text=message.text)
    check_pictures(backend, blocks, "invalid_blocks")
    message.text = text
    if blocks or "blocks" in arguments or arguments.get("text") or arguments.get("markdown_text"):
        message.blocks = settled(blocks, backend.workspace)
    if "attachments" in arguments:
        message.attachments = arguments["attachments"] or []
    if "metadata" in arguments:
        message.metadata = checked_metadata(arguments["metadata"])
    message.edited = {"user": message.user, "ts": backend.workspace.ts()}
    backend.revise(message, before)
    return {
        "channel": message.channel,
        "ts": message.ts,
        "text": message.text,
        "message": backend.workspace.wire(message),
    }


def delete(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    message = own_message(backend, arguments, "cant_delete_message")
    backend.withdraw(message)
    return {"channel": message.channel, "ts": message.ts}


def permalink(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    channel = visible_channel(backend, arguments)
    message = backend.workspace.message(channel.id, str(arguments["message_ts"]))
    return {"channel": channel.id, "permalink": backend.workspace.permalink(message)}


def me_message(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    channel = joined_channel(backend, arguments)
    message = compose(backend, arguments, channel)
    message.subtype = "me_message"
    backend.say(message)
    return {"channel": channel.id, "ts": message.ts}


_CONTENT = ("text", "blocks", "attachments", "markdown_text", "link_names", "parse", "as_user", *AUTHORSHIP)
METHODS = {
    "chat.postMessage": Method(
        post_message,
        ("chat:write",),
        ("channel",),
        (
            *_CONTENT,
            "thread_ts",
            "reply_broadcast",
            "unfurl_links",
            "unfurl_media",
            "mrkdwn",
            "metadata",
            "container_id",
        ),
        tier=None,
    ),
    "chat.postEphemeral": Method(
        post_ephemeral, ("chat:write",), ("channel", "user"), (*_CONTENT, "thread_ts"), tier=4
    ),
    "chat.update": Method(
        update,
        ("chat:write",),
        ("channel", "ts"),
        (*_CONTENT, "metadata", "reply_broadcast", "file_ids", "unfurl_links", "unfurl_media"),
        tier=3,
    ),
    "chat.delete": Method(delete, ("chat:write",), ("channel", "ts"), ("as_user",), tier=3),
    "chat.getPermalink": Method(permalink, (), ("channel", "message_ts"), tier=None),
    "chat.meMessage": Method(me_message, ("chat:write",), ("channel", "text"), tier=3),
}
