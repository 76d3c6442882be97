"""The page of a trial: figures beside the last ones, and every failure with its answer, quotes and passages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from footnote.evaluation.figures import LABELS
from footnote.evaluation.record import Difference, Trial
from footnote.evaluation.trial import Outcome

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def page(name: str, trial: Trial, difference: Difference | None, outcomes: Sequence[Outcome]) -> str:
    """One self-contained HTML document; `name` is the questions' file."""
    rows = [
        (label, trial.figures[key], difference.figures.get(key) if difference else None)
        for key, label in LABELS.items()
    ]
    failed = [each for each in outcomes if not each.passed]
    broken = set(difference.broken) if difference else set()
    return _TEMPLATES.get_template("page.html").render(
        name=name,
        trial=trial,
        difference=difference,
        rows=rows,
        outcomes=outcomes,
        failed=failed,
        broken=broken,
        mark=_marked,
    )


def _marked(passage: dict[str, Any], answer: dict[str, Any]) -> list[tuple[str, bool]]:
    """The passage's text in pieces: (text, whether the answer quotes it)."""
    spans = sorted(
        (citation["start"] - passage["start"], citation["end"] - passage["start"])
        for statement in answer["statements"]
        for citation in statement["citations"]
        if citation["version"] == passage["version"]
    )
    pieces: list[tuple[str, bool]] = []
    reached, text = 0, passage["text"]
    for start, end in ((max(reached, start), min(end, len(text))) for start, end in spans):
        if start >= end or start < reached:
            continue
        pieces += [(text[reached:start], False), (text[start:end], True)]
        reached = end
    return [piece for piece in [*pieces, (text[reached:], False)] if piece[0]]
