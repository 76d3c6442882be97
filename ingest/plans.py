"""Plans that were made: what they foresaw, who made them, and what became of them. Two runs of one plan are one."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import delete, select, update

from vectorstore.database import Database
from vectorstore.errors import StoreError
from vectorstore.schema import plans

State = Literal["planned", "running", "done", "cancelled"]
KEPT = timedelta(days=30)


class PlanEnded(StoreError):
    """The plan was carried out, or called off, already; the message says which."""


@dataclass(frozen=True, slots=True)
class SavedPlan:
    id: str
    sources: tuple[str, ...]
    """Ids of the sources it looks at."""
    what: str
    """As it was asked for: a source's title, a tag, "all sources"."""
    made_by: str | None
    """A Slack user id; None for the command line."""
    made_at: datetime
    state: State
    counts: Mapping[str, int]
    to_embed: int


class Plans:
    def __init__(self, database: Database) -> None:
        self._database = database

    def save(
        self, sources: Sequence[str], what: str, made_by: str | None, counts: Mapping[str, int], to_embed: int
    ) -> SavedPlan:
        now = datetime.now(UTC)
        plan = SavedPlan(secrets.token_hex(6), tuple(sources), what, made_by, now, "planned", dict(counts), to_embed)
        row: dict[str, Any] = {name: getattr(plan, name) for name in ("id", "what", "made_by", "made_at", "to_embed")}
        row |= {"sources": list(plan.sources), "state": plan.state, "counts": dict(plan.counts)}
        with self._database.write() as connection:
            connection.execute(delete(plans).where(plans.c.made_at < now - KEPT))
            connection.execute(plans.insert().values(**row))
        return plan

    def find(self, id: str) -> SavedPlan | None:
        with self._database.read() as connection:
            row = connection.execute(select(plans).where(plans.c.id == id)).mappings().first()
        return _saved(row) if row else None

    def running(self) -> list[SavedPlan]:
        """Plans that are being carried out, or were when the process died."""
        with self._database.read() as connection:
            rows = connection.execute(select(plans).where(plans.c.state == "running")).mappings().all()
        return [_saved(row) for row in rows]

    def begin(self, id: str) -> SavedPlan:
        """Take a plan up, or again after an interruption. Raises PlanEnded when it was, StoreError when there is none."""
        plan = self.find(id)
        if plan is None:
            raise StoreError(f"There is no plan {id[:20]!r} any more. Make a new one.")
        if plan.state in ("done", "cancelled"):
            what = "carried out" if plan.state == "done" else "called off"
            raise PlanEnded(f"This plan was {what} already. Make a new one to look again.")
        self._change(id, "running")
        return plan

    def end(self, id: str, state: Literal["done", "cancelled"]) -> None:
        self._change(id, state)

    def _change(self, id: str, state: State) -> None:
        with self._database.write() as connection:
            connection.execute(update(plans).where(plans.c.id == id).values(state=state))


def _saved(row: Mapping[Any, Any]) -> SavedPlan:
    made = row["made_at"]
    return SavedPlan(
        row["id"],
        tuple(row["sources"]),
        row["what"],
        row["made_by"],
        made if made.tzinfo else made.replace(tzinfo=UTC),
        row["state"],
        row["counts"],
        row["to_embed"],
    )
