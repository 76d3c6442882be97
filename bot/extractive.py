"""Composes an answer out of whole sentences of the documents, so that every answer is true to its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.complete import needs_after, needs_before, points_to_somebody
from bot.disputes import contrary, goes_on, is_correction
from bot.draft import Draft, Quote, verbatim
from bot.kinds import Kind, figures, names
from bot.polarity import negated, turned_around
from bot.reading import Line, Reading, read
from bot.relevance import Embed, Scored, rank, states_something
from bot.speakers import speaker_asked_for, speaks
from bot.understand import Asked, parts, understand
from vectorstore.values import Passage, Version
from vectorstore.words import stems

LIMIT = 5
"""Sentences of an answer, at most."""
_WORTH_SHOWING = 0.8
"""A further sentence of the document that answers best is shown when its score reaches this share of the best one's."""
_WORTH_ADDING = 0.9
"""The same for a sentence of another document, and for one without the kind of fact that was asked for."""
_WORTH_HEARING = 0.8
"""The same for the first sentence of another document that holds the kind of thing that was asked for."""
_WORTH_HEARING_OF_A_FACT = 0.85
"""The same where that is one fact: who, when, where, how many."""
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
        _add(chosen, line, _with_what_it_leans_on(line, by_version[line.version]), limit)
    chosen = _with_disputes(chosen, readings, by_version, asked, limit)
    carried = {line: [by_version[copy.version].version for copy in copies] for line, copies in best.items()}
    return [
        verbatim(_quote(line, by_version[line.version], carried.get(line, ())))
        for line in _in_order(chosen, by_version)
    ]


def _best(question: str, readings: Sequence[Reading], embed: Embed) -> dict[Line, list[Line]]:
    """The sentences that answer, best first, with copies of them in other documents.

    Of several questions in one, each has its best sentence among the first.
    """
    asked = [understand(part) for part in parts(question)]
    ranked = [_worth(part, rank(part, readings, embed), readings) for part in asked]
    taking_turns = [
        one[place] for place in range(max(map(len, ranked), default=0)) for one in ranked if place < len(one)
    ]
    return _distinct(taking_turns)


def _distinct(lines: Sequence[Line]) -> dict[Line, list[Line]]:
    """Each sentence that is not a copy of an earlier one, with the copies of it."""
    found: dict[Line, list[Line]] = {}
    for line in lines:
        original = next((other for other in found if repeats(line, other)), None)
        if original is None:
            found[line] = []
        elif original.version != line.version:
            found[original].append(line)
    return found


def _worth(asked: Asked, ranked: Sequence[Scored], readings: Sequence[Reading]) -> list[Line]:
    """The sentences worth showing: more readily those of the document that answers best than those of others.

    Of a question for one fact, a sentence of another document must hold such a fact too; its first one need not be as near.
    """
    one_fact = bool(asked.kinds & _FACTS) and not (asked.lists or asked.speech)
    worth: list[Line] = []
    ranked = _spoken(asked, ranked, readings) or ranked
    for scored in ranked:
        heard = scored.line.version in {line.version for line in worth}
        share = _WORTH_SHOWING if not worth or scored.line.version == worth[0].version else _WORTH_ADDING
        if scored.typed and not heard:
            share = min(share, _WORTH_HEARING_OF_A_FACT if one_fact else _WORTH_HEARING)
        elif one_fact and not scored.typed:
            share = max(share, _WORTH_ADDING)
        if scored.score >= share * ranked[0].score:
            worth.append(scored.line)
    return worth


def _spoken(asked: Asked, ranked: Sequence[Scored], readings: Sequence[Reading]) -> list[Scored]:
    """Of a question for somebody's words, the sentences in which that one speaks, by name or as "he" after the name."""
    speaker = speaker_asked_for(asked.text)
    lines = {reading.version.id: reading.lines for reading in readings}
    found = []
    for scored in ranked if speaker else ():
        line = scored.line
        before = [each.text for each in lines[line.version][max(0, line.index - 2) : line.index]]
        named = speaker <= set(stems(" ".join(before))) and points_to_somebody(line)
        if speaks(line.text, speaker) or (named and speaks(line.text, frozenset())):
            found.append(scored)
    return found


_FACTS: frozenset[Kind] = frozenset({"person", "organisation", "place", "date", "number", "money", "duration"})


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


def _with_what_it_leans_on(line: Line, reading: Reading) -> list[Line]:
    """`line` after the sentence it leans on, and the one before that when nobody is named yet.

    A sentence that ends in a colon brings the next one.
    """
    needed = [line, *reading.lines[line.index + 1 : line.index + 2]] if needs_after(line) else [line]
    head = reading.table_head(line)
    if head:
        return [head, line]
    whole = len(needed) + 2
    while len(needed) < whole and needed[0].index and needs_before(needed[0]):
        before = reading.lines[needed[0].index - 1]
        if (needed[0] is not line and names(needed[0].text)) or not states_something(before.text):
            break
        needed.insert(0, before)
    return needed


def _add(chosen: list[Line], line: Line, lines: Sequence[Line], limit: int) -> None:
    """`line` comes with all `lines` it leans on; without room for them only if it can stand alone. The first always comes."""
    new = [each for each in lines if each not in chosen]
    if len(chosen) + len(new) <= limit:
        chosen.extend(new)
    elif not chosen:
        chosen.extend(new[-limit:])
    elif len(chosen) < limit and line in new and not points_to_somebody(line):
        chosen.append(line)


def _with_disputes(
    chosen: Sequence[Line], readings: Sequence[Reading], by_version: Mapping[str, Reading], asked: Asked, limit: int
) -> list[Line]:
    """`chosen` with what speaks against it; the least relevant sentences make room, never the first or a disputed one."""
    telling = [(line, claim) for line, claim in contrary(chosen, readings, asked) if _adds(line, chosen)][:_AGAINST]
    against: list[Line] = []
    for line, _ in telling:
        against += [each for each in (line, goes_on(line, by_version[line.version])) if each and each not in against]
    disputed = [claim for _, claim in telling]
    wanted = dict.fromkeys([*chosen[:1], *disputed[:1], *against, *disputed, *chosen])
    return list(wanted)[:limit]


def _adds(line: Line, chosen: Sequence[Line]) -> bool:
    return line in chosen or not any(repeats(line, other) for other in chosen)


def _in_order(chosen: Sequence[Line], by_version: Mapping[str, Reading]) -> list[Line]:
    """Document after document, the one of the best sentence first; as the document has them within each.

    A document that corrects or takes back goes before what it outranks.
    """
    order = list(dict.fromkeys(line.version for line in chosen))
    order.sort(key=lambda version: not is_correction(by_version[version]))
    return sorted(chosen, key=lambda line: (order.index(line.version), line.start))


def _quote(line: Line, reading: Reading, copies: Sequence[Version]) -> Quote:
    holding = [p for p in reading.passages if p.chunk.start <= line.start < p.chunk.end] or list(reading.passages)
    also = {version.id: version for version in (*holding[0].duplicates, *copies)}
    return Quote(reading.version, line.start, line.end, tuple(also.values()))
