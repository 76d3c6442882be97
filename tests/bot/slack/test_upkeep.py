"""What changed, how often to look, going back, and erasing: from Slack."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.slack.language import strings_of


def command(footnote: Any, text: str, user: str = "ada") -> Any:
    """Give the command; returns the newest private reply."""
    place = footnote.slack.workspace.general
    before = len(footnote.replies(place))
    footnote.slack.slash(user, place, "/footnote", text).wait()
    footnote.settled()
    return footnote.reply(place, count=before + 1)


def test_changes_show_old_and_new_sentences_to_every_member(footnote: Any) -> None:
    said = command(footnote, "changes 7d", user="maya").text
    a_week_ago = strings_of("en").day((datetime.now(UTC) - timedelta(days=7)).date())
    assert said.startswith(f"Documents since {a_week_ago}: 1 changed\n")
    assert "− The ferry sails at eight.\n+ The ferry sails at nine." in said
    assert "in documents with #ferries" in command(footnote, "changes 7d #ferries", user="maya").text


def test_a_guest_is_told_no_changes(footnote: Any) -> None:
    footnote.slack.invite(footnote.slack.workspace.general, "gus")
    assert "eight" not in command(footnote, "changes", user="gus").text


def test_a_moment_that_is_none_is_told(footnote: Any) -> None:
    assert "is no moment" in command(footnote, "changes lately").text


def test_a_source_is_scheduled_and_taken_off(footnote: Any) -> None:
    assert "4 March 2026, 08:00 UTC" in command(footnote, "schedule Storm closes the strait every 6h").text
    assert "only when somebody asks" in command(footnote, "schedule s1 off").text
    assert [job[:3] for job in footnote.shelf.jobs] == [("schedule", "s1", "6h"), ("schedule", "s1", "off")]
    assert "which source" in command(footnote, "schedule s1").text


def test_a_source_is_rolled_back_once_it_is_confirmed(footnote: Any) -> None:
    general = footnote.slack.workspace.general
    question = command(footnote, "rollback s1 to 24h")
    assert "as it was on" in question.text
    assert [each["text"]["text"] for each in question.blocks[-1]["elements"]] == ["Go back", "Leave it as it is"]
    assert footnote.shelf.jobs == []
    footnote.slack.click("ada", question, "asked_and_confirmed").wait()
    footnote.settled()
    assert footnote.shelf.jobs == [("rollback", "s1", "24h")]
    assert "1 document put back" in footnote.replies(general)[-1].text


def test_a_source_that_is_left_as_it_is_is_not_rolled_back(footnote: Any) -> None:
    question = command(footnote, "rollback s1 24h")
    footnote.slack.click("ada", question, "asked_and_called_off").wait()
    footnote.settled()
    assert footnote.shelf.jobs == []


@pytest.mark.parametrize("text", ["schedule s1 daily", "rollback s1 24h", "forget s1"])
def test_others_may_not(footnote: Any, text: str) -> None:
    assert "administrators" in command(footnote, text, user="maya").text
    assert footnote.shelf.jobs == []


def test_erasing_asks_once_more_withdraws_what_was_posted_and_gives_a_receipt(footnote: Any) -> None:
    slack, general = footnote.slack, footnote.slack.workspace.general
    answer = footnote.ask("maya", general, footnote.at("was the ferry cancelled?"))
    footnote.shelf.quoting = [(general.id, answer.ts)]
    question = command(footnote, "forget s1")
    assert "cannot be undone" in question.text
    assert [each["text"]["text"] for each in question.blocks[-1]["elements"]] == ["Erase", "Keep it"]
    assert footnote.shelf.jobs == []
    slack.click("ada", question, "asked_and_confirmed").wait()
    footnote.settled()
    assert footnote.shelf.jobs == [("erase", "s1", "")]
    texts = [message.text for message in footnote.replies(general)]
    assert any("1 message withdrawn" in text and "Backups" in text for text in texts)
    assert answer.ts not in [message.ts for message in footnote.replies(general, answer.thread_ts)]


def test_a_person_can_be_forgotten(footnote: Any) -> None:
    maya = footnote.slack.workspace.member.id
    question = command(footnote, f"forget {maya}")
    footnote.slack.click("ada", question, "asked_and_confirmed").wait()
    footnote.settled()
    assert footnote.shelf.jobs == [("erase", maya, "")]
