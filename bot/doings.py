"""What a sentence says is done: which doings, how surely, and who does it to whom. Told from words and their order alone.

No tagger and no parser: a doing is a word of a list, or one in "-ed", that no article stands before. What that misses costs a
check that is not made; what it finds is compared form by form (`bot.word_forms`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from bot.polarity import negated
from bot.word_forms import forms, is_irregular_past, may_say
from bot.word_lists import VERBS
from vectorstore.words import STOP_WORDS, stems

_WORD = re.compile(r"[^\W_]+")
_MORE_VERBS = frozenset(
    stem
    for stem in stems(
        """abandon abolish acquire acquit adopt advise amend appoint approve arrest assign attend authorise authorize award bar
        call cancel cease chair commission condemn confess confiscate convict crash create deliver denounce
        designate detain discuss dismiss donate double elect endorse evacuate examine expel explode export extend
        extradite fell fine found fund grant halve host identify import indict injure inspect introduce investigate
        invite issue lease licence license lift lower manufacture merge name negotiate nominate oppose order
        organise organize oust overturn pledge postpone predict present prohibit propose prosecute provide publish
        purchase ratify reach recall recommend refuse register renew rent resume reveal review revoke sack sanction
        scrap seize sentence ship sign slow stage sue sued sign sink suspend test tour transfer treble triple uphold veto
        visit withdraw wound worsen rose won lost bought sold built grew shrank cut led left held kept took gave
        went came wrote sent paid spent met made found fought flew drove chose broke began brought taught stole
        struck"""
    )
)
_ARTICLES = frozenset("a an the this that these those its their his her our my your no any some each every".split())
_DETERMINERS = _ARTICLES | frozenset(
    """of s new old first second last next more less most many few several two three and or in by for from with""".split()
)
_AUXILIARIES = frozenset("be is are was were been being am isn aren wasn weren".split())

FACT, WILL, WANTED, POSSIBLE = 3, 2, 1, 0
"""How surely something is said to happen; higher is surer."""
_MOODS = {
    **dict.fromkeys("may might could possibly perhaps maybe reportedly allegedly allege potentially rumoured".split(), POSSIBLE),
    **dict.fromkeys(
        """want wants wanted plan plans planned planning hope hopes hoped aim aims intend intends intended propose proposes
        proposed consider considers considered considering seek seeks expect expects expected wish tries try tried
        trying attempt attempted should threaten threatened scheduled due talks discuss discussing offer offers
        offered asked urged called ready likely""".split(),
        WANTED,
    ),
    **dict.fromkeys("will would shall ll going agreed agrees promised pledged".split(), WILL),
}  # fmt: skip
_REACH = 4
"""Words before a doing that may say how sure it is."""


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    stem: str
    place: int
    """Among the words of its text."""
    start: int
    """Code points into its text."""
    clause: int
    """Equal for words that no comma, dash, bracket or quotation mark parts."""


@lru_cache(maxsize=1_024)
def words(text: str) -> tuple[Word, ...]:
    found: list[Word] = []
    clause, position = 0, 0
    for match in _WORD.finditer(text):
        clause += bool(re.search(r"[,;:.!?()–—“”\"]", text[position : match.start()]))
        position = match.end()
        stemmed = stems(match.group())
        if stemmed:
            found.append(Word(match.group(), stemmed[0], len(found), match.start(), clause))
    return tuple(found)


def doings(text: str) -> list[Word]:
    """The words that say what is done, auxiliaries left out."""
    said = words(text)
    return [word for word in said if _is_doing(word, said)]


def _is_doing(word: Word, said: Sequence[Word]) -> bool:
    lower = word.text.lower()
    if lower in STOP_WORDS or (word.text[0].isupper() and word.place):
        return False
    past = len(lower) > 4 and lower.endswith("ed") and not lower.endswith("eed")
    if not past and word.stem not in VERBS and word.stem not in _MORE_VERBS:
        return False
    before = said[word.place - 1].text.lower() if word.place else ""
    return before not in _DETERMINERS and not lower.endswith("ing")


def predicates(text: str) -> list[Word]:
    """What something is said to be where nothing is done: "safe" in "the plant is safe", "talks" in "they are in talks"."""
    said = words(text)
    found = []
    for word in said:
        if word.text.lower() in _AUXILIARIES:
            after = [other for other in said[word.place + 1 : word.place + 1 + _REACH] if other.clause == word.clause]
            telling = [other for other in after if other.text.lower() not in STOP_WORDS and other.text.islower()]
            found += telling[:1]
    return found


def unsaid(sentence: str, held: Sequence[str]) -> list[Word]:
    """The doings of `sentence` that no stem of `held` can say."""
    given = frozenset(held)
    telling = [word for word in doings(sentence) or predicates(sentence) if word.stem not in _EMPTY]
    return [word for word in telling if not may_say(word.stem) & given and not _same_beginning(word.stem, given)]


_EMPTY = frozenset(
    stem
    for word in stems(
        """make take get go come give hold use include feature appear work play run call serve act become
        say tell report state add note explain describe"""
    )
    for stem in forms(word)
)
"""Doings that say little: other words of the sentence say what was done, and who said it is checked elsewhere."""


def _same_beginning(stem: str, given: frozenset[str]) -> bool:
    """ "construct" and "construction", "operat" and "operation"."""
    return len(stem) >= 5 and any(
        other.startswith(stem) or (len(other) >= 5 and stem.startswith(other)) for other in given
    )


def surer(sentence: str, said: str) -> tuple[Word, int] | None:
    """A doing that `sentence` says more surely than `said` does, with the difference of the two; the greatest one.

    What was done and what will be done differ by 2: the one is not a weaker form of the other.
    """
    quoted = words(said)
    own = words(sentence)
    found = []
    for word in doings(sentence):
        matching = [other for other in quoted if other.stem in forms(word.stem)]
        if matching:
            sure = min(FACT, _mood(word, own))
            least = max(_mood(other, quoted) for other in matching)
            if sure > least:
                done = sure == FACT and _is_past(word)
                found.append((word, max(2, sure - least) if done else sure - least))
    return max(found, key=lambda item: item[1], default=None)


def _is_past(word: Word) -> bool:
    return word.text.lower().endswith("ed") or is_irregular_past(word.stem)


def _mood(word: Word, said: Sequence[Word]) -> int:
    before = [other for other in said[max(0, word.place - _REACH) : word.place] if other.clause == word.clause]
    return min((_MOODS.get(other.text.lower(), FACT) for other in before if not _is_thing(other, said)), default=FACT)


def _is_thing(word: Word, said: Sequence[Word]) -> bool:
    """ "The plan" and "its offer", which say nothing of how sure it is; "the plan to sell" does."""
    before = said[word.place - 1].text.lower() if word.place else ""
    after = said[word.place + 1].text.lower() if word.place + 1 < len(said) else ""
    return before in _ARTICLES and after != "to"


def polarities(sentence: str, said: str) -> tuple[bool, bool] | None:
    """Whether the first doing that both speak of, else what something is said to be, is denied in `sentence`, and in `said`;
    None where they share none.

    A "not" counts for the doing in its clause, so that "the firm, which does not sell cars, opened a shop" denies nothing of
    the shop.
    """
    own, quoted = words(sentence), words(said)
    for word in [*doings(sentence), *predicates(sentence)]:
        matching = [other for other in quoted if other.stem in forms(word.stem)]
        if matching:
            return _denied(word, own, sentence), all(_denied(other, quoted, said) for other in matching)
    return None


_ASIDE = re.compile(r",[^,.;“”\"]{1,60},|\([^()]*\)|[–—][^–—]*[–—]")


def _denied(word: Word, said: Sequence[Word], text: str) -> bool:
    clause = [other for other in said if other.clause == word.clause]
    if negated(text[clause[0].start : clause[-1].start + len(clause[-1].text)]):
        return True
    without = _ASIDE.sub(" ", text)
    return without != text and any(
        _denied(other, words(without), without) for other in words(without) if other.text == word.text
    )


def swapped(sentence: str, said: str) -> tuple[str, str] | None:
    """Two that stand the other way round in `said` about the same doing: "A bought B" against "B bought A"."""
    own, quoted = words(sentence), words(said)
    for pivot in (word for word in own if _relates(word, own) and word.stem not in _EITHER_WAY):
        doer, done_to = _roles(pivot, own)
        others = [_roles(word, quoted) for word in quoted if word.stem in forms(pivot.stem) and _relates(word, quoted)]
        if any(doer.keys() & other_doer.keys() for other_doer, _ in others):
            continue
        for other_doer, other_done_to in others:
            first, second = doer.keys() & other_done_to.keys(), done_to.keys() & other_doer.keys()
            if first and second:
                return doer[min(first)], done_to[min(second)]
    return None


_EITHER_WAY = frozenset(
    stem
    for stem in stems(
        """meet met marry married wed divorce talk talks merge merger negotiate agree play played draw drew partner cooperate
        border fight fought between with and or like equal same join joint discuss compete"""
    )
)


def _roles(pivot: Word, said: Sequence[Word]) -> tuple[dict[str, str], dict[str, str]]:
    """Who does it, and who or what else it is about: the words of both by their stems, within the clause."""
    clause = [word for word in said if word.clause == pivot.clause]
    subject = [word for word in clause if word.place < pivot.place and _names_something(word, said)][-1:]
    after = [word for word in clause if word.place > pivot.place]
    before = {word.text.lower() for word in said[max(0, pivot.place - 3) : pivot.place]}
    if not (before & _AUXILIARIES and _is_past(pivot)):
        return _by_stem(subject), _by_stem(word for word in after if _names_something(word, said))
    agent = next((word.place for word in after[:_REACH] if word.text.lower() == "by"), len(said))
    named = takewhile(lambda word: word.text.lower() not in STOP_WORDS - _ARTICLES, said[agent + 1 :])
    return _by_stem(word for word in named if _names_something(word, said)), _by_stem(subject)


def _by_stem(found: Iterable[Word]) -> dict[str, str]:
    return {word.stem: word.text for word in found}


def _names_something(word: Word, said: Sequence[Word]) -> bool:
    lower = word.text.lower()
    return lower not in STOP_WORDS and not lower.endswith("ly") and not _is_doing(word, said)


def _relates(word: Word, said: Sequence[Word]) -> bool:
    """A doing, or a comparison: "bought", "larger", "more … than"."""
    after = {other.text.lower() for other in said[word.place + 1 : word.place + 4]}
    compares = word.text.lower() not in STOP_WORDS and "than" in after
    before = said[word.place - 1].text.lower() if word.place else "a"
    return _is_doing(word, said) or compares or (is_irregular_past(word.stem) and before not in _DETERMINERS)
