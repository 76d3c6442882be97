"""`/summarize`, "Summarize thread" and "summarize this thread": what is named is read, and its points are told.

What was said in Slack is used for this one reply: neither the inbox, nor the ledger, nor the log holds a word of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta, timezone

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.slack.audience import People, Person, may_ask
from bot.slack.audit import AuditTrail
from bot.slack.door import Identity
from bot.slack.durable import Step
from bot.slack.intake import WITHDRAWN, Intake, Kept
from bot.slack.language import Strings
from bot.slack.library import Answerer, Subject
from bot.slack.mrkdwn import is_address
from bot.slack.outcome import Handler, Outcome
from bot.slack.posting import Slack, TokenLost, Undeliverable
from bot.slack.postings import Postings
from bot.slack.progress import LateProgress
from bot.slack.references import place_of, reference_of
from bot.slack.render import error_part, text_parts
from bot.slack.replies import Replies
from bot.slack.request import Request
from bot.slack.summary_parts import Summary, summary_parts
from bot.slack.surfaces.pages import Pages
from bot.slack.targets import Document, Stretch, Thread, Unclear, target_of
from bot.slack.transcript import CannotRead, OnProgress, Reader, Transcript
from bot.slack.voice import Voice

_SAID = {
    "not_a_member": "summary.not_yours",
    "channel_not_found": "summary.not_yours",
    "busy": "summary.busy",
    "not_in_channel": "summary.invite_me",
    "missing_scope": "summary.missing_scope",
    "thread_not_found": "summary.thread_not_found",
    "message_not_found": "summary.thread_not_found",
    "no_permission": "summary.missing_scope",
    "not_allowed_token_type": "summary.missing_scope",
}
"""Slack's error code -> the sentence that says why a conversation cannot be read."""

_log = structlog.get_logger("footnote.slack")


class Summaries:
    def __init__(
        self,
        answerer: Answerer,
        documents: Handler,
        pages: Pages,
        reader: Reader,
        intake: Intake,
        people: People,
        slack: Slack,
        replies: Replies,
        voice: Voice,
        audit: AuditTrail,
        postings: Postings,
        identity: Callable[[], Identity],
    ) -> None:
        """`documents` summarises what is in the library."""
        self._answerer = answerer
        self._documents = documents
        self._pages = pages
        self._reader = reader
        self._intake = intake
        self._people = people
        self._slack = slack
        self._replies = replies
        self._voice = voice
        self._audit = audit
        self._postings = postings
        self._identity = identity

    def run(self, kept: Kept, step: Step, *, look: bool) -> Outcome:
        request, strings = kept.request, self._voice.of(kept.request)
        if not request.text and request.is_direct:
            return self._documents.run(kept, step, look=look)
        person = self._people.find(request.user)
        place = (request.channel, request.thread_ts, self._identity().url)
        target = target_of(request.text, *place, _now(kept, person))
        if isinstance(target, Document):
            if is_address(target.wanted):
                return self._pages.run(kept, target.wanted, step, look=look)
            return self._documents.run(kept, step, look=look)
        # One step: what it keeps are counts, so a crash in it means that the conversation is read once more.
        return Outcome(**step("summarize", lambda: asdict(self._told(kept, target, person, strings, look=look))))

    def _told(
        self, kept: Kept, target: Thread | Stretch | Unclear, person: Person, strings: Strings, *, look: bool
    ) -> Outcome:
        request = kept.request
        if not may_ask(request, person):
            self._audit.note(request, "summarize", "refused", reason="not a full member")
            return self._say(kept, strings("hint.members_only"), "refused", strings, look=look)
        if isinstance(target, Unclear):
            return self._say(kept, strings(target.reason, text=target.text[:200]), "hint", strings, look=look)
        progress = LateProgress(self._slack, request, look=look)
        try:
            return self._summarized(kept, target, person, strings, progress, look=look)
        except CannotRead as error:
            self._audit.note(request, "summarize", "refused", object=target.channel, reason=str(error))
            sentence = strings(_SAID.get(str(error), "summary.cannot_read"), code=str(error))
            return self._say(kept, sentence, "refused", strings, look=look)
        except (Undeliverable, SQLAlchemyError):
            raise
        except Exception as error:  # the edge: whatever went wrong, the person is told, the log has the place
            reference = reference_of(request.id)
            _log.error("request_failed", id=request.id, reference=reference, place=place_of(error))
            part = error_part(reference, request.id, strings)
            ts = self._replies.deliver(kept, request, [part], look=look, strings=strings)
            return Outcome("failed", reference=reference, ts=ts)
        finally:
            progress.end(strings("summary.ready"))

    def _summarized(
        self,
        kept: Kept,
        target: Thread | Stretch,
        person: Person,
        strings: Strings,
        progress: LateProgress,
        *,
        look: bool,
    ) -> Outcome:
        self._reader.may_read(person.id, target.channel)
        place = self._reader.channel_name(target.channel)

        def show(read: int) -> None:
            progress.show(strings("summary.reading", place=place, messages=strings.count("message", read)))

        with self._reader.turn():
            transcript = self._read(target, kept.request, show)
        if transcript.reached and not transcript.said:
            return self._say(kept, strings("summary.rate_limited"), "refused", strings, look=look)
        points = self._answerer.summarize_conversation(transcript.said)
        self._reader.may_read(person.id, target.channel)  # it may have been long ago that we asked
        summary = Summary(target, place, points, transcript, person.utc_offset, self._identity().url)
        ts = self._deliver(kept, summary, strings, look=look)
        counts = {
            "read": transcript.read,
            "known": transcript.known,
            "threads": transcript.threads,
            "points": len(points),
        }
        return Outcome("answered" if points else "abstained", ts=ts, details=counts)

    def _read(self, target: Thread | Stretch, request: Request, show: OnProgress) -> Transcript:
        if isinstance(target, Thread):
            return self._reader.thread(target, show, without=request.message_ts)
        return self._reader.stretch(target, show)

    def _deliver(self, kept: Kept, summary: Summary, strings: Strings, *, look: bool) -> str | None:
        if self._is_withdrawn(kept):
            return None
        parts = summary_parts(summary, self._name, strings)
        request = kept.request
        ts = self._replies.deliver(kept, request, parts, look=look, strings=strings)
        if ts:  # who is quoted, not what was said
            speakers = [Subject(point.speaker) for point in summary.points]
            self._postings.note(request, "summary", request.channel, ts, speakers, thread_ts=request.thread_ts)
        return ts

    def _say(self, kept: Kept, text: str, kind: str, strings: Strings, *, look: bool) -> Outcome:
        outcome = Outcome("refused" if kind == "refused" else "hint")
        if self._is_withdrawn(kept):
            return outcome
        ts = self._replies.deliver(kept, kept.request, text_parts(text), look=look, strings=strings)
        return replace(outcome, ts=ts)

    def _is_withdrawn(self, kept: Kept) -> bool:
        now = self._intake.find(kept.request.id)
        return now is None or now.state == WITHDRAWN

    def _name(self, user: str) -> str:
        try:
            return self._people.find(user).name or user
        except TokenLost:
            raise
        except Exception:  # a name that cannot be looked up: of another organisation, of a deleted account
            return user


def _now(kept: Kept, person: Person) -> datetime:
    """When it was asked, by the asker's clock."""
    return kept.received_at.astimezone(timezone(timedelta(seconds=person.utc_offset)))
