"""The steps of an answer as the tasks of a plan in a streamed message. Holds words of ours only.

https://docs.slack.dev/reference/methods/chat.startStream/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args

from bot.progress import Progress, Step
from bot.slack.language import Strings

Chunk = dict[str, Any]
_State = Literal["pending", "in_progress", "complete", "error"]
_STEPS: tuple[Step, ...] = get_args(Step)


class Plan:
    """The tasks of one answer; `id` makes them recognisable."""

    def __init__(self, id: str, strings: Strings) -> None:
        self._id = id
        self._strings = strings
        self._reached = 0
        self._told = 0
        """How many tasks are shown as complete."""
        self._passages: int | None = None

    def reach(self, progress: Progress) -> None:
        self._reached = max(self._reached, _STEPS.index(progress.step))
        if progress.step in ("read", "check"):
            self._passages = progress.passages

    def begin(self) -> list[Chunk]:
        """The whole plan as it stands."""
        self._told = self._reached
        return [self._title("working"), *(self._task(n) for n in range(len(_STEPS)))]

    def news(self) -> list[Chunk]:
        """What changed since it was last shown."""
        first, self._told = self._told, self._reached
        return [self._task(n) for n in range(first, self._reached + 1)] if first < self._reached else []

    def end(self) -> list[Chunk]:
        """Everything done."""
        first, self._told, self._reached = self._told, len(_STEPS), len(_STEPS)
        return [self._title("done"), *(self._task(n) for n in range(first, len(_STEPS)))]

    def _title(self, state: str) -> Chunk:
        return {"type": "plan_update", "title": self._strings(f"stream.{state}")}

    def _task(self, n: int) -> Chunk:
        state: _State = "complete" if n < self._reached else "in_progress" if n == self._reached else "pending"
        task = {"type": "task_update", "id": f"{self._id}-{_STEPS[n]}", "status": state}
        return {**task, "title": self._strings(f"stream.{_STEPS[n]}"), **self._found(n)}

    def _found(self, n: int) -> Mapping[str, str]:
        """Sent once, for what is sent again is added to it."""
        if _STEPS[n] != "search" or self._reached <= n or self._passages is None:
            return {}
        return {"output": self._strings.count("passage", self._passages)}


def is_plan_of(id: str, message: Mapping[str, Any]) -> bool:
    """Whether a message, as Slack tells of it, holds the plan with that id."""
    blocks = message.get("blocks") or []
    tasks = [task for block in blocks for task in (block, *(block.get("tasks") or []))]
    return any(str(task.get("task_id", "")).startswith(f"{id}-") for task in tasks)
