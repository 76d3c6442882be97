"""What kind of thing a stretch of text names: a date, a number, a name, a place, a reason.

Surface patterns only, so that it costs microseconds and its mistakes can be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

Kind = Literal[
    "person", "organisation", "place", "date", "number", "money", "duration", "reason", "manner", "definition"
]

NUMBER_WORDS = {
    word: value
    for value, word in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
        seventeen eighteen nineteen twenty""".split()
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "dozen": 12}
MAGNITUDES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "bn": 1e9, "m": 1e6}
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)"
)
_NUMBER = re.compile(
    r"(?<![\w.])[-+]?\d[\d,.]*\d(?!\w)|(?<![\w.])\d+(?:st|nd|rd|th|%|bn|m|k|km|kg|mm|cm)?\b|\d+(?:\.\d+)?\s?%"
    rf"|\b(?:{'|'.join(NUMBER_WORDS)}|{'|'.join(word for word in MAGNITUDES if len(word) > 2)}|half|third|"
    rf"quarter|twice"
    r"|several|dozens|hundreds|thousands|millions|billions)\b",
    re.IGNORECASE,
)
_DATE = re.compile(
    rf"\b(?:{_MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?|\d{{1,2}}(?:st|nd|rd|"
    rf"th)?\s+(?:(?:of|de)\s+)?{_MONTH}\.?(?:\s+\d{{4}})?"
    rf"|(?:in|since|until|till|by|from|to|last|next|this|early|late|mid)[\s-]+(?!(?-i:march|may)\b){_MONTH}|{_MONTH},?\s+\d{{4}}"
    r"|(?:1\d|20)\d\d(?:s|[-–/]\d{2,4})?|\d{1,4}\s?(?:AD|BC|BCE|CE)|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{4}-\d{2}-\d{2}"
    r"|\d{1,2}(?:st|nd|rd|th)[\s-]centur(?:y|ies)"
    r"|(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|\w+teenth|twentieth|\w+-first)[\s-]century"
    r"|(?:last|next|this|previous|following|same)\s+(?:year|month|week|decade|century|summer|winter|spring|"
    r"autumn|fall)"
    r"|yesterday|today|tomorrow|tonight|(?:mon|tues|wednes|thurs|fri|satur|sun)day|\d+\s+(?:years?|months?|"
    r"weeks?|days?)\s+ago"
    r"|\d{1,2}:\d{2}|\d{1,2}\s?[ap]\.?m\b)",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"[$€£¥₹]\s?\d|\d\s*(?:bn|million|billion|trillion)\b|\d[\d,.]*\s*(?:bn|m|million|billion|"
    r"trillion)?\s*(?:dollars|euros|pounds|yen|yuan|rupees|francs|marks|crowns|kron(?:er|or)|pesos|roubles|shillings|lira|usd|eur|gbp|cents|millones|dólares|libras)\b",
    re.IGNORECASE,
)
_DURATION = re.compile(
    rf"\b(?:\d[\d,.]*|{'|'.join(NUMBER_WORDS)}|hundred|thousand|million|billion|several|few|half|an?|"
    rf"many)[\s-]+(?:more\s+)?"
    r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|centur(?:y|ies))\b|\b(?:overnight|"
    r"permanently|indefinitely)\b",
    re.IGNORECASE,
)
_INQUIRER = (
    r"(?:police|investigat\w+|inquir\w+|enquir\w+|experts?|engineers?|inspectors?|fire(?:men|fighters| brigade| service)|"
    r"doctors?|coroner|court|report|review|audit|analysis|detectives|authorities|scientists|researchers)"
)
SUPPOSED = re.compile(
    rf"\b(?:{_INQUIRER}\b[^.;]{{0,60}}?\b(?:believe[sd]?|thinks?|thought|assume[sd]?|found|suspect(?:s|ed)?|concluded?|"
    r"established) (?:that )?|(?:is|are|was|were) (?:believed|thought|suspected|found) (?:to|that)\b"
    r"|suspect(?:s|ed)? that|blame(?:s|d)? (?!for\b)|traced (?:[\w-]+ ){0,4}?to|put down to"
    r"|(?:probable|likely|root|suspected) cause"
    r"|by mistake|mistakenly|in error|forgot(?:ten)? to|had been \w+ (?:\w+ )?(?:to|at|with) \S+ instead of|for want of)",
    re.IGNORECASE,
)
"""A cause that no "because" announces: what somebody believes, found or blames, or what was done wrong."""
_REASON = re.compile(
    r"\b(?:because|due to|owing to|since|so that|in order to|as a result|caused?|causes|causing|led to|"
    r"leads? to|therefore|thus|hence|"
    r"consequently|thanks to|reasons?|result(?:s|ed|ing)? (?:in|from)|attribut\w+|prompt\w+|to (?:avoid|prevent|"
    r"ensure|protect|reduce|increase|"
    r"help|make|allow|keep)|so as|given that|on the grounds|explain\w*|(?:object|argu|complain|protest)\w* that|porque|"
    r"for fear|saying that)\b",
    re.IGNORECASE,
)
_MANNER = re.compile(
    r"\b(?:by (?:\w+ly )?\w+ing|through|using|via|with the (?:help|use)|by means|steps?|first|then|method|process|"
    r"\w+ly)\b",
    re.IGNORECASE,
)
_DEFINITION = re.compile(
    r"\b(?:is|are|was|were|means?|refers? to|defined as|known as|called|describes?|denotes?|consists? of)\b|"
    r",\s+(?:an?|the)\s+\w+|\(",
    re.IGNORECASE,
)
NAME = re.compile(
    r"(?:(?<=^)|(?<=[^\w]))(?:[A-Z][\w’'&.-]*[\w]|[A-Z])(?:\s+(?:(?:of|the|de|la|le|van|von|der|den|du|al|bin|"
    r"and|for|&)\s+){0,2}(?:[A-Z][\w’'&.-]*[\w]|[A-Z]\.?))*"
)
_PLACE = re.compile(
    r"\b(?:in|at|from|near|to|into|of|across|outside|inside|around|between|throughout|off|on|via|towards?|north|"
    r"south|east|west|under|over|above|below|behind)\s+"
    r"(?:the\s+|a\s+|an\s+|its\s+|their\s+|his\s+|her\s+)?(?:\w+\s+){0,2}?[A-Z]\w+"
    r"|\b(?:city|town|village|country|state|county|province|region|river|island|street|building|house|room|"
    r"district|capital|border|coast|site|area|church|school|university|forest|sea|lake|mountains?)\b"
)

