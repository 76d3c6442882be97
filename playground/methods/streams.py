"""chat.startStream, appendStream, stopStream: a message that is shown while it is written."""

from __future__ import annotations

from typing import Any

from playground.backend import Backend
from playground.blocks import MESSAGE_BLOCKS, check_message_blocks
from playground.errors import ApiError
from playground.messages import Message, Stream
from playground.methods.assistant import SESSION_STATES
from playground.methods.chat import addressed, answered, checked_metadata, destination, own_message
from playground.methods.spec import Arguments, Method
from playground.settled import settled
from playground.wire import boolean

STREAM_LIMIT = 12_000
"""Characters a streamed message holds in all."""
CHUNKS = ("markdown_text", "task_update", "plan_update", "blocks")
_STOPS = {"agent_session_stopped", "message_stream_stopped"}
_TASK_STATES = ("pending", "in_progress", "complete", "error")


def start(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    channel = destination(backend, arguments)
    if channel.kind == "im" and not arguments.get("thread_ts"):
        raise ApiError("invalid_arguments", ["[ERROR] missing required field: thread_ts"])
    if boolean(arguments, "is_stoppable") and not _STOPS & backend.manifest.events:
        raise ApiError("not_subscribed_to_message_stream_stopped")
    if channel.kind != "im":
        for name in ("recipient_team_id", "recipient_user_id"):
            if not arguments.get(name):
                raise ApiError(f"missing_{name}")
    added = _added(arguments)
    message = addressed(backend, arguments, channel, "", [])
    mode = arguments.get("task_display_mode") or "timeline"
    if mode not in ("timeline", "plan"):
        raise ApiError(
            "invalid_arguments", ["[ERROR] must be one of: timeline, plan [json-pointer:/task_display_mode]"]
        )
    message.stream = Stream(
        backend.clock.now(), is_stoppable=boolean(arguments, "is_stoppable"), is_plan=mode == "plan"
    )
    _append(message, added)
    _show(backend, message)
    answered(backend, channel.id, message.thread_ts)
    if message.thread_ts:
        backend.workspace.agent_thread(channel.id, message.thread_ts).session = "processing"
    backend.say(message)
    return {"channel": channel.id, "ts": message.ts}


def append(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    message, _ = _streaming(backend, arguments)
    added = _added(arguments)
    if not added:
        raise ApiError("no_text")
    _append(message, added)
    _show(backend, message)
    backend.revise(message, {}, tell=False)
    return {"channel": message.channel, "ts": message.ts}


def stop(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    message, stream = _streaming(backend, arguments)
    blocks = arguments.get("blocks") or []
    if len(blocks) > MESSAGE_BLOCKS:
        raise ApiError("msg_blocks_too_many")
    check_message_blocks(blocks)
    session = arguments.get("session_status")
    if session not in (None, *SESSION_STATES):
        raise ApiError("invalid_arguments", [f"[ERROR] must be one of: {', '.join(SESSION_STATES)} [session_status]"])
    _append(message, _added(arguments))
    before = backend.workspace.wire(message)
    stream.state = "stopped"
    if arguments.get("metadata"):
        message.metadata = checked_metadata(arguments["metadata"])
    if message.thread_ts:
        backend.workspace.agent_thread(message.channel, message.thread_ts).session = str(session or "active")
    _show(backend, message, blocks)
    backend.revise(message, before)
    return {"channel": message.channel, "ts": message.ts, "message": backend.workspace.wire(message)}


def _streaming(backend: Backend, arguments: Arguments) -> tuple[Message, Stream]:
    message = own_message(backend, arguments, "message_not_owned_by_app")
    stream = message.stream
    if not backend.is_streaming(message) or stream is None:
        stopped = stream is not None and stream.state == "stopped_by_user"
        raise ApiError("stopped_by_user" if stopped else "message_not_in_streaming_state")
    return message, stream


def _added(arguments: Arguments) -> list[dict[str, Any]]:
    """The chunks of a call; `markdown_text` is one chunk of text. Raises ApiError."""
    text, chunks = arguments.get("markdown_text"), arguments.get("chunks") or []
    if text and chunks:
        raise ApiError("cannot_provide_both_markdown_text_and_chunks")
    if text:
        return [{"type": "markdown_text", "text": str(text)}]
    if not isinstance(chunks, list):
        raise ApiError("invalid_chunks")
    for chunk in chunks:
        if not isinstance(chunk, dict) or chunk.get("type") not in CHUNKS:
            raise ApiError("invalid_chunks")
        if chunk["type"] == "task_update" and (
            not chunk.get("id") or not chunk.get("title") or chunk.get("status", "pending") not in _TASK_STATES
        ):
            raise ApiError("invalid_chunks")
        if chunk["type"] == "blocks":
            check_message_blocks(chunk.get("blocks") or [])
    return chunks


def _append(message: Message, chunks: list[dict[str, Any]]) -> None:
    """Add chunks to the stream. Raises ApiError msg_too_long and leaves it as it was."""
    stream = message.stream
    assert stream is not None  # noqa: S101  both callers have just made sure
    text = stream.markdown + "".join(str(chunk.get("text", "")) for chunk in chunks if chunk["type"] == "markdown_text")
    if len(text) > STREAM_LIMIT:
        raise ApiError("msg_too_long")
    stream.markdown = text
    stream.chunks += chunks


def _show(backend: Backend, message: Message, closing: list[dict[str, Any]] | None = None) -> None:
    """Text and blocks as they follow from all chunks so far."""
    stream = message.stream
    assert stream is not None  # noqa: S101  called for streamed messages only
    blocks = _chunk_blocks(stream.chunks, stream.is_plan)
    message.text = stream.markdown
    message.blocks = settled([*blocks, *(closing or [])], backend.workspace)


def _chunk_blocks(chunks: list[dict[str, Any]], is_plan: bool) -> list[dict[str, Any]]:
    """Tasks stand where they came; with `is_plan`, or after a plan's title, they stand together in its block."""
    blocks: list[dict[str, Any]] = []
    tasks: dict[str, dict[str, Any]] = {}
    plan: dict[str, Any] | None = None
    for chunk in chunks:
        kind = chunk["type"]
        if kind == "markdown_text":
            if blocks and blocks[-1]["type"] == "markdown":
                blocks[-1]["text"] += str(chunk.get("text", ""))
            else:
                blocks.append({"type": "markdown", "text": str(chunk.get("text", ""))})
        elif kind == "blocks":
            blocks += [dict(block) for block in chunk.get("blocks") or []]
        elif kind == "plan_update":
            if plan is None:
                plan = {"type": "plan", "tasks": []}
                blocks.append(plan)
            plan["title"] = chunk.get("title", "")
        else:
            task = tasks.get(chunk["id"])
            if task is None:
                if plan is None and is_plan:
                    plan = {"type": "plan", "title": "", "tasks": []}
                    blocks.append(plan)
                task = tasks[chunk["id"]] = {"type": "task_card", "task_id": chunk["id"]}
                (plan["tasks"] if plan else blocks).append(task)
            task |= {k: v for k, v in chunk.items() if k in ("title", "status", "details", "output", "sources")}
    return blocks


_COMMON = ("markdown_text", "chunks")
METHODS = {
    "chat.startStream": Method(
        start,
        ("chat:write",),
        ("channel",),
        (
            *_COMMON,
            "thread_ts",
            "recipient_team_id",
            "recipient_user_id",
            "task_display_mode",
            "is_stoppable",
            "username",
            "icon_emoji",
            "icon_url",
        ),
        tier=2,
    ),
    "chat.appendStream": Method(append, ("chat:write",), ("channel", "ts"), _COMMON, tier=4),
    "chat.stopStream": Method(
        stop, ("chat:write",), ("channel", "ts"), (*_COMMON, "blocks", "metadata", "session_status"), tier=2
    ),
}
