"""assistant.threads.*, agents.sessions.*: what an agent shows beside the messages of a thread.

A status of the older methods is also the state of the agent's session.
https://docs.slack.dev/ai/migrating-to-agent-messaging/
"""

from __future__ import annotations

from typing import Any

from playground.backend import Backend
from playground.errors import ApiError
from playground.methods.spec import Arguments, Method, joined_channel
from playground.workspace import AgentThread

SESSION_STATES = ("active", "processing", "suspended", "closed")
STATUS_SECONDS = 120.0
"""A status goes away by itself after two minutes."""


def set_status(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    channel = joined_channel(backend, arguments, "channel_id")
    status = str(arguments.get("status") or "")
    loading = arguments.get("loading_messages") or []
    if not isinstance(loading, list) or len(loading) > 10 or any(not 1 <= len(str(each)) <= 50 for each in loading):
        raise ApiError("invalid_arguments", ["[ERROR] 1 to 10 messages of 1 to 50 characters [loading_messages]"])
    thread = backend.workspace.agent_thread(channel.id, str(arguments["thread_ts"]))
    thread.status, thread.loading_messages = status, [str(each) for each in loading]
    thread.status_at = backend.clock.now()
    thread.statuses.append(status)
    thread.session = "processing" if status else "active"
    backend.changed()
    return {}


def set_title(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    _agent(backend)
    channel = joined_channel(backend, arguments, "channel_id")
    title, thread_ts = str(arguments["title"]), str(arguments["thread_ts"])
    backend.workspace.agent_thread(channel.id, thread_ts).title = title
    root = next((m for m in channel.messages if m.ts == thread_ts and m.subtype == "assistant_app_thread"), None)
    if root:
        before = backend.workspace.wire(root)
        root.extra = {"assistant_app_thread": {"title": title, "title_blocks": [], "artifacts": []}}
        backend.revise(root, before)
    backend.changed()
    return {}


def set_prompts(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    _agent(backend)
    channel = joined_channel(backend, arguments, "channel_id")
    prompts = arguments["prompts"]
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= 4:
        raise ApiError("invalid_arguments", ["[ERROR] between 1 and 4 prompts [json-pointer:/prompts]"])
    if any(not isinstance(each, dict) or not each.get("title") or not each.get("message") for each in prompts):
        raise ApiError("invalid_arguments", ["[ERROR] missing required field: title, message [json-pointer:/prompts]"])
    if backend.manifest.agent_view and arguments.get("thread_ts"):
        return {}  # Slack says yes to it, and shows nothing: prompts of an agent stand above its conversation
    thread = backend.workspace.agent_thread(channel.id, str(arguments.get("thread_ts") or ""))
    thread.prompts = [{"title": str(each["title"]), "message": str(each["message"])} for each in prompts]
    thread.prompts_at = backend.clock.now()
    thread.prompts_title = str(arguments.get("title") or "")
    backend.changed()
    return {}


def _agent(backend: Backend) -> None:
    if not backend.manifest.agent_view and not backend.manifest.assistant_view:
        raise ApiError("not_agent_app")


def set_session(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    thread = _session(backend, arguments)
    status = str(arguments["status"])
    if status not in SESSION_STATES:
        raise ApiError("invalid_arguments", [f"[ERROR] must be one of: {', '.join(SESSION_STATES)} [status]"])
    if not thread.session and arguments.get("title"):
        thread.title = str(arguments["title"])[:200]
    thread.session = status
    backend.changed()
    answer = {"agent_status": status, "title": thread.title}
    if status == "processing" and "agent_session_stopped" not in backend.manifest.events:
        warning = "missing_agent_session_stopped_event_subscription"
        return {**answer, "warning": warning, "response_metadata": {"warnings": [warning]}}
    return answer


def rename_session(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    title = str(arguments["title"])
    if not 1 <= len(title) <= 200:
        raise ApiError("invalid_arguments", ["[ERROR] 1 to 200 characters [json-pointer:/title]"])
    _session(backend, arguments).title = title
    return {}


def _session(backend: Backend, arguments: Arguments) -> AgentThread:
    _agent(backend)
    channel = joined_channel(backend, arguments, "channel_id")
    if not arguments.get("thread_ts"):
        raise ApiError("invalid_arguments", ["[ERROR] missing required field: thread_ts"])
    return backend.workspace.agent_thread(channel.id, str(arguments["thread_ts"]))


METHODS = {
    "agents.sessions.rename": Method(rename_session, ("chat:write",), ("channel_id", "title"), ("thread_ts",), tier=3),
    "agents.sessions.setStatus": Method(
        set_session,
        ("chat:write",),
        ("channel_id", "status"),
        ("thread_ts", "title", "initiator_user_id", "icon_emoji", "icon_url", "username"),
        tier=3,
    ),
    "assistant.threads.setStatus": Method(
        set_status,
        ("chat:write", "assistant:write"),
        ("channel_id", "thread_ts", "status"),
        ("loading_messages", "icon_emoji", "icon_url", "username"),
    ),
    "assistant.threads.setSuggestedPrompts": Method(
        set_prompts, ("assistant:write",), ("channel_id", "prompts"), ("thread_ts", "title"), tier=4
    ),
    "assistant.threads.setTitle": Method(set_title, ("assistant:write",), ("channel_id", "thread_ts", "title"), tier=4),
}
