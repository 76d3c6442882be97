"""Where a quote stands in a text: word for word, whatever its capitals, white space, quotation marks, dashes and emphasis."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from vectorstore.sentences import split_sentences
from vectorstore.values import Passage

_SAME = {
    **dict.fromkeys("“”„‟«»″〝〞", '"'),
    **dict.fromkeys("‘’‚‛‹›′`´", "'"),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff*`~", ""),
    "…": "...",
}
LEFT_OUT = " … "
"""Stands between the parts of a quote that are not next to each other."""
_LEFT_OUT = re.compile(r"\s*[\[(]?(?:…|\.{3,})[\])]?\s*|[\"”]\s*[\"“]")
_AROUND = " \"'.…[]"
_MIN_BYTES = 10
"""UTF-8 bytes of the shortest quote that says where it is from; four characters of Chinese, two words of English."""


def find_quote(quote: str, passage: Passage) -> tuple[int, int] | None:
    """The span in the version's text that reads like `quote`, inside `passage`, or None."""
    wanted = _normalised(quote)[0].strip(_AROUND)
    if len(wanted.encode("utf-8", "replace")) < _MIN_BYTES:
        return None
    text, offsets = _normalised(passage.text)
    found = text.find(wanted)
    if found < 0:
        return None
    first = passage.chunk.start + offsets[found]
    last = passage.chunk.start + offsets[found + len(wanted) - 1] + 1
    return first, last


def find_parts(quote: str, passage: Passage) -> list[tuple[int, int]]:
    """The spans of a quote that leaves something out ("… the plant … will close"), in their order; none unless all are found."""
    spans = [find_quote(part, passage) for part in _LEFT_OUT.split(quote) if part.strip(_AROUND)]
    found = [span for span in spans if span]
    in_order = all(one[1] <= other[0] for one, other in itertools.pairwise(found))
    return found if len(found) == len(spans) and in_order else []


def joined(parts: Sequence[str]) -> str:
    """Several quotes as one, with a mark where something is left out."""
    return LEFT_OUT.join(parts)


def whole_sentences(span: tuple[int, int], passage: Passage) -> tuple[int, int]:
    """`span` widened to the sentences it touches, so that a quote never leaves out the "not" or "denied" beside it."""
    start, end = span
    sentences = split_sentences(passage.text, passage.version.language, passage.chunk.start)
    touched = [sentence for sentence in sentences if sentence.start < end and sentence.end > start]
    return (touched[0].start, touched[-1].end) if touched else span


def _normalised(text: str) -> tuple[str, list[int]]:
    """The text with one spelling of each mark and single spaces, and for each of its characters the offset in `text`."""
    characters: list[str] = []
    offsets: list[int] = []
    for offset, char in enumerate(text):
        same = " " if char.isspace() else _SAME.get(char, char)
        if same == " " and characters and characters[-1] == " ":
            continue
        for each in same.casefold():
            characters.append(each)
            offsets.append(offset)
    return "".join(characters), offsets
