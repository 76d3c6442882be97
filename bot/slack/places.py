"""What Slack says of a conversation, for payloads that do not say it: those of commands and buttons."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.slack.language import Strings

PLACE_SECONDS = 60.0
"""How long what Slack said about a conversation is believed."""

_SHARED = ("is_ext_shared", "is_pending_ext_shared", "is_org_shared")


@dataclass(frozen=True, slots=True)
class Place:
    id: str
    is_shared: bool
    """With another organisation, or about to be."""
    is_open: bool = False
    """A public channel, which every full member may look into."""
    name: str = ""
    """Without its #; empty for a conversation that has none."""

    @classmethod
    def from_slack(cls, channel: Mapping[str, Any]) -> Place:
        is_shared = any(channel.get(mark) for mark in _SHARED) or bool(channel.get("pending_shared"))
        is_open = bool(channel.get("is_channel")) and not channel.get("is_private", True)
        return cls(str(channel["id"]), is_shared, is_open, str(channel.get("name") or ""))


class Places:
    """Conversations, asked for at most once a minute each. Asking may raise what `lookup` raises."""

    def __init__(self, lookup: Callable[[str], Mapping[str, Any]]) -> None:
        self._lookup = lookup
        self._known: dict[str, tuple[float, Place]] = {}

    def find(self, channel: str) -> Place:
        asked_at, place = self._known.get(channel, (0.0, None))
        now = time.monotonic()
        if place is None or now - asked_at > PLACE_SECONDS:
            place = Place.from_slack(self._lookup(channel))
            self._known[channel] = (now, place)
        return place

    def is_shared(self, channel: str) -> bool:
        """Unknown means shared."""
        try:
            return self.find(channel).is_shared
        except Exception:  # a conversation we cannot ask about is treated as open to others
            return True

    def name(self, channel: str) -> str:
        """With its #; the id where it cannot be asked for."""
        try:
            name = self.find(channel).name
        except Exception:  # deleted, or one we are not in
            name = ""
        return f"#{name}" if name else channel

    def readers(self, scope: str, strings: Strings) -> str:
        """Who is answered from what has this scope, for a person to read."""
        kind, _, id = scope.partition(":")
        return strings(f"home.readers.{kind}", channel=self.name(id) if kind == "channel" else "")

    def is_open(self, channel: str) -> bool:
        """Whether it is a public channel; unknown means no."""
        try:
            return self.find(channel).is_open
        except Exception:  # a conversation we cannot ask about is treated as closed
            return False
