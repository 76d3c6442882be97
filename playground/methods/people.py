"""users.*, usergroups.*, reactions.*, emoji.*: people, and what they put under messages."""

from __future__ import annotations

from typing import Any

from playground.backend import Backend
from playground.errors import ApiError
from playground.methods.spec import Arguments, Method, joined_channel, known_user, page, paged, visible_channel
from playground.people import User
from playground.wire import boolean, integer


def _wire(backend: Backend, user: User, arguments: Arguments) -> dict[str, Any]:
    email = "users:read.email" in backend.manifest.scopes
    return user.wire(backend.workspace.base_url, boolean(arguments, "include_locale"), email)


def user_info(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    user = known_user(backend, arguments["user"])
    return {"user": _wire(backend, user, arguments)}


def user_list(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    team = backend.workspace.team.id
    mine = [user for user in backend.workspace.users.values() if user.team == team]
    shown, cursor = page(mine, arguments, 1000, 1000)
    members = [_wire(backend, user, arguments) for user in shown]
    return {"members": members, "cache_ts": int(backend.clock.now()), **paged(cursor)}


def presence(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    known_user(backend, arguments.get("user") or backend.workspace.bot.id)
    return {"presence": "active"}


def profile(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    user = known_user(backend, arguments.get("user") or backend.workspace.bot.id)
    return {"profile": _wire(backend, user, arguments)["profile"]}


def by_email(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    name = str(arguments["email"]).partition("@")[0]
    user = next((each for each in backend.workspace.users.values() if each.name == name and not each.is_bot), None)
    if user is None:
        raise ApiError("users_not_found")
    return {"user": _wire(backend, user, arguments)}


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
