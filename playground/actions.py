"""What people do by themselves: write, edit, delete, react, share files, come and go, stop a stream."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from playground.backend import Backend
from playground.errors import Impossible
from playground.files import File
from playground.messages import Message
from playground.methods.chat import root_of
from playground.people import User
from playground.richtext import rich_text, typed
from playground.workspace import Channel


class Actions:
    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def post(
        self, user: User, channel: Channel, text: str, thread_ts: str | None, files: Sequence[tuple[str, bytes]]
    ) -> Message:
        """`files` are (name, content); `text` may hold tokens such as `<@U…>`. Raises Impossible."""
        workspace = self._backend.workspace
        self._allowed(user, channel)
        if not text.strip() and not files:
            raise Impossible("an empty message cannot be sent")
        wire_text = typed(text)
        root = root_of(channel, thread_ts) if thread_ts else None
        if thread_ts and root is None:
            raise Impossible("there is no such thread")
        message = Message(
            ts=workspace.ts(),
            channel=channel.id,
            user=user.id,
            text=wire_text,
            team=user.team,
            blocks=[rich_text(wire_text, workspace.id("")[:5])] if text.strip() else [],
            thread_ts=root,
            client_msg_id=str(uuid.UUID(int=self._backend.chance.getrandbits(128), version=4)),
        )
        if files:
            message.subtype = "file_share"
            message.files = [self._upload(user, name, data) for name, data in files]
            message.extra = {"upload": False, "display_as_bot": False}
        self._backend.say(message)
        self._backend.share(message.files, channel, message)
        return message

    def _allowed(self, user: User, channel: Channel) -> None:
        manifest, bot = self._backend.manifest, self._backend.workspace.bot.id
        if user.id not in channel.members:
            raise Impossible(f"{user.name} is not in this conversation")
        if channel.is_archived:
            raise Impossible("this channel is archived")
        if channel.kind == "im" and bot in channel.members:
            if not manifest.messages_tab:
                raise Impossible("messages to this app are turned off (manifest: messages_tab_enabled)")
            if manifest.messages_tab_read_only:
                raise Impossible("messages to this app are read-only (manifest: messages_tab_read_only_enabled)")

    def _upload(self, user: User, name: str, data: bytes) -> File:
        workspace = self._backend.workspace
        file = File.new(workspace.id("F"), name, user.id, int(self._backend.clock.now()), data)
        workspace.files[file.id] = file
        return file

    def edit(self, user: User, message: Message, text: str) -> None:
        self._own(user, message)
        workspace = self._backend.workspace
        before = workspace.wire(message)
        message.text = typed(text)
        message.blocks = [rich_text(message.text, workspace.id("")[:5])]
        message.edited = {"user": user.id, "ts": workspace.ts()}
        self._backend.revise(message, before)

    def delete(self, user: User, message: Message) -> None:
        if not (user.is_admin and not message.ephemeral_for):
            self._own(user, message)
        self._backend.withdraw(message)

    def delete_file(self, user: User, file: File) -> None:
        if file.user != user.id and not user.is_admin:
            raise Impossible("only whoever shared it can delete a file")
        self._backend.delete_file(file)

    def _own(self, user: User, message: Message) -> None:
        if message.user != user.id:
            raise Impossible("only its author can change a message")

    def open_home(self, user: User, tab: str, entities: Sequence[dict[str, Any]]) -> None:
        """Open the app's page in Slack on its `home` or `messages` tab."""
        workspace = self._backend.workspace
        channel = workspace.im(user.id)
        event: dict[str, Any] = {"type": "app_home_opened", "user": user.id, "channel": channel.id, "tab": tab}
        home = next((v for v in workspace.views.values() if v.type == "home" and v.user == user.id), None)
        if tab == "home" and home:
            event["view"] = home.wire()
        if tab == "messages" and self._backend.manifest.agent_view:
            event["context"] = {"entities": list(entities)} if entities else {}
        self._backend.emit("app_home_opened", event | {"event_ts": workspace.ts()}, channel.id)

    def look_at(self, user: User, entities: Sequence[dict[str, Any]]) -> None:
        """Move on to something else while the agent's pane is open (app_context_changed)."""
        workspace = self._backend.workspace
        channel = workspace.im(user.id)
        event = {"type": "app_context_changed", "user": user.id, "channel": channel.id}
        context = {"context": {"entities": list(entities)} if entities else {}, "event_ts": workspace.ts()}
        self._backend.emit("app_context_changed", event | context, channel.id)

    def open_assistant_thread(self, user: User, viewing: Channel | None) -> Message:
        """Start a chat in the assistant pane of an app that still has `assistant_view`."""
        workspace = self._backend.workspace
        if not self._backend.manifest.assistant_view:
            raise Impossible("this app has no assistant pane (manifest: features.assistant_view)")
        channel, bot = workspace.im(user.id), workspace.bot
        root = Message(workspace.ts(), channel.id, bot.id, "New chat", workspace.team.id)
        root.subtype, root.bot_id, root.thread_ts = "assistant_app_thread", bot.bot_id, root.ts
        root.extra = {"assistant_app_thread": {"title": "New chat", "title_blocks": [], "artifacts": []}}
        channel.messages.append(root)
        root.record(self._backend.clock.now())
        self._assistant_event("assistant_thread_started", user, root.ts, viewing)
        self._backend.changed()
        return root

    def turn_to(self, user: User, thread_ts: str, viewing: Channel | None) -> None:
        """Look at another conversation while a chat in the assistant pane is open."""
        self._assistant_event("assistant_thread_context_changed", user, thread_ts, viewing)

    def _assistant_event(self, name: str, user: User, thread_ts: str, viewing: Channel | None) -> None:
        workspace = self._backend.workspace
        team, channel = workspace.team.id, workspace.im(user.id).id
        looking_at = {"channel_id": viewing.id, "team_id": team, "enterprise_id": None} if viewing else {}
        thread = {"user_id": user.id, "context": looking_at, "channel_id": channel, "thread_ts": thread_ts}
        self._backend.emit(name, {"type": name, "assistant_thread": thread, "event_ts": workspace.ts()}, channel)

    def stop(self, user: User, channel: Channel, thread_ts: str) -> None:
        """Press the stop button of an agent that is working in a thread. Raises Impossible when none is."""
        workspace = self._backend.workspace
        in_thread = [m for m in channel.messages if thread_ts in (m.thread_ts, m.ts)]
        streaming = [m for m in in_thread if self._backend.is_streaming(m)]
        if not streaming and workspace.agent_thread(channel.id, thread_ts).session != "processing":
            raise Impossible("nothing is being written here")
        for message in streaming:
            assert message.stream is not None  # noqa: S101  chosen for having one
            message.stream.state = "stopped_by_user"
        event_ts = workspace.ts()
        where = {"channel": channel.id, "thread_ts": thread_ts, "user": user.id, "event_ts": event_ts}
        stopped = {"type": "agent_session_stopped", "streaming_message_ts": [m.ts for m in streaming]}
        self._backend.emit("agent_session_stopped", stopped | where, channel.id)
        if streaming and "message_stream_stopped" in self._backend.manifest.events:
            self._backend.emit("message_stream_stopped", stopped | {"type": "message_stream_stopped"} | where)
        self._backend.changed()

    def uninstall(self) -> None:
        """Remove the app from the workspace: its tokens die, and it is told."""
        event_ts = self._backend.workspace.ts()
        tokens = {"oauth": [], "bot": [self._backend.workspace.bot.id]}
        self._backend.emit("tokens_revoked", {"type": "tokens_revoked", "tokens": tokens, "event_ts": event_ts})
        self._backend.emit("app_uninstalled", {"type": "app_uninstalled", "event_ts": event_ts})
        self._backend.credentials.revoked = "account_inactive"
        self._backend.changed()
