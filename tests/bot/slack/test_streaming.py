"""What people see while an answer is made, and that it is whole in the end whatever becomes of the stream."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from bot.values import Note
from vectorstore.schema import answers

QUOTE = "The ferry to Skarn was cancelled on Monday."
SECOND = "Crossings began again a day later."
ASKED = "tell me slowly about the ferry"


@pytest.fixture
def quick(start: Callable[..., Any]) -> Callable[..., Any]:
    """The app, streaming at once instead of after 0.8 seconds."""

    def begin(**changes: Any) -> Any:
        return start(**({"stream_after": 0.05, "stream_pause": 0.05} | changes))

    return begin


def asked(footnote: Any, channel: Any = "general", text: str = ASKED) -> str:
    where = footnote.slack.workspace.channel(channel)
    said = text if where.kind == "im" else footnote.at(text)
    return str(footnote.slack.post("maya", channel, said))


def streaming(footnote: Any, channel: Any = "general", text: str = QUOTE) -> Any:
    """Our message, once it shows `text` while it is being written."""

    def found() -> list[Any]:
        return [each for each in footnote.replies(channel) if each.stream and text in each.text]

    return footnote.slack.wait_for(found)[0]


def finished(footnote: Any, channel: Any = "general") -> Any:
    """Our one message, when everything is done."""
    footnote.oracle.gate.set()
    footnote.settled()
    [message] = footnote.replies(channel)
    return message


def until(true: Callable[[], Any]) -> None:
    """Wait for what the playground does not see."""
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def at_rest(footnote: Any, message: Any) -> bool:
    """Whether Slack shows no more that we are at it."""
    thread = footnote.slack.thread("general", message.thread_ts)
    return bool(footnote.slack.wait_for(lambda: (thread.status, thread.session) == ("", "active")))


def calls(footnote: Any, method: str) -> list[Any]:
    return [call for call in footnote.slack.calls if call.method == method]


def titles(message: Any, kind: str = "rich_text") -> str:
    return str([block for block in message.blocks if block["type"] == kind])


def test_a_slow_answer_appears_sentence_by_sentence_and_ends_in_the_same_message(quick: Callable[..., Any]) -> None:
    footnote = quick()
    asked(footnote)
    message = streaming(footnote)
    assert SECOND not in message.text
    assert [block["type"] for block in message.blocks] == ["plan", "markdown"]
    states = [task["status"] for task in message.blocks[0]["tasks"]]
    assert states == ["complete", "complete", "complete", "in_progress"]
    assert message.blocks[0]["tasks"][1]["output"] == "8 passages"
    assert finished(footnote).ts == message.ts
    assert message.text == f"{QUOTE} [1] {SECOND} [2]"
    assert {task["status"] for task in message.blocks[0]["tasks"]} == {"complete"}
    assert "Storm closes the strait" in titles(message)
    assert "https://harbour.example/storm" in titles(message)
    assert [block["type"] for block in message.blocks[-2:]] == ["actions", "context_actions"]
    assert message.stream.state == "stopped"
    assert message.metadata["event_payload"]["part"] == 0
    assert calls(footnote, "chat.update") == calls(footnote, "chat.postMessage") == []
    thread = footnote.slack.thread("general", message.thread_ts)
    assert (thread.status, thread.session) == ("", "active")


def test_the_streamed_numbers_are_those_of_the_quotes(quick: Callable[..., Any]) -> None:
    footnote = quick()
    asked(footnote)
    streaming(footnote)
    message = finished(footnote)
    footnote.slack.click("maya", message, "show_quotes").wait()
    assert footnote.slack.wait_for(lambda: footnote.slack.views("maya"))


def test_an_answer_that_is_there_at_once_is_not_streamed(start: Callable[..., Any]) -> None:
    footnote = start()
    footnote.ask("maya", footnote.slack.workspace.general, footnote.at("was the ferry cancelled?"))
    assert calls(footnote, "chat.startStream") == []


def test_until_then_a_status_changes_its_words(quick: Callable[..., Any]) -> None:
    footnote = quick(stream_after=30.0)
    ts = asked(footnote)
    thread = footnote.slack.thread("general", ts)
    footnote.slack.wait_for(lambda: thread.status)
    assert thread.status == "is reading the documents…"
    assert thread.loading_messages[0] == "Looking through the documents…"
    assert 1 < len(thread.loading_messages) <= 10
    assert finished(footnote).stream is None
    assert thread.status == ""


@pytest.mark.parametrize("http", [False, True])
def test_in_a_direct_conversation_it_is_streamed_in_the_thread(quick: Callable[..., Any], http: bool) -> None:
    footnote = quick(http=http)
    direct = footnote.slack.im("maya")
    ts = asked(footnote, direct)
    assert streaming(footnote, direct).thread_ts == ts
    assert SECOND in finished(footnote, direct).text


def test_in_a_channel_slack_is_told_for_whom(quick: Callable[..., Any]) -> None:
    footnote = quick(http=True)
    asked(footnote)
    streaming(footnote)
    finished(footnote)
    [call] = calls(footnote, "chat.startStream")
    assert call.arguments["recipient_user_id"] == footnote.slack.workspace.member.id
    assert call.arguments["recipient_team_id"] == footnote.slack.team.id
    assert "markdown_text" not in call.arguments


def test_the_plan_is_in_the_askers_language(quick: Callable[..., Any]) -> None:
    footnote = quick()
    asked(footnote, text="¿qué se sabe del barco y de la tormenta? slowly")
    message = streaming(footnote)
    assert message.blocks[0]["tasks"][1]["title"] == "Buscar en los documentos"
    finished(footnote)


# -- what Slack does not allow --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 429, "retry_after": 1},
        {"error": "channel_type_not_supported"},
        {"error": "missing_recipient_team_id"},
        {"error": "internal_error"},
        {"reset": True},
        {"execute_then_cut": True},
    ],
    ids=str,
)
def test_where_no_stream_can_be_begun_one_whole_message_comes(quick: Callable[..., Any], fault: Any) -> None:
    footnote = quick()
    footnote.slack.faults.add("chat.startStream", **fault)
    asked(footnote)
    footnote.slack.wait_for(lambda: calls(footnote, "chat.startStream"))
    message = finished(footnote)
    assert QUOTE in message.text
    assert SECOND in message.text
    assert "*Sources*" in message.text
    assert [block["type"] for block in message.blocks[-2:]] == ["actions", "context_actions"]
    assert at_rest(footnote, message)


def test_after_twenty_starts_in_a_minute_answers_come_whole(quick: Callable[..., Any]) -> None:
    footnote = quick()
    for _ in range(22):
        asked(footnote)
    footnote.slack.wait_for(lambda: len([m for m in footnote.replies("general") if m.stream]) == 20)
    footnote.oracle.gate.set()
    footnote.settled()
    assert len(calls(footnote, "chat.startStream")) == 20
    assert [SECOND in message.text for message in footnote.replies("general")] == [True] * 22


def test_within_slacks_limits_every_question_gets_its_one_answer(quick: Callable[..., Any]) -> None:
    footnote = quick(playground={"rate_limits": True, "rate_window": 5.0})
    for _ in range(12):
        asked(footnote)
        asked(footnote, "desk-private")
    footnote.slack.wait_for(lambda: len(calls(footnote, "chat.startStream")) == 20)
    footnote.oracle.gate.set()
    footnote.settled()
    for place in ("general", "desk-private"):
        assert [SECOND in message.text for message in footnote.replies(place)] == [True] * 12


def test_what_cannot_be_appended_now_is_appended_later(quick: Callable[..., Any]) -> None:
    footnote = quick()
    footnote.slack.faults.add("chat.appendStream", status=429, retry_after=1)
    asked(footnote)
    streaming(footnote)
    assert finished(footnote).text == f"{QUOTE} [1] {SECOND} [2]"


@pytest.mark.parametrize("fault", [{"error": "internal_error"}, {"execute_then_cut": True}, {"reset": True}], ids=str)
@pytest.mark.parametrize("method", ["chat.appendStream", "chat.stopStream"])
def test_a_stream_that_breaks_ends_in_the_whole_answer(quick: Callable[..., Any], method: str, fault: Any) -> None:
    footnote = quick()
    footnote.slack.faults.add(method, **fault)
    asked(footnote)
    streaming(footnote, text="")
    message = finished(footnote)
    assert message.text.startswith(f"{QUOTE} [1] {SECOND} [2]")
    assert at_rest(footnote, message)
    assert "Storm closes the strait" in titles(message)


def test_a_stream_that_slack_ends_early_is_made_whole(quick: Callable[..., Any]) -> None:
    footnote = quick(playground={"stream_seconds": 0.4})
    asked(footnote)
    message = streaming(footnote)
    until(lambda: footnote.slack.clock.now() - message.stream.started_at > 0.5)
    assert message.text == f"{QUOTE} [1]"
    assert finished(footnote).ts == message.ts
    assert SECOND in message.text
    assert "*Sources*" in message.text
    assert at_rest(footnote, message)


def test_what_is_longer_than_a_stream_goes_on_in_further_messages(quick: Callable[..., Any]) -> None:
    footnote = quick()
    long = [f"Number {n}: " + "the crossing took longer than it had before, " * 28 for n in range(10)]
    footnote.oracle.will_say(ASKED, *long, composer="model")
    assert len("".join(long)) > 12_500
    asked(footnote)
    streaming(footnote, text="Number 0")
    footnote.oracle.gate.set()
    footnote.settled()
    shown = "".join(str(message.blocks) for message in footnote.replies("general"))
    assert all(f"Number {n}:" in shown for n in range(10))
    assert shown.count("the crossing took longer than it had before") == 280
    assert "feedback_buttons" in str(footnote.replies("general")[-1].blocks)


# -- when it turns out otherwise ------------------------------------------------------------------------------------


def test_an_answer_that_turned_out_otherwise_takes_the_place_of_what_was_shown(quick: Callable[..., Any]) -> None:
    footnote = quick()
    footnote.oracle.will_say(ASKED, SECOND, notes=(Note("model_slow"),))
    asked(footnote)
    shown = streaming(footnote)
    message = finished(footnote)
    assert message.ts == shown.ts
    assert QUOTE not in message.text
    assert SECOND in message.text
    assert "The model did not answer in time." in message.text


def test_an_error_takes_the_place_of_what_was_shown(quick: Callable[..., Any]) -> None:
    footnote = quick()
    footnote.oracle.breaking.add(ASKED)
    asked(footnote)
    shown = streaming(footnote)
    message = finished(footnote)
    assert message.ts == shown.ts
    assert "reference F-" in message.text
    assert QUOTE not in message.text


def test_a_question_that_is_deleted_takes_what_was_shown_along(quick: Callable[..., Any]) -> None:
    footnote = quick()
    ts = asked(footnote)
    streaming(footnote)
    footnote.slack.delete("maya", "general", ts)
    footnote.slack.wait_for(lambda: not footnote.replies("general"))
    footnote.oracle.gate.set()
    footnote.settled()
    assert footnote.replies("general") == []
    with footnote.database.read() as connection:
        assert connection.execute(select(answers)).all() == []


def test_nothing_in_a_streamed_sentence_comes_alive(quick: Callable[..., Any]) -> None:
    footnote = quick()
    maya = footnote.slack.workspace.member.id
    evil = [
        f"<!channel> <@{maya}> <!subteam^S1> said <https://evil.example|so>.",
        "[click](https://evil.example) and ![it](https://evil.example/a.png) or https://evil.example now.",
        "# A heading that shouts",
        "`<!here>` in code, and <",
        "!everyone> comes after a cut.",
    ]
    footnote.oracle.will_say(ASKED, *evil, composer="model")
    asked(footnote)
    streaming(footnote, text="said")
    message = finished(footnote)
    assert message.stream.state == "stopped"
    assert "evil.example" in message.text.replace("\u2060", "")
    assert footnote.slack.oracle.pings == []
    assert {link.url.partition("#")[0] for link in footnote.slack.oracle.links} == {"https://harbour.example/storm"}


# -- the Stop button ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("http", [False, True])
def test_stopped_in_the_middle_what_was_verified_stays(quick: Callable[..., Any], http: bool) -> None:
    footnote = quick(http=http)
    ts = asked(footnote)
    message = streaming(footnote)
    footnote.slack.stop_agent("maya", "general", ts)
    footnote.settled()
    [same] = footnote.replies("general")
    assert same.ts == message.ts
    assert QUOTE in same.text
    assert SECOND not in same.text
    assert "Stopped here, as asked" in same.text
    assert "Storm closes the strait" in titles(same)
    footnote.oracle.gate.set()
    thread = footnote.slack.thread("general", ts)
    footnote.slack.wait_for(lambda: thread.session == "active")
    footnote.ask("maya", footnote.slack.workspace.general, "and on Tuesday?", ts, count=2)
    assert len(footnote.replies("general")) == 2


def test_stopped_before_anything_was_shown_it_says_so(quick: Callable[..., Any]) -> None:
    footnote = quick(stream_after=30.0)
    direct = footnote.slack.im("maya")
    ts = asked(footnote, direct, "wait for the ferry?")
    thread = footnote.slack.thread(direct, ts)
    footnote.slack.wait_for(lambda: thread.status)
    until(lambda: footnote.oracle.asked)
    footnote.slack.stop_agent("maya", direct, ts)
    footnote.settled()
    [message] = footnote.replies(direct)
    assert message.text == "Stopped, as you asked. Nothing had been verified yet."
    assert thread.status == ""
    footnote.oracle.gate.set()


def test_stopped_where_slack_tells_it_only_by_refusing_more(quick: Callable[..., Any]) -> None:
    """The event of the Stop button may come late, or not at all where the app was installed from an older manifest."""
    footnote = quick()
    footnote.slack.faults.add("chat.appendStream", error="stopped_by_user")
    asked(footnote)
    footnote.slack.wait_for(lambda: calls(footnote, "chat.startStream"))
    footnote.settled()
    [message] = footnote.replies("general")
    assert "Stopped" in message.text
    footnote.oracle.gate.set()
