"""The "Show quotes" modal: every citation in its passage, the quote in bold. Pure."""

from __future__ import annotations

from typing import Any

from bot.slack.blocks import Block, bold, pieces, plain_text, rich_line, words
from bot.slack.library import Context
from bot.slack.mrkdwn import public_url
from bot.values import Answer, Citation

_MOST_BLOCKS = 98
_LONGEST_NEIGHBOUR = 1200
"""Characters of text shown on either side of a quote."""
_LONGEST_BLOCK = 2900


def cited(answer: Answer) -> list[Citation]:
    """Every citation once, by its number."""
    return [
        citation
        for _, citation in sorted(
            {citation.n: citation for statement in answer.statements for citation in statement.citations}.items()
        )
    ]


def quotes_view(answer: Answer, contexts: dict[int, Context | None]) -> dict[str, Any]:
    """`contexts` by citation number; None where the reader may not read it (any more)."""
    blocks: list[Block] = []
    citations = cited(answer)
    for shown, citation in enumerate(citations):
        entry = _entry(citation, contexts.get(citation.n))
        if len(blocks) + len(entry) > _MOST_BLOCKS:
            blocks.append(rich_line(words(f"{len(citations) - shown} more quotes do not fit in this window.")))
            break
        blocks += entry
    return _modal("Quotes", blocks or [rich_line(words("This answer has no quotes."))])


def message_view(text: str) -> dict[str, Any]:
    return _modal("Quotes", [rich_line(words(text))])


def _entry(citation: Citation, context: Context | None) -> list[Block]:
    when = f"{citation.published.day} {citation.published:%B %Y}" if citation.published else "undated"
    particulars = " · ".join(fact for fact in (citation.publisher, when) if fact)
    url = public_url(citation.link, citation.url)
    opening = [words(" · "), {"type": "link", "url": url, "text": "open the source"}] if url else []
    title = citation.title[:1000] or "Untitled"
    heading = rich_line(bold(f"[{citation.n}] {title}"), words(f"  {particulars}"), *opening)
    if context is None:
        return [heading, rich_line(words("This passage cannot be shown to you (any more)."))]
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


def _modal(title: str, blocks: list[Block]) -> dict[str, Any]:
    return {"type": "modal", "title": plain_text(title), "close": plain_text("Close"), "blocks": blocks}
