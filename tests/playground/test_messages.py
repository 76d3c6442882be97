"""chat.*: what may be posted, changed and taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.server import Playground


def code(work: Callable[[], object]) -> str:
    with pytest.raises(SlackApiError) as caught:
        work()
    return str(caught.value.response["error"])


def test_a_message_is_answered_as_slack_answers(slack: Playground, client: WebClient) -> None:
    answer = client.chat_postMessage(channel=slack.workspace.general.id, text="hello")
    message = answer["message"]
    assert (answer["channel"], answer["ts"]) == (slack.workspace.general.id, message["ts"])
    assert message["type"] == "message"
    assert message["bot_id"] == slack.workspace.bot.bot_id
    assert message["app_id"] == slack.workspace.app_id
    assert message["bot_profile"]["name"] == "Librarian"
    assert "subtype" not in message


def test_nothing_to_say_is_no_text(slack: Playground, client: WebClient) -> None:
    silent = {"channel": slack.workspace.general.id, "text": "  "}
    assert code(lambda: client.api_call("chat.postMessage", json=silent)) == "no_text"


def test_very_long_text_is_cut_with_a_warning(slack: Playground, client: WebClient) -> None:
    answer = client.chat_postMessage(channel=slack.workspace.general.id, text="x" * 40_001)
    assert len(slack.messages("general")[0].text) == 40_000
    assert answer["response_metadata"]["warnings"] == ["message_truncated"]


def test_an_update_takes_less_text_than_a_post(slack: Playground, client: WebClient) -> None:
    general = slack.workspace.general.id
    ts = client.chat_postMessage(channel=general, text="x" * 5000)["ts"]
    assert code(lambda: client.chat_update(channel=general, ts=ts, text="x" * 4001)) == "msg_too_long"
    assert client.chat_update(channel=general, ts=ts, text="x" * 4000)["ok"]


def test_markdown_text_stands_alone_and_is_limited(slack: Playground, client: WebClient) -> None:
    general = slack.workspace.general.id
    both: Any = {"channel": general, "markdown_text": "a", "text": "b"}
    assert code(lambda: client.chat_postMessage(**both)) == "markdown_text_conflict"
    assert code(lambda: client.chat_postMessage(channel=general, markdown_text="x" * 12_001)) == "msg_too_long"
    client.chat_postMessage(channel=general, markdown_text="**bold**")
    assert slack.messages("general")[-1].blocks[0]["type"] == "markdown"


def test_a_user_id_is_their_direct_conversation(slack: Playground, client: WebClient) -> None:
    answer = client.chat_postMessage(channel=slack.workspace.member.id, text="hello you")
    assert answer["channel"] == slack.im("maya").id


def test_a_reply_to_a_reply_lands_in_its_thread(slack: Playground, client: WebClient) -> None:
    root = slack.post("maya", "general", "root")
    reply = slack.post("tomas", "general", "reply", thread_ts=root)
    answer = client.chat_postMessage(channel=slack.workspace.general.id, text="me too", thread_ts=reply)
    assert answer["message"]["thread_ts"] == root
    assert [m.text for m in slack.messages("general", root)] == ["root", "reply", "me too"]


def test_a_reply_to_a_deleted_message_is_posted_without_its_thread(slack: Playground, client: WebClient) -> None:
    root = slack.post("maya", "general", "root")
    slack.delete("maya", "general", root)
    answer = client.chat_postMessage(channel=slack.workspace.general.id, text="late", thread_ts=root)
    assert "thread_ts" not in answer["message"]


def test_a_broadcast_reply_shows_in_the_channel_too(slack: Playground, client: WebClient) -> None:
    general, root = slack.workspace.general.id, slack.post("maya", "general", "root")
    client.chat_postMessage(channel=general, text="for all", thread_ts=root, reply_broadcast=True)
    history = client.conversations_history(channel=general)["messages"]
    assert [(m["text"], m.get("subtype")) for m in history] == [("for all", "thread_broadcast"), ("root", None)]


def test_only_own_messages_can_be_changed(slack: Playground, client: WebClient) -> None:
    general, ts = slack.workspace.general.id, slack.post("maya", "general", "mine")
    assert code(lambda: client.chat_update(channel=general, ts=ts, text="yours")) == "cant_update_message"
    assert code(lambda: client.chat_delete(channel=general, ts=ts)) == "cant_delete_message"
    assert code(lambda: client.chat_delete(channel=general, ts="1.000000")) == "message_not_found"


def test_an_update_keeps_every_frame(slack: Playground, client: WebClient) -> None:
    general = slack.workspace.general.id
    ts = client.chat_postMessage(channel=general, text="one")["ts"]
    client.chat_update(channel=general, ts=ts, text="two")
    message = slack.message("general", ts)
    assert [frame.text for frame in message.frames] == ["one", "two"]
    assert message.edited is not None


def test_text_alone_takes_the_blocks_away(slack: Playground, client: WebClient) -> None:
    general = slack.workspace.general.id
    ts = client.chat_postMessage(channel=general, text="one", blocks=[{"type": "divider"}])["ts"]
    client.chat_update(channel=general, ts=ts, text="two")
    assert slack.message("general", ts).blocks == []


def test_metadata_stays_until_it_is_emptied(slack: Playground, client: WebClient) -> None:
    general, kept = slack.workspace.general.id, {"event_type": "asked", "event_payload": {"id": "7"}}
    ts = client.chat_postMessage(channel=general, text="one", metadata=kept)["ts"]
    client.chat_update(channel=general, ts=ts, text="two")
    shown = client.conversations_history(channel=general, include_all_metadata=True)["messages"][0]
    assert shown["metadata"] == kept
    assert "metadata" not in client.conversations_history(channel=general)["messages"][0]
    client.chat_update(channel=general, ts=ts, text="three", metadata={})
    assert slack.message("general", ts).metadata is None


def test_a_deleted_root_with_replies_leaves_a_tombstone(slack: Playground, client: WebClient) -> None:
    general = slack.workspace.general.id
    ts = client.chat_postMessage(channel=general, text="root")["ts"]
    slack.post("maya", "general", "reply", thread_ts=ts)
    client.chat_delete(channel=general, ts=ts)
    left = client.conversations_replies(channel=general, ts=ts)["messages"]
    assert [(m["user"], m.get("subtype")) for m in left] == [
        ("USLACKBOT", "tombstone"),
        (slack.workspace.member.id, None),
    ]


def test_an_ephemeral_message_is_for_one_member_and_leaves_no_trace(slack: Playground, client: WebClient) -> None:
    general, maya = slack.workspace.general.id, slack.workspace.member.id
    client.chat_postEphemeral(channel=general, user=maya, text="psst")
    assert [m.ephemeral_for for m in slack.messages("general")] == [maya]
    assert client.conversations_history(channel=general)["messages"] == []
    gus = slack.workspace.guest.id
    assert code(lambda: client.chat_postEphemeral(channel=general, user=gus, text="psst")) == "user_not_in_channel"


def test_unfurling_is_on_record(slack: Playground, client: WebClient) -> None:
    general = slack.workspace.general.id
    client.chat_postMessage(channel=general, text="a")
    client.chat_postMessage(channel=general, text="b", unfurl_links=False, unfurl_media=False)
    first, second = slack.messages("general")
    assert (first.unfurl_media, second.unfurl_links, second.unfurl_media) == (True, False, False)


def test_a_permalink_names_the_thread(slack: Playground, client: WebClient) -> None:
    general, root = slack.workspace.general.id, slack.post("maya", "general", "root")
    reply = slack.post("maya", "general", "reply", thread_ts=root)
    link = client.chat_getPermalink(channel=general, message_ts=reply)["permalink"]
    assert link == f"{slack.url}/archives/{general}/p{reply.replace('.', '')}?thread_ts={root}&cid={general}"


def test_another_name_needs_its_scope(slack: Playground, client: WebClient) -> None:
    general = slack.workspace.general.id
    assert code(lambda: client.chat_postMessage(channel=general, text="a", username="Boss")) == "missing_scope"


def test_a_turned_off_messages_tab_takes_no_messages(
    start: Callable[..., Playground], manifest: Callable[..., Any], connect: Callable[[Playground], WebClient]
) -> None:
    slack = start(manifest(app_home={"home_tab_enabled": True, "messages_tab_enabled": False}))
    posting = connect(slack).chat_postMessage
    assert code(lambda: posting(channel=slack.workspace.member.id, text="hi")) == "messages_tab_disabled"
