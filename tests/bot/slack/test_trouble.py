"""Slack itself goes wrong: limits, lost replies, refusals, cut connections."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.slack.app import SlackRefused
from bot.slack.settings import SlackSettings

QUOTE = "The ferry to Skarn was cancelled on Monday."


def calls(footnote: Any, method: str) -> list[Any]:
    return [call for call in footnote.slack.calls if call.method == method]


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 429, "retry_after": 1},
        {"status": 500},
        {"status": 503},
        {"error": "internal_error"},
        {"reset": True},
        {"execute_then_cut": True},
    ],
    ids=str,
)
def test_the_answer_arrives_once_whatever_happens_to_the_call(footnote: Any, fault: dict[str, Any]) -> None:
    general = footnote.slack.workspace.general
    footnote.slack.faults.add("chat.postMessage", times=1, **fault)
    footnote.ask("maya", general, footnote.at("was the ferry cancelled?"))
    footnote.settled()
    assert [QUOTE in message.text for message in footnote.replies(general)] == [True]


def test_a_lost_reply_in_a_direct_conversation_is_found_again(footnote: Any) -> None:
    direct = footnote.slack.im("maya")
    footnote.slack.faults.add("chat.postMessage", execute_then_cut=True)
    footnote.ask("maya", direct, "was the ferry cancelled?")
    footnote.settled()
    assert len(footnote.replies(direct)) == 1


def test_refused_blocks_are_said_in_plain_text(footnote: Any) -> None:
    footnote.slack.faults.add("chat.postMessage", error="invalid_blocks")
    reply = footnote.ask("maya", footnote.slack.workspace.general, footnote.at("was the ferry cancelled?"))
    assert QUOTE in reply.text
    assert reply.blocks == []


@pytest.mark.parametrize("error", ["is_archived", "not_in_channel", "channel_not_found", "restricted_action"])
def test_what_the_conversation_does_not_take_goes_to_the_person(footnote: Any, error: str) -> None:
    slack = footnote.slack
    slack.faults.add("chat.postMessage", error=error)
    slack.post("maya", slack.workspace.general, footnote.at("was the ferry cancelled?"))
    assert QUOTE in footnote.reply(slack.im("maya")).text
    footnote.settled()


def test_a_used_up_response_url_sends_the_answer_to_the_direct_conversation(footnote: Any) -> None:
    slack = footnote.slack
    for tickets in (slack._backend.response_urls,):
        slack.slash("maya", slack.workspace.general, "/ask", "please wait for the ferry").wait()
        for ticket in list(vars(tickets).values()):
            if isinstance(ticket, dict):
                ticket.clear()
    footnote.oracle.gate.set()
    assert QUOTE in footnote.reply(slack.im("maya")).text


def test_a_revoked_token_is_seen_in_the_health_and_ends_the_request(footnote: Any) -> None:
    slack = footnote.slack
    assert footnote.app.health()["ok"]
    slack.faults.add("chat.postMessage", times=9, error="token_revoked")
    slack.post("maya", slack.workspace.general, footnote.at("was the ferry cancelled?"))
    slack.wait_for(lambda: calls(footnote, "chat.postMessage"))
    footnote.settled()
    assert footnote.app.health()["trouble"] == {"token": "token_revoked"}


def test_a_refused_status_disturbs_nobody(footnote: Any) -> None:
    footnote.slack.faults.add("assistant.threads.setStatus", times=5, error="channel_type_not_supported")
    reply = footnote.ask("maya", footnote.slack.workspace.general, footnote.at("was the ferry cancelled?"))
    assert QUOTE in reply.text


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
def test_questions_around_a_change_of_connection_are_answered(footnote: Any, reason: str) -> None:
    slack, general = footnote.slack, footnote.slack.workspace.general
    footnote.ask("maya", general, footnote.at("was the ferry cancelled?"))
    slack.disconnect(reason)
    slack.wait_for(lambda: slack.connections)
    reply = footnote.ask("maya", general, footnote.at("and the bus?"))
    assert QUOTE in reply.text


def test_while_slack_does_not_let_us_in_the_health_says_so_and_then_all_is_well(footnote: Any) -> None:
    slack = footnote.slack
    slack.faults.add("apps.connections.open", times=2, error="internal_error")
    slack.disconnect("link_disabled")
    slack.wait_for(lambda: not slack.connections)
    slack.wait_for(lambda: footnote.app.health()["trouble"].get("socket"))
    slack.wait_for(lambda: slack.connections)
    assert QUOTE in footnote.ask("maya", slack.im("maya"), "was the ferry cancelled?").text
    assert footnote.app.health()["ok"]


def test_after_a_cut_line_the_questions_are_answered(footnote: Any) -> None:
    slack, general = footnote.slack, footnote.slack.workspace.general
    slack.abort_connections()
    slack.wait_for(lambda: slack.connections)
    assert QUOTE in footnote.ask("maya", general, footnote.at("was the ferry cancelled?")).text


@pytest.mark.parametrize(("token", "name"), [("bot_token", "SLACK_BOT_TOKEN"), ("app_token", "SLACK_APP_TOKEN")])
def test_a_wrong_token_is_told_at_the_start_by_its_name(make: Any, token: str, name: str) -> None:
    with pytest.raises(SlackRefused, match=name):
        asyncio.run(make(**{token: "xoxb-FAKE-wrong"}).start())


def test_slack_out_of_reach_is_told_at_the_start(make: Any) -> None:
    with pytest.raises(SlackRefused, match="cannot be reached"):
        asyncio.run(make(api_url="http://127.0.0.1:9/api/").start())


def test_the_oauth_variables_of_bolt_are_refused(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_CLIENT_ID", "1")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "FAKE")
    with pytest.raises(SlackRefused, match="SLACK_CLIENT_ID"):
        asyncio.run(make().start())


@pytest.mark.parametrize("given", [{}, {"app_token": "xapp-FAKE", "signing_secret": "FAKE"}])
def test_exactly_one_entrance_is_needed(tmp_path: Path, given: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="SLACK_APP_TOKEN"):
        SlackSettings(bot_token="xoxb-FAKE", data_directory=tmp_path, **given)


def test_settings_do_not_show_their_secrets(tmp_path: Path) -> None:
    assert "FAKE" not in repr(SlackSettings(bot_token="xoxb-FAKE", data_directory=tmp_path, app_token="xapp-FAKE"))
