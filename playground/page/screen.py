"""What one person sees: the conversations they are in, one of them open, perhaps a thread beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from playground.files import File
from playground.messages import Message
from playground.methods.assistant import STATUS_SECONDS
from playground.page.reading import Reading
from playground.people import User
from playground.pictures import picture_of
from playground.workspace import AgentThread, Channel, View

if TYPE_CHECKING:
    from playground.server import Playground

GROUPED_SECONDS = 300
"""Messages of one person within this time stand under one name."""


@dataclass(frozen=True)
class Seat:
    """Who is looking, and at what; it is all in the address of the page."""

    person: User
    channel: Channel
    thread_ts: str = ""
    tab: str = "messages"
    """Of the app's own conversation: `home`, `messages` or `about`."""
    agent: str = ""
    """`open` while the app's pane stands beside the conversation; `alone` in the pane itself."""

    @classmethod
    def of(cls, slack: Playground, query: Mapping[str, str]) -> Seat:
        """Unknown or forbidden choices fall back to what the person has."""
        workspace = slack.workspace
        people = persons(slack)
        person = next((each for each in people if query.get("as") in (each.name, each.id)), workspace.member)
        mine = conversations(slack, person)
        wanted = next((each for each in mine if query.get("in") in (each.id, each.name)), mine[0])
        thread = query.get("thread", "")
        is_there = any(m.ts == thread for m in wanted.messages)
        return cls(person, wanted, thread if is_there else "", query.get("tab", "messages"), query.get("agent", ""))

    def query(self, **changes: str) -> str:
        """The address of this seat, or of the one beside it."""
        parts = {"as": self.person.name, "in": self.channel.id, "thread": self.thread_ts, "tab": self.tab}
        given = {name: value for name, value in (parts | {"agent": self.agent} | changes).items() if value}
        if given.get("agent") not in ("open", "alone"):
            given.pop("agent", None)
        if given.get("tab") == "messages":
            del given["tab"]
        return "/?" + "&".join(f"{name}={value}" for name, value in given.items())


def persons(slack: Playground) -> list[User]:
    """Everybody one can be."""
    return [user for user in slack.workspace.users.values() if not user.is_bot and user.id != "USLACKBOT"]


def conversations(slack: Playground, person: User) -> list[Channel]:
    """What the person is in; the conversation with the app is opened where the app has a messages tab."""
    slack.workspace.im(person.id)
    mine = [each for each in slack.workspace.channels.values() if person.id in each.members]
    return sorted(mine, key=lambda each: (_ORDER.index(each.kind), each.name))


_ORDER = ("public", "private", "mpim", "im")


def role(user: User) -> str:
    if user.is_admin:
        return "admin"
    if user.is_restricted:
        return "guest"
    return "external" if user.is_external else "member"


