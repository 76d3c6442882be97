"""The sentences of the documents that were found: what an answer may be made of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
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
    section: int = -1
    """The index of the heading that it stands under; -1 where there is none."""

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

    def is_table_head(self, line: Line) -> bool:
        """Whether it is the first row of a table that has others."""
        index = line.index
        follows = index + 1 < len(self.lines) and self.lines[index + 1].text.startswith("|")
        return line.text.startswith("|") and follows and not (index and self.lines[index - 1].text.startswith("|"))

    def is_title(self, line: Line) -> bool:
        """Whether it is the document's title once more."""
        return line.text.strip("#* ") == self.version.title.strip()

    def section(self, line: Line) -> Line | None:
        """The heading in the text that `line` stands under."""
        return self.lines[line.section] if line.section >= 0 else None

    def heading(self, line: Line) -> str:
        section = self.section(line)
        if section:
            return section.text
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
    for sentence in split_sentences(text, language, offset):
        start = sentence.start
        if lines and "\n\n" in text[lines[-1].end - offset : start - offset].replace(" ", ""):
            paragraph += 1
        elif lines and _ONLY_YES_OR_NO.fullmatch(lines[-1].text):
            start = lines.pop().start
        said = text[start - offset : sentence.end - offset]
        lines.append(Line(version, len(lines), start, sentence.end, said, tuple(content_stems(said)), paragraph))
    return _under_headings(lines)


_ONLY_YES_OR_NO = re.compile(r"(?:yes|no)[.!]", re.IGNORECASE)
"""Says nothing without the sentence after it, which it decides."""


def _under_headings(lines: Sequence[Line]) -> tuple[Line, ...]:
    sizes = Counter(line.paragraph for line in lines)
    section, found = -1, []
    for line in lines:
        if is_heading(line.text, alone=sizes[line.paragraph] == 1) or _is_numbered_heading(line, lines):
            section = line.index
            found.append(line)
        else:
            found.append(replace(line, section=section))
    return tuple(found)


def _is_numbered_heading(line: Line, lines: Sequence[Line]) -> bool:
    """ "3. Bees" right above its text, and not an item of a list of such."""
    following = lines[line.index + 1 : line.index + 2]
    numbered = _NUMBERED.match(line.text) and line.text[-1].isalnum() and len(line.text.split()) <= _LONGEST_HEADING
    return bool(numbered and following and not _NUMBERED.match(following[0].text))


_NUMBERED = re.compile(r"\d{1,3}[.)]\s")


def is_heading(text: str, *, alone: bool) -> bool:
    """Whether a line is one: marked as one, or short, `alone` in its paragraph and no whole sentence unless it asks."""
    if text.startswith("#"):
        return True
    short = alone and len(text.split()) <= _LONGEST_HEADING and text[0] not in "|-*•–"
    return short and (text.endswith("?") or text[-1].isalnum())


_LONGEST_HEADING = 8
"""Words."""
