"""Plans that were made: what they foresaw, who made them, and what became of them. Two runs of one plan are one."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import delete, select, update

from vectorstore.database import Database
from vectorstore.errors import StoreError
from vectorstore.moments import as_utc
from vectorstore.reasons import Reason
from vectorstore.schema import plans

State = Literal["planned", "queued", "running", "done", "cancelled"]
KEPT = timedelta(days=30)
CARRIED_OUT = Reason("plan_done")


class PlanEnded(StoreError):
    """The plan was carried out, or called off, already; the reason says which."""


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
    started_at: datetime | None = None
    """When somebody asked for it to be carried out."""
    started_by: str | None = None
    """Who did; None for the command line."""
    began_at: datetime | None = None
    """When it was first taken up: what came in since is its own doing, also before an interruption."""
    report: Mapping[str, Any] | None = None
    """What it came to, once it is done."""


class Plans:
    def __init__(self, database: Database) -> None:
        self._database = database

    def save(
        self,
        sources: Sequence[str],
        what: str,
        made_by: str | None,
        counts: Mapping[str, int],
        to_embed: int,
        *,
        once: str = "",
    ) -> SavedPlan:
        """`once`: what makes this plan the same as one that was saved for the same reason before; empty for a plan of its own."""
        now = datetime.now(UTC)
        id = hashlib.sha256(once.encode()).hexdigest()[:12] if once else secrets.token_hex(6)
        plan = SavedPlan(id, tuple(sources), what, made_by, now, "planned", dict(counts), to_embed)
        row: dict[str, Any] = {name: getattr(plan, name) for name in ("id", "what", "made_by", "made_at", "to_embed")}
        row |= {"sources": list(plan.sources), "state": plan.state, "counts": dict(plan.counts)}
        with self._database.write() as connection:
            connection.execute(delete(plans).where(plans.c.made_at < now - KEPT))
            self._database.insert_ignoring(connection, plans, row)
        return plan

    def find(self, id: str) -> SavedPlan | None:
        with self._database.read() as connection:
            row = connection.execute(select(plans).where(plans.c.id == id)).mappings().first()
        return _saved(row) if row else None

    def running(self) -> list[SavedPlan]:
        """Plans that are being carried out, or were when the process died."""
        return self._in("running")

    def unfinished(self) -> list[SavedPlan]:
        """Those, and then the plans that wait behind them, in their order."""
        return [*self._in("running"), *self._in("queued")]

    def _in(self, state: State) -> list[SavedPlan]:
        query = select(plans).where(plans.c.state == state).order_by(plans.c.started_at, plans.c.id)
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return [_saved(row) for row in rows]

    def queue(self, id: str, started_by: str | None) -> None:
        """Somebody wants it carried out; whoever was first stays who started it. Raises PlanEnded, StoreError as `begin`."""
        if self._open(id).state == "planned":
            self._change(id, state="queued", started_at=datetime.now(UTC), started_by=started_by)

    def begin(self, id: str) -> SavedPlan:
        """Take a plan up, or again after an interruption; one that is done comes with its report and stays as it is.

        `began_at` is None where it is taken up for the first time. Raises PlanEnded when it was called off, StoreError when there
        is none.
        """
        plan = self._open(id)
        if plan.report is None:
            began = {} if plan.began_at else {"began_at": datetime.now(UTC)}
            self._change(id, state="running", **began)
        return plan

    def finish(self, id: str, report: Mapping[str, Any]) -> None:
        self._change(id, state="done", report=dict(report))

    def cancel(self, id: str) -> None:
        """Call off a plan that nobody took up. Raises PlanEnded, StoreError."""
        plan = self._open(id)
        if plan.state != "planned":
            is_done = plan.state == "done"
            raise PlanEnded(CARRIED_OUT if is_done else Reason("plan_running"))
        self._change(id, state="cancelled")

    def _open(self, id: str) -> SavedPlan:
        plan = self.find(id)
        if plan is None:
            raise StoreError(Reason("no_such_plan"))
        if plan.state == "cancelled":
            raise PlanEnded(Reason("plan_cancelled"))
        if plan.state == "done" and plan.report is None:  # by an earlier release
            raise PlanEnded(CARRIED_OUT)
        return plan

    def _change(self, id: str, **values: Any) -> None:
        with self._database.write() as connection:
            connection.execute(update(plans).where(plans.c.id == id).values(**values))


def _saved(row: Mapping[Any, Any]) -> SavedPlan:
    made = row["made_at"]
    return SavedPlan(
        row["id"],
        tuple(row["sources"]),
        row["what"],
        row["made_by"],
        as_utc(made),
        row["state"],
        row["counts"],
        row["to_embed"],
        as_utc(row["started_at"]) if row["started_at"] else None,
        row["started_by"],
        as_utc(row["began_at"]) if row["began_at"] else None,
        row["report"],
    )
