"""Every encoding that Slack's clients use reaches the method with the same arguments."""

from __future__ import annotations

import asyncio
import base64
import json

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.web.async_client import AsyncWebClient

from playground.server import Playground

BLOCKS = [{"type": "section", "text": {"type": "mrkdwn", "text": "*hi*"}}]


def send(
    slack: Playground, method: str, http_method: str = "POST", bearer: bool = True, **request: object
) -> httpx.Response:
    headers = {"Authorization": f"Bearer {slack.environment['SLACK_BOT_TOKEN']}"} if bearer else {}
    headers |= request.pop("headers", {})  # type: ignore[call-overload]
    return httpx.request(http_method, slack.environment["SLACK_API_URL"] + method, headers=headers, **request)  # type: ignore[arg-type]


def test_the_sync_client_speaks_to_it(slack: Playground, client: WebClient) -> None:
    general = slack.workspace.general.id
    ts = client.chat_postMessage(channel=general, text="hello", blocks=BLOCKS)["ts"]
    client.reactions_add(channel=general, timestamp=ts, name="eyes")
    assert client.conversations_info(channel=general)["channel"]["name"] == "general"
    assert client.conversations_history(channel=general)["messages"][0]["reactions"] == [
        {"name": "eyes", "users": [slack.bot_user], "count": 1}
    ]


def test_the_async_client_speaks_to_it(slack: Playground) -> None:
    async def talk() -> str:
        environment, general = slack.environment, slack.workspace.general.id
        client = AsyncWebClient(environment["SLACK_BOT_TOKEN"], base_url=environment["SLACK_API_URL"])
        ts = (await client.chat_postMessage(channel=general, text="hello"))["ts"]
        await client.reactions_add(channel=general, timestamp=ts, name="eyes")
        await client.conversations_open(users=slack.workspace.member.id)
        await client.assistant_threads_setTitle(channel_id=general, thread_ts=ts, title="A title")
        history = await client.conversations_history(channel=general, limit=1)
        return str(history["messages"][0]["text"])

    assert asyncio.run(talk()) == "hello"


def test_arguments_come_as_form_with_json_inside(slack: Playground) -> None:
    form = {"channel": slack.workspace.general.id, "text": "hi", "blocks": json.dumps(BLOCKS)}
    assert send(slack, "chat.postMessage", data=form).json()["ok"]
    assert slack.messages("general")[0].blocks[0]["text"]["text"] == BLOCKS[0]["text"]["text"]


def test_arguments_come_in_the_query_of_a_post_with_an_empty_body(slack: Playground) -> None:
    query = {"channel": slack.workspace.general.id, "text": "hi"}
    assert send(slack, "chat.postMessage", params=query).json()["ok"]


def test_blocks_in_a_json_body_may_be_a_string(slack: Playground) -> None:
    body = {"channel": slack.workspace.general.id, "text": "hi", "blocks": json.dumps(BLOCKS)}
    assert send(slack, "chat.postMessage", json=body).json()["ok"]


def test_text_that_looks_like_json_stays_text(slack: Playground) -> None:
    form = {"channel": slack.workspace.general.id, "text": '{"a": 1}'}
    assert send(slack, "chat.postMessage", data=form).json()["message"]["text"] == '{"a": 1}'


def test_the_token_may_be_an_argument(slack: Playground) -> None:
    token = slack.environment["SLACK_BOT_TOKEN"]
    assert send(slack, "auth.test", bearer=False, data={"token": token}).json()["ok"]
    assert send(slack, "auth.test", "GET", bearer=False, params={"token": token}).json()["ok"]


def test_basic_authorization_is_no_bot_token(slack: Playground) -> None:
    basic = {"Authorization": "Basic " + base64.b64encode(b"id:secret").decode()}
    assert send(slack, "auth.test", bearer=False, headers=basic).json() == {"ok": False, "error": "not_authed"}


@pytest.mark.parametrize(
    ("content", "error"), [(b"{", "invalid_json"), (b"[]", "json_not_object"), (b'"x"', "json_not_object")]
)
def test_a_broken_json_body_is_named(slack: Playground, content: bytes, error: str) -> None:
    answer = send(slack, "auth.test", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200
    assert answer.json()["error"] == error


def test_json_without_a_charset_is_warned_about(slack: Playground) -> None:
    body = json.dumps({"channel": slack.workspace.general.id, "text": "hi"}).encode()
    answer = send(slack, "chat.postMessage", content=body, headers={"Content-Type": "application/json"}).json()
    assert answer["warning"] == "missing_charset"
    assert answer["response_metadata"]["warnings"] == ["missing_charset"]


def test_the_answer_names_the_granted_scopes(slack: Playground) -> None:
    headers = send(slack, "auth.test").headers
    assert set(headers["x-oauth-scopes"].split(",")) == slack.manifest.scopes
    assert headers["content-type"].startswith("application/json")


def test_auth_test_says_who_the_bot_is(slack: Playground, client: WebClient) -> None:
    answer = client.auth_test().data
    assert answer == {
        "ok": True,
        "url": f"{slack.url}/",
        "team": slack.team.name,
        "user": "librarian",
        "team_id": slack.team.id,
        "user_id": slack.bot_user,
        "bot_id": slack.workspace.bot.bot_id,
        "is_enterprise_install": False,
    }


def test_every_call_is_on_record(slack: Playground, client: WebClient) -> None:
    client.api_call("chat.postMessage", json={"channel": slack.workspace.general.id, "text": "hi", "colour": "red"})
    call = slack.calls[-1]
    assert (call.method, call.ok, call.unknown) == ("chat.postMessage", True, ("colour",))
    assert call.arguments["text"] == "hi"
    assert call.response["ts"] == slack.messages("general")[0].ts


def test_auth_test_with_the_app_token_names_the_app(slack: Playground) -> None:
    app = WebClient(slack.environment["SLACK_APP_TOKEN"], base_url=slack.environment["SLACK_API_URL"])
    answer = app.auth_test().data
    assert answer == {"ok": True, "app_name": "Librarian", "app_id": slack.workspace.app_id}
