"""The library as the Slack app sees it (`bot.slack.library.Library`), over the application's operations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import PurePath

from bot.slack.downloads import SharedFile
from bot.slack.library import (
    ChangedRow,
    CitedNow,
    Context,
    FileRead,
    ForgottenRow,
    PlannedRow,
    PlanRow,
    Progress,
    RemovedRow,
    Report,
    SourceRow,
    Subject,
)
from bot.values import Citation
from footnote.application import Application
from footnote.shapes import Json
from ingest.errors import SourceError
from ingest.sandbox import ParserStopped
from vectorstore.changes import changes, says
from vectorstore.erasure import Posted, to_withdraw, withdrawn
from vectorstore.errors import StoreError, UnknownDocument
from vectorstore.reasons import Reason, Told, told_of
from vectorstore.sources import Listed
from vectorstore.tags import tags_of
from vectorstore.values import Version


class SlackLibrary:
    def __init__(self, application: Application) -> None:
        self._application = application

    def sources(self) -> Sequence[SourceRow]:
        return [self._row(line) for line in self._application.knowledge_base.catalog.sources.listed()]

    def _row(self, line: Listed) -> SourceRow:
        location = self._shown(line.location)
        return SourceRow(
            id=line.id,
            title=location if line.title == line.location else line.title,
            location=" → ".join(filter(None, (location, line.moved_to))),
            scope=line.scope,
            documents=line.documents,
            passages=line.passages,
            updated_at=line.updated_at,
            trouble=self._seen(line.trouble) if line.trouble else None,
            tags=line.tags,
            due_at=line.due_at,
            owner=line.added_by or "",
        )

    def ingest(
        self, location: str, *, scope: str, actor: str, tags: Sequence[str] = (), progress: Callable[[Progress], None]
    ) -> Report:
        try:
            report = self._application.ingest(location, scope, actor, tags, self._passing(progress))
        except SourceError as error:
            raise StoreError(self._seen(error.reason)) from error
        return self._reported(report)

    def tag(self, source_id: str, *, add: Sequence[str], remove: Sequence[str]) -> tuple[str, ...]:
        return tuple(self._application.tag(source_id, add, remove)["tagged"]["tags"])

    def reingest(self, source: str | None, *, actor: str, progress: Callable[[Progress], None]) -> Report:  # noqa: ARG002
        return self._reported(self._application.reingest(source, self._passing(progress)))

    def plan(self, wanted: str, *, actor: str, progress: Callable[[Progress], None]) -> PlanRow:
        planned = self._application.plan(wanted or None, actor, self._passing(progress))
        rows = tuple(
            PlannedRow(
                each["state"],
                each["title"] or "",
                self._shown(each["location"]),
                self._seen(told_of(each["reason"] or "")),
                tuple((_text(change["before"]), _text(change["after"])) for change in each["changes"]),
            )
            for each in planned["documents"]
        )
        counts, cost = planned["counts"], (planned["to_embed"], planned["seconds"])
        return PlanRow(planned["plan"], self._shown(planned["what"]), counts, *cost, rows, tuple(planned["sources"]))

    def apply(self, plan_id: str, *, actor: str, progress: Callable[[Progress], None]) -> Report:
        return self._reported(self._application.apply(plan_id, self._passing(progress), actor))

    def renew_plan(self, plan_id: str, *, actor: str, once: str) -> str:
        return str(self._application.renew(plan_id, actor, once)["plan"])

    def before_plan(self, plan_id: str) -> tuple[str, str] | None:
        unfinished = self._application.plans.unfinished()
        first = unfinished[0] if unfinished else None
        return None if first is None or first.id == plan_id else (self._shown(first.what), first.started_by or "")

    def cancel_plan(self, plan_id: str) -> None:
        self._application.cancel(plan_id)

    def plan_scopes(self, plan_id: str) -> Sequence[str]:
        plan = self._application.plans.find(plan_id)
        scopes = {line.id: line.scope for line in self._application.knowledge_base.catalog.sources.listed()}
        return [scopes.get(source, "") for source in plan.sources] if plan else []

    def plan_name(self, plan_id: str) -> str:
        plan = self._application.plans.find(plan_id)
        return self._shown(plan.what) if plan else ""

    def changes(self, since: str, scopes: Sequence[str], tags: Sequence[str] = ()) -> Sequence[ChangedRow]:
        found = self._application.changes(since, scopes)["documents"]
        tagged = self._tagged(tags)
        return [
            ChangedRow(
                each["title"],
                datetime.fromisoformat(each["at"]),
                each["state"],
                tuple((_text(change["before"]), _text(change["after"])) for change in each["changes"]),
                each["document"],
                tuple(_quoted(each, change) for change in each["changes"]),
            )
            for each in found
            if tagged is None or each["source"] in tagged
        ]

    def _tagged(self, tags: Sequence[str]) -> set[str] | None:
        """The ids of sources with any of the tags; None for no tags."""
        wanted = set(tags_of(tags))
        lines = self._application.knowledge_base.catalog.sources.listed()
        return {line.id for line in lines if wanted & set(line.tags)} if wanted else None

    def schedule(self, source_id: str, every: str) -> SourceRow:
        self._application.schedule(source_id, every)
        return next(row for row in self.sources() if row.id == source_id)

    def rollback(self, source_id: str, to: str) -> int:
        return len(self._application.rollback(source_id, to)["rolled_back"])

    def cited_now(self, citation: Citation, scopes: tuple[str, ...] | None) -> CitedNow:
        catalog = self._application.knowledge_base.catalog
        known = catalog.known([citation.document]).get(citation.document)
        if scopes is not None and (known is None or known.document.scope not in scopes):
            return CitedNow(
                citation.n, citation.title, "hidden" if known else "gone", citation.quote if not known else ""
            )
        if known is None or known.current_version is None:
            return CitedNow(citation.n, citation.title, "gone", citation.quote)
        new = catalog.version(known.current_version)
        if says(citation.quote, new):
            return CitedNow(citation.n, citation.title, "same", citation.quote)
        old = catalog.versions([citation.version]).get(citation.version)
        for change in changes(old, new) if old else ():
            before = change.before
            if before is not None and before.start < citation.end and citation.start < before.end:
                after = change.after.text if change.after else ""
                return CitedNow(citation.n, new.title, "changed" if after else "removed", citation.quote, after)
        return CitedNow(citation.n, new.title, "removed" if old is None else "same", citation.quote)

    def erase(self, what: str) -> ForgottenRow:
        done = self._application.forget(what)
        return ForgottenRow(
            done["documents"], done["answers"], tuple(self._seen(told_of(each)) for each in done["remains"])
        )

    def withdrawals(self) -> Sequence[Posted]:
        return to_withdraw(self._application.knowledge_base.database)

    def withdrawn(self, message: Posted) -> None:
        withdrawn(self._application.knowledge_base.database, message)

    def remove(self, source_id: str, *, actor: str) -> RemovedRow:  # noqa: ARG002
        removed = self._application.remove(source_id)["removed"]
        return RemovedRow(removed["title"], removed["documents"], removed["passages"])

    def tags(self) -> Sequence[str]:
        return self._application.knowledge_base.catalog.tags.known()

    def counts(self, scopes: Sequence[str], tags: Sequence[str] = ()) -> tuple[int, int]:
        return self._application.knowledge_base.counts(scopes, tags)

    def titles(self, scopes: Sequence[str], limit: int) -> Sequence[str]:
        return self._application.knowledge_base.catalog.titles(scopes, limit)

    def _shown(self, location: str) -> str:
        """An address as it is; a kept file by where it is in Slack, or its name; another one without the server's folders."""
        if "://" in location or not location.startswith("/"):
            return location
        about = self._application.pipeline.kept.about(location)
        return about.url or about.name if about else "/".join(PurePath(location).parts[-2:]).lstrip("/")

    def _seen(self, told: Told) -> Told:
        """The reason with its paths as `_shown` tells them."""
        if isinstance(told, str):
            return told
        values = {
            name: self._shown(value)
            if isinstance(value, str)
            else self._seen(value)
            if isinstance(value, Reason)
            else value
            for name, value in told.values.items()
        }
        return Reason(told.key, values)

    def _reported(self, report: Json, name: str | None = None) -> Report:
        counts = report["counts"]
        return Report(
            **{state: counts.get(state, 0) for state in ("new", "changed", "unchanged", "removed", "failed")},
            failures=tuple(
                (name or self._shown(one["location"]), self._seen(told_of(one["reason"])))
                for one in report["documents"]
                if one["state"] == "failed"
            ),
            sources=tuple(report["sources"]),
        )

    def _passing(self, progress: Callable[[Progress], None]) -> Callable[[Json], None]:
        return lambda step: progress(
            Progress(step["done"], step["total"], self._shown(step["location"]), step["counts"])
        )

    def holds(self, location: str, scopes: tuple[str, ...]) -> bool:
        try:
            self._application.knowledge_base.find_document(location, scopes)
        except UnknownDocument:
            return False
        return True

    def read_address(self, address: str, *, is_admin: bool) -> Version:
        try:
            return self._application.read_address(address, allow_private=is_admin)
        except (SourceError, ParserStopped) as error:
            raise StoreError(error.reason) from error

    def keep_file(self, file: SharedFile, *, scope: str, actor: str) -> Report:
        try:
            report = self._application.keep_file(file.data, file.name, file.permalink, file.id, scope, actor)
        except (SourceError, ParserStopped) as error:
            raise StoreError(error.reason) from error
        return self._reported(report, file.name)

    def read_file(self, file: SharedFile, *, scope: str, actor: str) -> FileRead:
        try:
            read = self._application.read_file(_location(file.id), file.data, file.name, file.permalink, scope, actor)
        except (SourceError, ParserStopped) as error:
            raise StoreError(error.reason) from error
        return FileRead(read["title"], read["pages"], read["passages"])

    def of_file(self, file: str) -> Sequence[SourceRow]:
        lines = self._application.knowledge_base.catalog.sources.listed()
        kept = self._application.pipeline.kept
        return [self._row(line) for line in lines if (about := kept.about(line.location)) and about.origin == file]

    def forget_file(self, file: str) -> None:
        for scope in self._application.knowledge_base.catalog.sources.threads_at(_location(file)):
            self._application.forget_files(scope, _location(file))

    def forget(self, scope: str, file: str | None = None) -> None:
        self._application.forget_files(scope, _location(file) if file else None)

    def forget_threads(self, before: datetime) -> int:
        return self._application.forget_threads(before)

    def passage_around(self, version_id: str, start: int, end: int, scopes: tuple[str, ...]) -> Context | None:
        try:
            place = self._application.passage(version_id, start, end, scopes)
        except UnknownDocument:
            return None
        read, changed = (datetime.fromisoformat(place[name]) if place[name] else None for name in ("read", "changed"))
        text = (place["before"], place["quote"], place["after"])
        return Context(*text, place["heading"], place["page"], read, changed)


def _location(file: str) -> str:
    """What names a file of Slack's in the catalog: it can be read again in Slack only."""
    return f"slack:{file}"


def _text(sentence: Json | None) -> str:
    return str(sentence["text"]) if sentence else ""


def _quoted(changed: Json, change: Json) -> tuple[Subject, ...]:
    """Where the sentences of a change stand."""
    sides = ((changed["versions"][side], change[side]) for side in ("before", "after"))
    return tuple(Subject(changed["document"], version, at["start"], at["end"]) for version, at in sides if at)
