"""Denials, corrections and contrary statements: what must stand beside a claim whenever the claim is shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.kinds import names
from bot.reading import Line, Reading
from bot.understand import Asked
from vectorstore.words import stems

_DENIAL = re.compile(
    r"\b(?:den(?:y|ies|ied|ying|ials?)|reject(?:s|ed|ing)?|dismiss(?:es|ed|ing)?|refut\w+|rebut\w*|disput(?:es?|"
    r"ed|ing)|contradict\w*|"
    r"(?:completely |entirely |simply |totally |flatly )?(?:false|untrue|baseless|unfounded|groundless|"
    r"fabricated)|no truth|not true|"
    r"nothing (?:to|in) (?:it|the)|not (?:been )?(?:the case|confirmed)|disavow\w*|repudiat\w*|debunk\w*|hoax|no such|"
    r"(?:has|have|had|was|were|is|are) no (?:plans?|talks?|evidence|intention|agreement|deal|basis)|contest(?:s|"
    r"ed)|pushed back|"
    r"(?:called|calls|calling) (?:it|the \w+|that) (?:wrong|misleading|inaccurate|nonsense|speculation)|insist(?:s|ed)?)\b",
    re.IGNORECASE,
)
_CORRECTION = re.compile(
    r"^\W*(?:correction|clarification|erratum|corrigendum|editor[’']s note|update|retraction)s?\b"
    r"|\b(?:corrected|retract(?:s|ed|ion)|withdr(?:ew|awn|aws)|rescind\w*|amended|an earlier version|"
    r"was (?:wrongly|incorrectly|mistakenly)|"
    r"(?:wrongly|incorrectly|erroneously|mistakenly) (?:stated|said|reported|put|gave|described|identified)|misstat\w+|apologi[sz]e[sd]? for)\b",
    re.IGNORECASE,
)
_REPORT = re.compile(
    r"\b(?:reports?|claims?|stor(?:y|ies)|allegations?|accusations?|rumou?rs?|speculation|suggestions?|charges?|"
    r"account|assertions?|"
    r"statements?|figures?|findings|stud(?:y|ies)|articles?|news|talks|plan|deal|criticism)\b",
    re.IGNORECASE,
)
_GENERIC = frozenset("report claim stori said say compani year new also first one two".split())
NEARBY_PARAGRAPHS = 6


def denies(line: Line) -> bool:
    """Whether the sentence rejects or takes back something, by its words."""
    return bool(_DENIAL.search(line.text))


def corrects(line: Line) -> bool:
    """Whether the sentence is a correction, a clarification or a retraction."""
    return bool(_CORRECTION.search(line.text))


def contrary(shown: Sequence[Line], readings: Sequence[Reading], asked: Asked) -> list[Line]:
    """Sentences of the documents that deny, correct or take back what `shown` says, the most telling first."""
    taken = {line.key for line in shown}
    found: list[tuple[float, Line]] = []
    for reading in readings:
        own = [line for line in shown if line.version == reading.version.id]
        for line in reading.lines:
            if line.key in taken or not (denies(line) or corrects(line)):
                continue
            weight = _bearing(line, reading, own, shown, asked)
            if weight >= 1.0:
                found.append((weight, line))
    return [line for _, line in sorted(found, key=lambda item: -item[0])]


def _bearing(line: Line, reading: Reading, own: Sequence[Line], shown: Sequence[Line], asked: Asked) -> float:
    """How surely `line` speaks of what is shown: at 1 and above it must stand beside it."""
    about = set(asked.stems) - _GENERIC
    topic = set(line.stems) - _GENERIC
    named = {stem for name in names(line.text) for stem in stems(name)}
    asked_share = len(about & topic) / len(about) if about else 0.0
    refers = 0.5 if _REPORT.search(line.text) or corrects(line) else 0.0
    best = 0.0
    for other in own or shown:
        others = set(other.stems) - _GENERIC
        common = others & topic
        near = bool(own) and abs(line.paragraph - other.paragraph) <= NEARBY_PARAGRAPHS
        shared_names = len(named & others)
        weight = refers + 0.5 * min(2, shared_names) + 0.25 * min(4, len(common - named))
        if not own:
            weight -= 0.75
        elif not near:
            weight -= 0.5
        best = max(best, weight)
    return best + 0.5 * asked_share


def follow_on(lines: Iterable[Line], reading: Reading) -> list[Line]:
    """The sentence after a short denial when it carries the words of who denies ("The company said: …")."""
    found = []
    for line in lines:
        after = reading.lines[line.index + 1] if line.index + 1 < len(reading.lines) else None
        if (
            after
            and after.paragraph == line.paragraph
            and len(line.text) < 120
            and (denies(after) or "“" in after.text)
        ):
            found.append(after)
    return found
