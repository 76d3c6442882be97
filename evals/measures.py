"""Measures of a decision made by a score: how well it separates, and what one threshold costs on each side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import numpy as np


class AtThreshold(TypedDict):
    """Shares of 1."""

    true_positive: float
    true_negative: float
    balanced_accuracy: float
    accuracy: float


def auroc(scores: Sequence[float], positive: Sequence[bool]) -> float | None:
    """The chance that a positive scores above a negative, ties half; None where one of the two is absent."""
    values, truth = np.asarray(scores, dtype=float), np.asarray(positive, dtype=bool)
    above, below = values[truth], values[~truth]
    if not len(above) or not len(below):
        return None
    wins = (above[:, None] > below[None, :]).sum() + 0.5 * (above[:, None] == below[None, :]).sum()
    return float(wins / (len(above) * len(below)))


def at_threshold(scores: Sequence[float], positive: Sequence[bool], threshold: float) -> AtThreshold:
    """What saying yes from `threshold` on gets right; a side that is absent counts as right."""
    values, truth = np.asarray(scores, dtype=float), np.asarray(positive, dtype=bool)
    said = values >= threshold
    yes = float(said[truth].mean()) if truth.any() else 1.0
    no = float((~said[~truth]).mean()) if (~truth).any() else 1.0
    return AtThreshold(
        true_positive=yes,
        true_negative=no,
        balanced_accuracy=(yes + no) / 2,
        accuracy=float((said == truth).mean()) if len(truth) else 0.0,
    )


def curve(scores: Sequence[float], positive: Sequence[bool], steps: int = 19) -> list[tuple[float, float, float]]:
    """(threshold, share of positives refused, share of negatives refused) at evenly spaced thresholds in (0, 1)."""
    thresholds = [(step + 1) / (steps + 1) for step in range(steps)]
    cuts = [(threshold, at_threshold(scores, positive, threshold)) for threshold in thresholds]
    return [(threshold, 1 - cut["true_positive"], cut["true_negative"]) for threshold, cut in cuts]


def rounded(value: float | None, digits: int = 4) -> float | None:
    return None if value is None else round(value, digits)
