"""What people had against answers, for administrators: `/footnote feedback`, and the same list in the Home."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.slack.audience import People
from bot.slack.audit import AuditTrail
from bot.slack.blocks import Block, actions, bold, button, quoted, rich_line, words
from bot.slack.conversations import Conversations, Given
from bot.slack.door import Identity
from bot.slack.language import Strings
from bot.slack.library import Library
from bot.slack.mrkdwn import public_url
from bot.slack.opinions import OPEN, Opinion, Opinions
from bot.slack.payloads import trigger_of, user_of, value_of
from bot.slack.readers import Readers
from bot.slack.references import place_of
from bot.slack.surface import FEEDBACK_DONE, SEE_ANSWER
from bot.slack.surfaces.quotes import cited, quote_entry
from bot.slack.targets import permalink
from bot.slack.voice import Voice
from bot.slack.windows import MOST_BLOCKS, message_window, open_and_fill, window

SHOWN = 20
"""Opinions in one window."""

_log = structlog.get_logger("footnote.slack")


class Inbox:
    """Only for administrators: the gatekeeper lets nobody else in."""

    def __init__(
        self,
        opinions: Opinions,
        conversations: Conversations,
        library: Library,
        people: People,
        readers: Readers,
        voice: Voice,
        audit: AuditTrail,
        identity: Callable[[], Identity],
    ) -> None:
        self._opinions = opinions
        self._conversations = conversations
        self._library = library
        self._people = people
        self._voice = voice
        self._audit = audit
        self._readers = readers
        self._identity = identity

    async def open(self, args: AsyncArgs) -> None:
        user = user_of(args.body)
        strings = await asyncio.to_thread(self._voice.of_person, user)
        await self._fill(args, strings, lambda: self.view(strings), "inbox")

    async def done(self, args: AsyncArgs) -> None:
        """Close one, and show the list as it is now."""
        user, (answer, _, voter) = user_of(args.body), value_of(args.body).partition(":")
        try:
            if await asyncio.to_thread(self._opinions.close, answer, voter):
                await asyncio.to_thread(self._audit.did, user, self._identity().team, "", "feedback closed", answer)
            if (args.body.get("view") or {}).get("type") == "modal":
                strings = await asyncio.to_thread(self._voice.of_person, user)
                view = await asyncio.to_thread(self.view, strings)
                await args.client.views_update(view_id=args.body["view"]["id"], view=view)
        except Exception as error:  # the edge of a listener
            _log.error("feedback_not_closed", answer=answer, place=place_of(error))

    async def see(self, args: AsyncArgs) -> None:
        """The answer, as far as this administrator may read what it stands on."""
        id, user = value_of(args.body), user_of(args.body)
        strings = await asyncio.to_thread(self._voice.of_person, user)
        await self._fill(args, strings, lambda: self._answer(id, user, strings), f"answer:{id}")

    def view(self, strings: Strings) -> dict[str, Any]:
        return window(strings("inbox.title"), self.blocks(SHOWN, strings), strings)

    def blocks(self, limit: int, strings: Strings) -> list[Block]:
        """Two for each opinion."""
        opinions = self._opinions.inbox(self._identity().team, limit=limit)
        if not opinions:
            return [rich_line(words(strings("inbox.empty")))]
        shown = [_opinion(each, self._name(each.user), self._title(each), strings) for each in opinions]
        beyond = self._opinions.waiting(self._identity().team) - sum(each.state == OPEN for each in opinions)
        more = [rich_line(words(strings("inbox.more", number=strings.number(beyond))))] if beyond > 0 else []
        return [*(block for blocks in shown for block in blocks), *more]

    def _title(self, opinion: Opinion) -> str:
        """Of the document that was reported."""
        given = self._conversations.find(opinion.answer) if opinion.document else None
        passages = given.answer.trace.passages if given and given.answer.trace else ()
        return next((each.title for each in passages if each.document == opinion.document), opinion.document)

    def _name(self, user: str) -> str:
        with suppress(Exception):  # somebody Slack does not tell of any more
            return self._people.find(user).name or user
        return user

    def _answer(self, id: str, user: str, strings: Strings) -> dict[str, Any]:
        given = self._conversations.find(id)
        if given is None or given.team != self._identity().team:
            return _message(strings("quotes.forgotten"), strings)
        readable = self._readers.scopes(given, user, "")
        return answer_window(given, self._library, readable, self._identity(), strings)

    async def _fill(self, args: AsyncArgs, strings: Strings, fill: Callable[[], dict[str, Any]], name: str) -> None:
        await open_and_fill(
            args.client,
            trigger_of(args.body),
            _message(strings("inbox.looking"), strings),
            fill,
            lambda reference: _message(strings("inbox.failed", reference=reference), strings),
            name,
            on_top=(args.body.get("view") or {}).get("type") == "modal",
        )


def answer_window(
    given: Given, library: Library, readable: tuple[str, ...], identity: Identity, strings: Strings
) -> dict[str, Any]:
    """Question, sentences and quotes of an answer; a sentence whose quotes `readable` does not reach is not shown."""
    answer = given.answer
    contexts = {each.n: library.passage_around(each.version, each.start, each.end, readable) for each in cited(answer)}
    blocks = [rich_line(bold(given.question[:2000] or "?"), *_opening(given, identity, strings))]
    for statement in answer.statements:
        open_here = all(contexts.get(each.n) for each in statement.citations)
        numbers = "".join(f" [{each.n}]" for each in statement.citations)
        text = f"{statement.text[:2500]}{numbers}" if open_here else strings("quotes.not_shown")
        blocks.append(rich_line(words(text)))
    if not answer.answered:
        blocks.append(rich_line(words(strings("answer.not_in_documents"))))
    for citation in cited(answer):
        context = contexts[citation.n]
        blocks += quote_entry(citation, context, strings) if context else []
    return window(strings("inbox.answer"), blocks[:MOST_BLOCKS], strings)


def _opening(given: Given, identity: Identity, strings: Strings) -> list[Block]:
    """The link to where it was said; Slack lets in whoever may look there."""
    if given.is_private or not given.message_ts or not identity.url:
        return []
    url = public_url(permalink(identity.url, given.channel, given.message_ts, given.thread_ts))
    return [words("  "), {"type": "link", "url": url, "text": strings("inbox.in_slack")}] if url else []


def _opinion(opinion: Opinion, name: str, title: str, strings: Strings) -> list[Block]:
    reason = strings(f"feedback.because.{opinion.reason}") if opinion.reason else strings("inbox.no_reason")
    state = strings("inbox.open" if opinion.state == OPEN else "inbox.closed")
    reason = f"{reason}: {title[:200]}" if title else reason
    facts = (reason, name, strings.day(opinion.at.date()), state)
    line = rich_line(bold(opinion.question[:300]), words("\n" + " · ".join(facts)))
    line["elements"] += quoted(words(opinion.comment))["elements"] if opinion.comment else []
    buttons = [button(strings("inbox.see"), SEE_ANSWER, opinion.answer)]
    if opinion.state == OPEN:
        buttons.insert(0, button(strings("inbox.done"), FEEDBACK_DONE, opinion.key))
    return [line, actions(*buttons)]


def _message(text: str, strings: Strings) -> dict[str, Any]:
    return message_window(strings("inbox.title"), text, strings)
