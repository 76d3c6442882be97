"""What a person got, and the little port that every kind of work implements."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from bot.slack.durable import Step
from bot.slack.intake import Kept


@dataclass(frozen=True, slots=True)
class Outcome:
    kind: Literal["answered", "abstained", "hint", "refused", "failed", "stopped", "silent", "nothing"]
    text: str = ""
    answer: str = ""
    """The id of the answer."""
    reference: str | None = None
    ts: str | None = None
    """The timestamp of our final message, where it has one."""
    details: dict[str, Any] = field(default_factory=dict)
    """Counts and timings for the log."""


class Handler(Protocol):
    """Does what requests of one kind ask for; whoever may not have it is refused here, when it runs."""

    def run(self, kept: Kept, step: Step, *, look: bool) -> Outcome:
        """Bring it to its end in `step`s. `look`: an earlier attempt may have delivered something already.

        Raises Undeliverable; whatever else it raises is told to the person as an error with a reference.
        """
