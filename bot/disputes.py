"""Denials, corrections and contrary statements: what must stand beside a claim whenever the claim is shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

from bot.deciding import FACTS, point_of, says
from bot.kinds import figures, names
from bot.polarity import negated, turned_around
from bot.reading import Line, Reading
from bot.relevance import holds_kind, is_held, rarity, states_something
from bot.understand import Asked
from bot.word_forms import forms
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
    r"wrong|baseless)"
    r"|\b(?:den(?:y|ies|ied)|reject(?:s|ed)|disput(?:es|ed)|dismiss(?:es|ed)|contest(?:s|ed)|contradict(?:s|ed))"
    r" (?:this|that|it|everything|doing so)\b(?! \w+ (?:was|were|is|are)\b)",
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


def takes_back(line: Line) -> bool:
    """Whether the sentence says that something was withdrawn, retracted or an error of its own source."""
    return bool(_TAKEN_BACK.search(line.text))


_TAKEN_BACK = re.compile(
    r"\b(?:(?:has|have|was|were|been|is|are) (?:since )?(?:retracted|withdrawn|rescinded|revoked)|"
    r"(?:retract|rescind|withdr[ae]w)(?:s|ed)? (?:the|its|an?|this|that|their)|"
    r"no longer (?:valid|in force|applies))\b|^\W*retraction\b",
    re.IGNORECASE,
)


def changes(line: Line) -> bool:
    """Whether the sentence says that what was planned came otherwise, by its words."""
    return bool(_CHANGE.search(line.text))


_CHANGE = re.compile(
    r"\b(?:(?:has|have|had|was|were|been|is|are|be|being|it|they|council|board|company) (?:now |"
    r"since )?(?:postponed|delayed|cancelled|"
    r"canceled|scrapped|abandoned|called off|put off|brought forward|suspended|halted|overturned|replaced)|no longer|"
    r"instead of|(?:postpones?|cancels?|scraps?|abandons?|delays?|shelves?) (?:the|its|their)|backed out|"
    r"pulled out|fell through)\b",
    re.IGNORECASE,
)


def is_correction(reading: Reading) -> bool:
    """Whether the whole document is one, by its title."""
    return is_correction_title(reading.version.title)


def is_correction_title(title: str) -> bool:
    return bool(_CORRECTION.match(title))


def contrary(
    shown: Sequence[Line], readings: Sequence[Reading], asked: Asked, *, on_the_point: bool = True
) -> list[tuple[Line, Line]]:
    """Sentences of `readings` that deny, correct or say otherwise than one of `shown`, each with that one.

    The most telling first. on_the_point: only those that bear on what `asked` turns on.
    """
    weight = rarity(readings)
    found: list[tuple[float, Line, Line]] = []
    for reading in readings:
        for line in reading.lines:
            claims = [claim for claim in shown if claim.key != line.key]
            if not claims or not line.stems or not states_something(line.text) or reading.is_title(line):
                continue
            if on_the_point and not (_on_the_point(line, asked) or _is_about(reading, asked)):
                claims = [claim for claim in claims if claim.version == line.version and _points_back(line, claim)]
            if not claims:
                continue
            bearings = [(_bearing(line, reading, claim, asked, weight), claim) for claim in claims]
            bearing, claim = max(bearings, key=lambda item: item[0])
            if bearing > 0.0:
                found.append((bearing, line, claim))
    return [(line, claim) for _, line, claim in sorted(found, key=lambda item: -item[0])]


def _bearing(line: Line, reading: Reading, claim: Line, asked: Asked, weight: Callable[[str], float]) -> float:
    """How surely `line` speaks against `claim`; 0 where it does not."""
    same_document = line.version == claim.version
    against = denies(line) or corrects(line) or is_correction(reading) or (changes(line) and not same_document)
    if against and same_document and _points_back(line, claim):
        return 1.0
    if not _as_near(line, reading, claim, asked):
        return 0.0
    if against:
        matter = set(line.stems) if same_document else {*line.stems, *stems(reading.version.title)}
        share = _common(matter, {*claim.stems, *asked.stems}, weight)
        if _is_about(reading, asked):
            return share + _telling(line, asked)
        denied = _common(_denied(line), {*claim.stems, *asked.stems}, weight)
        share = max(share, denied if denied >= _SAME_MATTER else 0.0)
        same = _same_subject(line, claim, asked) or denied >= _SAME_MATTER
        if share >= (_SAME_MATTER if same_document else 0.5 * _SAME_MATTER) and same:
            return share + _telling(line, asked)
    if not same_document and conflicts(line, claim):
        return 0.5
    return 0.0


def _denied(line: Line) -> set[str]:
    """What a denial is of, without who denies it: what stands behind the denying."""
    match = _DENIAL.search(line.text)
    return set(content_stems(line.text[match.end() :])) if match else set()


def _telling(line: Line, asked: Asked) -> float:
    """Of several sentences of a correction, the one that says what is right comes before the one that repeats the error."""
    telling = _ANSWERS if takes_back(line) or (asked.kinds and holds_kind(asked, line.text)) else 0.0
    return telling - (_ANSWERS if repeats_error(line) else 0.0)


def repeats_error(line: Line) -> bool:
    """Whether the sentence says what was wrong before: "Our report said …"."""
    return bool(_ERROR.search(line.text))


_ANSWERS = 0.3
_ERROR = re.compile(
    r"\b(?:we|it|(?:the|our|an?) (?:\w+ )?(?:paper|article|report|story)(?: (?:of|on|from) [\w ]{1,30}?)?) (?:had )?"
    r"(?:wrote|written|said|stated|reported|gave|put|exchanged)\b"
    r"|\bcontained (?:\w+ )?(?:errors?|mistakes?)\b",
    re.IGNORECASE,
)


def _as_near(line: Line, reading: Reading, claim: Line, asked: Asked) -> bool:
    """Whether `line` speaks of what was asked nearly as much as `claim` does."""
    about = set(asked.stems)
    spoken = _spoken(about, {*line.stems, *stems(reading.version.title)})
    return bool(spoken) and len(spoken) >= 0.5 * len(_spoken(about, claim.stems))


def _spoken(about: Collection[str], said: Collection[str]) -> list[str]:
    """The words of `about` that are said, in whatever form: "know" by "knew"."""
    return [stem for stem in about if is_held(stem, said) or not forms(stem).isdisjoint(said)]


def _is_about(reading: Reading, asked: Asked) -> bool:
    """Whether a document that takes back another by its title is of what `asked` is about: all of it is on the point.

    A correction is not: of what it does not correct it says nothing.
    """
    about = content_stems(reading.version.title)
    held = [stem for stem in asked.stems if is_held(stem, about)]
    return bool(_RETRACTION.match(reading.version.title)) and len(held) >= max(2, _ABOUT * len(asked.stems))


_RETRACTION = re.compile(r"^\W*(?:retract\w+|withdrawal|withdrawn|notice of retraction)\b", re.IGNORECASE)
_ABOUT = 0.5
"""Share of the question's words that the title of a retraction on it has."""


