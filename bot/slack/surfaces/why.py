"""The "Why this answer?" window: what was searched, what was found and used, what was rejected, and how long it took."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.slack.blocks import Block, actions, bold, button, heading, quoted, rich_line, verbatim, words
from bot.slack.conversations import Conversations, Given
from bot.slack.language import Strings
from bot.slack.library import Context, Library
from bot.slack.payloads import channel_of, user_of, value_of
from bot.slack.readers import Readers
from bot.slack.surface import LEAVE_OUT, REPORT_SOURCE
from bot.slack.voice import Voice
from bot.slack.windows import message_window, open_and_fill, window
from bot.values import Answer, Found, Note, Rejection, Trace

_EXCERPT = 300
"""Characters of a passage that are shown."""
_BAR = 24
"""Characters of the longest bar."""


class Why:
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
            _message(strings("why.looking"), strings),
            lambda: self._view(id, user, channel, strings),
            lambda reference: _message(strings("why.failed", reference=reference), strings),
            f"why:{id}:{user}",
        )

    def _view(self, id: str, user: str, channel: str, strings: Strings) -> dict[str, Any]:
        given = self._conversations.find(id)
        if given is None or not self._readers.may_open(given, user, channel):
            return _message(strings("quotes.forgotten"), strings)
        readable = self._readers.scopes(given, user, channel)
        found = given.answer.trace.passages if given.answer.trace else ()
        contexts = {
            each.chunk: self._library.passage_around(each.version, each.start, each.end, readable) for each in found
        }
        return why_view(given, contexts, strings)


def why_view(given: Given, contexts: Mapping[str, Context | None], strings: Strings) -> dict[str, Any]:
    """`contexts` by chunk; None where the reader may not read it (any more): then nothing of it is told."""
    answer, trace = given.answer, given.answer.trace
    blocks = [*_searched(answer, strings), *_decided(answer, strings)]
    if trace:
        blocks += _passages(given.id, trace, contexts, strings)
    if answer.rejected and all(contexts.values()):
        blocks += [heading(strings("why.rejected")), *(_rejection(each, strings) for each in answer.rejected)]
    if answer.timings_ms:
        blocks += [heading(strings("why.time")), verbatim(chart(answer.timings_ms, strings))]
    return window(strings("why.title"), blocks, strings)


def chart(timings: Mapping[str, float], strings: Strings) -> str:
    """Milliseconds of each step as bars of text, one line for each, the total last."""
    steps = {_step(name, strings): value for name, value in timings.items()}
    longest = max((value for name, value in timings.items() if name != "total"), default=0.0) or 1.0
    width = max(map(len, steps), default=0)
    lines = []
    for (name, value), key in zip(steps.items(), timings, strict=True):
        bar = "" if key == "total" else "█" * max(1, round(_BAR * value / longest))
        lines.append(f"{name:<{width}} {bar:<{_BAR}} {strings.number(value, 1):>9} ms")
    return "\n".join(lines)


def _step(name: str, strings: Strings) -> str:
    return strings(f"why.step.{name}") if f"why.step.{name}" in strings.texts else name


def _searched(answer: Answer, strings: Strings) -> list[Block]:
    searched, scopes = answer.searched, answer.trace.scopes if answer.trace else ()
    documents, passages = strings.count("document", searched.documents), strings.count("passage", searched.passages)
    amount = strings("why.amount", documents=documents, passages=passages)
    places = f"{strings.listed([_place(scope, strings) for scope in scopes])}: " if scopes else ""
    return [_fact(strings("why.query"), searched.query), _fact(strings("why.where"), f"{places}{amount}")]


def _fact(name: str, value: str) -> Block:
    return rich_line(bold(name), words(f" {value}"))


def _place(scope: str, strings: Strings) -> str:
    return strings(f"scope.{scope.partition(':')[0]}")


def _decided(answer: Answer, strings: Strings) -> list[Block]:
    trace = answer.trace
    told = strings(f"why.composer.{answer.composer}") if answer.answered else strings("why.not_enough")
    facts = [_fact(strings("why.made"), told)]
    if trace:
        enough = strings("why.enough", evidence=strings.number(trace.evidence, 2), least=strings.number(0.5, 2))
        facts.append(_fact(strings("why.evidence"), enough))
    if trace and trace.reranker:
        told = strings("why.reranked" if trace.reranked else "why.not_reranked", name=trace.reranker)
        facts.append(_fact(strings("why.order"), told))
    if trace and trace.tokens:
        tokens = {"read": strings.number(trace.tokens[0]), "written": strings.number(trace.tokens[1])}
        told = strings("why.tokens", **tokens)
        cost = (
            strings("why.cost", amount=strings.number(trace.cost[0], 4), currency=trace.cost[1]) if trace.cost else ""
        )
        facts.append(_fact(strings("why.model"), f"{told}{cost}"))
    if trace and trace.without:
        facts.append(_fact(strings("why.without"), strings.count("passage", len(trace.without))))
    return facts


def _passages(id: str, trace: Trace, contexts: Mapping[str, Context | None], strings: Strings) -> list[Block]:
    if not trace.passages:
        return [heading(strings("why.nothing_found"))]
    blocks = [heading(strings("why.found"))]
    for n, each in enumerate(trace.passages, 1):
        blocks += _passage(id, n, each, contexts.get(each.chunk), strings)
    return blocks


def _passage(id: str, n: int, found: Found, context: Context | None, strings: Strings) -> list[Block]:
    if context is None:
        return [rich_line(words(f"{n}. {strings('quotes.not_shown')}"))]
    text = " ".join(context.quote.split())
    excerpt = text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}…"
    use = strings("why.used" if found.used else "why.unused")
    title = found.title[:200] or strings("answer.untitled")
    scores = strings(
        "why.scores",
        fused=strings.number(found.fused, 2),
        cosine=strings.number(found.cosine, 2),
        bm25=strings.number(found.bm25, 1),
    )
    if found.relevance is not None:
        scores += strings("why.relevance", relevance=strings.number(found.relevance, 2))
    return [
        rich_line(bold(f"{n}. {title}"), words(f"\n{_particulars(found, strings)}\n{use} · {scores}")),
        quoted(words(excerpt)),
        actions(
            button(strings("why.leave_out"), LEAVE_OUT, f"{id}:{found.chunk}"),
            button(strings("why.report"), REPORT_SOURCE, f"{id}:{found.chunk}"),
        ),
    ]


def _particulars(found: Found, strings: Strings) -> str:
    facts = [
        found.publisher or "",
        strings.day(found.published) if found.published else strings("answer.undated"),
        strings("answer.read", day=strings.day(datetime.fromisoformat(found.fetched).date())) if found.fetched else "",
    ]
    return " · ".join(fact for fact in facts if fact)


def _rejection(rejection: Rejection, strings: Strings) -> Block:
    reason = strings.note(rejection.reason) if isinstance(rejection.reason, Note) else rejection.reason
    return rich_line(
        words(f"{strings('check.quote', quote=rejection.text)} "), bold(strings("why.because", reason=reason))
    )


def _message(text: str, strings: Strings) -> dict[str, Any]:
    return message_window(strings("why.title"), text, strings)
