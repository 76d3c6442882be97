"""How much each sentence that was found says about a question."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot.complete import needs_before
from bot.kindred import kindred
from bot.kinds import NAME, spans
from bot.reading import Line, Reading
from bot.understand import Asked, claims
from vectorstore.words import content_stems, stems

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
"""Texts to vectors of length 1, shape (texts, dimension)."""

EMBEDDED_LINES = 16
"""How many sentences are embedded for one question, at most: it bounds the time of an answer."""
READ_WHOLE = 4_000
"""Code points of a document of which all sentences count, whichever of its passages were found."""
_A_FACT = 0.25
"""What a figure is worth beside the words, when it is chosen which sentences are looked at for "how many"."""
_UNFOUND = 0.5
"""What such a sentence was found with when no passage that holds it was, as a share of the document's best."""
_NEARBY = 0.35
"""What a word of the question counts for when the sentence before or the title has it instead of the sentence."""


_LEANT_ON = 0.6
"""The same for the sentence before when this one leans on it ("The order …")."""
_ALIKE = 0.7
"""The same for another form of the word, or one that may stand for it."""
_IN_HEAD = 0.8
"""The same for the first row of its table."""

_LENGTH = 0.025
"""For the logarithm of a sentence's words: of two that are as near to a question, the longer one says more about it."""
_LENGTH_FOR_A_CLAIM = -0.05
"""The same for a claim, which has so many words that a long sentence holds some of them by chance."""
_BEGINNING = 5
"""Letters that two forms of one word share at least."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A sentence and what speaks for it; each part in [0, 1], higher is better."""

    line: Line
    score: float
    coverage: float
    """The weighted share of the question's words in the sentence itself."""
    in_context: float
    """The same with the sentence before it and the title helping, at a discount."""
    cosine: float
    typed: bool
    """Whether it holds something of the kind the question asks for that the question did not name."""
    found: float
    """The score of the passage it was found in, relative to the best passage of its document."""
    document_cosine: float
    """The cosine of its document's best passage with the question."""
    in_document: float
    """The weighted share of the question's words anywhere in its document."""


def rarity(readings: Sequence[Reading]) -> Callable[[str], float]:
    """How much a word says: its inverse document frequency over the sentences that were read, in [0.1, 1]."""
    seen: Counter[str] = Counter()
    total = 0
    for reading in readings:
        for line in reading.lines:
            seen.update(set(line.stems))
            total += 1
    most = math.log(total + 1) or 1.0
    return lambda stem: max(0.1, math.log((total + 1) / (seen[stem] + 0.5)) / most) if seen[stem] else 1.0


def share(wanted: Sequence[str], held: Mapping[str, float], weight: Callable[[str], float]) -> float:
    """The weighted share of `wanted` that is `held` (stem to how much it counts, in [0, 1])."""
    total = sum(weight(stem) for stem in wanted)
    return sum(weight(stem) * _held(stem, held) for stem in wanted) / total if total else 0.0


def _held(stem: str, held: Mapping[str, float]) -> float:
    akin = kindred(stem)
    beginning = stem[:_BEGINNING]
    alike = (
        value
        for other, value in held.items()
        if other in akin or (other.startswith(beginning) and same_family(stem, other))
    )
    return max(held.get(stem, 0.0), _ALIKE * max(alike, default=0.0))


def is_held(stem: str, held: Collection[str]) -> bool:
    """Whether `held` has the stem, another form of its word or one that may stand for it."""
    if stem in held or any(other in held for other in kindred(stem)):
        return True
    beginning = stem[:_BEGINNING]
    return any(other.startswith(beginning) and same_family(stem, other) for other in held)


def same_family(one: str, other: str) -> bool:
    """Whether two stems share so much of their beginning that they are forms of one word: "cooper", "cooperat"."""
    shorter = min(len(one), len(other))
    needed = max(_BEGINNING, math.ceil(0.7 * max(len(one), len(other))))
    return shorter >= needed and one[:needed] == other[:needed]


def holds_kind(asked: Asked, text: str) -> bool:
    """Whether `text` holds something of a kind the question asks for, beyond the words of the question."""
    if not asked.kinds:
        return True
    return any(is_new(asked, kind, text[start:end]) for kind in asked.kinds for start, end in spans(kind, text))


def is_new(asked: Asked, kind: str, piece: str) -> bool:
    """Whether `piece`, which is of that kind, is more than what the question itself says."""
    if kind in ("person", "organisation"):
        return any(set(stems(name)) - set(asked.stems) for name in NAME.findall(piece)) and bool(
            set(content_stems(piece)) - set(asked.stems)
        )
    if kind == "place":
        days = [piece[start:end] for start, end in spans("date", piece)]  # "on 14 January"
        return not any(piece.endswith(day) for day in days)
    if kind in ("number", "date", "money", "duration"):
        return bool(set(stems(piece)) - set(stems(asked.text)))
    return True


