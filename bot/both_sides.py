"""The other side of what an answer says: looked up where the question alone does not find it, added where a model left it out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.complete import needs_before
from bot.disputes import contrary, goes_on
from bot.draft import Draft, Quote, verbatim
from bot.reading import Line, read
from bot.relevance import Embed, Scored, rank
from bot.understand import understand
from vectorstore.values import Passage

Search = Callable[[str], Sequence[Passage]]
"""The passages found for a sentence, best first."""

LIMIT = 2
"""Contrary sentences that are added at most, each with the one it leads over to."""


def looked_up(question: str, passages: Sequence[Passage], *, search: Search, embed: Embed) -> list[Passage]:
    """`passages` and, behind them, those that deny, correct or contradict what answers the question best.

    A correction shares its words with the claim it corrects rather than with the question, so it is searched for by the claim.
    """
    readings = read(passages)
    asked = understand(question)
    known = {passage.chunk.id for passage in passages}
    added: dict[str, Passage] = {}
    lines = {reading.version.id: reading.lines for reading in readings}
    for claim in _claims(rank(asked, readings, embed)):
        leant_on = [lines[claim.version][claim.index - 1]] if claim.index and needs_before(claim) else []
        claimed = [*leant_on, claim]
        wanted = " ".join(line.text for line in claimed)
        fresh = [passage for passage in search(wanted) if passage.chunk.id not in known]
        for reading in read(fresh):
            against = contrary(claimed, [reading], asked, on_the_point=False)
            holding = [p for p in reading.passages for line, _ in against if p.chunk.start <= line.start < p.chunk.end]
            added |= {passage.chunk.id: passage for passage in holding[:1]}
    return [*passages, *list(added.values())[:_ADDED]]


_ADDED = 3
"""Passages that are added, at most."""
_CLAIMS = 3
"""Claims that are looked up, at most."""
_WORTH_LOOKING_UP = 0.7


def _claims(ranked: Sequence[Scored]) -> list[Line]:
    """The best sentence of each document that holds what was asked for: the others of it are near it in the same passages."""
    best: dict[str, Line] = {}
    for scored in sorted(ranked, key=lambda scored: not scored.typed):
        if scored.score >= _WORTH_LOOKING_UP * ranked[0].score:
            best.setdefault(scored.line.version, scored.line)
    return list(best.values())[:_CLAIMS]


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
