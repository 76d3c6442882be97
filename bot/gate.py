"""The gate: a sentence is shown as cited only if its quote is there and says what the sentence says.

Whether it does is added up from what can be checked: words and meaning in common speak for it; a figure or a name the quote
does not have, a lost "not", an opposite, a lost "may" or "alleged", a stronger quantifier or another speaker speak against.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.kinds import figures, names
from bot.polarity import negated, turned_around
from bot.relevance import Embed, is_held
from bot.verbatim import find_quote
from vectorstore.sentences import split_sentences
from vectorstore.values import Chunk, Document, Passage, Scores, Version
from vectorstore.words import content_stems, stems

THRESHOLD = 0.55
"""From here on a sentence is shown; docs/design.md says what it lets through and what it holds back."""

_BELOW = THRESHOLD - 0.05
"""The score of a sentence that one objection holds back, at most."""

_AROUND = 400
"""Code points before and after the quote that may say who "he" is."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says of a sentence and its quote."""

    supported: bool
    score: float
    """In [0, 1]; higher is better."""
    reason: str
    """A plain sentence for the reader; empty where the sentence is supported."""
    start: int = 0
    """Where the quote stands in the version's text; equal to `end` where it does not."""
    end: int = 0


@dataclass(frozen=True, slots=True)
class _Objection:
    weight: float
    reason: str
    fatal: bool = False
    """Alone enough to hold the sentence back."""


def check(sentence: str, quote: str, version: Version, *, embed: Embed) -> Verdict:
    """Whether `quote` stands in `version` and says what `sentence` says."""
    span = locate(quote, version)
    if span is None:
        return Verdict(False, 0.0, "The quote is not in the source.")
    start, end = span
    quoted = version.text[start:end]
    if _plain(sentence) in _plain(quoted):
        begins, ends = _boundaries(sentence, version)
        if begins and ends:
            return Verdict(True, 1.0, "", start, end)
        if not begins:
            return Verdict(False, 0.0, "The sentence is cut out of a longer one.", start, end)
    around = f"{version.title} {version.text[max(0, start - _AROUND) : end + _AROUND]}"
    score, reason = support(sentence, quoted, around, embed=embed)
    supported = score >= THRESHOLD
    return Verdict(supported, score, "" if supported else reason, start, end)


def locate(quote: str, version: Version) -> tuple[int, int] | None:
    """The span of `version.text` that reads like `quote`, whatever its white space and quotation marks."""
    whole = Chunk("", version.id, 0, 0, len(version.text), version.text)
    return find_quote(quote, Passage(whole, version, Document("", "", ""), Scores(0, 0, 0)))


def support(sentence: str, said: str, around: str, *, embed: Embed) -> tuple[float, str]:
    """How far `said` proves `sentence`, in [0, 1], and the worst that speaks against it.

    `around` is text that may name what `said` only points to: the title, the sentences beside it.
    """
    wanted = list(dict.fromkeys(content_stems(sentence))) or stems(sentence)
    held, near = set(stems(said)), set(stems(around))
    covered = sum(1.0 if is_held(stem, held) else 0.5 if is_held(stem, near) else 0.0 for stem in wanted)
    vectors = embed([sentence, said])
    alike = max(0.0, float(vectors[0] @ vectors[1]))
    objections = [*_lost(sentence, said, around), *_twisted(sentence, _closest(sentence, said))]
    score = _WORDS * covered / max(1, len(wanted)) + (1 - _WORDS) * alike - sum(each.weight for each in objections)
    if any(each.fatal for each in objections):
        score = min(score, _BELOW)
    worst = max(
        objections,
        key=lambda each: (each.fatal, each.weight),
        default=_Objection(0.0, "The quote does not say the same."),
    )
    return min(1.0, max(0.0, score)), worst.reason


_WORDS = 0.7
"""What words in common count for beside the cosine of the two sentences, of 1."""


def _closest(sentence: str, said: str) -> str:
    """The sentence of the quote that shares most words with `sentence`: the one that must not say otherwise."""
    wanted = set(content_stems(sentence))
    return max(
        (each.text for each in split_sentences(said)),
        key=lambda text: len(wanted.intersection(content_stems(text))),
        default=said,
    )


