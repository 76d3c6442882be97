"""The key points of one document: sentences of its own, from every section of it, with what it says against them."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.complete import needs_before
from bot.disputes import contrary
from bot.draft import Draft, Quote, verbatim
from bot.reading import Line, Reading, lines_of
from bot.relevance import Embed
from bot.understand import understand
from vectorstore.values import Version

LIMIT = 8
CANDIDATES = 120
"""Sentences that are embedded for one summary, at most; taken from every section of a longer document."""
_FEWEST_WORDS = 6
_FEWEST_AFTER_A_LABEL = 12
_LABEL = re.compile(r"^\W*\w+(?: \w+)?: ")
"""As in "Place: town hall", "Published on: 3 March"."""
_HEADING = re.compile(r"^\s*#{1,6}\s")


@dataclass(frozen=True, slots=True)
class _Point:
    line: Line
    section: int
    weight: float
    """How much of the document it stands for; higher is better."""
    vector: NDArray[np.float32]


def summarize(version: Version, *, embed: Embed, limit: int = LIMIT) -> list[Draft]:
    """At most `limit` sentences of the document in their order; empty for a text without sentences."""
    lines = lines_of(version.id, version.text, version.language, 0)
    points = _points(version, lines, embed)
    chosen = _choose(points, limit)
    reading = Reading(version, (), lines)
    against = [line for line, _ in contrary(chosen, [reading], understand(version.title)) if line not in chosen][:2]
    kept = _completed([*against, *chosen], lines, limit)
    return [verbatim(Quote(version, line.start, line.end)) for line in sorted(kept, key=lambda line: line.start)]


def _points(version: Version, lines: Sequence[Line], embed: Embed) -> list[_Point]:
    sections = _sections(lines)
    told = [(line, section) for line, section in zip(lines, sections, strict=True) if _tells(line)]
    if len(told) > CANDIDATES:
        told = [told[index * len(told) // CANDIDATES] for index in range(CANDIDATES)]
    if not told:
        return []
    vectors = embed([version.title, *(line.text for line, _ in told)])
    title, sentences = vectors[0], vectors[1:]
    centre = sentences.mean(axis=0)
    centre /= float(np.linalg.norm(centre)) or 1.0
    common = _common([line for line, _ in told])
    openings = {
        line.key for index, line in enumerate(lines) if index == 0 or lines[index - 1].paragraph != line.paragraph
    }
    points = []
    for (line, section), vector in zip(told, sentences, strict=True):
        place = told.index((line, section)) / len(told)
        weight = (
            0.45 * float(vector @ centre)
            + 0.20 * float(vector @ title)
            + 0.20 * common[line.key]
            + 0.20 * math.exp(-6 * place)
            + (0.05 if line.key in openings else 0.0)
        )
        points.append(_Point(line, section, weight, vector))
    return points


def _sections(lines: Sequence[Line]) -> list[int]:
    """The number of the section each line belongs to; where there are no headings, a stretch of five paragraphs is one."""
    headed = any(_HEADING.match(line.text) for line in lines)
    section, sections = 0, []
    for line in lines:
        if _HEADING.match(line.text):
            section += 1
        sections.append(section if headed else line.paragraph // 5)
    return sections


def _tells(line: Line) -> bool:
    """Whether it is a sentence and not a heading, a byline or a table row."""
    return (
        len(line.text.split()) >= (_FEWEST_AFTER_A_LABEL if _LABEL.match(line.text) else _FEWEST_WORDS)
        and not line.text.startswith(("#", "|"))
        and line.text.rstrip()[-1] in ".!?”\"’')…"
    )


def _common(lines: Sequence[Line]) -> dict[tuple[str, int], float]:
    """How much a sentence is made of the words the document keeps using, in [0, 1] (SumBasic's idea)."""
    often = Counter(stem for line in lines for stem in set(line.stems))
    raw = {line.key: float(np.mean([often[stem] for stem in line.stems])) if line.stems else 0.0 for line in lines}
    most = max(raw.values(), default=1.0) or 1.0
    return {key: value / most for key, value in raw.items()}


def _choose(points: Sequence[_Point], limit: int) -> list[Line]:
    """The best of each section first, the largest sections first, then the best that say something new."""
    chosen: list[_Point] = []
    sizes = Counter(point.section for point in points)
    for section, _ in sizes.most_common(limit):
        chosen.append(max((point for point in points if point.section == section), key=lambda point: point.weight))
    rest = [point for point in points if point not in chosen]
    while rest and len(chosen) < limit:
        best = max(
            rest, key=lambda point: point.weight - 0.5 * max(float(point.vector @ other.vector) for other in chosen)
        )
        rest.remove(best)
        if max(float(best.vector @ other.vector) for other in chosen) < 0.9:
            chosen.append(best)
    return [point.line for point in sorted(chosen, key=lambda point: -point.weight)]


def _completed(chosen: Sequence[Line], lines: Sequence[Line], limit: int) -> list[Line]:
    """`chosen` with the sentences they lean on, while there is room; one without room for those is left out.

    What needs two others goes last, so that it does not take the place of other sections.
    """
    found: list[Line] = []
    for needed in sorted(
        (_with_what_it_leans_on(line, lines) for line in chosen), key=lambda group: len(group) > _LEANT_ON
    ):
        new = [each for each in needed if each not in found]
        if len(found) + len(new) <= limit:
            found += new
    return found


def _with_what_it_leans_on(line: Line, lines: Sequence[Line]) -> list[Line]:
    needed = [line]
    while needed[0].index and needs_before(needed[0]) and len(needed) <= _LEANT_ON:
        needed.insert(0, lines[needed[0].index - 1])
    return needed


_LEANT_ON = 2
"""Sentences before a point that it may bring: "He also said" leans on "Last year he said", and that on who he is."""
