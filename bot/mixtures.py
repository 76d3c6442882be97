"""What speaks against a sentence that mixes what several sentences of its quote say: the name of one, the doing of another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.kinds import figures, names, starts_sentence
from bot.objections import Objection
from bot.relevance import is_held
from bot.stretches import Source, Stretch
from bot.values import Note
from vectorstore.words import content_stems, stems

_NAME, _DAY, _FIGURE, _REASON, _JOINT = 0.15, 0.2, 0.15, 0.2, 0.1
_DAYS = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|january|february|(?-i:March)|april|(?-i:May)|june|july|august|september|october|november|december)\b",
    re.IGNORECASE,
)
_DUE_TO = "(?<!is )(?<!are )(?<!was )(?<!were )(?<!be )due to"
"""Not "it was due to begin"."""
_BECAUSE = re.compile(
    rf"\b(?:because|{_DUE_TO}|owing to|caused by|as a result of|thanks to|in response to|that is why|led to)\b",
    re.IGNORECASE,
)
_GIVES_A_REASON = re.compile(
    rf"\b(?:because|{_DUE_TO}|owing|caus\w+|result\w*|thanks|response|led|leads|reasons?|blam\w+|protest\w*|over|after|"
    r"since|so that|prompt\w+|for (?:fear|the sake)|in order|why|attribut\w+|explain\w*)\b",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"\W*(?:who|whose|which)\b", re.IGNORECASE)
_OPENS_LEANING = re.compile(r"\W*(?:he|she|it|they|his|her|its|their|this|these|the)\b", re.IGNORECASE)
_CAPITALISED = re.compile(r"[^\W\d_a-z][\w’'-]+")


def mixtures(sentence: str, found: Sequence[Stretch], said: Sequence[Source]) -> Iterator[Objection]:
    """What `found`, the stretches of `sentence`, put together out of the sources `said` that these do not say together."""
    known: frozenset[str] = frozenset().union(*(_known_names(source.text) for source in said))
    clauses = _clauses(found)
    for place, stretch in enumerate(found):
        source = said[stretch.source]
        others = frozenset(stem for other in said if other is not source for stem in stems(other.text))
        yield from _name(sentence, clauses[place], source, known & others)
        yield from _day(stretch, source)
        yield from _figure(stretch, source, said)
        if stretch.in_clause or (place and stretch.words == 1):
            yield Objection("mixed", _JOINT, Note("held_mixed"))
    yield from _reason(sentence, found, said)


def _known_names(text: str) -> frozenset[str]:
    """The stems of words that stand with a capital in the middle of a sentence."""
    inside = (m.group() for m in _CAPITALISED.finditer(text) if not starts_sentence(text, m.start()))
    return frozenset(stem for word in inside if not _DAYS.fullmatch(word) for stem in content_stems(word))


def _clauses(found: Sequence[Stretch]) -> list[str]:
    """For each stretch the text of the clause that it is in."""
    number, numbers = 0, []
    for stretch in found:
        number += not stretch.in_clause
        numbers.append(number)
    texts = {each: "".join(s.text for s, n in zip(found, numbers, strict=True) if n == each) for each in set(numbers)}
    return [texts[each] for each in numbers]


def _name(sentence: str, clause: str, source: Source, known: frozenset[str]) -> Iterator[Objection]:
    """A name that is said somewhere, but not of this, where another is named or meant instead."""
    own = {*content_stems(sentence)}
    held = source.held
    instead = [name for name in names(f"{source.before} {source.text}") if own.isdisjoint(content_stems(name))]
    instead = [name for name in instead if not _DAYS.fullmatch(name)]
    if not instead:
        return
    strange = [stem for stem in content_stems(clause) if stem in known and not is_held(stem, held)]
    relative = bool(_RELATIVE.match(clause)) and _named_otherwise(source, own)
    if strange or relative:
        name = next((each for each in names(clause) if strange and strange[0] in stems(each)), clause.strip())
        yield Objection("mixed", _NAME, Note("held_other_name", {"other": instead[0], "name": name}), fatal=True)


def _named_otherwise(source: Source, own: set[str]) -> bool:
    """Whether `source` says by name who does it, and the sentence of the stems `own` has none of these names."""
    named = names(source.text)
    return (
        bool(named) and not _OPENS_LEANING.match(source.text) and all(own.isdisjoint(content_stems(n)) for n in named)
    )


def _day(stretch: Stretch, source: Source) -> Iterator[Objection]:
    own, given = _days(stretch.text), _days(source.text)
    if given and (other := own - given):
        yield Objection("mixed", _DAY, Note("held_moved", {"word": min(other).capitalize()}), fatal=True)


def _days(text: str) -> set[str]:
    return {match.group().lower() for match in _DAYS.finditer(text)}


def _figure(stretch: Stretch, source: Source, said: Sequence[Source]) -> Iterator[Objection]:
    """A figure of another sentence of the quote, where this one has its own."""
    given = figures(f"{source.before} {source.text}")
    elsewhere = {value for other in said for value in figures(other.text)}
    for value in figures(stretch.text):
        if figures(source.text) and value not in given and value in elsewhere:
            yield Objection("mixed", _FIGURE, Note("held_figure", {"value": value}), fatal=True)


def _reason(sentence: str, found: Sequence[Stretch], said: Sequence[Source]) -> Iterator[Objection]:
    """ "because" where no source gives a reason, or between two things that different sentences say."""
    if _BECAUSE.search(sentence):
        used = {stretch.source for stretch in found}
        if len(used) > 1 or not any(_GIVES_A_REASON.search(said[index].text) for index in used):
            yield Objection("mixed", _REASON, Note("held_no_reason"), fatal=True)
