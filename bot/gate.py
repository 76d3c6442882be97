"""The gate: a sentence is shown as cited only if its quote is there and says what the sentence says.

Whether it does is added up from what can be checked: words and meaning in common speak for it; a figure or a name the quote
does not have, a lost "not", an opposite, a lost "may" or "alleged", a stronger quantifier or another speaker speak against.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.mixtures import mixtures
from bot.objections import Objection, objections
from bot.relevance import Embed
from bot.stretches import sources, stretches
from bot.usage import NOTHING, Usage
from bot.values import Note
from bot.verbatim import find_parts, find_quote
from vectorstore.sentences import split_sentences
from vectorstore.values import Chunk, Document, Passage, Scores, Version
from vectorstore.words import stems

THRESHOLD = 0.5
"""From here on a sentence is shown; docs/design.md says what it lets through and what it holds back."""

_BELOW = THRESHOLD - 0.05
"""The score of a sentence that one objection holds back, at most."""

AROUND = 400
"""Code points before and after the quote that may say who "he" is."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says of a sentence and its quote."""

    supported: bool
    score: float
    """In [0, 1]; higher is better."""
    reason: Note | None
    """None where the sentence is supported."""
    start: int = 0
    """Where the quote stands in the version's text; equal to `end` where it does not."""
    end: int = 0
    judged: str = ""
    """What a judge said: "yes", "no", "neither" or "nothing"; empty where none was asked."""
    usage: Usage = NOTHING
    """What the judge took."""


def check(sentence: str, quote: str, version: Version, *, embed: Embed) -> Verdict:
    """Whether `quote` stands in `version` and says what `sentence` says; `bot.verbatim.joined` makes one of several quotes."""
    spans = _located(quote, version)
    if not spans:
        return Verdict(False, 0.0, Note("held_invented_quote"))
    start, end = spans[0][0], spans[-1][1]
    parts = [version.text[first:last] for first, last in spans]
    quoted = parts[0] if len(parts) == 1 else " ".join(f"{part.rstrip('.')}." for part in parts)
    if _plain(sentence) in _plain(quoted):
        begins, ends = _boundaries(sentence, version)
        if begins and ends:
            return Verdict(True, 1.0, None, start, end)
        if not begins:
            return Verdict(False, 0.0, Note("held_cut_out"), start, end)
    near = " ".join(version.text[max(0, first - AROUND) : last + AROUND] for first, last in spans)
    score, reason = support(sentence, quoted, f"{version.title} {near}", embed=embed)
    if len(spans) > 1 and _mixes(sentence, quoted):
        return Verdict(False, min(score, _BELOW), Note("held_mixed"), start, end)
    supported = score >= THRESHOLD
    return Verdict(supported, score, None if supported else reason, start, end)


def _mixes(sentence: str, quoted: str) -> bool:
    """Whether one clause of `sentence` is put together of several of the quotes, which nothing says belong together."""
    return any(stretch.in_clause for stretch in stretches(sentence, sources(quoted, quoted), ()))


def _located(quote: str, version: Version) -> list[tuple[int, int]]:
    """The spans of the quote, several where it says itself (with "…") that something is left out between them."""
    span = locate(quote, version)
    return [span] if span else find_parts(quote, _whole(version))


def locate(quote: str, version: Version) -> tuple[int, int] | None:
    """The span of `version.text` that reads like `quote`, whatever its white space and quotation marks."""
    return find_quote(quote, _whole(version))


def _whole(version: Version) -> Passage:
    chunk = Chunk("", version.id, 0, 0, len(version.text), version.text)
    return Passage(chunk, version, Document("", "", ""), Scores(0, 0, 0))


def support(sentence: str, said: str, around: str, *, embed: Embed) -> tuple[float, Note]:
    """How far `said` proves `sentence`, in [0, 1], and the worst that speaks against it.

    `around` is text that may name what `said` only points to: the title, the sentences beside it.
    """
    quoted = sources(said, around)
    found = stretches(sentence, quoted, frozenset(stems(around)))
    if not found:
        return 0.0, Note("held_unlike")
    held = sum(stretch.held for stretch in found) / sum(stretch.words for stretch in found)
    vectors = embed([sentence, *(source.text for source in quoted)])
    alike = max(0.0, float(np.max(vectors[1:] @ vectors[0])))
    against = [*objections(sentence, said, around, embed=embed), *mixtures(sentence, found, quoted)]
    score = _WORDS * held + (1 - _WORDS) * alike - sum(each.weight for each in against)
    if any(each.fatal for each in against):
        score = min(score - _FATAL, _BELOW)
    worst = max(
        against,
        key=lambda each: (each.fatal, each.weight),
        default=Objection("other", 0.0, Note("held_unlike")),
    )
    return min(1.0, max(0.0, score)), worst.reason


_WORDS = 0.5
"""What words in common count for beside the cosine with the likest sentence of the quote, of 1."""
_FATAL = 0.05
"""What an objection that holds a sentence back takes beside its weight."""


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
