"""The shapes of results as JSON: what `--json` prints, the control socket carries and Slack is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.slack.language import DEFAULT, strings_of
from bot.values import Answer
from ingest.report import Outcome, Planned, Report
from vectorstore.departures import Departure
from vectorstore.values import Passage

Json = dict[str, Any]


def passage_json(passage: Passage) -> Json:
    """One passage of `footnote search --json`."""
    return {
        "text": passage.text,
        "title": passage.version.title,
        "heading": passage.chunk.heading or None,
        "url": passage.version.url,
        "publisher": passage.version.publisher,
        "published": plain(passage.version.published),
        "document": passage.document.id,
        "location": passage.document.location,
        "version": passage.version.id,
        "start": passage.chunk.start,
        "end": passage.chunk.end,
        "scope": passage.document.scope,
        "scores": plain(passage.scores),
        "also": [version.publisher or version.title for version in passage.duplicates],
    }


def answer_json(answer: Answer) -> Json:
    """The stable shape of `footnote ask --json`."""
    values: Json = plain(answer)
    notes = [strings_of(DEFAULT).note(note) for note in answer.notes]
    return {"answered": answer.answered, "text": answer.text} | values | {"notes": notes}


def planned_json(planned: Planned) -> Json:
    outcome: Json = plain(planned.outcome)
    return outcome | {"to_embed": planned.to_embed, "changes": [plain(change) for change in planned.changes]}


def report_json(report: Report) -> Json:
    return {
        "counts": dict(report.counts),
        "seconds": round(report.seconds, 2),
        "documents": [plain(outcome) for outcome in report.outcomes],
        "sources": list(report.sources),
    }


def plain(value: Any) -> Any:
    """Dataclasses, dates and tuples as what JSON holds; an interval in seconds."""
    if is_dataclass(value) and not isinstance(value, type):
        return {name: plain(one) for name, one in asdict(value).items()}
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    if isinstance(value, timedelta):
        return int(value.total_seconds())
    return value.isoformat() if isinstance(value, date | datetime) else value


def departed_json(departure: Departure) -> Json:
    """A document that is gone, as `changes` tells of it: what it said is gone too."""
    return {
        "document": departure.document_id,
        "source": departure.source_id,
        "title": departure.title,
        "url": None,
        "at": departure.at.isoformat(),
        "versions": {"before": None, "after": None},
        "state": "removed",
        "changes": [],
    }


def with_departed(report: Json, departed: Sequence[Departure]) -> Json:
    """The report of a run that went on after an interruption, with the documents the earlier one had removed already."""
    told = {document["document"] for document in report["documents"]}
    missing = [each for each in departed if each.document_id not in told]
    if not missing:
        return report
    outcomes = [Outcome(each.location, "removed", title=each.title, document=each.document_id) for each in missing]
    counts = {**report["counts"], "removed": report["counts"].get("removed", 0) + len(missing)}
    return {**report, "counts": counts, "documents": [*report["documents"], *map(plain, outcomes)]}
