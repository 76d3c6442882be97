"""Reading what comes with a click: who, where, on what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.slack.surface import MENU


def action_of(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The element that was acted on; of a choice, what was chosen."""
    action: Mapping[str, Any] = (body.get("actions") or [{}])[0]
    chosen = action.get("selected_option")
    return action if action.get("value") or not isinstance(chosen, Mapping) else chosen


def acted(body: Mapping[str, Any]) -> tuple[str, str]:
    """(action id, value) of what was clicked or chosen; a choice in an answer's menu is the action that it names."""
    name = str((body.get("actions") or [{}])[0].get("action_id") or "")
    value = str(action_of(body).get("value") or "")
    if name == MENU:
        name, _, value = value.partition(":")
    return name, value


def value_of(body: Mapping[str, Any]) -> str:
    return acted(body)[1]


def channel_of(body: Mapping[str, Any]) -> str:
    """The id of the conversation it happened in; empty in a window or the Home."""
    named = (body.get("channel") or {}).get("id") or (body.get("container") or {}).get("channel_id")
    return str(named or body.get("channel_id") or "")


def trigger_of(body: Mapping[str, Any]) -> str:
    """What lets us open a window within three seconds."""
    return str(body.get("trigger_id") or "")


def held(body: Mapping[str, Any], block: str) -> Mapping[str, Any]:
    """What the one field of an input block of a submitted window holds."""
    fields = ((body.get("view") or {}).get("state") or {}).get("values", {}).get(block) or {}
    found = next(iter(fields.values()), None)
    return found if isinstance(found, Mapping) else {}


def user_of(body: Mapping[str, Any]) -> str:
    user = body.get("user")
    return str((user.get("id") if isinstance(user, Mapping) else user) or body.get("user_id") or "")
