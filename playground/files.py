"""Files: their bytes, where they were shared, and what Slack calls their kind."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_KINDS: Mapping[str, tuple[str, str]] = {
    "csv": ("csv", "CSV"),
    "doc": ("doc", "Word Document"),
    "docx": ("docx", "Word Document"),
    "eml": ("email", "Email"),
    "epub": ("epub", "EPUB"),
    "gif": ("gif", "GIF"),
    "htm": ("html", "HTML"),
    "html": ("html", "HTML"),
    "jpeg": ("jpg", "JPEG"),
    "jpg": ("jpg", "JPEG"),
    "js": ("javascript", "JavaScript/JSON"),
    "json": ("javascript", "JavaScript/JSON"),
    "md": ("markdown", "Markdown (raw)"),
    "pdf": ("pdf", "PDF"),
    "png": ("png", "PNG"),
    "pptx": ("pptx", "PowerPoint Presentation"),
    "py": ("python", "Python"),
    "txt": ("text", "Plain Text"),
    "xlsx": ("xlsx", "Excel Spreadsheet"),
    "zip": ("zip", "Zip"),
}
"""The ending of a name -> `filetype` and `pretty_type`."""
SNIPPETS = frozenset({"csv", "html", "javascript", "markdown", "python", "text"})
"""Kinds that Slack shows as a snippet, with a preview of their first lines."""
PREVIEW_LINES = 5
_UNUSUAL = re.compile(r"[^a-z0-9._-]+")
"""What a file's name loses in its addresses."""


@dataclass(frozen=True)
class Share:
    """A message in which a file stands."""

    channel: str
    ts: str
    thread_ts: str | None
    is_public: bool

    def wire(self, team: str, user: str) -> dict[str, Any]:
        wire: dict[str, Any] = {
            "reply_users": [],
            "reply_users_count": 0,
            "reply_count": 0,
            "ts": self.ts,
            "team_id": team,
            "share_user_id": user,
            "source": "UNKNOWN",
            "is_silent_share": False,
        }
        return wire | ({"thread_ts": self.thread_ts} if self.thread_ts else {})


@dataclass
class File:
    id: str
    name: str
    title: str
    mimetype: str
    user: str
    created: int
    content: bytes = b""
    channels: list[str] = field(default_factory=list)
    """Every conversation it was shared to."""
    shares: list[Share] = field(default_factory=list)
    is_deleted: bool = False
    is_complete: bool = True
    """False between `files.getUploadURLExternal` and `files.completeUploadExternal`."""
    declared_size: int = 0
    ready_at: float = 0.0
    """Seconds since 1970: until then Slack has not looked at what was uploaded, and tells no kind."""
    is_handed_over: bool = False
    """Given to the app in a modal, not shared in a conversation."""

    @classmethod
    def new(cls, id: str, name: str, user: str, created: int, content: bytes = b"") -> File:
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return cls(id, name, name, kind, user, created, content)

    @property
    def _ending(self) -> str:
        return self.name.rpartition(".")[2].lower() if "." in self.name else ""

    @property
    def filetype(self) -> str:
        return _KINDS.get(self._ending, (self._ending or "binary", ""))[0]

    @property
    def pretty_type(self) -> str:
        return _KINDS.get(self._ending, ("", self._ending.upper() or "Binary"))[1]

    @property
    def is_snippet(self) -> bool:
        return self.filetype in SNIPPETS and len(self.content) <= 1_000_000

    @property
    def preview(self) -> str:
        """The first lines of a text."""
        return "\n".join(self.content[:4000].decode("utf-8", "replace").splitlines()[:PREVIEW_LINES])

    def wire(self, base_url: str, team: str) -> dict[str, Any]:
        """As it stands in a message."""
        private = f"{base_url}/files-pri/{team}-{self.id}"
        name = _UNUSUAL.sub("_", self.name.lower())
        permalink = f"{base_url}/files/{self.user}/{self.id}/{name}"
        wire = {
            "id": self.id,
            "created": self.created,
            "timestamp": self.created,
            "name": self.name,
            "title": self.title,
            "mimetype": self.mimetype,
            "filetype": self.filetype,
            "pretty_type": self.pretty_type,
            "user": self.user,
            "user_team": team,
            "editable": self.is_snippet,
            "size": len(self.content),
            "mode": "snippet" if self.is_snippet else "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": any(share.is_public for share in self.shares),
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
            "url_private": f"{private}/{name}",
            "url_private_download": f"{private}/download/{name}",
            "permalink": permalink,
            "permalink_public": f"{base_url}/pub/{team}-{self.id}",
            "has_rich_preview": False,
            "file_access": "visible",
        }
        return wire | (self._preview(permalink) if self.is_snippet else {"media_display_type": "unknown"})

    def _preview(self, permalink: str) -> dict[str, Any]:
        lines = self.content.count(b"\n") + 1
        return {
            "edit_link": f"{permalink}/edit",
            "preview": self.preview,
            "preview_highlight": "",
            "lines": lines,
            "lines_more": max(0, lines - PREVIEW_LINES),
            "preview_is_truncated": lines > PREVIEW_LINES,
        }

    def full_wire(self, base_url: str, team: str, kinds: Mapping[str, str]) -> dict[str, Any]:
        """As `files.info` shows it, with where it was shared; `kinds` are those of the conversations by id."""
        shares: dict[str, dict[str, list[dict[str, Any]]]] = {}
        for share in self.shares:
            place = shares.setdefault("public" if share.is_public else "private", {})
            place.setdefault(share.channel, []).append(share.wire(team, self.user))
        return self.wire(base_url, team) | {
            "shares": shares,
            "channels": [each for each in self.channels if kinds.get(each) == "public"],
            "groups": [each for each in self.channels if kinds.get(each) in ("private", "mpim")],
            "ims": [each for each in self.channels if kinds.get(each) == "im"],
            "comments_count": 0,
        }
