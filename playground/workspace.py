"""The state of one Slack workspace: people, conversations, messages, files, views."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from playground.clock import Clock
from playground.errors import ApiError
from playground.files import File
from playground.messages import Message
from playground.people import Team, User
from playground.richtext import rich_text

ChannelKind = Literal["public", "private", "im", "mpim"]


@dataclass
class Channel:
    id: str
    name: str
    kind: ChannelKind
    creator: str
    created: int
    members: list[str] = field(default_factory=list)
    topic: str = ""
    purpose: str = ""
    is_archived: bool = False
    is_shared: bool = False
    """Shared with another organisation (Slack Connect)."""
    pins: list[str] = field(default_factory=list)
    """ts of the messages that are kept at hand."""
    messages: list[Message] = field(default_factory=list)
    """Everything visible here in order of ts: roots, replies, and ephemeral messages."""

    @property
    def type(self) -> str:
        """`channel_type` of events."""
        return {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}[self.kind]

    def wire(self, team: str, viewer: str, other_team: str = "") -> dict[str, Any]:
        """As `viewer` sees it; a shared channel names `other_team` too."""
        teams = [team, other_team] if self.is_shared and other_team else [team]
        if self.kind == "im":
            other = next((each for each in self.members if each != viewer), viewer)
            return {
                "id": self.id,
                "created": self.created,
                "is_archived": False,
                "is_im": True,
                "is_org_shared": False,
                "context_team_id": team,
                "updated": self.created * 1000,
                "user": other,
                "is_user_deleted": False,
                "priority": 0,
                "is_open": True,
            }
        edited = {"creator": self.creator, "last_set": self.created}
        return {
            "id": self.id,
            "name": self.name,
            "is_channel": self.kind == "public",
            "is_group": self.kind == "private",
            "is_im": False,
            "is_mpim": self.kind == "mpim",
            "is_private": self.kind != "public",
            "created": self.created,
            "is_archived": self.is_archived,
            "is_general": self.name == "general",
            "unlinked": 0,
            "name_normalized": self.name,
            "is_shared": self.is_shared,
            "is_org_shared": False,
            "is_pending_ext_shared": False,
            "pending_shared": [],
            "context_team_id": team,
            "updated": self.created * 1000,
            "parent_conversation": None,
            "creator": self.creator,
            "is_ext_shared": self.is_shared,
            "shared_team_ids": teams,
            "internal_team_ids": [team],
            "connected_team_ids": teams[1:],
            "conversation_host_id": team,
            "pending_connected_team_ids": [],
            "is_member": viewer in self.members,
            "topic": {"value": self.topic, **edited},
            "purpose": {"value": self.purpose, **edited},
            "previous_names": [],
        }


@dataclass
class View:
    id: str
    user: str
    type: Literal["modal", "home"]
    content: dict[str, Any]
    """What the app gave: title, blocks, callback_id, private_metadata, …"""
    hash: str
    team: str
    app: str
    bot_id: str
    root: str
    previous: str | None = None
    external_id: str = ""
    channel: str = ""
    """The conversation it was opened from; empty when it was none."""
    values: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    """What the person has filled in: block_id -> action_id -> value, as in `view.state.values`."""
    errors: dict[str, str] = field(default_factory=dict)
    """block_id -> sentence, after `response_action: errors`."""
    is_open: bool = True
    versions: list[dict[str, Any]] = field(default_factory=list)
    """The contents before the current one, oldest first."""

    def wire(self) -> dict[str, Any]:
        empty = {"close": None, "submit": None, "callback_id": "", "private_metadata": ""}
        flags = {"clear_on_close": False, "notify_on_close": False}
        titled = {"title": {"type": "plain_text", "text": "View Title", "emoji": True}} if self.type == "home" else {}
        return {
            **empty,
            **flags,
            **titled,
            **self.content,
            "id": self.id,
            "team_id": self.team,
            "type": self.type,
            "state": {"values": self.values},
            "hash": self.hash,
            "previous_view_id": self.previous,
            "root_view_id": self.root,
            "app_id": self.app,
            "external_id": self.external_id,
            "app_installed_team_id": self.team,
            "bot_id": self.bot_id,
        }


@dataclass
class AgentThread:
    """What the assistant's pane shows beside the messages of one thread."""

    status: str = ""
    loading_messages: list[str] = field(default_factory=list)
    status_at: float = 0.0
    statuses: list[str] = field(default_factory=list)
    """Every status ever set, in order; "" is a clearing."""
    title: str = ""
    session: str = ""
    """State of the agent's session: active, processing, suspended or closed; "" before there is one."""
    prompts: list[dict[str, str]] = field(default_factory=list)
    prompts_title: str = ""
    prompts_at: float = 0.0
    """When they were set, in seconds since 1970."""


