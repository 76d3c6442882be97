"""What a model may change of the words it quotes.

A model writes from its quote, so a name, a figure or a detail that the quote does not have is an invention, however alike the two
sentences are: the gate weighs likeness, and a long true sentence with one false word is very alike. A person's claim is written
from what the person knows; for that the gate alone decides.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from bot.kinds import figures, names
from bot.objections import closest_sentence
from bot.polarity import opposites
from bot.relevance import is_held
from bot.values import Note
from bot.verbatim import LEFT_OUT
from bot.word_forms import may_say
from vectorstore.words import content_stems, stems

NEAR_COPY = 0.5
"""Of the words of a sentence, the share that stands in its quote in the same order from which it is its copy, with changes."""
MIN_HELD = 0.6
"""Of what a sentence says, the share of words that its quote must hold, in their own or another form."""

_WORD = re.compile(r"[^\W_]+(?:[’'.][^\W_]+)*")
_CONTRACTED = re.compile(r"n[’']t\b", re.IGNORECASE)
_NOT = frozenset("not no never none nobody nothing neither nor without cannot".split())
_UNSURE = frozenset(
    """may might could possibly probably perhaps allegedly reportedly apparently supposedly likely potentially partly
    almost nearly about""".split()
)
_SURE = frozenset("will always all every only must entirely completely first last sole certainly never".split())
_ORDER = frozenset("more less before after above below over under until since most least few many some several".split())
_POINTING = frozenset("he she it they him her them his hers its their theirs this these those we our i my".split())
_OPEN = _POINTING | {"the", "a", "an", "that"}
_SAYING = frozenset(
    """said says told reported reports stated wrote announced believed believes thought claimed claims argued argues suggested
    suggests assumed alleged estimated""".split()
)
_REPORTING = frozenset(stems("said says told reported reports according stated wrote announced"))


@dataclass(frozen=True, slots=True)
class _Change:
    """Words of the quote and what stands in their place; either may be none."""

    before: Sequence[str]
    after: Sequence[str]


def reworded(sentence: str, quote: str, about: str) -> Note | None:
    """What `sentence` says that `quote` does not; None where every change is one of form.

    about: title, publisher, author and day of the source, which may be named without being quoted.
    """
    held = {*stems(quote), *stems(about)}
    if (
        value := next((each for each in figures(sentence) if each not in figures(f"{quote} {about}")), None)
    ) is not None:
        return Note("held_figure", {"value": value})
    closest = quote if LEFT_OUT in quote else closest_sentence(sentence, quote)
    said = _words(sentence)
    changes, kept = _compared(_words(closest), said)
    if kept >= NEAR_COPY:
        return next((reason for change in changes if (reason := _amiss(change, changes, said, held))), None)
    return _invented(sentence, held, _words(quote))


def _invented(sentence: str, held: set[str], quoted: Sequence[str]) -> Note | None:
    """A name or too many words from nowhere, in a sentence in words of its own."""
    said = {stem for stem in content_stems(sentence) if stem not in _REPORTING}
    if said and sum(_says(held, stem) for stem in said) / len(said) < MIN_HELD:
        return Note("held_something_else")
    if any(word.lower() in _POINTING for word in quoted):
        return None
    return next((Note("held_name", {"name": name}) for name in names(sentence) if not _named(held, name)), None)


def _named(held: set[str], name: str) -> bool:
    return any(_says(held, stem) for stem in content_stems(name) or stems(name))


def _amiss(change: _Change, changes: Sequence[_Change], sentence: Sequence[str], held: set[str]) -> Note | None:
    """What is wrong with one of the changes in a copy."""
    moved = {word.lower() for each in changes for word in each.before}
    before, after = Counter(map(str.lower, change.before)), Counter(map(str.lower, change.after))
    new, gone = set(after - before), set(before - after)
    if new & _NOT or (gone & _NOT and len(change.before) <= _A_FEW):
        return Note("held_denied")
    if _speaker_lost(change) or (gone & _UNSURE and len(change.before) <= _A_FEW and not new & _UNSURE):
        return Note("held_less_sure")
    if stronger := new & (_SURE | _ORDER) - (set() if change.before else moved):
        return Note("held_word", {"word": min(stronger)})
    if _fills_in(change):
        return None
    return _not_said(change, held) or (None if _voice(changes) else _out_of_place(change, sentence))


def _speaker_lost(change: _Change) -> bool:
    """Whether "Lund believed that" or "According to Lund" fell out before what is kept."""
    before, after = [word.lower() for word in change.before], {word.lower() for word in change.after}
    if after & _SAYING or "according" in after:
        return False
    return "according" in before or (before[-1:] == ["that"] and not _SAYING.isdisjoint(before))


def _fills_in(change: _Change) -> bool:
    """Whether the place of "he" or "the company" is taken: who that is stands around the quote, and the gate looks there."""
    return any(word.lower() in _OPEN for word in change.before) and not any(map(_is_fact, change.before[1:]))


def _not_said(change: _Change, held: set[str]) -> Note | None:
    for word in change.after:
        said = stems(word) if word[0].isdigit() else content_stems(word)
        if not all(_says(held, stem) or stem in _REPORTING for stem in said):
            return Note("held_word", {"word": word})
    return None


def _out_of_place(change: _Change, sentence: Sequence[str]) -> Note | None:
    """A word of the quote that stands where the quote has another: the two changed round, or the one put over the other."""
    if len(change.before) > _A_FEW or not _SAYING.isdisjoint(map(str.lower, change.after)):
        return None
    replaced = {stem for word in change.before for stem in stems(word)}
    elsewhere = {stem for word in sentence if word not in change.after for stem in stems(word)}
    swapped = any(stem in elsewhere for word in change.before for stem in content_stems(word))
    facts = any(map(_is_fact, change.before))
    for word in change.after:
        said = stems(word) if _is_fact(word) else content_stems(word)
        other = not all(_says(replaced, stem) for stem in said)
        if any(not opposites(stem).isdisjoint(replaced) for stem in said):
            return Note("held_opposite")
        if other and change.before and (swapped or (facts and _is_fact(word))):
            return Note("held_moved", {"word": word})
    if not change.before and change.after and _is_fact(change.after[0]):
        return Note("held_moved", {"word": change.after[0]})  # a part that is moved whole begins with "in" or "the"
    return None


_A_FEW = 4
"""Words that fell out one by one, where more are a part that was left out whole."""


def _is_fact(word: str) -> bool:
    """A name or a figure."""
    return word[0].isdigit() or (word[0].isupper() and word.lower() not in _OPEN)


def _says(held: set[str], stem: str) -> bool:
    return is_held(stem, held) or not may_say(stem).isdisjoint(held)


def _voice(changes: Sequence[_Change]) -> bool:
    """Whether active became passive or the reverse: then names change places."""
    before = sum(word.lower() == "by" for each in changes for word in each.before)
    return before != sum(word.lower() == "by" for each in changes for word in each.after)


def _compared(quoted: Sequence[str], said: Sequence[str]) -> tuple[list[_Change], float]:
    """The changes in their order, and the share of the words said that are kept."""
    one, other = [_form(word) for word in quoted], [_form(word) for word in said]
    codes = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    kept = sum(there - at for kind, _, _, at, there in codes if kind == "equal")
    changes = [_Change(quoted[a:b], said[c:d]) for kind, a, b, c, d in codes if kind != "equal"]
    return changes, kept / max(1, len(said))


def _form(word: str) -> str:
    return " ".join(stems(word)) or word.lower()


def _words(text: str) -> list[str]:
    return _WORD.findall(_CONTRACTED.sub(" not", text))
