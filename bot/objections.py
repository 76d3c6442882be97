"""What speaks against a quote that is to prove a sentence: each difference that can be seen, with its reason for a reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bot.complete import leans
from bot.doings import Word, polarities, surer, swapped, unsaid
from bot.kinds import figures, names
from bot.polarity import negated, opposites, turned_around
from bot.quantities import another_measure, counts_something_else, other_bound, other_unit, overstated, said_as_share
from bot.relevance import Embed, is_held
from bot.values import Note
from vectorstore.sentences import split_sentences
from vectorstore.words import content_stems, stems

Kind = Literal[
    "figure",
    "name",
    "doing",
    "negation",
    "opposite",
    "swap",
    "surer",
    "reported",
    "amount",
    "unit",
    "speaker",
    "mixed",
    "other",
]


@dataclass(frozen=True, slots=True)
class Objection:
    kind: Kind
    weight: float
    """What it takes from the score, of 1."""
    reason: Note
    fatal: bool = False
    """Alone enough to hold the sentence back."""


def objections(sentence: str, said: str, around: str, *, embed: Embed) -> list[Objection]:
    """Everything that speaks against `said` as the proof of `sentence`.

    `around` is text that may name what `said` only points to.
    """
    closest = closest_sentence(sentence, said)
    found = [*_lost(sentence, said, closest, around), *_unheard(sentence, said, closest, embed)]
    return found + [objection for twist in _TWISTS for objection in twist(sentence, closest)]


def closest_sentence(sentence: str, said: str) -> str:
    """The sentence of the quote that shares most words with `sentence`: the one that must not say otherwise."""
    wanted = set(content_stems(sentence))
    return max(
        (each.text for each in split_sentences(said)),
        key=lambda text: len(wanted.intersection(content_stems(text))),
        default=said,
    )


def _lost(sentence: str, said: str, closest: str, around: str) -> Iterator[Objection]:
    """Figures and names of the sentence that the quote, or even what stands around it, does not have."""
    given, near = figures(said), figures(around)
    for value in figures(sentence):
        if value not in given and not said_as_share(value, sentence, said):
            reason = Note("held_figure", {"value": value})
            far = value not in near or another_measure(value, sentence, said)
            yield Objection("figure", _FIGURE if far else _FIGURE / 2, reason, fatal=far)
    known = {*stems(said), *stems(around)}
    quoted = names(said)
    others = [name for name in names(closest) if not set(content_stems(name)) & set(content_stems(sentence))]
    for name in names(sentence):
        parts = content_stems(name) or stems(name)
        lost = sum(1 for stem in parts if not is_held(stem, known)) / len(parts)
        if lost:
            namesake = lost < 1 and any(_namesakes(parts, content_stems(other)) for other in quoted)
            replaced = lost == 1 and bool(others) and _is_short(sentence) and not leans(closest)
            weight = _NAME / 2 if sentence.startswith(name) and " " not in name else _NAME
            yield Objection("name", weight * lost, Note("held_name", {"name": name}), fatal=namesake or replaced)
        elif others and not leans(closest) and not any(is_held(stem, stems(said)) for stem in parts):
            reason = Note("held_other_name", {"other": others[0], "name": name})
            yield Objection("name", _NAME / 2, reason, fatal=_is_short(sentence))


def _namesakes(one: list[str], other: list[str]) -> bool:
    """ "Mette Lund" and "Mette Holm": one name in common, and each has another last one."""
    return len(one) > 1 and len(other) > 1 and one[0] == other[0] and one[-1] not in other and other[-1] not in one


_FIGURE = 0.25
"""Also fatal when the figure is nowhere near, or when the quote gives another one in its unit."""
_NAME = 0.2


def _unheard(sentence: str, said: str, closest: str, embed: Embed) -> Iterator[Objection]:
    """A doing of the sentence that no word of the quote can say."""
    missing = [word for word in unsaid(sentence, stems(said)) if not _meant(word, closest, embed)]
    if missing:
        reason = Note("held_word", {"word": missing[0].text})
        yield Objection("doing", _DOING, reason, fatal=_is_short(sentence))


def _is_short(sentence: str) -> bool:
    return len(set(content_stems(sentence))) <= _SHORT


_DOING = 0.05
_SHORT = 7
"""Words that say something; in a sentence of so few, each name and doing is what is said, in a longer one a detail of many."""
_SAME_MEANING = 0.66
"""Cosine of two single words from which one may stand for the other."""


def _meant(word: Word, closest: str, embed: Embed) -> bool:
    """Whether a word of the quote is so near in meaning that it may stand for `word`, and is not its opposite."""
    others = [other for other in dict.fromkeys(re.findall(r"[^\W\d_]{3,}", closest.lower())) if content_stems(other)]
    others = [other for other in others if not opposites(word.stem).intersection(stems(other))]
    if not others:
        return False
    vectors = embed([word.text.lower(), *others])
    return float(np.max(vectors[1:] @ vectors[0])) >= _SAME_MEANING


def _denied(sentence: str, said: str) -> Iterator[Objection]:
    one, other = polarities(sentence, said) or (negated(sentence), negated(said))
    if one != other:
        yield Objection("negation", 0.15, Note("held_denied"), fatal=True)


def _opposite(sentence: str, said: str) -> Iterator[Objection]:
    if turned_around(stems(sentence), stems(said)):
        yield Objection("opposite", 0.25, Note("held_opposite"), fatal=True)


def _other_way_round(sentence: str, said: str) -> Iterator[Objection]:
    if names_swapped := swapped(sentence, said):
        first, second = names_swapped
        yield Objection("swap", 0.25, Note("held_swapped", {"first": first, "second": second}), fatal=True)


def _too_sure(sentence: str, said: str) -> Iterator[Objection]:
    if _UNSURE.search(said) and not (_UNSURE.search(sentence) or _AS_UNSURE.search(sentence)):
        fatal = bool(_DOUBTED.search(said))
        yield Objection("reported", 0.12, Note("held_reported"), fatal)
    elif more := surer(sentence, said):
        word, difference = more
        reason = Note("held_surer", {"word": word.text})
        yield Objection("surer", 0.06 * difference, reason, fatal=difference >= 2)


def _too_much(sentence: str, said: str) -> Iterator[Objection]:
    if overstated(sentence, said):
        yield Objection("amount", 0.15, Note("held_overstated"), fatal=True)
    elif _ALL.search(sentence) and not _ALL.search(said):
        yield Objection("amount", 0.05, Note("held_not_all"))
    if other_bound(sentence, said):
        yield Objection("amount", 0.15, Note("held_other_bound"), fatal=True)
    if (value := counts_something_else(sentence, said)) is not None:
        yield Objection("unit", 0.2, Note("held_other_count", {"value": value}), fatal=True)
    if unit := other_unit(sentence, said):
        yield Objection("unit", 0.2, Note("held_other_unit", {"value": unit.value}), fatal=True)


def _somebody_else(sentence: str, said: str) -> Iterator[Objection]:
    if _other_speaker(sentence, said):
        yield Objection("speaker", 0.25, Note("held_other_speaker"), fatal=True)


_TWISTS: tuple[Callable[[str, str], Iterator[Objection]], ...] = (
    _denied,
    _opposite,
    _other_way_round,
    _too_sure,
    _too_much,
    _somebody_else,
)

_UNSURE = re.compile(
    r"\b(?:(?-i:may)|might|could|whether|alleged(?:ly)?|reported(?:ly)?|rumou?r(?:s|ed)?|claim(?:s|ed)|possibl[ey]|"
    r"potential(?:ly)?|suspected|"
    r"expected|planned|considering|proposed|according to|suggests?|appears?|likely|denie[sd]|denials?)\b",
    re.IGNORECASE,
)
_AS_UNSURE = re.compile(
    r"\b(?:reject(?:s|ed)|dismiss(?:es|ed)|fear(?:s|ed)?|thinks?|thought|believe[sd]?|predict(?:s|ed)|estimated?|plans?|hope[sd]?|"
    r"aim(?:s|ed)|doubt(?:s|ed)?|promise[sd]?|offer(?:s|ed)|considers?)\b",
    re.IGNORECASE,
)
_DOUBTED = re.compile(
    r"\b(?:(?-i:may)|might|whether|alleged(?:ly)?|reportedly|rumou?r(?:s|ed)?|suspected|denie[sd]|(?:reported|claimed|"
    r"claims|according to)(?! by| as))\b",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"\b(?:all|every|always|only|none|entire(?:ly)?|each|most|exclusively|completely|never|first|sole(?:ly)?)\b",
    re.IGNORECASE,
)
_SPEAKER = re.compile(
    r"([A-Z][\w’'&.-]*(?:\s+[A-Z][\w’'&.-]*)*)(?:,[^,.]{1,80},)?\s+(?:has |have |had |also |later |flatly |"
    r"previously )*"
    r"(?:said|says|told|added|claim(?:s|ed)|argue[sd]|warn(?:s|ed)|announced|stated|den(?:ies|ied)|reject(?:s|ed)|"
    r"confirm(?:s|ed)|wrote|insist(?:s|ed)|"
    r"report(?:s|ed)|described|called|accused|criticised|criticized)\b"
)


_SPEAKER_AFTER = re.compile(
    r"(?:\b[Aa]ccording to|[,”\"] (?:said|says|added|told|wrote|warned|announced|claimed|insisted))\s+"
    r"([A-Z][\w’'&.-]*(?:\s+[A-Z][\w’'&.-]*)*)"
)


def _speakers(text: str) -> list[set[str]]:
    named = [match.group(1) for pattern in (_SPEAKER, _SPEAKER_AFTER) for match in pattern.finditer(text)]
    return [set(stems(name)) for name in named if content_stems(name)]


def _other_speaker(sentence: str, said: str) -> bool:
    """Both name who speaks, and nobody who speaks in the one speaks in the other."""
    one, other = _speakers(sentence), _speakers(said)
    return bool(one and other) and not any(first & second for first in one for second in other)
