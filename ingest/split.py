"""Sentence-aware chunks with exact offsets: on headings first, then paragraphs, then sentences, never inside one that fits.

A chunk holds at most TARGET_TOKENS of the embedder's own tokens, so that it is embedded whole together with its title and
headings (all-MiniLM-L6-v2 sees 256 tokens and was trained on 128).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from vectorstore.sentences import Sentence, split_sentences
from vectorstore.store import Span

TARGET_TOKENS = 200
_SOFT_BREAK = 0.6
"""From this share of the target on, the end of a paragraph ends the chunk."""
_SMALL = 0.2
"""A last chunk below this share joins the one before it, if they share a heading."""

_PARAGRAPH = re.compile(r"\n[^\S\n]*\n")
_WORD = re.compile(r"\S+\s*")

CountTokens = Callable[[Sequence[str]], Sequence[int]]
Heading = tuple[int, int, str]
"""(offset of the heading's line, level from 1, its text)."""


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    tokens: int
    ends_paragraph: bool


def split(
    text: str,
    count_tokens: CountTokens,
    *,
    headings: Sequence[Heading] = (),
    language: str | None = None,
    target: int = TARGET_TOKENS,
) -> tuple[Span, ...]:
    """Spans in order, without overlap, that leave out nothing but white space between them."""
    spans: list[Span] = []
    for start, end, heading in _sections(text, headings):
        pieces = _pieces(text, start, end, count_tokens, language, target)
        spans += [Span(first, last, heading) for first, last in _pack(pieces, target)]
    return tuple(_without_bare_headings(spans, headings))


def _sections(text: str, headings: Sequence[Heading]) -> Iterator[tuple[int, int, str]]:
    """(start, end, path of headings) of the text between headings; a heading's own line belongs to its section."""
    path: list[tuple[int, str]] = []
    previous = 0
    for offset, level, title in [*sorted(headings), (len(text), 0, "")]:
        if text[previous:offset].strip():
            yield previous, offset, " > ".join(name for _, name in path)
        previous = offset
        path = [(above, name) for above, name in path if above < level] + [(level, title)]


def _pieces(
    text: str, start: int, end: int, count_tokens: CountTokens, language: str | None, target: int
) -> list[_Piece]:
    sentences = split_sentences(text[start:end], language, start)
    counts = count_tokens([sentence.text for sentence in sentences])
    pieces: list[_Piece] = []
    for number, (sentence, tokens) in enumerate(zip(sentences, counts, strict=True)):
        after = sentences[number + 1].start if number + 1 < len(sentences) else end
        last = number + 1 == len(sentences) or bool(_PARAGRAPH.search(text, sentence.end, after))
        parts = _cut(sentence, tokens, target) if tokens > target else [(sentence.start, sentence.end)]
        for place, (first, stop) in enumerate(parts):
            share = max(1, tokens * (stop - first) // max(1, sentence.end - sentence.start))
            pieces.append(_Piece(first, stop, share, last and place + 1 == len(parts)))
    return pieces


def _cut(sentence: Sentence, tokens: int, target: int) -> list[tuple[int, int]]:
    """Stretches of a sentence too long for one chunk, between words where there are any."""
    limit = max(1, len(sentence.text) * target // tokens)
    parts: list[tuple[int, int]] = []
    start = position = 0
    for word in _WORD.finditer(sentence.text):
        while word.end() - start > limit:
            cut = word.start() if word.start() > start else start + limit
            parts.append((start, cut))
            start = cut
        position = word.end()
    if position > start:
        parts.append((start, position))
    return [_stripped(sentence, first, last) for first, last in parts if not sentence.text[first:last].isspace()]


def _stripped(sentence: Sentence, first: int, last: int) -> tuple[int, int]:
    """A stretch of the sentence without white space around it, in the coordinates of the whole text."""
    part = sentence.text[first:last]
    start = sentence.start + first + len(part) - len(part.lstrip())
    return start, start + len(part.strip())


def _pack(pieces: Sequence[_Piece], target: int) -> list[tuple[int, int]]:
    groups: list[list[_Piece]] = []
    size = 0
    for piece in pieces:
        full = size + piece.tokens > target
        soft = bool(groups) and size >= _SOFT_BREAK * target and groups[-1][-1].ends_paragraph
        if not groups or full or soft:
            groups.append([])
            size = 0
        groups[-1].append(piece)
        size += piece.tokens
    if len(groups) > 1 and size < _SMALL * target:
        tail = groups.pop()
        groups[-1] += tail
    return [(group[0].start, group[-1].end) for group in groups]


def _without_bare_headings(spans: Sequence[Span], headings: Sequence[Heading]) -> Iterator[Span]:
    """A section of nothing but its heading joins the next one: nobody searches for a heading alone."""
    lines = {offset: offset + len(title) for offset, _, title in headings}
    held: Span | None = None
    for number, span in enumerate(spans):
        start = held.start if held else span.start
        bare = lines.get(span.start, -1) >= span.end - 8 and span.heading != ""
        if bare and number + 1 < len(spans):
            held = Span(start, span.end, span.heading)
            continue
        yield Span(start, span.end, span.heading)
        held = None
