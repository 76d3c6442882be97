"""The thumbs under an answer, the window that asks why, and the inbox of the administrators."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from vectorstore.schema import audit, feedback

FERRY = "was the ferry cancelled?"


def button(message: Any, kind: str) -> str:
    return str(message.blocks[-1]["elements"][0][f"{kind}_button"]["value"])


def kept(footnote: Any) -> set[tuple[Any, ...]]:
    columns = (feedback.c.user, feedback.c.vote, feedback.c.reason, feedback.c.comment, feedback.c.state)
    with footnote.database.read() as connection:
        return {tuple(row) for row in connection.execute(select(*columns))}


def until_kept(footnote: Any, expected: set[tuple[Any, ...]]) -> None:
    footnote.until(lambda: kept(footnote) == expected, lambda: kept(footnote))


def asked_why(footnote: Any, user: str, message: Any) -> Any:
    """The window that a thumb down opens."""
    slack = footnote.slack
    slack.click(user, message, "feedback", button(message, "negative")).wait()
    return slack.wait_for(lambda: [v for v in slack.views(user) if v.content.get("callback_id") == "feedback_reason"])[
        -1
    ]


def objected(footnote: Any, reason: str = "outdated", comment: str = "It sails again.", user: str = "maya") -> Any:
    """Ask, vote against the answer, say why; returns the answer."""
    message = footnote.ask(user, footnote.slack.workspace.general, footnote.at(FERRY))
    window = asked_why(footnote, user, message)
    footnote.slack.submit(user, window, {"reason": reason, "comment": comment}).wait()
    id = footnote.slack.workspace.user(user).id
    until_kept(footnote, {(id, "down", reason, comment, "open")})
    return message


def inbox(footnote: Any, told: str, user: str = "ada") -> Any:
    slack = footnote.slack
    slack.slash(user, slack.workspace.general, "/footnote", "feedback").wait()
    return slack.wait_for(lambda: [v for v in slack.views(user)[-1:] if told in str(v.content)])[0]


def test_a_thumb_up_is_one_click_and_is_thanked_quietly(footnote: Any) -> None:
    slack, general = footnote.slack, footnote.slack.workspace.general
    message = footnote.ask("maya", general, footnote.at(FERRY))
    slack.click("tomas", message, "feedback", button(message, "positive")).wait()
    until_kept(footnote, {(slack.workspace.other_member.id, "up", None, None, "open")})
    thanks = slack.wait_for(lambda: [m for m in slack.messages(general) if m.text == "Thank you: noted."])[0]
    assert thanks.ephemeral_for == slack.workspace.other_member.id
    assert thanks.thread_ts == message.thread_ts
    assert slack.views("tomas") == []


@pytest.mark.both_doors
def test_a_thumb_down_counts_at_once_and_is_explained_afterwards(footnote: Any) -> None:
    slack = footnote.slack
    message = footnote.ask("maya", slack.workspace.general, footnote.at(FERRY))
    window = asked_why(footnote, "maya", message)
    maya = slack.workspace.member.id
    until_kept(footnote, {(maya, "down", None, None, "open")})
    slack.submit("maya", window, {"reason": "outdated", "comment": "It sails again."}).wait()
    until_kept(footnote, {(maya, "down", "outdated", "It sails again.", "open")})
    thanks = slack.wait_for(lambda: [m for m in slack.messages("general") if "will look at it" in m.text])[0]
    assert thanks.ephemeral_for == maya


def test_the_last_vote_of_a_person_counts(footnote: Any) -> None:
    message = objected(footnote)
    slack = footnote.slack
    slack.click("maya", message, "feedback", button(message, "positive")).wait()
    until_kept(footnote, {(slack.workspace.member.id, "up", None, None, "open")})


def test_a_reason_without_a_vote_of_ones_own_is_kept_nowhere(footnote: Any) -> None:
    slack = footnote.slack
    mine = footnote.ask("maya", slack.workspace.general, footnote.at(FERRY))
    slack.slash("tomas", slack.workspace.general, "/ask", FERRY).wait()
    private = footnote.reply(slack.workspace.general, count=2)
    window = asked_why(footnote, "maya", mine)
    window.content["private_metadata"] = button(private, "negative").partition(":")[2]  # forged: another's answer
    slack.submit("maya", window, {"reason": "wrong"}).wait()
    slack.wait_for(lambda: [m for m in slack.messages(slack.im("maya")) if "do not have that answer" in m.text])
    assert kept(footnote) == {(slack.workspace.member.id, "down", None, None, "open")}


def test_a_vote_on_an_answer_nobody_showed_one_is_not_kept(footnote: Any) -> None:
    slack, general = footnote.slack, footnote.slack.workspace.general
    slack.slash("maya", general, "/ask", FERRY).wait()
    private = footnote.reply(general)
    public = footnote.ask("tomas", general, footnote.at(FERRY))
    public.blocks[-1]["elements"][0]["negative_button"]["value"] = button(private, "negative")  # forged
    slack.click("tomas", public, "feedback", button(private, "negative")).wait()
    slack.click("maya", public, "feedback", button(public, "positive")).wait()
    until_kept(footnote, {(slack.workspace.member.id, "up", None, None, "open")})


def test_administrators_see_what_was_said_and_tick_it_off(footnote: Any) -> None:
    objected(footnote)
    view = inbox(footnote, FERRY)
    for told in ("It is out of date", "It sails again.", "· open"):
        assert told in str(view.content)
    footnote.slack.click("ada", view, "feedback_done").wait()
    footnote.slack.wait_for(lambda: "· done" in str(view.content))
    assert {state for *_, state in kept(footnote)} == {"closed"}
    with footnote.database.read() as connection:
        assert list(connection.scalars(select(audit.c.action))) == ["feedback closed"]


def test_the_answer_is_shown_to_an_administrator_as_far_as_she_may_read_its_quotes(footnote: Any) -> None:
    objected(footnote)
    slack = footnote.slack
    slack.click("ada", inbox(footnote, FERRY), "see_answer").wait()
    view = slack.wait_for(lambda: [v for v in slack.views("ada")[1:] if "Storm Hilde" in str(v.content)])[0]
    slack.close("ada", view)
    footnote.shelf.readable = ("channel:CELSEWHERE",)
    slack.click("ada", slack.views("ada")[0], "see_answer").wait()
    view = slack.wait_for(lambda: [v for v in slack.views("ada")[1:] if "cannot be shown" in str(v.content)])[0]
    assert "The ferry to Skarn" not in str(view.content)
    assert "Storm closes the strait" not in str(view.content)


@pytest.mark.parametrize("user", ["maya", "gus"])
def test_the_inbox_is_for_administrators(footnote: Any, user: str) -> None:
    objected(footnote)
    slack = footnote.slack
    place = slack.workspace.general if user == "maya" else slack.workspace.shared
    slack.slash(user, place, "/footnote", "feedback").wait()
    slack.wait_for(lambda: [m for m in slack.messages(place) if "administrators" in m.text or "full members" in m.text])
    assert not any("It sails again." in str(view.content) for view in slack.views(user))


def test_whoever_is_no_administrator_any_more_cannot_tick_off(footnote: Any) -> None:
    objected(footnote)
    view = inbox(footnote, FERRY)
    footnote.slack.workspace.admin.is_restricted = True
    footnote.app.people._known.clear()  # a minute has passed
    footnote.slack.click("ada", view, "feedback_done").wait()
    with_refusal = select(audit.c.action).where(audit.c.decision == "refused")
    footnote.until(lambda: rows(footnote, with_refusal) == ["feedback_done"], lambda: rows(footnote, with_refusal))
    assert {state for *_, state in kept(footnote)} == {"open"}


def rows(footnote: Any, query: Any) -> list[Any]:
    with footnote.database.read() as connection:
        return list(connection.scalars(query))


def test_it_works_over_signed_http_too(served: Any) -> None:
    message = served.ask("maya", served.slack.workspace.general, served.at(FERRY))
    window = asked_why(served, "maya", message)
    served.slack.submit("maya", window, {"reason": "missing"}).wait()
    until_kept(served, {(served.slack.workspace.member.id, "down", "missing", None, "open")})
