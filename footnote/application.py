"""What Footnote does, as plain operations: the command line, the control socket and Slack all call these."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bot.answer import Assistant
from bot.slack.language import DEFAULT, strings_of
from bot.values import Answer, Question, Turn
from footnote.backups import back_up
from footnote.forgetting import Forgetting, what_remains
from ingest.errors import ParseRefused
from ingest.find import Unparsed, fingerprint_of
from ingest.kept import About
from ingest.pipeline import Pipeline
from ingest.plans import Plans
from ingest.report import Planned, Progress, Report
from vectorstore.audit import AuditLog
from vectorstore.changes import changes
from vectorstore.errors import StoreError, UnknownDocument
from vectorstore.history import Changed
from vectorstore.moments import interval_of, moment_of
from vectorstore.sentences import split_sentences
from vectorstore.sources import Listed, source_of
from vectorstore.standing import standing
from vectorstore.store import KnowledgeBase
from vectorstore.tags import tags_of
from vectorstore.values import WORKSPACE, Version

Json = dict[str, Any]
OnProgress = Callable[[Json], None]

CONTEXT_CHARACTERS = 600
"""How much of its passage is shown on each side of a quote, at most."""
NEIGHBOURS = 2
"""Sentences that are shown on each side of a quote."""


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
        self._ingesting = threading.Lock()

    def ask(
        self,
        question: str,
        scopes: Sequence[str] = (WORKSPACE,),
        history: Sequence[Json] = (),
        tags: Sequence[str] = (),
    ) -> Json:
        """With `tags`, from sources that have any of them. Raises NotATag."""
        turns = tuple(Turn(turn["question"], turn["answer"]) for turn in history)
        return answer_json(self.assistant.answer(Question(question, tuple(scopes), turns, tags=tags_of(tags))))

    def summarize(self, target: str, scopes: Sequence[str] = (WORKSPACE,)) -> Json:
        """Raises UnknownDocument."""
        return answer_json(self.assistant.summarize(target, tuple(scopes)))

    def search(
        self, query: str, limit: int = 10, scopes: Sequence[str] = (WORKSPACE,), tags: Sequence[str] = ()
    ) -> Json:
        """With `tags`, from sources that have any of them. Raises NotATag."""
        passages = self.knowledge_base.search(query, scopes, limit=limit, tags=tags_of(tags), rerank=True)
        return {
            "query": query,
            "passages": [
                {
                    "text": passage.text,
                    "title": passage.version.title,
                    "heading": passage.chunk.heading or None,
                    "url": passage.version.url,
                    "publisher": passage.version.publisher,
                    "published": _plain(passage.version.published),
                    "document": passage.document.id,
                    "location": passage.document.location,
                    "version": passage.version.id,
                    "start": passage.chunk.start,
                    "end": passage.chunk.end,
                    "scope": passage.document.scope,
                    "scores": _plain(passage.scores),
                    "also": [version.publisher or version.title for version in passage.duplicates],
                }
                for passage in passages
            ],
        }

    def passage(self, version: str, start: int, end: int, scopes: Sequence[str] = (WORKSPACE,)) -> Json:
        """A quote with the sentences around it and where it stands; raises UnknownDocument when it may not be read (any more)."""
        found = self.knowledge_base.catalog.readable_version(version, scopes)
        first, last = _around(found, start, end)
        where = standing(self.knowledge_base.database, version, start)
        return {
            "before": found.text[first:start],
            "quote": found.text[start:end],
            "after": found.text[end:last],
            "heading": where.heading,
            "page": found.page_at(start),
            "read": _plain(found.fetched_at),
            "changed": _plain(where.changed_at),
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
        tagged: Json = _plain(self.find_source(line.id))
        return {"tagged": tagged}

    def read_file(
        self, location: str, data: bytes, name: str, url: str | None, scope: str, added_by: str | None = None
    ) -> Json:
        """A document whose bytes are handed over; `location` names it. Raises ParseRefused, EmbedderUnavailable."""
        unparsed = Unparsed(data, name, None, url, fingerprint_of(data))
        with self._ingesting:
            [outcome] = self.pipeline.ingest_data(location, unparsed, scope=scope, added_by=added_by).outcomes
        if outcome.state == "failed":
            raise ParseRefused(outcome.reason or "The document could not be read.")
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
        wanted = self._sources_of(source)
        with self._ingesting:
            return report_json(self.pipeline.reingest(wanted, progress=_reporting(progress)))

    def plan(
        self, source: str | None = None, made_by: str | None = None, progress: OnProgress = lambda _json: None
    ) -> Json:
        """What `reingest` would do, kept under an id for `apply`; `source` as there. Raises UnknownDocument."""
        wanted = self._sources_of(source)
        plan = self.pipeline.plan(wanted, progress=_reporting(progress))
        what = self._named(source)
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
            "documents": [_planned_json(each) for each in plan.planned if each.outcome.state != "unchanged"],
            "interrupted": [] if self._ingesting.locked() else [one.id for one in self.plans.running()],
        }

    def apply(self, plan: str, progress: OnProgress = lambda _json: None) -> Json:
        """Carry out a plan: its sources are looked at again, for they may have changed since. Raises PlanEnded, StoreError.

        Plans queue up. One that was interrupted may be applied again, and tells what both runs did; one that is done only tells
        again what it did (`again`).
        """
        with self._ingesting:
            begun = self.plans.begin(plan)
            if begun.report is not None:
                return {**begun.report, "plan": plan, "what": begun.what, "again": True}
            left = {line.id for line in self.knowledge_base.catalog.sources.listed()}
            wanted = tuple(id for id in begun.sources if id in left)
            report = report_json(self.pipeline.reingest(wanted, progress=_reporting(progress), since=begun.began_at))
            told = [document for document in report["documents"] if document["state"] != "unchanged"]
            self.plans.finish(plan, report | {"documents": told})
        return report | {"plan": plan, "what": begun.what, "again": False}

    def resume(self) -> int:
        """Carry out what was interrupted; returns how many plans that were."""
        interrupted = self.plans.running()
        for plan in interrupted:
            self.apply(plan.id)
        return len(interrupted)

    def renew(self, plan: str, made_by: str | None = None) -> Json:
        """A new plan for the sources of one that was carried out. Raises StoreError for one nobody knows."""
        old = self.plans.find(plan)
        if old is None:
            raise StoreError("There is no such plan any more. Make a new one.")
        return {"plan": self.plans.save(old.sources, old.what, made_by, old.counts, old.to_embed).id}

    def cancel(self, plan: str) -> Json:
        """Call a plan off that is not being carried out. Raises PlanEnded, StoreError."""
        self.plans.cancel(plan)
        return {"plan": plan}

    def schedule(self, source: str, every: str) -> Json:
        """How often a source is looked at: `6h`, `daily`, `weekly`, `off`. Raises UnknownDocument; ValueError for no interval."""
        line = self.find_source(source)
        self.knowledge_base.catalog.upkeep.schedule(line.id, interval_of(every), datetime.now(UTC))
        scheduled: Json = _plain(self.find_source(line.id))
        return {"scheduled": scheduled}

    def forget(self, what: str) -> Json:
        """Erase a source, one of its documents, or a person (`U…`), to the last byte; the receipt says what was there and what
        remains where. Raises UnknownDocument.
        """
        with self._ingesting:
            receipt = Forgetting(self.knowledge_base, self.find_source, self._remove_source).forget(what)
            self.erase_checkpoints()
        receipt["remains"] += what_remains(self.knowledge_base.database, self.audit)
        return receipt

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
        verdict: Json = _plain(self.audit.verify())
        return verdict

    def audit_export(self) -> Json:
        return {"entries": list(self.audit.export())}

    def _sources_of(self, wanted: str | None) -> tuple[str, ...]:
        lines = self.knowledge_base.catalog.sources.listed()
        if not wanted or wanted.lower() == "all":
            return tuple(line.id for line in lines)
        if wanted.startswith("#"):
            [tag] = tags_of([wanted])
            tagged = tuple(line.id for line in lines if tag in line.tags)
            if not tagged:
                raise UnknownDocument(f"No source has the tag {wanted[:40]}. `footnote sources` lists them.")
            return tagged
        return (self.find_source(wanted).id,)

    def _named(self, wanted: str | None) -> str:
        if not wanted or wanted.lower() == "all":
            return "all sources"
        return wanted if wanted.startswith("#") else self.find_source(wanted).title

    def sources(self) -> Json:
        return {"sources": [_plain(line) for line in self.knowledge_base.catalog.sources.listed()]}

    def remove(self, source: str) -> Json:
        """`source`: an id, a location or a title. Raises UnknownDocument."""
        line = self.find_source(source)
        with self._ingesting:
            self._remove_source(line.id)
        removed: Json = _plain(line)
        return {"removed": removed}

    def changes(self, since: str = "7d", scopes: Sequence[str] = (WORKSPACE,)) -> Json:
        """What the documents say since then that they did not say before; ValueError for a moment that is none."""
        moment = moment_of(since, datetime.now(UTC))
        found = self.knowledge_base.history.changed_since(moment, scopes)
        return {"since": moment.isoformat(), "documents": [self._changed(each) for each in found]}

    def _changed(self, changed: Changed) -> Json:
        new = self.knowledge_base.catalog.version(changed.after)
        old = self.knowledge_base.catalog.version(changed.before) if changed.before else None
        return {
            "document": changed.document_id,
            "source": changed.source_id,
            "title": new.title,
            "url": new.url,
            "at": changed.at.isoformat(),
            "versions": {"before": changed.before, "after": changed.after},
            "state": "changed" if old else "new",
            "changes": [_plain(change) for change in changes(old, new)] if old else [],
        }

    def states(self, document: str, scopes: Sequence[str] = (WORKSPACE,)) -> Json:
        """The kept states of a document, named by id, location, address or title. Raises UnknownDocument."""
        version = self.knowledge_base.find_document(document, scopes)
        found = self.knowledge_base.history.states(version.document_id)
        return {"document": version.document_id, "states": [_plain(state) for state in found]}

    def rollback(self, source: str, to: str) -> Json:
        """Every document of a source as it was at the moment `to`; one that was not there then, or is not kept, stays. `to` may
        also be the version of one of them, as `states` tells it.

        Raises UnknownDocument; ValueError for a moment that is none.
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
        if source and all(source.location != line.location for line in self.knowledge_base.catalog.sources.listed()):
            self.pipeline.kept.forget(source.location)

    def find_source(self, wanted: str) -> Listed:
        lines = self.knowledge_base.catalog.sources.listed()
        found = [line for line in lines if wanted in (line.id, line.location)]
        found = found or [line for line in lines if wanted.casefold() == line.title.casefold()]
        found = found or [line for line in lines if line.location.endswith(f"/{wanted}")]
        if not found:
            raise UnknownDocument(f"There is no source {wanted[:80]!r}. `footnote sources` lists them.")
        if len(found) > 1:
            raise UnknownDocument(
                f"{wanted[:80]!r} names {len(found)} sources. Give the id of one: `footnote sources`."
            )
        return found[0]


