"""A sentence read as stretches, each of which one sentence of the quote says.

A summary may join what two sentences say; it may not put the name, the day or the reason of one into what the other says. Where
in the middle of a clause the source changes, the two have been mixed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.complete import leans
from bot.relevance import is_held
from vectorstore.sentences import split_sentences
from vectorstore.words import STOP_WORDS, stems

_WORD = re.compile(r"[^\W_]+(?:[’'.,][^\W_]+)*")
_BREAK = re.compile(r"[,;:()–—\"“”]|\s-\s")
_JOINING = frozenset("and but while because which who whose where although though as when after before".split())
_AKIN, _LEANT_ON, _NEAR = 0.8, 0.9, 0.5
"""What a word counts for that is there in another form, in the sentences leant on, or somewhere around the quote."""
_CHANGE, _CHANGE_BETWEEN = 1.2, 0.3
"""What it costs, in words, to go on with another sentence within a clause and between clauses."""
_BEFORE = 3
"""Sentences before one with "he" or "the company" that may say who that is."""


@dataclass(frozen=True, slots=True)
class Source:
    """A sentence of the quote and, where it leans on them, the sentences before it."""

    text: str
    before: str

    @property
    def held(self) -> frozenset[str]:
        return frozenset(stems(f"{self.before} {self.text}"))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words of a sentence that one sentence of the quote says best."""

    text: str
    source: int
    """Its place among the sources."""
    words: int
    """Words that say something."""
    held: float
    """How many of them are said there, each in [0, 1]."""
    in_clause: bool
    """Whether it begins in the middle of a clause, where the stretch before it has not ended."""


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    stems: tuple[str, ...]
    opens: bool
    """Whether a clause may begin with it."""


def sources(said: str, around: str) -> tuple[Source, ...]:
    """The sentences of the quote `said`, those that lean on others together with them, out of `around`."""
    quoted = [sentence.text for sentence in split_sentences(said)]
    near = [sentence.text for sentence in split_sentences(around)]
    return tuple(Source(text, _leant_on(text, near)) for text in quoted)


def _leant_on(text: str, near: Sequence[str]) -> str:
    if not leans(text):
        return ""
    at = next((index for index, other in enumerate(near) if text in other or (other in text and len(other) > 20)), 0)
    first = max(0, at - 1)
    while first > at - _BEFORE and first > 0 and leans(near[first]):
        first -= 1
    return " ".join(near[first:at])


def stretches(sentence: str, said: Sequence[Source], around: Collection[str]) -> tuple[Stretch, ...]:
    """`sentence` in order as the likeliest stretches of `said`; `around` are the stems that stand around the quote.

    Empty where the sentence says nothing or nothing is quoted.
    """
    words = _words(sentence)
    if not words or not said:
        return ()
    own = [frozenset(stems(source.text)) for source in said]
    before = [frozenset(stems(source.before)) for source in said]
    worth = [[_worth(word, own[i], before[i], around) for i in range(len(said))] for word in words]
    path = _likeliest(worth, [_CHANGE_BETWEEN if word.opens else _CHANGE for word in words])
    begins = [index for index in range(len(words)) if index == 0 or path[index] != path[index - 1]]
    found = []
    for first, end in zip(begins, [*begins[1:], len(words)], strict=True):
        stop = words[end].start if end < len(words) else len(sentence)
        held = sum(worth[index][path[index]] for index in range(first, end))
        text = sentence[0 if first == 0 else words[first].start : stop]
        found.append(Stretch(text, path[first], end - first, held, first > 0 and not words[first].opens))
    return tuple(found)


def _words(sentence: str) -> list[_Word]:
    found: list[_Word] = []
    opens, position = True, 0
    for match in _WORD.finditer(sentence):
        lower = match.group().lower()
        opens |= lower in _JOINING or bool(_BREAK.search(sentence, position, match.start()))
        position = match.end()
        said = tuple(stems(match.group()))
        if said and lower not in STOP_WORDS and lower not in _JOINING:
            found.append(_Word(match.start(), said, opens))
            opens = False
    return found


def _worth(word: _Word, own: frozenset[str], before: frozenset[str], around: Collection[str]) -> float:
    def one(stem: str) -> float:
        if stem in own:
            return 1.0
        if is_held(stem, own):
            return _AKIN
        if is_held(stem, before):
            return _LEANT_ON
        return _NEAR if stem in around else 0.0

    return sum(map(one, word.stems)) / len(word.stems)


def _likeliest(worth: Sequence[Sequence[float]], cost: Sequence[float]) -> list[int]:
    """For each word the source it is from: the path through `worth` (words, sources) that is worth most less its changes."""
    best, back = list(worth[0]), []
    for row, change in zip(worth[1:], cost[1:], strict=True):
        top = max(range(len(best)), key=best.__getitem__)
        came = [here if best[here] >= best[top] - change else top for here in range(len(best))]
        best = [best[came[i]] - (change if came[i] != i else 0.0) + row[i] for i in range(len(row))]
        back.append(came)
    path = [max(range(len(best)), key=best.__getitem__)]
    for came in reversed(back):
        path.append(came[path[-1]])
    return path[::-1]
