"""A question that was edited is answered anew, in the place of its earlier answer.

However many edits follow each other, one answer is left: that to the last text.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from bot.slack.conversations import Conversations
from bot.slack.durable import Step
from bot.slack.intake import RECEIVED, WITHDRAWN, Intake, Kept
from bot.slack.outcome import Handler, Outcome

SETTLE_SECONDS = 1.0
"""Who corrects one thing often corrects another at once."""
LOOK_SECONDS = 0.1
"""Between two looks whether the answer to the earlier text is there."""


class Edits:
    def __init__(
        self,
        intake: Intake,
        conversations: Conversations,
        questions: Handler,
        unasked: Handler,
        pause: Callable[[float], None],
    ) -> None:
        """`unasked`: for questions that address nobody and were left alone. `pause`: waits, or abandons the work when the
        process stops."""
        self._intake = intake
        self._conversations = conversations
        self._questions = questions
        self._unasked = unasked
        self._pause = pause
        self._places = _Places()

    def run(self, kept: Kept, step: Step, *, look: bool) -> Outcome:
        edit = kept.request
        self._pause(SETTLE_SECONDS)
        if not self._is_last(kept):
            return Outcome("nothing")
        with self._places.alone((edit.channel, edit.edits or "")):
            asked = self._answered(kept)
            if asked is None or not self._is_last(kept):
                return Outcome("nothing")
            # The earlier answer is no part of the conversation any more.
            step("forget", lambda: self._forget(asked))
            left_alone = asked.request.kind == "unasked" and asked.reply_ts is None and edit.is_unasked
            meant = replace(
                asked.request,
                id=edit.id,
                kind="unasked" if left_alone else "question",
                text=edit.text,
                is_shared=edit.is_shared,
                is_foreign=edit.is_foreign,
                replaces=asked.reply_ts,
                first=asked.request.id,
            )
            handler = self._unasked if left_alone else self._questions
            outcome = handler.run(replace(kept, request=meant), step, look=look)
            step("replied", lambda: self._intake.replied(asked.request.id, outcome.ts))
            return outcome

    def _is_last(self, kept: Kept) -> bool:
        """Whether no later edit is known. Earlier ones that are still on their way need not arrive."""
        edit = kept.request
        edits = self._intake.edits_of(edit.team, edit.channel, edit.edits or "")
        for earlier in edits:
            if earlier.request.kind == "edit" and earlier.request.id < edit.id and earlier.state == RECEIVED:
                self._intake.withdraw(earlier.request.id)
        now = self._intake.find(edit.id)
        return now is not None and now.state != WITHDRAWN and edits[-1].request.id == edit.id

    def _answered(self, kept: Kept) -> Kept | None:
        """The question as it was first asked, once its work has ended; None when it is gone."""
        edit = kept.request
        while True:
            asked = self._intake.find_message(edit.team, edit.channel, edit.edits or "")
            if asked is None or asked.state == WITHDRAWN:
                return None
            if asked.state != RECEIVED:
                return asked
            self._pause(LOOK_SECONDS)

    def _forget(self, asked: Kept) -> None:
        if asked.reply_ts:
            self._conversations.forget(asked.request.team, asked.request.channel, asked.reply_ts)


class _Places:
    """One at a time for each message, for as long as somebody is at it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[tuple[str, str], tuple[threading.Lock, int]] = {}

    @contextmanager
    def alone(self, place: tuple[str, str]) -> Iterator[None]:
        with self._guard:
            lock, users = self._locks.get(place, (threading.Lock(), 0))
            self._locks[place] = (lock, users + 1)
        try:
            with lock:
                yield
        finally:
            with self._guard:
                lock, users = self._locks[place]
                self._locks[place] = (lock, users - 1)
                if users == 1:
                    del self._locks[place]
