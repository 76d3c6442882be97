"""Composes an answer out of whole sentences of the documents, so that every answer is true to its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.complete import needs_before
from bot.disputes import contrary, goes_on
from bot.draft import Draft, Quote, verbatim
from bot.kinds import figures, names
from bot.polarity import negated, turned_around
from bot.reading import Line, Reading, read
from bot.relevance import Embed, Scored, rank
from bot.understand import Asked, parts, understand
from vectorstore.values import Passage

LIMIT = 5
"""Sentences of an answer, at most."""
_WORTH_SHOWING = 0.8
"""A further sentence is shown when its score reaches this share of the best one's."""
_AGAINST = 2
"""Denials and corrections beside an answer, at most; each may bring the sentence that goes on with it."""


def compose(question: str, passages: Sequence[Passage], *, embed: Embed, limit: int = LIMIT) -> list[Draft]:
    """The sentences that answer `question`, in the order of their documents; at most `limit`, empty for no passages.

    A sentence that opens with "he" or "the company" brings the one it leans on, and whatever denies or corrects a
    shown claim in the same documents is shown with it, before further sentences are.
    """
    readings = read(passages)
    by_version = {reading.version.id: reading for reading in readings}
    asked = understand(question)
    best = _best(question, readings, embed)
    if not best:
        return []
    chosen: list[Line] = []
    for line in best:
        _add(chosen, _with_what_it_leans_on(line, by_version[line.version]), limit)
    chosen = _with_disputes(chosen, readings, by_version, asked, limit)
    return [verbatim(_quote(line, by_version[line.version])) for line in _in_order(chosen)]


def _best(question: str, readings: Sequence[Reading], embed: Embed) -> list[Line]:
    """The sentences that answer, best first; of several questions in one, each has its best sentence among the first."""
    ranked = [_worth(rank(understand(part), readings, embed)) for part in parts(question)]
    taking_turns = [
        one[place] for place in range(max(map(len, ranked), default=0)) for one in ranked if place < len(one)
    ]
    distinct: list[Line] = []
    for line in taking_turns:
        if not any(repeats(line, other) for other in distinct):
            distinct.append(line)
    return distinct


def _worth(ranked: Sequence[Scored]) -> list[Line]:
    return [scored.line for scored in ranked if scored.score >= _WORTH_SHOWING * ranked[0].score]


def repeats(one: Line, other: Line) -> bool:
    """Whether two sentences say the same in nearly the same words; another figure or a "not" is not the same."""
    a, b = set(one.stems), set(other.stems)
    if one.text == other.text:
        return True
    if len(a & b) < 0.8 * len(a | b) or set(figures(one.text)) != set(figures(other.text)):
        return False
    return negated(one.text) == negated(other.text) and not turned_around(one.stems, other.stems)


def _with_what_it_leans_on(line: Line, reading: Reading) -> list[Line]:
    """`line` after the sentence it leans on, and the one before that when nobody is named yet."""
    needed = [line]
    while len(needed) < 3 and needed[0].index and needs_before(needed[0]):
        if len(needed) == 2 and names(needed[0].text):
            break
        needed.insert(0, reading.lines[needed[0].index - 1])
    return needed


def _add(chosen: list[Line], lines: Sequence[Line], limit: int) -> None:
    """A sentence comes with all it leans on or, when there is no room for it, not at all; the first always comes."""
    new = [line for line in lines if line not in chosen]
    if len(chosen) + len(new) <= limit:
        chosen.extend(new)
    elif not chosen:
        chosen.extend(new[-limit:])


def _with_disputes(
    chosen: Sequence[Line], readings: Sequence[Reading], by_version: Mapping[str, Reading], asked: Asked, limit: int
) -> list[Line]:
    """`chosen` with what speaks against it; the least relevant sentences make room, never the first."""
    against: list[Line] = []
    for line in contrary(chosen, readings, asked)[:_AGAINST]:
        against += [each for each in (line, goes_on(line, by_version[line.version])) if each and each not in against]
    new = [line for line in against if line not in chosen][: max(0, limit - 1)]
    kept = list(chosen[: limit - len(new)])
    return [*kept, *new]


def _in_order(chosen: Sequence[Line]) -> list[Line]:
    """Document after document, the one of the best sentence first; as the document has them within each."""
    order = list(dict.fromkeys(line.version for line in chosen))
    return sorted(chosen, key=lambda line: (order.index(line.version), line.start))


def _quote(line: Line, reading: Reading) -> Quote:
    holding = [p for p in reading.passages if p.chunk.start <= line.start < p.chunk.end] or list(reading.passages)
    return Quote(reading.version, line.start, line.end, holding[0].duplicates)
