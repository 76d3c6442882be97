"""What Footnote does, as plain operations: the command line, the control socket and Slack all call these."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.answer import Assistant
from bot.values import Question, Turn
from footnote import naming
from footnote.backups import back_up
from footnote.forgetting import Forgetting, what_remains
from footnote.shapes import (
    Json,
    answer_json,
    departed_json,
    passage_json,
    plain,
    planned_json,
    report_json,
    with_departed,
)
from footnote.surroundings import around
from ingest.find import Unparsed, fingerprint_of
from ingest.kept import About
from ingest.pipeline import Pipeline
from ingest.plans import Plans
from ingest.report import Progress
from vectorstore.audit import AuditLog
from vectorstore.changes import changes
from vectorstore.errors import StoreError
from vectorstore.history import Changed
from vectorstore.moments import interval_of, moment_of
from vectorstore.reasons import Reason
from vectorstore.sources import Listed, source_of
from vectorstore.standing import standing
from vectorstore.store import KnowledgeBase
from vectorstore.tags import tags_of
from vectorstore.values import WORKSPACE, Version

OnProgress = Callable[[Json], None]


class Application:
    """Every operation takes and returns what JSON can hold. Safe to call from several threads; ingestions queue up."""

    def __init__(self, knowledge_base: KnowledgeBase, pipeline: Pipeline, assistant: Assistant) -> None:
        self.knowledge_base = knowledge_base
        self.pipeline = pipeline
        self.assistant = assistant
        self.plans = Plans(knowledge_base.database)
        self.audit = AuditLog(knowledge_base.database)
        self.erase_checkpoints: Callable[[], None] = self._remove_checkpoints
        """Forgets what was noted of requests that were worked on; the running bot puts its own in this place."""
        self._forgetting = Forgetting(knowledge_base, self.find_source, self._remove_source)
        self._ingesting = threading.Lock()

    def ask(
        self,
        question: str,
        scopes: Sequence[str] = (WORKSPACE,),
        history: Sequence[Json] = (),
        tags: Sequence[str] = (),
    ) -> Json:
        """With `tags`, from sources that have any of them. Raises NotATag, UnknownDocument for one that no source has."""
        turns = tuple(Turn(turn["question"], turn["answer"]) for turn in history)
        return answer_json(self.assistant.answer(Question(question, tuple(scopes), turns, tags=self._known(tags))))

    def summarize(self, target: str, scopes: Sequence[str] = (WORKSPACE,)) -> Json:
        """Raises UnknownDocument."""
        return answer_json(self.assistant.summarize(target, tuple(scopes)))

    def search(
        self, query: str, limit: int = 10, scopes: Sequence[str] = (WORKSPACE,), tags: Sequence[str] = ()
    ) -> Json:
        """With `tags`, from sources that have any of them. Raises NotATag, UnknownDocument for one that no source has."""
        passages = self.knowledge_base.search(query, scopes, limit=limit, tags=self._known(tags), rerank=True)
        return {"query": query, "passages": [passage_json(passage) for passage in passages]}

    def passage(self, version: str, start: int, end: int, scopes: Sequence[str] = (WORKSPACE,)) -> Json:
        """A quote with the sentences around it and where it stands; raises UnknownDocument when it may not be read (any more)."""
        found = self.knowledge_base.catalog.readable_version(version, scopes)
        first, last = around(found, start, end)
        where = standing(self.knowledge_base.database, version, start)
        return {
            "before": found.text[first:start],
            "quote": found.text[start:end],
            "after": found.text[end:last],
            "heading": where.heading,
            "page": found.page_at(start),
            "read": plain(found.fetched_at),
            "changed": plain(where.changed_at),
        }

    def ingest(
        self,
        location: str,
        scope: str = WORKSPACE,
        added_by: str | None = None,
        tags: Sequence[str] = (),
        progress: OnProgress = lambda _json: None,
    ) -> Json:
        """Raises `ingest.find.NothingThere`, NotATag."""
        wanted = tags_of(tags)
        with self._ingesting:
            report = self.pipeline.ingest(
                location, scope=scope, added_by=added_by, tags=wanted, progress=_reporting(progress)
            )
        return report_json(report)

    def tag(self, source: str, add: Sequence[str] = (), remove: Sequence[str] = ()) -> Json:
        """Give tags to a source, take some away; returns it as it is then. Raises UnknownDocument, NotATag."""
        line = self.find_source(source)
        self.knowledge_base.tag(line.id, add=tags_of(add), remove=tags_of(remove))
        tagged: Json = plain(self.find_source(line.id))
        return {"tagged": tagged}

    def read_file(
        self, location: str, data: bytes, name: str, url: str | None, scope: str, added_by: str | None = None
    ) -> Json:
        """A document whose bytes are handed over; `location` names it. Raises StoreError."""
        unparsed = Unparsed(data, name, None, url, fingerprint_of(data))
        with self._ingesting:
            [outcome] = self.pipeline.ingest_data(location, unparsed, scope=scope, added_by=added_by).outcomes
        if outcome.state == "failed":
            raise StoreError(outcome.reason or Reason("unknown"))
        catalog = self.knowledge_base.catalog
        current = catalog.known([outcome.document or ""])[outcome.document or ""].current_version
        version = catalog.version(current or "")
        passages = sum(map(len, catalog.chunks.ids_by_scope([version.id]).values()))
        return {"title": version.title, "pages": len(version.pages), "passages": passages}

    def keep_file(
        self, data: bytes, name: str, url: str | None, origin: str, scope: str, added_by: str | None = None
    ) -> Json:
        """A file that is handed over, as a source: a copy in the data directory is read again where its origin cannot be."""
        path = self.pipeline.kept.keep(data, About(name, url, origin))
        return self.ingest(str(path), scope, added_by)

    def read_address(self, address: str, *, allow_private: bool) -> Version:
        """What stands at a web address now; nothing of it is kept. Raises SourceError."""
        return self.pipeline.read_address(address, allow_private=allow_private)

    def forget_files(self, scope: str, location: str | None = None) -> None:
        """Remove one source of a scope, or the scope with all of them, and the answers that quote them."""
        with self._ingesting:
            if location is None:
                self.knowledge_base.forget_scope(scope)
            else:
                self.knowledge_base.forget_source(source_of(location, scope).id)

    def forget_threads(self, before: datetime) -> int:
        """Remove the scopes of threads to which nothing was added since then."""
        scopes = self.knowledge_base.catalog.sources.old_threads(before)
        for scope in scopes:
            self.forget_files(scope)
        return len(scopes)

    def reingest(self, source: str | None = None, progress: OnProgress = lambda _json: None) -> Json:
        """`source`: an id, a location or a title, or a #tag; None for all. Raises UnknownDocument."""
        wanted = naming.ids_of(self._listed(), source)
        with self._ingesting:
            return report_json(self.pipeline.reingest(wanted, progress=_reporting(progress)))

    def plan(
        self, source: str | None = None, made_by: str | None = None, progress: OnProgress = lambda _json: None
    ) -> Json:
        """What `reingest` would do, kept under an id for `apply`; `source` as there. Raises UnknownDocument."""
        wanted = naming.ids_of(self._listed(), source)
        plan = self.pipeline.plan(wanted, progress=_reporting(progress))
        what = naming.what_of(self._listed(), source)
        counts: Json = {str(state): number for state, number in plan.counts.items()}
        saved = self.plans.save(wanted, what, made_by, counts, plan.to_embed)
        rate = self.knowledge_base.embedding_rate
        return {
            "plan": saved.id,
            "what": what,
            "sources": list(wanted),
            "counts": counts,
            "to_embed": plan.to_embed,
            "seconds": round(plan.to_embed / rate + plan.seconds, 1),
            "documents": [planned_json(each) for each in plan.planned if each.outcome.state != "unchanged"],
            "interrupted": [] if self._ingesting.locked() else [one.id for one in self.plans.unfinished()],
        }

    def apply(self, plan: str, progress: OnProgress = lambda _json: None, started_by: str | None = None) -> Json:
        """Carry out a plan: its sources are looked at again, for they may have changed since. Raises PlanEnded, StoreError.

        Plans queue up, each with who started it. One that was interrupted may be applied again, and tells what both runs did; one
        that is done only tells again what it did (`again`).
        """
        self.plans.queue(plan, started_by)
        with self._ingesting:
            begun = self.plans.begin(plan)
            if begun.report is not None:
                return {**begun.report, "plan": plan, "what": begun.what, "again": True}
            left = {line.id for line in self._listed()}
            wanted = tuple(id for id in begun.sources if id in left)
            report = report_json(self.pipeline.reingest(wanted, progress=_reporting(progress), since=begun.began_at))
            if begun.began_at:
                left_since = self.knowledge_base.departures.since(begun.began_at, sources=wanted)
                report = with_departed(report, left_since)
            told = [document for document in report["documents"] if document["state"] != "unchanged"]
            self.plans.finish(plan, report | {"documents": told})
        return report | {"plan": plan, "what": begun.what, "again": False}

    def resume(self) -> int:
        """Carry out what was interrupted, and what waited behind it; returns how many plans that were."""
        interrupted = self.plans.unfinished()
        for plan in interrupted:
            self.apply(plan.id)
        return len(interrupted)

    def renew(self, plan: str, made_by: str | None = None, once: str = "") -> Json:
        """A new plan for the sources of one that was made before; asked for the same `once`, the same one.

        Raises StoreError for one nobody knows.
        """
        old = self.plans.find(plan)
        if old is None:
            raise StoreError(Reason("no_such_plan"))
        return {"plan": self.plans.save(old.sources, old.what, made_by, old.counts, old.to_embed, once=once).id}

    def cancel(self, plan: str) -> Json:
        """Call a plan off that is not being carried out. Raises PlanEnded, StoreError."""
        self.plans.cancel(plan)
        return {"plan": plan}

    def schedule(self, source: str, every: str) -> Json:
        """How often a source is looked at: `6h`, `daily`, `weekly`, `off`. Raises UnknownDocument, NotATime."""
        line = self.find_source(source)
        self.knowledge_base.catalog.upkeep.schedule(line.id, interval_of(every), datetime.now(UTC))
        scheduled: Json = plain(self.find_source(line.id))
        return {"scheduled": scheduled}

    def forget(self, what: str) -> Json:
        """Erase a source, one of its documents, or a person (`U…`), to the last byte; the receipt says what was there and what
        remains where. Raises UnknownDocument.
        """
        with self._ingesting:
            receipt = self._forgetting.forget(what)
            self.erase_checkpoints()
        remains = [*receipt["remains"], *what_remains(self.knowledge_base.database, self.audit)]
        return receipt | {"remains": plain(remains)}

    def _remove_checkpoints(self) -> None:
        """While no bot runs, the whole file: what is unfinished is found again without it."""
        for path in self.knowledge_base.home.glob("work.sqlite3*"):
            path.unlink(missing_ok=True)

    def backup(self, target: str) -> Json:
        """A copy of everything, written while everybody goes on; raises StoreError when it cannot be written."""
        path = Path(target).expanduser().absolute()
        size = back_up(self.knowledge_base.home, self.knowledge_base.database, path)
        return {"backup": str(path), "bytes": size}

    def audit_verify(self) -> Json:
        """Whether every entry of the audit trail is as it was written; see `vectorstore.audit.Verdict`."""
        verdict: Json = plain(self.audit.verify())
        return verdict

    def audit_export(self) -> Json:
        return {"entries": list(self.audit.export())}

    def sources(self) -> Json:
        return {"sources": [plain(line) for line in self._listed()]}

    def remove(self, source: str) -> Json:
        """`source`: an id, a location or a title. Raises UnknownDocument."""
        line = self.find_source(source)
        with self._ingesting:
            self._remove_source(line.id)
        removed: Json = plain(line)
        return {"removed": removed}

    def changes(self, since: str = "7d", scopes: Sequence[str] = (WORKSPACE,)) -> Json:
        """What the documents say since then that they did not say before. Raises NotATime."""
        moment = moment_of(since, datetime.now(UTC))
        found = self.knowledge_base.history.changed_since(moment, scopes)
        left = self.knowledge_base.departures.since(moment, scopes=scopes)
        told = [*filter(None, map(self._changed, found)), *map(departed_json, left)]
        return {"since": moment.isoformat(), "documents": sorted(told, key=lambda each: each["at"], reverse=True)}

    def _changed(self, changed: Changed) -> Json | None:
        """None for a version that only looks different."""
        new = self.knowledge_base.catalog.version(changed.after)
        old = self.knowledge_base.catalog.version(changed.before) if changed.before else None
        told = changes(old, new) if old else ()
        if old and not told and old.title == new.title:
            return None
        return {
            "document": changed.document_id,
            "source": changed.source_id,
            "title": new.title,
            "url": new.url,
            "at": changed.at.isoformat(),
            "versions": {"before": changed.before, "after": changed.after},
            "state": "changed" if old else "new",
            "changes": [plain(change) for change in told],
        }

    def states(self, document: str, scopes: Sequence[str] = (WORKSPACE,)) -> Json:
        """The kept states of a document, named by id, location, address or title. Raises UnknownDocument."""
        version = self.knowledge_base.find_document(document, scopes)
        found = self.knowledge_base.history.states(version.document_id)
        return {"document": version.document_id, "states": [plain(state) for state in found]}

    def rollback(self, source: str, to: str) -> Json:
        """Every document of a source as it was at the moment `to`; one that was not there then, or is not kept, stays. `to` may
        also be the version of one of them, as `states` tells it.

        Raises UnknownDocument, NotATime.
        """
        line, history = self.find_source(source), self.knowledge_base.history
        states = {d.id: history.states(d.id) for d in self.knowledge_base.catalog.documents_of(line.id)}
        named = {id: state.version_id for id, kept in states.items() for state in kept if state.version_id == to}
        moment = None if named else moment_of(to, datetime.now(UTC))
        back: list[str] = []
        with self._ingesting:
            for document, kept in states.items():
                wanted = history.at(document, moment) if moment else named.get(document)
                if wanted and not any(state.is_current and state.version_id == wanted for state in kept):
                    self.knowledge_base.rollback(document, wanted)
                    back.append(document)
        return {
            "source": line.id,
            "title": line.title,
            "rolled_back": back,
            "to": moment.isoformat() if moment else to,
        }

    def _remove_source(self, id: str) -> None:
        """With the copy that was kept of it, where no other source reads that too."""
        source = self.knowledge_base.catalog.sources.get(id)
        self.knowledge_base.remove_source(id)
        if source and all(source.location != line.location for line in self._listed()):
            self.pipeline.kept.forget(source.location)

    def find_source(self, wanted: str) -> Listed:
        """See `naming.one_of`. Raises UnknownDocument."""
        return naming.one_of(self._listed(), wanted)

    def find(self, source: str) -> Json:
        """The source that is meant, as `sources` lists it. Raises UnknownDocument."""
        return {"source": plain(self.find_source(source))}

    def forgettable(self, what: str) -> Json:
        """What `forget` would erase: its `kind` (source, document, person), `title` and number of `documents`.

        Raises UnknownDocument.
        """
        return self._forgetting.named(what)

    def _known(self, tags: Sequence[str]) -> tuple[str, ...]:
        return naming.known_tags(self._listed(), tags) if tags else ()

    def _listed(self) -> list[Listed]:
        return self.knowledge_base.catalog.sources.listed()


def _reporting(progress: OnProgress) -> Callable[[Progress], None]:
    return lambda step: progress(plain(step))