def _lost(sentence: str, said: str, around: str) -> list[_Objection]:
    """Figures and names of the sentence that the quote, or even what stands around it, does not have."""
    given, near = figures(said), figures(around)
    found = []
    for value in figures(sentence):
        if value not in given:
            reason = f"The quote does not say {value:,g}."
            found.append(_Objection(*((_FIGURE / 2, reason) if value in near else (_FIGURE, reason, True))))
    known = {*stems(said), *stems(around)}
    for name in names(sentence):
        parts = content_stems(name) or stems(name)
        lost = sum(1 for stem in parts if not is_held(stem, known)) / len(parts)
        if lost:
            found.append(_Objection(_NAME * lost, f"The quote does not name {name}."))
    return found


_FIGURE = 0.25
"""Also fatal when the figure is nowhere near."""
_NAME = 0.2


def _twisted(sentence: str, said: str) -> list[_Objection]:
    """What the quote says otherwise than the sentence."""
    found = []
    if negated(sentence) != negated(said):
        found.append(_Objection(0.15, "One of sentence and quote denies what the other says.", True))
    if turned_around(stems(sentence), stems(said)):
        found.append(_Objection(0.25, "The quote says the opposite.", True))
    if _UNSURE.search(said) and not _UNSURE.search(sentence):
        fatal = bool(_DOUBTED.search(said))
        found.append(_Objection(0.12, "The quote only reports it, or says that it may be so.", fatal))
    if _ALL.search(sentence) and not _ALL.search(said):
        found.append(_Objection(0.05, "The quote does not say it of all."))
    if _other_speaker(sentence, said):
        found.append(_Objection(0.25, "The quote has somebody else say it.", True))
    return found


_UNSURE = re.compile(
    r"\b(?:(?-i:may)|might|could|alleged(?:ly)?|reported(?:ly)?|rumou?r(?:s|ed)?|claim(?:s|ed)|possibl[ey]|"
    r"potential(?:ly)?|suspected|"
    r"expected|planned|considering|proposed|according to|suggests?|appears?|likely|denie[sd])\b",
    re.IGNORECASE,
)
_DOUBTED = re.compile(
    r"\b(?:(?-i:may)|might|alleged(?:ly)?|reportedly|rumou?r(?:s|ed)?|suspected|denie[sd]|(?:reported|claimed|"
    r"claims|according to)(?! by| as))\b",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"\b(?:all|every|always|only|none|entire(?:ly)?|each|most|exclusively|completely|never|first|sole(?:ly)?)\b",
    re.IGNORECASE,
)
_SPEAKER = re.compile(
    r"([A-Z][\w’'&.-]*(?:\s+[A-Z][\w’'&.-]*)*)(?:,[^,.]{1,80},)?\s+(?:has |have |had |also |later |flatly |"
    r"previously )*"
    r"(?:said|says|told|added|claim(?:s|ed)|argue[sd]|warn(?:s|ed)|announced|stated|den(?:ies|ied)|reject(?:s|ed)|"
    r"confirm(?:s|ed)|wrote|insist(?:s|ed)|"
    r"report(?:s|ed)|described|called|accused|criticised|criticized)\b"
)


def _speakers(text: str) -> list[set[str]]:
    return [set(stems(match.group(1))) for match in _SPEAKER.finditer(text)]


def _other_speaker(sentence: str, said: str) -> bool:
    """Both name who speaks, and nobody who speaks in the one speaks in the other."""
    one, other = _speakers(sentence), _speakers(said)
    return bool(one and other) and not any(first & second for first in one for second in other)


def _plain(text: str) -> str:
    return " ".join(text.split()).strip(" .…\"'“”‘’")


def _boundaries(sentence: str, version: Version) -> tuple[bool, bool]:
    """Whether `sentence`, found word for word, begins and whether it ends where a sentence of the source does."""
    span = locate(sentence, version)
    if span is None:
        return False, False
    first = max(0, span[0] - _SENTENCES_WITHIN)
    sentences = split_sentences(version.text[first : span[1] + _SENTENCES_WITHIN], version.language, first)
    begins = any(abs(span[0] - each.start) <= _MARKS for each in sentences)
    return begins, any(abs(span[1] - each.end) <= _MARKS for each in sentences)


_SENTENCES_WITHIN = 2_000
"""Code points around a sentence in which its boundaries are looked for."""
_MARKS = 2
"""A quotation mark and a full stop that were left out."""
