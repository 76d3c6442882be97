"""Commands, shortcuts, buttons and modals, answered by a Bolt app."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.clock import ManualClock
from playground.errors import Impossible
from playground.manifest import Manifest
from playground.server import Playground

Running = Callable[[Playground, Callable[[AsyncApp], None]], AbstractContextManager[AsyncApp]]


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def modal(**more: Any) -> dict[str, Any]:
    field = {"type": "plain_text_input", "action_id": "title"}
    return {
        "type": "modal",
        "callback_id": "book",
        "title": plain("New book"),
        "submit": plain("Save"),
        "blocks": [{"type": "input", "block_id": "book", "label": plain("Title"), "element": field}],
        **more,
    }


BUTTONS = [
    {
        "type": "actions",
        "block_id": "row",
        "elements": [
            {"type": "button", "action_id": "open", "text": plain("Open"), "value": "7"},
            {
                "type": "static_select",
                "action_id": "pick",
                "options": [{"text": plain("One"), "value": "1"}, {"text": plain("Two"), "value": "2"}],
            },
        ],
    },
    {
        "type": "context_actions",
        "block_id": "feedback",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "vote",
                "positive_button": {"text": plain("Good"), "value": "up"},
                "negative_button": {"text": plain("Bad"), "value": "down"},
            }
        ],
    },
]


def code(work: Callable[[], object]) -> str:
    with pytest.raises(SlackApiError) as caught:
        work()
    return str(caught.value.response["error"])


def payload(slack: Playground) -> dict[str, Any]:
    return slack.acks[-1].payload


# -- commands and shortcuts


def test_a_command_is_answered_to_its_asker_alone(slack: Playground, app: Running) -> None:
    def listeners(app: AsyncApp) -> None:
        @app.command("/find")
        async def find(ack: Any, respond: Any, command: dict[str, str]) -> None:
            await ack("Looking…")
            await respond(f"Found {command['text']}")
            await respond("For all", response_type="in_channel")

    with app(slack, listeners):
        slack.slash("maya", "general", "/find", "moon")
        slack.wait_for(lambda: len(slack.messages("general")) == 3)
    maya = slack.workspace.member.id
    shown = {(m.text, m.ephemeral_for) for m in slack.messages("general")}
    assert shown == {("Looking…", maya), ("Found moon", maya), ("For all", None)}


def test_a_commands_text_is_escaped_if_the_manifest_says_so(slack: Playground) -> None:
    tomas, general = slack.workspace.other_member.id, slack.workspace.general.id
    slack.slash("maya", "general", "/find", "@tomas in #general <b>")
    assert payload(slack)["text"] == f"<@{tomas}|tomas> in <#{general}|general> &lt;b&gt;"
    slack.slash("maya", "general", "/raw", "@tomas <b>")
    assert payload(slack)["text"] == "@tomas <b>"


@pytest.mark.parametrize(
    ("channel", "name"), [("general", "general"), ("desk-private", "privategroup"), ("", "directmessage")]
)
def test_a_command_names_its_place(slack: Playground, channel: str, name: str) -> None:
    slack.slash("maya", channel or slack.im("maya"), "/find", "x")
    assert payload(slack)["channel_name"] == name


def test_an_undeclared_command_is_none(slack: Playground) -> None:
    with pytest.raises(Impossible, match="/lose is not a valid command"):
        slack.slash("maya", "general", "/lose")


def test_a_command_nobody_answers_fails_visibly(slack: Playground) -> None:
    delivery = slack.slash("maya", "general", "/find", "moon").wait()
    assert delivery.error == "dispatch_failed"
    assert "failed" in slack.messages("general")[0].text
    assert slack.messages("general")[0].ephemeral_for == slack.workspace.member.id


def test_a_command_that_is_answered_late_timed_out(start: Callable[..., Playground], app: Running) -> None:
    slack = start(clock=ManualClock())

    def listeners(app: AsyncApp) -> None:
        @app.command("/find")
        async def find() -> None: ...

    with app(slack, listeners):
        delivery = slack.slash("maya", "general", "/find", "moon")
        slack.wait_for(lambda: slack.envelopes)
        slack.advance(3)
        assert delivery.wait().error == "operation_timeout"


def test_a_message_shortcut_carries_the_message(slack: Playground) -> None:
    ts = slack.post("tomas", "general", "The moon is far.")
    slack.shortcut("maya", "look_up", slack.message("general", ts))
    sent = payload(slack)
    assert (sent["type"], sent["callback_id"], sent["message_ts"]) == ("message_action", "look_up", ts)
    assert (sent["message"]["text"], sent["channel"]["name"]) == ("The moon is far.", "general")
    assert sent["user"]["id"] == slack.workspace.member.id


def test_a_global_shortcut_carries_none(slack: Playground) -> None:
    slack.shortcut("maya", "new_book")
    assert (payload(slack)["type"], "message" in payload(slack)) == ("shortcut", False)


def test_an_undeclared_shortcut_is_none(slack: Playground) -> None:
    with pytest.raises(Impossible, match="declares no global shortcut"):
        slack.shortcut("maya", "look_up")


# -- buttons


def test_a_pressed_button_says_where_and_what(slack: Playground, client: WebClient) -> None:
    root = slack.post("maya", "general", "?")
    client.chat_postMessage(channel=slack.workspace.general.id, text="x", blocks=BUTTONS, thread_ts=root)
    message = slack.messages("general")[-1]
    slack.click("maya", message, "pick", "2")
    slack.click("maya", message, "open")
    sent = payload(slack)
    action = sent["actions"][0]
    assert (action["action_id"], action["block_id"], action["value"], action["type"]) == ("open", "row", "7", "button")
    assert sent["container"] == {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": slack.workspace.general.id,
        "is_ephemeral": False,
        "thread_ts": root,
    }
    assert sent["state"]["values"]["row"]["pick"]["selected_option"]["value"] == "2"
    assert sent["message"]["blocks"][0]["block_id"] == "row"
    assert sent["response_url"].startswith(slack.url)


def test_feedback_names_the_thumb(slack: Playground, client: WebClient) -> None:
    client.chat_postMessage(channel=slack.workspace.general.id, text="x", blocks=BUTTONS)
    slack.click("maya", slack.messages("general")[-1], "vote", "negative")
    action = payload(slack)["actions"][0]
    assert (action["type"], action["value"]) == ("feedback_buttons", "down")


def test_what_is_not_there_cannot_be_pressed(slack: Playground, client: WebClient) -> None:
    client.chat_postMessage(channel=slack.workspace.general.id, text="x", blocks=BUTTONS)
    message = slack.messages("general")[-1]
    with pytest.raises(Impossible, match="nothing to press"):
        slack.click("maya", message, "close")
    with pytest.raises(Impossible, match="not among the options"):
        slack.click("maya", message, "pick", "3")
    with pytest.raises(Impossible, match="not in this conversation"):
        slack.click("gus", message, "open")


def test_an_ephemeral_is_replaced_and_deleted_through_its_response_url(slack: Playground, client: WebClient) -> None:
    maya, general = slack.workspace.member, slack.workspace.general.id
    client.chat_postEphemeral(channel=general, user=maya.id, text="only you", blocks=BUTTONS)
    message = slack.messages("general")[-1]
    slack.click(maya, message, "open")
    assert "message" not in payload(slack)
    url = payload(slack)["response_url"]
    assert httpx.post(url, json={"text": "new", "replace_original": True}).text == "ok"
    assert [(m.text, m.blocks, m.ephemeral_for) for m in slack.messages("general")] == [("new", [], maya.id)]
    httpx.post(url, json={"delete_original": True})
    assert slack.messages("general") == []


def test_a_response_url_takes_five_answers(slack: Playground) -> None:
    slack.slash("maya", "general", "/find", "x")
    url = payload(slack)["response_url"]
    assert [httpx.post(url, json={"text": "x"}).status_code for _ in range(6)] == [200] * 5 + [404]


def test_a_response_url_lives_thirty_minutes(start: Callable[..., Playground]) -> None:
    slack = start(clock=ManualClock())
    slack.slash("maya", "general", "/find", "x")
    url = payload(slack)["response_url"]
    slack.advance(29 * 60)
    assert httpx.post(url, json={"text": "x"}).status_code == 200
    slack.advance(2 * 60)
    assert httpx.post(url, json={"text": "x"}).status_code == 404


def test_blocks_in_a_response_are_checked_too(slack: Playground) -> None:
    slack.slash("maya", "general", "/find", "x")
    answer = httpx.post(payload(slack)["response_url"], json={"blocks": [{"type": "poem"}]})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_blocks")


# -- modals


def opened(slack: Playground, client: WebClient, **view: Any) -> Any:
    slack.shortcut("maya", "new_book")
    client.views_open(trigger_id=payload(slack)["trigger_id"], view=modal(**view))
    return slack.views("maya")[-1]


def test_a_trigger_opens_one_modal(slack: Playground, client: WebClient) -> None:
    view = opened(slack, client)
    assert (view.user, view.content["callback_id"]) == (slack.workspace.member.id, "book")
    again: Any = {"trigger_id": payload(slack)["trigger_id"], "view": modal()}
    assert code(lambda: client.views_open(**again)) == "exchanged_trigger_id"
    assert code(lambda: client.views_open(trigger_id="1.2.x", view=modal())) == "invalid_trigger_id"


def test_a_trigger_lives_three_seconds(
    start: Callable[..., Playground], connect: Callable[[Playground], WebClient]
) -> None:
    slack = start(clock=ManualClock())
    slack.shortcut("maya", "new_book")
    slack.advance(3.1)
    late: Any = {"trigger_id": payload(slack)["trigger_id"], "view": modal()}
    assert code(lambda: connect(slack).views_open(**late)) == "expired_trigger_id"


@pytest.mark.parametrize(
    ("view", "problem"),
    [
        ({"title": plain("x" * 25)}, "must be less than 25 characters [json-pointer:/view/title/text]"),
        ({"submit": plain("x" * 25)}, "must be less than 25 characters [json-pointer:/view/submit/text]"),
        ({"submit": None}, "missing required field: submit [json-pointer:/view]"),
        ({"title": None}, "missing required field: title [json-pointer:/view]"),
        ({"private_metadata": "x" * 3001}, "must be less than 3001 characters [json-pointer:/view/private_metadata]"),
        ({"callback_id": "x" * 256}, "must be less than 256 characters [json-pointer:/view/callback_id]"),
        ({"blocks": [{"type": "divider"}] * 101}, "no more than 100 items allowed [json-pointer:/view/blocks]"),
        (
            {"blocks": [{"type": "markdown", "text": "a"}]},
            "unsupported type: markdown [json-pointer:/view/blocks/0/type]",
        ),
    ],
)
def test_a_modal_has_limits(slack: Playground, client: WebClient, view: dict[str, Any], problem: str) -> None:
    slack.shortcut("maya", "new_book")
    with pytest.raises(SlackApiError) as caught:
        client.views_open(trigger_id=payload(slack)["trigger_id"], view=modal(**view))
    assert caught.value.response["error"] == "invalid_arguments"
    assert f"[ERROR] {problem}" in caught.value.response["response_metadata"]["messages"]


def test_a_submission_carries_what_was_filled_in(slack: Playground, client: WebClient) -> None:
    view = opened(slack, client, private_metadata="shelf 3")
    slack.submit("maya", view, {"title": "Moby Dick"})
    sent = payload(slack)
    assert sent["view"]["state"]["values"] == {"book": {"title": {"type": "plain_text_input", "value": "Moby Dick"}}}
    assert (sent["view"]["private_metadata"], sent["view"]["callback_id"]) == ("shelf 3", "book")


def test_a_required_field_must_be_filled(slack: Playground, client: WebClient) -> None:
    view = opened(slack, client)
    with pytest.raises(Impossible, match="complete this required field"):
        slack.submit("maya", view)


def submitted(slack: Playground, app: Running, client: WebClient, **answer: Any) -> Any:
    def listeners(app: AsyncApp) -> None:
        @app.view("book")
        async def save(ack: Any) -> None:
            await ack(**answer)

    with app(slack, listeners):
        view = opened(slack, client)
        slack.submit("maya", view, {"title": "Moby Dick"}).wait()
    return view


def test_an_empty_answer_closes_the_modal(slack: Playground, app: Running, client: WebClient) -> None:
    submitted(slack, app, client)
    assert slack.views("maya") == []


def test_errors_keep_it_open(slack: Playground, app: Running, client: WebClient) -> None:
    view = submitted(slack, app, client, response_action="errors", errors={"book": "We have it."})
    assert (view.is_open, view.errors) == (True, {"book": "We have it."})


def test_an_update_replaces_it(slack: Playground, app: Running, client: WebClient) -> None:
    view = submitted(slack, app, client, response_action="update", view=modal(title=plain("Saved")))
    assert slack.views("maya") == [view]
    assert view.content["title"]["text"] == "Saved"


def test_a_push_lies_on_top_and_clear_takes_both_away(slack: Playground, app: Running, client: WebClient) -> None:
    view = submitted(slack, app, client, response_action="push", view=modal(title=plain("Sure?")))
    below, top = slack.views("maya")
    assert (below, top.previous, top.root) == (view, view.id, view.id)
    slack.close("maya", top, clear=True)
    assert slack.views("maya") == []


def test_a_bad_view_in_an_answer_is_trouble_for_the_person(slack: Playground, app: Running, client: WebClient) -> None:
    view = submitted(slack, app, client, response_action="update", view=modal(title=plain("x" * 25)))
    assert view.errors == {"": "We had some trouble connecting. Try again?"}


def test_three_modals_are_a_stack(slack: Playground, client: WebClient) -> None:
    link = {"type": "actions", "elements": [{"type": "button", "action_id": "more", "text": plain("More")}]}
    for _ in range(2):
        view = slack.views("maya")[-1] if slack.views("maya") else opened(slack, client, blocks=[link])
        slack.click("maya", view, "more")
        client.views_push(trigger_id=payload(slack)["trigger_id"], view=modal(blocks=[link]))
    slack.click("maya", slack.views("maya")[-1], "more")
    fourth: Any = {"trigger_id": payload(slack)["trigger_id"], "view": modal()}
    assert code(lambda: client.views_push(**fourth)) == "push_limit_reached"


def test_a_view_is_updated_only_as_it_was_seen(slack: Playground, client: WebClient) -> None:
    view = opened(slack, client)
    seen = view.hash
    client.views_update(view_id=view.id, hash=seen, view=modal(title=plain("Second")))
    stale: Any = {"view_id": view.id, "hash": seen, "view": modal(title=plain("Third"))}
    assert code(lambda: client.views_update(**stale)) == "hash_conflict"
    assert [each["title"]["text"] for each in view.versions] == ["New book"]


def test_closing_is_told_when_asked_for(slack: Playground, client: WebClient) -> None:
    assert slack.close("maya", opened(slack, client)) is None
    told = slack.close("maya", opened(slack, client, notify_on_close=True))
    assert told is not None
    assert (told.payload["type"], told.payload["is_cleared"]) == ("view_closed", False)


def test_the_home_is_published_per_person(slack: Playground, client: WebClient) -> None:
    maya = slack.workspace.member.id
    home: dict[str, Any] = {"type": "home", "blocks": [{"type": "divider"}]}
    view = client.views_publish(user_id=maya, view=home)["view"]
    client.views_publish(user_id=maya, view=home, hash=view["hash"])
    stale: Any = {"user_id": maya, "view": home, "hash": view["hash"]}
    assert code(lambda: client.views_publish(**stale)) == "hash_conflict"
    assert slack.home("maya") is not None
    assert slack.home("tomas") is None


def test_options_are_suggested_by_the_app(slack: Playground, app: Running, client: WebClient) -> None:
    select = {"type": "external_select", "action_id": "books", "min_query_length": 1}

    def listeners(app: AsyncApp) -> None:
        @app.options("books")
        async def books(ack: Any, payload: dict[str, Any]) -> None:
            await ack(options=[{"text": plain(payload["value"]), "value": "1"}])

    with app(slack, listeners):
        client.chat_postMessage(
            channel=slack.workspace.general.id, text="x", blocks=[{"type": "actions", "elements": [select]}]
        )
        answer = slack.suggest("maya", slack.messages("general")[-1], "books", "mo").wait()
    assert answer.response["options"][0]["text"]["text"] == "mo"


def test_without_interactivity_nothing_can_be_pressed(
    start: Callable[..., Playground], connect: Callable[[Playground], WebClient], manifest: Callable[..., Manifest]
) -> None:
    slack = start(
        Manifest.of({"display_information": {"name": "Quiet"}, "oauth_config": {"scopes": {"bot": ["chat:write"]}}})
    )
    connect(slack).chat_postMessage(channel=slack.workspace.general.id, text="x", blocks=BUTTONS)
    with pytest.raises(Impossible, match="not configured"):
        slack.click("maya", slack.messages("general")[-1], "open")
