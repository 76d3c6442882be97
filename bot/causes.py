"""Causes that no "because" announces: what police, inquiries and firms believe, found or blame."""

from __future__ import annotations

from collections.abc import Sequence

from bot.disputes import denies
from bot.kinds import SUPPOSED
from bot.polarity import negated
from bot.relevance import Scored
from bot.understand import Asked

_OF_THE_EVENT = 0.6
"""Share of what the best document holds of the question's words, for one that is of the same event."""
_NEAR_ENOUGH = 0.4
"""Share of the best sentence's score."""
_TOLD = 0.3
"""Share of the question's words in a sentence that gives its reason in so many words."""
_AT_MOST = 2


def supposes(text: str) -> bool:
    """Whether somebody tells there what he takes for the cause, or what was done wrong."""
    return bool(SUPPOSED.search(text))


def causes(asked: Asked, ranked: Sequence[Scored]) -> list[Scored]:
    """Of a question for a reason that the best sentence does not give, those that suppose one, in documents on the same."""
    if "reason" not in asked.kinds or not ranked:
        return []
    best = ranked[0]
    if best.typed and best.coverage >= _TOLD and not (denies(best.line) or negated(best.line.text)):
        return []
    most = max(scored.in_document for scored in ranked)
    return [
        scored
        for scored in ranked
        if supposes(scored.line.text)
        and scored.in_document >= _OF_THE_EVENT * most
        and scored.score >= _NEAR_ENOUGH * best.score
    ][:_AT_MOST]
