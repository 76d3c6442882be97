"""The app as a process that dies at the worst moments: every question still ends in exactly one visible final message."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

QUOTE = "The ferry to Skarn was cancelled on Monday."


def finals(child: Any, channel: Any) -> list[str]:
    return [m.text for m in child.slack.messages(channel) if m.user == child.slack.bot_user and not m.is_deleted]


@pytest.mark.parametrize(
    "failpoint", ["before-commit", "after-commit", "after-ack", "during-answer", "after-post", "before-record"]
)
def test_a_question_survives_a_kill_with_one_answer(child: Any, failpoint: str) -> None:
    slack, general = child.slack, child.slack.workspace.general
    child.start(failpoint)
    slack.post("maya", general, f"<@{slack.bot_user}> was the ferry cancelled?")
    child.died()
    child.start()
    slack.wait_for(lambda: finals(child, general))
    slack.wait_for(lambda: all(delivery.is_done for delivery in slack.acks))
    slack.post("maya", slack.im("maya"), "and on Tuesday?")  # answered after whatever was left over
    slack.wait_for(lambda: finals(child, slack.im("maya")))
    assert [QUOTE in text for text in finals(child, general)] == [True]


def test_what_a_power_cut_took_back_is_not_said_a_second_time(child: Any) -> None:
    """The claim and the answer are on the disk; that work was begun, what it came to and its checkpoints need not be."""
    slack, general = child.slack, child.slack.workspace.general
    child.start()
    slack.post("maya", general, f"<@{slack.bot_user}> was the ferry cancelled?")
    slack.wait_for(lambda: finals(child, general))
    child.stop()
    for file in child.directory.glob("work.sqlite3*"):
        file.unlink()
    with sqlite3.connect(child.directory / "footnote.sqlite3") as connection:
        connection.execute("UPDATE intake SET state = 'received', attempts = 0, reply_ts = NULL, finished_at = NULL")
    child.start()
    slack.post("maya", slack.im("maya"), "and on Tuesday?")  # answered after whatever was left over
    slack.wait_for(lambda: finals(child, slack.im("maya")))
    assert child.stop() == 0
    with sqlite3.connect(child.directory / "footnote.sqlite3") as connection:
        assert connection.execute("SELECT DISTINCT state FROM intake").fetchall() == [("done",)]
    assert [QUOTE in text for text in finals(child, general)] == [True]


def test_a_private_question_survives_a_kill_with_an_answer(child: Any) -> None:
    slack, general = child.slack, child.slack.workspace.general
    child.start("during-answer")
    slack.slash("maya", general, "/ask", "was the ferry cancelled?")
    child.died()
    child.start()
    slack.wait_for(lambda: any(QUOTE in text for text in finals(child, general)))
    assert all(m.ephemeral_for for m in slack.messages(general) if m.user == slack.bot_user)


def test_a_question_that_kills_the_process_three_times_is_given_up_with_a_reference(child: Any) -> None:
    slack, direct = child.slack, child.slack.im("maya")
    child.start("during-answer")
    slack.post("maya", direct, "was the ferry cancelled?")
    child.died()
    for _ in range(2):
        child.start("during-answer")
        child.died()
    child.start("during-answer")
    [error] = slack.wait_for(lambda: finals(child, direct))
    assert "reference F-" in error


def test_a_job_survives_a_kill_with_one_report(child: Any) -> None:
    slack, direct = child.slack, child.slack.im("ada")
    child.start()
    slack.slash("ada", direct, "/footnote", "ingest https://a.example/deadly")
    child.died()
    child.start()
    slack.wait_for(lambda: [text.partition("\n")[2] for text in finals(child, direct)] == ["Done: 1 new, 1 unchanged."])


def test_a_follow_up_needs_no_mention_after_a_restart(child: Any) -> None:
    slack, general = child.slack, child.slack.workspace.general
    child.start()
    ts = slack.post("maya", general, f"<@{slack.bot_user}> was the ferry cancelled?")
    slack.wait_for(lambda: finals(child, general))
    child.stop()
    child.start()
    slack.post("maya", general, "and on Tuesday?", ts)
    slack.wait_for(lambda: len(finals(child, general)) == 2)


def test_a_polite_end_waits_for_the_answers_under_way(child: Any) -> None:
    slack, general = child.slack, child.slack.workspace.general
    child.start()
    slack.post("maya", general, f"<@{slack.bot_user}> was the ferry cancelled?")
    slack.wait_for(lambda: slack.acks and all(delivery.is_done for delivery in slack.acks))
    assert child.stop() == 0
    log = child.log()
    assert '"outcome": "answered"' in log
    assert [QUOTE in text for text in finals(child, general)] == [True]
    assert "ferry" not in log
    assert "xoxb" not in log


@pytest.mark.parametrize("failpoint", ["after-stream-start", "during-stream", "after-append", "after-stream-stop"])
@pytest.mark.parametrize("place", ["channel", "direct"])
def test_a_kill_while_an_answer_is_streamed_ends_in_its_place(child: Any, failpoint: str, place: str) -> None:
    slack = child.slack
    where = slack.workspace.general if place == "channel" else slack.im("maya")
    child.start(failpoint)
    slack.post("maya", where, f"<@{slack.bot_user}> tell me slowly about the ferry")
    child.died()
    half = [m.ts for m in slack.messages(where) if m.stream]
    child.start()
    slack.wait_for(lambda: any("Crossings began again" in text for text in finals(child, where)))
    slack.post("maya", slack.im("maya"), "and on Tuesday?")  # answered after whatever was left over
    slack.wait_for(lambda: any("[1]" in text for text in finals(child, slack.im("maya"))))
    [message] = [m for m in slack.messages(where) if m.user == slack.bot_user and "Crossings" in m.text]
    assert [message.ts] == half
    assert QUOTE in message.text
    assert "Storm closes the strait" in str(message.blocks)
    assert len([m for m in slack.messages(where) if m.stream]) == 1
