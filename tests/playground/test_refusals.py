"""What the Web API says no to, and how."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.manifest import Manifest
from playground.server import Playground


def refusal(work: Callable[[], object]) -> dict[str, object]:
    with pytest.raises(SlackApiError) as caught:
        work()
    data: dict[str, object] = caught.value.response.data  # type: ignore[assignment]
    return data


def test_a_call_without_a_token_is_not_authed(slack: Playground) -> None:
    nobody = WebClient(base_url=slack.environment["SLACK_API_URL"])
    assert refusal(nobody.auth_test)["error"] == "not_authed"


def test_a_wrong_token_is_invalid(slack: Playground) -> None:
    stranger = WebClient("xoxb-nobody", base_url=slack.environment["SLACK_API_URL"])
    assert refusal(stranger.auth_test)["error"] == "invalid_auth"


def test_sockets_are_opened_with_the_app_token_only(slack: Playground, client: WebClient) -> None:
    app_token = slack.environment["SLACK_APP_TOKEN"]
    assert client.apps_connections_open(app_token=app_token)["url"].startswith("ws://127.0.0.1:")
    bot_token = slack.environment["SLACK_BOT_TOKEN"]
    assert refusal(lambda: client.apps_connections_open(app_token=bot_token))["error"] == "not_allowed_token_type"


def test_an_unknown_method_is_named(client: WebClient) -> None:
    answer = refusal(lambda: client.api_call("chat.shout"))
    assert answer == {"ok": False, "error": "unknown_method", "req_method": "chat.shout"}


def test_a_missing_scope_says_what_is_needed_and_provided(
    start: Callable[..., Playground], manifest: Callable[..., Manifest], connect: Callable[[Playground], WebClient]
) -> None:
    slack = start(manifest(scopes=["chat:write", "channels:read"]))
    answer = refusal(lambda: connect(slack).users_info(user=slack.workspace.member.id))
    assert answer == {
        "ok": False,
        "error": "missing_scope",
        "needed": "users:read",
        "provided": "channels:read,chat:write",
    }


def test_the_scope_depends_on_the_kind_of_conversation(
    start: Callable[..., Playground], manifest: Callable[..., Manifest], connect: Callable[[Playground], WebClient]
) -> None:
    slack = start(manifest(scopes=["channels:read", "channels:history"]))
    client = connect(slack)
    assert client.conversations_info(channel=slack.workspace.general.id)["ok"]
    answer = refusal(lambda: client.conversations_info(channel=slack.workspace.private.id))
    assert (answer["error"], answer["needed"]) == ("missing_scope", "groups:read")


def test_a_missing_argument_is_named(client: WebClient) -> None:
    answer = refusal(lambda: client.api_call("conversations.info"))
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"] == {"messages": ["[ERROR] missing required field: channel"]}


def test_a_strange_argument_name_is_refused(client: WebClient) -> None:
    assert refusal(lambda: client.api_call("auth.test", params={"na-me": 1}))["error"] == "invalid_arg_name"


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive"])
def test_a_dead_token_is_refused_everywhere(slack: Playground, client: WebClient, error: str) -> None:
    slack.revoke(error)
    assert refusal(client.auth_test)["error"] == error
    slack.revoke("")
    assert client.auth_test()["ok"]


def test_conversations_the_bot_cannot_see_do_not_exist(slack: Playground, client: WebClient) -> None:
    secret = slack.workspace.add_channel("board", [slack.workspace.admin.id], kind="private")
    assert refusal(lambda: client.conversations_info(channel=secret.id))["error"] == "channel_not_found"
    assert refusal(lambda: client.chat_postMessage(channel=secret.id, text="hi"))["error"] == "channel_not_found"
    assert refusal(lambda: client.chat_postMessage(channel="C0NONE", text="hi"))["error"] == "channel_not_found"


def test_a_public_channel_must_be_joined_first(slack: Playground, client: WebClient) -> None:
    random = slack.workspace.random.id
    assert refusal(lambda: client.chat_postMessage(channel=random, text="hi"))["error"] == "not_in_channel"
    assert refusal(lambda: client.conversations_history(channel=random))["error"] == "not_in_channel"
    client.conversations_join(channel=random)
    assert client.chat_postMessage(channel=random, text="hi")["ok"]


def test_an_archived_channel_takes_nothing(slack: Playground, client: WebClient) -> None:
    general = slack.workspace.general
    ts = client.chat_postMessage(channel=general.id, text="hi")["ts"]
    general.is_archived = True
    assert refusal(lambda: client.chat_postMessage(channel=general.id, text="hi"))["error"] == "is_archived"
    assert refusal(lambda: client.chat_update(channel=general.id, ts=ts, text="x"))["error"] == "is_inactive"
