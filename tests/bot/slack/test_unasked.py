"""Channels in which questions that mention nobody are answered, when we are sure."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from bot.slack.asking import asks
from bot.slack.channels import Channels, ChannelSettings
from bot.slack.surfaces.unasked import MOST_ANSWERS, SURE, is_sure
from bot.values import Note, Trace

QUOTE = "The ferry to Skarn was cancelled on Monday."


@pytest.mark.parametrize(
    "text",
    [
        "was the ferry to Skarn cancelled?",
        "does anybody know when the ferry sails",
        "Hi all, where is the timetable",
        "The ferry is late again. Is there another one today?",
        "¿Cuándo sale el ferry?",
        "cuándo sale el ferry de Skarn",
    ],
)
def test_a_question_is_told_by_its_words(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize(
    "text",
    [
        "the ferry was cancelled",
        "really?",
        "why not",
        "see https://harbour.example/search?q=ferry it is all there",
        "I wonder who wrote that",
        ":eyes: :ferry: ?",
    ],
)
def test_a_remark_is_no_question(text: str) -> None:
    assert not asks(text)


@pytest.fixture
def sure(footnote: Any, answer_of: Any) -> Any:
    """The app in a channel that is answered unasked, with strong evidence for one question and weak for another."""
    channels = Channels(footnote.database)
    channels.keep(footnote.slack.team.id, footnote.slack.workspace.general.id, ChannelSettings(mode="auto"))
    tell(footnote, answer_of, "was the ferry cancelled?", SURE)
    tell(footnote, answer_of, "was the train cancelled?", SURE - 0.01)
    return footnote


def tell(footnote: Any, answer_of: Any, question: str, evidence: float, *notes: Note) -> None:
    footnote.oracle.answers[question] = replace(answer_of(QUOTE), trace=Trace((), (), evidence), notes=notes)


def silent(footnote: Any, user: str, text: str, thread_ts: str | None = None, channel: Any = None) -> bool:
    """Whether nothing is said to this."""
    slack, place = footnote.slack, channel or footnote.slack.workspace.general
    before = len(footnote.replies(place))
    slack.post(user, place, text, thread_ts)
    slack.wait_for(lambda: all(delivery.is_done for delivery in slack.acks))
    time.sleep(0.3)
    footnote.settled()
    return len(footnote.replies(place)) == before


def counted(footnote: Any, reason: str) -> float:
    return float(footnote.app._metrics.silent.labels(reason)._value.get())


def test_a_question_we_are_sure_of_is_answered_in_its_thread_and_says_why_we_speak(sure: Any) -> None:
    general = sure.slack.workspace.general
    ts = sure.slack.post("maya", general, "was the ferry cancelled?")
    reply = sure.reply(general, ts)
    assert reply.thread_ts == ts
    assert reply.text.startswith("Nobody asked me; I answer unasked in this channel when I am sure.")
    assert QUOTE in reply.text


def test_what_we_are_not_sure_of_or_do_not_know_is_met_with_silence_that_is_counted(sure: Any, answer_of: Any) -> None:
    assert silent(sure, "maya", "was the train cancelled?")
    assert silent(sure, "maya", "is anything unheard of in here?")
    tell(sure, answer_of, "was the ferry cancelled by Ada?", 1.0, Note("nothing_about", {"missing": ("Ada",)}))
    assert silent(sure, "maya", "was the ferry cancelled by Ada?")
    assert (counted(sure, "not sure"), counted(sure, "not in the documents")) == (2, 1)


def test_elsewhere_nothing_changes(sure: Any) -> None:
    assert silent(sure, "maya", "was the ferry cancelled?", channel=sure.slack.workspace.private)
    assert sure.oracle.asked == []


def test_remarks_and_what_is_said_to_somebody_are_not_weighed(sure: Any) -> None:
    slack = sure.slack
    assert silent(sure, "maya", "the ferry was cancelled")
    assert silent(sure, "maya", f"<@{slack.workspace.admin.id}> was the ferry cancelled?")
    root = slack.post("maya", "general", "about the harbour")
    assert silent(sure, "tomas", "was the ferry cancelled?", root)
    robot = slack.workspace.add_user("robot", "Robot", is_bot=True, bot_id="BROBOT")
    slack.workspace.general.members.append(robot.id)
    assert silent(sure, robot.id, "was the ferry cancelled?")
    assert sure.oracle.asked == []


def test_guests_and_others_are_met_with_silence(sure: Any) -> None:
    shared = sure.slack.workspace.shared
    Channels(sure.database).keep(sure.slack.team.id, shared.id, ChannelSettings(mode="auto"))
    assert silent(sure, "gus", "was the ferry cancelled?", channel=shared)
    assert silent(sure, "xenia", "was the ferry cancelled?", channel=shared)
    assert counted(sure, "not a full member") == 2
    sure.slack.post("maya", shared, "was the ferry cancelled?")
    sure.reply(shared)
    assert [question.scopes for question in sure.oracle.asked] == [(f"channel:{shared.id}",)]


def test_a_mention_is_answered_once_as_ever_and_without_being_sure(sure: Any) -> None:
    general = sure.slack.workspace.general
    reply = sure.ask("maya", general, sure.at("was the train cancelled?"))
    sure.settled()
    assert QUOTE in reply.text
    assert "Nobody asked me" not in reply.text
    assert len(sure.replies(general)) == 1
    assert len(sure.oracle.asked) == 1


def test_delivered_again_it_is_answered_once(sure: Any) -> None:
    slack, general = sure.slack, sure.slack.workspace.general
    slack.post("maya", general, "was the ferry cancelled?")
    sure.reply(general)
    for delivery in list(slack.acks):
        slack.redeliver(delivery.id)
    sure.settled()
    assert len(sure.replies(general)) == 1


def test_people_go_on_talking_in_a_thread_we_joined_unasked(sure: Any) -> None:
    general = sure.slack.workspace.general
    root = sure.slack.post("maya", general, "was the ferry cancelled?")
    sure.reply(general, root)
    sure.settled()
    assert silent(sure, "tomas", "thanks, I will take the train", root)
    assert silent(sure, "tomas", "was the train cancelled?", root)
    sure.slack.post("maya", general, "was the ferry cancelled?", root)
    assert "Nobody asked me" in sure.reply(general, root, count=2).text


def test_what_is_said_below_a_question_we_left_alone_is_not_said_to_us(sure: Any) -> None:
    root = sure.slack.post("maya", "general", "was the train cancelled?")
    assert silent(sure, "tomas", "no, it was on time", root)
    assert silent(sure, "maya", "was the ferry cancelled?", root)


def test_a_fault_of_ours_bothers_nobody(sure: Any) -> None:
    sure.oracle.failures = 1
    assert silent(sure, "maya", "was the ferry cancelled?")
    assert counted(sure, "failed") == 1


def test_we_do_not_flood_a_channel(sure: Any) -> None:
    general = sure.slack.workspace.general
    for count in range(MOST_ANSWERS):
        sure.slack.post("maya", general, "was the ferry cancelled?")
        sure.reply(general, count=count + 1)
        sure.settled()
    assert silent(sure, "maya", "was the ferry cancelled?")
    assert counted(sure, "too many") == 1


def test_edited_until_we_are_sure_or_mentioned_it_is_answered(sure: Any) -> None:
    slack, general = sure.slack, sure.slack.workspace.general
    ts = slack.post("maya", general, "was the train cancelled?")
    slack.wait_for(lambda: all(delivery.is_done for delivery in slack.acks))
    sure.settled()
    slack.edit("maya", general, ts, "was the ferry cancelled?")
    assert QUOTE in sure.reply(general, ts).text
    other = slack.post("maya", general, "was the train cancelled?")
    slack.wait_for(lambda: all(delivery.is_done for delivery in slack.acks))
    sure.settled()
    slack.edit("maya", general, other, sure.at("was the train cancelled?"))
    assert QUOTE in sure.reply(general, other).text


def test_told_to_be_quiet_or_deleted_it_is_as_with_other_questions(sure: Any) -> None:
    slack, general = sure.slack, sure.slack.workspace.general
    root = slack.post("maya", general, "was the ferry cancelled?")
    sure.reply(general, root)
    sure.settled()
    slack.post("tomas", general, "stop replying here", root)
    sure.reply(general, root, count=2)
    assert silent(sure, "maya", "was the ferry cancelled?", root)
    other = slack.post("maya", general, "was the ferry cancelled?")
    sure.reply(general, other)
    sure.settled()
    slack.delete("maya", general, other)
    slack.wait_for(lambda: not sure.replies(general, other))


def test_over_signed_http_it_is_the_same(served: Any, answer_of: Any) -> None:
    general = served.slack.workspace.general
    Channels(served.database).keep(served.slack.team.id, general.id, ChannelSettings(mode="auto"))
    tell(served, answer_of, "was the boat cancelled?", 0.99)
    ts = served.slack.post("maya", general, "was the boat cancelled?")
    assert "Nobody asked me" in served.reply(general, ts).text
    assert silent(served, "maya", "is anything unheard of in here?")


def test_half_the_evidence_is_not_sure(answer_of: Any) -> None:
    answer = answer_of(QUOTE)
    assert not is_sure(answer)
    assert not is_sure(replace(answer, trace=Trace((), (), 0.5)))
    assert is_sure(replace(answer, trace=Trace((), (), SURE)))
    assert not is_sure(replace(answer, statements=(), trace=Trace((), (), 1.0)))
