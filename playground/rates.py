"""How often a method may be called: Slack's tiers, per method, in windows of a minute.

https://docs.slack.dev/apis/web-api/rate-limits/
"""

from __future__ import annotations

import math
from collections import deque
from typing import Any

from playground.clock import Clock
from playground.methods.spec import TIERS, Method

WINDOW_SECONDS = 60.0
MESSAGE_BURST = 5
"""Messages to one conversation that are let through in a burst; the sustained rate is one a second."""


class Rates:
    def __init__(self, clock: Clock, is_enforced: bool, window: float = WINDOW_SECONDS) -> None:
        """`window`: seconds in which a tier's calls are counted; shorter ones make tests of waiting short."""
        self._clock = clock
        self._scale = window / WINDOW_SECONDS
        self.is_enforced = is_enforced
        self._calls: dict[str, deque[float]] = {}

    def wait(self, name: str, method: Method | None, arguments: dict[str, Any]) -> int | None:
        """Whole seconds to wait before the call is allowed; None when it is, and then it is counted."""
        if not self.is_enforced or method is None:
            return None
        if name == "chat.postMessage":
            return self._admit(f"{name} {arguments.get('channel')}", MESSAGE_BURST, float(MESSAGE_BURST))
        if method.tier is None:
            return None
        return self._admit(name, TIERS[method.tier], WINDOW_SECONDS)

    def _admit(self, key: str, allowed: int, window: float) -> int | None:
        now, window = self._clock.now(), window * self._scale
        recent = self._calls.setdefault(key, deque())
        while recent and now - recent[0] >= window:
            recent.popleft()
        if len(recent) >= allowed:
            return max(1, math.ceil(window - (now - recent[0])))
        recent.append(now)
        return None
