"""A streamed message: its states, its caps, and how it ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.clock import ManualClock
from playground.manifest import Manifest
from playground.server import Playground


def code(work: Callable[[], object]) -> str:
    with pytest.raises(SlackApiError) as caught:
        work()
    return str(caught.value.response["error"])


def chunk(text: str) -> dict[str, str]:
    return {"type": "markdown_text", "text": text}


@pytest.fixture
def question(slack: Playground) -> dict[str, Any]:
    """Where an answer to Maya's question in #general is streamed."""
    ts = slack.post("maya", "general", "What is it?")
    return {
        "channel": slack.workspace.general.id,
        "thread_ts": ts,
        "recipient_user_id": slack.workspace.member.id,
        "recipient_team_id": slack.team.id,
    }


def test_the_sdks_stream_arrives_whole_in_frames(
    slack: Playground, client: WebClient, question: dict[str, Any]
) -> None:
    stream = client.chat_stream(buffer_size=1, **question)
    stream.append(markdown_text="One. ")
    stream.append(markdown_text="Two. ")
    stream.stop(markdown_text="Three.", blocks=[{"type": "divider"}])
    message = slack.messages("general", question["thread_ts"])[-1]
    assert [frame.text for frame in message.frames] == ["One. ", "One. Two. ", "One. Two. Three."]
    assert [block["type"] for block in message.blocks] == ["markdown", "divider"]
    assert message.stream is not None
    assert message.stream.state == "stopped"


def test_markdown_text_and_chunks_are_two_ways_to_say_it(
    slack: Playground, client: WebClient, question: dict[str, Any]
) -> None:
    ts = client.chat_startStream(markdown_text="a", **question)["ts"]
    client.chat_appendStream(channel=question["channel"], ts=ts, chunks=[chunk("b")])
    client.chat_appendStream(channel=question["channel"], ts=ts, markdown_text="c")
    assert slack.message("general", ts).text == "abc"
    both: Any = {"channel": question["channel"], "ts": ts, "markdown_text": "d", "chunks": [chunk("e")]}
    assert code(lambda: client.chat_appendStream(**both)) == "cannot_provide_both_markdown_text_and_chunks"


@pytest.mark.parametrize("missing", ["recipient_user_id", "recipient_team_id"])
def test_in_a_channel_the_recipient_must_be_named(client: WebClient, question: dict[str, Any], missing: str) -> None:
    del question[missing]
    assert code(lambda: client.chat_startStream(**question)) == f"missing_{missing}"


def test_in_a_direct_conversation_it_need_not(slack: Playground, client: WebClient) -> None:
    im = slack.im("maya").id
    ts = slack.post("maya", im, "hello")
    assert client.chat_startStream(channel=im, thread_ts=ts, markdown_text="hi")["ok"]


def test_it_holds_twelve_thousand_characters_in_all(
    slack: Playground, client: WebClient, question: dict[str, Any]
) -> None:
    channel, ts = question["channel"], client.chat_startStream(markdown_text="x" * 11_990, **question)["ts"]
    too_much: Any = {"channel": channel, "ts": ts, "chunks": [chunk("y" * 11)]}
    assert code(lambda: client.chat_appendStream(**too_much)) == "msg_too_long"
    client.chat_appendStream(channel=channel, ts=ts, chunks=[chunk("y" * 10)])
    assert code(lambda: client.chat_stopStream(**too_much)) == "msg_too_long"
    assert client.chat_stopStream(channel=channel, ts=ts)["message"]["text"] == "x" * 11_990 + "y" * 10


def test_after_five_minutes_it_is_dead_and_can_be_updated(
    start: Callable[..., Playground], connect: Callable[[Playground], WebClient]
) -> None:
    slack = start(clock=ManualClock())
    client, im = connect(slack), slack.im("maya").id
    ts = client.chat_startStream(channel=im, thread_ts=slack.post("maya", im, "?"), markdown_text="a")["ts"]
    slack.advance(299)
    client.chat_appendStream(channel=im, ts=ts, markdown_text="b")
    assert code(lambda: client.chat_update(channel=im, ts=ts, text="c")) == "streaming_state_conflict"
    slack.advance(2)
    append: Any = {"channel": im, "ts": ts, "markdown_text": "c"}
    assert code(lambda: client.chat_appendStream(**append)) == "message_not_in_streaming_state"
    assert code(lambda: client.chat_stopStream(channel=im, ts=ts)) == "message_not_in_streaming_state"
    client.chat_update(channel=im, ts=ts, text="whole")
    assert slack.message(im, ts).text == "whole"


def test_a_stopped_stream_takes_no_more(client: WebClient, question: dict[str, Any]) -> None:
    channel, ts = question["channel"], client.chat_startStream(markdown_text="a", **question)["ts"]
    client.chat_stopStream(channel=channel, ts=ts)
    append: Any = {"channel": channel, "ts": ts, "markdown_text": "b"}
    assert code(lambda: client.chat_appendStream(**append)) == "message_not_in_streaming_state"