def _on_the_point(line: Line, asked: Asked) -> bool:
    """Whether `line` says the question's doing, or another word of the question where it has no doing, and not only its names."""
    point = point_of(asked)
    if point and point.doing and asked.kinds & FACTS:
        return any(says(word, point.doing) for word in line.text.split())
    named = {stem for name in asked.names for stem in stems(name)}
    turning = [stem for stem in asked.stems if stem not in named]
    return not turning or any(is_held(stem, line.stems) for stem in turning)


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
    if not a or not b or len(a & b) < max(3, 0.55 * min(len(a), len(b))):
        return False
    if negated(one.text) != negated(other.text) or turned_around(one.stems, other.stems):
        return True
    first, second = set(figures(one.text)), set(figures(other.text))
    return bool(first and second and not first & second)


def goes_on(line: Line, reading: Reading) -> Line | None:
    """The sentence after a short denial when it carries the words of who denies ("The company said: …"), and the one after a
    short correction, which says what is right."""
    if line.index + 1 >= len(reading.lines) or len(line.text) > _SHORT:
        return None
    after = reading.lines[line.index + 1]
    carries = (
        corrects(line)
        or repeats_error(line)
        or denies(after)
        or repeats_error(after)
        or "“" in after.text
        or '"' in after.text
    )
    return after if carries and after.paragraph == line.paragraph else None


_SHORT = 160
"""Code points; a longer denial says itself what it denies."""
