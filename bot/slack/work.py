"""The work on one request, in steps that survive a crash; whatever goes wrong, the person is told."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.slack.durable import Step
from bot.slack.intake import DEAD, DONE, RECEIVED, REFUSED, WITHDRAWN, Intake, Kept
from bot.slack.metrics import Metrics
from bot.slack.outcome import Handler, Outcome
from bot.slack.posting import Undeliverable
from bot.slack.references import place_of, reference_of
from bot.slack.render import error_part
from bot.slack.replies import Replies
from bot.slack.surface import Kind
from bot.slack.voice import Voice

MOST_ATTEMPTS = 3
"""A request that was begun and not ended this often takes the process down with it: it is given up."""

_log = structlog.get_logger("footnote.slack")


class Work:
    def __init__(
        self, handlers: Mapping[Kind, Handler], intake: Intake, replies: Replies, voice: Voice, metrics: Metrics
    ) -> None:
        self._handlers = handlers
        self._intake = intake
        self._replies = replies
        self._voice = voice
        self._metrics = metrics
        self._since = datetime.now(UTC)

    def run(self, id: str, step: Step) -> None:
        """Bring the request to its end. Raises nothing but what stops the process."""
        kept = self._intake.find(id)
        if kept is None or kept.state != RECEIVED:
            return
        attempt = self._intake.begin(id)
        started = time.monotonic()
        outcome = self._outcome(kept, step, attempt)
        self._report(kept, outcome, attempt, started)

    def _outcome(self, kept: Kept, step: Step, attempt: int) -> Outcome:
        try:
            if attempt > MOST_ATTEMPTS:
                return self._give_up(kept, f"given up after {MOST_ATTEMPTS} attempts")
            outcome = self._handlers[kept.request.kind].run(
                kept, step, look=attempt > 1 or kept.received_at < self._since
            )
            state = REFUSED if outcome.kind == "refused" else DONE
            self._intake.finish(kept.request.id, state, outcome.ts, outcome.reference)
            return outcome
        except Undeliverable as error:
            self._intake.finish(kept.request.id, DEAD)
            _log.error("undeliverable", id=kept.request.id, error=str(error))
            return Outcome("nothing", text=str(error))
        except SQLAlchemyError:
            raise
        except Exception as error:  # the edge: a fault of ours; the person is told, the log has the place
            return self._give_up(kept, place_of(error))

    def _give_up(self, kept: Kept, place: str) -> Outcome:
        """End with the error message; where not even that can be brought, the request is dead."""
        request, reference = kept.request, reference_of(kept.request.id)
        _log.error("request_failed", id=request.id, reference=reference, place=place)
        try:
            now = self._intake.find(request.id)
            if now is None or now.state == WITHDRAWN:
                return Outcome("nothing")
            part = error_part(reference, request.id, self._voice.of(request))
            ts = self._replies.deliver(kept, request, [part], look=True, strings=self._voice.of(request))
        except Undeliverable as error:
            _log.error("undeliverable", id=request.id, error=str(error))
            self._intake.finish(request.id, DEAD, reference=reference)
            return Outcome("failed", reference=reference)
        self._intake.finish(request.id, DONE, ts, reference)
        return Outcome("failed", reference=reference, ts=ts)

    def _report(self, kept: Kept, outcome: Outcome, attempt: int, started: float) -> None:
        request = kept.request
        total = (datetime.now(UTC) - kept.received_at).total_seconds()
        self._metrics.finished.labels(request.kind, outcome.kind).inc()
        self._metrics.seconds.observe(total)
        _log.info(
            "request",
            id=request.id,
            kind=request.kind,
            team=request.team,
            channel=request.channel,
            user=request.user,
            outcome=outcome.kind,
            reference=outcome.reference,
            attempt=attempt,
            seconds=round(total, 3),
            work_seconds=round(time.monotonic() - started, 3),
            **outcome.details,
        )
