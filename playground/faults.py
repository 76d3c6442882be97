"""Trouble on demand: what the Web API shall do wrong, and how often."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass


@dataclass
class Fault:
    method: str
    """A method's name, or a pattern such as `chat.*`."""
    times: int
    status: int | None = None
    retry_after: int | None = None
    error: str | None = None
    hang: float | None = None
    """Seconds of silence before the call goes on as usual."""
    reset: bool = False
    """Cut the connection before anything is done."""
    execute_then_cut: bool = False
    """Do the work, then cut the connection: the app cannot know that it was done."""
    skip: int = 0
    """Let this many calls through first."""


class Faults:
    """Faults in the order they were added; each is used up after `times` calls."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def add(
        self,
        method: str,
        times: int = 1,
        *,
        status: int | None = None,
        retry_after: int | None = None,
        error: str | None = None,
        hang: float | None = None,
        reset: bool = False,
        execute_then_cut: bool = False,
        skip: int = 0,
    ) -> Fault:
        if status is None and error is None and hang is None and not (reset or execute_then_cut):
            raise ValueError("a fault needs one of: status, error, hang, reset, execute_then_cut")
        fault = Fault(method, times, status, retry_after, error, hang, reset, execute_then_cut, skip)
        self.waiting.append(fault)
        return fault

    def clear(self) -> None:
        self.waiting.clear()

    def next(self, method: str) -> Fault | None:
        """The fault this call meets, counted; None when it meets none."""
        for fault in self.waiting:
            if not fnmatch.fnmatchcase(method, fault.method):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.times -= 1
            if fault.times <= 0:
                self.waiting.remove(fault)
            return fault
        return None
