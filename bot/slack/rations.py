"""How often a person may have something done that costs others: so many times in a while."""

from __future__ import annotations

import threading
import time
from collections import deque


class Rations:
    """Safe to use from several threads; forgotten when the process ends."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._taken: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def take(self, user: str) -> bool:
        """Whether there is one left for `user`; if so, it is taken."""
        now = time.monotonic()
        with self._lock:
            taken = self._taken.setdefault(user, deque())
            while taken and now - taken[0] >= self._seconds:
                taken.popleft()
            if len(taken) >= self._most:
                return False
            taken.append(now)
            return True
