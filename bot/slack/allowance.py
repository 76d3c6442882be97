"""How often we may call: a share of Slack's rate limits that all work under way has in common."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable


class Allowance:
    """At most `calls` in any `seconds`. Safe for threads."""

    def __init__(self, calls: int, seconds: float = 60.0, now: Callable[[], float] = time.monotonic) -> None:
        self._calls = calls
        self._seconds = seconds
        self._now = now
        self._taken: deque[float] = deque()
        self._rests_until = 0.0
        self._changing = threading.Lock()

    def take(self) -> bool:
        """Whether a call may be made now; then it counts."""
        with self._changing:
            now = self._now()
            while self._taken and now - self._taken[0] >= self._seconds:
                self._taken.popleft()
            if len(self._taken) >= self._calls or now < self._rests_until:
                return False
            self._taken.append(now)
            return True

    def rest(self, seconds: float) -> None:
        """Slack wants no more calls for so long."""
        with self._changing:
            self._rests_until = max(self._rests_until, self._now() + seconds)
