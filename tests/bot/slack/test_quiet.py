"""Being told to be quiet in a thread and to speak again, as people do it."""

from __future__ import annotations

import time
from typing import Any

import pytest

from bot.slack.thread_wishes import thread_wish

QUOTE = "The ferry to Skarn was cancelled on Monday."


@pytest.mark.parametrize(
    "text",
    [
        "stop replying here",
        "Please stop replying here.",
        "ok, stop answering in this thread, thanks!",
        "stop replying",
        "don't reply here anymore",
        "do not answer here, please",
        "deja de responder aquí",
        "Deja de responder aqui, por favor.",
        "no respondas más aquí",
        "gracias, deja de contestar en este hilo",
    ],
)
def test_a_short_imperative_tells_us_to_be_quiet(text: str) -> None:
    assert thread_wish(text) == "stop"


@pytest.mark.parametrize(
    "text",
    [
        "start replying here",
        "you can reply here again",
        "reply again here please",
        "resume answering in this thread",
        "vuelve a responder aquí",
        "empieza a contestar en este hilo",
        "responde otra vez aquí",
        "responde aquí de nuevo",
    ],
)
def test_a_short_imperative_tells_us_to_speak_again(text: str) -> None:
    assert thread_wish(text) == "start"


@pytest.mark.parametrize(
    "text",
    [
        "stop replying here?",
        "when did the port stop replying here",
        "why did they stop answering to the press?",
        "did the harbour stop replying here.",
        "stop",
        "here",
        "stop replying to Tomás",
        "deja de responder aquí?",
        "¿por qué deja de responder aquí?",
        "they should stop replying here",
        "start the ferry here",
        "reply",
        "",
    ],
)
def test_what_is_part_of_anything_longer_does_not(text: str) -> None:
    assert thread_wish(text) is None


def chosen(answer: Any) -> str:
    """The value of "Stop replying here" in the menu under an answer."""
    options = [
        option
        for block in answer.blocks
        for element in block.get("elements", ())
        for option in element.get("options", ())
    ]
    return str(next(each["value"] for each in options if each["text"]["text"] == "Stop replying here"))


def thread(footnote: Any) -> str:
    root = footnote.ask("maya", footnote.slack.workspace.general, footnote.at("was the ferry cancelled?")).thread_ts
    footnote.settled()
    return str(root)


def silent(footnote: Any, user: str, text: str, root: str) -> bool:
    """Whether nothing is answered to `text` in the thread."""
    slack, general = footnote.slack, footnote.slack.workspace.general
    before = len(footnote.replies(general, root))
    slack.post(user, general, text, root)
    slack.wait_for(lambda: all(delivery.is_done for delivery in slack.acks))
    time.sleep(0.3)
    footnote.settled()
    return len(footnote.replies(general, root)) == before


def test_told_to_be_quiet_we_confirm_once_and_answer_only_mentions(footnote: Any) -> None:
    general, root = footnote.slack.workspace.general, thread(footnote)
    told = footnote.ask("tomas", general, "stop replying here", root, count=2)
    assert told.text.startswith("I reply in this thread only when I am mentioned")
    assert silent(footnote, "maya", "and on Tuesday?", root)
    assert silent(footnote, "maya", "stop replying here", root)
    assert silent(footnote, "maya", "start replying here", root)
    assert silent(footnote, "maya", footnote.at("stop replying here"), root)
    assert QUOTE in footnote.ask("maya", general, footnote.at("and on Tuesday?"), root, count=3).text
    assert silent(footnote, "maya", "and on Wednesday?", root)


def test_mentioned_with_it_we_speak_again(footnote: Any) -> None:
    general, root = footnote.slack.workspace.general, thread(footnote)
    footnote.ask("maya", general, "deja de responder aquí", root, count=2)
    assert silent(footnote, "maya", "and on Tuesday?", root)
    again = footnote.ask("tomas", general, footnote.at("vuelve a responder aquí"), root, count=3)
    assert again.text == "I reply to follow-ups in this thread again."
    assert QUOTE in footnote.ask("maya", general, "and on Tuesday?", root, count=4).text


