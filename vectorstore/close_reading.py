"""What the texts of the best passages show beside the words they share with a query: words that stand together in both, and
words that are akin.

Two words are akin by the share of letters that they begin with alike ("scam" and "scammers", "programme" and "program",
"mortage" and "mortgage"): forms that the stemmer keeps apart, other spellings, and languages it does not know.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise, takewhile

from vectorstore.indexes import above_text
from vectorstore.search import KEYWORD_WEIGHT, Ranked, best_first
from vectorstore.values import Passage
from vectorstore.words import content_stems, remembered_stems, without_stop_words

READ = 30
"""So many of the best are read."""
PAIRS_WORTH = 0.1
"""What having every pair of adjacent words of the query is worth beside having the words."""
KINDRED_WORTH = 0.5
"""What having nothing but words nearly equal to the query's is worth, where having the words themselves, often, is 1."""
_BEGINNING = 4
"""Letters, at least, that kindred words begin with alike."""


def read_closely(
    query: str,
    ranked: Sequence[Ranked],
    load: Callable[[Sequence[str]], Mapping[str, Passage]],
    worths: Mapping[str, float],
    keyword_weight: float = KEYWORD_WEIGHT,
    *,
    pairs_worth: float = PAIRS_WORTH,
    kindred_worth: float = KINDRED_WORTH,
) -> list[Ranked]:
    """`ranked` with the best raised by what their texts have of the query's pairs of words and of its kindred words.

    worths: of the query's words, as the keyword index has them; a word without one counts nothing.
    """
    pairs = set(pairwise(content_stems(query)))
    weights = _shares(worths)
    if not pairs and not weights:
        return list(ranked)
    passages = load([item.chunk_id for item in ranked[:READ]])
    raised = []
    for item in ranked[:READ]:
        passage = passages.get(item.chunk_id)
        words = _words(passage) if passage else []
        together = len(pairs.intersection(pairwise(words))) / len(pairs) if pairs else 0.0
        gained = pairs_worth * together + kindred_worth * _kindred(weights, set(words))
        fused = item.scores.fused + keyword_weight * gained
        raised.append(replace(item, scores=replace(item.scores, fused=fused)))
    return [*best_first(raised), *ranked[READ:]]


def _words(passage: Passage) -> list[str]:
    """What a passage says with its title and headings, as it is indexed."""
    above = content_stems(above_text(passage.version.title, passage.chunk))
    return above + without_stop_words(remembered_stems(passage.text))


def _shares(worths: Mapping[str, float]) -> dict[str, float]:
    """The share of what all words are worth, of each that can have kin: long enough, and no figure."""
    total = sum(worths.values())
    return {word: worth / total for word, worth in worths.items() if len(word) >= _BEGINNING and word.isalpha()}


def _kindred(weights: Mapping[str, float], words: Collection[str]) -> float:
    """In [0, 1]: what the query's words that are not among `words` are worth, each by the likeness of its nearest kin."""
    missing = {word: weight for word, weight in weights.items() if word not in words}
    beginnings = {word[:_BEGINNING] for word in missing}
    kin = [word for word in words if word[:_BEGINNING] in beginnings and word.isalpha()]
    return sum(weight * max((_likeness(word, other) for other in kin), default=0.0) for word, weight in missing.items())


def _likeness(word: str, other: str) -> float:
    """The share of the longer word's letters that both begin with; 0 where that is less than a beginning."""
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(word, other, strict=False)))
    return alike / max(len(word), len(other)) if alike >= _BEGINNING else 0.0
