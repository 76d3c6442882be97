"""A quiet banner over an answer whose cited sentence changed since: what changed, and the question asked again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import structlog
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.slack.blocks import Block, Part, actions, bold, button, plain_text, rich_line, words
from bot.slack.controls import Shown
from bot.slack.conversations import Conversations, Given
from bot.slack.durable import Step
from bot.slack.intake import Intake, Kept
from bot.slack.language import Strings, language_of, strings_of
from bot.slack.ledger import Ledger
from bot.slack.library import CitedNow, Library
from bot.slack.outcome import Handler, Outcome
from bot.slack.payloads import channel_of, user_of, value_of
from bot.slack.places import Places
from bot.slack.posting import Slack, Undeliverable
from bot.slack.readers import Readers
from bot.slack.render import answer_parts
from bot.slack.request import Request
from bot.slack.surface import ANSWER_AGAIN, SEE_CHANGE
from bot.slack.voice import Voice
from bot.slack.windows import MOST_BLOCKS, message_window, open_and_fill, window

LOOKED_AT_ONCE = 20
"""Answers compared in one sweep; so many messages at most are changed in it, far below what Slack allows."""

_log = structlog.get_logger("footnote.slack")


class Banners:
    """The kinds `banner` and `answer_again`, the watch that begins them, and the window of what changed."""

    def __init__(
        self,
        ledger: Ledger,
        intake: Intake,
        conversations: Conversations,
        library: Library,
        readers: Readers,
        places: Places,
        slack: Slack,
        voice: Voice,
        questions: Handler,
        begin: Callable[[str], None],
    ) -> None:
        self._ledger = ledger
        self._intake = intake
        self._conversations = conversations
        self._library = library
        self._readers = readers
        self._places = places
        self._slack = slack
        self._voice = voice
        self._questions = questions
        self._begin = begin

    def watch(self) -> int:
        """Compare answers with what their documents say now, and have banners put over those that changed; returns how many."""
        begun = 0
        for stale in self._ledger.stale(LOOKED_AT_ONCE):
            given = self._conversations.find(stale.answer)
            changed = bool(given and _changed(self._now(given, stale.document)))
            if changed and given:
                id = f"banner:{stale.answer}:{stale.version or 'gone'}"
                request = Request(id, "banner", given.team, given.channel, given.user, given.id)
                if self._intake.claim(request).result(30):
                    self._begin(id)
                    begun += 1
            self._ledger.looked_at(stale, changed=changed)
        return begun

    def run(self, kept: Kept, step: Step, *, look: bool) -> Outcome:
        if kept.request.kind == "answer_again":
            return self._answer_again(kept, step, look=look)
        given = self._conversations.find(kept.request.text)
        if given is None or given.message_ts is None:
            return Outcome("nothing")
        ts = given.message_ts
        step("banner", lambda: self._put(given, ts))
        return Outcome("answered")

    def _put(self, given: Given, ts: str) -> None:
        """Over the first message of the answer, which stays as it was given."""
        strings = strings_of(language_of(given.question))
        shown = Shown(given.id, given.answer.answered, in_thread=given.thread_ts is not None)
        first = answer_parts(given.answer, shown, strings, as_points=given.is_summary)[0]
        sentence = strings("banner.changed")
        banner: list[Block] = [
            {"type": "context", "elements": [plain_text(f"⚠️ {sentence}")]},
            actions(
                button(strings("banner.see"), SEE_CHANGE, given.id),
                button(strings("banner.again"), ANSWER_AGAIN, given.id),
            ),
        ]
        try:
            self._slack.update(given.channel, ts, Part(f"{sentence}\n{first.text}", (*banner, *first.blocks)))
        except Undeliverable as error:  # deleted, or in a channel that is archived: nothing is owed
            _log.warning("banner_not_shown", answer=given.id, error=str(error))

    def _answer_again(self, kept: Kept, step: Step, *, look: bool) -> Outcome:
        """The same question, answered anew in the thread of the old answer, for whoever may read there."""
        click, given = kept.request, self._conversations.find(kept.request.text)
        if given is None or not self._readers.may_open(given, click.user, click.channel):
            return Outcome("nothing")
        meant = replace(
            click,
            kind="summary" if given.is_summary else "question",
            text=given.question,
            channel=given.channel,
            thread_ts=given.thread_ts or given.message_ts,
            is_direct=given.channel.startswith("D"),
            is_shared=not given.channel.startswith("D") and self._places.is_shared(given.channel),
            response_url=None,
            replaces=None,
        )
        return self._questions.run(replace(kept, request=meant), step, look=look)

    async def see(self, args: AsyncArgs) -> None:
        """What each cited sentence has become, as far as this person may read it."""
        id, user, channel = value_of(args.body), user_of(args.body), channel_of(args.body)
        strings = await asyncio.to_thread(self._voice.of_person, user)
        await open_and_fill(
            args.client,
            args.body["trigger_id"],
            message_window(strings("banner.title"), strings("quotes.looking"), strings),
            lambda: self._view(id, user, channel, strings),
            lambda reference: message_window(
                strings("banner.title"), strings("quotes.failed", reference=reference), strings
            ),
            f"change:{id}:{user}",
        )

    def _view(self, id: str, user: str, channel: str, strings: Strings) -> dict[str, Any]:
        given = self._conversations.find(id)
        if given is None or not self._readers.may_open(given, user, channel):
            return message_window(strings("banner.title"), strings("quotes.forgotten"), strings)
        readable = self._readers.scopes(given, user, channel)
        blocks: list[Block] = []
        for each in _changed(self._now(given, None, readable)):
            blocks += _told(each, strings)
        return window(
            strings("banner.title"), blocks[:MOST_BLOCKS] or [rich_line(words(strings("banner.none")))], strings
        )

    def _now(self, given: Given, document: str | None, scopes: tuple[str, ...] | None = None) -> Sequence[CitedNow]:
        cited = {c.n: c for statement in given.answer.statements for c in statement.citations}
        wanted = [citation for _, citation in sorted(cited.items()) if document in (None, citation.document)]
        return [self._library.cited_now(citation, scopes) for citation in wanted]


def _changed(now: Sequence[CitedNow]) -> list[CitedNow]:
    return [each for each in now if each.state != "same"]


def _told(each: CitedNow, strings: Strings) -> list[Block]:
    heading = rich_line(bold(f"[{each.n}] {each.title or strings('answer.untitled')}"))
    if each.state == "hidden":
        return [heading, rich_line(words(strings("quotes.not_shown")))]
    old = {**words(f"− {each.before}"), "style": {"strike": True}}
    new = words(f"+ {each.after}") if each.after else words(strings(f"banner.{each.state}"))
    return [heading, rich_line(old), rich_line(new), {"type": "divider"}]
