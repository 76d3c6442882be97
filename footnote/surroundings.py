"""What stands around a quote: the whole sentences before and after it, as far as they fit."""

from __future__ import annotations

from vectorstore.sentences import split_sentences
from vectorstore.values import Version

CONTEXT_CHARACTERS = 600
"""How much of its passage is shown on each side of a quote, at most."""
NEIGHBOURS = 2
"""Sentences that are shown on each side of a quote."""


def around(version: Version, start: int, end: int) -> tuple[int, int]:
    """Where the whole sentences before and after a quote begin and end: NEIGHBOURS of each, as far as they fit."""
    base = max(0, start - CONTEXT_CHARACTERS)
    before = split_sentences(version.text[base:start], version.language, base)
    whole = [each for each in before if each.start > base or base == 0]
    after = split_sentences(version.text[end : end + CONTEXT_CHARACTERS], version.language, end)
    stop = end + CONTEXT_CHARACTERS
    whole_after = [each for each in after if each.end < stop or stop >= len(version.text)]
    first = whole[-NEIGHBOURS:][0].start if whole else _boundary(version.text, base, forward=True, limit=start)
    limit = min(len(version.text), stop)
    last = whole_after[:NEIGHBOURS][-1].end if whole_after else _boundary(version.text, limit, forward=False, limit=end)
    return first, last


def _boundary(text: str, position: int, *, forward: bool, limit: int) -> int:
    """The nearest place between words from `position` towards `limit`."""
    step = 1 if forward else -1
    while 0 < position < len(text) and position != limit and not text[position - 1 if forward else position].isspace():
        position += step
    return position
