"""The weekly digest of a channel: wanted, due, told once, and in its language."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from bot.slack.channels import DIGEST_EVERY, Channels, ChannelSettings, DueDigest
from bot.slack.intake import Intake
from bot.slack.surfaces.digests import digest_request


def wanted(footnote: Any, **settings: Any) -> Channels:
    workspace, channels = footnote.slack.workspace, Channels(footnote.database)
    channels.keep(workspace.team.id, workspace.general.id, ChannelSettings(digest=True, **settings))
    return channels


def a_week_later(footnote: Any, weeks: int = 1) -> int:
    begun = footnote.app.watch_digests(datetime.now(UTC) + weeks * DIGEST_EVERY + timedelta(minutes=1))
    footnote.settled()
    return int(begun)


def told(footnote: Any) -> list[str]:
    return [message.text for message in footnote.replies("general")]


@pytest.mark.both_doors
def test_what_changed_is_told_once_a_week_with_old_and_new_sentence(footnote: Any) -> None:
    wanted(footnote)
    assert footnote.app.watch_digests() == 0
    assert a_week_later(footnote) == 1
    assert a_week_later(footnote) == 0
    [text] = told(footnote)
    assert text.startswith("What changed this week in 1 document")
    assert "− The ferry sails at eight.\n+ The ferry sails at nine." in text
    assert a_week_later(footnote, 2) == 1
    assert len(told(footnote)) == 2


def test_weeks_that_were_missed_are_one_message(footnote: Any) -> None:
    wanted(footnote)
    assert [a_week_later(footnote, 5), a_week_later(footnote, 5)] == [1, 0]
    assert len(told(footnote)) == 1


def test_where_one_digest_ends_the_next_begins(footnote: Any) -> None:
    channels, now = wanted(footnote), datetime.now(UTC)
    spans = []
    for days in (7.1, 31.0, 36.0):
        moment = now + timedelta(days=days)
        for due in channels.due_digests(moment):
            spans.append([datetime.fromisoformat(each) for each in digest_request(due, moment).text.split()])
            channels.next_digest(due, moment)
    assert [(until - since).days for since, until in spans] == [7, 21, 7]
    assert all(after[0] == before[1] for before, after in pairwise(spans))


def test_what_changed_after_its_end_is_left_to_the_next(footnote: Any) -> None:
    footnote.shelf.changed_at = datetime.now(UTC) + DIGEST_EVERY + timedelta(seconds=30)
    wanted(footnote)
    assert a_week_later(footnote) == 1
    assert told(footnote) == []
    a_week_later(footnote, 2)
    assert len(told(footnote)) == 1


def test_it_is_in_the_language_of_the_channel(footnote: Any) -> None:
    wanted(footnote, language="es")
    a_week_later(footnote)
    assert told(footnote)[0].startswith("Lo que ha cambiado esta semana en 1 documento")


@pytest.mark.parametrize("settings", [{"reach": "channel"}, {"tags": ("ferries",)}, {"mode": "off"}])
def test_of_what_the_channel_is_not_answered_from_nothing_is_told(footnote: Any, settings: dict[str, Any]) -> None:
    wanted(footnote, **settings)
    assert a_week_later(footnote) == 1
    assert told(footnote) == []


def test_a_shared_channel_is_told_nothing_of_the_workspace(footnote: Any) -> None:
    workspace, channels = footnote.slack.workspace, Channels(footnote.database)
    channels.keep(workspace.team.id, workspace.shared.id, ChannelSettings(digest=True))
    assert a_week_later(footnote) == 1
    assert footnote.replies(workspace.shared) == []


def test_where_it_was_switched_off_meanwhile_nothing_is_told(footnote: Any) -> None:
    channels = wanted(footnote)
    workspace = footnote.slack.workspace
    channels.keep(workspace.team.id, workspace.general.id, ChannelSettings())
    assert a_week_later(footnote) == 0
    assert told(footnote) == []


def test_settings_saved_again_do_not_put_it_off(footnote: Any) -> None:
    channels = wanted(footnote)
    later = datetime.now(UTC) + DIGEST_EVERY + timedelta(minutes=1)
    [before] = channels.due_digests(later)
    wanted(footnote, language="es")
    assert channels.due_digests(later) == [before]


def test_it_is_wanted_by_ticking_a_box_of_the_settings(footnote: Any) -> None:
    slack, general = footnote.slack, footnote.slack.workspace.general
    slack.slash("ada", general, "/footnote", "settings").wait()
    window = slack.wait_for(lambda: [v for v in slack.views("ada") if v.content.get("callback_id")])[0]
    assert "Tell here what changed" in json.dumps(window.content)
    slack.submit("ada", window, {"digest": ["yes"]}).wait()
    assert "Once a week I tell here what changed" in footnote.reply(general).text
    assert Channels(footnote.database).of(slack.workspace.team.id, general.id).digest


def test_a_channel_we_were_taken_out_of_is_left_alone(footnote: Any) -> None:
    wanted(footnote)
    footnote.slack.workspace.general.members.remove(footnote.slack.bot_user)
    assert a_week_later(footnote) == 1
    assert footnote.replies(footnote.slack.workspace.general) == []


@pytest.mark.parametrize("failpoint", ["after-digest"])
def test_it_survives_a_kill_with_one_message(child: Any, failpoint: str) -> None:
    workspace, database = child.slack.workspace, child.database()
    settings = ChannelSettings(digest=True)
    Channels(database).keep(workspace.team.id, workspace.general.id, settings)
    intake = Intake(database, lambda _: None)
    intake.start()
    due = DueDigest(workspace.team.id, workspace.general.id, datetime.now(UTC))
    assert intake.claim(digest_request(due, due.at)).result(60)
    intake.stop()
    database.close()
    child.start(failpoint)
    child.died()
    child.start()
    child.slack.post("maya", child.slack.im("maya"), "was the ferry cancelled?")
    child.slack.wait_for(
        lambda: [m for m in child.slack.messages(child.slack.im("maya")) if m.user == child.slack.bot_user]
    )
    ours = [m.text for m in child.slack.messages(workspace.general) if m.user == child.slack.bot_user]
    assert len(ours) == 1
    assert ours[0].startswith("What changed this week")
