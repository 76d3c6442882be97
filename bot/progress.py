"""How far an answer is, told while it is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bot.values import Answer

Step = Literal["understand", "search", "read", "check"]


@dataclass(frozen=True, slots=True)
class Progress:
    step: Step
    """What has begun; the steps before it are done. "check": the passages answer it, sentences are written and checked."""
    passages: int = 0
    """How many there are to read; known from the step "read" on."""
    answer: Answer | None = None
    """What is verified so far, with the numbers it keeps if the model's answer stands to the end; None before that."""


OnProgress = Callable[[Progress], None]
"""Called in the thread that composes. What it raises ends the composing and comes out of it."""


class Stopped(Exception):
    """Nobody waits for the answer any more: for listeners to raise."""


def unheard(_: Progress) -> None:
    """A listener that does not care."""
