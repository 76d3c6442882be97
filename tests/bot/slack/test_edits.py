"""Questions that are edited: one answer is left, to the last text, in the place of the first."""

from __future__ import annotations

import time
from typing import Any

import pytest
from sqlalchemy import select

from bot.slack.request import heard
from bot.values import Searched
from vectorstore.schema import answers, intake

QUOTE = "The ferry to Skarn was cancelled on Monday."
TRAINS = "Every train was on time."
NOTE = "The question was edited; this answers what it says now."
LONG = tuple(f"Sentence {n} tells of crossing {n}, and that it takes {'very ' * 60}long." for n in range(30))


def ask(footnote: Any, text: str = "was the ferry cancelled?") -> Any:
    """A question in a channel; returns its answer."""
    reply = footnote.ask("maya", footnote.slack.workspace.general, footnote.at(text))
    footnote.settled()
    return reply


def until(predicate: Any) -> None:
    deadline = time.monotonic() + 60
    while not predicate():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def edited(footnote: Any, reply: Any, text: str) -> None:
    """Edit the question that `reply` answers, and wait until everything has been worked on."""
    slack = footnote.slack
    slack.edit("maya", reply.channel, reply.thread_ts, text)
    slack.wait_for(lambda: all(delivery.is_done for delivery in slack.acks))
    footnote.settled()


def test_an_edited_question_is_answered_anew_in_the_place_of_its_answer(footnote: Any, answer_of: Any) -> None:
    footnote.oracle.answers["was the train on time?"] = answer_of(TRAINS)
    reply = ask(footnote)
    edited(footnote, reply, footnote.at("was the train on time?"))
    [now] = footnote.replies(footnote.slack.workspace.general)
    assert now.ts == reply.ts
    assert now.text.startswith(f"{NOTE}\n{TRAINS} [1]")
    assert footnote.oracle.asked[-1].history == ()


def test_the_answer_to_what_it_said_before_is_forgotten(footnote: Any, answer_of: Any) -> None:
    footnote.oracle.answers["was the train on time?"] = answer_of(TRAINS, searched=Searched(8, 120, "train"))
    reply = ask(footnote)
    edited(footnote, reply, footnote.at("was the train on time?"))
    with footnote.database.read() as connection:
        kept = connection.execute(select(answers.c.standalone, answers.c.message_ts)).all()
    assert kept == [("train", reply.ts)]
    footnote.ask("tomas", footnote.slack.workspace.general, "and on Tuesday?", reply.thread_ts, count=2)
    assert [turn.question for turn in footnote.oracle.asked[-1].history] == ["train"]


def test_all_messages_of_a_long_answer_are_replaced_and_what_is_too_much_goes(footnote: Any, answer_of: Any) -> None:
    footnote.oracle.answers["tell me all"] = answer_of(*LONG)
    footnote.oracle.answers["tell me less"] = answer_of(*LONG[:12])
    footnote.oracle.answers["tell me more"] = answer_of(*reversed(LONG))
    general = footnote.slack.workspace.general
    first = ask(footnote, "tell me all")
    many = [m.ts for m in footnote.replies(general)]
    assert len(many) > 2
    edited(footnote, first, footnote.at("tell me less"))
    fewer = footnote.replies(general)
    assert [m.ts for m in fewer] == many[: len(fewer)]
    assert len(fewer) < len(many)
    edited(footnote, first, footnote.at("tell me more"))
    assert [m.ts for m in footnote.replies(general)][: len(fewer)] == [m.ts for m in fewer]
    text = " ".join(m.text for m in footnote.replies(general))
    assert all(f"Sentence {n} tells" in text for n in range(30))


def test_several_quick_edits_end_in_one_answer_to_the_last_text(footnote: Any, answer_of: Any) -> None:
    footnote.oracle.answers["was the train on time?"] = answer_of(TRAINS)
    general = footnote.slack.workspace.general
    ts = footnote.slack.post("maya", general, footnote.at("was the ferry cancelled? wait"))
    until(lambda: footnote.oracle.asked)
    for text in ("was the fery cancelled?", "was the train cancelled?", "was the train on time?"):
        footnote.slack.edit("maya", general, ts, footnote.at(text))
    footnote.oracle.gate.set()
    footnote.slack.wait_for(lambda: all(delivery.is_done for delivery in footnote.slack.acks))
    footnote.settled()
    [reply] = footnote.replies(general)
    assert TRAINS in reply.text
    asked = [question.text for question in footnote.oracle.asked]
    assert asked == ["was the ferry cancelled? wait", "was the train on time?"]


