"""What a model left out: the denial or correction of what it says, in the documents' own words."""

from __future__ import annotations

from collections.abc import Sequence

from bot.disputes import contrary, goes_on
from bot.draft import Draft, Quote, verbatim
from bot.reading import Line, read
from bot.understand import understand
from vectorstore.values import Passage

LIMIT = 2
"""Contrary sentences that are added at most, each with the one it leads over to."""


def left_out(question: str, drafts: Sequence[Draft], passages: Sequence[Passage]) -> list[Draft]:
    """Sentences of `passages`' documents that speak against what `drafts` quote and are not quoted by them."""
    readings = {reading.version.id: reading for reading in read(passages)}
    quotes = [quote for draft in drafts for quote in draft.quotes if quote.version.id in readings]
    shown = [line for quote in quotes for line in readings[quote.version.id].lines if _touches(line, quote)]
    against: list[Line] = []
    for line, _ in contrary(shown, list(readings.values()), understand(question))[: LIMIT + len(shown)]:
        if line not in shown and line not in against and len(against) < LIMIT:
            against.append(line)
    added = [each for line in against for each in (line, goes_on(line, readings[line.version])) if each]
    fresh = [line for line in dict.fromkeys(added) if line not in shown]
    return [verbatim(Quote(readings[line.version].version, line.start, line.end)) for line in fresh]


def _touches(line: Line, quote: Quote) -> bool:
    return line.start < quote.end and quote.start < line.end
