"""Composes an answer out of whole sentences of the documents, so that every answer is true to its source."""

from __future__ import annotations

from collections.abc import Sequence

from bot.complete import needs_before
from bot.disputes import contrary, follow_on
from bot.draft import Draft, Quote, verbatim
from bot.reading import Line, Reading, read
from bot.relevance import Embed, Scored, rank
from bot.understand import understand
from vectorstore.values import Passage

LIMIT = 5
_WORTH_SHOWING = 0.72
"""A further sentence is shown when its score reaches this share of the best one's."""


def compose(question: str, passages: Sequence[Passage], *, embed: Embed, limit: int = LIMIT) -> list[Draft]:
    """The sentences that answer `question`, in the order of their documents; at most `limit`, empty for no passages.

    A sentence that opens with "he" or "the company" brings the one it leans on, and whatever denies or corrects a
    shown claim in the same documents is shown with it, before further sentences are.
    """
    asked = understand(question)
    readings = read(passages)
    ranked = rank(asked, readings, embed)
    if not ranked:
        return []
    by_version = {reading.version.id: reading for reading in readings}
    chosen: list[Line] = []
    for scored in _worth(ranked, limit):
        _add(chosen, _with_context(scored.line, by_version), limit)
        if len(chosen) >= limit:
            break
    chosen = _with_disputes(chosen, readings, by_version, asked_limit=limit, question=question)
    return [verbatim(_quote(line, by_version[line.version])) for line in _in_order(chosen, readings)]


def _worth(ranked: Sequence[Scored], limit: int) -> list[Scored]:
    best = ranked[0].score
    worthy = [scored for scored in ranked if scored.score >= _WORTH_SHOWING * best]
    distinct: list[Scored] = []
    for scored in worthy:
        if not any(repeats(scored.line, other.line) for other in distinct):
            distinct.append(scored)
    return distinct[:limit]


def repeats(one: Line, other: Line) -> bool:
    """Whether two sentences say the same in nearly the same words."""
    a, b = set(one.stems), set(other.stems)
    return one.text == other.text or len(a & b) >= 0.85 * len(a | b)


def _with_context(line: Line, by_version: dict[str, Reading]) -> list[Line]:
    reading = by_version[line.version]
    needed = [line]
    while len(needed) < 3 and needed[0].index and needs_before(needed[0]):
        needed.insert(0, reading.lines[needed[0].index - 1])
    return needed


def _add(chosen: list[Line], lines: Sequence[Line], limit: int) -> None:
    new = [line for line in lines if line.key not in {other.key for other in chosen}]
    if len(chosen) + len(new) <= limit:
        chosen.extend(new)
    elif len(chosen) < limit:
        chosen.extend(new[-1:])


def _with_disputes(
    chosen: list[Line], readings: Sequence[Reading], by_version: dict[str, Reading], *, asked_limit: int, question: str
) -> list[Line]:
    against = contrary(chosen, readings, understand(question))[:2]
    if not against:
        return chosen
    for line in list(against):
        against += [more for more in follow_on([line], by_version[line.version]) if more not in against]
    wanted = [line for line in dict.fromkeys(against) if line not in chosen][:3]
    kept = chosen[: max(1, asked_limit - len(wanted))]
    return [*kept, *wanted][:asked_limit]


def _in_order(chosen: Sequence[Line], readings: Sequence[Reading]) -> list[Line]:
    place = {reading.version.id: index for index, reading in enumerate(readings)}
    first = {line.version: position for position, line in reversed(list(enumerate(chosen)))}
    return sorted(chosen, key=lambda line: (first[line.version], place[line.version], line.start))


def _quote(line: Line, reading: Reading) -> Quote:
    holding = [p for p in reading.passages if p.chunk.start <= line.start < p.chunk.end] or list(reading.passages)
    return Quote(reading.version, line.start, line.end, holding[0].duplicates)
