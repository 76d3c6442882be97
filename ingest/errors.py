"""What can go wrong while a source is read. `reason` of each is for the person who added the source."""

from __future__ import annotations

from vectorstore.reasons import Reason, Value


class SourceError(Exception):
    """A source that could not be read. `reason` says what was wrong and what to do about it."""

    def __init__(self, reason: Reason | str, /, **values: Value) -> None:
        """`reason`: a whole one, or its key; see `vectorstore.reasons.Reason`."""
        self.reason = reason if isinstance(reason, Reason) else Reason(reason, values)
        super().__init__(str(self.reason))


class ParseRefused(SourceError):
    """The bytes are there, but they are not a document that Footnote can or may read."""


class FetchRefused(SourceError):
    """The address may not be asked: not a web address, or not a public one. Trying again does not help."""


class FetchFailed(SourceError):
    """The address may be asked, but no document came back: unreachable, too slow, too large, an error status."""

    def __init__(self, reason: Reason | str, /, *, status: int | None = None, **values: Value) -> None:
        super().__init__(reason, **values, **({} if status is None else {"status": status}))
        self.status = status
        """The HTTP status that was answered, or None where there was no answer."""
