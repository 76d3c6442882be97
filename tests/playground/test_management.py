"""What an app may do with channels, pins and messages that appear later."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.clock import ManualClock
from playground.manifest import Manifest
from playground.server import Playground

SCOPES = "channels:manage channels:read channels:history groups:write pins:read pins:write chat:write".split()
EVENTS = ["message.channels", "member_joined_channel", "channel_created", "channel_rename", "pin_added"]


@pytest.fixture
def slack(start: Callable[..., Playground], manifest: Callable[..., Manifest]) -> Playground:
    return start(manifest(scopes=SCOPES, events=EVENTS), clock=ManualClock())


def test_a_channel_is_made_named_filled_and_archived(slack: Playground, client: WebClient) -> None:
    channel: Any = client.conversations_create(name="ferries")["channel"]
    assert (channel["name"], channel["is_member"], channel["creator"]) == ("ferries", True, slack.bot_user)
    client.conversations_invite(channel=channel["id"], users=[slack.workspace.member.id])
    client.conversations_setTopic(channel=channel["id"], topic="Crossings")
    client.conversations_rename(channel=channel["id"], name="boats")
    client.conversations_kick(channel=channel["id"], user=slack.workspace.member.id)
    client.conversations_archive(channel=channel["id"])
    now: Any = client.conversations_info(channel=channel["id"])["channel"]
    assert (now["name"], now["topic"]["value"], now["is_archived"]) == ("boats", "Crossings", True)
    subtypes = [message.subtype for message in slack.messages("boats")]
    assert subtypes == ["channel_join", "channel_topic", "channel_name", "channel_leave", "channel_archive"]
    told = [each.event["type"] for each in slack.acks if each.event["type"] != "message"]
    assert told == ["channel_created", "member_joined_channel", "channel_rename"]


@pytest.mark.parametrize(
    ("name", "error"),
    [("General", "invalid_name_specials"), ("general", "name_taken"), ("x" * 81, "invalid_name_maxlength")],
)
def test_a_bad_name_is_refused(slack: Playground, client: WebClient, name: str, error: str) -> None:
    with pytest.raises(SlackApiError) as refused:
        client.conversations_create(name=name)
    assert refused.value.response["error"] == error


def test_a_private_channel_needs_its_own_scope(
    start: Callable[..., Playground], manifest: Callable[..., Manifest], connect: Callable[[Playground], WebClient]
) -> None:
    client = connect(start(manifest(scopes=["channels:manage"])))
    with pytest.raises(SlackApiError) as refused:
        client.conversations_create(name="secret", is_private=True)
    assert (refused.value.response["error"], refused.value.response["needed"]) == ("missing_scope", "groups:write")


def test_a_message_is_pinned_once(slack: Playground, client: WebClient) -> None:
    general = slack.workspace.general.id
    ts = slack.post("maya", "general", "keep this")
    client.pins_add(channel=general, timestamp=ts)
    with pytest.raises(SlackApiError, match="already_pinned"):
        client.pins_add(channel=general, timestamp=ts)
    (item,) = client.pins_list(channel=general)["items"]
    assert item["message"]["text"] == "keep this"
    assert slack.acks[-1].event["type"] == "pin_added"
    client.pins_remove(channel=general, timestamp=ts)
    assert client.pins_list(channel=general)["items"] == []


def test_a_scheduled_message_appears_when_its_time_has_come(slack: Playground, client: WebClient) -> None:
    general, now = slack.workspace.general.id, slack.clock.now()
    kept: Any = client.chat_scheduleMessage(channel=general, text="later", post_at=int(now + 100))
    dropped: Any = client.chat_scheduleMessage(channel=general, text="never", post_at=int(now + 50))
    client.chat_deleteScheduledMessage(channel=general, scheduled_message_id=dropped["scheduled_message_id"])
    waiting = client.chat_scheduledMessages_list()["scheduled_messages"]
    assert [each["id"] for each in waiting] == [kept["scheduled_message_id"]]
    assert slack.messages("general") == []
    slack.advance(101)
    slack.wait_for(lambda: slack.messages("general"))
    assert [message.text for message in slack.messages("general")] == ["later"]
    with pytest.raises(SlackApiError, match="time_in_past"):
        client.chat_scheduleMessage(channel=general, text="x", post_at=int(now))
