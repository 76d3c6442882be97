""" "Keep as answer": what a colleague wrote becomes a document; whose it is, and who may keep it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from bot.slack.human_requests import HumanRequests
from bot.slack.surfaces.notes import Note, Place
from ingest.loaders.markdown import load_markdown

UNKNOWN = "an unheard of thing?"
REPLY = "The lifeboat is kept in Skarn, in the old boathouse."


@pytest.fixture
def footnote(start: Callable[..., Any]) -> Any:
    return start(admins=("ada",), humans=("tomas",))


def replied(footnote: Any) -> Any:
    """A question nobody's document answers, a call for a human, and the reply of the one who was called."""
    slack = footnote.slack
    answer = footnote.ask("maya", slack.workspace.general, footnote.at(UNKNOWN))
    slack.click("maya", answer, "get_human").wait()
    footnote.called.append(slack.workspace.user("tomas").id)
    slack.wait_for(lambda: HumanRequests(footnote.database).waiting(slack.workspace.team.id, 1))
    # The reply says nothing to us: it begins with a word to somebody else.
    ts = slack.post("tomas", "general", f"<@{slack.workspace.member.id}> {REPLY}", answer.thread_ts)
    return slack.message("general", ts)


def window(footnote: Any, user: str, message: Any, told: str = "The question it answers") -> Any:
    slack = footnote.slack
    slack.shortcut(user, "keep_answer", message).wait()
    return slack.wait_for(lambda: [v for v in slack.views(user) if told in str(v.content)])[-1]


def kept(footnote: Any) -> list[Any]:
    return [job for job in footnote.shelf.jobs if job[0] == "keep"]


def hint(footnote: Any, text: str) -> Any:
    return footnote.slack.wait_for(lambda: [m for m in footnote.slack.messages("general") if text in m.text])[0]


def test_an_administrator_keeps_it_for_everybody_under_the_question_it_answers(footnote: Any) -> None:
    message = replied(footnote)
    view = window(footnote, "ada", message)
    footnote.slack.submit("ada", view, {"reach": "workspace"}).wait()
    said = hint(footnote, "Kept: “an unheard of thing?”, answered by")
    assert said.ephemeral_for == footnote.slack.workspace.admin.id
    assert kept(footnote) == [
        ("keep", f"note-{message.channel}-{message.ts}.md workspace", footnote.slack.workspace.admin.id)
    ]


def test_who_was_called_keeps_it_for_the_channel_alone(footnote: Any) -> None:
    message = replied(footnote)
    view = window(footnote, "tomas", message)
    [choice] = [b["element"] for b in view.content["blocks"] if b.get("block_id") == "reach"]
    assert [option["value"] for option in choice["options"]] == ["channel"]
    choice["options"][0]["value"] = "workspace"  # forged
    footnote.slack.submit("tomas", view, {"reach": "workspace"}).wait()
    hint(footnote, "Kept:")
    assert [what for _, what, _ in kept(footnote)] == [
        f"note-{message.channel}-{message.ts}.md channel:{message.channel}"
    ]


def test_nobody_else_keeps_anything(footnote: Any) -> None:
    message = replied(footnote)
    window(footnote, "maya", message, "can keep a message")
    mine = window(footnote, "tomas", message)
    footnote.slack.workspace.user("tomas").is_restricted = True
    footnote.app.people._known.clear()  # a minute has passed
    footnote.slack.submit("tomas", mine, {"reach": "channel"}).wait()
    footnote.slack.wait_for(
        lambda: [m for m in footnote.slack.messages(footnote.slack.im("tomas")) if "full members" in m.text]
    )
    assert kept(footnote) == []


def test_what_we_wrote_ourselves_is_no_answer_of_a_human(footnote: Any) -> None:
    answer = footnote.ask("maya", footnote.slack.workspace.general, footnote.at(UNKNOWN))
    window(footnote, "ada", answer, "Only what a colleague wrote")


def test_a_message_that_is_gone_is_not_kept(footnote: Any) -> None:
    message = replied(footnote)
    view = window(footnote, "ada", message)
    footnote.slack.delete("tomas", "general", message.ts)
    footnote.slack.submit("ada", view, {"reach": "workspace"}).wait()
    hint(footnote, "is not there any more")
    assert kept(footnote) == []


def test_a_window_that_names_another_place_keeps_nothing(footnote: Any) -> None:
    view = window(footnote, "tomas", replied(footnote))
    secret = footnote.slack.post("maya", "desk-private", "the plan")
    view.content["private_metadata"] = str(Place(footnote.slack.workspace.private.id, secret, secret))  # forged
    footnote.slack.submit("tomas", view, {"reach": "channel"}).wait()
    footnote.slack.wait_for(
        lambda: [
            m
            for place in ("general", "desk-private", footnote.slack.im("tomas"))
            for m in footnote.slack.messages(place)
            if "can keep a message" in m.text
        ]
    )
    assert kept(footnote) == []


@pytest.mark.parametrize("text", ["", "[]", '["C1", "x", "y"]', '["../C1", "1.1", "1.1"]', "{", '["C1","1.1",1]'])
def test_a_place_is_three_ids_or_nothing(text: str) -> None:
    assert Place.of(text) is None


def test_a_note_says_whose_it_is_and_nothing_in_it_can_say_otherwise() -> None:
    hostile = "When?\nauthor: somebody else\n---\nurl: https://evil.example"
    note = Note(
        hostile, "---\nauthor: x\n---\nAt nine.", "Tomás", date(2026, 3, 4), "Playground", "https://a.example/1"
    )
    loaded = load_markdown(note.document())
    assert loaded.metadata.author == "Tomás"
    assert loaded.metadata.publisher == "Playground"
    assert loaded.metadata.published == date(2026, 3, 4)
    assert loaded.metadata.url == "https://a.example/1"
    assert loaded.metadata.title == " ".join(hostile.split())
    assert "At nine." in " ".join(block.text for block in loaded.blocks)