def rank(asked: Asked, readings: Sequence[Reading], embed: Embed) -> list[Scored]:
    """The sentences of the passages that were found, best first."""
    weight = rarity(readings)
    within = {reading.version.id: _in_document(asked, reading, weight) for reading in readings}
    candidates = [
        _lexical(asked, reading, line, weight, within[reading.version.id])
        for reading in readings
        for line in reading.lines
    ]
    stating = [candidate for candidate in candidates if candidate and states_something(candidate.line.text)]
    fact = _A_FACT if asked.kinds & {"number", "reason"} else 0.0
    stating.sort(
        key=lambda c: -(c.in_context + 0.5 * c.found + fact * c.typed * (2 if _has_what_is_sought(asked, c) else 1))
    )
    hopeful = stating[:EMBEDDED_LINES]
    if not hopeful:
        return []
    vectors = embed([asked.text, *(candidate.line.text for candidate in hopeful)])
    cosines = vectors[1:] @ vectors[0]
    fullest = max(within.values())
    per_length = _LENGTH_FOR_A_CLAIM if claims(asked.text) else _LENGTH
    return sorted(
        (_final(c, float(cosine), per_length, fullest) for c, cosine in zip(hopeful, cosines, strict=True)),
        key=lambda c: -c.score,
    )


def _has_what_is_sought(asked: Asked, candidate: Scored) -> bool:
    """Whether the sentence has the noun itself of "how many ships"."""
    return asked.sought is not None and asked.sought in candidate.line.stems


def _in_document(asked: Asked, reading: Reading, weight: Callable[[str], float]) -> float:
    version = reading.version
    said = {stem for line in reading.lines for stem in line.stems}
    return share(
        asked.stems, dict.fromkeys(said.union(content_stems(f"{version.title} {version.publisher or ''}")), 1.0), weight
    )


def _lexical(
    asked: Asked, reading: Reading, line: Line, weight: Callable[[str], float], in_document: float
) -> Scored | None:
    found = reading.found(line)
    if found is None and len(reading.version.text) <= READ_WHOLE:
        found = _UNFOUND * reading.rank
    if found is None or not line.stems or _is_headline(line, reading) or reading.is_table_head(line):
        return None
    own = dict.fromkeys(line.stems, 1.0)
    version = reading.version
    above = f"{version.title} {version.publisher or ''} {reading.heading(line)}"
    around = dict.fromkeys(content_stems(above), _NEARBY)
    before = reading.lines[line.index - 1] if line.index else None
    if before and needs_before(line):
        around |= dict.fromkeys(before.stems, _LEANT_ON)
    elif before and before.paragraph == line.paragraph:
        around |= dict.fromkeys(before.stems, _NEARBY)
    head = reading.table_head(line)
    if head:
        around |= dict.fromkeys(head.stems, _IN_HEAD)
    best = reading.rank
    return Scored(
        line,
        score=0.0,
        coverage=share(asked.stems, own, weight),
        in_context=share(asked.stems, around | own, weight),
        cosine=0.0,
        typed=holds_kind(asked, line.text),
        found=found / best if best > 0 else 1.0,
        document_cosine=reading.passages[0].scores.cosine,
        in_document=in_document,
    )


def _is_headline(line: Line, reading: Reading) -> bool:
    """A heading, or the title once more in the text, with a menu around it or not: what is below says the same in whole
    sentences."""
    text = line.text.strip("#* ")
    if any(other.section == line.index for other in reading.lines[line.index + 1 : line.index + 2]):
        return True
    if len(reading.lines) == 1 or not text or text[0] in "|-•–" or text[-1] in ".!:;":
        return text == reading.version.title and len(reading.lines) > 1
    title = set(content_stems(reading.version.title))
    return bool(title) and title <= set(line.stems) and len(set(line.stems) - title) <= _WORDS_AROUND_A_TITLE


_WORDS_AROUND_A_TITLE = 4


def _final(candidate: Scored, cosine: float, per_length: float, fullest: float) -> Scored:
    """With weights that held on every set they were tried on; see docs/design.md.

    fullest: the share of the question's words in the document that has most of them.
    """
    score = (
        0.35 * candidate.in_context
        + 0.15 * candidate.coverage
        + 0.40 * max(0.0, cosine)
        + 0.30 * max(0.0, candidate.document_cosine)
        + 0.10 * candidate.found
        - 0.20 * (fullest - candidate.in_document)
        + (0.10 if candidate.typed else 0.0)
        + per_length * math.log(1 + len(candidate.line.stems))
    )
    return replace(candidate, score=score, cosine=cosine)


def states_something(text: str) -> bool:
    """Whether a line is more than a question, a heading or a label."""
    if (
        _GREETING.fullmatch(text)
        or text.rstrip(" \"”’')*").endswith("?")
        or text.startswith("#")
        or _ONLY_ASKS.search(text)
    ):
        return False
    bare = text.rstrip()[-1].isalnum() and not text.startswith(("-", "*", "•", "|"))
    return not bare or len(text.split()) >= _FEWEST_WORDS


_GREETING = re.compile(
    r"\W*(?:dear|hello|hi|good (?:morning|afternoon)|liebe\w*|estimad\w+|hola)\b[^.]{0,40},", re.IGNORECASE
)
_ONLY_ASKS = re.compile(r"^[^,;]*\b(?:asked|wondered|inquired)\b[^,;]*\b(?:whether|if)\b[^,;]*$", re.IGNORECASE)
"""Somebody asked: that says nothing of the answer."""
_FEWEST_WORDS = 8
"""A line with fewer words and no mark at its end is taken for a heading."""
