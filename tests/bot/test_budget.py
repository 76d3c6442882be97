"""A day's tokens, on a real database."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.budget import EVERYBODY, KEPT, Budget
from vectorstore.database import Database

DAY = date(2026, 3, 2)
MAYA = ("user:U1", "channel:C1")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    one = Database(f"sqlite:///{tmp_path / 'footnote.sqlite'}")
    one.migrate()
    yield one
    one.close()


def test_what_was_not_used_is_given_back(database: Database) -> None:
    budget = Budget(database, {"user": 10_000})
    share = budget.take(MAYA, 8_000)
    assert share is not None
    assert budget.take(MAYA, 8_000) is None
    budget.settle(share, 1_500)
    assert budget.take(MAYA, 8_000) is not None
    assert budget.spent("user:U1") == (9_500, 2)


@pytest.mark.parametrize("limited", ["user", "channel", EVERYBODY])
def test_each_account_has_a_limit_of_its_own(database: Database, limited: str) -> None:
    budget = Budget(database, {limited: 5_000})
    assert budget.take(MAYA, 5_000) is not None
    assert budget.take(MAYA, 1) is None
    elsewhere = budget.take(("user:U2", "channel:C2"), 1)
    assert (elsewhere is None) == (limited == EVERYBODY)


def test_a_refusal_takes_nothing_from_anybody(database: Database) -> None:
    budget = Budget(database, {"channel": 100})
    assert budget.take(MAYA, 101) is None
    assert [budget.spent(account) for account in (*MAYA, EVERYBODY)] == [(0, 0)] * 3


def test_many_at_once_cannot_spend_more_than_the_day_has(database: Database) -> None:
    budget = Budget(database, {"user": 10_000})
    taken: list[object] = []
    askers = [threading.Thread(target=lambda: taken.append(budget.take(MAYA, 3_000))) for _ in range(20)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert len([share for share in taken if share]) == 3
    assert budget.spent("user:U1") == (9_000, 3)


def test_the_next_day_begins_anew_and_a_month_later_it_is_forgotten(database: Database) -> None:
    today = [DAY]
    budget = Budget(database, {"user": 5_000}, today=lambda: today[0])
    assert budget.take(MAYA, 5_000) is not None
    today[0] = DAY + timedelta(days=1)
    assert budget.take(MAYA, 5_000) is not None
    today[0] = DAY + KEPT + timedelta(days=1)
    assert budget.take(MAYA, 5_000) is not None
    today[0] = DAY
    assert budget.spent("user:U1") == (0, 0)
    today[0] = DAY + timedelta(days=1)
    assert budget.spent("user:U1") == (5_000, 1)


def test_a_question_that_took_more_than_its_share_is_counted_in_full(database: Database) -> None:
    budget = Budget(database, {})
    share = budget.take(MAYA, 100)
    assert share is not None
    budget.settle(share, 250)
    assert budget.spent() == (250, 1)
