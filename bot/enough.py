"""Whether what was found is enough to answer: decided from several kinds of evidence, not from one score.

Similarity cannot tell alone: questions the documents do not answer reach a higher cosine than many they do. What tells is
what is amiss: a name, a figure or a word of the question that is not near the best sentence, a "not" that the sentence does
not say, the opposite of what was asked, nothing of the kind that would be an answer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.counting import counted, counts, speaks_of
from bot.entries import entries_asked_for
from bot.kinds import degrees, figures
from bot.listing import listed
from bot.polarity import negated, turned_around
from bot.reading import Line, Reading, read
from bot.relevance import Embed, Scored, holds_kind, is_held, rank
from bot.sections import answering_section
from bot.understand import Asked, asking, claims, is_open, parts, understand
from bot.word_lists import LIGHT
from vectorstore.values import Passage, Version
from vectorstore.words import content_stems, stems

THRESHOLD = 0.5
"""Shipped for every set of documents; what it costs on either side is in evals/README.md."""

_EVEN = 0.92
"""The sum of the evidence at which the score is 0.5: about one in fourteen answerable questions lies below."""
_STEEP = 4.0
_FEW_WORDS = 4
_VERY_FEW_WORDS = 3
_BEST = 3
"""Sentences that are weighed, best first; the one that meets the question best speaks for all."""
_OTHERS = 5
"""Sentences after the best one that it is held against."""
_NEAR = 2
"""Sentences before and after the best one that count as near it."""

# What each kind of evidence is worth beside the cosine of the best passage, which counts as it is; see docs/design.md.
_MEANING, _MARGIN = 1.4, 0.2
_LOST_WORDS, _LOST_NAME, _LOST_FIGURE, _UNHEARD_NAME = 0.5, 0.12, 0.15, 0.2
_LOST_WORDS_OF_A_CLAIM = 0.2
"""A claim says more than a question does, and what bears on it seldom says all of that."""
_OF_A_LIGHT_WORD = 0.3
"""What a lost word that only carries the question along ("steps", "take", "available") counts for, as a share of another."""
_NAMES_MET, _ALL_MET, _TYPED = 0.15, 0.2, 0.08
_OF_A_CLAIM = 0.03
"""For a claim, which asks for nothing of a kind."""
_NONE_LOST = 0.03
_ANOTHER_DEGREE, _FIGURE_ELSEWHERE = 0.2, 0.1
_OVERLONG = 0.006
"""For each word of the best sentence beyond twenty: a list that was not cut is like anything."""
_LONG = 20
_SHORTER = 0.15
"""For each word that a question wholly in the sentence has fewer than three."""
_NOT_DENIED, _TURNED_AROUND, _NO_FOCUS, _NO_COUNT = 1.6, 0.5, 0.9, 1.2


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for answering."""

    score: float
    """In [0, 1]; higher is better."""
    enough: bool
    missing: tuple[str, ...]
    """What of the question nothing that was found speaks of: a name, or one of several questions in one."""
    in_parts: bool = False
    """Whether `missing` are questions."""


def assess(question: str, passages: Sequence[Passage], *, embed: Embed) -> Evidence:
    """Weighs `passages` against `question`; no passages is no evidence.

    Of several questions in one, the best answered decides, and those without an answer are `missing`.
    """
    readings = read(passages)
    asked = [understand(part) for part in parts(question)]
    scores = [_score(part, readings, rank(part, readings, embed)) for part in asked]
    best = max(scores, default=0.0)
    in_parts = len(asked) > 1 and best >= THRESHOLD
    if in_parts:
        missing = tuple(part.text for part, score in zip(asked, scores, strict=True) if score < THRESHOLD)
    else:
        missing = _unnamed(understand(asking(question)), readings)
    return Evidence(best, best >= THRESHOLD, missing, in_parts)


def _score(asked: Asked, readings: Sequence[Reading], ranked: Sequence[Scored]) -> float:
    """`ranked`: the sentences of `readings` by how much they say about the question."""
    if not ranked or not asked.stems:  # nothing found, or nothing asked: an emoji, a question mark
        return 0.0
    core = understand(asking(asked.text))
    if any(_asks_only_what_it_says(core, reading.version) for reading in readings):
        return _SURE
    if listed(core, readings) or answering_section(core, readings) or entries_asked_for(core, readings):
        return _SURE
    by_version = {reading.version.id: reading for reading in readings}
    met = [
        (_MEANING * scored.cosine + _met(core, scored.line, by_version[scored.line.version]), scored)
        for scored in ranked[:_BEST]
    ]
    best, speaker = max(met, key=lambda pair: pair[0])
    total = max(passage.scores.cosine for reading in readings for passage in reading.passages) + best
    total -= _contrary(core, speaker.line, by_version[speaker.line.version])
    total -= _UNHEARD_NAME * len(_unnamed(core, readings))
    if core.focus and not is_held(core.focus, _said(readings)):
        total -= _NO_FOCUS
    what = counted(core.text)
    of_it = _of_what_is_named(core, readings)
    counting = (s for s in ranked if s.line.version in of_it)
    if what and not any(counts(scored.line, by_version[scored.line.version], core, what) for scored in counting):
        total -= _NO_COUNT
    total += _MARGIN * _margin(ranked)
    if core.decides or (core.kinds and any(scored.typed for scored in ranked[:_BEST])):
        total += _TYPED  # "yes" and "no" are of no kind that a sentence could lack
    total += _OF_A_CLAIM if claims(core.text) else 0.0
    return 1.0 / (1.0 + math.exp(-_STEEP * (total - _EVEN)))


