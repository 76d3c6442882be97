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


def is_list_item(text: str) -> bool:
    return bool(_MARKER.match(text)) and not text.startswith("#")


def verbatim(quote: Quote) -> Draft:
    """The sentence that is its own proof; without the bullet or number it stands behind, line breaks as blanks."""
    marker = _MARKER.match(quote.text)
    if marker:
        quote = replace(quote, start=quote.start + marker.end())
    return Draft(" ".join(quote.text.split()), (quote,))
