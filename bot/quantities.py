"""Figures with what they count, and words for how much: "three years", "more than 40", "most"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.kinds import MAGNITUDES, NUMBER_WORDS, figures
from bot.relevance import is_held
from vectorstore.words import stems

_UNITS: dict[str, str] = {
    stem: name
    for name, words in {
        "time/second": "second sec",
        "time/minute": "minute min",
        "time/hour": "hour hr",
        "time/day": "day night",
        "time/week": "week fortnight",
        "time/month": "month",
        "time/quarter": "quarter",
        "time/year": "year annum",
        "time/decade": "decade",
        "time/century": "century",
        "length/millimetre": "mm millimetre millimeter",
        "length/centimetre": "cm centimetre centimeter",
        "length/metre": "m metre meter",
        "length/kilometre": "km kilometre kilometer",
        "length/inch": "inch",
        "length/foot": "ft foot feet",
        "length/yard": "yard",
        "length/mile": "mile mi",
        "weight/gram": "g gram gramme",
        "weight/kilogram": "kg kilo kilogram kilogramme",
        "weight/tonne": "t tonne ton",
        "weight/pound": "lb lbs",
        "share/percent": "percent pc percentage",
        "share/point": "point",
        "money/dollar": "dollar usd",
        "money/euro": "euro eur",
        "money/pound": "pound gbp sterling",
        "money/crown": "crown krona krone kr",
        "money/yen": "yen jpy",
        "money/yuan": "yuan renminbi cny rmb",
        "money/franc": "franc chf",
        "money/rupee": "rupee inr",
        "money/cent": "cent penny pence",
        "power/watt": "w watt",
        "power/kilowatt": "kw kilowatt",
        "power/megawatt": "mw megawatt",
        "power/gigawatt": "gw gigawatt",
        "warmth/celsius": "celsius",
        "warmth/fahrenheit": "fahrenheit",
    }.items()
    for stem in stems(words)
}
_SIGNS = {"$": "money/dollar", "€": "money/euro", "£": "money/pound", "¥": "money/yen", "%": "share/percent"}
_NUMBER = rf"(?:(?<![^\W_])\d[\d,]*(?:\.\d+)?|\b(?:{'|'.join(NUMBER_WORDS)}))"
_MEASURED = re.compile(
    rf"(?P<sign>[$€£¥])?\s?(?P<number>{_NUMBER}(?:[\s-]*(?:hundred|thousand|million|billion|trillion|bn|m)\b)*)"
    r"(?:\s?(?P<percent>%)|[\s-]+(?P<next>[^\W\d_]+)(?:\s+(?P<after>[^\W\d_]+))?|(?P<close>(?:mm|cm|km|kg|kw|"
    r"mw|gw|g|t|ft|lb)\b))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Measured:
    value: float
    unit: str
    """`dimension/unit`, as in "time/year"."""

    @property
    def dimension(self) -> str:
        return self.unit.partition("/")[0]


def measured(text: str) -> list[Measured]:
    """The figures of `text` that stand with a known unit."""
    found = []
    for match in _MEASURED.finditer(text):
        unit = _unit(match)
        values = figures(match.group("number"))
        if unit and values:
            found.append(Measured(values[-1], unit))
    return found


def _unit(match: re.Match[str]) -> str | None:
    sign = match.group("sign") or match.group("percent")
    if sign:
        return _SIGNS[sign]
    for word in (match.group("next"), match.group("close"), match.group("after")):
        if word and (unit := _UNITS.get(stems(word)[0] if stems(word) else "")):
            return unit
    return None


def another_measure(value: float, sentence: str, said: str) -> bool:
    """Whether `said` measures in the unit that `sentence` gives `value` in."""
    units = {each.unit for each in measured(sentence) if each.value == value}
    return any(each.unit in units for each in measured(said))


def is_quantity(stem: str) -> bool:
    """Whether a stem is a number, a magnitude or a unit."""
    return stem.isdigit() or stem in _NUMBERS or stem in _UNITS


_NUMBERS = frozenset(stems(" ".join([*NUMBER_WORDS, *MAGNITUDES])))


def other_unit(sentence: str, said: str) -> Measured | None:
    """A measure of `sentence` whose figure `said` gives in another unit of the same dimension only."""
    given = measured(said)
    for own in measured(sentence):
        same_figure = [other for other in given if other.value == own.value and other.dimension == own.dimension]
        if same_figure and all(other.unit != own.unit for other in same_figure):
            return own
    return None


_SHARES = (
    ({50.0}, r"half"),
    ({33.0, 33.3}, r"(?:a|one) third|one in three"),
    ({66.0, 67.0, 66.7}, r"two[ -]thirds"),
    ({25.0}, r"(?:a|one) quarter|one in four"),
    ({75.0}, r"three[ -]quarters"),
    ({20.0}, r"(?:a|one) fifth|one in five"),
    ({10.0}, r"(?:a|one) tenth|one in ten"),
)


def said_as_share(value: float, sentence: str, said: str) -> bool:
    """Whether `sentence` gives `value` in percent and `said` gives the same share in words: "a fifth" for 20 percent."""
    if Measured(value, "share/percent") not in measured(sentence):
        return False
    return any(value in values and re.search(rf"\b(?:{words})\b", said, re.IGNORECASE) for values, words in _SHARES)


_COUNTED = re.compile(
    rf"(?P<number>{_NUMBER}(?:[\s-]*(?:hundred|thousand|million|billion|trillion|bn|m)\b)*)\s+(?P<noun>[a-z]{{3,}})"
)
_ANYTHING = frozenset(
    stems("people person persons men women others times units members and or per in of to at on by for from with")
)
"""What says nothing about what is counted."""


def counts_something_else(sentence: str, said: str) -> float | None:
    """A figure that counts one thing in `sentence` and another in `said`, where neither speaks of the other's thing."""
    own, given = _counted(sentence), _counted(said)
    spoken, heard = stems(sentence), stems(said)
    for value, noun in own.items():
        other = given.get(value)
        if other and (noun in _UNITS) != (other in _UNITS):
            return value
        if other and not ({noun, other} & _ANYTHING or is_held(noun, heard) or is_held(other, spoken)):
            return value
    return None


