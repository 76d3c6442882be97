"""What has to be said about an answer whose sources disagree, agree, correct each other or were withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

from bot.disputes import conflicts, corrects, denies, is_correction_title, takes_back
from bot.draft import Draft, Quote
from bot.kinds import figures, names
from bot.reading import Line
from bot.values import Dated, Note
from vectorstore.values import Version
from vectorstore.words import content_stems

Said = tuple[Version, Line]

_SAME_MATTER = 0.4
"""Share of the shorter sentence's words that two sentences on one matter have in common."""
_SAME_SAID = 0.5
"""The same for two that say the same."""


def remarks(drafts: Sequence[Draft]) -> tuple[Note, ...]:
    """Nothing for most answers. Copies of one text are one origin: only documents with sentences of their own count."""
    said = [(quote.version, _line(quote)) for draft in drafts for quote in draft.quotes]
    carriers = [version for draft in drafts for quote in draft.quotes for version in (quote.version, *quote.also)]
    notes = [*_corrections(carriers), *_own_corrections(said), *_withdrawn(said)]
    disagreeing, agreeing = _between(said, _speak_against), _between(said, _say_the_same)
    if len(disagreeing) > 1:
        notes.append(Note("sources_disagree", {"sides": disagreeing}))
    elif len({side.name for side in agreeing}) > 1:
        notes.append(Note("sources_agree", {"sides": agreeing}))
    return tuple(notes)


def _corrections(carriers: Sequence[Version]) -> list[Note]:
    """A publisher's correction beside its earlier report."""
    versions = list({version.id: version for version in carriers}.values())
    found: list[Note] = []
    for later in (version for version in versions if is_correction_title(version.title)):
        for earlier in versions:
            if (
                _one_house(earlier, later)
                and earlier.published
                and later.published
                and earlier.published < later.published
            ):
                days = {"reported": Dated(day=earlier.published), "corrected": Dated(day=later.published)}
                note = Note("corrected", {"publisher": str(earlier.publisher), **days})
                found += [note] if note not in found else []
    return found


def _own_corrections(said: Sequence[Said]) -> list[Note]:
    """Articles that carry a correction of themselves."""
    carrying = {
        version.id: Note("carries_correction", {"source": _who_and_when(version)})
        for version, line in said
        if corrects(line) and not takes_back(line) and not is_correction_title(version.title)
    }
    return list(carrying.values())


def _one_house(one: Version, other: Version) -> bool:
    return bool(one.publisher) and one.publisher == other.publisher


def _withdrawn(said: Sequence[Said]) -> list[Note]:
    found = [Note("withdrawn", {"source": _who_and_when(version)}) for version, line in said if takes_back(line)]
    return found[:1]


def _between(said: Sequence[Said], related: Callable[[Said, Said], bool]) -> tuple[Dated, ...]:
    """Who says the sentences of which one is `related` to one of another document, each once, in the order of the answer."""
    sides: dict[str, Version] = {}
    for one, other in combinations(said, 2):
        if one[0].id != other[0].id and related(one, other):
            sides |= {one[0].id: one[0], other[0].id: other[0]}
    return tuple(dict.fromkeys(_who_and_when(version) for version in sides.values()))


def _speak_against(one: Said, other: Said) -> bool:
    denied = denies(one[1]) != denies(other[1]) and _shared(one[1], other[1]) >= _SAME_MATTER
    return denied or conflicts(one[1], other[1])


def _say_the_same(one: Said, other: Said) -> bool:
    """Two publishers, each in words of its own, with a figure or a name in common."""
    (version, line), (other_version, other_line) = one, other
    if not version.publisher or not other_version.publisher or denies(line) != denies(other_line):
        return False
    named = set(names(line.text)) & set(names(other_line.text))
    enough = len(set(line.stems) & set(other_line.stems)) >= _WORDS_OF_A_MATTER
    common = named or set(figures(line.text)) & set(figures(other_line.text))
    return bool(common) and enough and _shared(line, other_line) >= _SAME_SAID


_WORDS_OF_A_MATTER = 4
"""Words that two sentences have in common at least when they say the same."""


def _shared(one: Line, other: Line) -> float:
    a, b = set(one.stems), set(other.stems)
    return len(a & b) / min(len(a), len(b)) if len(a & b) >= 2 else 0.0


def _line(quote: Quote) -> Line:
    return Line(quote.version.id, 0, quote.start, quote.end, quote.text, tuple(content_stems(quote.text)), 0)


def _who_and_when(version: Version) -> Dated:
    return Dated(version.publisher or version.title, version.published)