def test_an_edit_that_comes_before_its_message_is_the_question(footnote: Any) -> None:
    slack = footnote.slack
    first = heard(changed(slack, "was the train on time?"), slack.team.id, slack.bot_user)
    later = {"user": slack.workspace.member.id, "ts": "1700000030.000000"}
    other = heard(changed(slack, "was the train late?", edited=later), slack.team.id, slack.bot_user)
    for what in (first, other):
        request = footnote.app._door._ours(what)
        assert footnote.app._intake.claim(request).result(60)
        footnote.app._durable.start(request.id)
    footnote.settled()
    assert [question.text for question in footnote.oracle.asked] == ["was the train on time?"]


def test_an_edit_that_overtakes_another_under_way_wins(footnote: Any, answer_of: Any) -> None:
    footnote.oracle.answers["was the train on time?"] = answer_of(TRAINS)
    general, reply = footnote.slack.workspace.general, ask(footnote)
    footnote.slack.edit("maya", general, reply.thread_ts, footnote.at("was the ship late? wait"))
    until(lambda: len(footnote.oracle.asked) == 2)
    footnote.slack.edit("maya", general, reply.thread_ts, footnote.at("was the train on time?"))
    footnote.slack.wait_for(lambda: all(delivery.is_done for delivery in footnote.slack.acks))
    time.sleep(1.3)
    footnote.oracle.gate.set()
    footnote.settled()
    [now] = footnote.replies(general)
    assert TRAINS in now.text


def test_many_edits_that_wait_keep_nobody_from_answering(footnote: Any) -> None:
    slack, general = footnote.slack, footnote.slack.workspace.general
    questions = [slack.post("maya", general, footnote.at(f"was ferry {n} late? wait")) for n in range(10)]
    until(lambda: len(footnote.oracle.asked) == 10)
    for n, ts in enumerate(questions):
        slack.edit("maya", general, ts, footnote.at(f"was ferry {n} on time?"))
    slack.wait_for(lambda: all(delivery.is_done for delivery in slack.acks))
    assert QUOTE in footnote.ask("tomas", slack.im("tomas"), "was the ferry cancelled?").text
    footnote.oracle.gate.set()
    footnote.settled()
    assert sorted(question.text for question in footnote.oracle.asked[-10:]) == [
        f"was ferry {n} on time?" for n in range(10)
    ]


def test_an_edit_that_is_delivered_again_is_answered_once(footnote: Any) -> None:
    reply = ask(footnote)
    edited(footnote, reply, footnote.at("was the train on time?"))
    for delivery in list(footnote.slack.acks):
        footnote.slack.redeliver(delivery.id)
    footnote.settled()
    assert len(footnote.oracle.asked) == 2


def test_other_letters_for_the_same_words_are_no_edit(footnote: Any) -> None:
    reply = ask(footnote)
    edited(footnote, reply, footnote.at("  was the ferry   cancelled?"))
    assert len(footnote.oracle.asked) == 1


def test_a_mention_added_later_asks_us_once(footnote: Any) -> None:
    slack, general = footnote.slack, footnote.slack.workspace.general
    ts = slack.post("maya", general, "was the ferry cancelled?")
    slack.edit("maya", general, ts, "was the ferry really cancelled?")
    slack.wait_for(lambda: all(delivery.is_done for delivery in slack.acks))
    slack.edit("maya", general, ts, footnote.at("was the ferry cancelled?"))
    assert QUOTE in footnote.reply(general, ts).text
    slack.wait_for(lambda: all(delivery.is_done for delivery in slack.acks))
    footnote.settled()
    assert [question.text for question in footnote.oracle.asked] == ["was the ferry cancelled?"]


def test_an_empty_mention_becomes_a_question(footnote: Any) -> None:
    reply = footnote.ask("maya", footnote.slack.workspace.general, footnote.at(""))
    footnote.settled()
    edited(footnote, reply, footnote.at("was the ferry cancelled?"))
    [now] = footnote.replies(footnote.slack.workspace.general)
    assert QUOTE in now.text


def test_a_deleted_question_takes_the_answer_to_its_edit_along(footnote: Any) -> None:
    slack, general, reply = footnote.slack, footnote.slack.workspace.general, ask(footnote)
    edited(footnote, reply, footnote.at("was the train on time?"))
    slack.delete("maya", general, reply.thread_ts)
    slack.wait_for(lambda: not footnote.replies(general))
    footnote.settled()
    with footnote.database.read() as connection:
        assert connection.execute(select(answers)).all() == []
        kept = connection.execute(select(intake.c.payload).where(intake.c.kind != "withdraw")).scalars().all()
    assert all(payload == {} for payload in kept)


