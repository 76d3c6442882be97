"""The gate: a sentence is shown as cited only if its quote is there and says what the sentence says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.kinds import figures, names
from bot.relevance import Embed, same_family
from bot.verbatim import find_quote
from vectorstore.values import Chunk, Document, Passage, Scores, Version
from vectorstore.words import content_stems, stems

THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class Verdict:
    supported: bool
    score: float
    """In [0, 1]; higher is better."""
    reason: str
    """A plain sentence for the reader; empty where the sentence is supported."""
    start: int = 0
    """Where the quote stands in the version's text; `start == end` where it does not."""
    end: int = 0


_NEGATION = re.compile(
    r"\b(?:not|no|never|none|neither|nor|without|cannot|nobody|nothing|den(?:y|ies|ied)|reject(?:s|ed)|false|untrue|fail(?:s|ed)|refus(?:es|ed))\b|n[’']t\b",
    re.IGNORECASE,
)


def check(sentence: str, quote: str, version: Version, *, embed: Embed) -> Verdict:
    """Whether `quote` stands in `version` and the passage it stands in supports `sentence`."""
    span = locate(quote, version)
    if span is None:
        return Verdict(False, 0.0, "The quote is not in the source.")
    quoted = version.text[span[0] : span[1]]
    if " ".join(sentence.split()) == " ".join(quoted.split()):
        return Verdict(True, 1.0, "", *span)
    score, reason = support(sentence, [quoted], version.title, embed=embed)
    return Verdict(score >= THRESHOLD, score, "" if score >= THRESHOLD else reason, *span)


def locate(quote: str, version: Version) -> tuple[int, int] | None:
    """The span of `version.text` that reads like `quote`, whatever its white space and quotation marks."""
    whole = Chunk("", version.id, 0, 0, len(version.text), version.text)
    return find_quote(quote, Passage(whole, version, Document("", "", ""), Scores(0, 0, 0)))


def support(sentence: str, evidence: Sequence[str], title: str, *, embed: Embed) -> tuple[float, str]:
    """How far `evidence` (sentences of one document) supports `sentence`, in [0, 1], and what is amiss."""
    said = " ".join(evidence)
    held = set(stems(said))
    around = held | set(stems(title))
    missing_figures = [value for value in figures(sentence) if value not in figures(said)]
    if missing_figures:
        return 0.1, f"The quote does not say {missing_figures[0]:g}."
    strange = [name for name in names(sentence) if not set(stems(name)) & around]
    if strange:
        return 0.2, f"The quote does not name {strange[0]}."
    if bool(_NEGATION.search(sentence)) != bool(_NEGATION.search(said)):
        return 0.3, "One of sentence and quote denies what the other says."
    wanted = content_stems(sentence)
    covered = [stem for stem in wanted if stem in around or any(same_family(stem, other) for other in held)]
    vectors = embed([sentence, said])
    cosine = float(vectors[0] @ vectors[1])
    score = 0.5 * (len(covered) / len(wanted) if wanted else 0.0) + 0.5 * max(0.0, cosine)
    return min(1.0, score), "The quote does not say the same."