_PATTERNS: dict[Kind, re.Pattern[str]] = {
    "date": _DATE,
    "number": _NUMBER,
    "money": _MONEY,
    "duration": _DURATION,
    "reason": _REASON,
    "manner": _MANNER,
    "definition": _DEFINITION,
    "place": _PLACE,
    "person": NAME,
    "organisation": NAME,
}


def spans(kind: Kind, text: str) -> Iterator[tuple[int, int]]:
    """Where in `text` something of that kind stands; may overlap what the question itself named."""
    for match in _PATTERNS[kind].finditer(text):
        yield match.span()
    for match in SUPPOSED.finditer(text) if kind == "reason" else ():
        yield match.span()


def names(text: str) -> list[str]:
    """Capitalised names in order, without the ordinary word that a sentence or a question may open with."""
    found = []
    for match in NAME.finditer(text):
        name = match.group().rstrip(".,'’").removesuffix("'s").removesuffix("’s")
        if starts_sentence(text, match.start()):
            first, _, rest = name.partition(" ")
            name = rest if first.lower() in _OPENERS else name
        if name and not _SPEAKER.match(name):
            found.append(name)
    return found


_SPEAKER = re.compile(r"I(?:['’](?:m|d|ve|ll))?$")


def starts_sentence(text: str, position: int) -> bool:
    """Whether a capital at `position` may be there only because a sentence or a quotation begins."""
    before = text[:position].rstrip(" \t\n\"'“‘(¿¡«")
    return not before or before[-1] in ".!?:;…"


_OPENERS = frozenset(
    """a about above according across after all also although among an and another any are as at be because before
    being between both but by can could did do does don doesn didn isn aren wasn weren hasn haven won during each
    either even every few first for from had has have having he her here his how however i if in instead into is
    it its last later like many may meanwhile more moreover most much my neither next no nor not now of often on
    once one only or other our out over perhaps please rather several she should shall might must am since so some
    sometimes still such than that the their then there these they this those though three through thus to today
    two under unlike until up was we were what when where whether which while who whom whose why will with within
    without would yes yesterday yet you your name list tell give describe explain show summarize summarise
    cuándo cuando cuánto cuánta cuántos cuántas quién quiénes dónde qué cuál cuáles""".split()
)


def degrees(text: str) -> set[str]:
    """The superlatives and ordinals of `text`, in lower case: "largest", "first"."""
    return {word for word in re.findall(r"[a-z]+", text.lower()) if _DEGREE.fullmatch(word) and word not in _NO_DEGREES}


_DEGREE = re.compile(r"most|least|first|last|only|second|third|fourth|fifth|[a-z]{2,}est")
_NO_DEGREES = frozenset(
    """west northwest southwest midwest rest forest rainforest interest request test contest protest guest harvest quest
    conquest arrest honest modest earnest invest suggest digest manifest nest chest pest crest priest everest budapest bucharest
    brest inquest ingest infest divest detest attest zest jest tempest""".split()
)

_VALUE = re.compile(
    rf"(?<![^\W_])(?P<sign>[-−–](?=\d))?(?P<digits>\d[\d,]*(?:\.\d+)?)|\b(?P<word>{'|'.join(NUMBER_WORDS)}|hundred|thousand|"
    rf"million|billion)\b",
    re.IGNORECASE,
)
_MAGNITUDE = re.compile(r"[\s-]*(hundred|thousand|million|billion|trillion|bn|m)\b", re.IGNORECASE)


_TENS = frozenset(range(20, 100, 10))
_UNIT_WORD = re.compile(r"[\s-](one|two|three|four|five|six|seven|eight|nine)\b", re.IGNORECASE)


def figures(text: str) -> list[float]:
    """The numbers said in `text`, in digits or words, as values: "1.2 million" and "1,200,000" are the same."""
    values = []
    position = 0
    while match := _VALUE.search(text, position):
        value, position = _value(match), match.end()
        if value in _TENS and (unit := _UNIT_WORD.match(text, position)) and not match.group("digits"):
            value, position = value + NUMBER_WORDS[unit.group(1).lower()], unit.end()
        magnitude = _MAGNITUDE.match(text, position)
        if magnitude:
            value, position = value * MAGNITUDES[magnitude.group(1).lower()], magnitude.end()
        values.append(value)
    return values


def _value(match: re.Match[str]) -> float:
    if match.group("digits"):
        return float(match.group("digits").replace(",", ""))
    word = match.group("word").lower()
    return MAGNITUDES[word] if word in MAGNITUDES else float(NUMBER_WORDS[word])