def _counted(text: str) -> dict[float, str]:
    found = {}
    for match in _COUNTED.finditer(text):
        values = figures(match.group("number"))
        if values and not is_year(values[-1]):
            found[values[-1]] = stems(match.group("noun"))[0]
    return found


def is_year(value: float) -> bool:
    return 1000 <= value <= 2100 and value == int(value)


_SCALE = (
    (0, r"none|no one|nobody|neither"),
    (1, r"few|hardly any|a handful of|a minority of|rarely|seldom"),
    (2, r"some|several|a number of|sometimes|occasionally|a couple of|part of|partly"),
    (3, r"many|half|often|a lot of|dozens of|frequently|(?:two|three|four) (?:thirds|quarters|fifths)"),
    (4, r"most|a majority of|the majority of|usually|mostly|mainly|largely"),
    (5, r"all|every|everyone|everybody|always|entire|whole|each|both|fully|completely|without exception"),
)
_AMOUNTS = tuple((degree, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for degree, words in _SCALE)
_NOT_AN_AMOUNT = re.compile(
    r"\b(?:first of all|at all|after all|above all|all over|in all|each other|at most|as many as|not all|"
    r"not every|the most \w+"
    r"|most \w+ly|most (?:important|recent|popular|likely|famous|common))\b",
    re.IGNORECASE,
)


def overstated(sentence: str, said: str) -> bool:
    """Whether both give an amount in words and that of `sentence` is greater: "all" for "some"."""
    own, given = _degree(sentence), _degree(said)
    return own is not None and given is not None and own > given


def _degree(text: str) -> int | None:
    visible = _NOT_AN_AMOUNT.sub(" ", text)
    return max((degree for degree, pattern in _AMOUNTS if pattern.search(visible)), default=None)


_ABOVE = re.compile(
    r"\b(?:more than|over|above|at least|exceed\w*|upwards of|no (?:less|fewer) than|"
    r"minimum of)\s+(?:\w+\s+)?[$€£¥]?\d",
    re.IGNORECASE,
)
_BELOW = re.compile(
    r"\b(?:less than|fewer than|under|below|at most|up to|nearly|almost|close to|no more than|as much as|"
    r"maximum of|just short of)"
    r"\s+(?:\w+\s+)?[$€£¥]?\d",
    re.IGNORECASE,
)


def other_bound(sentence: str, said: str) -> bool:
    """Whether one says "more than" a figure where the other says "less than" one."""
    return bool(
        (_ABOVE.search(sentence) and _BELOW.search(said) and not _ABOVE.search(said))
        or (_BELOW.search(sentence) and _ABOVE.search(said) and not _BELOW.search(said))
    )
