"""Whether two sentences say the same in nearly the same words."""

from __future__ import annotations

from bot.kinds import figures
from bot.polarity import negated, turned_around
from bot.reading import Line


def repeats(one: Line, other: Line) -> bool:
    """Whether two sentences say the same in nearly the same words; another figure or a "not" is not the same.

    In another document a sentence that only adds who carried it ("…, the paper reported") is a copy too.
    """
    a, b = set(one.stems), set(other.stems)
    if one.text == other.text:
        return True
    if set(figures(one.text)) != set(figures(other.text)) or negated(one.text) != negated(other.text):
        return False
    shorter = min(len(a), len(b))
    copied = one.version != other.version and shorter >= _WORDS_OF_A_COPY and len(a & b) >= 0.9 * shorter
    return (copied or len(a & b) >= 0.8 * len(a | b)) and not turned_around(one.stems, other.stems)


_WORDS_OF_A_COPY = 6
"""Shorter sentences are alike by chance."""
