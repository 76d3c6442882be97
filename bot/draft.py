"""An answer before it is numbered: sentences, each with the stretches of text that prove it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.values import PROSE, Shape
from vectorstore.values import Version


@dataclass(frozen=True, slots=True)
class Quote:
    """`version.text[start:end]`, word for word."""

    version: Version
    start: int
    end: int
    also: tuple[Version, ...] = ()
    """Versions of other documents that carry the same passage."""

    @property
    def text(self) -> str:
        return self.version.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Draft:
    """One sentence of an answer with its proof; `quotes` is never empty."""

    text: str
    quotes: tuple[Quote, ...]
    shape: Shape = PROSE


_MARKER = re.compile(r"(?:[-*+•–>]|#{1,6}|\d{1,3}[.)])\s+(?=\S)")

_DATELINE = re.compile(
    r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.'’ -]{2,40}"  # the place in capitals
    r"(?:,\s[^()\n]{2,30}?)?(?:\s\([^()\n]{2,30}\)|(?<=\d))\s?[-–—]\s+(?=\S)"  # the agency, or a day
)
"""As agencies write it before the first sentence: "HARBOUR TOWN, May 4 (Coast Wire) - "."""


def is_list_item(text: str) -> bool:
    return bool(_MARKER.match(text)) and not text.startswith("#")


def verbatim(quote: Quote) -> Draft:
    """The sentence that is its own proof, line breaks as blanks.

    The bullet, the number or the dateline it stands behind is no part of it.
    """
    before = _MARKER.match(quote.text) or _DATELINE.match(quote.text)
    if before:
        quote = replace(quote, start=quote.start + before.end())
    return Draft(" ".join(quote.text.split()), (quote,))
