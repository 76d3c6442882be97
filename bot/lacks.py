"""Whether a question leans on what was said before it, told from its words alone."""

from __future__ import annotations

import re
from collections.abc import Set
from enum import Enum

from bot.topic import phrases
from bot.word_lists import LIGHT, RELATIONAL
from vectorstore.words import content_stems


class Lack(Enum):
    """What a question needs from the conversation to be understood."""

    POINTS_BACK = "points back"
    """It says "it", "they", "there", "the second one" and does not say what."""
    ELLIPSIS = "ellipsis"
    """It leaves out what was asked before: "why?", "and BYD?", "no, I meant the lake"."""
    TOPIC = "topic"
    """It says no subject: "what are the symptoms?"."""


_POINTERS = re.compile(
    r"\b(?:it|its|itself|they|them|their|theirs|he|him|his|she|her|hers|this|that|these|those|one|ones|there)\b",
    re.IGNORECASE,
)
_EASY = "possible|important|better|necessary|true|normal|okay|ok|common|hard|difficult|legal|wise|worth\\w*|best|time|likely"
_NO_POINTERS = re.compile(
    rf"\b(?:is|was|would|will|makes?|made|be) it (?:(?:so|very|more|less) )?(?:{_EASY})\s+(?:to|that|for)\b"
    r"|\bit(?:['’]s| is| was| would be) (?:[\w-]+ ){1,3}(?:to|that)\b|\bit (?:sounds|seems|looks|appears|turns out)\b"
    r"|\bwhat time is it|\bhow long does it take"
    r"|\b(?:is|are|was|were) there\b|\bthere (?:is|are|was|were|['’]s)\b"
    r"|\b(?:so|such|know|think|say|said|heard|hear|sure|true|mean|like|believe|fact|way|idea|only|not|things?|people|\w+s)"
    r" that (?:\w+ )",
    re.IGNORECASE,
)
"""Where those words point at nothing: "is it possible to", "are there", "the news that"."""
_CONJUNCTION = re.compile(r"[.?!;,]|\b(?:and|or|but|if|when|because|since|so|before|after|while|that)\b", re.IGNORECASE)
_LAST_WORD_OF = re.compile(r"\b(?:before|after|since)\s+$", re.IGNORECASE)
"""Of "who came after him?", where it joins no clause."""
_SENTENCE = re.compile(r"(?<=[.?!])\s+")
_OF_THE_SPEAKER = re.compile(r"^\W*(?:\w+\W+)?(?:i|we|my)\b", re.IGNORECASE)
_NEXT_WORDS = re.compile(r"(?:\s+[\w'’-]+){2,5}")

_LEFT_OUT = re.compile(
    r"^\W*(?:and|or|but|so)?\W*(?:why|how so|how come|when|where|who|how (?:much|many|long|far|old|often)|which|more|what else"
    r"|else|go on|tell me more|say more)\W*(?:then|not|that|exactly)?\W*$"
    r"|^\W*(?:and|or)\b|^\W*(?:(?:okay|ok|now|so|but|no|really)\W+)*(?:what|how) about\b|^\W*no\W",
    re.IGNORECASE,
)
_DEFINES = re.compile(
    r"^\W*(?:and |so |but )?(?:(?:what|who)(?:['’]s| is| are| was| were| does)|tell me about|define|describe|explain)\b"
    r"(?! (?:the |some )?(?:other|main|most|difference|best))",
    re.IGNORECASE,
)
_PREPOSITION = (
    "of|for|in|to|about|from|with|on|between|at|by|during|than|as|into|against|after|before|over|under|around"
)
_COMPLETED = re.compile(
    rf"\b(?:{_PREPOSITION})\s+(?!(?:the )?(?:world|long|short|most|general|particular|first place)\b)(?:\w+\s+){{0,2}}\w{{3,}}",
    re.IGNORECASE,
)
_KIND_OF = re.compile(r"\b(?:what|which) (?:other )?(?:kinds?|types?|sorts?) of\b", re.IGNORECASE)
"""Asks no more of a thing than "which" does."""
_NOUN = rf"(?!(?:{_PREPOSITION})\b)[a-z][\w-]*"
_DEFINITE = re.compile(
    rf"\b(?:the|those|these|this|that|such an?)\s+(?:(?!(?:and|or)\b){_NOUN}\s+){{0,2}}{_NOUN}"
    r"(?=\s*(?:$|[?.!,]|\b(?:is|are|was|were|do|does|did|have|has|had|can|could|will|would|should|usually|and|or|help|say|go|get"
    r"|compare|differ|affect|respond)\b))"
)
"""A thing said to be known by a common noun alone: "the records", "these methods"."""
_BESIDES = re.compile(
    r"\b(?:other|another|else)\b|\bwhich (?:type|kind|one|version|option)?s?\s*(?:is|are|was|were|would|do|does|will)\b"
    r"|\bthe (?:most [a-z]+|[a-z]{3,}est|best|worst|first|second|third|last|next)"
    r"\s*(?:$|[?.!,]|\b(?:ever|in|for|to|one|ones|was|is|are|be)\b)",
    re.IGNORECASE,
)
_COMPARES = re.compile(
    r"\b(?:more|next|same|similar|alternatives?|latter|former|compared?|differ|different|differences?|second|third|last|first|both|either"
    r"|each|such)\b",
    re.IGNORECASE,
)
_LEFT_OPEN = re.compile(r"\b(?:help|work|change|matter|succeed|fail|react|compare|differ)\W*$", re.IGNORECASE)
"""A doing at the end, without what it is done to or for: "what could I do to help?"."""
_EXISTS = re.compile(r"\b(?:is|are|was|were) there\b", re.IGNORECASE)


