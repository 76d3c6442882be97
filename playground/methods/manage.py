"""conversations.*: making, naming and archiving channels, and who is in them."""

from __future__ import annotations

import re
from typing import Any

from playground.backend import Backend
from playground.errors import ApiError
from playground.messages import Message
from playground.methods.spec import Arguments, Method, joined_channel, known_user, need_scope, visible_channel
from playground.wire import boolean, listed
from playground.workspace import Channel

_NAME = re.compile(r"[\w-]{1,80}")
_MANAGE = ("channels:manage", "groups:write")


def _wire(backend: Backend, channel: Channel) -> dict[str, Any]:
    return channel.wire(backend.workspace.team.id, backend.workspace.bot.id, backend.workspace.other_team.id)


def _checked_name(backend: Backend, name: str) -> str:
    if not name:
        raise ApiError("invalid_name_required")
    if len(name) > 80:
        raise ApiError("invalid_name_maxlength")
    if not _NAME.fullmatch(name) or name != name.lower():
        raise ApiError("invalid_name_specials")
    if any(channel.name == name for channel in backend.workspace.channels.values()):
        raise ApiError("name_taken")
    return name


def create(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    kind, scope = ("private", "groups:write") if boolean(arguments, "is_private") else ("public", "channels:manage")
    need_scope(backend, scope)
    name, bot = _checked_name(backend, str(arguments["name"])), backend.workspace.bot.id
    channel = backend.workspace.add_channel(name, [bot], kind="private" if kind == "private" else "public", creator=bot)
    if kind == "public":
        about = {"id": channel.id, "name": name, "created": channel.created, "creator": bot}
        backend.emit(
            "channel_created", {"type": "channel_created", "channel": about, "event_ts": backend.workspace.ts()}
        )
    backend.changed()
    return {"channel": _wire(backend, channel)}


def _changed(backend: Backend, channel: Channel, subtype: str, text: str, **extra: Any) -> None:
    """The line in the conversation that says what the app changed."""
    bot, workspace = backend.workspace.bot, backend.workspace
    notice = Message(workspace.ts(), channel.id, bot.id, text, workspace.team.id, subtype=f"channel_{subtype}")
    notice.bot_id, notice.extra = bot.bot_id, extra
    backend.say(notice)


def rename(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    channel = joined_channel(backend, arguments)
    before = channel.name
    channel.name = _checked_name(backend, str(arguments["name"]))
    text = f'<@{backend.workspace.bot.id}> has renamed the channel from "{before}" to "{channel.name}"'
    _changed(backend, channel, "name", text, old_name=before, name=channel.name)
    about = {"id": channel.id, "name": channel.name, "created": channel.created}
    backend.emit("channel_rename", {"type": "channel_rename", "channel": about, "event_ts": backend.workspace.ts()})
    return {"channel": _wire(backend, channel)}


def set_topic(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    channel = joined_channel(backend, arguments)
    channel.topic = str(arguments["topic"])
    if len(channel.topic) > 250:
        raise ApiError("too_long")
    _changed(backend, channel, "topic", f"set the channel topic: {channel.topic}", topic=channel.topic)
    return {"channel": _wire(backend, channel)}


def set_purpose(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    channel = joined_channel(backend, arguments)
    if len(str(arguments["purpose"])) > 250:
        raise ApiError("too_long")
    channel.purpose = str(arguments["purpose"])
    _changed(backend, channel, "purpose", f"set the channel description: {channel.purpose}", purpose=channel.purpose)
    return {"purpose": channel.purpose}


def archive(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    channel = joined_channel(backend, arguments)
    if channel.is_archived:
        raise ApiError("already_archived")
    if channel.name == "general":
        raise ApiError("cant_archive_general")
    _changed(backend, channel, "archive", f"<@{backend.workspace.bot.id}> archived the channel")
    channel.is_archived = True
    return _told(backend, channel, "channel_archive")


def unarchive(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    channel = visible_channel(backend, arguments)
    if not channel.is_archived:
        raise ApiError("not_archived")
    channel.is_archived = False
    return _told(backend, channel, "channel_unarchive")


def _told(backend: Backend, channel: Channel, event: str) -> dict[str, Any]:
    fields = {"type": event, "channel": channel.id, "user": backend.workspace.bot.id}
    backend.emit(event, fields | {"event_ts": backend.workspace.ts()})
    backend.changed()
    return {}


def invite(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    channel = joined_channel(backend, arguments)
    users = [known_user(backend, each) for each in listed(arguments["users"])]
    if not users:
        raise ApiError("no_user")
    if any(user.id == backend.workspace.bot.id for user in users):
        raise ApiError("cant_invite_self")
    if all(user.id in channel.members for user in users):
        raise ApiError("already_in_channel")
    for user in users:
        backend.join(channel, user, backend.workspace.bot.id)
    return {"channel": _wire(backend, channel)}


def kick(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    channel = joined_channel(backend, arguments)
    user = known_user(backend, arguments["user"])
    if user.id == backend.workspace.bot.id:
        raise ApiError("cant_kick_self")
    if user.id not in channel.members:
        raise ApiError("not_in_channel")
    backend.leave(channel, user)
    return {"errors": {}}


_INVITE = ("channels:manage", "channels:write.invites", "groups:write", "groups:write.invites", "mpim:write")
_TOPIC = ("channels:manage", "channels:write.topic", "groups:write", "groups:write.topic", "im:write", "mpim:write")
METHODS = {
    "conversations.archive": Method(archive, _MANAGE, ("channel",), tier=2),
    "conversations.create": Method(create, _MANAGE, ("name",), ("is_private", "team_id"), tier=2),
    "conversations.invite": Method(invite, _INVITE, ("channel", "users"), ("force",), tier=3),
    "conversations.kick": Method(kick, _MANAGE, ("channel", "user"), tier=3),
    "conversations.rename": Method(rename, _MANAGE, ("channel", "name"), tier=2),
    "conversations.setPurpose": Method(set_purpose, _TOPIC, ("channel", "purpose"), tier=2),
    "conversations.setTopic": Method(set_topic, _TOPIC, ("channel", "topic"), tier=2),
    "conversations.unarchive": Method(unarchive, _MANAGE, ("channel",), tier=2),
}
