"""Threads and channels are summarised from what was really read, for people who may read them, and nothing of it is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.slack.surface import SUMMARIZE_THREAD
from bot.slack.transcript import Patience
from playground.clock import ManualClock


def discussed(footnote: Any, channel: Any = "general") -> str:
    """A thread of three people; returns its ts."""
    slack = footnote.slack
    slack.invite(channel, "tomas")
    ts = slack.post("maya", channel, "Which ferry do we print on Monday?")
    slack.post("tomas", channel, "We decided on the night ferry to Skarn.", ts)
    slack.post("ada", channel, "I will call the harbour, <!channel> and <@" + slack.workspace.member.id + ">.", ts)
    return str(ts)


def summarized(footnote: Any, text: str, user: str = "maya", channel: Any = "general", count: int = 1) -> Any:
    footnote.slack.slash(user, footnote.slack.workspace.channel(channel), "/summarize", text).wait()
    return footnote.reply(footnote.slack.workspace.channel(channel), count=count)


def link_of(footnote: Any, ts: str, channel: Any = "general") -> str:
    slack = footnote.slack
    return str(slack.workspace.permalink(slack.message(channel, ts)))


def kept_bytes(footnote: Any) -> str:
    """All that the databases hold, as text."""
    with footnote.database.read() as connection:
        path = Path(connection.engine.url.database)
    files = [file for file in path.parent.iterdir() if file.is_file()]
    return "".join(file.read_bytes().decode("utf-8", "replace") for file in files)


@pytest.mark.both_doors
def test_a_thread_is_summarised_by_its_link_with_speakers_and_a_link_for_each_point(footnote: Any) -> None:
    ts = discussed(footnote)
    reply = summarized(footnote, link_of(footnote, ts))
    assert reply.ephemeral_for == footnote.slack.workspace.member.id
    assert "A thread in #general" in reply.text
    assert "Open: maya: “Which ferry do we print on Monday?”" in reply.text
    assert "Decided: tomas: “We decided on the night ferry to Skarn.”" in reply.text
    assert "To do: ada:" in reply.text
    assert "Read 3 of 3 messages, 1 thread." in reply.text
    replies = [m for m in footnote.slack.messages("general", ts) if m.ts != ts and not m.ephemeral_for]
    links = {element["url"] for block in reply.blocks for element in _links(block)}
    assert links == {link_of(footnote, each) for each in [ts, *(m.ts for m in replies)]}


def _links(block: Any) -> Iterator[Any]:
    if isinstance(block, dict):
        if block.get("type") == "link":
            yield block
        for value in block.values():
            yield from _links(value)
    elif isinstance(block, list):
        for value in block:
            yield from _links(value)


def test_people_named_in_a_quote_are_named_and_not_called(footnote: Any) -> None:
    reply = summarized(footnote, link_of(footnote, discussed(footnote)))
    assert "@channel and @maya" in reply.text


def test_nothing_of_a_conversation_is_kept(footnote: Any) -> None:
    ts = discussed(footnote)
    reply = summarized(footnote, link_of(footnote, ts))
    assert "night ferry" in reply.text
    footnote.settled()
    assert "night ferry" not in kept_bytes(footnote)


def test_the_shortcut_summarises_the_thread_of_a_message_privately(footnote: Any) -> None:
    slack = footnote.slack
    ts = discussed(footnote)
    slack.shortcut("maya", SUMMARIZE_THREAD, slack.messages("general", ts)[1]).wait()
    reply = footnote.reply(slack.workspace.general)
    assert reply.ephemeral_for == slack.workspace.member.id
    assert "Decided: tomas" in reply.text


def test_in_a_thread_it_can_be_asked_for_in_words_and_is_told_there(footnote: Any) -> None:
    slack = footnote.slack
    ts = discussed(footnote)
    reply = footnote.ask("tomas", slack.workspace.general, footnote.at("summarize this thread"), ts)
    assert reply.thread_ts == ts
    assert "Decided: tomas" in reply.text
    assert "Read 3 of 3 messages" in reply.text
    assert all("summarize this thread" not in said.text for said in footnote.oracle.heard[0])


def test_in_a_direct_conversation_a_thread_can_be_named_by_its_link(footnote: Any) -> None:
    ts = discussed(footnote)
    reply = footnote.ask("maya", footnote.slack.im("maya"), f"summarize {link_of(footnote, ts)}")
    assert "Decided: tomas" in reply.text


def test_a_channel_is_read_with_its_threads_and_counted_truly(footnote: Any) -> None:
    slack = footnote.slack
    discussed(footnote)
    slack.post("maya", "general", "Two pictures of the quay", files=[("a.png", b"x"), ("b.jpg", b"y")])
    slack.post("maya", "general", "and the timetable", files=[("times.pdf", b"%PDF-")])
    footnote.ask("maya", slack.workspace.general, footnote.at("was the ferry cancelled?"))
    reply = summarized(footnote, "since 3d", count=2)
    assert "#general since" in reply.text
    assert "Decided: tomas" in reply.text
    assert (
        "Read 7 of 7 messages, 2 threads; 2 images not read; 1 file not read; 1 message of apps left out." in reply.text
    )


def test_without_a_word_it_is_this_channel_since_a_day(footnote: Any) -> None:
    discussed(footnote)
    assert "Read 3 of 3 messages, 1 thread." in summarized(footnote, "").text


def test_a_channel_is_named_by_choosing_it(footnote: Any) -> None:
    discussed(footnote, "desk-private")
    assert "#desk-private since" in summarized(footnote, "#desk-private since yesterday").text


def test_the_last_messages_are_so_many_and_no_more(footnote: Any) -> None:
    for number in range(30):
        footnote.slack.post("maya", "general", f"we decided number {number}")
    reply = summarized(footnote, "last 20")
    assert "Read 20 of 20 messages, 0 threads." in reply.text
    assert [said.text for said in footnote.oracle.heard[0]] == [f"we decided number {n}" for n in range(10, 30)]


def test_every_page_of_a_long_conversation_is_read(footnote: Any) -> None:
    slack = footnote.slack
    ts = discussed(footnote)
    for number in range(1200):
        slack.workspace.channel("general").messages.append(_plain(footnote, f"reply {number}", ts))
    for number in range(5000):
        slack.workspace.channel("general").messages.append(_plain(footnote, f"message {number}"))
    reply = summarized(footnote, "since 1d")
    assert "Read 6,203 of 6,203 messages, 1 thread." in reply.text
    assert len({said.id for said in footnote.oracle.heard[0]}) == 6203


def _plain(footnote: Any, text: str, thread: str | None = None) -> Any:
    from playground.messages import Message

    workspace = footnote.slack.workspace
    return Message(workspace.ts(), workspace.general.id, workspace.member.id, text, workspace.team.id, thread_ts=thread)


def test_too_many_requests_in_the_middle_are_waited_for(footnote: Any) -> None:
    slack = footnote.slack
    discussed(footnote)
    for number in range(450):
        slack.workspace.channel("general").messages.append(_plain(footnote, f"message {number}"))
    slack.faults.add("conversations.history", status=429, retry_after=1, skip=1)
    slack.faults.add("conversations.replies", status=429, retry_after=1)
    assert "Read 453 of 453 messages, 1 thread." in summarized(footnote, "").text


def test_a_stretch_too_long_for_the_limits_says_up_to_where_it_was_read(start: Callable[..., Any]) -> None:
    footnote = start(patience=Patience(messages=250))
    discussed(footnote)
    for number in range(450):
        footnote.slack.workspace.channel("general").messages.append(_plain(footnote, f"we decided {number}"))
    reply = summarized(footnote, "")
    assert "This is not all of it: I read back to" in reply.text
    assert "Read 250 of 400 messages" in reply.text
    assert "we decided 449" in reply.text
    assert "night ferry" not in reply.text


def test_when_slack_lets_us_read_nothing_it_is_refused(start: Callable[..., Any]) -> None:
    footnote = start(patience=Patience(seconds=5))
    discussed(footnote)
    footnote.slack.faults.add("conversations.history", status=429, retry_after=60)
    assert "I have read nothing of it" in summarized(footnote, "").text


def test_long_reading_is_followed_in_the_direct_conversation(start: Callable[..., Any]) -> None:
    footnote = start()
    slack = footnote.slack
    discussed(footnote)
    slack.faults.add("conversations.history", status=429, retry_after=4)
    assert "Decided: tomas" in summarized(footnote, "").text
    direct = slack.wait_for(lambda: footnote.replies(slack.im("maya")))
    slack.wait_for(lambda: footnote.replies(slack.im("maya"))[0].text.startswith("I have read it"))
    assert len(direct) == 1
    assert "Reading #general: " in direct[0].frames[0].text


def test_who_left_a_channel_may_not_have_it_read(footnote: Any) -> None:
    slack = footnote.slack
    ts = discussed(footnote, "desk-private")
    link = link_of(footnote, ts, "desk-private")
    slack.remove("desk-private", "maya")
    reply = summarized(footnote, link)
    assert "I read only conversations that both you and I are members of" in reply.text
    assert footnote.oracle.heard == []
    assert not any(call.method in ("conversations.replies", "conversations.history") for call in slack.calls)


@pytest.mark.parametrize(
    "text",
    ["#C0NOWHERE0 since 3d", "#random since 3d", "https://elsewhere.slack.com/archives/C0123456/p1764000000000100"],
)
def test_what_cannot_be_read_is_refused_with_the_reason(footnote: Any, text: str) -> None:
    reply = summarized(footnote, text)
    assert any(reason in reply.text for reason in ("both you and I", "Invite me there", "another workspace"))
    assert footnote.oracle.heard == []


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("missing_scope", "I have not been given the permission"),
        ("not_in_channel", "I am not in that channel"),
        ("some_new_error", "does not let me read that conversation (some_new_error)"),
    ],
)
def test_what_slack_refuses_is_said(footnote: Any, fault: str, sentence: str) -> None:
    discussed(footnote)
    footnote.slack.faults.add("conversations.history", error=fault)
    assert sentence in summarized(footnote, "").text
    assert footnote.app.health()["ok"]


def test_membership_that_cannot_be_looked_up_is_none(footnote: Any) -> None:
    discussed(footnote)
    footnote.slack.faults.add("conversations.members", error="fetch_members_failed")
    assert "does not let me read that conversation" in summarized(footnote, "").text
    assert footnote.oracle.heard == []


def test_guests_have_nothing_read(footnote: Any) -> None:
    reply = summarized(footnote, "this channel", user="gus", channel="partners")
    assert "full members of this workspace only" in reply.text


def test_a_summary_that_failed_is_tried_again_by_its_button(footnote: Any) -> None:
    slack = footnote.slack
    discussed(footnote)
    footnote.oracle.failures = 1
    failed = summarized(footnote, "")
    assert "reference F-" in failed.text
    slack.click("maya", failed, "retry").wait()
    slack.wait_for(lambda: any("Decided: tomas" in m.text for m in footnote.replies(slack.workspace.general)))


def test_a_title_is_still_a_document(footnote: Any) -> None:
    reply = summarized(footnote, "Storm closes the strait")
    assert "The ferry to Skarn was cancelled on Monday." in reply.text


def test_over_http_a_channel_is_summarised_too(served: Any) -> None:
    discussed(served)
    assert "Decided: tomas" in summarized(served, "this channel").text


def test_who_leaves_while_it_is_read_is_told_nothing_of_it(footnote: Any) -> None:
    slack = footnote.slack
    discussed(footnote, "desk-private")
    slack.faults.add("conversations.history", status=429, retry_after=2)
    slack.slash("maya", "general", "/summarize", "#desk-private since 1d").wait()
    slack.wait_for(lambda: any(call.status == 429 for call in slack.calls))
    slack.remove("desk-private", "maya")
    reply = footnote.reply(slack.workspace.general)
    assert "both you and I are members" in reply.text
    assert "night ferry" not in reply.text


def test_more_threads_than_slack_lets_us_read_in_a_minute_take_longer_and_are_all_read(
    start: Callable[..., Any],
) -> None:
    footnote = start(playground={"clock": ManualClock(), "rate_limits": True, "rate_window": 1.0})
    slack, general = footnote.slack, footnote.slack.workspace.general
    for number in range(70):
        root = _plain(footnote, f"root {number}")
        reply = _plain(footnote, f"we decided {number}", root.ts)
        general.messages += [root, reply]
    slack.slash("maya", general, "/summarize", "").wait()
    slack.wait_for(lambda: any(call.method == "conversations.replies" and call.status == 429 for call in slack.calls))
    slack.advance(1)
    assert "Read 140 of 140 messages, 70 threads." in footnote.reply(general).text


def test_a_name_that_looks_like_a_command_is_only_a_name(footnote: Any) -> None:
    slack = footnote.slack
    slack.workspace.other_member.name = "<!channel> https://evil.example/x"
    discussed_by(footnote, slack.workspace.other_member)
    reply = summarized(footnote, "")
    assert "<!channel>" not in reply.text
    assert "<https://evil" not in reply.text
    links = [element["url"] for block in reply.blocks for element in _links(block)]
    assert all(link.startswith(slack.url) for link in links)


def discussed_by(footnote: Any, person: Any) -> None:
    footnote.slack.post(person, "general", "We decided on <https://evil.example/y|this> and <#C0EVIL0000|that>.")


def test_those_who_have_much_read_do_not_keep_questions_waiting(start: Callable[..., Any]) -> None:
    footnote = start(patience=Patience(at_once=1, turn_seconds=0.1), workers=2)
    slack = footnote.slack
    discussed(footnote)
    slack.faults.add("conversations.history", status=429, retry_after=6)
    slack.slash("maya", "general", "/summarize", "").wait()
    slack.wait_for(lambda: any(call.status == 429 for call in slack.calls))
    assert "I am reading several other conversations" in summarized(footnote, "", user="tomas").text
    assert (
        "cancelled on Monday" in footnote.ask("ada", slack.workspace.general, footnote.at("was the ferry late?")).text
    )
    slack.wait_for(lambda: any("Decided: tomas" in m.text for m in footnote.replies("general")))