def test_the_stop_button_stops_it_and_tells_the_app(
    slack: Playground, client: WebClient, question: dict[str, Any]
) -> None:
    channel, ts = question["channel"], client.chat_startStream(markdown_text="a", is_stoppable=True, **question)["ts"]
    slack.stop_agent("maya", "general", question["thread_ts"])
    append: Any = {"channel": channel, "ts": ts, "markdown_text": "b"}
    assert code(lambda: client.chat_appendStream(**append)) == "stopped_by_user"
    event = slack.acks[-1].event
    assert event == {
        "type": "agent_session_stopped",
        "channel": channel,
        "thread_ts": question["thread_ts"],
        "user": slack.workspace.member.id,
        "streaming_message_ts": [ts],
        "event_ts": event["event_ts"],
    }


def test_being_stoppable_needs_the_subscription(
    start: Callable[..., Playground], manifest: Callable[..., Manifest], connect: Callable[[Playground], WebClient]
) -> None:
    slack = start(manifest(events=["message.im"]))
    im = slack.im("maya").id
    stream: Any = {"channel": im, "thread_ts": slack.post("maya", im, "?"), "is_stoppable": True}
    assert code(lambda: connect(slack).chat_startStream(**stream)) == "not_subscribed_to_message_stream_stopped"


def test_steps_are_tasks_of_a_plan(slack: Playground, client: WebClient, question: dict[str, Any]) -> None:
    task = {"type": "task_update", "id": "1", "title": "Searching"}
    chunks: list[dict[str, Any]] = [{"type": "plan_update", "title": "Looking"}, {**task, "status": "in_progress"}]
    ts = client.chat_startStream(chunks=chunks, **question)["ts"]
    client.chat_appendStream(
        channel=question["channel"], ts=ts, chunks=[{**task, "status": "complete"}, chunk("Found.")]
    )
    plan, text = slack.message("general", ts).blocks
    assert plan["tasks"] == [{"type": "task_card", "task_id": "1", "title": "Searching", "status": "complete"}]
    assert text["text"] == "Found."


def test_a_chunk_that_is_none_is_refused(client: WebClient, question: dict[str, Any]) -> None:
    assert code(lambda: client.chat_startStream(chunks=[{"type": "song"}], **question)) == "invalid_chunks"


def test_fifty_blocks_close_it(client: WebClient, question: dict[str, Any]) -> None:
    channel, ts = question["channel"], client.chat_startStream(markdown_text="a", **question)["ts"]
    closing: Any = {"channel": channel, "ts": ts, "blocks": [{"type": "divider"}] * 51}
    assert code(lambda: client.chat_stopStream(**closing)) == "msg_blocks_too_many"
    assert client.chat_stopStream(channel=channel, ts=ts, blocks=[{"type": "divider"}] * 50)["ok"]


def test_only_the_first_message_ends_the_status(slack: Playground, client: WebClient, question: dict[str, Any]) -> None:
    where: Any = {"channel_id": question["channel"], "thread_ts": question["thread_ts"]}
    client.assistant_threads_setStatus(status="is reading…", loading_messages=["Opening the books"], **where)
    thread = slack.thread("general", question["thread_ts"])
    assert (thread.status, thread.loading_messages) == ("is reading…", ["Opening the books"])
    client.chat_startStream(markdown_text="a", **question)
    assert (thread.status, thread.statuses) == ("", ["is reading…", ""])


def test_a_session_is_processing_while_something_is_written(
    slack: Playground, client: WebClient, question: dict[str, Any]
) -> None:
    channel, thread = question["channel"], slack.thread("general", question["thread_ts"])
    where: Any = {"channel_id": channel, "thread_ts": question["thread_ts"]}
    client.assistant_threads_setStatus(status="is reading…", **where)
    states = [thread.session]
    client.assistant_threads_setStatus(status="", **where)
    states.append(thread.session)
    ts = client.chat_startStream(markdown_text="a", **question)["ts"]
    states.append(thread.session)
    client.chat_stopStream(channel=channel, ts=ts)
    assert [*states, thread.session] == ["processing", "active", "processing", "active"]


def test_in_plan_mode_tasks_stand_together(slack: Playground, client: WebClient) -> None:
    ts = slack.post("maya", "general", "?")
    stream = client.chat_startStream(
        channel=slack.workspace.general.id,
        thread_ts=ts,
        recipient_team_id=slack.team.id,
        recipient_user_id=slack.workspace.member.id,
        task_display_mode="plan",
        chunks=[
            {"type": "task_update", "id": name, "title": name, "status": "in_progress"} for name in ("look", "read")
        ],
    )
    (plan,) = slack.message("general", str(stream["ts"])).blocks
    assert (plan["type"], [task["title"] for task in plan["tasks"]]) == ("plan", ["look", "read"])
