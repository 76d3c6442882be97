"""What an app answers through a response URL, or with its acknowledgement of a command."""

from __future__ import annotations

from typing import Any

from playground.backend import Backend
from playground.blocks import check_message_blocks, fallback_text
from playground.errors import ApiError
from playground.messages import Message
from playground.methods.chat import content
from playground.people import User
from playground.settled import settled
from playground.workspace import Channel


class Responses:
    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def take(self, key: str, body: dict[str, Any]) -> tuple[int, str]:
        """Take one answer; the HTTP status and body Slack gives back."""
        try:
            issued = self._backend.response_urls.use(key)
        except ApiError as error:
            return 404, error.code
        workspace = self._backend.workspace
        channel, user = workspace.channels[issued.channel], workspace.users[issued.user]
        original = next((m for m in channel.messages if m.ts == issued.message_ts), None)
        try:
            if body.get("delete_original") and original:
                self._backend.withdraw(original)
            elif body.get("replace_original") and original:
                self._replace(original, body)
            else:
                in_thread = body.get("thread_ts") or issued.thread_ts
                self.reply(body, user, channel, in_thread)
        except ApiError as error:
            return 400, error.code
        return 200, "ok"

    def _replace(self, message: Message, body: dict[str, Any]) -> None:
        before = self._backend.workspace.wire(message)
        text, blocks = content(body)
        message.text, message.blocks = text, settled(blocks, self._backend.workspace)
        message.edited = {"user": message.user, "ts": self._backend.workspace.ts()}
        self._backend.revise(message, before)

    def reply(self, body: dict[str, Any], user: User, channel: Channel, thread_ts: str | None) -> None:
        """A message of the app to one person, or to everybody with `response_type: in_channel`."""
        if not any(body.get(name) for name in ("text", "blocks", "attachments")):
            return
        blocks = body.get("blocks") or []
        check_message_blocks(blocks)
        workspace = self._backend.workspace
        message = Message(
            ts=workspace.ts(),
            channel=channel.id,
            user=workspace.bot.id,
            text=str(body.get("text") or fallback_text(blocks)),
            team=workspace.team.id,
            blocks=settled(blocks, workspace),
            thread_ts=thread_ts,
            bot_id=workspace.bot.bot_id,
            attachments=body.get("attachments") or [],
            unfurl_links=bool(body.get("unfurl_links", False)),
            unfurl_media=bool(body.get("unfurl_media", True)),
            ephemeral_for=None if body.get("response_type") == "in_channel" else user.id,
        )
        self._backend.say(message)

    def slackbot(self, user: User, channel: Channel, text: str) -> None:
        workspace = self._backend.workspace
        message = Message(workspace.ts(), channel.id, "USLACKBOT", text, workspace.team.id, ephemeral_for=user.id)
        self._backend.say(message)
