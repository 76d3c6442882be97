"""Forgetting a source, a document or a person to the last byte, and saying what remains elsewhere."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from footnote.backups import RESTORING
from vectorstore.audit import AuditLog
from vectorstore.database import Database
from vectorstore.erasure import Erased, erase_departures, erase_person
from vectorstore.errors import UnknownDocument
from vectorstore.reasons import Reason
from vectorstore.sources import Listed
from vectorstore.store import KnowledgeBase

REMAINS = tuple(
    Reason(key)
    for key in ("remains_in_copies", "remains_at_work", "remains_with_provider", "remains_in_slack", "remains_in_audit")
)
"""What forgetting cannot reach, said in every receipt."""
_USER = re.compile(r"[UW][A-Z0-9]{6,20}")
_NOTHING = Erased(0, 0, 0, 0, ())


class Forgetting:
    def __init__(
        self, knowledge_base: KnowledgeBase, find_source: Callable[[str], Listed], remove_source: Callable[[str], None]
    ) -> None:
        self._knowledge_base = knowledge_base
        self._catalog = knowledge_base.catalog
        self._find_source = find_source
        self._remove_source = remove_source

    def forget(self, what: str) -> dict[str, Any]:
        """A receipt: `at`, counts of what there was, `posted` messages that are to be withdrawn, and what `remains` of it in
        particular. Raises UnknownDocument."""
        erased, remains = self._person(what) if _USER.fullmatch(what) else self._documents(what)
        home = self._knowledge_base.home
        (home / "evaluations" / "last.html").unlink(missing_ok=True)
        for folder in home.glob(f"{RESTORING}*"):  # of a restore that was killed
            shutil.rmtree(folder, ignore_errors=True)
        self._knowledge_base.database.compact()
        posted = [asdict(message) for message in erased.posted]
        return {"at": datetime.now(UTC).isoformat(), **asdict(erased), "posted": posted, "remains": remains}

    def named(self, what: str) -> dict[str, Any]:
        """What `forget` would erase: its `kind`, `title` and number of `documents`. Raises UnknownDocument."""
        if _USER.fullmatch(what):
            return {"kind": "person", "title": what, "documents": 0}
        try:
            line = self._find_source(what)
        except UnknownDocument:
            document = self._catalog.document_called(what)
            if document is None:
                raise
            return {"kind": "document", "title": document.location, "documents": 1}
        return {"kind": "source", "title": line.title, "documents": line.documents}

    def _person(self, user: str) -> tuple[Erased, list[Reason]]:
        erased = erase_person(self._knowledge_base.database, user)
        own = [line.id for line in self._catalog.sources.listed() if line.scope == f"user:{user}"]
        own += self._catalog.sources.brought_to_threads(user)
        more = self._sources(own)
        posted = tuple(dict.fromkeys((*erased.posted, *more.posted)))
        return replace(more, answers=more.answers + erased.answers, posted=posted), [Reason("remains_in_notes")]

    def _documents(self, what: str) -> tuple[Erased, list[Reason]]:
        try:
            return self._sources([self._find_source(what).id]), []
        except UnknownDocument:
            document = self._catalog.document_called(what)
            source = self._catalog.sources.get(document.source_id) if document else None
            if document is None or source is None:
                raise
            return self._knowledge_base.erase([document.id]), [Reason("remains_in_source", {"source": source.location})]

    def _sources(self, ids: Sequence[str]) -> Erased:
        documents = [document.id for id in ids for document in self._catalog.documents_of(id)]
        erased = self._knowledge_base.erase(documents) if documents else _NOTHING
        for id in ids:
            self._remove_source(id)
        erase_departures(self._knowledge_base.database, ids)
        return erased


def what_remains(database: Database, audit: AuditLog) -> list[Reason]:
    """Where forgetting does not reach, the backups that are still there by name."""
    made = {
        str(entry["object"]): str(entry["at"])[:10]
        for entry in audit.export()
        if (entry["action"], entry["decision"]) == ("backup", "done")
    }
    backups = [
        Reason("remains_in_backup", {"path": path, "day": day}) for path, day in made.items() if Path(path).exists()
    ]
    return [*backups, *([] if database.is_sqlite else [Reason("remains_in_postgres")]), *REMAINS]