def test_the_menu_under_an_answer_and_the_button_do_the_same_again_and_again(footnote: Any) -> None:
    slack, general, root = footnote.slack, footnote.slack.workspace.general, thread(footnote)
    answer = footnote.replies(general, root)[0]
    for round in range(2):
        slack.click("tomas", answer, "menu", chosen(answer)).wait()
        told = footnote.reply(general, root, count=2 + round)
        assert silent(footnote, "maya", "and on Tuesday?", root)
        slack.click("maya", told, "speak_again").wait()
        slack.wait_for(lambda told=told: told.text == "I reply to follow-ups in this thread again.")
        footnote.settled()
    assert QUOTE in footnote.ask("maya", general, "and on Tuesday?", root, count=4).text


def test_a_click_that_comes_twice_is_confirmed_once(footnote: Any) -> None:
    slack, general, root = footnote.slack, footnote.slack.workspace.general, thread(footnote)
    answer = footnote.replies(general, root)[0]
    slack.click("tomas", answer, "menu", chosen(answer)).wait()
    footnote.reply(general, root, count=2)
    slack.click("maya", answer, "menu", chosen(answer)).wait()
    footnote.settled()
    assert len(footnote.replies(general, root)) == 2


def test_a_wish_that_is_delivered_again_is_confirmed_once(footnote: Any) -> None:
    slack, general, root = footnote.slack, footnote.slack.workspace.general, thread(footnote)
    footnote.ask("maya", general, footnote.at("stop replying here"), root, count=2)
    for delivery in list(slack.acks):
        slack.redeliver(delivery.id)
    footnote.settled()
    assert len(footnote.replies(general, root)) == 2


def test_other_threads_go_on(footnote: Any) -> None:
    general, root = footnote.slack.workspace.general, thread(footnote)
    other = footnote.ask("maya", general, footnote.at("does it sail on Friday?")).thread_ts
    footnote.settled()
    footnote.ask("maya", general, "stop replying here", root, count=2)
    assert QUOTE in footnote.ask("maya", general, "and on Tuesday?", other, count=2).text


def test_where_there_is_no_thread_we_say_where_it_can_be_said(footnote: Any) -> None:
    general = footnote.slack.workspace.general
    assert "say it there" in footnote.ask("maya", general, footnote.at("stop replying here")).text


def test_in_somebody_elses_thread_we_are_not_told_anything(footnote: Any) -> None:
    slack, general = footnote.slack, footnote.slack.workspace.general
    ts = slack.post("maya", general, "who takes the minutes?")
    assert silent(footnote, "tomas", "stop replying here", ts)


def test_over_signed_http_it_is_the_same(served: Any) -> None:
    general, root = served.slack.workspace.general, thread(served)
    served.ask("tomas", general, "deja de responder aquí", root, count=2)
    assert silent(served, "maya", "and on Tuesday?", root)


@pytest.mark.parametrize("failpoint", ["after-commit", "after-hush", ""])
def test_it_survives_a_kill_with_one_confirmation_and_holds_after_a_restart(child: Any, failpoint: str) -> None:
    slack, general = child.slack, child.slack.workspace.general
    ours = lambda: [m.text for m in slack.messages(general) if m.user == slack.bot_user]  # noqa: E731
    child.start()
    root = slack.post("maya", general, f"<@{slack.bot_user}> was the ferry cancelled?")
    slack.wait_for(lambda: len(ours()) == 1)
    child.stop()
    child.start(failpoint)
    slack.post("maya", general, "stop replying here", root)
    if failpoint:
        child.died()
    else:
        slack.wait_for(lambda: len(ours()) == 2)
        child.stop()
    child.start()
    slack.wait_for(lambda: len(ours()) == 2)
    slack.wait_for(lambda: all(delivery.is_done for delivery in slack.acks))
    slack.post("tomas", general, "and on Tuesday?", root)
    slack.post("tomas", slack.im("tomas"), "and on Friday?")  # answered after whatever would have been
    slack.wait_for(lambda: [m for m in slack.messages(slack.im("tomas")) if m.user == slack.bot_user])
    assert [text.startswith("I reply in this thread only") for text in ours()] == [False, True]
