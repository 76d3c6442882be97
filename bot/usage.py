"""What a reply of a model took, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Usage:
    """What replies of models took."""

    tokens_in: int = 0
    tokens_out: int = 0
    counted: bool = False
    """Whether the provider counted the tokens; otherwise they are estimated from the length."""
    requests: int = 0
    seconds: float = 0.0

    def __add__(self, other: Usage) -> Usage:
        if not self.requests or not other.requests:
            return self if self.requests else other
        return Usage(
            self.tokens_in + other.tokens_in,
            self.tokens_out + other.tokens_out,
            self.counted and other.counted,
            self.requests + other.requests,
            self.seconds + other.seconds,
        )

    @property
    def tokens(self) -> int:
        return self.tokens_in + self.tokens_out


NOTHING = Usage()


@dataclass(frozen=True, slots=True)
class Price:
    """Of a million tokens, in a currency of three letters."""

    read: float
    written: float
    currency: str

    def of(self, usage: Usage) -> tuple[float, str]:
        """What that came to, with the currency."""
        return (usage.tokens_in * self.read + usage.tokens_out * self.written) / MILLION, self.currency
