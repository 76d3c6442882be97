"""A question, or the wish for a summary of a document, becomes one visible final message."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace
from typing import Any

import structlog

from bot.progress import Stopped
from bot.slack.audience import People, may_ask, scopes
from bot.slack.audit import AuditTrail
from bot.slack.blocks import Part
from bot.slack.channels import Channels, ChannelSettings
from bot.slack.controls import Shown
from bot.slack.conversations import Conversations, Given, answer_id
from bot.slack.durable import Step
from bot.slack.failpoints import Failpoint
from bot.slack.intake import WITHDRAWN, Intake, Kept
from bot.slack.language import Strings
from bot.slack.library import Answerer
from bot.slack.mrkdwn import has_words
from bot.slack.outcome import Outcome
from bot.slack.references import place_of, reference_of
from bot.slack.render import LONGEST_QUESTION, answer_parts, error_part, text_parts
from bot.slack.replies import Replies
from bot.slack.request import Request
from bot.slack.showing import Showing, Showings
from bot.slack.surfaces.again import meant_by
from bot.slack.viewing import Viewing, note
from bot.slack.voice import Voice
from bot.values import Answer, Question
from vectorstore.errors import UnknownDocument

_log = structlog.get_logger("footnote.slack")


class Questions:
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
        audit: AuditTrail,
        failpoint: Failpoint,
        showings: Showings,
        viewing: Viewing,
    ) -> None:
        self._answerer = answerer
        self._intake = intake
        self._conversations = conversations
        self._channels = channels
        self._people = people
        self._admins = admins
        self._replies = replies
        self._voice = voice
        self._audit = audit
        self._failpoint = failpoint
        self._showings = showings
        self._viewing = viewing

    def run(self, kept: Kept, step: Step, *, look: bool) -> Outcome:
        request = meant_by(kept.request, self._intake)
        if request is None:
            return Outcome("nothing")
        strings = self._voice.of(request)
        showing = self._showings.begin(kept, request, strings)
        # An answer is kept in SQL and a message is found by its mark, so neither needs a checkpoint of its own; a private
        # reply cannot be looked up, so that it was sent is kept.
        outcome = step.again(lambda: self._kept(request, look=look) or self._answer(request, strings, showing))
        showing.before_post()
        if request.response_url:
            ts = step("post", lambda: self._post(kept, request, outcome, strings, showing, look=look))
        else:
            ts = step.again(lambda: self._post(kept, request, outcome, strings, showing, look=look))
        showing.end(is_posted=ts is not None)
        self._failpoint("before-record")
        self._record(outcome, ts)
        return replace(outcome, ts=ts)

    def _kept(self, request: Request, *, look: bool) -> Outcome | None:
        """What an earlier attempt answered, if it came so far."""
        given = self._conversations.find(answer_id(request.id)) if look else None
        if given is None:
            return None
        return Outcome(
            "answered" if given.answer.answered else "abstained", answer=given.id, details=_measured(given.answer)
        )

    def _answer(self, request: Request, strings: Strings, showing: Showing) -> Outcome:
        try:
            person = self._people.find(request.user)
            if person.is_bot:
                return Outcome("nothing")
            if not may_ask(request, person):
                self._audit.note(request, "ask", "refused", reason="not a full member")
                return Outcome("refused", text=strings("hint.members_only"))
            if not has_words(request.text):
                return Outcome("hint", text=strings("hint.what_to_ask"))
            if len(request.text) > LONGEST_QUESTION:
                lengths = {"length": strings.number(len(request.text)), "most": strings.number(LONGEST_QUESTION)}
                return Outcome("hint", text=strings("hint.too_long", **lengths))
            settings = self._settings(request)
            if settings.mode == "off":
                return Outcome("hint", text=strings("hint.switched_off"))
            self._failpoint("during-answer")
            return self._ask(request, scopes(request, person, self._admins, settings), settings.tags, showing)
        except Stopped:
            return Outcome("stopped", text=strings("stream.stopped"))
        except UnknownDocument as error:
            return Outcome("hint", text=_which_document(request.text, error, strings))
        except Exception as error:  # the edge: whatever went wrong, the person is told, the log has the place
            reference = reference_of(request.id)
            _log.error("request_failed", id=request.id, reference=reference, place=place_of(error))
            return Outcome("failed", reference=reference)

    def _settings(self, request: Request) -> ChannelSettings:
        """Those of the channel that will see the answer; a private answer is its reader's own."""
        if request.is_private:
            return ChannelSettings()
        return self._channels.of(request.team, request.channel)

    def _ask(self, request: Request, readable: tuple[str, ...], tags: tuple[str, ...], showing: Showing) -> Outcome:
        if request.kind == "summary":
            answer = self._answerer.summarize(request.text, readable)
        else:
            question = Question(
                request.text,
                readable,
                self._conversations.turns(request),
                tags=tags,
                without=request.without,
                accounts=(f"user:{request.user}", f"channel:{request.channel}"),
            )
            answer = self._compose(request, question, showing)
        answer = replace(answer, notes=(*request.notes, *answer.notes))
        id = self._conversations.keep(request, answer)
        return Outcome("answered" if answer.answered else "abstained", answer=id, details=_measured(answer))

    def _compose(self, request: Request, question: Question, showing: Showing) -> Answer:
        """In the pane, from the documents of the channel the person looks at as well."""
        showing.entitle(question.history)
        beside = self._viewing.beside(request.team, request.user) if request.is_direct and request.message_ts else None
        asked = replace(question, scopes=(*question.scopes, f"channel:{beside}")) if beside else question
        answer = showing.compose(lambda on_progress: self._answerer.answer(asked, on_progress=on_progress))
        return replace(answer, notes=(*answer.notes, note(beside))) if beside else answer

    def _post(
        self, kept: Kept, request: Request, outcome: Outcome, strings: Strings, showing: Showing, *, look: bool
    ) -> str | None:
        now = self._intake.find(kept.request.id)
        if outcome.kind == "nothing" or now is None or now.state == WITHDRAWN:
            self._replies.take_back(kept, request)
            if outcome.answer:
                self._conversations.discard(outcome.answer)
            return None
        given = self._conversations.find(outcome.answer) if outcome.answer else None
        ts = showing.close(given.answer, _shown(given, request)) if given else None
        if ts is None:
            parts = self._parts(request, outcome, given, strings)
            ts = self._replies.deliver(kept, request, parts, look=look, strings=strings)
        self._failpoint("after-post")
        return ts

    def _parts(self, request: Request, outcome: Outcome, given: Given | None, strings: Strings) -> list[Part]:
        if outcome.reference:
            return [error_part(outcome.reference, request.id, strings)]
        if given is None:
            return text_parts(outcome.text)
        asked = "" if request.message_ts else request.text
        by = "" if request.is_private or request.message_ts else self._people.find(request.user).name
        points, edited = request.kind == "summary", request.first is not None
        shown = _shown(given, request)
        return answer_parts(given.answer, shown, strings, asked=asked, asked_by=by, as_points=points, edited=edited)

    def _record(self, outcome: Outcome, ts: str | None) -> None:
        if outcome.answer:
            self._conversations.posted(outcome.answer, ts)


def _shown(given: Given, request: Request) -> Shown:
    in_channel = request.kind == "question" and request.is_private and not request.is_direct
    in_thread = request.thread_ts is not None
    return Shown(given.id, given.answer.answered, request.is_private, in_thread=in_thread, in_channel=in_channel)


def _which_document(title: str, error: UnknownDocument, strings: Strings) -> str:
    if not error.candidates:
        return strings("hint.unknown_document", title=title)
    return strings("hint.which_document", title=title, titles="; ".join(error.candidates))


def _measured(answer: Answer) -> dict[str, Any]:
    return {
        "composer": answer.composer,
        "statements": len(answer.statements),
        "rejected": len(answer.rejected),
        "documents": answer.searched.documents,
        "tokens": sum(answer.trace.tokens) if answer.trace and answer.trace.tokens else 0,
        "timings_ms": {name: round(value, 1) for name, value in answer.timings_ms.items()},
    }
