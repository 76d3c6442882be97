"""A message that was checked, as messages: every sentence with its verdict, and what the documents say of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.check import Checked, Finding
from bot.slack.blocks import Atom, Block, Part, actions, button, link_atom, packed, text_atoms
from bot.slack.language import Strings
from bot.slack.mrkdwn import public_url
from bot.slack.surface import SHOW_QUOTES
from bot.values import Citation

ICONS: dict[Finding, str] = {
    "supported": "✅",
    "reported": "💬",
    "contradicted": "❌",
    "disputed": "⚖️",
    "not in the documents": "❓",
    "not a claim": "💭",
}
MANY = 8
"""Sentences from which on not every quote of each stands in the message; "Show quotes" has all of them."""
_KEYS: dict[Finding, str] = {finding: finding.replace(" ", "_") for finding in ICONS}


def check_parts(
    checked: Sequence[Checked], answer_id: str | None, notes: Sequence[str], strings: Strings
) -> list[Part]:
    """`answer_id`: under which its quotes are kept; None where there are none."""
    parts = packed([*_heading(checked, strings), *_sentences(checked, strings), *_notes(notes)])
    if answer_id is None:
        return parts
    last = parts[-1]
    quotes: Block = actions(button(strings("answer.show_quotes"), SHOW_QUOTES, answer_id))
    return [*parts[:-1], Part(last.text, (*last.blocks, quotes))]


def _heading(checked: Sequence[Checked], strings: Strings) -> Iterator[Atom]:
    counts = [
        f"{ICONS[finding]} {strings.number(number)}"
        for finding in ICONS
        if (number := sum(each.verdict == finding for each in checked))
    ]
    yield from text_atoms("body", 0, strings("check.heading", counts="  ".join(counts)), bold=True)


def _sentences(checked: Sequence[Checked], strings: Strings) -> Iterator[Atom]:
    for item, each in enumerate(checked, 1):
        verdict = strings(f"check.verdict.{_KEYS[each.verdict]}")
        yield from text_atoms("body", item, f"{ICONS[each.verdict]} {verdict} ", bold=True)
        yield from text_atoms("body", item, each.sentence)
        for citation in _shown(each, many=len(checked) > MANY):
            yield from _quote(item * 1000 + citation.n, citation, strings)


def _shown(checked: Checked, *, many: bool) -> tuple[Citation, ...]:
    """Of many sentences the first quote each, of both sides where there are two: what is private comes in few messages."""
    if not many or len(checked.citations) < 2:
        return checked.citations
    return (checked.citations[0], checked.citations[-1]) if checked.verdict == "disputed" else checked.citations[:1]


def _quote(item: int, citation: Citation, strings: Strings) -> Iterator[Atom]:
    yield from text_atoms("points", item, strings("check.quote", quote=" ".join(citation.quote.split())) + " ")
    url = public_url(citation.link, citation.url)
    title = (citation.title or strings("answer.untitled"))[:300]
    when = strings.day(citation.published) if citation.published else strings("answer.undated")
    yield link_atom("points", item, url, f"[{citation.n}] {title}", in_text=False)
    facts = " · ".join(fact for fact in (citation.publisher, when) if fact)
    yield from text_atoms("points", item, f" · {facts}")


def _notes(notes: Sequence[str]) -> Iterator[Atom]:
    for item, note in enumerate(notes):
        yield from text_atoms("notes", item, note)
