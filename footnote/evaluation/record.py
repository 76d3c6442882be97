"""Trials that were made, kept in the data directory, and what changed since the last one of the same questions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from footnote.evaluation.figures import Figures, figures_of
from footnote.evaluation.trial import Outcome

KEPT = 50
"""Trials; older ones are deleted."""


@dataclass(frozen=True, slots=True)
class Trial:
    at: datetime
    models: Mapping[str, str]
    """`answers` and `embedding`: what answered."""
    figures: Figures
    failures: Mapping[str, tuple[str, ...]]
    """By the id of the question; empty where it passed."""


@dataclass(frozen=True, slots=True)
class Difference:
    before: Trial
    figures: Mapping[str, float]
    """Now minus before, where both have the figure."""
    broken: tuple[str, ...]
    """Ids of questions that passed before and fail now."""
    mended: tuple[str, ...]

    @property
    def is_worse(self) -> bool:
        """More questions were broken than mended."""
        return len(self.broken) > len(self.mended)


def trial_of(outcomes: Sequence[Outcome], models: Mapping[str, str]) -> Trial:
    failures = {each.question.id: tuple(each.failures) for each in outcomes}
    return Trial(datetime.now(UTC), models, figures_of(outcomes), failures)


def compared(before: Trial, now: Trial) -> Difference:
    """Of the questions that both asked."""
    both = [id for id in now.failures if id in before.failures]
    figures = {
        name: round(value - old, 4)
        for name, value in now.figures.items()
        if name != "questions" and value is not None and (old := before.figures.get(name)) is not None
    }
    broken = tuple(id for id in both if now.failures[id] and not before.failures[id])
    mended = tuple(id for id in both if before.failures[id] and not now.failures[id])
    return Difference(before, figures, broken, mended)


class Record:
    """The folder `evaluations` of a data directory."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "evaluations"
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    @property
    def page(self) -> Path:
        """Where the page of the last trial is."""
        return self._folder / "last.html"

    def last(self, asked: Trial) -> Trial | None:
        """The newest trial that asked at least half of the same questions."""
        for path in sorted(self._folder.glob("trial-*.json"), reverse=True):
            trial = _read(path)
            if trial and 2 * len(set(trial.failures) & set(asked.failures)) >= len(asked.failures):
                return trial
        return None

    def keep(self, trial: Trial) -> None:
        path = self._folder / f"trial-{trial.at:%Y%m%dT%H%M%S%f}.json"
        document = {"at": trial.at.isoformat(), "models": dict(trial.models), "figures": trial.figures}
        path.write_text(json.dumps({**document, "failures": trial.failures}, indent=1), encoding="utf-8")
        for old in sorted(self._folder.glob("trial-*.json"))[:-KEPT]:
            old.unlink()

    def note_promotion(self, entry: Mapping[str, Any]) -> None:
        """Append to `promotions.jsonl`: what was let in, what was refused, what was forced."""
        with (self._folder / "promotions.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps({"at": datetime.now(UTC).isoformat(), **entry}) + "\n")


def _read(path: Path) -> Trial | None:
    """None for a file that another release wrote or a crash cut."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        failures = {id: tuple(each) for id, each in document["failures"].items()}
        return Trial(datetime.fromisoformat(document["at"]), document["models"], document["figures"], failures)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
