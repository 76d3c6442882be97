"""What is said in a workspace: messages with their history."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from playground.files import File


@dataclass(frozen=True)
class Frame:
    """What a message looked like from a moment on."""

    at: float
    """Seconds since 1970."""
    text: str
    blocks: list[dict[str, Any]]


@dataclass
class Stream:
    """A message that is being written by `chat.appendStream`."""

    started_at: float
    state: Literal["streaming", "stopped", "stopped_by_user", "expired"] = "streaming"
    markdown: str = ""
    """All the text appended so far."""
    chunks: list[dict[str, Any]] = field(default_factory=list)
    """Every chunk that came, in order."""
    is_stoppable: bool = False
    is_plan: bool = False
    """Whether its tasks stand together in a plan (`task_display_mode`)."""


@dataclass
class Message:
    ts: str
    channel: str
    user: str
    text: str
    team: str
    blocks: list[dict[str, Any]] = field(default_factory=list)
    thread_ts: str | None = None
    subtype: str | None = None
    bot_id: str | None = None
    client_msg_id: str | None = None
    metadata: dict[str, Any] | None = None
    attachments: list[dict[str, Any]] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    file_wires: list[dict[str, Any]] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    edited: dict[str, str] | None = None
    username: str | None = None
    icons: dict[str, str] | None = None
    ephemeral_for: str | None = None
    """The only person who sees it; None means everybody in the conversation."""
    unfurl_links: bool = False
    unfurl_media: bool = True
    links_names: bool = False
    """Posted with `link_names` or `parse=full`: plain @names become mentions."""
    extra: dict[str, Any] = field(default_factory=dict)
    """Further fields of its subtype, as they go over the wire."""
    stream: Stream | None = None
    frames: list[Frame] = field(default_factory=list)
    """How it looked at every moment, oldest first; the last is what is shown now."""
    is_deleted: bool = False

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    def record(self, at: float) -> None:
        self.frames.append(Frame(at, self.text, [dict(block) for block in self.blocks]))

    def wire(self) -> dict[str, Any]:
        wire: dict[str, Any] = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text}
        optional: dict[str, Any] = {
            "subtype": self.subtype,
            "client_msg_id": self.client_msg_id,
            "team": None if self.subtype in ("channel_join", "channel_leave") else self.team,
            "thread_ts": self.thread_ts,
            "blocks": self.blocks or None,
            "attachments": self.attachments or None,
            "files": self.file_wires or None,
            "edited": self.edited,
            "metadata": self.metadata,
            "username": self.username,
            "icons": self.icons,
            "is_ephemeral": True if self.ephemeral_for else None,
            "reactions": [{"name": name, "users": users, "count": len(users)} for name, users in self.reactions.items()]
            or None,
            **self.extra,
        }
        return wire | {name: value for name, value in optional.items() if value is not None}
