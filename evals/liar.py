"""Lies made of true sentences: each is a sentence that its verbatim quote does not prove, of a kind that models really produce.

Also truths, reworded: a gate that held everything back would show no lie either.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]{2,}(?: [A-Z][a-z]{2,})*\b")
_FIGURE = re.compile(r"(?<![\w.,-])\d+(?:[.,]\d+)*(?![\w-])")
_ASSERTS = re.compile(r"\b(is|was|are|were|has|had|have|will|can|could|would|did|does|do)\b(?! not\b|n't)")
_DENIES = re.compile(r"\b(is|was|are|were|has|had|have|will|can|could|would|did|does|do) not\b")
_SAID = re.compile(
    r"^(?:According to [^,]{3,60}, |[A-Z][^,.]{2,50} (?:said|says|claimed|claims|argued|argues|believed|suggested) that )"
)
_HEDGED = {
    r"\bmay\b": "will",
    r"\bmight\b": "will",
    r"\bcould\b": "will",
    r"\bis believed to be\b": "is",
    r"\bappears to be\b": "is",
    r"\ballegedly ": "",
    r"\breportedly ": "",
    r"\bprobably ": "",
    r"\bpossibly ": "",
}
_OVERSTATED = {
    r"\b[Ss]ome (?=[a-z]+s\b)": "all ",
    r"\b[Mm]ost (?=[a-z]+s\b)": "all ",
    r"\b[Mm]any (?=[a-z]+s\b)": "all ",
    r"\boften\b": "always",
    r"\busually\b": "always",
    r"\bsometimes\b": "always",
    r"\bone of the [a-z]+est\b": "the very first",
    r"\brarely\b": "never",
}
_OPPOSITES = [
    *(
        "increased decreased|increase decrease|more less|higher lower|before after|first last|largest smallest".split(
            "|"
        )
    ),
    *(
        "won lost|early late|north south|northern southern|east west|eastern western|old new|rise fall|rose fell".split(
            "|"
        )
    ),
    *("began ended|accepted rejected|allowed forbade|strong weak|major minor|public private|inside outside".split("|")),
    *(
        "positive negative|above below|majority minority|male female|legal illegal|possible impossible|best worst".split(
            "|"
        )
    ),
]
_PLACES = ("in Tromsø", "in the harbour of Skarn", "under the Treaty of Velmar", "at the request of Ida Brandt")
_DAYS = ("in 1643", "on 14 March 2009", "in the autumn of 1871")


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence with the quote that is named for it."""

    kind: str
    text: str
    quote: str


Kind = Callable[[str, Sequence[str], Random], str | None]
"""A sentence of a document, all of its sentences, chance: another sentence, or None where the kind does not suit."""


def told(kinds: dict[str, Kind], sentences: Sequence[str], chance: Random) -> list[Told]:
    """One of each kind for a document, of a sentence that suits it."""
    found = []
    for name, kind in kinds.items():
        for quote in chance.sample(sentences, len(sentences)):
            text = kind(quote, sentences, chance)
            if text and text != quote:
                found.append(Told(name, text, quote))
                break
    return found


def _swapped(quote: str, one: re.Match[str], other: str) -> str:
    return quote[: one.start()] + other + quote[one.end() :]


def _first(pattern: re.Pattern[str], quote: str, other: Callable[[str], str]) -> str | None:
    found = pattern.search(quote)
    return _swapped(quote, found, other(found.group())) if found else None


def other_figure(quote: str, _: Sequence[str], chance: Random) -> str | None:
    return _first(_FIGURE, quote, lambda figure: f"{figure[:-1]}{(int(figure[-1]) + chance.randint(1, 9)) % 10}")


def figure_of_another_sentence(quote: str, sentences: Sequence[str], chance: Random) -> str | None:
    others = [found for each in sentences if each != quote for found in _FIGURE.findall(each) if found not in quote]
    return _first(_FIGURE, quote, lambda _: chance.choice(others)) if others else None


def other_name(quote: str, sentences: Sequence[str], chance: Random) -> str | None:
    """A name of the same document in the place of another."""
    others = [name for each in sentences for name in _NAME.findall(each) if not set(name.split()) & set(quote.split())]
    return _first(_NAME, quote, lambda _: chance.choice(others)) if others else None


