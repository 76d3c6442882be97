"""What can go wrong with the store, each with what to do about it."""

from __future__ import annotations

from vectorstore.reasons import Told


class StoreError(Exception):
    """The base of all errors of the store. `reason` is for a person: a sentence of English only where no other than the command
    line tells it."""

    def __init__(self, reason: Told) -> None:
        super().__init__(str(reason))
        self.reason = reason


class StoreLocked(StoreError):
    """Another process owns the data directory."""


class StoreDamaged(StoreError):
    """The database cannot be read; the indexes are never the reason, they are rebuilt."""


class StoreTooNew(StoreError):
    """A newer release wrote the data directory."""


class EmbedderMismatch(StoreError):
    """The stored vectors come from another embedder."""


class EmbedderUnavailable(StoreError):
    """The embedder's files are missing or altered, or its service does not answer."""


class RerankerUnavailable(StoreError):
    """The reranker cannot be used as it is set, or gave no answer that can be used."""


class UnknownDocument(StoreError):
    """No document, version or source has that id or name, or several have."""

    def __init__(self, reason: Told, candidates: tuple[str, ...] = ()) -> None:
        """`candidates`: the titles it could be, where there are several."""
        super().__init__(reason)
        self.candidates = candidates


class NotATime(StoreError):
    """What was written is no moment, or no interval at which a source can be looked at."""
