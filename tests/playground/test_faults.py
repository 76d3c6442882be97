"""Trouble on demand: rate tiers, and faults of the Web API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from playground.clock import ManualClock
from playground.server import Playground


def say(client: WebClient, slack: Playground) -> Any:
    return client.chat_postMessage(channel=slack.workspace.general.id, text="hi")


def test_a_rate_limit_says_when_to_come_back(slack: Playground, client: WebClient) -> None:
    slack.faults.add(method="chat.postMessage", times=1, status=429, retry_after=7)
    with pytest.raises(SlackApiError) as caught:
        say(client, slack)
    response = caught.value.response
    assert (response.status_code, response["error"], response.headers["Retry-After"]) == (429, "ratelimited", "7")
    assert say(client, slack)["ok"]


def test_the_sdks_retry_handler_comes_through(slack: Playground, client: WebClient) -> None:
    client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))
    slack.faults.add(method="chat.*", times=1, status=429, retry_after=0)
    assert say(client, slack)["ok"]
    assert [call.status for call in slack.calls] == [429, 200]


def test_an_error_of_ones_choice(slack: Playground, client: WebClient) -> None:
    slack.faults.add(method="chat.postMessage", times=2, error="internal_error", skip=1)
    outcomes = []
    for _ in range(4):
        try:
            outcomes.append(say(client, slack)["ok"])
        except SlackApiError as error:
            outcomes.append(error.response["error"])
    assert outcomes == [True, "internal_error", "internal_error", True]


def test_a_cut_before_and_a_cut_after_the_work(slack: Playground, client: WebClient) -> None:
    client.retry_handlers.clear()
    slack.faults.add(method="chat.postMessage", reset=True)
    slack.faults.add(method="chat.postMessage", execute_then_cut=True)
    for expected in (0, 1):
        with pytest.raises((ConnectionError, OSError)):
            say(client, slack)
        assert len(slack.messages("general")) == expected


def test_a_fault_must_do_something(slack: Playground) -> None:
    with pytest.raises(ValueError, match="needs one of"):
        slack.faults.add(method="auth.test")


def test_tiers_hold_for_a_minute(start: Callable[..., Playground], connect: Callable[[Playground], WebClient]) -> None:
    slack = start(clock=ManualClock(), rate_limits=True)
    client = connect(slack)
    for _ in range(20):
        client.users_list()
    slack.advance(20)
    with pytest.raises(SlackApiError) as caught:
        client.users_list()
    assert caught.value.response.headers["Retry-After"] == "40"
    slack.advance(40)
    assert client.users_list()["ok"]


def test_a_conversation_takes_a_message_a_second_and_a_small_burst(
    start: Callable[..., Playground], connect: Callable[[Playground], WebClient]
) -> None:
    slack = start(clock=ManualClock(), rate_limits=True)
    client = connect(slack)
    for _ in range(5):
        say(client, slack)
    with pytest.raises(SlackApiError, match="ratelimited"):
        say(client, slack)
    assert client.chat_postMessage(channel=slack.workspace.shared.id, text="elsewhere")["ok"]
    slack.advance(5)
    assert say(client, slack)["ok"]


def test_limits_are_off_unless_asked_for(slack: Playground, client: WebClient) -> None:
    for _ in range(25):
        client.users_list()


def test_a_missing_scope_on_demand_names_what_is_needed(slack: Playground, client: WebClient) -> None:
    slack.faults.add("chat.postMessage", error="missing_scope")
    with pytest.raises(SlackApiError) as refused:
        client.chat_postMessage(channel=slack.workspace.general.id, text="hi")
    answer: Any = refused.value.response
    assert (answer["error"], answer["needed"], "chat:write" in answer["provided"]) == (
        "missing_scope",
        "chat:write",
        True,
    )


def test_the_minute_of_the_rate_tiers_can_be_shorter(
    start: Callable[..., Playground], connect: Callable[[Playground], WebClient]
) -> None:
    slack = start(rate_limits=True, rate_window=6.0)
    client = connect(slack)
    for _ in range(20):
        client.users_list()
    with pytest.raises(SlackApiError) as refused:
        client.users_list()
    assert 1 <= int(refused.value.response.headers["Retry-After"]) <= 6
