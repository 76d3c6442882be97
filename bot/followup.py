"""A follow-up becomes a question that stands alone, so that it can be searched.

With a model the model rewrites it, and is not believed blindly. Without one, rules add only what the question lacks: what
"it" or "the second one" points to, what "why?" and "and BYD?" leave out, and the subject where a question names none.
Joining the whole conversation to the question would make the search worse, so as little as possible is carried over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from bot.lacks import Lack, pointer, what_it_lacks
from bot.prompt import rewrite_prompt
from bot.topic import Phrase, fuller, phrases, salient
from bot.values import Turn
from bot.word_lists import LIGHT
from vectorstore.words import content_stems

MAX_ADDED = 400
"""Code points that a model may add to a question."""

_PERSON = re.compile(r"\b(?:he|him|his|she|her|hers)\b", re.IGNORECASE)
_POSSESSIVE = frozenset("its their his".split())
_REPLACED = frozenset("it they them he him she".split())
_END = re.compile(r"[\s?.!…]*$")
_BARE = re.compile(
    r"^\W*(?:(?:and|or|but|so|okay|ok)\W+)?(?:why(?: not)?|how so|how come|when|where|who|how (?:much|many|long|far|old|often))"
    r"\W*(?:then|exactly)?\W*$",
    re.IGNORECASE,
)
_INSTEAD = re.compile(
    r"^\W*(?:(?:okay|ok|now|so|but|no|and|or|really|then)\W+)*(?:(?:what|how) about |and |or )(?:in |for |at |the )*(.+?)\W*$",
    re.IGNORECASE,
)
_SHORT = re.compile(r"\b(?:[Tt]he|[Tt]hat|[Tt]his|[Tt]hese|[Tt]hose)\s+([A-Za-z][\w-]+)(?:\s+([\w-]+))?")
_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1, "latter": -1, "former": 0}
_ORDINAL = re.compile(
    rf"\bthe ({'|'.join(_ORDINALS)})(?: ones?)?(?=\W*$|\W+(?:is|was|does|did|has|had|can|will|one|of them|based)\b)",
    re.IGNORECASE,
)
_ITEM = r"[^,.;:\n()]{2,50}?"
_LISTED = re.compile(rf"((?:{_ITEM},\s+)*{_ITEM}),?\s+(?:and|or)\s+({_ITEM})(?=[.,;:\n]|$)")
_LEAD_IN = re.compile(
    r"^.*\b(?:is|are|was|were|includes?|included|as|of|both|between|with|offers?|has|have|named|called|sells?)\s+",
    re.IGNORECASE,
)
_MARKED = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+([^.:;(\n]{2,80})", re.MULTILINE)


def standalone(question: str, history: Sequence[Turn], *, rewrite: Callable[[str], str] | None = None) -> str:
    """`question` as somebody would ask it who had not had the conversation; itself when it stands alone already.

    rewrite: a model's reply to a prompt, empty when it has none.
    """
    if not history:
        return question
    if rewrite:
        written = " ".join(rewrite(rewrite_prompt(question, history)).split())
        if _can_be_trusted(written, question, history):
            return written
    return by_rules(question, history)


def by_rules(question: str, history: Sequence[Turn]) -> str:
    """What `standalone` does without a model."""
    if chosen := _of_a_list(question, history):
        return chosen
    spoken_of = frozenset(stem for turn in history for stem in content_stems(f"{turn.question} {turn.answer}"))
    lack = what_it_lacks(question, spoken_of)
    if lack is Lack.ELLIPSIS and (repeated := _asked_again(question, history[-1].question)):
        return repeated
    return _in_full(question, history, lack) or (_with_subject(question, history, lack) if lack else question)


def _can_be_trusted(written: str, question: str, history: Sequence[Turn]) -> bool:
    """A rewrite keeps what the question names, and takes everything else from the conversation."""
    if not written or len(written) > len(question) + MAX_ADDED:
        return False
    kept = set(content_stems(written))
    own = {stem for phrase in phrases(question) for stem in phrase.stems}
    known = set(content_stems(" ".join([question, *(f"{turn.question} {turn.answer}" for turn in history)])))
    return own <= kept and kept - known <= LIGHT


def _of_a_list(question: str, history: Sequence[Turn]) -> str | None:
    """ "the second one" becomes the second thing that the last answer listed."""
    found = _ORDINAL.search(question)
    if not found:
        return None
    items = _items(history[-1].answer)
    place = _ORDINALS[found.group(1).lower()]
    if not -len(items) <= place < len(items) or len(items) < 2:
        return None
    return question[: found.start()] + items[place] + question[found.end() :]


def _items(answer: str) -> list[str]:
    """The points of a list, or of the first "A, B and C" of a text."""
    marked = [item.strip() for item in _MARKED.findall(answer)]
    if len(marked) > 1:
        return marked
    for listed in _LISTED.finditer(answer):
        first, *others = re.split(r",\s+", listed.group(1))
        items = [" ".join(item.split()) for item in (_LEAD_IN.sub("", first), *others, listed.group(2))]
        if items[0] != first and all(_is_thing(item) for item in items):
            return items
    return []


def _is_thing(item: str) -> bool:
    bare = re.sub(r"^(?:an?|the) ", "", item)
    return any(phrase.text == bare for phrase in phrases(f"the {bare}"))


def _asked_again(question: str, asked: str) -> str | None:
    """ "why?" and "and BYD?" ask the last question again, of something else."""
    if _BARE.match(question):
        return f"{_END.sub('', question)}: {asked}"
    instead = _INSTEAD.match(question)
    names = [phrase for phrase in phrases(asked) if phrase.named]
    if instead and names and all(word[0].isupper() for word in instead.group(1).split()):
        whole = max((name for name in names if name.text.startswith(names[0].text)), key=lambda name: len(name.text))
        return asked.replace(whole.text, instead.group(1), 1)
    return None


def _in_full(question: str, history: Sequence[Turn], lack: Lack | None) -> str | None:
    """ "the line" becomes "the Harbour Line" when that was spoken of."""
    for short in _SHORT.finditer(question):
        word, following = short.group(1), short.group(2) or ""
        stems = content_stems(word)
        if (
            len(stems) != 1
            or not (lack or word[0].isupper())
            or phrases(f"the {following}")
            or not phrases(f"the {word}")
        ):
            continue
        whole = fuller(stems[0], history)
        if whole and not set(whole.stems[:-1]) & set(content_stems(question)):
            return question[: short.start(1)] + whole.text + question[short.end(1) :]
    return None


def _with_subject(question: str, history: Sequence[Turn], lack: Lack) -> str:
    missing = _missing(question, history, lack)
    return _put(question, missing) if missing else question


def _missing(question: str, history: Sequence[Turn], lack: Lack) -> Phrase | None:
    """What the conversation speaks of most and the question does not say; None if the question says what it speaks of most."""
    have = set(content_stems(question))
    ranked = salient(history)
    if _PERSON.search(question):
        everything = list(ranked)
        ranked = iter([phrase for phrase in everything if phrase.named] or everything)
    for index, phrase in enumerate(ranked):
        present = have.intersection(phrase.stems)
        if index == 0 and present and lack is Lack.TOPIC:
            return None
        if not present:
            return phrase
    return None


def _put(question: str, missing: Phrase) -> str:
    """In the place of the word that points to it, or in brackets at the end."""
    found = pointer(question)
    word = found.group().lower() if found else ""
    if found and word in _REPLACED:
        return question[: found.start()] + missing.text + question[found.end() :]
    if found and word in _POSSESSIVE:
        return f"{question[: found.start()]}{missing.text}'s{question[found.end() :]}"
    end = _END.search(question)
    at = end.start() if end else len(question)
    return f"{question[:at]} ({missing.text}){question[at:]}"
