"""A question that was deleted takes its answer with it."""

from __future__ import annotations

import structlog

from bot.slack.conversations import Conversations, answer_id
from bot.slack.durable import Step
from bot.slack.human_requests import HumanRequests
from bot.slack.intake import Intake, Kept
from bot.slack.library import Library
from bot.slack.outcome import Outcome
from bot.slack.posting import Slack, Undeliverable
from bot.slack.replies import Replies
from bot.slack.stops import Stops

_log = structlog.get_logger("footnote.slack")


class Withdrawal:
    def __init__(
        self,
        intake: Intake,
        conversations: Conversations,
        library: Library,
        slack: Slack,
        replies: Replies,
        stops: Stops,
        calls: HumanRequests,
    ) -> None:
        self._intake = intake
        self._conversations = conversations
        self._library = library
        self._slack = slack
        self._replies = replies
        self._stops = stops
        self._calls = calls

    def run(self, kept: Kept, step: Step, *, look: bool) -> Outcome:  # noqa: ARG002 - deleting twice is deleting
        step("withdraw", lambda: self._withdraw(kept))
        return Outcome("nothing")

    def _withdraw(self, kept: Kept) -> None:
        """The question was deleted: so are our reply and what we remember of it."""
        request = kept.request
        for scope in self._conversations.thread_scopes(request.channel, request.text):
            self._library.forget(scope)  # the root of a thread for which files were read
        question = self._intake.find_message(request.team, request.channel, request.text)
        if question is None:
            return
        self._intake.withdraw(question.request.id)
        edits = [edit.request.id for edit in self._intake.edits_of(request.team, request.channel, request.text)]
        for edit in edits:
            self._intake.withdraw(edit)
        self._stops.press([question.request.id, *edits])
        if not question.reply_ts:
            self._replies.take_back(question, question.request)
            self._conversations.discard(answer_id(question.request.id))
        for scope in self._conversations.thread_scopes(request.channel, question.request.thread_ts):
            for file in question.request.files:
                self._library.forget(scope, file)
        for ts in [*self._replies.sent(question.request, question.reply_ts), *self._called(question)]:
            try:
                self._slack.delete(request.channel, ts)
            except Undeliverable as error:
                _log.warning("reply_not_deleted", id=question.request.id, error=str(error))
        if question.reply_ts:
            self._conversations.forget(request.team, request.channel, question.reply_ts)

    def _called(self, question: Kept) -> list[str]:
        """The message that repeats the question to whom it calls."""
        asked, reply = question.request, question.reply_ts
        call = self._calls.about(asked.team, asked.channel, reply) if reply else None
        return [call.message_ts] if call and call.message_ts else []
