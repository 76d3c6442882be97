"""Block Kit's limits, and the words in which Slack reports them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.server import Playground


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "hi", **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(text: str = "Go", **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": "go", "text": plain(text), **more}


def cell(text: str) -> dict[str, Any]:
    return {"type": "raw_text", "text": text}


def post(slack: Playground, client: WebClient, *blocks: Any) -> dict[str, Any]:
    try:
        answer = client.chat_postMessage(channel=slack.workspace.general.id, text="x", blocks=list(blocks))
    except SlackApiError as error:
        answer = error.response
    data: dict[str, Any] = answer.data  # type: ignore[assignment]
    return data


def test_a_long_section_is_refused_in_slacks_words(slack: Playground, client: WebClient) -> None:
    problems = [
        "failed to match all allowed schemas [json-pointer:/blocks/0/text]",
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ]
    assert post(slack, client, section("x" * 3001)) == {
        "ok": False,
        "error": "invalid_blocks",
        "errors": problems,
        "response_metadata": {"messages": [f"[ERROR] {problem}" for problem in problems]},
    }


@pytest.mark.parametrize(
    "block",
    [
        section("x" * 3000, accessory=button()),
        {"type": "section", "fields": [mrkdwn("x" * 1000)] * 10},
        {"type": "header", "text": plain("x" * 150)},
        {"type": "context", "elements": [mrkdwn("a")] * 10},
        {"type": "divider", "block_id": "x" * 255},
        {"type": "image", "image_url": "https://x.example/a.png", "alt_text": "a"},
        {"type": "actions", "elements": [button(action_id=str(n)) for n in range(25)]},
        {"type": "actions", "elements": [button("x" * 75, value="x" * 2000, style="primary", url="https://x.example")]},
        {"type": "markdown", "text": "x" * 12_000},
        {"type": "table", "rows": [[cell("a")] * 20] * 100},
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]},
        {"type": "task_card", "task_id": "1", "title": "Search", "status": "complete"},
        {"type": "plan", "title": "Steps", "tasks": [{"type": "task_card", "task_id": "1", "title": "Search"}]},
        {
            "type": "context_actions",
            "elements": [
                {
                    "type": "feedback_buttons",
                    "action_id": "f",
                    "positive_button": {"text": plain("Good"), "value": "+"},
                    "negative_button": {"text": plain("Bad"), "value": "-"},
                },
                {"type": "icon_button", "icon": "trash", "text": plain("Delete"), "action_id": "d"},
            ],
        },
        {
            "type": "actions",
            "elements": [
                {
                    "type": "static_select",
                    "action_id": "s",
                    "placeholder": plain("Choose"),
                    "options": [{"text": plain("x" * 75), "value": "x" * 150}] * 100,
                }
            ],
        },
    ],
    ids=lambda block: block["type"],
)
def test_what_is_within_the_limits_is_taken(slack: Playground, client: WebClient, block: dict[str, Any]) -> None:
    assert post(slack, client, block)["ok"]


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        ({"type": "poem"}, "unsupported type: poem [json-pointer:/blocks/0/type]"),
        ({"text": plain("a")}, "missing required field: type [json-pointer:/blocks/0]"),
        ({"type": "section"}, "missing required field: text or fields [json-pointer:/blocks/0]"),
        (section(color="red"), "invalid additional property: color [json-pointer:/blocks/0]"),
        (section(""), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
        (
            {"type": "section", "fields": [mrkdwn("a")] * 11},
            "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
        ),
        (
            {"type": "header", "text": plain("x" * 151)},
            "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
        ),
        ({"type": "header", "text": mrkdwn("a")}, "must be one of: plain_text [json-pointer:/blocks/0/text/type]"),
        (
            {"type": "context", "elements": [mrkdwn("a")] * 11},
            "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
        ),
        ({"type": "actions", "elements": []}, "no less than 1 items allowed [json-pointer:/blocks/0/elements]"),
        (
            {"type": "actions", "elements": [button(action_id=str(n)) for n in range(26)]},
            "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
        ),
        (
            {"type": "actions", "elements": [button("x" * 76)]},
            "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
        ),
        (
            {"type": "actions", "elements": [button(value="x" * 2001)]},
            "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
        ),
        (
            {"type": "actions", "elements": [button(url="nowhere")]},
            "must be a valid URL [json-pointer:/blocks/0/elements/0/url]",
        ),
        (
            {"type": "actions", "elements": [button(style="loud")]},
            "must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]",
        ),
        (
            {"type": "actions", "elements": [button(), button()]},
            '`action_id` "go" already exists for this block [json-pointer:/blocks/0]',
        ),
        (
            {"type": "markdown", "text": "x" * 12_001},
            "must be less than 12001 characters [json-pointer:/blocks/0/text]",
        ),
        (
            {"type": "table", "rows": [[cell("a")]] * 101},
            "no more than 100 items allowed [json-pointer:/blocks/0/rows]",
        ),
        (
            {"type": "divider", "block_id": "x" * 256},
            "must be less than 256 characters [json-pointer:/blocks/0/block_id]",
        ),
        (
            {"type": "context_actions", "elements": [button()]},
            "unsupported type: button [json-pointer:/blocks/0/elements/0/type]",
        ),
    ],
)
def test_what_is_not_is_refused(slack: Playground, client: WebClient, block: dict[str, Any], problem: str) -> None:
    answer = post(slack, client, block)
    assert answer["error"] == "invalid_blocks"
    assert problem in answer["errors"]


def test_a_message_takes_fifty_blocks(slack: Playground, client: WebClient) -> None:
    assert post(slack, client, *[{"type": "divider"}] * 50)["ok"]
    answer = post(slack, client, *[{"type": "divider"}] * 51)
    assert answer["errors"] == ["no more than 50 items allowed [json-pointer:/blocks]"]


def test_markdown_is_limited_over_the_whole_message(slack: Playground, client: WebClient) -> None:
    half = {"type": "markdown", "text": "x" * 6000}
    assert post(slack, client, half, half)["ok"]
    assert post(slack, client, half, half, {"type": "markdown", "text": "x"})["error"] == "msg_blocks_too_long"


def test_all_blocks_together_are_limited(slack: Playground, client: WebClient) -> None:
    assert post(slack, client, *[section("x" * 3000)] * 4)["ok"]
    assert post(slack, client, *[section("x" * 3000)] * 5)["error"] == "msg_blocks_too_long"


def test_one_table_is_enough(slack: Playground, client: WebClient) -> None:
    table = {"type": "table", "rows": [[cell("a")]]}
    assert post(slack, client, table, table)["error"] == "invalid_attachments"


def test_a_block_id_is_unique_and_given_where_it_is_missing(slack: Playground, client: WebClient) -> None:
    assert post(slack, client, section(block_id="a"), section(block_id="a"))["error"] == "invalid_blocks"
    shown = post(slack, client, section(block_id="a"), section())["message"]["blocks"]
    assert shown[0]["block_id"] == "a"
    assert len(shown[1]["block_id"]) == 5


def test_the_text_of_a_message_of_blocks_alone_comes_from_them(slack: Playground, client: WebClient) -> None:
    answer = client.api_call(
        "chat.postMessage", json={"channel": slack.workspace.general.id, "blocks": [section("*a*")]}
    )
    assert answer["message"]["text"] == "*a*"


def test_a_table_has_no_empty_cell(slack: Playground, client: WebClient) -> None:
    answer = post(slack, client, {"type": "table", "rows": [[cell("")]]})
    assert "must be more than 0 characters [json-pointer:/blocks/0/rows/0/0/text]" in answer["errors"]


def test_blocks_in_attachments_are_checked_too(slack: Playground, client: WebClient) -> None:
    attachments = [{"blocks": [section("x" * 3001)]}]
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=slack.workspace.general.id, text="x", attachments=attachments)
    assert caught.value.response["error"] == "invalid_attachments"
    pointer = "[json-pointer:/attachments/0/blocks/0/text/text]"
    assert f"must be less than 3001 characters {pointer}" in caught.value.response["errors"]


def test_blocks_can_be_validated_without_posting(client: WebClient) -> None:
    assert client.blocks_validate(blocks=[section()])["ok"]
    with pytest.raises(SlackApiError) as caught:
        client.blocks_validate(blocks=[{"type": "section", "text": {"type": "invalid", "text": "a"}}])
    assert caught.value.response["errors"][-1] == {
        "code": "failed_constraint",
        "message": "must be one of: plain_text, mrkdwn",
        "pointer": "/0/text/type",
    }


def test_a_picture_that_is_a_file_must_be_there_processed_and_a_picture(slack: Playground, client: WebClient) -> None:
    def uploaded(name: str) -> str:
        place = client.files_getUploadURLExternal(filename=name, length=3)
        httpx.post(str(place["upload_url"]), content=b"abc").raise_for_status()
        client.files_completeUploadExternal(files=[{"id": place["file_id"]}])
        return str(place["file_id"])

    def shown(id: str) -> dict[str, Any]:
        return post(slack, client, {"type": "image", "alt_text": "a chart", "slack_file": {"id": id}})

    picture, text = uploaded("chart.png"), uploaded("notes.txt")
    slack.workspace.files[picture].ready_at = slack.clock.now() + 3600
    told = shown(picture)
    assert (told["error"], told["errors"]) == (
        "invalid_blocks",
        ["invalid slack file [json-pointer:/blocks/0/slack_file]"],
    )
    assert client.files_info(file=picture)["file"]["mimetype"] == ""
    slack.workspace.files[picture].ready_at = slack.workspace.files[text].ready_at = 0.0
    assert client.files_info(file=picture)["file"]["mimetype"] == "image/png"
    assert shown(picture)["ok"]
    assert not shown(text)["ok"]
    assert not shown("F000000000")["ok"]
    client.files_delete(file=picture)
    assert not shown(picture)["ok"]


def rich(*elements: Any) -> dict[str, Any]:
    return {"type": "rich_text", "elements": list(elements)}


def line(**piece: Any) -> dict[str, Any]:
    return rich({"type": "rich_text_section", "elements": [piece]})


def choice(kind: str, first: str, **more: Any) -> dict[str, Any]:
    options = [{"text": plain(each), "value": each} for each in ("red", "blue", "green")]
    chosen = options[2] if first == "green" else {"text": plain(first), "value": first}
    return section(
        accessory={"type": kind, "action_id": "go", "options": options[:2], "initial_option": chosen, **more}
    )


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        (line(type="text", text=""), "must be more than 0 characters"),
        (line(type="text", text="x", style={"blink": True}), "invalid additional property: blink"),
        (line(type="text", text="x", style={"bold": 1}), "must be a boolean"),
        (line(type="link", text="x"), "missing required field: url"),
        (line(type="link", url="nowhere"), "must be a valid URL"),
        (line(type="broadcast", range="all"), "must be one of: here, channel, everyone"),
        (line(type="button", text="x"), "unsupported type: button"),
        (rich({"type": "rich_text_list", "elements": []}), "missing required field: style"),
        (rich({"type": "rich_text_list", "style": "bullet", "elements": [{"type": "text"}]}), "unsupported type: text"),
        (rich({"type": "rich_text_preformatted", "elements": [{"type": "user", "user_id": "U1"}]}), "unsupported type"),
        (choice("static_select", "green"), "must exactly match one of the options"),
        (choice("radio_buttons", "green"), "must exactly match one of the options"),
    ],
)
def test_what_rich_text_and_choices_may_not_hold_is_refused(
    slack: Playground, client: WebClient, block: dict[str, Any], problem: str
) -> None:
    answer = post(slack, client, block)
    assert answer["error"] == "invalid_blocks"
    assert any(problem in each for each in answer["errors"]), answer["errors"]


@pytest.mark.parametrize("kinds", [{}, {"include": ["everything"]}, {"exclude_bot_users": "yes"}])
def test_a_filter_of_conversations_says_which(slack: Playground, client: WebClient, kinds: dict[str, Any]) -> None:
    menu = {"type": "conversations_select", "action_id": "go", "filter": kinds}
    assert post(slack, client, section(accessory=menu))["error"] == "invalid_blocks"
    fine = menu | {"filter": {"include": ["public", "private"], "exclude_bot_users": True}}
    assert post(slack, client, section(accessory=fine))["ok"]


def test_every_piece_of_rich_text_is_taken(slack: Playground, client: WebClient) -> None:
    pieces = [
        {"type": "text", "text": "x", "style": {"bold": True, "strike": True}},
        {"type": "link", "url": "https://example.com/a", "text": "a", "style": {"italic": True}},
        {"type": "emoji", "name": "wave", "unicode": "1f44b"},
        {"type": "channel", "channel_id": slack.workspace.general.id},
        {"type": "user", "user_id": slack.workspace.member.id, "style": {"highlight": True}},
        {"type": "date", "timestamp": 1720710212, "format": "{date_num} at {time}", "fallback": "a day"},
        {"type": "color", "value": "#F405B3"},
    ]
    lines = [{"type": "rich_text_section", "elements": pieces}]
    numbered = {"type": "rich_text_list", "style": "ordered", "indent": 1, "offset": 2, "border": 1, "elements": lines}
    block = rich(*lines, numbered, {"type": "rich_text_quote", "elements": pieces[:2]})
    assert post(slack, client, block)["ok"]
    assert post(slack, client, choice("static_select", "blue"))["ok"]
