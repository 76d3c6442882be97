"""What an app in Socket Mode is told when people do something."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk import WebClient

from playground.delivery import Delivery
from playground.errors import Impossible
from playground.manifest import Manifest
from playground.server import Playground

Running = Callable[[Playground, Callable[[AsyncApp], None]], AbstractContextManager[AsyncApp]]


def listening(app: AsyncApp) -> None:
    """Acknowledge whatever comes."""

    @app.event("message")
    async def message() -> None: ...

    for event in ("app_mention", "app_home_opened", "member_joined_channel", "file_shared", "reaction_added"):
        app.event(event)(message)


def told(slack: Playground, kind: str = "") -> list[dict[str, Any]]:
    return [delivery.event for delivery in slack.acks if kind in ("", delivery.event.get("type"))]


def all_acked(slack: Playground) -> list[Delivery]:
    return slack.wait_for(lambda: slack.acks if slack.acks and all(each.acked for each in slack.acks) else None)


def test_a_mention_arrives_twice_with_two_event_ids(slack: Playground, app: Running) -> None:
    with app(slack, listening):
        ts = slack.post("maya", "general", f"<@{slack.bot_user}> what is it?")
        deliveries = all_acked(slack)
    assert {each.event["type"] for each in deliveries} == {"app_mention", "message"}
    assert {each.event["ts"] for each in deliveries} == {ts}
    assert len({each.id for each in deliveries}) == 2


def test_the_two_come_in_either_order(slack: Playground) -> None:
    for _ in range(20):
        slack.post("maya", "general", f"<@{slack.bot_user}> again")
    firsts = [event["type"] for event in told(slack)[::2]]
    assert set(firsts) == {"app_mention", "message"}


def test_the_payload_is_as_slack_sends_it(slack: Playground) -> None:
    ts = slack.post("maya", "general", "is 1 < 2 & true? https://x.example/a.")
    payload = slack.acks[0].payload
    workspace = slack.workspace
    assert payload["type"] == "event_callback"
    assert (payload["team_id"], payload["api_app_id"]) == (workspace.team.id, workspace.app_id)
    assert payload["event_id"].startswith("Ev")
    assert payload["authorizations"] == [
        {
            "enterprise_id": None,
            "team_id": workspace.team.id,
            "user_id": slack.bot_user,
            "is_bot": True,
            "is_enterprise_install": False,
        }
    ]
    event = payload["event"]
    assert event | {"blocks": [], "client_msg_id": ""} == {
        "type": "message",
        "channel": workspace.general.id,
        "channel_type": "channel",
        "user": workspace.member.id,
        "team": workspace.team.id,
        "text": "is 1 &lt; 2 &amp; true? <https://x.example/a>.",
        "ts": ts,
        "event_ts": ts,
        "blocks": [],
        "client_msg_id": "",
    }
    assert event["blocks"][0]["elements"][0]["elements"] == [
        {"type": "text", "text": "is 1 < 2 & true? "},
        {"type": "link", "url": "https://x.example/a"},
        {"type": "text", "text": "."},
    ]


def test_a_reply_names_its_thread_and_the_author_of_its_root(slack: Playground) -> None:
    root = slack.post("maya", "general", "root")
    slack.post("tomas", "general", "reply", thread_ts=root)
    event = told(slack)[-1]
    assert (event["thread_ts"], event["parent_user_id"]) == (root, slack.workspace.member.id)


@pytest.mark.parametrize(("name", "kind"), [("general", "channel"), ("desk-private", "group"), ("partners", "channel")])
def test_the_kind_of_channel_is_named(slack: Playground, name: str, kind: str) -> None:
    slack.post("maya", name, "hello")
    assert told(slack)[0]["channel_type"] == kind


def test_a_direct_message_is_never_a_mention(slack: Playground) -> None:
    slack.post("maya", slack.im("maya"), f"<@{slack.bot_user}> hello")
    assert [(event["type"], event["channel_type"]) for event in told(slack)] == [("message", "im")]


def test_in_a_group_conversation_it_is(slack: Playground) -> None:
    slack.post("maya", slack.workspace.group, f"<@{slack.bot_user}> hello")
    assert sorted((event["type"], event.get("channel_type")) for event in told(slack)) == [
        ("app_mention", "mpim"),
        ("message", "mpim"),
    ] or {event["type"] for event in told(slack)} == {"app_mention", "message"}


def test_what_happens_where_the_bot_is_not_is_not_told(slack: Playground) -> None:
    slack.post("maya", "random", f"<@{slack.bot_user}> hello")
    assert slack.acks == []


def test_a_guest_writes_only_where_they_are(slack: Playground) -> None:
    with pytest.raises(Impossible, match="not in this conversation"):
        slack.post("gus", "general", "hello")
    assert slack.post("gus", "partners", "hello")


def test_a_shared_channel_says_so(slack: Playground) -> None:
    slack.post("xenia", "partners", "hello")
    assert slack.acks[0].payload["is_ext_shared_channel"] is True
    assert told(slack)[0]["team"] == slack.workspace.other_team.id


def test_own_messages_come_back_with_the_bots_id(slack: Playground, client: WebClient) -> None:
    client.chat_postMessage(channel=slack.workspace.general.id, text="mine")
    event = told(slack)[0]
    assert (event["user"], event["bot_id"]) == (slack.bot_user, slack.workspace.bot.bot_id)


def test_an_edit_is_told_with_both_versions(slack: Playground) -> None:
    ts = slack.post("maya", "general", "before")
    slack.edit("maya", "general", ts, "after")
    event = told(slack)[-1]
    assert (event["subtype"], event["hidden"]) == ("message_changed", True)
    assert (event["message"]["text"], event["previous_message"]["text"]) == ("after", "before")
    assert event["message"]["edited"]["user"] == slack.workspace.member.id
    assert event["ts"] != ts == event["message"]["ts"]


def test_an_edit_of_a_mention_is_a_new_mention(slack: Playground) -> None:
    ts = slack.post("maya", "general", f"<@{slack.bot_user}> what is id?")
    slack.edit("maya", "general", ts, f"<@{slack.bot_user}> what is it?")
    first, second = told(slack, "app_mention")
    assert (first["ts"], second["ts"]) == (ts, ts)
    assert "edited" in second
    assert "edited" not in first


def test_a_deletion_is_told(slack: Playground) -> None:
    ts = slack.post("maya", "general", "oops")
    slack.delete("maya", "general", ts)
    event = told(slack)[-1]
    assert (event["subtype"], event["deleted_ts"]) == ("message_deleted", ts)
    assert event["previous_message"]["text"] == "oops"


def test_a_dropped_file_is_a_message_and_a_file_shared(slack: Playground) -> None:
    slack.post("maya", "general", "read this", files=[("notes.txt", b"The moon.")])
    message, shared = told(slack)
    assert (message["subtype"], message["files"][0]["name"]) == ("file_share", "notes.txt")
    assert message["files"][0]["size"] == 9
    assert (shared["type"], shared["file_id"]) == ("file_shared", message["files"][0]["id"])


def test_joining_and_leaving_are_told(slack: Playground) -> None:
    slack.invite("random", slack.bot_user, inviter="ada")
    slack.invite("random", "gus")
    slack.remove("random", "gus")
    joined, guest = told(slack, "member_joined_channel")
    assert (joined["user"], joined["inviter"]) == (slack.bot_user, slack.workspace.admin.id)
    assert guest["user"] == slack.workspace.guest.id
    assert told(slack, "member_left_channel")[0]["user"] == slack.workspace.guest.id


def test_a_reaction_is_told_with_what_it_is_on(slack: Playground) -> None:
    ts = slack.post("maya", "general", "nice")
    slack.react("tomas", "general", ts, "tada")
    event = told(slack, "reaction_added")[0]
    assert event["item"] == {"type": "message", "channel": slack.workspace.general.id, "ts": ts}


def test_opening_the_home_is_told_with_its_tab(slack: Playground) -> None:
    entities = [{"type": "slack#/types/channel_id", "value": slack.workspace.general.id, "team_id": slack.team.id}]
    slack.open_home("maya")
    slack.open_home("maya", "messages", entities)
    home, messages = told(slack, "app_home_opened")
    assert (home["tab"], home["channel"]) == ("home", slack.im("maya").id)
    assert messages["context"] == {"entities": entities}


def test_looking_elsewhere_is_told_to_the_agent(slack: Playground) -> None:
    entities = [{"type": "slack#/types/channel_id", "value": slack.workspace.general.id, "team_id": slack.team.id}]
    slack.look_at("maya", entities)
    slack.look_at("maya", [])
    assert [event["context"] for event in told(slack, "app_context_changed")] == [{"entities": entities}, {}]


def test_a_coroutine_waits_without_blocking_its_loop(slack: Playground) -> None:
    async def wait() -> str:
        waiting = asyncio.ensure_future(slack.eventually(lambda: slack.messages("general")))
        await asyncio.to_thread(slack.post, "maya", "general", "hello")
        return (await waiting)[0].text

    assert asyncio.run(wait()) == "hello"


def test_waiting_in_vain_ends_with_the_state_as_text(slack: Playground) -> None:
    slack.post("maya", "general", "hello")
    with pytest.raises(TimeoutError, match="maya: hello"):
        slack.wait_for(lambda: False, timeout=0.05)


def test_only_what_the_manifest_subscribes_to_is_sent(
    start: Callable[..., Playground], manifest: Callable[..., Manifest]
) -> None:
    slack = start(manifest(events=["app_mention", "message.im"], scopes=["app_mentions:read"]))
    slack.post("maya", "general", f"<@{slack.bot_user}> hello")
    slack.post("maya", slack.im("maya"), "hello")
    assert [event["type"] for event in told(slack)] == ["app_mention"]
    assert {(each.event, each.reason) for each in slack.withheld} == {
        ("message.channels", "not_subscribed"),
        ("message.im", "missing_scope"),
    }


def test_an_uninstalled_app_hears_of_it_and_nothing_after(slack: Playground) -> None:
    slack.uninstall()
    slack.post("maya", "general", "hello?")
    assert [event["type"] for event in told(slack)] == ["tokens_revoked", "app_uninstalled"]


def test_the_legacy_pane_starts_a_thread(start: Callable[..., Playground], manifest: Callable[..., Manifest]) -> None:
    slack = start(
        manifest(events=["assistant_thread_started", "message.im"], assistant_view={"assistant_description": "Asks."})
    )
    ts = slack.open_assistant_thread("maya", viewing="general")
    slack.post("maya", slack.im("maya"), "hello", thread_ts=ts)
    started, message = told(slack)
    assert started["assistant_thread"]["thread_ts"] == message["thread_ts"] == ts
    assert started["assistant_thread"]["context"]["channel_id"] == slack.workspace.general.id
