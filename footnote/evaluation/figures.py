"""What a trial comes to, as shares in [0, 1] and milliseconds; None where no question asks for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from footnote.evaluation.trial import Outcome

Figures = dict[str, float | int | None]

LABELS = {
    "questions": "Questions",
    "passed": "Passed",
    "retrieval_recall": "Expected source among the passages",
    "retrieval_mrr": "Mean reciprocal rank of the expected source",
    "answer_contains": "Expected text in the answer",
    "citation_source": "Expected source cited",
    "citation_verbatim": "Quotes verbatim",
    "answered": "Answerable and answered",
    "abstained": "Unanswerable and not answered",
    "milliseconds_p50": "Milliseconds, median",
    "milliseconds_p95": "Milliseconds, 95th percentile",
}
QUALITIES = tuple(name for name in LABELS if name not in ("questions", "milliseconds_p50", "milliseconds_p95"))
"""The figures of which more is better."""


def figures_of(outcomes: Sequence[Outcome]) -> Figures:
    with_sources = [each for each in outcomes if each.question.sources]
    answerable = [each for each in outcomes if each.question.answerable]
    answered = [each for each in outcomes if each.answer["answered"]]
    times = sorted(each.milliseconds for each in outcomes)
    return {
        "questions": len(outcomes),
        "passed": _share(outcomes, lambda each: each.passed),
        "retrieval_recall": _share(with_sources, lambda each: each.rank is not None),
        "retrieval_mrr": _mean([1 / each.rank if each.rank else 0.0 for each in with_sources]),
        "answer_contains": _share(
            [each for each in answerable if each.question.answers],
            lambda each: bool(each.answer["answered"]) and "expected text missing" not in each.failures,
        ),
        "citation_source": _share(
            [each for each in with_sources if each.answer["answered"]],
            lambda each: "expected source not cited" not in each.failures,
        ),
        "citation_verbatim": _share(answered, lambda each: "quote not verbatim" not in each.failures),
        "answered": _share(answerable, lambda each: bool(each.answer["answered"])),
        "abstained": _share(
            [each for each in outcomes if not each.question.answerable], lambda each: not each.answer["answered"]
        ),
        "milliseconds_p50": times[len(times) // 2],
        "milliseconds_p95": times[min(len(times) - 1, round(0.95 * (len(times) - 1)))],
    }


def _share(outcomes: Sequence[Outcome], holds: Callable[[Outcome], bool]) -> float | None:
    return _mean([float(holds(each)) for each in outcomes])


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None
