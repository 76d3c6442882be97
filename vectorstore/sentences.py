"""Sentence boundaries with exact offsets, by sentencex (https://github.com/wikimedia/sentencex), in many languages."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sentencex

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_NUMBER = re.compile(r"\A(\s*\d{1,3})\.(?=\s)")
_LIST_ITEM = re.compile(r"\s*(?:[-*•–]|\d{1,3}[.)]|#{1,6}|\|)\s?")
_ENTRY = re.compile(r"\s*(?:\*\*|__)?[A-ZÀ-ÖØ-Þ][\w()/.’' -]{0,39}:(?:\*\*|__)?\s+\S|\s*By [A-ZÀ-ÖØ-Þ][^.:]{1,40}$")
_NUMBERED_HEADING = re.compile(r"\s*\d{1,3}(?:\.\d{1,3})*[.)]?\s+[A-ZÀ-ÖØ-Þ][^\n.!?:;,]{0,40}[^\W_]\s*$")
"""As in "3. Bees"; wrapped text breaks its lines later."""
_ENTRIES_OF_A_FORM = 2
"""Lines that begin with a label, or are a byline, which make a paragraph a form; one alone may be wrapped text."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text == whole[start:end]`, without surrounding white space; never empty."""

    start: int
    end: int
    text: str


def split_sentences(text: str, language: str | None = None, offset: int = 0) -> list[Sentence]:
    """The sentences of `text` in order; a paragraph, a heading, a list item and an entry of a form end a
    sentence.

    A line break inside a paragraph does not: scraped and wrapped text breaks lines anywhere. `offset` is added to every
    position, so that a part of a text can be split in the coordinates of the whole.
    """
    sentences: list[Sentence] = []
    start = 0
    for blank in [*_BLANK_LINE.finditer(text), None]:
        end = blank.start() if blank else len(text)
        for block_start, block_end in _blocks(text, start, end):
            sentences += _of_block(text, block_start, block_end, language or "en", offset)
        start = blank.end() if blank else end
    return sentences


def _blocks(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A paragraph cut where a line begins a list item, a heading, a table row or an entry of a form ("Date: 3 May"), and
    after a heading's line."""
    blocks: list[tuple[int, int]] = []
    block_start = position = start
    alone = False
    lines = text[start:end].splitlines(keepends=True)
    is_form = sum(bool(_ENTRY.match(line)) for line in lines) >= _ENTRIES_OF_A_FORM
    for line in lines:
        item = bool(_LIST_ITEM.match(line) or (is_form and _ENTRY.match(line)))
        if position > block_start and (item or alone):
            blocks.append((block_start, position))
            block_start = position
        alone = line.lstrip().startswith(("#", "|")) or bool(_NUMBERED_HEADING.match(line))
        position += len(line)
    blocks.append((block_start, end))
    return blocks


def _of_block(text: str, start: int, end: int, language: str, offset: int) -> list[Sentence]:
    # Same length, so boundaries found in the unwrapped text hold in the wrapped one.
    unwrapped = text[start:end].replace("\n", " ").replace("\r", " ")
    # The full stop behind an item's number ends no sentence.
    unwrapped = _NUMBER.sub(r"\1,", unwrapped)
    found = []
    for boundary in sentencex.get_sentence_boundaries(language, unwrapped):
        piece = text[start + boundary["start_index"] : start + boundary["end_index"]]
        stripped = piece.strip()
        if stripped:
            first = start + boundary["start_index"] + len(piece) - len(piece.lstrip())
            last = first + len(stripped)
            found.append(Sentence(first + offset, last + offset, text[first:last]))
    return found
