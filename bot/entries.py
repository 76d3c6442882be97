"""Entries of a form ("Chair: …", "Present: …", "Next meeting: …"): what minutes, reports and mails say without a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from bot.draft import is_list_item
from bot.introductions import introduced, introduces
from bot.reading import Line, Reading
from bot.relevance import is_held
from bot.understand import Asked
from vectorstore.words import content_stems, stems

_IS_BY = re.compile(r"by|authors?|written by", re.IGNORECASE)
_BYLINE = re.compile(r"(?P<label>By) (?P<value>[A-ZÀ-Þ][\w.’'-]+(?:,? (?:and )?[A-ZÀ-Þ][\w.’'-]*){1,5})")
_TOP = 6
"""Lines among which a by-line stands."""
LONGEST = 12
"""Items under one label that are shown, at most."""
_DOCUMENTS = 3
"""Documents whose entries are shown, at most: there are minutes of many meetings."""

_ENTRY = re.compile(
    r"^(?:[-*•]\s+)?(?:\*\*|__)?(?P<label>[^\W\d_](?:[\w/.’' -]|\([\w/.’' -]{1,30}\)){0,39}?)"
    r"(?::(?:\*\*|__)?|(?:\*\*|__):)(?:\s+(?P<value>\S.*)|\s*)$",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class _Role:
    """What may be asked, and what the label of its entry may be."""

    asked: re.Pattern[str]
    label: re.Pattern[str]


def _role(asked: str, label: str) -> _Role:
    return _Role(
        re.compile(rf"(?:{asked})", re.IGNORECASE),
        re.compile(rf"(?:the )?(?:{label})", re.IGNORECASE),
    )


_ROLES = (
    _role(
        r"\bwho\b.{0,40}\b(?:chair(?:ed|s|ing)?|presid\w+)\b|\bwho (?:led|ran|leads|runs|moderated|facilitated) (?:the |this )?"
        r"(?:meeting|session|call)|\bwho\b.{0,40}\bchair(?:wo)?m[ae]n\b|\bqui[eé]n presidi[oó]",
        r"in the chair|chair(?:ed by|(?:wo)?man|person)?|presiding(?: officer)?|moderat(?:or|ed by)|facilitat(?:or|ed by)"
        r"|preside|presidencia|presidente",
    ),
    _role(
        r"\bwho (?:took|takes|wrote|kept|keeps|made|drafted) (?:the )?(?:minutes|notes|protocol|record)"
        r"|\bwho\b.{0,30}\b(?:note|minute)[- ]?taker|\bqui[eé]n (?:levant[oó]|redact[oó]) el acta",
        r"minutes(?: (?:taken |kept )?by)?|notes(?: (?:taken )?by)?|(?:note|minute)[- ]?taker|secretary|recorder|scribe|clerk"
        r"|secretari[oa]",
    ),
    _role(
        r"\bwho\b.{0,40}\b(?:absent|missing|excused|apologi\w+|did(?: not|n[’']t) (?:attend|come)|not (?:present|there))\b"
        r"|\babsentees\b|\bqui[eé]n(?:es)? falt",
        r"apologies(?: for absence)?|absent|absentees|regrets|excused|not present|ausentes|excusan(?: su asistencia)?",
    ),
    _role(
        r"\battendees\b|\bwho\b.{0,40}\b(?:attend\w*|present|participa\w+|took part|was there|were there|was at|were at)\b"
        r"|\b(?:list|name)\b.{0,30}\bparticipants\b|\bwho are the participants\b|\bqui[eé]n(?:es)? asisti",
        r"(?:members |also |those )?present|attendees|attend(?:ance|ed by|ing)|in attendance|participants|asistentes|presentes",
    ),
    _role(
        r"^\W*where (?:was|is|were|did|does|will|do)\b.{0,60}\b(?:meeting|session|assembly|event|workshop|held|take place|meet)\b"
        r"|^\W*d[oó]nde (?:fue|es|ser[aá]|se celebr)",
        r"place|venue|location|where|room|meeting place|lugar",
    ),
    _role(
        r"^\W*(?:when (?:was|is|were|did|does|will)|(?:at )?what time|on what (?:day|date)|what day)\b.{0,60}"
        r"\b(?:meeting|session|assembly|event|workshop|held|take place|start|begin|end|finish)\b"
        r"|^\W*cu[aá]ndo (?:fue|es|ser[aá]|se celebr|empez)",
        r"date(?: and time)?|time|when|day|start(?:ed|s)?|fecha|hora",
    ),
    _role(
        r"\bwho (?:wrote|authored|reported|is the author of|are the authors of) (?:(?:this|it|that)\W*$"
        r"|(?:the|this|that) (?:[\w-]+ ){0,2}?(?:article|report|story|piece|paper|study|text"
        r"|document|post|statement|abstract)\b)",
        r"by|authors?|written by|reported by",
    ),
    _role(r"\bhow long (?:did|was|were|does|is|are|will|has|have)\b", r"(?:total )?duration|length"),
    _role(r"\bwho (?:led|leads|is leading|was leading|managed|manages)\b", r"(?:[\w-]+ )?(?:lead|leader|manager|commander)"),
    _role(
        r"\bwho (?:owns|is responsible|is in charge|was responsible|looks after)\b",
        r"(?:[\w-]+ )?(?:owner|responsible|assignee|assigned to|contact)",
    ),
)  # fmt: skip
_OF_THE_FORM = frozenset(
    stems(
        """meeting meetings session assembly call attend attended attendees attendance present participants participated part took
        take taken place there chair chaired chairs chairman chairwoman chairperson presided preside led ran minutes notes record
        absent missing excused apologies apologised held start started begin began end ended finish finished time date day last
        name list people person members event long reunion junta asamblea acta asistieron asistio asistentes presidio presidir
        wrote written author authored article report reported story piece paper study text document post statement
        levanto redacto falto faltaron empezo celebro lugar fecha hora"""
    )
)
_HEADER = 3
"""Lines at the top of a document that say which meeting or report it is of."""


def entries_asked_for(asked: Asked, readings: Sequence[Reading]) -> list[Line]:
    """The entries that say what `asked` wants, of the best documents that have one; empty where none does."""
    found = []
    who = introduced(asked.text)
    if who and any(introduces(line.text, who) for reading in readings for line in reading.lines):
        return []
    for reading in readings:
        lines = list(_of(asked, reading))
        if lines:
            found.append(lines)
    return [line for lines in found[:_DOCUMENTS] for line in lines]


def is_entry(line: Line) -> bool:
    """Whether a line is "Label: value" with a short label."""
    match = _ENTRY.match(line.text)
    return bool(match and match.group("value"))


def _of(asked: Asked, reading: Reading) -> Iterator[Line]:
    roles = [role for role in _ROLES if role.asked.search(asked.text)]
    who = introduced(asked.text)
    for line in reading.lines:
        match = _ENTRY.match(line.text) or (_BYLINE.fullmatch(line.text) if line.index < _TOP else None)
        label = match.group("label") if match else line.text.strip("#* ") if line.text.startswith("#") else ""
        by_role = any(role.label.fullmatch(label) for role in roles)
        if who and match and _IS_BY.fullmatch(label) and who in match.group("value"):
            yield line  # who wrote something is introduced by that
            continue
        if not label or reading.is_title(line) or not (by_role or _names_it(label, asked)):
            continue
        if not _is_of_it(asked, reading, label):
            continue
        if match and match.group("value"):
            yield line
        elif by_role:
            following = takewhile(lambda other: is_list_item(other.text), reading.lines[line.index + 1 :])
            yield from list(following)[:LONGEST]


def _names_it(label: str, asked: Asked) -> bool:
    """Whether the question says the whole label: "the next meeting", "the incident lead"."""
    said = content_stems(label)
    return bool(said) and not asked.decides and all(is_held(stem, asked.stems) for stem in said)


def _is_of_it(asked: Asked, reading: Reading, label: str) -> bool:
    """Whether what else the question says is said at the top of the document: which meeting, whose report."""
    header = " ".join(line.text for line in reading.lines[:_HEADER])
    known = {
        *content_stems(f"{reading.version.title} {reading.version.publisher or ''} {header} {label}"),
        *_OF_THE_FORM,
    }
    return all(is_held(stem, known) for stem in asked.stems)
