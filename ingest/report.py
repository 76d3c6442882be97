"""What became of documents, and how far a job is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from vectorstore.changes import Change
from vectorstore.reasons import Told

State = Literal["new", "changed", "unchanged", "removed", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document."""

    location: str
    state: State
    reason: Told | None = None
    """For a failed one: what was wrong and what to do."""
    title: str | None = None
    document: str | None = None
    """Its id."""
    passages: int = 0
    removed: Mapping[str, int] = field(default_factory=dict)
    """What cleaning took out, by kind; see `ingest.parse.Parsed.removed`."""
    moved_to: str | None = None
    """Where its address moved for good since the last look, as its server says."""


@dataclass(frozen=True, slots=True)
class Progress:
    done: int
    total: int
    location: str
    """Of the document finished last."""
    counts: Mapping[State, int]


@dataclass(frozen=True, slots=True)
class Report:
    outcomes: tuple[Outcome, ...]
    seconds: float
    sources: tuple[str, ...] = ()
    """Ids of the sources that were looked at."""

    @property
    def counts(self) -> Mapping[State, int]:
        return Counter(outcome.state for outcome in self.outcomes)

    @property
    def failed(self) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if outcome.state == "failed")


@dataclass(frozen=True, slots=True)
class Planned:
    """What would become of one document."""

    outcome: Outcome
    changes: tuple[Change, ...] = ()
    """Of a changed one, sentence by sentence."""
    to_embed: int = 0
    """Passages whose text was never embedded."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A dry run."""

    planned: tuple[Planned, ...]
    seconds: float
    """That the looking took."""

    @property
    def counts(self) -> Mapping[State, int]:
        return Counter(each.outcome.state for each in self.planned)

    @property
    def to_embed(self) -> int:
        return sum(each.to_embed for each in self.planned)


OnProgress = Callable[[Progress], None]


def nobody(_progress: Progress) -> None:
    """Progress that nobody watches."""
