"""Words as the keyword index sees them, so that the index, the composer and the gate agree on what a word is."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from functools import lru_cache
from sys import intern

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

ANALYZER_NAME = "footnote_en"
MAX_WORD_LENGTH = 60
"""Longer tokens (base64, hashes) are dropped from index and query alike."""


def analyzer() -> TextAnalyzer:
    """Lower case, accents folded, English stemming; stop words stay and are left out of queries only."""
    return (
        TextAnalyzerBuilder(Tokenizer.simple())
        .filter(Filter.remove_long(MAX_WORD_LENGTH))
        .filter(Filter.lowercase())
        .filter(Filter.ascii_fold())
        .filter(Filter.stemmer("english"))
        .build()
    )


_local = threading.local()


def encodable(text: str) -> str:
    """`text` with lone surrogates, which no UTF-8 can carry, replaced; native code refuses them."""
    return text.encode(errors="replace").decode()


def stems(text: str) -> list[str]:
    """Every word of `text` in order, stemmed as the index stems it, stop words included."""
    if not hasattr(_local, "analyzer"):
        _local.analyzer = analyzer()
    found: list[str] = _local.analyzer.analyze(encodable(text))
    return found


STOP_WORDS = frozenset(
    """a about above after again against all am an and any are aren as at be because been before being below between both
    but by can cannot could couldn did didn do does doesn doing don down during each few for from further had hadn has hasn
    have haven having he her here hers herself him himself his how i if in into is isn it its itself just ll me more most
    mustn my myself no nor not now o of off on once only or other our ours ourselves out over own re s same shan she should
    shouldn so some such t than that the their theirs them themselves then there these they this those through to too under
    until up ve very was wasn we were weren what when where which while who whom whose why will with won would wouldn y you
    your yours yourself yourselves""".split()
)

_STOP_STEMS = frozenset(stem for word in STOP_WORDS for stem in stems(word)) | STOP_WORDS


def content_stems(text: str) -> list[str]:
    """`stems` without stop words: what a question is about."""
    return without_stop_words(stems(text))


def without_stop_words(found: Iterable[str]) -> list[str]:
    """Of stems, those that are no stop words'."""
    return [stem for stem in found if stem not in _STOP_STEMS]


@lru_cache(maxsize=10_000)
def remembered_stems(text: str) -> tuple[str, ...]:
    """`stems` of a passage: remembered, since asking about one thing reads the same passages again, a word kept once for all."""
    return tuple(map(intern, stems(text)))
