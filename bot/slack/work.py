"""The work on one request, in steps that survive a crash: answer, post, record."""

from __future__ import annotations

import time
from concurrent.futures import Future, wait
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.slack.admin import Admin
from bot.slack.audience import People, may_ask, scopes
from bot.slack.audit import AuditTrail
from bot.slack.blocks import Part
from bot.slack.conversations import Conversations
from bot.slack.durable import Step
from bot.slack.failpoints import Failpoint
from bot.slack.intake import DEAD, DONE, RECEIVED, REFUSED, WITHDRAWN, Intake, Kept
from bot.slack.library import Answerer
from bot.slack.metrics import Metrics
from bot.slack.mrkdwn import has_words
from bot.slack.posting import Slack, Undeliverable
from bot.slack.references import place_of, reference_of
from bot.slack.render import HINT, LONGEST_QUESTION, REFUSAL, answer_parts, error_part, text_parts, too_long
from bot.slack.replies import Replies, mark
from bot.slack.request import Request
from bot.slack.settings import SlackSettings
from bot.values import Answer, Question
from vectorstore.errors import UnknownDocument

MOST_ATTEMPTS = 3
"""A request that was begun and not ended this often takes the process down with it: it is given up."""

_log = structlog.get_logger("footnote.slack")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a person gets."""

    kind: Literal["answered", "abstained", "hint", "refused", "failed", "nothing"]
    text: str = ""
    answer: str = ""
    """The id of the answer."""
    reference: str | None = None
    details: dict[str, Any] = field(default_factory=dict)
    """Counts and timings for the log."""


class Work:
    def __init__(
        self,
        settings: SlackSettings,
        answerer: Answerer,
        intake: Intake,
        conversations: Conversations,
        people: People,
        slack: Slack,
        replies: Replies,
        audit: AuditTrail,
        admin: Admin,
        metrics: Metrics,
        failpoint: Failpoint,
    ) -> None:
        self._settings = settings
        self._answerer = answerer
        self._intake = intake
        self._conversations = conversations
        self._people = people
        self._slack = slack
        self._replies = replies
        self._audit = audit
        self._admin = admin
        self._metrics = metrics
        self._failpoint = failpoint

    def run(self, id: str, step: Step) -> None:
        """Bring the request to its end. Raises nothing but what stops the process."""
        kept = self._intake.find(id)
        if kept is None or kept.state != RECEIVED:
            return
        attempt = self._intake.begin(id)
        started = time.monotonic()
        try:
            if attempt > MOST_ATTEMPTS:
                outcome = self._failed(kept.request, f"given up after {MOST_ATTEMPTS} attempts")
                self._give_up(kept, outcome)
            elif kept.request.kind == "withdraw":
                outcome = step("withdraw", lambda: self._withdraw(kept))
            elif kept.request.kind in ("admin", "remove"):
                outcome = Outcome(self._administer(kept, step, look=attempt > 1))
            else:
                outcome = self._reply(kept, step, look=attempt > 1)
        except Undeliverable as error:
            self._intake.finish(id, DEAD)
            outcome = Outcome("nothing", text=str(error))
            _log.error("undeliverable", id=id, error=str(error))
        except SQLAlchemyError:
            raise
        except Exception as error:  # the edge: a fault of ours; the person is told, the log has the place
            outcome = self._failed(kept.request, place_of(error))
            self._give_up(kept, outcome)
        self._report(kept, outcome, attempt, started)

    # -- questions and summaries ------------------------------------------------------------------------------------

    def _reply(self, kept: Kept, step: Step, *, look: bool) -> Outcome:
        request = self._meant(kept.request)
        if request is None:
            return self._finish(kept, Outcome("nothing"), None)
        status = self._show_status(request)
        outcome = Outcome(**step("answer", lambda: asdict(self._answer(request))))
        if status:
            wait([status], timeout=5)  # set after our message, it would stay for two minutes
        ts = step("post", lambda: self._post(kept, request, outcome, look=look))
        self._failpoint("before-record")
        step("record", lambda: self._record(kept, outcome, ts))
        return outcome

    def _meant(self, request: Request) -> Request | None:
        """The request itself; for a retry the one that failed, with its reply in the place of the error."""
        if request.kind != "retry":
            return request
        failed = self._intake.find(request.text)
        if failed is None or failed.reference is None or failed.request.channel != request.channel:
            return None
        meant = self._meant(failed.request)
        if meant is None:
            return None
        url, replaces = request.response_url, request.replaces
        return replace(meant, id=request.id, user=request.user, response_url=url, replaces=replaces)

    def _show_status(self, request: Request) -> Future[None] | None:
        if request.response_url or not request.message_ts:
            return None
        return self._slack.show_status(
            request.channel, request.thread_ts or request.message_ts, "is reading the documents…"
        )

    def _answer(self, request: Request) -> Outcome:
        try:
            person = self._people.find(request.user)
            if person.is_bot:
                return Outcome("nothing")
            if not may_ask(request, person):
                self._audit.note(request, "ask", "refused", reason="not a full member")
                return Outcome("refused", text=REFUSAL)
            if not has_words(request.text):
                return Outcome("hint", text=HINT)
            if len(request.text) > LONGEST_QUESTION:
                return Outcome("hint", text=too_long(len(request.text)))
            self._failpoint("during-answer")
            return self._ask(request, scopes(request, person, self._settings.admins))
        except UnknownDocument as error:
            return Outcome("hint", text=str(error))
        except Exception as error:  # the edge: whatever went wrong, the person is told, the log has the place
            return self._failed(request, place_of(error))

    def _ask(self, request: Request, readable: tuple[str, ...]) -> Outcome:
        if request.kind == "summary":
            answer = self._answerer.summarize(request.text, readable)
        else:
            answer = self._answerer.answer(Question(request.text, readable, self._conversations.turns(request)))
        id = self._conversations.keep(request, answer)
        return Outcome("answered" if answer.answered else "abstained", answer=id, details=_measured(answer))

    def _failed(self, request: Request, place: str) -> Outcome:
        reference = reference_of(request.id)
        _log.error("request_failed", id=request.id, reference=reference, place=place)
        return Outcome("failed", reference=reference)

    def _post(self, kept: Kept, request: Request, outcome: Outcome, *, look: bool) -> str | None:
        now = self._intake.find(kept.request.id)
        if outcome.kind == "nothing" or now is None or now.state == WITHDRAWN:
            return None
        ts = self._replies.deliver(kept, request, self._parts(request, outcome), look=look)
        self._failpoint("after-post")
        return ts

    def _parts(self, request: Request, outcome: Outcome) -> list[Part]:
        if outcome.reference:
            return [error_part(outcome.reference, request.id)]
        given = self._conversations.find(outcome.answer) if outcome.answer else None
        if given is None:
            return text_parts(outcome.text)
        asked = request.text if request.response_url else ""
        return answer_parts(given.answer, given.id, asked=asked, as_points=request.kind == "summary")

    def _record(self, kept: Kept, outcome: Outcome, ts: str | None) -> None:
        if outcome.answer:
            self._conversations.posted(outcome.answer, ts)
        self._finish(kept, outcome, ts)

    def _finish(self, kept: Kept, outcome: Outcome, ts: str | None) -> Outcome:
        state = REFUSED if outcome.kind == "refused" else DONE
        self._intake.finish(kept.request.id, state, ts, outcome.reference)
        return outcome

    def _give_up(self, kept: Kept, outcome: Outcome) -> None:
        """End with the error message; where not even that can be brought, the request is dead."""
        try:
            ts = self._post(kept, kept.request, outcome, look=True)
        except Undeliverable as error:
            _log.error("undeliverable", id=kept.request.id, error=str(error))
            self._intake.finish(kept.request.id, DEAD, reference=outcome.reference)
        else:
            self._finish(kept, outcome, ts)

    # -- the rest -----------------------------------------------------------------------------------------------------

    def _administer(self, kept: Kept, step: Step, *, look: bool) -> Literal["answered", "refused", "failed"]:
        outcome = self._admin.run(kept, step, look=look)
        self._intake.finish(kept.request.id)
        return outcome

    def _withdraw(self, kept: Kept) -> Outcome:
        """The question was deleted: so are our reply and what we remember of it."""
        request = kept.request
        question = self._intake.find_message(request.team, request.channel, request.text)
        if question is not None:
            self._intake.withdraw(question.request.id)
            for ts in self._sent(question):
                try:
                    self._slack.delete(request.channel, ts)
                except Undeliverable as error:
                    _log.warning("reply_not_deleted", id=question.request.id, error=str(error))
            if question.reply_ts:
                self._conversations.forget(request.team, request.channel, question.reply_ts)
        self._intake.finish(request.id)
        return Outcome("nothing")

    def _sent(self, question: Kept) -> list[str]:
        """The messages of our reply; those after the first are found by their marks."""
        sent = [question.reply_ts] if question.reply_ts else []
        asked = question.request
        while sent and (ts := self._slack.posted(asked.channel, asked.thread_ts, mark(asked, len(sent)), sent[0])):
            sent.append(ts)
        return sent

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


def _measured(answer: Answer) -> dict[str, Any]:
    return {
        "composer": answer.composer,
        "statements": len(answer.statements),
        "rejected": len(answer.rejected),
        "documents": answer.searched.documents,
        "timings_ms": {name: round(value, 1) for name, value in answer.timings_ms.items()},
    }
