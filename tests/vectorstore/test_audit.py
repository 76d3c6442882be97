"""The audit trail cannot be changed unnoticed."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import delete, update

from vectorstore.audit import AuditLog, Entry
from vectorstore.database import Database
from vectorstore.schema import audit


@pytest.fixture
def log(database: Database) -> AuditLog:
    made = AuditLog(database)
    for number in range(1, 6):
        made.append(Entry("U1", "remove", "done", f"source {number}", seconds=0.25))
    return made


def test_a_trail_that_nobody_touched_verifies(log: AuditLog) -> None:
    verdict = log.verify()
    assert (verdict.entries, verdict.broken_at) == (5, None)
    assert len(verdict.head) == 64


@pytest.mark.parametrize(
    ("column", "value"),
    [("actor", "U2"), ("object", "nothing"), ("decision", "refused"), ("seconds", 0.5), ("reason", "")],
)
def test_a_changed_entry_is_found(database: Database, log: AuditLog, column: str, value: object) -> None:
    with database.write() as connection:
        connection.execute(update(audit).where(audit.c.object == "source 3").values(**{column: value}))
    assert log.verify().broken_at == 3


def test_an_entry_that_was_taken_out_is_found(database: Database, log: AuditLog) -> None:
    with database.write() as connection:
        connection.execute(delete(audit).where(audit.c.object == "source 2"))
    assert log.verify().broken_at == 2


def test_entries_cut_off_at_the_end_show_in_the_head(database: Database, log: AuditLog) -> None:
    head = log.verify().head
    with database.write() as connection:
        connection.execute(delete(audit).where(audit.c.object == "source 5"))
    assert log.verify().broken_at is None
    assert log.verify().head != head


def test_entries_written_at_the_same_time_make_one_chain(database: Database) -> None:
    log = AuditLog(database)
    threads = [threading.Thread(target=log.append, args=(Entry(f"U{n}", "ask", "refused"),)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (log.verify().entries, log.verify().broken_at) == (12, None)


def test_the_export_holds_every_entry_in_order(log: AuditLog) -> None:
    assert [entry["object"] for entry in log.export()] == [f"source {number}" for number in range(1, 6)]
