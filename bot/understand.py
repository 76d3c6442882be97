"""What a question asks for, told from its words alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.kinds import Kind, figures, names
from bot.topic import phrases
from vectorstore.words import content_stems, stems


@dataclass(frozen=True, slots=True)
class Asked:
    """The parts of a question that an answer has to meet."""

    text: str
    stems: tuple[str, ...]
    """What it is about, each once, in order; never empty unless the question has no word."""
    kinds: frozenset[Kind]
    """What would answer it; empty where nothing can be told."""
    names: tuple[str, ...]
    figures: tuple[float, ...]
    sought: str | None
    """The stem of "city" in "which city hosted it?": what an answer names without having to say that it is one."""
    focus: str | None
    """The stem of X in "who is the X of Y", which the documents must speak of. None in other questions."""
    decides: bool
    """A yes-or-no question."""
    lists: bool
    """Asks for several things."""
    speech: bool
    """Asks what somebody says of something, so that every voice counts."""


_QUESTION_STEMS = frozenset(
    stem
    for word in """tell told give show list name explain describe know say said mean many much long far old often please question
    answer find anything something information according document documents article text summarize summarise
    happen happened happening anybody anyone somebody someone nobody everybody everyone""".split()
    for stem in stems(word)
)

_KINDS: tuple[tuple[str, tuple[Kind, ...]], ...] = (
    (r"how (?:much|expensive).{0,40}\b(?:cost|pay|paid|spen[dt]|earn|worth|price|money|charge|rais|invest|"
     r"fine)", ("money",)),
    (r"how (?:long|old)\b", ("duration", "date")),
    (r"how (?:many|much|far|tall|high|large|big|fast|deep|wide|heavy|often|frequent|common|hot|cold|strong|"
     r"few)\b", ("number",)),
    (r"how (?:come)\b|\bwhy\b|\bfor what (?:reason|purpose)\b|\bwhat (?:\w+ ){0,2}(?:reasons?|causes?|caused|"
     r"purpose|led to)\b", ("reason",)),
    (r"\bhow\b", ("manner",)),
    (r"^(?:(?!\b(?:who|what|which)\b).)*\bwhen\b|\b(?:day|date|year|time) when\b|"
     r"\bwhen (?:is|are|was|were|do|does|did|will|has|have)\b|"
     r"\b(?:what|which) (?:\w+ )?(?:year|date|day|month|century|decade|time|era|period|season)s?\b|"
     r"\bsince when\b", ("date",)),
    (r"\b(?:what|which) (?:\w+ )?(?:percent\w*|number|amount|share|proportion|rate|fraction|population|distance|"
     r"height|size|temperature|speed|"
     r"age|weight|length|area|quantity|score|tariffs?)\b", ("number",)),
    (r"\b(?:what|which) (?:\w+ )?(?:price|cost|sum|salary|revenue|income|profit|budget|"
     r"fee)s?\b", ("money", "number")),
    (r"\bwhere\b|\b(?:what|which) (?:\w+ ){0,2}(?:country|countries|city|cities|state|place|region|town|province|"
     r"continent|location|river|"
     r"island|county|village|street|nation|area|building|capital|district)s?\b", ("place",)),
    (r"\bwho(?:m|se)?\b|\b(?:what|which) (?:\w+ )?(?:person|people|man|woman|actor|actress|author|president|king|"
     r"queen|"
     r"leader|artist|scientist|player|minister|chief|chair|executive|spokes\w+|emperor|general|ruler|"
     r"name)s?\b", ("person", "organisation")),
    (r"\b(?:what|which) (?:\w+ ){0,2}(?:company|companies|organi[sz]ations?|team|agency|group|party|university|"
     r"school|firm|newspaper|bank|"
     r"manufacturer|carmaker|publisher|outlet|band|club|institution|committee|department)s?\b", ("organisation",)),
    (r"\bwhat (?:is|are|was|were) (?:an? |the )?[\w -]+\?*$|\bwhat does .{1,60}\bmean|\bdefin(?:e|ition)\b|"
     r"\bmeaning of\b", ("definition",)),
)  # fmt: skip
_KINDS_IN_SPANISH: tuple[tuple[str, tuple[Kind, ...]], ...] = (
    (r"cu[aá]nto(?:s|n)? (?:cost|cuest|pag|val)\w*|qu[eé] (?:precio|coste)", ("money",)),
    (r"cu[aá]nto (?:tiempo|dur)\w*", ("duration", "date")),
    (r"cu[aá]nt[oa]s?\b", ("number",)),
    (r"por qu[eé]\b", ("reason",)),
    (r"cu[aá]ndo\b|qu[eé] (?:d[ií]a|fecha|año|mes)\b", ("date",)),
    (r"d[oó]nde\b", ("place",)),
    (r"qui[eé]n(?:es)?\b", ("person", "organisation")),
)
_PATTERNS = tuple((re.compile(pattern, re.IGNORECASE), kinds) for pattern, kinds in (*_KINDS, *_KINDS_IN_SPANISH))
_DECIDES = re.compile(
    r"^\W*(?:and |but |so |then |well,? )?(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|"
    r"should|may|might|must|am|isn[’']t|"
    r"aren[’']t|wasn[’']t|weren[’']t|don[’']t|doesn[’']t|didn[’']t|hasn[’']t|haven[’']t|can[’']t|won[’']t)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b|" + _DECIDES.pattern, re.IGNORECASE)
_LISTS = re.compile(
    r"\b(?:list|which (?:\w+ )?\w+s (?:are|were|have|did|do)|what (?:\w+ ){0,2}(?:types|kinds|ways|steps|"
    r"reasons|examples|factors|members|"
    r"names|methods|effects|causes|differences|parts|stages|symptoms|things)|who (?:are|were)\b|name (?:all|the|"
    r"some|two|three|four|five))\b",
    re.IGNORECASE,
)
_SPEECH = re.compile(
    r"\b(?:say|says|said|comment\w*|respon[ds]\w*|react\w*|den(?:y|ies|ied)|claim\w*|report\w*|think|thinks|"
    r"according|statement|opinion|accus\w*|"
    r"criti\w+|told|announce\w*|confirm\w*|reject\w*|call|calls|called|describ\w*|warn\w*)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=512)
def understand(question: str) -> Asked:
    """Reads the question by its words: no model, no history, never fails."""
    decides = bool(_DECIDES.match(question))
    empty = _QUESTION_STEMS | (_EMPTY_IN_SPANISH if in_spanish(question) else frozenset())
    asking_for = content_stems(_TAKES_PLACE.sub(" ", question))
    found = [stem for stem in asking_for if stem not in empty] or content_stems(question)
    return Asked(
        text=question,
        stems=tuple(dict.fromkeys(found or stems(question))),
        kinds=frozenset() if decides else _kinds(question),
        names=tuple(names(question)),
        figures=tuple(figures(question)),
        sought=_sought(question),
        focus=_focus(question),
        decides=decides,
        lists=bool(_LISTS.search(question)),
        speech=bool(_SPEECH.search(question)),
    )


_TAKES_PLACE = re.compile(r"\b(?:take|takes|took|taken|taking) (?:place|part)\b", re.IGNORECASE)


def in_spanish(question: str) -> bool:
    """Whether it is asked in Spanish, by its marks and question words."""
    return bool(_SPANISH.search(question))


_SPANISH = re.compile(
    r"¿|\b(?:qu[eé]|qui[eé]n(?:es)?|cu[aá]nt[oa]s?|cu[aá]ndo|d[oó]nde|cu[aá]l(?:es)?|por qu[eé])\b", re.IGNORECASE
)
_EMPTY_IN_SPANISH = frozenset(
    stem
    for word in """el la los las un una unos unas de del en que y o a al se es son fue fueron ser sera seran era eran ha han hay
    por para con sin su sus lo le les me te nos mi tu este esta estos estas ese esa como cuando donde quien quienes cual cuales
    cuanto cuanta cuantos cuantas sobre entre desde hasta no si mas muy ya esta estan tiene tienen dice dijo""".split()
    for stem in stems(word)
)

_NEXT_QUESTION = re.compile(
    r"\?\s+(?=\S)|,?\s+and\s+(?=(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|has|"
    r"have|had|can|could|will|"
    r"would)\b)|;\s+",
    re.IGNORECASE,
)
_STANDS_ALONE = 3
"""A part with fewer words of its own takes over the names of the part before it."""


def parts(question: str) -> list[str]:
    """The questions in one, at most three; a later one that leans on the first keeps its names."""
    pieces = [piece.strip(" ?,") for piece in _NEXT_QUESTION.split(question)]
    asking = [piece for piece in pieces if _ASKS.search(piece)]
    if not 2 <= len(asking) <= 3 or len(asking) < len(pieces):
        return [question]
    first = understand(asking[0])
    return [asking[0], *(_leaning(piece, first) for piece in asking[1:])]


_BARE = re.compile(r"(?:and |but |or )?(?:when|where|why|how|by whom|how much|how many|since when)", re.IGNORECASE)
"""A later question that is nothing but its question word: of what the first one asks."""


def _leaning(piece: str, first: Asked) -> str:
    if _BARE.fullmatch(piece.strip()):
        return f"{piece}: {first.text}"
    own = understand(piece)
    if own.names or len(own.stems) >= _STANDS_ALONE:
        return piece
    known = first.names or ([phrase.text for phrase in phrases(first.text)][-1:] if _POINTS.search(piece) else ())
    return f"{piece} ({', '.join(known)})" if known else piece


def as_asked(part: str, question: str) -> str:
    """A part of `question` as it was said there, without what `parts` added to make it stand alone."""
    if part in question:
        return part
    bare, _, _ = part.rpartition(" (")
    return bare or part.partition(": ")[0]


_POINTS = re.compile(r"\b(?:it|its|he|she|they|them|their|his|her|him)\b", re.IGNORECASE)
_OPENING = re.compile(
    r"^\W*(?:(?:(?:no|nope|yes|yeah|well|so|oh|hello|thank you|sorry|never ?mind|great|wow|really)\s*(?=[,.!–-]|$)"
    r"|(?:ok|okay|hi|hey|thanks|please)\b)[\s,.!–-]*)+(?:but |and )?"
    r"(?:i meant?\b|i(?:['’]m| am) asking\b|i (?:want|would like|need) to know\b)?[\s,:–-]*",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.?!])\s+(?=\S)")
_IMPERATIVE = re.compile(
    r"^\W*(?:please )?(?:tell|give|show|list|name|explain|describe|define|compare|summari[sz]e|find)\b|"
    r"\bi(?:['’]d| would) like to (?:know|hear)\b|\bi want to know\b",
    re.IGNORECASE,
)


def asking(question: str) -> str:
    """The sentences of `question` that ask, without what is said around them: "No, I meant …", "That's interesting. …".

    All of it when no sentence asks, as in a claim or a few keywords.
    """
    sentences = [_GIVEN.sub("", _OPENING.sub("", sentence)) for sentence in _SENTENCE.split(question)]
    found = [one for one in sentences if content_stems(one) and (one.rstrip().endswith("?") or _IMPERATIVE.search(one))]
    return " ".join(found) or _OPENING.sub("", question) or question


_GIVEN = re.compile(r"(?<=\w)[,;]?\s+(?:given|considering|seeing|assuming|now) that\b[^?]*", re.IGNORECASE)
"""What is taken for known: "…, given that the line is closed"."""


def claims(question: str) -> bool:
    """A sentence that states something, to be held against the documents, rather than a question or keywords."""
    states = question.rstrip(" \t\n\"'”’)").endswith(".")
    return states and not (_OPENS_ASKING.search(question) or _IMPERATIVE.search(question))


_OPENS_ASKING = re.compile(
    r"^\W*(?:(?:and|but|so|or|then|also|well|okay|ok|in|on|at|to|for|of|from|by|with|about)\W+){0,2}"
    r"(?:who|whom|whose|what|which|when|where|why|how)\b|\b(?:i|we|me|us|you)\b.*"
    r"\b(?:who|whom|whose|what|which|when|where|why|how|whether|if)\b|" + _DECIDES.pattern,
    re.IGNORECASE,
)
"""Not the "which" of "The firm, which sells cars, opened a shop."."""


def is_open(question: str) -> bool:
    """Asks for something that is not known yet, rather than whether something is so."""
    return bool(_OPEN.search(question)) and not _DECIDES.match(question)


_OPEN = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)

_FOCUS = re.compile(
    r"^\W*who(?:\s+(?:is|was|are|were)|[’']s)\s+the\s+([\w\s-]{1,40}?)\s+(?:of|for|at)\s", re.IGNORECASE
)
_LOOSE = frozenset(
    stem
    for word in """view opinion position role name purpose meaning definition reason difference result number amount date year
    cause effect status reaction stance point importance impact significance relationship main idea outcome size
    cost price title type kind""".split()
    for stem in stems(word)
)


def _focus(question: str) -> str | None:
    found = _FOCUS.search(question)
    head = content_stems(found.group(1))[-1:] if found else []
    return head[0] if head and head[0] not in _LOOSE else None


def _sought(question: str) -> str | None:
    found = _SOUGHT.search(question)
    head = content_stems(found.group(1))[-1:] if found else []
    return head[0] if head else None


_SOUGHT = re.compile(
    r"\b(?:what|which|how many|how much)\s+((?:[\w'’-]+\s+){0,3}?[\w'’-]+)\s+(?:is|are|was|were|did|does|do|has|have|had|can|"
    r"could|will|would|\w+ed|of|in|for|to)\b",
    re.IGNORECASE,
)


def _kinds(question: str) -> frozenset[Kind]:
    for pattern, kinds in _PATTERNS:
        if pattern.search(question):
            return frozenset(kinds)
    return frozenset()
