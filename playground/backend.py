"""Slack itself, without its doors: the workspace, what is told to the app, and the records tests read."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from playground.clock import Clock
from playground.credentials import Credentials
from playground.delivery import RETRY_DELAYS, Courier, Delivery
from playground.errors import ApiError
from playground.faults import Faults
from playground.files import File, Share
from playground.manifest import Manifest
from playground.messages import Message
from playground.oracle import Oracle
from playground.people import User
from playground.tickets import ResponseUrls, Triggers
from playground.workspace import Channel, Workspace


@dataclass(frozen=True)
class Call:
    """One Web API call."""

    method: str
    arguments: dict[str, Any]
    response: dict[str, Any]
    status: int
    at: float
    """Seconds since 1970, on the playground's clock."""
    unknown: tuple[str, ...] = ()
    """Arguments the method does not have; Slack ignores them."""

    @property
    def ok(self) -> bool:
        return bool(self.response.get("ok"))

    @property
    def error(self) -> str | None:
        return self.response.get("error")


@dataclass(frozen=True)
class Withheld:
    """An event that happened and was not sent, with the reason."""

    event: str
    reason: str


@dataclass
class Backend:
    manifest: Manifest
    clock: Clock
    workspace: Workspace
    credentials: Credentials
    chance: random.Random
    changed: Callable[[], None]
    retry_delays: Sequence[float] = RETRY_DELAYS
    stream_seconds: float = 300.0
    """How long a streamed message lives."""
    calls: list[Call] = field(default_factory=list)
    withheld: list[Withheld] = field(default_factory=list)
    scheduled: dict[str, tuple[int, Message]] = field(default_factory=dict)
    """Messages that appear later, by id, with when: seconds since 1970."""

    def __post_init__(self) -> None:
        self.courier = Courier(self.clock, self.changed, self.retry_delays)
        self.oracle = Oracle(self.workspace)
        self.faults = Faults()
        self.triggers = Triggers(self.clock, self.workspace)
        self.response_urls = ResponseUrls(self.clock, self.workspace)

    # -- events -------------------------------------------------------------------------------------------------

    def emit(self, subscription: str, event: dict[str, Any], context: str = "") -> Delivery | None:
        """Send an event if the manifest lets the app have it; otherwise note why it was withheld."""
        if self.credentials.revoked and subscription not in ("app_uninstalled", "tokens_revoked"):
            self.withheld.append(Withheld(subscription, self.credentials.revoked))
            return None
        if not self.manifest.sends(subscription):
            reason = "missing_scope" if subscription in self.manifest.events else "not_subscribed"
            self.withheld.append(Withheld(subscription, reason))
            return None
        event_id = self.workspace.id("Ev")
        return self.courier.event(event_id, self._wrapped(event_id, event, context))

    def _wrapped(self, event_id: str, event: dict[str, Any], context: str) -> dict[str, Any]:
        team = self.workspace.team.id
        shared = context in self.workspace.channels and self.workspace.channels[context].is_shared
        return {
            "token": self.credentials.verification_token,
            "team_id": team,
            "context_team_id": team,
            "context_enterprise_id": None,
            "api_app_id": self.workspace.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": event_id,
            "event_time": int(self.clock.now()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": team,
                    "user_id": self.workspace.bot.id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": shared,
            "event_context": self._context(str(event.get("type")), context),
        }

    def _context(self, event_type: str, channel: str) -> str:
        """Opaque to apps; in Slack it is the type and the ids of team, app and conversation, encoded."""
        about = {"et": event_type, "tid": self.workspace.team.id, "aid": self.workspace.app_id}
        said = json.dumps(about | ({"cid": channel} if channel else {}), separators=(",", ":"))
        return "4-" + base64.b64encode(said.encode()).decode().rstrip("=")

    # -- what is said -------------------------------------------------------------------------------------------

    def say(self, message: Message) -> Message:
        """Put a message into its conversation and tell the app about it."""
        channel = self.workspace.channels[message.channel]
        for file in message.files:
            file.channels = list(dict.fromkeys([*file.channels, channel.id]))
            file.shares.append(Share(channel.id, message.ts, message.thread_ts, channel.kind == "public"))
        message.file_wires = [self.workspace.file_wire(file) for file in message.files]
        message.record(self.clock.now())
        channel.messages.append(message)
        self.oracle.read(message)
        if not message.ephemeral_for:
            self._tell(message)
        self.changed()
        return message

    def _tell(self, message: Message) -> None:
        """A message that mentions the app is told twice, with two event ids, in either order."""
        channel = self.workspace.channels[message.channel]
        if self.workspace.bot.id not in channel.members:
            return
        event = self.workspace.wire(message) | {"channel": channel.id, "event_ts": message.ts}
        told = [("message." + _plural(channel.type), event | {"channel_type": channel.type})]
        if channel.kind == "im" and not message.bot_id and (self.manifest.agent_view or self.manifest.assistant_view):
            told[0][1]["assistant_thread"] = {
                "action_token": self.workspace.number(13) + "." + self.workspace.number(12)
            }
        if self._mentions(message.text) and channel.kind != "im" and not message.bot_id:
            mention = event | {"type": "app_mention"}
            mention.pop("subtype", None)
            told.append(("app_mention", mention))
        self.chance.shuffle(told)
        for subscription, payload in told:
            self.emit(subscription, payload, channel.id)

    def _mentions(self, text: str) -> bool:
        bot = self.workspace.bot.id
        return f"<@{bot}>" in text or f"<@{bot}|" in text

    def revise(self, message: Message, before: dict[str, Any], tell: bool = True) -> None:
        """Note that a message looks different now; `before` is how it went over the wire until then."""
        message.record(self.clock.now())
        self.oracle.read(message)
        if tell and not message.ephemeral_for:
            after = {k: v for k, v in self.workspace.wire(message).items() if k != "parent_user_id"}
            hidden = {"message": after, "previous_message": before}
            self._tell_hidden(message, "message_changed", hidden)
            if self._mentions(message.text):
                self._tell_edited_mention(message)
        self.changed()

    def _tell_edited_mention(self, message: Message) -> None:
        """Every edit of a message that mentions the app is a new app_mention, with `edited` in it."""
        channel = self.workspace.channels[message.channel]
        if channel.kind != "im" and not message.bot_id and self.workspace.bot.id in channel.members:
            event = self.workspace.wire(message) | {"type": "app_mention", "channel": channel.id}
            self.emit("app_mention", event | {"event_ts": self.workspace.ts()}, channel.id)

    def is_streaming(self, message: Message) -> bool:
        """Whether it can still be appended to; a stream past its lifetime ends here."""
        stream = message.stream
        if stream and stream.state == "streaming" and self.clock.now() - stream.started_at > self.stream_seconds:
            stream.state = "expired"
        return stream is not None and stream.state == "streaming"

    def withdraw(self, message: Message) -> None:
        """Delete a message; a root with replies leaves a tombstone."""
        channel = self.workspace.channels[message.channel]
        before = self.workspace.wire(message)
        if self.workspace.replies(channel, message.ts):
            message.subtype, message.user, message.text = "tombstone", "USLACKBOT", "This message was deleted."
            message.blocks, message.files, message.file_wires, message.bot_id = [], [], [], None
            message.is_deleted = True
            self.revise(message, before)
            return
        channel.messages.remove(message)
        message.is_deleted = True
        self._unshare(message)
        if not message.ephemeral_for:
            self._tell_hidden(message, "message_deleted", {"previous_message": before, "deleted_ts": message.ts})
        self.changed()

    # -- who is where, and what they do with a message ------------------------------------------------------------

    def join(self, channel: Channel, user: User, inviter: str | None = None) -> None:
        """Make `user` a member; the conversation says so, and the app hears of it."""
        if user.id in channel.members:
            return
        channel.members.append(user.id)
        text = f"<@{user.id}> has joined the channel"
        self._notice(channel, user, "channel_join", text, {"inviter": inviter} if inviter else {})
        self._membership("member_joined_channel", channel, user, {"inviter": inviter} if inviter else {})

    def leave(self, channel: Channel, user: User) -> None:
        if user.id not in channel.members:
            return
        self._notice(channel, user, "channel_leave", f"<@{user.id}> has left the channel", {})
        self._membership("member_left_channel", channel, user, {})
        channel.members.remove(user.id)
        self.changed()

    def _notice(self, channel: Channel, user: User, subtype: str, text: str, extra: dict[str, Any]) -> None:
        bot_id = user.bot_id if user.is_bot else None
        team = self.workspace.team.id
        notice = Message(self.workspace.ts(), channel.id, user.id, text, team, subtype=subtype, bot_id=bot_id)
        notice.extra = extra
        self.say(notice)

    def _membership(self, event: str, channel: Channel, user: User, extra: dict[str, Any]) -> None:
        if self.workspace.bot.id not in channel.members:
            return
        kind = "C" if channel.kind == "public" else "G"
        fields = {"type": event, "user": user.id, "channel": channel.id, "channel_type": kind, "team": user.team}
        self.emit(event, fields | extra | {"event_ts": self.workspace.ts()}, channel.id)

    def react(self, message: Message, user: str, name: str) -> None:
        """Raises ApiError already_reacted."""
        users = message.reactions.setdefault(name, [])
        if user in users:
            raise ApiError("already_reacted")
        users.append(user)
        self._reaction("reaction_added", message, user, name)

    def unreact(self, message: Message, user: str, name: str) -> None:
        """Raises ApiError no_reaction."""
        if user not in message.reactions.get(name, ()):
            raise ApiError("no_reaction")
        message.reactions[name].remove(user)
        if not message.reactions[name]:
            del message.reactions[name]
        self._reaction("reaction_removed", message, user, name)

    def _reaction(self, event: str, message: Message, user: str, name: str) -> None:
        item = {"type": "message", "channel": message.channel, "ts": message.ts}
        fields = {"type": event, "user": user, "reaction": name, "item": item, "item_user": message.user}
        if self.workspace.bot.id in self.workspace.channels[message.channel].members:
            self.emit(event, fields | {"event_ts": self.workspace.ts()}, message.channel)
        self.changed()

    def share(self, files: list[File], channel: Channel, message: Message) -> None:
        """Tell the app of files that appeared in a conversation it is in."""
        if self.workspace.bot.id not in channel.members:
            return
        for file in files:
            fields = {"type": "file_shared", "file_id": file.id, "user_id": message.user, "file": {"id": file.id}}
            self.emit("file_shared", fields | {"channel_id": channel.id, "event_ts": self.workspace.ts()}, channel.id)

    def _unshare(self, message: Message) -> None:
        """Its files are not shared by it any more; the app hears of those it could see."""
        for file in message.files:
            was_seen = self.sees_file(file)
            file.shares = [share for share in file.shares if (share.channel, share.ts) != (message.channel, message.ts)]
            file.channels = list(dict.fromkeys(share.channel for share in file.shares))
            if was_seen:
                fields = {"type": "file_unshared", "file_id": file.id, "user_id": message.user, "file": {"id": file.id}}
                event = fields | {"channel_id": message.channel, "event_ts": self.workspace.ts()}
                self.emit("file_unshared", event, message.channel)

    def delete_file(self, file: File) -> None:
        """It is gone from every message; the app hears of it where it could see it."""
        if self.sees_file(file):
            event = {"type": "file_deleted", "file_id": file.id, "channel_ids": list(file.channels)}
            self.emit("file_deleted", event | {"event_ts": self.workspace.ts()})
        file.is_deleted = True
        self.changed()

    def sees_file(self, file: File) -> bool:
        """Whether the app is in a conversation the file was shared to, or owns it."""
        bot = self.workspace.bot.id
        return (
            file.is_handed_over
            or file.user == bot
            or any(bot in self.workspace.channels[each].members for each in file.channels)
        )

    def _tell_hidden(self, message: Message, subtype: str, fields: dict[str, Any]) -> None:
        channel = self.workspace.channels[message.channel]
        if self.workspace.bot.id not in channel.members:
            return
        ts = self.workspace.ts()
        event = {"type": "message", "subtype": subtype, "channel": channel.id, "hidden": True, "ts": ts}
        event |= {"event_ts": ts, "channel_type": channel.type, **fields}
        self.emit("message." + _plural(channel.type), event, channel.id)


def _plural(channel_type: str) -> str:
    """`channel` -> `channels` and `group` -> `groups`, as in the names of the subscriptions."""
    return channel_type + "s" if channel_type in ("channel", "group") else channel_type
