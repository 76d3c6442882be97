"""The "Show quotes" window: every citation in its passage, the quote in bold."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.slack.blocks import Block, actions, bold, button, pieces, plain_text, rich_line, words
from bot.slack.conversations import Conversations
from bot.slack.language import Strings
from bot.slack.library import Context, Library
from bot.slack.mrkdwn import public_url
from bot.slack.payloads import channel_of, user_of, value_of
from bot.slack.readers import Readers
from bot.slack.references import place_of
from bot.slack.surface import QUOTES_PAGE
from bot.slack.voice import Voice
from bot.slack.windows import MOST_BLOCKS, message_window, open_and_fill, window
from bot.values import Answer, Citation

_LONGEST_NEIGHBOUR = 1200
"""Characters of text shown on either side of a quote."""
_LONGEST_BLOCK = 2900
_LARGEST_WINDOW = 60_000
"""Characters of all blocks; Slack refuses windows that are much larger."""

_log = structlog.get_logger("footnote.slack")


class Quotes:
    def __init__(self, conversations: Conversations, library: Library, readers: Readers, voice: Voice) -> None:
        self._conversations = conversations
        self._library = library
        self._readers = readers
        self._voice = voice

    async def show(self, args: AsyncArgs) -> None:
        """Fill the window with what this person may read now."""
        id, user, channel = value_of(args.body), user_of(args.body), channel_of(args.body)
        strings = await asyncio.to_thread(self._voice.of_person, user)
        await open_and_fill(
            args.client,
            args.body["trigger_id"],
            _message(strings("quotes.looking"), strings),
            lambda: self._view(id, user, channel, 0, strings),
            lambda reference: _message(strings("quotes.failed", reference=reference), strings),
            f"quotes:{id}:{user}",
        )

    async def turn(self, args: AsyncArgs) -> None:
        """Another page of the window. Who may read what is looked up again."""
        user, (id, _, page) = user_of(args.body), value_of(args.body).partition(":")
        number = int(page) if page.isdecimal() else 0
        try:
            strings = await asyncio.to_thread(self._voice.of_person, user)
            view = await asyncio.to_thread(self._view, id, user, "", number, strings)
            await args.client.views_update(view_id=args.body["view"]["id"], view=view)
        except Exception as error:  # the edge of a listener
            _log.error("page_not_turned", answer=id, place=place_of(error))

    def _view(self, id: str, user: str, channel: str, page: int, strings: Strings) -> dict[str, Any]:
        given = self._conversations.find(id)
        if given is None or not self._readers.may_open(given, user, channel):
            return _message(strings("quotes.forgotten"), strings)
        readable = self._readers.scopes(given, user, channel)
        contexts = {
            each.n: self._library.passage_around(each.version, each.start, each.end, readable)
            for each in cited(given.answer)
        }
        return quotes_view(given.answer, contexts, strings, id=id, page=page)


def cited(answer: Answer) -> list[Citation]:
    """Every citation once, by its number."""
    return [
        citation
        for _, citation in sorted(
            {citation.n: citation for statement in answer.statements for citation in statement.citations}.items()
        )
    ]


def quotes_view(
    answer: Answer, contexts: Mapping[int, Context | None], strings: Strings, *, id: str = "", page: int = 0
) -> dict[str, Any]:
    """`contexts` by citation number; None where the reader may not read it (any more). `id`: of the answer."""
    entries = [quote_entry(each, contexts.get(each.n), strings) for each in cited(answer)]
    pages = _pages(entries) or [[rich_line(words(strings("quotes.none")))]]
    page = min(page, len(pages) - 1)
    turns = []
    if page:
        turns.append(actions(button(strings("home.previous"), QUOTES_PAGE, f"{id}:{page - 1}")))
    if page + 1 < len(pages):
        turns.append(actions(button(strings("quotes.more"), QUOTES_PAGE, f"{id}:{page + 1}")))
    return window(strings("quotes.title"), [*pages[page], *turns], strings)


def _pages(entries: Sequence[list[Block]]) -> list[list[Block]]:
    """The entries in order, each whole, as many as a window takes beside two buttons."""
    pages: list[list[Block]] = []
    filled = 0
    for entry in entries:
        size = sum(len(str(block)) for block in entry)
        if not pages or len(pages[-1]) + len(entry) > MOST_BLOCKS - 2 or filled + size > _LARGEST_WINDOW:
            pages.append([])
            filled = 0
        pages[-1] += entry[: MOST_BLOCKS - 2]
        filled += size
    return pages


def _message(text: str, strings: Strings) -> dict[str, Any]:
    return message_window(strings("quotes.title"), text, strings)


def quote_entry(citation: Citation, context: Context | None, strings: Strings) -> list[Block]:
    """The quote in its passage, who says it, where it stands and how fresh it is; of what one may not read, only that."""
    if context is None:
        return [rich_line(bold(f"[{citation.n}] "), words(strings("quotes.not_shown")))]
    when = strings.day(citation.published) if citation.published else strings("answer.undated")
    facts = [
        citation.publisher or "",
        when,
        strings("answer.read", day=strings.day(context.read.date())) if context.read else "",
    ]
    url = public_url(citation.link, citation.url)
    opening = [words(" · "), {"type": "link", "url": url, "text": strings("quotes.open_source")}] if url else []
    title = citation.title[:1000] or strings("answer.untitled")
    line = rich_line(
        bold(f"[{citation.n}] {title}"), words("\n" + " · ".join(fact for fact in facts if fact)), *opening
    )
    return [line, *_where(context, strings), *_passage(context), {"type": "divider"}]


def _where(context: Context, strings: Strings) -> list[Block]:
    """Headings and page, and a warning where the source says something else by now."""
    page = strings("quotes.page", page=strings.number(context.page)) if context.page else ""
    places = [place for place in (context.heading[:300], page) if place]
    notes = [plain_text(" · ".join(places))] if places else []
    if context.changed:
        notes.append(plain_text(strings("quotes.changed", day=strings.day(context.changed.date()))))
    return [{"type": "context", "elements": notes}] if notes else []


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
