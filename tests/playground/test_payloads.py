"""Fields that real apps rely on, as they are in payloads of Slack's own."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.errors import Impossible
from playground.manifest import Manifest
from playground.server import Playground

Running = Callable[[Playground, Callable[[AsyncApp], None]], AbstractContextManager[AsyncApp]]
PLAIN = {"type": "plain_text", "text": "Pick"}


def modal(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"type": "modal", "callback_id": "form", "title": PLAIN, "submit": PLAIN, "blocks": list(blocks)}


def field(block_id: str, **element: Any) -> dict[str, Any]:
    return {"type": "input", "block_id": block_id, "label": PLAIN, "element": {"action_id": "it", **element}}


def opened(slack: Playground, client: WebClient, *blocks: dict[str, Any]) -> Any:
    trigger = slack.slash("maya", "general", "/raw").payload["trigger_id"]
    client.views_open(trigger_id=trigger, view=modal(*blocks))
    return slack.views("maya")[-1]


def test_a_message_of_plain_text_comes_back_with_its_rich_text(slack: Playground, client: WebClient) -> None:
    said = client.chat_postMessage(channel=slack.workspace.general.id, text="so *bold* `code`")["message"]
    (section,) = said["blocks"][0]["elements"]
    assert section["elements"] == [
        {"type": "text", "text": "so "},
        {"type": "text", "text": "bold", "style": {"bold": True}},
        {"type": "text", "text": " "},
        {"type": "text", "text": "code", "style": {"code": True}},
    ]


def test_text_objects_and_elements_come_back_spelled_out(slack: Playground, client: WebClient) -> None:
    button = {"type": "button", "text": {"type": "plain_text", "text": "Go"}}
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "hi"}, "accessory": button}
    (shown,) = client.chat_postMessage(channel=slack.workspace.general.id, text="x", blocks=[section])["message"][
        "blocks"
    ]
    assert shown["text"] == {"type": "mrkdwn", "text": "hi", "verbatim": False}
    assert shown["accessory"]["text"] == {"type": "plain_text", "text": "Go", "emoji": True}
    assert len(shown["accessory"]["action_id"]) == len(shown["block_id"]) == 5


def test_a_file_says_where_it_was_shared(slack: Playground, client: WebClient) -> None:
    ts = slack.post("maya", "general", "look", files=[("notes.md", b"# Title\ntext")])
    event = next(each.event for each in slack.acks if each.event.get("subtype") == "file_share")
    assert (event["upload"], event["files"][0]["mode"], event["files"][0]["filetype"]) == (False, "snippet", "markdown")
    assert event["files"][0]["preview"] == "# Title\ntext"
    general = slack.workspace.general.id
    shown = client.files_info(file=event["files"][0]["id"])["file"]
    assert (shown["channels"], shown["groups"], shown["ims"]) == ([general], [], [])
    assert shown["shares"]["public"][general][0]["ts"] == ts


def test_a_binary_file_is_hosted(slack: Playground) -> None:
    slack.post("maya", "general", "look", files=[("report.pdf", b"%PDF-1.7")])
    file = slack.messages("general")[0].file_wires[0]
    assert (file["mode"], file["filetype"], file["pretty_type"]) == ("hosted", "pdf", "PDF")


def test_somebody_from_another_organisation_is_marked(slack: Playground) -> None:
    slack.post("xenia", "partners", "hello")
    event = slack.acks[-1].event
    assert event["user_team"] == event["source_team"] == slack.workspace.other_team.id
    assert event["user_profile"]["real_name"] == "Xenia Duarte"
    assert slack.acks[-1].payload["is_ext_shared_channel"] is True


@pytest.mark.parametrize("scopes", [["users:read"], ["users:read", "users:read.email"]])
def test_an_email_needs_its_own_scope(
    start: Callable[..., Playground],
    manifest: Callable[..., Manifest],
    connect: Callable[[Playground], WebClient],
    scopes: list[str],
) -> None:
    slack = start(manifest(scopes=scopes))
    profile = connect(slack).users_info(user=slack.workspace.member.id)["user"]["profile"]
    assert ("email" in profile) == ("users:read.email" in scopes)


def test_the_action_of_a_menu_repeats_its_placeholder(slack: Playground, client: WebClient) -> None:
    option = {"text": PLAIN, "value": "a"}
    menu = {"type": "static_select", "action_id": "menu", "placeholder": PLAIN, "options": [option]}
    client.chat_postMessage(
        channel=slack.workspace.general.id, text="x", blocks=[{"type": "actions", "elements": [menu]}]
    )
    slack.click("maya", slack.messages("general")[0], "menu", "a")
    (action,) = slack.acks[-1].payload["actions"]
    assert action["placeholder"]["text"] == "Pick"
    assert action["selected_option"]["value"] == "a"


def test_a_menu_of_conversations_holds_where_the_modal_was_opened(slack: Playground, client: WebClient) -> None:
    chooser = field(
        "where", type="conversations_select", default_to_current_conversation=True, response_url_enabled=True
    )
    view = opened(slack, client, chooser)
    payload = slack.submit("maya", view).payload
    general = slack.workspace.general.id
    assert payload["view"]["state"]["values"]["where"]["it"]["selected_conversation"] == general
    (url,) = payload["response_urls"]
    assert (url["block_id"], url["action_id"], url["channel_id"]) == ("where", "it", general)
    httpx.post(url["response_url"], json={"text": "thanks", "response_type": "in_channel"}).raise_for_status()
    assert slack.messages("general")[-1].text == "thanks"


@pytest.mark.parametrize(
    ("element", "value", "complaint"),
    [
        ({"type": "email_text_input"}, "maya", "valid email"),
        ({"type": "url_text_input"}, "nowhere", "valid URL"),
        ({"type": "number_input", "is_decimal_allowed": False}, "1.5", "whole number"),
        ({"type": "number_input", "is_decimal_allowed": True, "max_value": "3"}, "3.5", "at most 3"),
        ({"type": "plain_text_input", "min_length": 5}, "four", "at least 5"),
        ({"type": "multi_users_select", "max_selected_items": 1}, ["U1", "U2"], "at most 1"),
    ],
)
def test_what_slack_refuses_in_a_field_never_reaches_the_app(
    slack: Playground, client: WebClient, element: dict[str, Any], value: Any, complaint: str
) -> None:
    view = opened(slack, client, field("b", **element))
    with pytest.raises(Impossible, match=complaint):
        slack.submit("maya", view, {"b": value})
    assert "view_submission" not in [each.payload.get("type") for each in slack.acks]


def test_a_response_url_says_whether_it_is_used_up_or_old(start: Callable[..., Playground]) -> None:
    slack = start()
    url = slack.slash("maya", "general", "/raw").payload["response_url"]
    answers = [httpx.post(url, json={"text": str(n)}) for n in range(6)]
    assert [each.status_code for each in answers] == [200] * 5 + [404]
    assert answers[-1].json()["error"] == "used_url"
    assert httpx.post(url + "x", json={"text": "x"}).json()["error"] == "no_such_url"


def test_an_answer_may_come_as_a_form(slack: Playground) -> None:
    url = slack.slash("maya", "general", "/raw").payload["response_url"]
    assert httpx.post(url, data={"payload": '{"text": "as a form"}'}).text == "ok"
    assert slack.messages("general")[-1].text == "as a form"


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"nowhere": "no such block"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "dance"},
    ],
)
def test_an_answer_slack_cannot_use_keeps_the_modal_open(
    slack: Playground, app: Running, answer: dict[str, Any]
) -> None:
    def listeners(app: AsyncApp) -> None:
        @app.command("/raw")
        async def open_modal(ack: Any, body: dict[str, Any], client: Any) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=modal(field("b", type="plain_text_input")))

        @app.view("form")
        async def answered(ack: Any) -> None:
            await ack(answer)

    with app(slack, listeners):
        slack.slash("maya", "general", "/raw")
        view = slack.wait_for(lambda: slack.views("maya"))[0]
        delivery = slack.submit("maya", view, {"b": "x"}).wait()
    assert (view.is_open, view.errors) == (True, {"": "We had some trouble connecting. Try again?"})
    assert delivery.error


def test_an_app_installs_itself(start: Callable[..., Playground], manifest: Callable[..., Manifest]) -> None:
    document = {
        "display_information": {"name": "Librarian"},
        "oauth_config": {"scopes": {"bot": ["chat:write"]}, "redirect_urls": ["https://app.example/done"]},
    }
    slack = start(Manifest.of(document))
    query = {"client_id": slack.oauth["SLACK_CLIENT_ID"], "scope": "chat:write", "state": "s1"}
    asked = httpx.get(slack.oauth["SLACK_AUTHORIZE_URL"], params=query)
    code = asked.text.split("code=")[1].split("&amp;")[0]
    client = WebClient(base_url=slack.environment["SLACK_API_URL"])
    keys: Any = {"client_id": slack.oauth["SLACK_CLIENT_ID"], "client_secret": slack.oauth["SLACK_CLIENT_SECRET"]}
    installed = client.oauth_v2_access(code=code, **keys)
    assert (installed["access_token"], installed["bot_user_id"]) == (
        slack.environment["SLACK_BOT_TOKEN"],
        slack.bot_user,
    )
    with pytest.raises(SlackApiError, match="invalid_code"):
        client.oauth_v2_access(code=code, **keys)
    refused = httpx.get(slack.oauth["SLACK_AUTHORIZE_URL"], params=query | {"redirect_uri": "https://evil.example"})
    assert (refused.status_code, "redirect_uri" in refused.text) == (400, True)


def test_the_old_pane_tells_of_its_titles_and_of_what_is_looked_at(
    start: Callable[..., Playground], manifest: Callable[..., Manifest], connect: Callable[[Playground], WebClient]
) -> None:
    events = ["message.im", "assistant_thread_started", "assistant_thread_context_changed"]
    slack = start(manifest(events=events, assistant_view={"assistant_description": "Asks."}))
    ts = slack.open_assistant_thread("maya", "general")
    slack.turn_to("maya", ts, "random")
    changed = slack.acks[-1].event
    assert (changed["type"], changed["assistant_thread"]["thread_ts"]) == ("assistant_thread_context_changed", ts)
    assert changed["assistant_thread"]["context"]["channel_id"] == slack.workspace.random.id
    connect(slack).assistant_threads_setTitle(channel_id=slack.im("maya").id, thread_ts=ts, title="Ferries")
    renamed = slack.acks[-1].event
    assert (renamed["subtype"], renamed["message"]["subtype"]) == ("message_changed", "assistant_app_thread")
    assert renamed["message"]["assistant_app_thread"]["title"] == "Ferries"


def test_the_context_of_an_event_names_its_type_and_place(slack: Playground) -> None:
    slack.post("maya", "general", "hello")
    version, _, encoded = slack.acks[0].payload["event_context"].partition("-")
    about = json.loads(base64.b64decode(encoded + "=" * (-len(encoded) % 4)))
    ids = {"tid": slack.team.id, "aid": slack.workspace.app_id, "cid": slack.workspace.general.id}
    assert (version, about) == ("4", {"et": "message", **ids})


def test_joining_a_private_channel_is_told_as_joining_any(slack: Playground) -> None:
    slack.invite("desk-private", "tomas", "ada")
    event = next(each.event for each in slack.acks if each.event["type"] == "message")
    assert (event["subtype"], event["channel_type"], event["inviter"]) == (
        "channel_join",
        "group",
        slack.workspace.admin.id,
    )
