"""A message in the direct conversation that follows work which takes longer than a moment; none for work that does not."""

from __future__ import annotations

import time
from contextlib import suppress

from bot.slack.blocks import Part
from bot.slack.posting import Slack, Undeliverable
from bot.slack.render import text_parts
from bot.slack.request import Request

SECONDS_BEFORE_FIRST = 4.0
SECONDS_BETWEEN = 1.5


class LateProgress:
    """Says nothing for work that ends soon. `end` whatever was said."""

    def __init__(self, slack: Slack, request: Request, *, look: bool) -> None:
        self._slack = slack
        self._request = request
        self._look = look
        self._next = time.monotonic() + SECONDS_BEFORE_FIRST
        self._place: tuple[str, str] | None = None

    def show(self, text: str) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + SECONDS_BETWEEN
        part = text_parts(text)[0]
        if self._place is None:
            with suppress(Undeliverable):  # the work goes on, whether or not it can be followed
                self._place = self._begin(part)
        else:
            self._slack.try_update(*self._place, part)

    def _begin(self, part: Part) -> tuple[str, str]:
        channel = self._slack.direct(self._request.user)
        mark = {"request": self._request.id, "part": "progress"}
        return channel, self._slack.post(channel, None, part, mark, since=None, look=self._look)

    def end(self, text: str) -> None:
        if self._place is not None:
            with suppress(Undeliverable):
                self._slack.update(*self._place, text_parts(text)[0])