def answer_json(answer: Answer) -> Json:
    """The stable shape of `footnote ask --json`."""
    plain: Json = _plain(answer)
    notes = [strings_of(DEFAULT).note(note) for note in answer.notes]
    return {"answered": answer.answered, "text": answer.text} | plain | {"notes": notes}


def _planned_json(planned: Planned) -> Json:
    outcome: Json = _plain(planned.outcome)
    return outcome | {"to_embed": planned.to_embed, "changes": [_plain(change) for change in planned.changes]}


def report_json(report: Report) -> Json:
    return {
        "counts": dict(report.counts),
        "seconds": round(report.seconds, 2),
        "documents": [_plain(outcome) for outcome in report.outcomes],
        "sources": list(report.sources),
    }


def _reporting(progress: OnProgress) -> Callable[[Progress], None]:
    return lambda step: progress(_plain(step))


def _around(version: Version, start: int, end: int) -> tuple[int, int]:
    """Where the whole sentences before and after a quote begin and end: NEIGHBOURS of each, as far as they fit."""
    base = max(0, start - CONTEXT_CHARACTERS)
    before = split_sentences(version.text[base:start], version.language, base)
    whole = [each for each in before if each.start > base or base == 0]
    after = split_sentences(version.text[end : end + CONTEXT_CHARACTERS], version.language, end)
    stop = end + CONTEXT_CHARACTERS
    whole_after = [each for each in after if each.end < stop or stop >= len(version.text)]
    first = whole[-NEIGHBOURS:][0].start if whole else _boundary(version.text, base, forward=True, limit=start)
    limit = min(len(version.text), stop)
    last = whole_after[:NEIGHBOURS][-1].end if whole_after else _boundary(version.text, limit, forward=False, limit=end)
    return first, last


def _boundary(text: str, position: int, *, forward: bool, limit: int) -> int:
    """The nearest place between words from `position` towards `limit`."""
    step = 1 if forward else -1
    while 0 < position < len(text) and position != limit and not text[position - 1 if forward else position].isspace():
        position += step
    return position


def _plain(value: Any) -> Any:
    """Dataclasses, dates and tuples as what JSON holds."""
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(one) for name, one in asdict(value).items()}
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date | datetime) else value
