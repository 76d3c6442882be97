"""A preference for some sources: by whom and when they were published. It reorders what was found and leaves nothing out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from vectorstore.database import Database
from vectorstore.schema import documents, versions
from vectorstore.search import Ranked

# What meeting a wish adds to the fused score. Whom a question names as its source is meant; a day may be the event's.
_PUBLISHER, _DAYS, _NEWEST = 0.5, 0.1, 0.15
_HALF_AS_NEW = 90.0
"""Days by which a source is older than the newest one and counts half as new."""
_COMPARABLE = 0.25
"""How far below the best passage one may score to say which source is the newest."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Dateline:
    """By whom and when the current version of a document was published."""

    publisher: str | None
    published: date | None


@dataclass(frozen=True, slots=True)
class Preference:
    publishers: tuple[str, ...] = ()
    """Names as people say them: "the Ledger" for The Callow Ledger."""
    since: date | None = None
    until: date | None = None
    """Both days included; None is without an end."""
    newest: bool = False

    @property
    def dated(self) -> bool:
        return self.since is not None or self.until is not None

    def names(self, publisher: str | None) -> bool:
        return bool(publisher) and any(is_called(str(publisher), name) for name in self.publishers)

    def holds(self, published: date | None) -> bool:
        if published is None or not self.dated:
            return False
        return (self.since or date.min) <= published <= (self.until or date.max)


def is_called(publisher: str, name: str) -> bool:
    """Whether `name` is the publisher's, or its words are part of it with its last one: "Ledger" for "The Callow Ledger"."""
    whole, said = _words(publisher), _words(name)
    return bool(said) and bool(whole) and whole[-1] == said[-1] and set(said) <= set(whole)


def _words(name: str) -> list[str]:
    return [word for word in _WORD.findall(name.casefold()) if word != "the"]


def preferred(ranked: Sequence[Ranked], preference: Preference, datelines: Mapping[str, Dateline]) -> list[Ranked]:
    """`ranked` with what `preference` asks for raised; `datelines` by document id."""
    newness = _newness(ranked, datelines) if preference.newest else lambda _published: 0.0
    raised = []
    for item in ranked:
        line = datelines.get(item.document_id, Dateline(None, None))
        more = _PUBLISHER * preference.names(line.publisher) + _DAYS * preference.holds(line.published)
        more += _NEWEST * newness(line.published)
        raised.append(replace(item, scores=replace(item.scores, fused=item.scores.fused + more)))
    return sorted(raised, key=lambda item: (-item.scores.fused, item.chunk_id))


def _newness(ranked: Sequence[Ranked], datelines: Mapping[str, Dateline]) -> Callable[[date | None], float]:
    """In [0, 1]: 1 for what is as new as the newest of the best."""
    least = ranked[0].scores.fused - _COMPARABLE if ranked else 0.0
    days = [datelines[item.document_id].published for item in ranked if item.scores.fused >= least]
    newest = max((day for day in days if day), default=None)
    if newest is None:
        return lambda _published: 0.0
    return lambda day: min(1.0, 0.5 ** ((newest - day).days / _HALF_AS_NEW)) if day else 0.0


def datelines(database: Database, document_ids: Iterable[str], *, batch: int = 900) -> dict[str, Dateline]:
    ids = list(dict.fromkeys(document_ids))
    found: dict[str, Dateline] = {}
    with database.read() as connection:
        for start in range(0, len(ids), batch):
            query = (
                select(documents.c.id, versions.c.publisher, versions.c.published)
                .join(versions, versions.c.id == documents.c.current_version)
                .where(documents.c.id.in_(ids[start : start + batch]))
            )
            found |= {row[0]: Dateline(row[1], row[2]) for row in connection.execute(query)}
    return found
