""" "Leave this passage out and answer again", and "Report a bad source": what can be done about a passage of an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import structlog
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.slack.audience import People
from bot.slack.audit import AuditTrail
from bot.slack.conversations import Conversations, Given
from bot.slack.durable import Step
from bot.slack.intake import Kept
from bot.slack.language import Strings
from bot.slack.opinions import Opinions
from bot.slack.outcome import Handler, Outcome
from bot.slack.payloads import trigger_of, user_of, value_of
from bot.slack.places import Places
from bot.slack.posting import Slack
from bot.slack.readers import Readers
from bot.slack.references import place_of
from bot.slack.render import text_parts
from bot.slack.replies import Replies
from bot.slack.request import Request
from bot.slack.voice import Voice
from bot.slack.windows import message_window
from bot.values import Found, Note

_log = structlog.get_logger("footnote.slack")


class LeftOut:
    """Answers again without a passage: beside the first answer, which stays."""

    def __init__(
        self,
        conversations: Conversations,
        readers: Readers,
        people: People,
        places: Places,
        questions: Handler,
        slack: Slack,
        replies: Replies,
        voice: Voice,
    ) -> None:
        self._conversations = conversations
        self._readers = readers
        self._people = people
        self._places = places
        self._questions = questions
        self._slack = slack
        self._replies = replies
        self._voice = voice

    def run(self, kept: Kept, step: Step, *, look: bool) -> Outcome:
        request = kept.request
        direct = step("channel", lambda: self._slack.direct(request.user))
        id, _, chunk = request.text.partition(":")
        given = self._conversations.find(id)
        found = passage_of(given, chunk)
        if given is None or found is None or not self._readers.may_open(given, request.user, ""):
            strings = self._voice.of_person(request.user)
            place = replace(request, channel=direct, is_direct=True, response_url=None)
            parts = text_parts(strings("quotes.forgotten"))
            step("say", lambda: self._replies.deliver(kept, place, parts, look=look, strings=strings))
            return Outcome("hint")
        return self._questions.run(replace(kept, request=self._meant(request, given, found, direct)), step, look=look)

    def _meant(self, request: Request, given: Given, found: Found, direct: str) -> Request:
        """The question as it was searched, asked anew by whoever clicked, where the first answer is seen."""
        stays = not given.is_private or given.channel.startswith("D")
        channel = given.channel if stays else direct
        earlier = given.answer.trace.without if given.answer.trace else ()
        name = self._people.find(request.user).name or request.user
        return replace(
            request,
            kind="question",
            text=given.answer.searched.query or given.question,
            channel=channel,
            thread_ts=(given.thread_ts or given.message_ts) if stays else None,
            is_direct=channel.startswith("D"),
            is_shared=not channel.startswith("D") and self._places.is_shared(channel),
            response_url=None,
            without=(*earlier, found.chunk),
            notes=(Note("left_out", {"title": found.title, "name": name}),),
        )


class BadSources:
    """A source is reported: a vote against the answer that names the document."""

    def __init__(
        self,
        conversations: Conversations,
        readers: Readers,
        opinions: Opinions,
        voice: Voice,
        audit: AuditTrail,
        team: Callable[[], str],
    ) -> None:
        self._conversations = conversations
        self._readers = readers
        self._opinions = opinions
        self._voice = voice
        self._audit = audit
        self._team = team

    async def report(self, args: AsyncArgs) -> None:
        user, value = user_of(args.body), value_of(args.body)
        try:
            strings = await asyncio.to_thread(self._voice.of_person, user)
            text = await asyncio.to_thread(self._report, value, user, strings)
            view = message_window(strings("why.title"), text, strings)
            await args.client.views_push(trigger_id=trigger_of(args.body), view=view)
        except Exception as error:  # the edge of a listener
            _log.error("source_not_reported", place=place_of(error))

    def _report(self, value: str, user: str, strings: Strings) -> str:
        id, _, chunk = value.partition(":")
        given = self._conversations.find(id)
        found = passage_of(given, chunk)
        if given is None or found is None or not self._readers.may_open(given, user, ""):
            return strings("quotes.forgotten")
        self._opinions.vote(id, user, "down", reason="bad_source", document=found.document)
        self._audit.did(user, self._team(), given.channel, "report source", found.document)
        return strings("why.reported", title=found.title)


def passage_of(given: Given | None, chunk: str) -> Found | None:
    """The passage of that id among those that were found for the answer."""
    passages = given.answer.trace.passages if given and given.answer.trace else ()
    return next((each for each in passages if each.chunk == chunk), None)
