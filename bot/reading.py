"""The sentences of the documents that were found: what an answer may be made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from vectorstore.sentences import split_sentences
from vectorstore.values import Passage, Version
from vectorstore.words import content_stems

WINDOW = 60_000
"""Code points of a version read around what was found; the rest of a longer one is not looked through."""


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a version: `text == version.text[start:end]`."""

    version: str
    """The id of the version."""
    index: int
    """Its place among the sentences that were read of this version."""
    start: int
    end: int
    text: str
    stems: tuple[str, ...]
    """Without stop words, in order."""
    paragraph: int
    """Equal for the sentences of one paragraph."""

    @property
    def key(self) -> tuple[str, int]:
        return self.version, self.start


@dataclass(frozen=True, slots=True)
class Reading:
    """A version that was found, read sentence by sentence."""

    version: Version
    passages: tuple[Passage, ...]
    """The passages found in it, best first."""
    lines: tuple[Line, ...]

    @property
    def rank(self) -> float:
        """The fused score of its best passage."""
        return self.passages[0].scores.fused

    def found(self, line: Line) -> float | None:
        """The best fused score of a passage that holds `line`, or None where none does."""
        scores = [p.scores.fused for p in self.passages if p.chunk.start < line.end and line.start < p.chunk.end]
        return max(scores, default=None)

    def table_head(self, line: Line) -> Line | None:
        """The first row of the table that `line` is a later row of, or None."""
        index = line.index
        while self.lines[index].text.startswith("|") and index and self.lines[index - 1].text.startswith("|"):
            index -= 1
        return self.lines[index] if index < line.index else None

    def heading(self, line: Line) -> str:
        holding = [p.chunk.heading for p in self.passages if p.chunk.start <= line.start < p.chunk.end]
        return holding[0] if holding else ""


def read(passages: Sequence[Passage]) -> list[Reading]:
    """The versions that `passages` come from, best first, each read once."""
    by_version: dict[str, list[Passage]] = {}
    for passage in passages:
        by_version.setdefault(passage.version.id, []).append(passage)
    readings = []
    for found in by_version.values():
        best = tuple(sorted(found, key=lambda passage: -passage.scores.fused))
        readings.append(Reading(best[0].version, best, _lines_near(best[0].version, best)))
    return sorted(readings, key=lambda reading: -reading.rank)


def _lines_near(version: Version, passages: Sequence[Passage]) -> tuple[Line, ...]:
    if len(version.text) <= WINDOW:
        return lines_of(version.id, version.text, version.language, 0)
    middle = passages[0].chunk.start
    start = max(0, version.text.rfind("\n", 0, max(0, middle - WINDOW // 2)) + 1)
    return lines_of(version.id, version.text[start : start + WINDOW], version.language, start)


@lru_cache(maxsize=256)
def lines_of(version: str, text: str, language: str | None, offset: int) -> tuple[Line, ...]:
    """The sentences of a stretch of a version's text, `offset` code points into it."""
    lines: list[Line] = []
    paragraph = 0
    for index, sentence in enumerate(split_sentences(text, language, offset)):
        if lines and "\n\n" in text[lines[-1].end - offset : sentence.start - offset].replace(" ", ""):
            paragraph += 1
        stems = tuple(content_stems(sentence.text))
        lines.append(Line(version, index, sentence.start, sentence.end, sentence.text, stems, paragraph))
    return tuple(lines)
