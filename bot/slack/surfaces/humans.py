""" "Get a human": calls the people who are configured for it into the thread. The one place in which we mention anybody.

Who is called comes from the settings alone, never from a text, and is checked to be an id before it becomes a mention.
"""

from __future__ import annotations

import asyncio
from collections.abc import Container
from datetime import UTC, datetime

import structlog
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.slack.asides import aside
from bot.slack.audience import People, may_ask
from bot.slack.audit import AuditTrail
from bot.slack.blocks import Block, Part, actions, button, plain_text, rich_line, words
from bot.slack.channels import Channels
from bot.slack.conversations import Conversations
from bot.slack.durable import Step
from bot.slack.failpoints import Failpoint
from bot.slack.human_requests import OPEN, HumanRequest, HumanRequests, callable_ids, is_group
from bot.slack.intake import Kept
from bot.slack.language import Strings, strings_of
from bot.slack.mrkdwn import escape
from bot.slack.outcome import Outcome
from bot.slack.payloads import channel_of, user_of, value_of
from bot.slack.posting import Slack
from bot.slack.references import place_of
from bot.slack.render import text_parts
from bot.slack.replies import Replies, mark
from bot.slack.request import Request
from bot.slack.surface import HUMAN_RESOLVED
from bot.slack.voice import Voice

LONGEST_QUESTION = 500
"""Characters of the question that are repeated."""

_log = structlog.get_logger("footnote.slack")


class Humans:
    def __init__(
        self,
        requests: HumanRequests,
        conversations: Conversations,
        channels: Channels,
        people: People,
        slack: Slack,
        replies: Replies,
        voice: Voice,
        audit: AuditTrail,
        admins: Container[str],
        otherwise: tuple[str, ...],
        failpoint: Failpoint,
    ) -> None:
        """`otherwise`: whom to call where a channel names nobody."""
        self._requests = requests
        self._conversations = conversations
        self._channels = channels
        self._people = people
        self._slack = slack
        self._replies = replies
        self._voice = voice
        self._audit = audit
        self._admins = admins
        self._otherwise = otherwise
        self._failpoint = failpoint

    def run(self, kept: Kept, step: Step, *, look: bool) -> Outcome:
        request, strings = kept.request, self._voice.of(kept.request)
        hint = step("decide", lambda: self._decide(request, strings))
        if hint:
            parts = text_parts(hint)
            step("say", lambda: self._replies.deliver(kept, request, parts, look=look, strings=strings))
            return Outcome("hint")
        ts = step("call", lambda: self._call(kept, request.text, look=look))
        return Outcome("answered", ts=ts)

    async def resolve(self, args: AsyncArgs) -> None:
        """Done twice it is done; only for who asked, who was called, and administrators."""
        answer, user, channel = value_of(args.body), user_of(args.body), channel_of(args.body)
        try:
            strings = await asyncio.to_thread(self._voice.of_person, user)
            hint = await asyncio.to_thread(self._resolve, answer, user, channel, strings)
            if hint:
                await aside(args.client, channel, user, hint)
        except Exception as error:  # the edge of a listener
            _log.error("not_resolved", answer=answer, place=place_of(error))

    def _decide(self, request: Request, strings: Strings) -> str:
        """What to say instead of calling somebody; empty when this is the request that calls."""
        person, given = self._people.find(request.user), self._conversations.find(request.text)
        if not may_ask(request, person):
            self._audit.note(request, "human", "refused", reason="not a full member")
            return strings("hint.members_only")
        if given is None or given.is_private or given.channel != request.channel:
            return strings("human.not_here")
        thread = given.thread_ts or given.message_ts
        if thread is None:
            return strings("human.not_here")
        humans = callable_ids(self._channels.of(given.team, given.channel).humans) or callable_ids(self._otherwise)
        if not humans:
            return strings("human.nobody")
        wanted = HumanRequest(
            answer=given.id,
            request=request.id,
            team=given.team,
            channel=given.channel,
            thread_ts=thread,
            question=given.question,
            asked_by=request.user,
            asked_by_name=person.name or request.user,
            humans=humans,
            at=datetime.now(UTC),
        )
        is_ours = self._requests.open(wanted)
        self._failpoint("human-opened")
        return "" if is_ours else strings("human.already")

    def _call(self, kept: Kept, answer: str, *, look: bool) -> str | None:
        wanted = self._requests.find(answer)
        if wanted is None:  # the answer was withdrawn meanwhile
            return None
        since = f"{kept.received_at.timestamp() - 60:.6f}"
        part, its_mark = call_part(wanted, self._aloud(wanted)), mark(kept.request, 0)
        ts = self._slack.post(wanted.channel, wanted.thread_ts, part, its_mark, since=since, look=look)
        self._requests.posted(answer, ts)
        self._show_resolved(answer)  # somebody may be quicker than our notes
        self._audit.note(kept.request, "human", "done", object=answer)
        return ts

    def _resolve(self, answer: str, user: str, channel: str, strings: Strings) -> str:
        wanted = self._requests.find(answer)
        if wanted is None or wanted.channel != channel:
            return strings("quotes.forgotten")
        person = self._people.find(user)
        if not may_resolve(wanted, user, is_member=person.is_member, is_admin=user in self._admins):
            self._audit.refused(user, channel, "resolve", "neither asked nor called")
            return strings("human.not_yours")
        if wanted.state == OPEN:
            self._requests.resolve(answer, person.name or user)
        self._show_resolved(answer)
        return ""

    def _show_resolved(self, answer: str) -> None:
        now = self._requests.find(answer)
        if now and now.state != OPEN and now.message_ts:
            self._slack.update(now.channel, now.message_ts, call_part(now, self._aloud(now)))

    def _aloud(self, wanted: HumanRequest) -> Strings:
        """The channel's language; that of who asked where none is set for it."""
        fixed = self._channels.of(wanted.team, wanted.channel).language
        return strings_of(fixed) if fixed else self._voice.of_person(wanted.asked_by)


def may_resolve(wanted: HumanRequest, user: str, *, is_member: bool, is_admin: bool) -> bool:
    """Who is in a user group we cannot see: when one was called, any full member may say that it is done."""
    concerned = user == wanted.asked_by or user in wanted.humans or is_admin or wanted.called_a_group
    return is_member and concerned


def call_part(wanted: HumanRequest, strings: Strings) -> Part:
    """Calls the humans while it is open; says who resolved it afterwards, and mentions nobody any more."""
    question = wanted.question[:LONGEST_QUESTION]
    if wanted.state == OPEN:
        said = strings("human.asks", name=wanted.asked_by_name, question=question)
        called = [_mention(each) for each in wanted.humans]
        elements = [element for each in called for element in (each, words(" "))]
        text = " ".join([*(_token(each) for each in wanted.humans), escape(said)])
        done = actions(button(strings("human.resolve"), HUMAN_RESOLVED, wanted.answer))
        return Part(text, (rich_line(*elements, words(said)), done))
    said = strings("human.resolved", name=wanted.resolved_by_name, question=question)
    hint: Block = {"type": "context", "elements": [plain_text(strings("human.keep_hint"))]}
    return Part(escape(said), (rich_line(words(said)), hint))


def _mention(id: str) -> Block:
    return {"type": "usergroup", "usergroup_id": id} if is_group(id) else {"type": "user", "user_id": id}


def _token(id: str) -> str:
    return f"<!subteam^{id}>" if is_group(id) else f"<@{id}>"