def test_an_edit_of_a_deleted_question_does_nothing(footnote: Any) -> None:
    slack, general, reply = footnote.slack, footnote.slack.workspace.general, ask(footnote)
    slack.delete("maya", general, reply.thread_ts)
    slack.wait_for(lambda: not footnote.replies(general))
    footnote.settled()
    body = changed(slack, "was the train on time?", ts=reply.thread_ts)
    body["event"]["channel"] = general.id
    request = footnote.app._door._ours(heard(body, slack.team.id, slack.bot_user))
    assert footnote.app._intake.claim(request).result(60) is False


def test_an_edit_in_a_direct_conversation_is_answered_in_place(footnote: Any) -> None:
    direct = footnote.slack.im("maya")
    reply = footnote.ask("maya", direct, "was the ferry cancelled?")
    footnote.settled()
    [asked] = [m for m in footnote.slack.messages(direct) if m.user == footnote.slack.workspace.member.id]
    footnote.slack.edit("maya", direct, asked.ts, "unheard of?")
    footnote.slack.wait_for(lambda: "do not answer that" in reply.text)
    footnote.settled()
    assert len(footnote.replies(direct)) == 1


def test_a_failed_answer_is_replaced_too(footnote: Any) -> None:
    footnote.oracle.failures = 1
    reply = ask(footnote)
    assert "reference F-" in reply.text
    edited(footnote, reply, footnote.at("was the ferry really cancelled?"))
    [now] = footnote.replies(footnote.slack.workspace.general)
    assert QUOTE in now.text


def test_over_signed_http_it_is_the_same(served: Any) -> None:
    reply = ask(served)
    edited(served, reply, served.at("was the train on time?"))
    assert NOTE in served.reply(served.slack.workspace.general).text


@pytest.mark.parametrize("failpoint", ["after-commit", "during-answer", "after-post", "before-record"])
def test_an_edit_survives_a_kill_with_one_answer(child: Any, failpoint: str) -> None:
    slack, general = child.slack, child.slack.workspace.general
    ours = lambda: [m for m in slack.messages(general) if m.user == slack.bot_user and not m.is_deleted]  # noqa: E731
    child.start()
    ts = slack.post("maya", general, f"<@{slack.bot_user}> was the ferry cancelled?")
    slack.wait_for(lambda: len(ours()) == 1)
    child.stop()
    child.start(failpoint)
    slack.edit("maya", general, ts, f"<@{slack.bot_user}> unheard of?")
    child.died()
    child.start()
    slack.wait_for(lambda: ["do not answer that" in m.text for m in ours()] == [True])
    slack.wait_for(lambda: all(delivery.is_done for delivery in slack.acks))


# -- what is an edit, from the payload -------------------------------------------------------------------------------


def changed(slack: Any, text: str, before: str = "was the ferry cancelled?", **message: Any) -> dict[str, Any]:
    """The delivery of an edited message."""
    who = slack.workspace.member.id
    values = {"user": who, "ts": "1700000000.000100", "text": f"<@{slack.bot_user}> {text}"}
    values |= {"edited": {"user": who, "ts": "1700000060.000000"}} | message
    event = {"type": "message", "subtype": "message_changed", "channel": "C1", "channel_type": "channel"}
    event |= {"message": values, "previous_message": {**values, "text": f"<@{slack.bot_user}> {before}"}}
    return {"type": "event_callback", "event_id": "Ev1", "is_ext_shared_channel": False, "event": event}


def test_an_edit_is_heard_as_one_of_its_message(footnote: Any) -> None:
    slack = footnote.slack
    what = heard(changed(slack, "was the train on time?"), slack.team.id, slack.bot_user)
    assert what is not None
    assert (what.request.kind, what.request.text) == ("edit", "was the train on time?")
    assert (what.request.edits, what.request.message_ts, what.condition) == (
        "1700000000.000100",
        None,
        "known question",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("was the ferry cancelled?", {}),  # an unfurled link, an attachment, a reply counted
        ("was the train on time?", {"edited": None}),
        ("was the train on time?", {"edited": {"user": "U2", "ts": "1700000060.000000"}}),
        ("was the train on time?", {"edited": {"user": "U2", "ts": None}}),
        ("was the train on time?", {"bot_id": "B1"}),
        ("was the train on time?", {"subtype": "bot_message"}),
    ],
)
def test_what_nobody_made_say_something_else_is_no_edit(footnote: Any, text: str, message: dict[str, Any]) -> None:
    slack = footnote.slack
    assert heard(changed(slack, text, **message), slack.team.id, slack.bot_user) is None


def test_after_a_day_a_question_is_not_answered_anew(footnote: Any) -> None:
    slack = footnote.slack
    edit = {"user": slack.workspace.member.id, "ts": "1700090000.000000"}
    what = heard(changed(slack, "was the train on time?", edited=edit), slack.team.id, slack.bot_user)
    assert what is None or what.request.kind != "edit"
