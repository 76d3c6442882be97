"""The "Show quotes" window: every citation in its passage, the quote in bold."""

from __future__ import annotations

import asyncio
from typing import Any

from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.slack.audience import People, reader_scopes
from bot.slack.blocks import Block, bold, pieces, rich_line, words
from bot.slack.conversations import Conversations
from bot.slack.language import Strings
from bot.slack.library import Context, Library
from bot.slack.mrkdwn import public_url
from bot.slack.payloads import channel_of, user_of, value_of
from bot.slack.viewing import Viewing
from bot.slack.voice import Voice
from bot.slack.windows import MOST_BLOCKS, message_window, open_and_fill, window
from bot.values import Answer, Citation

_LONGEST_NEIGHBOUR = 1200
"""Characters of text shown on either side of a quote."""
_LONGEST_BLOCK = 2900


class Quotes:
    def __init__(
        self,
        conversations: Conversations,
        library: Library,
        people: People,
        viewing: Viewing,
        voice: Voice,
        admins: frozenset[str],
    ) -> None:
        self._conversations = conversations
        self._library = library
        self._people = people
        self._viewing = viewing
        self._voice = voice
        self._admins = admins

    async def show(self, args: AsyncArgs) -> None:
        """Fill the window with what this person may read now."""
        id, user, channel = value_of(args.body), user_of(args.body), channel_of(args.body)
        strings = await asyncio.to_thread(self._voice.of_person, user)
        await open_and_fill(
            args.client,
            args.body["trigger_id"],
            _message(strings("quotes.looking"), strings),
            lambda: self._view(id, user, channel, strings),
            lambda reference: _message(strings("quotes.failed", reference=reference), strings),
            f"quotes:{id}:{user}",
        )

    def _view(self, id: str, user: str, channel: str, strings: Strings) -> dict[str, Any]:
        given = self._conversations.find(id)
        if given is None or not given.is_open_to(user, channel):
            return _message(strings("quotes.forgotten"), strings)
        thread = given.thread_ts if given.channel == channel else None
        own = reader_scopes(self._people.find(user), channel, self._admins, thread)
        readable = (*own, *self._viewing.scopes_of(given.answer, user))
        contexts = {
            each.n: self._library.passage_around(each.version, each.start, each.end, readable)
            for each in cited(given.answer)
        }
        return quotes_view(given.answer, contexts, strings)


def cited(answer: Answer) -> list[Citation]:
    """Every citation once, by its number."""
    return [
        citation
        for _, citation in sorted(
            {citation.n: citation for statement in answer.statements for citation in statement.citations}.items()
        )
    ]


def quotes_view(answer: Answer, contexts: dict[int, Context | None], strings: Strings) -> dict[str, Any]:
    """`contexts` by citation number; None where the reader may not read it (any more)."""
    blocks: list[Block] = []
    citations = cited(answer)
    for shown, citation in enumerate(citations):
        entry = quote_entry(citation, contexts.get(citation.n), strings)
        if len(blocks) + len(entry) > MOST_BLOCKS:
            blocks.append(rich_line(words(strings("quotes.more", number=len(citations) - shown))))
            break
        blocks += entry
    return window(strings("quotes.title"), blocks or [rich_line(words(strings("quotes.none")))], strings)


def _message(text: str, strings: Strings) -> dict[str, Any]:
    return message_window(strings("quotes.title"), text, strings)


def quote_entry(citation: Citation, context: Context | None, strings: Strings) -> list[Block]:
    when = strings.day(citation.published) if citation.published else strings("answer.undated")
    particulars = " · ".join(fact for fact in (citation.publisher, when) if fact)
    url = public_url(citation.link, citation.url)
    opening = [words(" · "), {"type": "link", "url": url, "text": strings("quotes.open_source")}] if url else []
    title = citation.title[:1000] or strings("answer.untitled")
    heading = rich_line(bold(f"[{citation.n}] {title}"), words(f"  {particulars}"), *opening)
    if context is None:
        return [heading, rich_line(words(strings("quotes.not_shown")))]
    return [heading, *_passage(context), {"type": "divider"}]


def _passage(context: Context) -> list[Block]:
    before, after = context.before[-_LONGEST_NEIGHBOUR:], context.after[:_LONGEST_NEIGHBOUR]
    before = f"…{before}" if len(before) < len(context.before) else before
    after = f"{after}…" if len(after) < len(context.after) else after
    elements = [words(before)] if before else []
    elements += [bold(piece) for piece in pieces(context.quote, _LONGEST_BLOCK)]
    elements += [words(after)] if after else []
    return [
        {"type": "rich_text", "elements": [{"type": "rich_text_quote", "elements": each}]} for each in _split(elements)
    ]


def _split(elements: list[Block]) -> list[list[Block]]:
    """Elements in their order, in groups of at most 2,900 characters."""
    groups: list[list[Block]] = []
    size = 0
    for element in elements:
        if not groups or size + len(element["text"]) > _LONGEST_BLOCK:
            groups.append([])
            size = 0
        groups[-1].append(element)
        size += len(element["text"])
    return groups