def _of_what_is_named(asked: Asked, readings: Sequence[Reading]) -> set[str]:
    """The versions that speak of all names of the question; every version where none does."""
    named = {stem for name in asked.names for stem in content_stems(name)}
    found = {reading.version.id for reading in readings if speaks_of(reading, named)}
    return found or {reading.version.id for reading in readings}


def _margin(ranked: Sequence[Scored]) -> float:
    """How far the best sentence stands out from those after it: where all are equally near, none need be the answer."""
    others = [scored.cosine for scored in ranked[1 : _OTHERS + 1]]
    return ranked[0].cosine - sum(others) / len(others) if others else 0.0


def _met(asked: Asked, line: Line, reading: Reading) -> float:
    """What a sentence, its neighbours and the title hold of the question's words, less what they do not."""
    nearby = reading.lines[max(0, line.index - _NEAR) : line.index + _NEAR + 1]
    title = content_stems(f"{_byline(reading.version)} {reading.heading(line)}")
    held = {stem for other in nearby for stem in other.stems}.union(title)
    lost = [stem for stem in asked.stems if stem != asked.sought and not is_held(stem, held)]
    named = {stem for name in asked.names for stem in content_stems(name)}
    said = figures(" ".join(other.text for other in nearby))
    met = _NONE_LOST if not lost else 0.0
    met += _NAMES_MET if named and named <= {*line.stems, *title} else 0.0
    if len(asked.stems) <= _FEW_WORDS and all(is_held(stem, line.stems) for stem in asked.stems):
        met += _ALL_MET  # a short question cannot be like a long sentence
        if holds_kind(asked, line.text) and asked.kinds:
            met += _SHORTER * max(0, _VERY_FEW_WORDS - len(asked.stems))
    met -= _LOST_NAME * len(named.intersection(lost))
    share_lost = sum(_OF_A_LIGHT_WORD if stem in LIGHT else 1.0 for stem in lost) / len(asked.stems)
    if claims(asked.text):
        met -= _LOST_WORDS_OF_A_CLAIM * share_lost
    else:
        met -= _LOST_WORDS * share_lost + _OVERLONG * max(0, len(line.stems) - _LONG)
        met -= _ANOTHER_DEGREE if degrees(asked.text) - degrees(line.text) else 0.0
        met -= _FIGURE_ELSEWHERE if set(asked.figures) - set(figures(line.text)) else 0.0
    return met - _LOST_FIGURE * sum(1 for figure in asked.figures if figure not in said)


def _contrary(asked: Asked, line: Line, reading: Reading) -> float:
    """What the best sentence says the other way round: no "not" where the question has one, or the opposite word.

    Whether something is so is answered by its contrary too, so only what asks for something unknown is weighed.
    """
    if not is_open(asked.text):
        return 0.0
    denied = negated(line.text) or _CEASED.search(f"{reading.heading(line)} {line.text}")
    contrary = _NOT_DENIED if negated(_asking_clauses(asked.text)) and not denied else 0.0
    return contrary + (_TURNED_AROUND if turned_around(stems(asked.text), stems(line.text)) else 0.0)


def _asking_clauses(question: str) -> str:
    """Without what is only told: "The pump does not start, what should I do?" asks for nothing that is not."""
    return " ".join(clause for clause in _CLAUSE_ENDS.split(question) if is_open(clause)) or question


_CEASED = re.compile(
    r"\b(?:remov\w+|dropped|discontinued|lapses?|expires?|abolished|deprecated|forfeit\w*)\b", re.IGNORECASE
)
"""Says as much as "no longer"."""
_CLAUSE_ENDS = re.compile(r"[,;.]\s+")


def _said(readings: Sequence[Reading]) -> set[str]:
    """Every word of the documents that were found, without stop words."""
    said = {stem for reading in readings for stem in content_stems(_byline(reading.version))}
    return said.union(*(line.stems for reading in readings for line in reading.lines))


def _asks_only_what_it_says(asked: Asked, version: Version) -> bool:
    """ "What did the Courier report in March?" names no matter that could be missing, and is answered by any report of it."""
    publisher = set(content_stems(version.publisher or ""))
    said = set(asked.stems)
    about = said - publisher - set(content_stems(_day(version)))
    return asked.speech and bool(said & publisher) and all(stem in _SPEECH for stem in about)


def _byline(version: Version) -> str:
    """Title, publisher and day: they answer to a question's words like the text does."""
    return f"{version.title} {version.publisher or ''} {_day(version)}"


def _day(version: Version) -> str:
    return f"{version.published:%B} {version.published.year}" if version.published else ""


_SPEECH = frozenset(
    stems(
        "say said report reported reports write wrote written publish published print printed cover covered claim article story"
    )
)
_SURE = 0.9


def _unnamed(asked: Asked, readings: Sequence[Reading]) -> tuple[str, ...]:
    """The names of the question that occur nowhere in the documents that were found."""
    said = _said(readings)
    return tuple(name for name in asked.names if not said.intersection(content_stems(name) or stems(name)))
