"""What can go wrong while a source is read. The message of each is a sentence for the person who added the source."""

from __future__ import annotations


class SourceError(Exception):
    """A source that could not be read. `str(error)` says what was wrong and what to do about it."""


class ParseRefused(SourceError):
    """The bytes are there, but they are not a document that Footnote can or may read."""


class FetchRefused(SourceError):
    """The address may not be asked: not a web address, or not a public one. Trying again does not help."""


class FetchFailed(SourceError):
    """The address may be asked, but no document came back: unreachable, too slow, too large, an error status."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        """The HTTP status that was answered, or None where there was no answer."""