class Screen:
    """Answers the templates' questions about one seat."""

    def __init__(self, slack: Playground, seat: Seat, reading: Reading, trouble: str = "") -> None:
        """`trouble`: what the person is to be told, where they have no script to be told by."""
        self.slack = slack
        self.reading = reading
        self.said_trouble = trouble
        self.seat = seat
        self.workspace = slack.workspace
        self.person = seat.person
        self.channel = seat.channel

    # -- beside the conversation ----------------------------------------------------------------------------------

    @property
    def people(self) -> list[tuple[User, str]]:
        return [(user, role(user)) for user in persons(self.slack)]

    @property
    def conversations(self) -> list[Channel]:
        return conversations(self.slack, self.person)

    @property
    def is_app_conversation(self) -> bool:
        return self.channel.kind == "im" and self.workspace.bot.id in self.channel.members

    @property
    def shows_agent(self) -> bool:
        """Whether the app's pane stands beside the conversation; an open thread takes its place."""
        return self.seat.agent == "open" and not self.is_app_conversation and not self.seat.thread_ts

    @property
    def agent_address(self) -> str:
        return Seat(self.person, self.slack.im(self.person), agent="alone").query()

    @property
    def is_connected(self) -> bool:
        return self.slack.http is not None or self.slack.connections > 0

    def name(self, channel: Channel) -> str:
        if channel.kind == "im":
            other = next((each for each in channel.members if each != self.person.id), self.person.id)
            return self.workspace.app_name if other == self.workspace.bot.id else self.workspace.users[other].real_name
        if channel.kind == "mpim":
            others = [each for each in channel.members if each != self.person.id]
            return ", ".join(self.workspace.users[each].real_name for each in others)
        return channel.name

    @property
    def completions(self) -> dict[str, Any]:
        """What the composer offers after `@`, `#` and `/`."""
        known = [user for user in self.workspace.users.values() if user.id != "USLACKBOT"]
        return {
            "@": [{"insert": f"@{user.name}", "hint": user.real_name} for user in known],
            "#": [
                {"insert": f"#{channel.name}", "hint": channel.topic}
                for channel in self.conversations
                if channel.kind in ("public", "private")
            ],
            "/": [
                {"insert": each.command, "hint": f"{each.usage_hint} — {each.description}".strip(" —")}
                for each in self.slack.manifest.commands
            ],
        }

    # -- messages -------------------------------------------------------------------------------------------------

    @property
    def messages(self) -> list[Message]:
        """The conversation's own messages, oldest first; replies are in their threads."""
        shown = [m for m in self.channel.messages if not m.is_reply or m.subtype == "thread_broadcast"]
        return [m for m in shown if self._sees(m)]

    @property
    def thread(self) -> list[Message]:
        ts = self.seat.thread_ts
        return [m for m in self.channel.messages if ts and ts in (m.ts, m.thread_ts) and self._sees(m)]

    def _sees(self, message: Message) -> bool:
        return message.ephemeral_for in (None, self.person.id) and message.subtype != "assistant_app_thread"

    def replies(self, message: Message) -> int:
        return len(self.workspace.replies(self.channel, message.ts))

    def author(self, message: Message) -> str:
        if message.username:
            return message.username
        user = self.workspace.users[message.user]
        return self.workspace.app_name if user.is_bot else user.real_name

    def tone(self, user_id: str) -> int:
        """The colour of their avatar, 0 to 6."""
        return list(self.workspace.users).index(user_id) % 7

    def continues(self, earlier: Message | None, message: Message) -> bool:
        """Whether a message stands under the name that is already written above it."""
        if earlier is None or earlier.user != message.user or earlier.username != message.username:
            return False
        plain = not (message.ephemeral_for or earlier.ephemeral_for or message.subtype or earlier.subtype)
        close = float(message.ts) - float(earlier.ts) < GROUPED_SECONDS
        return plain and close and not self.replies(earlier) and self.day(earlier) == self.day(message)

    def repliers(self, message: Message) -> list[User]:
        """Who replied to it, each once, the first five."""
        found = dict.fromkeys(reply.user for reply in self.workspace.replies(self.channel, message.ts))
        return [self.workspace.users[each] for each in list(found)[:5]]

    def last_reply(self, message: Message) -> str:
        return self.time(self.workspace.replies(self.channel, message.ts)[-1])

    @property
    def members(self) -> list[User]:
        return [self.workspace.users[each] for each in self.channel.members]

    def unread(self, channel: Channel) -> int:
        """How many messages of others came since the person last looked there."""
        return self.reading.unread(self.person, channel)

    def calls_for(self, channel: Channel) -> int:
        """Those of them that are shown as a number: all in direct conversations, mentions elsewhere."""
        return self.reading.calls_for(self.person, channel)

    def calls_of(self, person: User) -> int:
        """The same for somebody else, over all of their conversations."""
        mine = [each for each in self.workspace.channels.values() if person.id in each.members]
        return sum(self.reading.calls_for(person, each) for each in mine)

    def is_first_new(self, message: Message) -> bool:
        """Whether the line of what is new stands above it."""
        return self.reading.first_new.get((self.person.id, self.channel.id)) == message.ts

    def day(self, message: Message) -> str:
        return datetime.fromtimestamp(float(message.ts), UTC).strftime("%A, %-d %B")

    def time(self, message: Message) -> str:
        return datetime.fromtimestamp(float(message.ts), UTC).strftime("%H:%M")

    def is_streaming(self, message: Message) -> bool:
        return message.stream is not None and message.stream.state == "streaming"

    def is_working(self, thread_ts: str) -> bool:
        """Whether the thread shows a stop button."""
        session = self.workspace.agent_thread(self.channel.id, thread_ts).session == "processing"
        return session or any(self.is_streaming(m) for m in self.channel.messages if m.thread_ts == thread_ts)

    def status(self, thread_ts: str) -> AgentThread | None:
        """The agent's status in a thread while it holds."""
        thread = self.workspace.agent_threads.get((self.channel.id, thread_ts))
        if thread is None or not thread.status:
            return None
        return thread if self.slack.clock.now() - thread.status_at < STATUS_SECONDS else None

    def is_mine(self, message: Message) -> bool:
        return message.user == self.person.id and not message.is_deleted

    def may_delete(self, file: File) -> bool:
        return file.user == self.person.id or self.person.is_admin

    def picture(self, image: dict[str, Any]) -> str:
        """Where a picture that is a file of the workspace is; pictures of other sites are not loaded."""
        file = picture_of(self.workspace, image.get("slack_file") or {})
        return f"/files/{file.user}/{file.id}/{quote(file.name)}" if file else ""

    # -- the app's own places -------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """Of the open thread, if the agent gave it one."""
        thread = self.workspace.agent_threads.get((self.channel.id, self.seat.thread_ts))
        return thread.title if thread else ""

    @property
    def prompts(self) -> AgentThread:
        """Suggested prompts of the app's conversation: what the app set, else the manifest's."""
        for key in ((self.channel.id, self.seat.thread_ts), (self.channel.id, "")):
            thread = self.workspace.agent_threads.get(key)
            if thread and thread.prompts:
                return thread
        view = self.slack.manifest.agent_view or self.slack.manifest.assistant_view or {}
        return AgentThread(prompts=list(view.get("suggested_prompts") or ()))

    @property
    def offers_prompts(self) -> bool:
        """Until the person says something, and again when the app set them anew since."""
        shown = self.thread if self.seat.thread_ts else self.messages
        mine = [float(message.ts) for message in shown if self.is_mine(message)]
        return self.is_app_conversation and (not mine or self.prompts.prompts_at > mine[-1])

    @property
    def home(self) -> View | None:
        return self.slack.home(self.person)

    @property
    def modal(self) -> View | None:
        """The topmost open modal."""
        views = self.slack.views(self.person)
        return views[-1] if views else None

    @property
    def trouble(self) -> str:
        """What the person is told when the app did not answer their latest press in time."""
        if self.said_trouble:
            return self.said_trouble
        mine = [d for d in self.slack.acks if d.kind == "interactive" and _by(d.payload) == self.person.id]
        if not mine or not mine[-1].error or mine[-1].payload.get("type") == "view_submission":
            return ""
        return f"{self.workspace.app_name} did not respond ({mine[-1].error})."


def _by(payload: dict[str, Any]) -> str:
    user = payload.get("user")
    return str(user.get("id")) if isinstance(user, dict) else ""
