"""Whether what was found is enough to answer: decided from several kinds of evidence, not from one score."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.reading import Reading, read
from bot.relevance import Embed, Scored, rank
from bot.understand import Asked, understand
from vectorstore.values import Passage
from vectorstore.words import content_stems, stems

THRESHOLD = 0.35
"""Shipped for every set of documents; see docs/design.md for what it costs on each side."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for answering."""

    score: float
    """In [0, 1]; higher is better."""
    enough: bool
    missing: tuple[str, ...]
    """Names, figures and words of the question that nothing found says anything of."""


def assess(question: str, passages: Sequence[Passage], *, embed: Embed) -> Evidence:
    """Weighs `passages` against `question`; no passages is no evidence."""
    asked = understand(question)
    readings = read(passages)
    ranked = rank(asked, readings, embed)
    if not ranked:
        return Evidence(0.0, False, missing=asked.names)
    missing = _missing(asked, readings)
    score = _probability(asked, ranked, missing)
    return Evidence(score, score >= THRESHOLD, missing)


def _probability(asked: Asked, ranked: Sequence[Scored], missing: Sequence[str]) -> float:
    best = ranked[0]
    lost = len({stem for part in missing for stem in stems(part)}) / max(1, len(asked.stems))
    odds = -3.5 + 4.0 * best.cosine + 3.0 * best.in_context + (0.6 if best.typed else -0.6) - 2.0 * lost
    return 1.0 / (1.0 + math.exp(-odds))


def _missing(asked: Asked, readings: Sequence[Reading]) -> tuple[str, ...]:
    """The names and numbers of the question that occur nowhere in the documents that were found."""
    said: set[str] = set()
    for reading in readings:
        said.update(stems(reading.version.title))
        for line in reading.lines:
            said.update(stems(line.text))
    return tuple(name for name in asked.names if not said & set(content_stems(name) or stems(name)))
