"""What is to be summarised is read from what was typed, and nothing is guessed."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from bot.slack.targets import (
    THIS_THREAD,
    Document,
    Stretch,
    Target,
    Thread,
    Unclear,
    asks_for_summary,
    permalink,
    target_of,
)

ZONE = timezone(timedelta(hours=2))
NOW = datetime(2026, 11, 25, 15, 30, tzinfo=ZONE)
"""A Wednesday."""
TEAM = "https://harbour.slack.com/"
HERE = "C0HERE0000"


def target(text: str, thread: str | None = None) -> Target:
    return target_of(text, HERE, thread, TEAM, NOW)


def midnight(day: int) -> datetime:
    return datetime(2026, 11, day, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("", NOW - timedelta(days=1)),
        ("this channel", NOW - timedelta(days=1)),
        ("since 3d", NOW - timedelta(days=3)),
        ("since 3 days ago", NOW - timedelta(days=3)),
        ("this channel since 5h", NOW - timedelta(hours=5)),
        ("since 2w", NOW - timedelta(weeks=2)),
        ("last 2 weeks", NOW - timedelta(weeks=2)),
        ("today", midnight(25)),
        ("since yesterday", midnight(24)),
        ("since monday", midnight(23)),
        ("since Wednesday", midnight(25)),
        ("since Thursday", midnight(19)),
        ("since 2026-11-20", midnight(20)),
        ("este canal desde hace 3 días", NOW - timedelta(days=3)),
        ("desde el lunes", midnight(23)),
        ("desde ayer", midnight(24)),
    ],
)
def test_a_stretch_of_this_channel_begins_when_the_asker_says(text: str, since: datetime) -> None:
    assert target(text) == Stretch(HERE, since=since)


@pytest.mark.parametrize("text", ["last 200", "the last 200 messages", "últimos 200", "los últimos 200 mensajes"])
def test_the_last_messages_are_counted(text: str) -> None:
    assert target(text) == Stretch(HERE, last=200)


def test_a_channel_is_known_by_its_id() -> None:
    assert target("#C0OTHER000 since 3d") == Stretch("C0OTHER000", since=NOW - timedelta(days=3))
    assert target("#C0OTHER000") == Stretch("C0OTHER000", since=NOW - timedelta(days=1))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("#general since 3d", "summary.choose_channel"),
        ("#C0OTHER000 since the flood", "summary.which_range"),
        ("this channel last 0", "summary.which_range"),
        ("#C0OTHER000 last 99999999", "summary.which_range"),
        ("since 2027-01-01", "summary.range_too_long"),
        ("since 2019-01-01", "summary.range_too_long"),
        ("since 9999d", "summary.range_too_long"),
        (THIS_THREAD, "summary.no_thread"),
        ("https://elsewhere.slack.com/archives/C0OTHER000/p1764000000000100", "summary.other_workspace"),
    ],
)
def test_what_cannot_be_told_is_said_and_not_guessed(text: str, reason: str) -> None:
    found = target(text)
    assert isinstance(found, Unclear)
    assert found.reason == reason


@pytest.mark.parametrize(
    "text",
    [
        "Storm closes the strait",
        "since 1990: a history",
        "lastly",
        "https://harbour.example/storm",
        "thread",
        "http://[",
    ],
)
def test_everything_else_is_the_name_of_a_document(text: str) -> None:
    assert target(text) == Document(text)


def test_the_link_of_a_message_names_its_thread() -> None:
    root, reply = "1764000000.000100", "1764000050.000200"
    assert target(permalink(TEAM, "C0OTHER000", root, None)) == Thread("C0OTHER000", root)
    assert target(permalink(TEAM, "C0OTHER000", reply, root)) == Thread("C0OTHER000", root)


@pytest.mark.parametrize(
    "link",
    [
        "https://harbour.slack.com.evil.example/archives/C0OTHER000/p1764000000000100",
        "https://harbour.slack.com@evil.example/archives/C0OTHER000/p1764000000000100",
        "https://harbour.slack.com/archives/../x/p1764000000000100",
    ],
)
def test_a_link_that_only_looks_like_ours_is_no_thread(link: str) -> None:
    assert isinstance(target(link), Document | Unclear)


def test_a_thread_ts_that_is_none_is_not_believed() -> None:
    link = "https://harbour.slack.com/archives/C0OTHER000/p1764000000000100?thread_ts=../../x"
    assert target(link) == Thread("C0OTHER000", "1764000000.000100")


@pytest.mark.parametrize(
    "text",
    [
        "summarize this thread",
        "Please summarise the thread.",
        "tl;dr this thread",
        "resume este hilo",
        "resúmenos el hilo",
    ],
)
def test_the_wish_for_a_summary_of_the_thread_is_understood_in_a_thread(text: str) -> None:
    assert asks_for_summary(text, in_thread=True, is_direct=False)
    assert not asks_for_summary(text, in_thread=False, is_direct=False)
    assert target(text, "1764000000.000100") == Thread(HERE, "1764000000.000100")


@pytest.mark.parametrize(
    "text",
    ["summarize this thread about ferries for Ada", "what does this thread say?", "who will summarize this thread?"],
)
def test_a_question_that_is_more_than_that_stays_a_question(text: str) -> None:
    assert not asks_for_summary(text, in_thread=True, is_direct=False)


def test_in_a_direct_conversation_links_and_channels_can_be_named() -> None:
    assert asks_for_summary("summarize #C0OTHER000 since 3d", in_thread=False, is_direct=True)
    assert asks_for_summary("resume https://harbour.example/storm", in_thread=False, is_direct=True)
    assert not asks_for_summary("summarize #C0OTHER000 since 3d", in_thread=False, is_direct=False)
    assert target("summarize #C0OTHER000 last 20") == Stretch("C0OTHER000", last=20)
