"""The library as the Slack app sees it (`bot.slack.library.Library`), over the application's operations."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.slack.library import Context, Progress, RemovedRow, Report, SourceRow
from footnote.application import Application, Json
from ingest.errors import SourceError
from vectorstore.catalog import Listed
from vectorstore.errors import StoreError, UnknownDocument


class SlackLibrary:
    def __init__(self, application: Application) -> None:
        self._application = application

    def sources(self) -> Sequence[SourceRow]:
        return [
            SourceRow(
                id=line.id,
                title=line.title,
                location=line.location,
                scope=line.scope,
                documents=line.documents,
                passages=line.passages,
                updated_at=line.updated_at,
                state=_state(line),
                tags=line.tags,
            )
            for line in self._application.knowledge_base.catalog.list_sources()
        ]

    def ingest(
        self, location: str, *, scope: str, actor: str, tags: Sequence[str] = (), progress: Callable[[Progress], None]
    ) -> Report:
        try:
            report = self._application.ingest(location, scope, actor, tags, _passing(progress))
        except (SourceError, ValueError) as error:
            raise StoreError(str(error)) from error
        return _report(report)

    def tag(self, source_id: str, *, add: Sequence[str], remove: Sequence[str]) -> tuple[str, ...]:
        return tuple(self._application.tag(source_id, add, remove)["tagged"]["tags"])

    def reingest(self, source: str | None, *, actor: str, progress: Callable[[Progress], None]) -> Report:  # noqa: ARG002
        return _report(self._application.reingest(source, _passing(progress)))

    def remove(self, source_id: str, *, actor: str) -> RemovedRow:  # noqa: ARG002
        removed = self._application.remove(source_id)["removed"]
        return RemovedRow(removed["title"], removed["documents"], removed["passages"])

    def tags(self) -> Sequence[str]:
        return self._application.knowledge_base.catalog.tags.known()

    def counts(self, scopes: Sequence[str], tags: Sequence[str] = ()) -> tuple[int, int]:
        return self._application.knowledge_base.counts(scopes, tags)

    def titles(self, scopes: Sequence[str], limit: int) -> Sequence[str]:
        return self._application.knowledge_base.catalog.titles(scopes, limit)

    def passage_around(self, version_id: str, start: int, end: int, scopes: tuple[str, ...]) -> Context | None:
        try:
            place = self._application.passage(version_id, start, end, scopes)
        except UnknownDocument:
            return None
        return Context(place["before"], place["quote"], place["after"])


def _passing(progress: Callable[[Progress], None]) -> Callable[[Json], None]:
    return lambda step: progress(Progress(step["done"], step["total"], step["location"]))


def _report(report: Json) -> Report:
    counts = report["counts"]
    return Report(
        **{state: counts.get(state, 0) for state in ("new", "changed", "unchanged", "removed", "failed")},
        failures=tuple((one["location"], one["reason"]) for one in report["documents"] if one["state"] == "failed"),
    )


def _state(line: Listed) -> str:
    if line.trouble:
        return f"trouble: {line.trouble}"
    return "ready" if line.documents else "no documents yet"
