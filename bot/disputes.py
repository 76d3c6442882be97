"""Denials, corrections and contrary statements: what must stand beside a claim whenever the claim is shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from bot.draft import Draft, Quote
from bot.kinds import figures, names
from bot.polarity import negated, turned_around
from bot.reading import Line, Reading
from bot.relevance import rarity, states_something
from bot.understand import Asked
from bot.values import Dated, Note
from vectorstore.values import Version
from vectorstore.words import content_stems, stems

_DENIAL = re.compile(
    r"\b(?:den(?:y|ies|ied|ying|ials?)|reject(?:s|ed|ing)?|dismiss(?:es|ed|ing)?|refut\w+|rebut\w*|disput(?:es?|"
    r"ed|ing)|"
    r"contradict\w*|false|untrue|baseless|unfounded|groundless|fabricated|no truth|not true|nothing (?:to|"
    r"in) (?:it|the)|"
    r"not (?:been )?(?:the case|confirmed|accurate|correct|right)|disavow\w*|repudiat\w*|debunk\w*|hoax|no such|"
    r"contest(?:s|ed)|"
    r"(?:has|have|had|was|were|is|are) no (?:plans?|talks?|evidence|intention|agreement|deal|basis)|pushed back|"
    r"(?:called|calls|calling) (?:it|the \w+|that) (?:wrong|misleading|inaccurate|nonsense|speculation)|"
    r"insist(?:s|ed))\b",
    re.IGNORECASE,
)
_CORRECTION = re.compile(
    r"^\W*(?:correction|clarification|erratum|corrigendum|editor[’']s note|retraction)s?\b"
    r"|\b(?:(?:has|have|was|were|been|is|are) (?:since )?(?:corrected|retracted|withdrawn|rescinded)|"
    r"corrected (?:the|its|an|this|that)|"
    r"(?:retract|withdr[ea]w|rescind|correct)(?:s|ed)? (?:the|its|an?|this|that|their) (?:\w+ ){0,2}"
    r"(?:claim|figure|report|story|statement|article|paper|stud|estimate|number)|"
    r"an earlier version|earlier versions|(?:wrongly|incorrectly|erroneously|mistakenly) (?:stated|said|reported|"
    r"put|gave|described|"
    r"identified)|misstated|apologi[sz]e[sd]? for)\b",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"\b(?:the|this|that|these|those|such|its|their|any|all) (?:\w+ ){0,2}(?:reports?|claims?|stor(?:y|ies)|"
    r"allegations?|accusations?|"
    r"rumou?rs?|speculation|suggestions?|charges?|accounts?|assertions?|statements?|figures?|findings|stud(?:y|"
    r"ies)|articles?|news|"
    r"talks|plans?|deals?|criticism|idea|notion|it)\b|\b(?:it|this|that) (?:is|was|were) (?:\w+ )?(?:false|untrue|"
    r"wrong|baseless)",
    re.IGNORECASE,
)
NEARBY_PARAGRAPHS = 8
"""How far back "the report" may point."""
_A_CLAIM = 4
"""Words that say something; a line of fewer is a label or a date line."""
_SAME_MATTER = 0.4
"""Share of what a denial says (rare words count more) that a claim must say too for the denial to be about it."""


def denies(line: Line) -> bool:
    """Whether the sentence rejects something, by its words."""
    return bool(_DENIAL.search(line.text))


def corrects(line: Line) -> bool:
    """Whether the sentence corrects, clarifies or takes back something, by its words."""
    return bool(_CORRECTION.search(line.text))


def is_correction(reading: Reading) -> bool:
    """Whether the whole document is one, by its title."""
    return bool(_CORRECTION.match(reading.version.title))


def contrary(shown: Sequence[Line], readings: Sequence[Reading], asked: Asked) -> list[tuple[Line, Line]]:
    """Sentences of `readings` that deny, correct or say otherwise than one of `shown`, each with that one.

    The most telling first.
    """
    weight = rarity(readings)
    found: list[tuple[float, Line, Line]] = []
    for reading in readings:
        for line in reading.lines:
            claims = [claim for claim in shown if claim.key != line.key]
            if not claims or not line.stems or not states_something(line.text):
                continue
            bearings = [(_bearing(line, reading, claim, asked, weight), claim) for claim in claims]
            bearing, claim = max(bearings, key=lambda item: item[0])
            if bearing > 0.0:
                found.append((bearing, line, claim))
    return [(line, claim) for _, line, claim in sorted(found, key=lambda item: -item[0])]


def _bearing(line: Line, reading: Reading, claim: Line, asked: Asked, weight: Callable[[str], float]) -> float:
    """How surely `line` speaks against `claim`; 0 where it does not."""
    same_document = line.version == claim.version
    against = denies(line) or corrects(line) or is_correction(reading)
    if against and same_document and _points_back(line, claim):
        return 1.0
    if not _as_near(line, reading, claim, asked):
        return 0.0
    if against:
        matter = set(line.stems) if same_document else {*line.stems, *stems(reading.version.title)}
        share = _common(matter, {*claim.stems, *asked.stems}, weight)
        if share >= (_SAME_MATTER if same_document else 0.5 * _SAME_MATTER) and _same_subject(line, claim, asked):
            return share
    if not same_document and conflicts(line, claim):
        return 0.5
    return 0.0


def _as_near(line: Line, reading: Reading, claim: Line, asked: Asked) -> bool:
    """Whether `line` speaks of what was asked nearly as much as `claim` does."""
    about = set(asked.stems)
    spoken = about & {*line.stems, *stems(reading.version.title)}
    return bool(spoken) and len(spoken) >= 0.6 * len(about.intersection(claim.stems))


def _points_back(line: Line, claim: Line) -> bool:
    """ "Ford has rejected the report": the report is what was said before, and Ford is in it."""
    distance = line.paragraph - claim.paragraph
    if (
        len(claim.stems) < _A_CLAIM
        or not 0 <= distance <= NEARBY_PARAGRAPHS
        or line.start < claim.start
        or not _POINTING.search(line.text)
    ):
        return False
    named = {stem for name in names(line.text) for stem in stems(name)}
    return distance <= 1 if not named else bool(named.intersection(claim.stems)) or distance == 0


def _common(matter: set[str], said: set[str], weight: Callable[[str], float]) -> float:
    """The share of `matter` that is `said`; at least two words must be."""
    both = matter & said
    total = sum(weight(stem) for stem in matter)
    return sum(weight(stem) for stem in both) / total if total and len(both) >= 2 else 0.0


def _same_subject(line: Line, claim: Line, asked: Asked) -> bool:
    """Whether a name of the claim or of the question is in `line`; true where neither has a name."""
    named = {stem for name in (*names(claim.text), *asked.names) for stem in stems(name)}
    return not named or bool(named.intersection(stems(line.text)))


def conflicts(one: Line, other: Line) -> bool:
    """Whether two sentences speak of the same and differ in a figure, a "not" or a word of opposite meaning."""
    a, b = set(one.stems), set(other.stems)
    if not a or not b or len(a & b) < max(3, 0.5 * min(len(a), len(b))):
        return False
    if negated(one.text) != negated(other.text) or turned_around(one.stems, other.stems):
        return True
    first, second = set(figures(one.text)), set(figures(other.text))
    return bool(first and second and not first & second)


def goes_on(line: Line, reading: Reading) -> Line | None:
    """The sentence after a short denial when it carries the words of who denies ("The company said: …")."""
    if line.index + 1 >= len(reading.lines) or len(line.text) > _SHORT:
        return None
    after = reading.lines[line.index + 1]
    carries = denies(after) or "“" in after.text or '"' in after.text
    return after if carries and after.paragraph == line.paragraph else None


_SHORT = 120
"""Code points; a longer denial says itself what it denies."""


def remarks(drafts: Sequence[Draft]) -> tuple[Note, ...]:
    """What has to be said about an answer whose sources disagree or correct each other; nothing for most.

    Copies of one text are one origin: only documents that carry sentences of their own count.
    """
    quotes = [quote for draft in drafts for quote in draft.quotes]
    said = [*_corrections(quotes)]
    sides = _sides(quotes)
    if len(sides) > 1:
        said.append(Note("sources_disagree", {"sides": tuple(_who_and_when(version) for version in sides)}))
    return tuple(said)


def _corrections(quotes: Sequence[Quote]) -> list[Note]:
    versions = {quote.version.id: quote.version for quote in quotes}.values()
    found: list[Note] = []
    for later in versions:
        if not _CORRECTION.match(later.title) or later.published is None:
            continue
        for earlier in versions:
            before = earlier.published is not None and earlier.published < later.published
            if before and earlier.publisher and earlier.publisher == later.publisher:
                days = {"reported": Dated(day=earlier.published), "corrected": Dated(day=later.published)}
                note = Note("corrected", {"publisher": earlier.publisher, **days})
                found += [note] if note not in found else []
    return found


def _sides(quotes: Sequence[Quote]) -> list[Version]:
    """The versions between which a sentence of one speaks against a sentence of another, in the order of the answer."""
    sides: dict[str, Version] = {}
    lines = [(quote.version, _line(quote)) for quote in quotes]
    for index, (version, line) in enumerate(lines):
        for other_version, other in lines[index + 1 :]:
            if version.id != other_version.id and (conflicts(line, other) or _one_denies(line, other)):
                sides |= {version.id: version, other_version.id: other_version}
    return list(sides.values())


def _one_denies(one: Line, other: Line) -> bool:
    shared = set(one.stems) & set(other.stems)
    return denies(one) != denies(other) and len(shared) >= max(2, _SAME_MATTER * min(len(one.stems), len(other.stems)))


def _line(quote: Quote) -> Line:
    return Line(quote.version.id, 0, quote.start, quote.end, quote.text, tuple(content_stems(quote.text)), 0)


def _who_and_when(version: Version) -> Dated:
    return Dated(version.publisher or version.title, version.published)
