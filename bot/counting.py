"""What "how many …" counts, and whether a sentence gives a figure of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Set
from itertools import takewhile

from bot.complete import needs_before
from bot.kinds import spans
from bot.reading import Line, Reading
from bot.relevance import is_held
from bot.understand import Asked
from bot.word_forms import is_irregular_past
from bot.word_lists import VERBS
from vectorstore.words import STOP_WORDS, content_stems, stems

_COUNTED = re.compile(
    r"\b(?:how many\s+(?:of (?:the |its |their |your )?)?|cu[aá]nt[oa]s\s+)(?P<what>[^?,;.]+)", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_ENDS = STOP_WORDS | frozenset("may might must would ever every per hay se tiene tienen hubo de en son".split())
_PEOPLE = frozenset(stems("people person inhabitants residents men women soldiers casualties victims"))
_OF_PEOPLE = _PEOPLE | frozenset(
    stems(
        "passengers islanders villagers voters citizens employees workers members visitors guests students pupils users "
        "customers children patients fans spectators viewers riders readers players drivers travellers commuters families"
    )
)
_AMOUNT = re.compile(
    r"\b(?:no|none|nobody|(?:a|an) (?:single|couple|dozen|few|majority|minority|third|quarter)|majority|several|dozens|"
    r"hundreds|thousands|millions|unanimous)\b",
    re.IGNORECASE,
)
"""What says how many without a figure."""
_PREPOSITIONS = frozenset("in on at to for from by with as about after before".split())
_AT_MOST_WORDS, _RIGHT_AFTER, _WORDS_AFTER = 3, 3, 5


def counted(question: str) -> tuple[str, ...]:
    """The stems of X in "how many X did …", at most three; empty for any other question."""
    match = _COUNTED.search(question)
    found: list[str] = []
    for word in _WORD.findall(match.group("what")) if match else ():
        if found and (word.lower() in _ENDS or _is_done(word)):
            break
        found += content_stems(word)
        if _PEOPLE.intersection(found):
            break
    return tuple(found[:_AT_MOST_WORDS])


def _is_done(word: str) -> bool:
    """Whether a word behind what is counted says what it did: "workers died", "lorries leave"."""
    lower, (stem, *_) = word.lower(), (*stems(word), "")
    return lower.endswith("ed") or is_irregular_past(stem) or (stem in VERBS and not lower.endswith("s"))


def asks_what_is_had(question: str) -> bool:
    """Whether it asks how many there are, not how many there would be: "how many ships does it have"."""
    return bool(_HAD.search(question))


def is_planned(text: str) -> bool:
    """Whether what `text` counts is wanted, ordered or negotiated, and so not there yet."""
    planned = _PLANNED.search(text)
    return planned is not None and not _OWNED.search(text[: planned.start()])


_HAD = re.compile(
    r"\bhow many\b.*\b(?:ha(?:ve|s|d)|owns?|owned|operates?|runs?|are there|is there|were there)\b", re.IGNORECASE
)
_OWNED = re.compile(
    r"\b(?:has|have|had|owns?|owned|operates?|runs|sails? with|fleet of|there (?:is|are))\b", re.IGNORECASE
)
_PLANNED = re.compile(
    r"\b(?:would|will|could|wants?|plans?|planned|planning|intends?|hopes?|talks|negotiat\w+|propos\w+|draft|considers?|"
    r"considering|ordered|orders?|to (?:buy|build|order|hire|open))\b",
    re.IGNORECASE,
)


def counts_exactly(line: Line, asked: Asked, wanted: Collection[str]) -> bool:
    """Whether `line` has a figure right before the last word that is `wanted`, not only before one that may stand for it."""
    after = [stems(line.text[end:])[:_RIGHT_AFTER] for end in _figures(line.text, asked)]
    return any(stem in near for near in after for stem in list(wanted)[-1:])


def counts(line: Line, reading: Reading, asked: Asked, wanted: Collection[str]) -> bool:
    """Whether `line` gives a figure of what is `wanted`: "90 cars", "The cars carried: 90", or a row under that column.

    A year, and a figure that counts something else ("four people" where cars are asked for), are none.
    """
    head = reading.table_head(line)
    if head and any(is_held(stem, head.stems) for stem in wanted):
        return any(True for _ in spans("number", line.text))
    before = reading.lines[line.index - 1] if line.index else None
    near = {*line.stems, *(before.stems if before and needs_before(line) else ())}
    people = bool(_PEOPLE.intersection(wanted))
    if people and not _speaks_of_it(line, reading, asked, wanted):
        return False
    said = people or any(is_held(stem, near) for stem in wanted)
    return any(_counts(line.text, end, said, wanted) for end in _figures(line.text, asked))


def speaks_of(reading: Reading, named: Set[str]) -> bool:
    """Whether the document has every word of the names somewhere."""
    said = {stem for line in reading.lines for stem in line.stems}
    return named <= said.union(content_stems(f"{reading.version.title} {reading.version.publisher or ''}"))


def _speaks_of_it(line: Line, reading: Reading, asked: Asked, wanted: Collection[str]) -> bool:
    """Whether anything around `line` says what the question says of what is counted, besides names."""
    named = {stem for name in asked.names for stem in content_stems(name)}
    rest = [stem for stem in asked.stems if not (stem in wanted or stem in named or stem.isdigit())]
    around = {stem for other in reading.lines[max(0, line.index - 1) : line.index + 2] for stem in other.stems}
    return not rest or any(is_held(stem, around | set(content_stems(reading.version.title))) for stem in rest)


def _figures(text: str, asked: Asked) -> list[int]:
    """Where each figure of `text` ends that is neither a date nor one the question gives."""
    dates = list(spans("date", text))
    known = set(stems(asked.text))
    item = _ITEM.match(text)
    numbers = [
        end
        for start, end in spans("number", text)
        if start >= (item.end() if item else 0)
        and not any(first <= start < last for first, last in dates)
        and not set(stems(text[start:end])) <= known
    ]
    return [*numbers, *(match.end() for match in _AMOUNT.finditer(text))]


_ITEM = re.compile(r"\s*\d{1,3}[.)]\s")


def _counts(text: str, end: int, said: bool, wanted: Collection[str]) -> bool:
    after = [word.lower() for word in _WORD.findall(re.split(r"[.;:!?]\s", text[end:], maxsplit=1)[0])]
    if after[:1] == ["of"]:  # "half of their shift"
        after = [word for word in after[1:] if word not in STOP_WORDS]
        return any(is_held(stem, stems(" ".join(after[:1]))) for stem in wanted)
    counted_here = list(takewhile(lambda word: word not in _PREPOSITIONS, after))[:_WORDS_AFTER]
    if any(is_held(stem, stems(" ".join(counted_here))) for stem in wanted):
        return True
    noun = after[0] if after else ""
    people = bool(_PEOPLE.intersection(wanted)) and bool(_OF_PEOPLE.intersection(stems(noun)))
    return said and (not noun or noun in STOP_WORDS or people)
