"""An app's manifest: what the workspace installs, and therefore what the app may do and will be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

EVENT_SCOPES: Mapping[str, tuple[str, ...]] = {
    "agent_session_stopped": ("chat:write",),
    "app_mention": ("app_mentions:read",),
    "assistant_thread_context_changed": ("assistant:write",),
    "assistant_thread_started": ("assistant:write",),
    "channel_archive": ("channels:read",),
    "channel_created": ("channels:read",),
    "channel_rename": ("channels:read",),
    "channel_unarchive": ("channels:read",),
    "file_change": ("files:read",),
    "file_created": ("files:read",),
    "file_deleted": ("files:read",),
    "file_shared": ("files:read",),
    "file_unshared": ("files:read",),
    "link_shared": ("links:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
    "message_stream_stopped": ("chat:write",),
    "pin_added": ("pins:read",),
    "pin_removed": ("pins:read",),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "team_join": ("users:read",),
    "user_change": ("users:read",),
}
"""The scopes of which one is needed to be sent an event; events that are not here need none."""


@dataclass(frozen=True, slots=True)
class SlashCommand:
    command: str
    description: str
    usage_hint: str = ""
    should_escape: bool = False
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Shortcut:
    type: Literal["message", "global"]
    name: str
    callback_id: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    name: str
    description: str
    bot_name: str
    scopes: frozenset[str]
    events: frozenset[str]
    commands: tuple[SlashCommand, ...]
    shortcuts: tuple[Shortcut, ...]
    home_tab: bool
    messages_tab: bool
    messages_tab_read_only: bool
    agent_view: Mapping[str, Any] | None
    assistant_view: Mapping[str, Any] | None
    interactivity: bool
    socket_mode: bool
    redirect_urls: tuple[str, ...] = ()
    app_scopes: frozenset[str] = frozenset({"connections:write"})
    """The scopes of the app-level token (xapp-), which a manifest does not hold."""

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """Read YAML or JSON. Raises ValueError when it is not a manifest."""
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        if not isinstance(document, dict):
            raise ValueError(f"{path} is not an app manifest: expected a mapping, found {type(document).__name__}")
        return cls.of(document)

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Manifest:
        about = document.get("display_information") or {}
        if not about.get("name"):
            raise ValueError("the manifest has no display_information.name")
        features = document.get("features") or {}
        settings = document.get("settings") or {}
        home = features.get("app_home") or {}
        return cls(
            name=about["name"],
            description=about.get("description", ""),
            bot_name=(features.get("bot_user") or {}).get("display_name", about["name"]),
            scopes=frozenset(((document.get("oauth_config") or {}).get("scopes") or {}).get("bot") or ()),
            events=frozenset((settings.get("event_subscriptions") or {}).get("bot_events") or ()),
            commands=tuple(_command(each) for each in features.get("slash_commands") or ()),
            shortcuts=tuple(_shortcut(each) for each in features.get("shortcuts") or ()),
            home_tab=bool(home.get("home_tab_enabled")),
            messages_tab=bool(home.get("messages_tab_enabled")),
            messages_tab_read_only=bool(home.get("messages_tab_read_only_enabled")),
            agent_view=features.get("agent_view"),
            assistant_view=features.get("assistant_view"),
            interactivity=bool((settings.get("interactivity") or {}).get("is_enabled")),
            socket_mode=bool(settings.get("socket_mode_enabled")),
            redirect_urls=tuple((document.get("oauth_config") or {}).get("redirect_urls") or ()),
        )

    def sends(self, event: str) -> bool:
        """Whether the app is subscribed to `event` and holds a scope that lets it be told."""
        needed = EVENT_SCOPES.get(event, ())
        return event in self.events and (not needed or any(scope in self.scopes for scope in needed))

    def command(self, name: str) -> SlashCommand | None:
        return next((each for each in self.commands if each.command == name), None)

    def shortcut(self, callback_id: str, kind: str) -> Shortcut | None:
        return next((s for s in self.shortcuts if s.callback_id == callback_id and s.type == kind), None)


def _command(entry: Mapping[str, Any]) -> SlashCommand:
    return SlashCommand(
        command=entry["command"],
        description=entry.get("description", ""),
        usage_hint=entry.get("usage_hint", ""),
        should_escape=bool(entry.get("should_escape")),
        url=entry.get("url"),
    )


def _shortcut(entry: Mapping[str, Any]) -> Shortcut:
    return Shortcut(entry["type"], entry["name"], entry["callback_id"], entry.get("description", ""))
