"""A question that addresses nobody, in a channel where such are answered: answered when we are sure, else nothing is said.

Nobody waits for us here, so silence is right whenever anything speaks against answering; it is counted, and the log says why.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import structlog

from bot.slack.audience import People, may_ask, scopes
from bot.slack.channels import Channels
from bot.slack.controls import Shown
from bot.slack.conversations import Conversations
from bot.slack.durable import Step
from bot.slack.failpoints import Failpoint
from bot.slack.intake import WITHDRAWN, Intake, Kept
from bot.slack.library import Answerer
from bot.slack.metrics import Metrics
from bot.slack.outcome import Outcome
from bot.slack.references import place_of, reference_of
from bot.slack.render import LONGEST_QUESTION, answer_parts
from bot.slack.replies import Replies
from bot.slack.request import Request
from bot.slack.voice import Voice
from bot.values import Answer, Question

SURE = 0.96
"""Evidence from which we answer unasked; who asks us is answered from 0.5 on. What it costs is in docs/design.md."""
MOST_ANSWERS = 10
WITHIN = timedelta(minutes=10)
"""At most so many answers in one channel within that time: who is not asked must not flood."""

_log = structlog.get_logger("footnote.slack")


class Unasked:
    def __init__(
        self,
        answerer: Answerer,
        intake: Intake,
        conversations: Conversations,
        channels: Channels,
        people: People,
        admins: Container[str],
        replies: Replies,
        voice: Voice,
        metrics: Metrics,
        failpoint: Failpoint,
    ) -> None:
        self._answerer = answerer
        self._intake = intake
        self._conversations = conversations
        self._channels = channels
        self._people = people
        self._admins = admins
        self._replies = replies
        self._voice = voice
        self._metrics = metrics
        self._failpoint = failpoint

    def run(self, kept: Kept, step: Step, *, look: bool) -> Outcome:
        outcome = Outcome(**step("weigh", lambda: asdict(self._weigh(kept.request))))
        if outcome.kind == "silent":
            self._metrics.silent.labels(outcome.details["silent"]).inc()
            return outcome
        ts = step("post", lambda: self._post(kept, outcome, look=look))
        self._failpoint("before-record")
        step("record", lambda: self._conversations.posted(outcome.answer, ts))
        return replace(outcome, ts=ts)

    def _weigh(self, request: Request) -> Outcome:
        try:
            return self._weighed(request)
        except Exception as error:  # the edge: who asked nobody need not hear of our faults
            _log.error("unasked_failed", id=request.id, reference=reference_of(request.id), place=place_of(error))
            return _silent("failed")

    def _weighed(self, request: Request) -> Outcome:
        settings, person = self._channels.of(request.team, request.channel), self._people.find(request.user)
        if settings.mode != "auto":
            return _silent("switched off")
        if person.is_bot or not may_ask(request, person):
            return _silent("not a full member")
        if len(request.text) > LONGEST_QUESTION:
            return _silent("too long")
        since = datetime.now(UTC) - WITHIN
        if self._intake.answered_unasked(request.team, request.channel, since) >= MOST_ANSWERS:
            return _silent("too many")
        self._failpoint("during-answer")
        readable = scopes(request, person, self._admins, settings)
        question = Question(
            request.text,
            readable,
            self._conversations.turns(request),
            tags=settings.tags,
            accounts=(f"user:{request.user}", f"channel:{request.channel}"),
        )
        answer = self._answerer.answer(question)
        if not answer.answered:
            return _silent("not in the documents")
        if not is_sure(answer):
            return _silent("not sure")
        return Outcome("answered", answer=self._conversations.keep(request, answer), details=_confidence(answer))

    def _post(self, kept: Kept, outcome: Outcome, *, look: bool) -> str | None:
        request = kept.request
        now, given = self._intake.find(request.id), self._conversations.find(outcome.answer)
        if now is None or now.state == WITHDRAWN or given is None:
            return None
        strings = self._voice.of(request)
        shown = Shown(given.id, answered=True, in_thread=True)
        parts = answer_parts(given.answer, shown, strings, unasked=True)
        ts = self._replies.deliver(kept, request, parts, look=look, strings=strings)
        self._failpoint("after-post")
        return ts


def is_sure(answer: Answer) -> bool:
    """Much speaks for the answer, and it leaves nothing of the question out."""
    leaves_out = any(note.key in ("nothing_about", "part_open") for note in answer.notes)
    return answer.answered and not leaves_out and _evidence(answer) >= SURE


def _evidence(answer: Answer) -> float:
    return answer.trace.evidence if answer.trace else 0.0


def _confidence(answer: Answer) -> dict[str, float]:
    return {"evidence": round(_evidence(answer), 3)}


def _silent(reason: str) -> Outcome:
    return Outcome("silent", details={"silent": reason})
