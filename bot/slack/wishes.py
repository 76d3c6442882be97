"""What `/footnote` is asked for, and what is decided about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from vectorstore.values import WORKSPACE

_PLACE = re.compile(r"\s+(here|in\s+channel:(?P<channel>[CG][A-Z0-9]{1,40}))\s*$")


COMMANDS = (
    *("help", "sources", "ingest", "reingest", "remove", "tag", "why-here"),
    *("changes", "schedule", "rollback", "forget", "audit"),
)
_IN_WINDOWS = ("settings", "feedback")
"""Commands that open one: no wish, but what a word may have been meant for."""


@dataclass(frozen=True, slots=True)
class Wish:
    action: str
    object: str = ""
    tags: tuple[str, ...] = ()
    """As they were typed: `#a` to give, `-#a` to take away."""
    place: str = ""
    """Of what to ingest for one channel: `here`, or the channel's id."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What to say, or the job to do."""

    text: str = ""
    outcome: Literal["answered", "refused", "failed"] = "answered"
    confirm: bool = False
    job: str | None = None
    """The address to ingest."""
    scope: str = WORKSPACE
    """Who may be answered from what is ingested."""
    plan: str | None = None
    """What to plan a re-ingestion of: "" for all, a #tag, the id of a source; `text` names it."""


def wish(text: str) -> Wish:
    """What the text after `/footnote` asks for; "unknown", with the word, where it is no command."""
    action, _, object = text.strip().partition(" ")
    name = action.lower() or "help"
    if name not in COMMANDS:
        return Wish("unknown", action)
    words = object.split() if name in ("ingest", "tag") else []
    tags = tuple(word for word in words if word.startswith(("#", "-#")))
    object = " ".join(word for word in words if word not in tags) if tags else object
    place = _PLACE.search(object) if name == "ingest" else None
    if place:
        object = object[: place.start()]
    return Wish(name, object.strip().strip("\"'“”"), tags, (place["channel"] or "here") if place else "")


def nearest(word: str) -> str | None:
    """The command that `word` is most likely a slip for; None where it is like none."""
    return next(iter(get_close_matches(word.lower(), (*COMMANDS, *_IN_WINDOWS), 1)), None)