def names_changed_round(quote: str, _: Sequence[str], __: Random) -> str | None:
    names = list(_NAME.finditer(quote))
    if len(names) < 2:
        return None
    one, other = names[0], names[1]
    between = quote[one.end() : other.start()]
    if one.group() == other.group() or re.search(r",|\band\b|\bor\b|\bwith\b|\bbetween\b", between) or len(between) < 6:
        return None  # "A and B" is the same as "B and A"
    return quote[: one.start()] + other.group() + between + one.group() + quote[other.end() :]


def denied(quote: str, _: Sequence[str], __: Random) -> str | None:
    return None if _DENIES.search(quote) else _first(_ASSERTS, quote, lambda verb: f"{verb} not")


def denial_lost(quote: str, _: Sequence[str], __: Random) -> str | None:
    return _first(_DENIES, quote, lambda verb: verb.removesuffix(" not"))


def opposite(quote: str, _: Sequence[str], chance: Random) -> str | None:
    pairs = [pair.split() for pair in _OPPOSITES]
    for one, other in chance.sample(pairs, len(pairs)):
        for word, contrary in ((one, other), (other, one)):
            if re.search(rf"\b{word}\b", quote):
                return re.sub(rf"\b{word}\b", contrary, quote, count=1)
    return None


def _by(table: dict[str, str], quote: str) -> str | None:
    for pattern, stronger in table.items():
        if re.search(pattern, quote):
            return re.sub(pattern, stronger, quote, count=1)
    return None


def surer(quote: str, _: Sequence[str], __: Random) -> str | None:
    return _by(_HEDGED, quote)


def overstated(quote: str, _: Sequence[str], __: Random) -> str | None:
    return _by(_OVERSTATED, quote)


def speaker_lost(quote: str, _: Sequence[str], __: Random) -> str | None:
    found = _SAID.match(quote)
    return f"{quote[found.end() :][:1].upper()}{quote[found.end() + 1 :]}" if found else None


def detail_added(quote: str, _: Sequence[str], chance: Random) -> str | None:
    return f"{quote.rstrip('.')} {chance.choice(_PLACES)}."


def day_added(quote: str, _: Sequence[str], chance: Random) -> str | None:
    return f"{quote.rstrip('.')} {chance.choice(_DAYS)}."


def proven_by_another_sentence(quote: str, sentences: Sequence[str], chance: Random) -> str | None:
    """A sentence of the document that nothing in the quote says."""
    words = set(re.findall(r"[a-z]{5,}", quote.lower()))
    others = [each for each in sentences if len(words & set(re.findall(r"[a-z]{5,}", each.lower()))) < 2]
    return f"{chance.choice(others).rstrip('.')} indeed." if others else None


def two_sentences_made_one(quote: str, sentences: Sequence[str], chance: Random) -> str | None:
    """The subject of one with what is said in another."""
    others = [each for each in sentences if each != quote and _ASSERTS.search(each)]
    found = _ASSERTS.search(quote)
    if not found or not others or found.start() < 4:
        return None
    other = chance.choice(others)
    verb = _ASSERTS.search(other)
    return quote[: found.start()] + other[verb.start() :] if verb else None


LIES: dict[str, Kind] = {
    "another figure": other_figure,
    "the figure of another sentence": figure_of_another_sentence,
    "another name of the document": other_name,
    "two names changed round": names_changed_round,
    "a not put in": denied,
    "a not left out": denial_lost,
    "the opposite word": opposite,
    "surer than the source": surer,
    "more than the source": overstated,
    "without who said it": speaker_lost,
    "a place or person added": detail_added,
    "a day added": day_added,
    "the quote of another sentence": proven_by_another_sentence,
    "subject and predicate of two sentences": two_sentences_made_one,
}


def word_for_word(quote: str, _: Sequence[str], __: Random) -> str | None:
    return f"{quote} "


def without_brackets(quote: str, _: Sequence[str], __: Random) -> str | None:
    return re.sub(r" \([^()]*\)", "", quote)


def opening_moved_back(quote: str, _: Sequence[str], __: Random) -> str | None:
    """ "In 1999, it opened." as "It opened in 1999." """
    found = re.match(r"^(In|On|At|During|After|By) ([^,]{3,30}), (.+)\.$", quote)
    return f"{found[3][0].upper()}{found[3][1:]} {found[1].lower()} {found[2]}." if found else None


def contracted(quote: str, _: Sequence[str], __: Random) -> str | None:
    return re.sub(r"\b(is|was|are|were|has|had|have|did|does|do|could|would) not\b", r"\1n't", quote)


TRUTHS: dict[str, Kind] = {
    "word for word": word_for_word,
    "without what stood in brackets": without_brackets,
    "with its opening moved to the end": opening_moved_back,
    "contracted": contracted,
}
