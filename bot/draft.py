"""An answer before it is numbered: sentences, each with the stretches of text that prove it."""

from __future__ import annotations

from dataclasses import dataclass

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


def verbatim(quote: Quote) -> Draft:
    """The sentence that is its own proof; a line break inside it becomes a blank."""
    return Draft(" ".join(quote.text.split()), (quote,))
