"""users.*, usergroups.*, reactions.*, assistant.threads.*: people, and what is shown beside messages."""

from __future__ import annotations

from typing import Any

from playground.backend import Backend
from playground.errors import ApiError
from playground.methods.spec import Arguments, Method, joined_channel, known_user, page, paged, visible_channel
from playground.wire import boolean, integer


def user_info(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    user = known_user(backend, arguments["user"])
    return {"user": user.wire(boolean(arguments, "include_locale"))}


def user_list(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    team = backend.workspace.team.id
    mine = [user for user in backend.workspace.users.values() if user.team == team]
    shown, cursor = page(mine, arguments, 1000, 1000)
    members = [user.wire(boolean(arguments, "include_locale")) for user in shown]
    return {"members": members, "cache_ts": int(backend.clock.now()), **paged(cursor)}


def presence(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    known_user(backend, arguments.get("user") or backend.workspace.bot.id)
    return {"presence": "active"}


def profile(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    return {"profile": known_user(backend, arguments.get("user") or backend.workspace.bot.id).wire()["profile"]}


def by_email(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    name = str(arguments["email"]).partition("@")[0]
    user = next((each for each in backend.workspace.users.values() if each.name == name and not each.is_bot), None)
    if user is None:
        raise ApiError("users_not_found")
    return {"user": user.wire()}


def groups(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    wires = [dict(group) for group in backend.workspace.usergroups.values()]
    if not boolean(arguments, "include_users"):
        wires = [{key: value for key, value in group.items() if key != "users"} for group in wires]
    return {"usergroups": wires}


def group_users(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    group = backend.workspace.usergroups.get(str(arguments["usergroup"]))
    if group is None:
        raise ApiError("no_such_subteam")
    return {"users": list(group["users"])}


def react(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    channel = joined_channel(backend, arguments)
    message = backend.workspace.message(channel.id, str(arguments["timestamp"]))
    name = str(arguments["name"]).strip(":")
    if not name:
        raise ApiError("invalid_name")
    backend.react(message, backend.workspace.bot.id, name)
    return {}


def unreact(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    channel = joined_channel(backend, arguments)
    message = backend.workspace.message(channel.id, str(arguments["timestamp"]))
    backend.unreact(message, backend.workspace.bot.id, str(arguments["name"]).strip(":"))
    return {}


def reactions(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    channel = visible_channel(backend, arguments)
    message = backend.workspace.message(channel.id, str(arguments["timestamp"]))
    return {"type": "message", "channel": channel.id, "message": backend.workspace.wire(message)}


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
    return {}


def set_title(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    _agent(backend)
    channel = joined_channel(backend, arguments, "channel_id")
    backend.workspace.agent_thread(channel.id, str(arguments["thread_ts"])).title = str(arguments["title"])
    return {}


def set_prompts(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    _agent(backend)
    channel = joined_channel(backend, arguments, "channel_id")
    prompts = arguments["prompts"]
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= 4:
        raise ApiError("invalid_arguments", ["[ERROR] between 1 and 4 prompts [json-pointer:/prompts]"])
    if any(not isinstance(each, dict) or not each.get("title") or not each.get("message") for each in prompts):
        raise ApiError("invalid_arguments", ["[ERROR] missing required field: title, message [json-pointer:/prompts]"])
    thread = backend.workspace.agent_thread(channel.id, str(arguments.get("thread_ts") or ""))
    thread.prompts = [{"title": str(each["title"]), "message": str(each["message"])} for each in prompts]
    thread.prompts_title = str(arguments.get("title") or "")
    return {}


def _agent(backend: Backend) -> None:
    if not backend.manifest.agent_view and not backend.manifest.assistant_view:
        raise ApiError("not_agent_app")


def emoji(_: Backend, __: Arguments) -> dict[str, Any]:
    return {"emoji": {}, "cache_ts": "0"}


def reaction_list(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    user = str(arguments.get("user") or backend.workspace.bot.id)
    count = integer(arguments, "limit", 100)
    mine = [m for m in backend.workspace.all_messages() if any(user in users for users in m.reactions.values())]
    items = [{"type": "message", "channel": m.channel, "message": backend.workspace.wire(m)} for m in mine[:count]]
    return {"items": items, **paged("")}


_ON_MESSAGE = ("channel", "timestamp")
METHODS = {
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
    "emoji.list": Method(emoji, ("emoji:read",), optional=("include_categories",), tier=2),
    "reactions.add": Method(react, ("reactions:write",), ("channel", "name", "timestamp"), tier=3),
    "reactions.get": Method(reactions, ("reactions:read",), _ON_MESSAGE, ("full", "file"), tier=3),
    "reactions.list": Method(reaction_list, ("reactions:read",), (), ("user", "limit", "cursor", "full"), tier=2),
    "reactions.remove": Method(unreact, ("reactions:write",), ("channel", "name", "timestamp"), tier=2),
    "usergroups.list": Method(
        groups, ("usergroups:read",), (), ("include_count", "include_disabled", "include_users"), tier=2
    ),
    "usergroups.users.list": Method(group_users, ("usergroups:read",), ("usergroup",), ("include_disabled",), tier=2),
    "users.getPresence": Method(presence, ("users:read",), (), ("user",), tier=3),
    "users.info": Method(user_info, ("users:read",), ("user",), ("include_locale",), tier=4),
    "users.list": Method(user_list, ("users:read",), (), ("cursor", "include_locale", "limit"), tier=2),
    "users.lookupByEmail": Method(by_email, ("users:read.email",), ("email",), tier=3),
    "users.profile.get": Method(profile, ("users.profile:read",), (), ("include_labels", "user"), tier=4),
}