class Workspace:
    """People, conversations and what was said; ids are the same in every run with the same seed."""

    def __init__(self, clock: Clock, bot_name: str, app_name: str, seed: int = 0) -> None:
        self._random = random.Random(seed)  # noqa: S311  ids, not secrets
        self._clock = clock
        self._last_ts = 0
        self.base_url = ""
        self.team = Team(self.id("T"), "Playground", "playground")
        self.other_team = Team(self.id("T"), "Elsewhere", "elsewhere")
        self.app_id = self.id("A")
        self.app_name = app_name
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, File] = {}
        self.views: dict[str, View] = {}
        self.usergroups: dict[str, dict[str, Any]] = {}
        self.agent_threads: dict[tuple[str, str], AgentThread] = {}
        """(channel, thread_ts) -> its status, title and prompts; thread_ts "" is the whole conversation."""
        self.bot = self.add_user(bot_name, app_name, is_bot=True, bot_id=self.id("B"))
        slackbot = User("USLACKBOT", "slackbot", "Slackbot", self.team.id)
        self.users[slackbot.id] = slackbot
        self._settle()

    def _settle(self) -> None:
        self.admin = self.add_user("ada", "Ada Quintana", is_admin=True, title="Head of operations")
        self.member = self.add_user("maya", "Maya Okafor", title="Analyst")
        self.other_member = self.add_user("tomas", "Tomás Reyes", title="Correspondent")
        self.guest = self.add_user("gus", "Gus Lindqvist", is_restricted=True, title="Contractor")
        self.external = self.add_user("xenia", "Xenia Duarte", is_external=True, title="Partner")
        bot, people = self.bot.id, [self.admin.id, self.member.id, self.other_member.id]
        self.general = self.add_channel("general", [*people, bot], creator=self.admin.id)
        self.random = self.add_channel("random", people, creator=self.admin.id)
        self.private = self.add_channel("desk-private", [*people[:2], bot], kind="private", creator=self.admin.id)
        outside = [*people, self.guest.id, self.external.id, bot]
        self.shared = self.add_channel("partners", outside, creator=self.admin.id)
        self.shared.is_shared = True
        self.general.topic = "What concerns everybody"
        self.random.topic = "Anything else"
        self.private.topic = "Only for those who were invited"
        self.shared.topic = f"Together with {self.other_team.name}"
        self.group = self.add_channel("", [*people[1:], bot], kind="mpim", creator=self.member.id)

    # -- making -------------------------------------------------------------------------------------------------

    def id(self, prefix: str) -> str:
        return prefix + "".join(self._random.choices("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", k=10))

    def number(self, digits: int) -> str:
        """Digits of an id that nobody should read anything into."""
        return "".join(self._random.choices("123456789", k=digits))

    def ts(self) -> str:
        """The next timestamp: unique, increasing, in seconds with six digits."""
        self._last_ts = max(int(self._clock.now() * 1_000_000), self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def add_user(self, name: str, real_name: str, **attributes: Any) -> User:
        team = self.other_team.id if attributes.get("is_external") else self.team.id
        user = User(self.id("U"), name, real_name, team, **attributes)
        self.users[user.id] = user
        return user

    def add_channel(self, name: str, members: list[str], kind: ChannelKind = "public", creator: str = "") -> Channel:
        if kind == "mpim" and not name:
            name = "mpdm-" + "--".join(self.users[each].name for each in members) + "-1"
        prefix = "D" if kind == "im" else "C"
        created = int(self._clock.now())
        channel = Channel(self.id(prefix), name, kind, creator or members[0], created, list(dict.fromkeys(members)))
        self.channels[channel.id] = channel
        return channel

    def im(self, user: str, other: str | None = None) -> Channel:
        """The direct conversation of `user` with `other` (the bot by default), opened if it was not."""
        pair = {user, other or self.bot.id}
        found = next((c for c in self.channels.values() if c.kind == "im" and set(c.members) == pair), None)
        return found or self.add_channel("", sorted(pair), kind="im", creator=user)

    # -- finding ------------------------------------------------------------------------------------------------

    def user(self, key: User | str) -> User:
        """By value, id or name. Raises LookupError."""
        if isinstance(key, User):
            return key
        found = self.users.get(key) or next((u for u in self.users.values() if u.name == key.lstrip("@")), None)
        if found is None:
            raise LookupError(f"nobody here is called {key!r}; there are {[u.name for u in self.users.values()]}")
        return found

    def channel(self, key: Channel | str) -> Channel:
        """By value, id or name. Raises LookupError."""
        if isinstance(key, Channel):
            return key
        name = key.lstrip("#")
        found = self.channels.get(key) or next((c for c in self.channels.values() if name and c.name == name), None)
        if found is None:
            raise LookupError(f"no conversation {key!r}; there are {[c.name or c.id for c in self.channels.values()]}")
        return found

    def message(self, channel: str, ts: str) -> Message:
        """Raises ApiError message_not_found."""
        found = next((m for m in self.channels[channel].messages if m.ts == ts), None)
        if found is None:
            raise ApiError("message_not_found")
        return found

    def all_messages(self) -> Iterator[Message]:
        for channel in self.channels.values():
            yield from channel.messages

    def replies(self, channel: Channel, thread_ts: str) -> list[Message]:
        """The replies of a thread that everybody can see, without its root."""
        return [m for m in channel.messages if m.thread_ts == thread_ts and m.ts != thread_ts and not m.ephemeral_for]

    def agent_thread(self, channel: str, thread_ts: str = "") -> AgentThread:
        return self.agent_threads.setdefault((channel, thread_ts), AgentThread())

    def permalink(self, message: Message) -> str:
        link = f"{self.base_url}/archives/{message.channel}/p{message.ts.replace('.', '')}"
        if message.thread_ts and message.thread_ts != message.ts:
            link += f"?thread_ts={message.thread_ts}&cid={message.channel}"
        return link

    # -- saying what a message looks like on the wire -----------------------------------------------------------

    def wire(self, message: Message) -> dict[str, Any]:
        """The message as `conversations.history` and events show it."""
        wire = message.wire()
        if message.bot_id:
            wire |= {"bot_id": message.bot_id, "app_id": self.app_id, "bot_profile": self.bot_profile()}
            if message.text and not message.blocks and not message.subtype:
                wire["blocks"] = [rich_text(message.text, message.ts[-5:])]
        channel = self.channels[message.channel]
        if channel.is_shared:
            wire |= {"user_team": message.team, "source_team": message.team}
            if self.users[message.user].is_external:
                wire["user_profile"] = self.users[message.user].short_profile(self.base_url)
        replies = self.replies(channel, message.ts)
        if message.thread_ts and message.thread_ts != message.ts:
            root = next((m for m in channel.messages if m.ts == message.thread_ts), None)
            wire["parent_user_id"] = root.user if root else "USLACKBOT"
            if root and message.subtype == "thread_broadcast":
                wire["root"] = self.wire(root)
        if replies:
            users = list(dict.fromkeys(reply.user for reply in replies))
            wire |= {
                "thread_ts": message.ts,
                "reply_count": len(replies),
                "reply_users_count": len(users),
                "latest_reply": replies[-1].ts,
                "reply_users": users[:5],
                "is_locked": False,
                "subscribed": any(reply.user == self.bot.id for reply in replies),
            }
        return wire

    def file_wire(self, file: File, is_full: bool = False) -> dict[str, Any]:
        """A file as in a message, or in full as `files.info` shows it."""
        unknown = {"mimetype": "", "filetype": "", "pretty_type": ""} if file.ready_at > self._clock.now() else {}
        if not is_full:
            return file.wire(self.base_url, self.users[file.user].team) | unknown
        kinds = {channel.id: channel.kind for channel in self.channels.values()}
        return file.full_wire(self.base_url, self.users[file.user].team, kinds) | unknown

    def bot_profile(self) -> dict[str, Any]:
        icons = {f"image_{size}": f"{self.base_url}/avatars/{self.bot.id}-{size}.svg" for size in (36, 48, 72)}
        return {
            "id": self.bot.bot_id,
            "deleted": False,
            "name": self.app_name,
            "updated": 1700000000,
            "app_id": self.app_id,
            "user_id": self.bot.id,
            "icons": icons,
            "team_id": self.team.id,
        }
