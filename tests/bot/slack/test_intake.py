"""The inbox: kept once, before it is acknowledged, whatever comes in whatever order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import SQLAlchemyError

from bot.slack.intake import Intake
from bot.slack.request import Request
from vectorstore.database import Database

ASKED = Request("Ev1", "question", "T1", "C1", "U1", "ferry?", message_ts="1.5", thread_ts="1.5")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path / 'footnote.sqlite3'}")
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def inbox(database: Database) -> Iterator[Intake]:
    intake = Intake(database, lambda _: None)
    intake.start()
    yield intake
    intake.stop()


def test_a_request_is_kept_as_it_is(inbox: Intake) -> None:
    assert inbox.claim(ASKED).result(60)
    kept = inbox.find("Ev1")
    assert kept is not None
    assert kept.request == ASKED
    assert (kept.state, kept.attempts, inbox.unfinished()) == ("received", 0, ["Ev1"])


def test_one_event_is_kept_once_and_so_is_one_message(database: Database) -> None:
    two_events = replace(ASKED, id="Ev2")
    elsewhere = replace(ASKED, id="Ev3", channel="C2")
    inbox = Intake(database, lambda _: None)
    claims = [inbox.claim(each) for each in (ASKED, ASKED, two_events, elsewhere)]
    inbox.start()  # with all of them waiting: they are one group
    later = inbox.claim(ASKED)
    assert [claim.result(60) for claim in (*claims, later)] == [True, False, False, True, False]
    inbox.stop()


def test_requests_without_a_message_do_not_collide(inbox: Intake) -> None:
    claims = [inbox.claim(replace(ASKED, id=f"command:{n}", message_ts=None)) for n in range(3)]
    assert all(claim.result(60) for claim in claims)


def test_a_burst_is_kept_whole(inbox: Intake) -> None:
    claims = [inbox.claim(replace(ASKED, id=f"Ev{n}", message_ts=f"{n}.0")) for n in range(1200)]
    assert all(claim.result(20) for claim in claims)
    assert len(inbox.unfinished()) == 1200


def test_what_is_finished_is_not_unfinished(inbox: Intake) -> None:
    inbox.claim(ASKED).result(60)
    assert [inbox.begin("Ev1"), inbox.begin("Ev1")] == [1, 2]
    inbox.finish("Ev1", reply_ts="1.6")
    assert inbox.unfinished() == []
    kept = inbox.find_message("T1", "C1", "1.5")
    assert kept is not None
    assert kept.reply_ts == "1.6"


def test_a_withdrawn_question_is_forgotten_and_stays_withdrawn(inbox: Intake) -> None:
    inbox.claim(ASKED).result(60)
    inbox.withdraw("Ev1")
    inbox.finish("Ev1")
    kept = inbox.find("Ev1")
    assert kept is not None
    assert (kept.state, kept.request.text) == ("withdrawn", "")


def test_what_cannot_be_written_is_not_claimed(inbox: Intake, database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("DROP TABLE intake")
    with pytest.raises(SQLAlchemyError):
        inbox.claim(ASKED).result(60)
