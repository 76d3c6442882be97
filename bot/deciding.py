"""Which sentence decides a question: it says the question's doing, of what is asked about, with the kind of fact asked for.

"When was the line founded?" is decided by the sentence that says of the line that it was founded and, nearby, a date. A sentence
that has the words and some other date does not decide it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.complete import leans
from bot.doings import Word, words
from bot.kinds import NUMBER_WORDS, Kind, figures, spans
from bot.polarity import turned_around
from bot.reading import Line, Reading
from bot.relevance import is_held, is_new
from bot.understand import Asked
from bot.word_forms import forms, is_irregular_past, may_say
from bot.word_lists import VERBS
from vectorstore.words import STOP_WORDS, content_stems, stems

FACTS: frozenset[Kind] = frozenset({"person", "organisation", "place", "date", "number", "money", "duration"})
"""Kinds of which one stretch of text is the answer."""

_WH = re.compile(
    r"\b(?P<wh>when|where|what(?= (?:do|does|did|will|would)\b)|who(?:m)?|why"
    r"|how (?:long|tall|high|wide|deep|heavy|old|far|fast|much)"
    r"|(?:what|which) (?:year|date|day|month|time|city|country|place|town|state|village))\b",
    re.IGNORECASE,
)
_AUXILIARY = re.compile(
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|must|shall)\b", re.IGNORECASE
)
_PREPOSITIONS = frozenset(
    "of in on at to for from by with about as into onto over under after before during between against through near "
    "according and or if because than".split()
)
_DETERMINERS = frozenset(
    "the a an this that these those its their his her our your my any some each every all next last first new".split()
)
_FUTURE = re.compile(
    r"\b(?:will|would|shall|won[’']t|(?:is|are|was|were) (?:\w+ )?(?:to|due|expected|scheduled|planned|supposed|set|going)\b|"
    r"plans?|planned|expects?|expected|next|tomorrow|intends?|scheduled|due|until|from|by)\b",
    re.IGNORECASE,
)
_MEASURES: dict[str, str] = {
    "long": r"long|length|last(?:s|ed)|took|takes|late|duration",
    "tall": r"tall|high|height|stands|rises",
    "high": r"high|tall|height|stands|rises|altitude|elevation",
    "wide": r"wide|width|across|broad",
    "deep": r"deep|depth",
    "heavy": r"heavy|weigh\w*|weight",
    "old": r"old|aged?|built|founded|born|since|dates? (?:from|back)",
    "far": r"far|distance|away|range|from",
    "fast": r"fast|speed|per hour|an hour|km/h|mph|knots",
}
"""What says that a figure measures what was asked: "240 metres long"."""
_UNITS_OF: dict[str, str] = {
    "long": r"\w+",
    "old": r"years?|months?|weeks?|days?",
    "heavy": r"kg|g|t|kilograms?|kilos?|grams?|tonn?e?s?|pounds?",
    "far": r"m|km|(?:kilo)?met(?:er|re)s?|miles?|yards?|feet|minutes?|hours?",
    "fast": r"km/h|mph|knots",
}
_LENGTHS = r"m|km|cm|mm|ft|(?:kilo|centi|milli)?met(?:er|re)s?|miles?|feet|foot|inch(?:es)?|yards?"
_OPENING = 16
"""Code points into a question where its question word may begin; "when" further on joins two clauses."""
_NEAR = 9
"""Words between the doing and the fact, at most."""
_NEAR_A_THING = 4
"""The same between a thing and where it is: "the yard in Orva"."""
_TIME = (
    r"day|week|month|year|morning|afternoon|evening|night|moment|hour|minute|time|end|beginning|start|case|order|fact"
)
_LOOSE = {
    "place": re.compile(
        r"\b(?:in|at|near|into|on|off|outside|inside|behind|opposite|under|beside|from|to)\s+(?:the|an?|our|your|its|their|his|her|any)"
        rf"\s+(?:[a-z-]+\s+)?(?!(?:{_TIME})s?\b)[a-z]\w+",
    ),
    "date": re.compile(
        r"\b(?:when|once|after|before|until|till|as soon as|within|during|while|every|from the|on the|weekdays?|daily|weekly"
        r"|(?:end|beginning|start|middle|course) of"
        r"|(?:in|by|until|this|next|last) (?:the )?(?:spring|summer|autumn|winter)"
        r"|monthly|later|soon|never|(?:in the|every|each) (?:morning|afternoon|evening)|at (?:noon|midnight|night|dawn|dusk)"
        rf"|at (?:half past |quarter (?:past|to) )?(?:{'|'.join(list(NUMBER_WORDS)[:13])}|\d{{1,2}})"
        r"(?=[.,;:!?)]|$| (?:o[’']clock|in|on|and|or|from|sharp)\b))",
        re.IGNORECASE,
    ),
}
"""What answers "where" and "when" without a name or a date."""
_ABOUT = 0.75
"""Share of the question's other words that must be said in the sentence or right around it."""
_UNITS = re.compile(
    rf"(?:\d[\d,.]*|\b(?:{'|'.join(NUMBER_WORDS)}|half|several))[\s-]?(?:(?:a|an|and a half)\s)?"
    r"(?P<unit>m|km|cm|mm|kg|g|t|mph|knots|ft|(?:kilo|centi|milli)?met(?:er|re)s?|miles?|feet|foot|inch(?:es)?|yards?|"
    r"kilograms?|kilos?|grams?|tonn?e?s?|pounds?|years?|months?|weeks?|days?|hours?|minutes?|seconds?|km/h)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Point:
    """What a question turns on."""

    doing: str | None
    """The word for what is done, in lower case; None where something only is somewhere, or is so and so big."""
    about: tuple[str, ...]
    """The stems of the question without the doing."""
    future: bool
    measure: str | None = None
    """The word after "how" in "how long"."""


@lru_cache(maxsize=512)
def point_of(asked: Asked) -> Point | None:
    """What `asked` turns on; None where it does not ask for one fact in a form that is understood."""
    match = _WH.search(asked.text)
    if not match or match.start() > _OPENING or asked.decides:
        return None
    wh = match.group("wh").lower()
    rest = [word for word in words(asked.text) if word.start >= match.end()]
    kind = _KIND_OF.get(wh)
    if not rest or (kind and kind not in asked.kinds) or (wh == "what" and asked.kinds & (FACTS | {"definition"})):
        return None  # "what does it mean when …" turns on nothing that is done
    first = rest[0].text.lower()
    measure = wh.removeprefix("how ") if wh.startswith("how ") else None
    doing = _doing(rest, subject_asked_for=wh.startswith("who"))
    done = stems(doing) if doing else ()
    future = first in ("will", "would", "shall")
    about = tuple(each for each in asked.stems if each not in done and each not in _MEASURE_STEMS)
    return Point(doing, about, future, measure if measure in _MEASURES else None)


_KIND_OF: dict[str, Kind] = {"when": "date", "where": "place", "who": "person", "whom": "person", "why": "reason"}


def _doing(rest: Sequence[Word], *, subject_asked_for: bool) -> str | None:
    """What is done, in what follows the question word; None where something only is."""
    first = rest[0].text.lower()
    auxiliary = _AUXILIARY.fullmatch(first)
    if subject_asked_for and first not in _DO:  # "who will order", "who chaired"; not "who did they order from"
        following = [word for word in (rest[1:] if auxiliary else rest) if not word.text.lower().endswith("ly")]
        found = following[0] if following and following[0].text.islower() else None
        if found and found.text.lower() in STOP_WORDS:
            found = None
    else:
        found = _doing_after(rest[1:] if auxiliary else rest, must_come=first in _DO)
    if found and found.text.lower() in _WISHES:
        behind = rest[rest.index(found) + 1 :]
        found = next((word for word in behind if word.text.lower() not in STOP_WORDS), found)
    return found.text.lower() if found and not (first in _COPULAS and not _is_done(found)) else None


def _is_done(word: Word) -> bool:
    """Whether it stands behind "is" or "was" as a doing does: "founded", "built", "selling"."""
    lower = word.text.lower()
    return lower.endswith(("ed", "ing", "en")) or is_irregular_past(word.stem)


_WISHES = frozenset(
    "want wants wanted plan plans planned need needs try tries tried hope hopes hoped going intend intends".split()
)
"""What is done stands behind them: "why does it want to close the line"."""
_COPULAS = frozenset("is are was were".split())
_DO = frozenset("do does did".split())
_MEASURE_STEMS = frozenset(stem for word in _MEASURES for stem in stems(word))


def _doing_after(rest: Sequence[Word], *, must_come: bool) -> Word | None:
    """The doing in what follows "when did": "the board decide on new ships".

    must_come: behind "do", where a noun with a phrase of its own is passed over: "where do the rules for yards come from".
    """
    inner = rest[1:]
    for word in inner:
        lower = word.text.lower()
        if lower in STOP_WORDS or not word.text.islower():
            continue
        before = rest[rest.index(word) - 1].text.lower()
        if before in _DETERMINERS:
            continue
        past = len(lower) > 4 and lower.endswith("ed") and not lower.endswith("eed")
        if (past or is_irregular_past(word.stem) or word.stem in VERBS) and (past or _ends(word, rest)):
            return word
    for word in inner:
        lower = word.text.lower()
        if lower not in STOP_WORDS and word.text.islower() and _ends(word, rest):
            if rest[rest.index(word) - 1].text.lower() not in _DETERMINERS:
                return word
            if not must_come:
                return None
    return None


def _ends(word: Word, rest: Sequence[Word]) -> bool:
    """Whether a phrase ends behind it, as one does behind a verb."""
    place = rest.index(word) + 1
    if place == len(rest):
        return True
    after = rest[place].text
    return after.lower() in _PREPOSITIONS | _DETERMINERS or after[0].isupper() or after[0].isdigit()


def decides(asked: Asked, text: str, around: str) -> float:
    """How surely `text` says the fact that `asked` turns on: 0 (not at all), .5 (in other words, or of less) or 1.

    around: what stands by it and says for it what it is of.
    """
    point = point_of(asked)
    if point is None or (point.future and not _FUTURE.search(text)) or not _is_of_the_same(asked, f"{text}\n{around}"):
        return 0.0
    said = set(stems(text))
    if turned_around(asked.stems, said):
        return 0.0  # "the old office" where the new one is asked for
    known = said.union(stems(around))
    share = _share(point.about, known) if point.about else 1.0
    if share < _ABOUT:
        return 0.0
    if point.measure:
        return _measured(point.measure, text)
    is_it = not point.doing and _IT_IS.match(text)
    if not is_it and not any(is_held(stem, said) for stem in asked.stems):
        return 0.0
    if not asked.kinds & FACTS:
        done = point.doing is not None and _saying(point.doing, text, strictly=True)
        given = "reason" not in asked.kinds or any(True for _ in spans("reason", text))
        return 0.5 if done and given and not (asked.speech or asked.lists) else 0.0
    reach = _NEAR if point.doing or "place" not in asked.kinds else _NEAR_A_THING
    facts = list(_facts(asked, text))
    if is_it:
        return (1.0 if share == 1.0 else _PERHAPS) if facts else 0.0
    sure = (
        sureness for sureness, places in _places(point, text) if any(_near(fact, places, text, reach) for fact in facts)
    )
    return min(max(sure, default=0.0), 1.0 if share == 1.0 else 0.5)


_PERHAPS = 0.5
_IT_IS = re.compile(r"\W*(?:it|this) (?:is|was|will be|takes place|took place|starts|begins)\b", re.IGNORECASE)
"""What stands around it says what "it" is."""


def around(line: Line, reading: Reading) -> str:
    """What stands by `line` and may say for it what it is of: title, heading, head of the table, the sentence before it in its
    paragraph; where it says "she" or "their", the two before it and the first one, which says whom the document is about."""
    before = reading.lines[max(0, line.index - 2) : line.index]
    if leans(line.text):
        near = [*reading.lines[:1], *before]
    else:
        near = [other for other in before[-1:] if other.paragraph == line.paragraph]
    head = reading.table_head(line)
    said = (reading.version.title, reading.heading(line), head.text if head else "", *(other.text for other in near))
    return "\n".join(said)


def _is_of_the_same(asked: Asked, text: str) -> bool:
    """Whether every name of the question stands there as the question has it, and every figure."""
    lower = " ".join(text.lower().split())
    return all(name.lower() in lower for name in asked.names) and set(asked.figures) <= set(figures(text))


def _places(point: Point, text: str) -> Iterator[tuple[float, list[int]]]:
    """Where `text` speaks of what the question turns on, by how surely."""
    if not point.doing or point.doing in _SAYS_LITTLE:
        thing = [word.place for word in words(text) if is_held(point.about[-1], (word.stem,))] if point.about else []
        yield (0.5 if point.doing else 1.0), thing
    if not point.doing:
        return
    yield 1.0, _saying(point.doing, text, strictly=True)
    yield 0.5, _saying(point.doing, text, strictly=False)
    if point.future and len(point.about) > 1 and all(is_held(stem, stems(text)) for stem in point.about):
        yield 1.0, [word.place for word in words(text)]  # "is to be delivered" where "will sail" is asked


_SAYS_LITTLE = frozenset("get come".split())
"""A doing that may go without saying: "the school's roof of 2020" where "when did the school get its roof" is asked."""


def _saying(doing: str, text: str, *, strictly: bool) -> list[int]:
    """Where the words of `text` stand that can say `doing`; `strictly`: in a form of the word, or one of its nearest kin."""
    return [word.place for word in words(text) if says(word.text, doing, strictly=strictly)]


def says(word: str, doing: str, *, strictly: bool = False) -> bool:
    """Whether a word of a text can say what `doing`, a word of a question, says."""
    if {word.lower(), doing} in _NOT_THE_SAME:
        return False
    said, meant = stems(word)[:1], stems(doing)[:1]
    if not said or not meant:
        return False
    if said == meant or forms(said[0]) & forms(meant[0]) or is_held(meant[0], said):
        return True
    return not strictly and said[0] in may_say(meant[0])


_NOT_THE_SAME = ({"found", "founded"},)
"""Words of one stem that say different things."""


def _share(wanted: Sequence[str], held: Collection[str]) -> float:
    return sum(is_held(stem, held) for stem in wanted) / len(wanted)


def _facts(asked: Asked, text: str) -> Iterator[tuple[int, int]]:
    for kind in asked.kinds & FACTS:
        for start, end in spans(kind, text):
            if is_new(asked, kind, text[start:end]):
                yield start, end
    loose = _LOOSE.get(next((kind for kind in ("place", "date") if kind in asked.kinds), ""))
    for match in loose.finditer(text) if loose else ():
        if "date" in asked.kinds or any(stem not in asked.stems for stem in content_stems(match.group())):
            yield match.span()


def could_answer(asked: Asked, text: str, around: str) -> bool:
    """Whether `text` has anything at all of the kind asked for; true where a text may say it without a sign of it."""
    point = point_of(asked)
    if point and point.measure:
        return _measured(point.measure, text) > 0
    if point is None or _OF_A_RULE.search(asked.text):
        return True
    if "place" in asked.kinds:
        return bool(point.doing) or decides(asked, text, around) > 0
    if not asked.kinds & FACTS or asked.kinds & {"person", "organisation", "money"}:
        return True
    return any(True for _ in _facts(asked, text))


_OF_A_RULE = re.compile(
    r"\b(?:when|where) (?:do|does|is|are|must|should|may|can)\b.*"
    r"\b(?:need|needs|needed|required|have to|must|should|allowed|apply|applies)\b",
    re.IGNORECASE,
)
"""Rules say when and where by what has to be so, without a day or a place: "for fires of more than two metres"."""


def _near(fact: tuple[int, int], places: Sequence[int], text: str, reach: int) -> bool:
    start, end = fact
    held = [word.place for word in words(text) if start <= word.start < end]
    return bool(held) and any(min(abs(place - held[0]), abs(place - held[-1])) <= reach for place in places)


def _measured(measure: str, text: str) -> float:
    """How surely a figure with a unit measures that: 1 for "240 metres long", .5 for "240 metres"."""
    units = [match.group("unit") for match in _UNITS.finditer(text)]
    if not any(re.fullmatch(_UNITS_OF.get(measure, _LENGTHS), unit, re.IGNORECASE) for unit in units):
        return 1.0 if measure == "old" and re.search(r"\b(?:born|built|founded|since)\b.*\b\d{4}\b", text) else 0.0
    if re.search(rf"\b(?:{_MEASURES[measure]})\b", text, re.IGNORECASE):
        return 1.0
    return 0.0 if _ANOTHER_MEASURE.search(text) else 0.5


_ANOTHER_MEASURE = re.compile(r"\d[\w.,]*\s?[\w-]*\s(?:long|tall|high|wide|deep|old|heavy)\b", re.IGNORECASE)