def what_it_lacks(question: str, spoken_of: Set[str]) -> Lack | None:
    """None for a question that stands alone. `spoken_of`: the stems of the conversation so far."""
    if pointer(question):
        return Lack.POINTS_BACK
    if _LEFT_OUT.search(question):
        return Lack.ELLIPSIS
    return None if _has_a_topic(question, spoken_of) else Lack.TOPIC


def pointer(question: str) -> re.Match[str] | None:
    """The first word that points to something outside the question itself."""
    visible = _NO_POINTERS.sub(lambda empty: "_" * len(empty.group()), question)
    return next((found for found in _POINTERS.finditer(visible) if not _is_inside(question, found)), None)


def _has_a_topic(question: str, spoken_of: Set[str]) -> bool:
    about = set(content_stems(question)) - LIGHT - RELATIONAL
    definite = _DEFINITE.search(question)
    if _DEFINES.search(question) and not definite and about:
        return True
    found = phrases(question)
    carried = {stem for phrase in found for stem in phrase.stems}
    about = carried - RELATIONAL
    if not about:
        return False
    if any(phrase.named for phrase in found):
        return True
    if definite or _BESIDES.search(question) or _LEFT_OPEN.search(question):
        return False
    if _COMPLETED.search(_KIND_OF.sub("which ", question)):
        return True
    aspect = carried & RELATIONAL or _EXISTS.search(question) or _COMPARES.search(question)
    return not aspect and (len(about) > 1 or not about <= spoken_of)


def _is_inside(question: str, found: re.Match[str]) -> bool:
    """Whether what a word points to stands in the question before it, in another clause, or right after it."""
    word = found.group().lower()
    following = _NEXT_WORDS.match(question[found.end() :])
    if word in ("this", "that", "these", "those") and following and _says_itself(following.group()):
        return True
    *earlier, current = _SENTENCE.split(question[: found.start()])
    if not re.search(r"\w", question[found.end() :]):
        current = _LAST_WORD_OF.sub("", current)
    clauses = _CONJUNCTION.split(current)[:-1]
    clauses += [sentence for sentence in earlier if _can_be_pointed_to(sentence) or word in ("this", "that")]
    return any(phrases(clause) for clause in clauses)


def _says_itself(words: str) -> bool:
    """Whether "that Geneva office" or "those shipping costs" says itself what is meant: by a name, or by two words."""
    return any(
        phrase.named or (len(phrase.stems) > 1 and words.strip().startswith(phrase.text))
        for phrase in phrases(f"the {words}")
    )


def _can_be_pointed_to(sentence: str) -> bool:
    """Not "I live in a remote area." nor "Interesting.": what the speaker says of himself is not what "it" is."""
    return sentence.endswith("?") or (len(sentence.split()) > 3 and not _OF_THE_SPEAKER.match(sentence))
