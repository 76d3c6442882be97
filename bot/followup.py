"""A follow-up becomes a question that stands alone, so that it can be searched.

With a model the model rewrites it, and is not believed blindly. Without one, rules add only what the question lacks: what
"it" or "the second one" points to, what "why?" and "and BYD?" leave out, and the subject where a question names none.
Joining the whole conversation to the question would make the search worse, so as little as possible is carried over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import islice

from bot.lacks import Lack, what_it_lacks
from bot.plaintext import plain
from bot.prompt import rewrite_prompt
from bot.topic import Phrase, fuller, people, phrases, salient
from bot.understand import asking, understand
from bot.values import Turn
from bot.word_lists import LIGHT, RELATIONAL, VERBS
from vectorstore.words import content_stems

MAX_ADDED = 400
"""Code points that a model may add to a question."""

_PERSON = re.compile(r"\b(?:he|him|his|she|her|hers)\b", re.IGNORECASE)
MAX_CANDIDATES = 30
LONGEST_LIST = 400
"""Code points of a clause that is read as a list."""
_SAYING_NOTHING = LIGHT | RELATIONAL | VERBS
_WORDS = re.compile(r"[^\W_]+")
_COURTESIES = frozenset(
    "thanks thank you thx cheers ok okay great good nice cool perfect hello hi hey bye yes no please very much a lot".split()
)
_CLAIM = re.compile(
    r"\b(?:den(?:y|ies|ied)|confirm\w*|report(?:s|ed)?|announced?|sa(?:y|ys|id)|true|false|happen\w*|react\w*|respond\w*|comment\w*|why)\b"
    r".*\b(?:it|this|that)\b|\b(?:it|this|that)\b.*\b(?:den(?:y|ied)|confirmed|reported|announced|said|true|false|happen\w*|over)\b",
    re.IGNORECASE,
)
"""Where "it" is not a thing but what was claimed."""
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
    rf"\bthe ({'|'.join(_ORDINALS)})\b(?: ones?\b)?(?: of them\b)?(?=\s+([\w-]+)|\W|$)", re.IGNORECASE
)
_CLAUSE_END = re.compile(r"([.:;]|\n)")
_LISTED = re.compile(r"^(.+?),? (?:and|or) ([^,]+)$")
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
        written = _first_line(rewrite(rewrite_prompt(question, history)))
        if _can_be_trusted(written, question, history):
            return written
    return by_rules(question, history)


def by_rules(question: str, history: Sequence[Turn]) -> str:
    """What `standalone` does without a model."""
    if not _asks(question):
        return question
    if chosen := _of_a_list(question, history):
        return chosen
    spoken_of = frozenset(stem for turn in history for stem in content_stems(f"{turn.question} {turn.answer}"))
    lack = what_it_lacks(question, spoken_of)
    if lack is None:
        return _in_full(question, history, named_only=True)
    asked = asking(history[-1].question)
    if lack is Lack.ELLIPSIS and (repeated := _asked_again(question, asked)):
        return repeated
    if lack is Lack.POINTS_BACK and _CLAIM.search(question) and understand(asked).decides:
        return f"{_END.sub('', question)}: {asked}"
    in_full = _in_full(question, history)
    return in_full if in_full != question else _with_subject(question, history, lack)


def _asks(question: str) -> bool:
    """Not "thanks!", "ok" or an emoji."""
    words = _WORDS.findall(question.lower())
    return bool(words) and not _COURTESIES.issuperset(words)


def _first_line(written: str) -> str:
    """A model's question without what it says around it."""
    lines = [line for line in written.splitlines() if line.strip()]
    text = plain(lines[0]) if lines else ""
    return re.sub(r"^(?:rewritten|standalone|last|new)? ?question: ?", "", text, flags=re.IGNORECASE).strip(" \"'“”")


def _can_be_trusted(written: str, question: str, history: Sequence[Turn]) -> bool:
    """A rewrite keeps what the question names and most of the rest, and takes all else from the conversation."""
    if not written or len(written) > len(question) + MAX_ADDED:
        return False
    kept = set(content_stems(written))
    own = phrases(question)
    names = {stem for phrase in own if phrase.named for stem in phrase.stems}
    names |= {stem for stem in content_stems(question) if stem[0].isdigit()}
    stems = {stem for phrase in own for stem in phrase.stems}
    known = set(content_stems(" ".join([question, *(f"{turn.question} {turn.answer}" for turn in history)])))
    return names <= kept and 2 * len(stems & kept) >= len(stems) and kept - known <= _SAYING_NOTHING


def _of_a_list(question: str, history: Sequence[Turn]) -> str | None:
    """ "the second one" becomes the second thing that the last answer listed."""
    found = _ORDINAL.search(question)
    if not found or not VERBS.issuperset(content_stems(found.group(2) or "")):
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
    before = ""
    for clause in _CLAUSE_END.split(answer):
        listed = _LISTED.match(" ".join(clause.split())) if len(clause) <= LONGEST_LIST else None
        if listed:
            first, *others = listed.group(1).split(", ")
            items = [_LEAD_IN.sub("", first), *others, listed.group(2)]
            if (items[0] != first or before == ":") and all(_is_thing(item) for item in items):
                return items
        before = clause if clause in ".:;" else before
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
    if (
        instead
        and names
        and instead.group(1) not in asked
        and all(word[0].isupper() for word in instead.group(1).split())
    ):
        whole = max((name for name in names if name.text.startswith(names[0].text)), key=lambda name: len(name.text))
        return asked.replace(whole.text, instead.group(1), 1)
    return None


def _in_full(question: str, history: Sequence[Turn], *, named_only: bool = False) -> str:
    """ "the line" becomes "the Harbour Line" when that was spoken of; named_only: only where it is written "the Line"."""
    for short in _SHORT.finditer(question):
        word, following = short.group(1), short.group(2) or ""
        stems = content_stems(word)
        a_thing = len(stems) == 1 and phrases(f"the {word}") and not phrases(f"the {following}")
        whole = fuller(stems[0], history) if a_thing and (word[0].isupper() or not named_only) else None
        if whole and not set(whole.stems[:-1]) & set(content_stems(question)):
            return question[: short.start(1)] + whole.text + question[short.end(1) :]
    return question


def _with_subject(question: str, history: Sequence[Turn], lack: Lack) -> str:
    """The question with what the conversation speaks of most; unchanged if it says that itself."""
    have = set(content_stems(question))
    for index, phrase in enumerate(_candidates(question, history)):
        present = have.intersection(phrase.stems)
        if index == 0 and present and lack is Lack.TOPIC:
            return question
        if not present:
            return _put(question, phrase.text)
    return question


def _candidates(question: str, history: Sequence[Turn]) -> list[Phrase]:
    """The most salient phrases; for "he" and "she" the people among them, or else the names."""
    found = list(islice(salient(history), MAX_CANDIDATES))
    if not _PERSON.search(question):
        return found
    names = [phrase for phrase in found if phrase.named]
    somebody = people(history)
    return [phrase for phrase in names if somebody.intersection(phrase.stems)] or names or found


def _put(question: str, missing: str) -> str:
    """In brackets at the end, so that the question's own words stay as they were."""
    end = _END.search(question)
    at = end.start() if end else len(question)
    return f"{question[:at]} ({missing}){question[at:]}"
