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
from bot.slack.request import Request

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
        self._running = _Running()

    def run(self, kept: Kept, step: Step, *, look: bool) -> Outcome:
        edit = kept.request
        with self._running.joined((edit.channel, edit.edits or ""), edit.id):
            # In a step: whoever waits there keeps nobody else from working, and it is others that are waited for.
            asked = self._asked(kept) if step("settle", lambda: self._settled(kept)) else None
            if asked is None:
                return Outcome("nothing")
            # The earlier answer is no part of the conversation any more.
            step("forget", lambda: self._forget(asked))
            handler, meant = self._meant(asked, edit)
            outcome = handler.run(replace(kept, request=meant), step, look=look)
            step("replied", lambda: self._intake.replied(asked.request.id, outcome.ts))
            return outcome

    def _meant(self, asked: Kept, edit: Request) -> tuple[Handler, Request]:
        """Who answers what: the question as it was asked, with the text it has now, in the place of its answer."""
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
        return (self._unasked if left_alone else self._questions), meant

    def _settled(self, kept: Kept) -> bool:
        """Wait until the work on the earlier texts has ended; False when this is not the last text, or all is gone."""
        edit = kept.request
        place = (edit.channel, edit.edits or "")
        self._pause(SETTLE_SECONDS)
        while self._is_last(kept):
            asked = self._asked(kept)
            if asked is None:
                return False
            if asked.state != RECEIVED and not self._running.before(place, edit.id):
                return True
            self._pause(LOOK_SECONDS)
        return False

    def _is_last(self, kept: Kept) -> bool:
        """Whether no later edit is known. Earlier ones that are still on their way need not arrive."""
        edit = kept.request
        edits = self._intake.edits_of(edit.team, edit.channel, edit.edits or "")
        for earlier in edits:
            if earlier.request.kind == "edit" and earlier.request.id < edit.id and earlier.state == RECEIVED:
                self._intake.withdraw(earlier.request.id)
        now = self._intake.find(edit.id)
        return now is not None and now.state != WITHDRAWN and edits[-1].request.id == edit.id

    def _asked(self, kept: Kept) -> Kept | None:
        """The question as it was first asked; None when it is gone."""
        edit = kept.request
        asked = self._intake.find_message(edit.team, edit.channel, edit.edits or "")
        return None if asked is None or asked.state == WITHDRAWN else asked

    def _forget(self, asked: Kept) -> None:
        if asked.reply_ts:
            self._conversations.forget(asked.request.team, asked.request.channel, asked.reply_ts)


class _Running:
    """The edits that are being worked on, by their message."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._ids: dict[tuple[str, str], set[str]] = {}

    @contextmanager
    def joined(self, place: tuple[str, str], id: str) -> Iterator[None]:
        with self._guard:
            self._ids.setdefault(place, set()).add(id)
        try:
            yield
        finally:
            with self._guard:
                self._ids[place].discard(id)
                if not self._ids[place]:
                    del self._ids[place]

    def before(self, place: tuple[str, str], id: str) -> bool:
        """Whether an earlier edit of that message is among them; ids follow the time of the edit."""
        with self._guard:
            return any(other < id for other in self._ids.get(place, ()))
