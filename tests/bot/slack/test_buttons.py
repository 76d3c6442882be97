"""Votes and quotes: what the buttons under an answer do, and whom they obey."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from vectorstore.schema import feedback

QUOTE = "The ferry to Skarn was cancelled on Monday."


def votes(footnote: Any, count: int) -> set[tuple[str, str]]:
    deadline = time.monotonic() + 60
    while True:
        with footnote.database.read() as connection:
            found = {(row.user, row.vote) for row in connection.execute(select(feedback))}
        if len(found) >= count or time.monotonic() > deadline:
            return found
        time.sleep(0.02)


def pieces(view: Any) -> list[tuple[str, bool]]:
    """(text, is bold) of the passages shown."""
    quoted = [each for block in view.content["blocks"] for each in block.get("elements", ())]
    return [
        (piece["text"], bool(piece.get("style", {}).get("bold")))
        for each in quoted
        if each["type"] == "rich_text_quote"
        for piece in each["elements"]
    ]


def words(view: Any) -> str:
    return str(view.content["blocks"])


@pytest.mark.both_doors
def test_votes_are_kept_and_the_last_of_a_person_counts(footnote: Any) -> None:
    slack, general = footnote.slack, footnote.slack.workspace.general
    reply = footnote.ask("maya", general, footnote.at("was the ferry cancelled?"))
    good, bad = (reply.blocks[-1]["elements"][0][f"{kind}_button"]["value"] for kind in ("positive", "negative"))
    slack.click("tomas", reply, "feedback", good).wait()
    slack.click("maya", reply, "feedback", good).wait()
    assert len(votes(footnote, 2)) == 2
    slack.click("maya", reply, "feedback", bad).wait()
    slack.wait_for(lambda: True)
    deadline = time.monotonic() + 60
    expected = {(slack.workspace.member.id, "down"), (slack.workspace.other_member.id, "up")}
    while votes(footnote, 2) != expected and time.monotonic() < deadline:
        time.sleep(0.02)
    assert votes(footnote, 2) == expected


@pytest.mark.both_doors
def test_show_quotes_shows_the_quote_in_bold_between_its_neighbours(footnote: Any) -> None:
    slack = footnote.slack
    reply = footnote.ask("maya", slack.workspace.general, footnote.at("was the ferry cancelled?"))
    slack.click("tomas", reply, "show_quotes").wait()
    view = slack.wait_for(lambda: [v for v in slack.views("tomas") if pieces(v)])[0]
    assert pieces(view) == [
        ("Storm Hilde reached the coast at dawn. ", False),
        (QUOTE, True),
        (" Crossings began again a day later.", False),
    ]
    assert "Storm closes the strait" in words(view)


def test_quotes_are_shown_only_to_those_who_may_read_them_now(footnote: Any) -> None:
    slack = footnote.slack
    reply = footnote.ask("maya", slack.workspace.general, footnote.at("was the ferry cancelled?"))
    footnote.shelf.readable = ("channel:CELSEWHERE",)
    slack.click("maya", reply, "show_quotes").wait()
    view = slack.wait_for(lambda: [v for v in slack.views("maya") if "cannot be shown" in words(v)])[0]
    assert QUOTE not in words(view)


def test_a_guest_sees_quotes_of_the_channel_only(footnote: Any) -> None:
    slack, shared = footnote.slack, footnote.slack.workspace.shared
    reply = footnote.ask("maya", shared, footnote.at("was the ferry cancelled?"))
    footnote.shelf.readable = ("workspace",)
    slack.click("gus", reply, "show_quotes").wait()
    slack.wait_for(lambda: [v for v in slack.views("gus") if "cannot be shown" in words(v)])


def test_a_button_carried_to_another_channel_shows_nothing(footnote: Any) -> None:
    slack, workspace = footnote.slack, footnote.slack.workspace
    private = footnote.ask("maya", workspace.private, footnote.at("was the ferry cancelled?"))
    public = footnote.ask("maya", workspace.general, footnote.at("was the ferry cancelled?"))
    button = next(e for b in public.blocks for e in b.get("elements", ()) if e.get("action_id") == "show_quotes")
    button["value"] = next(
        e["value"] for b in private.blocks for e in b.get("elements", ()) if e.get("action_id") == "show_quotes"
    )
    slack.click("tomas", public, "show_quotes").wait()
    slack.wait_for(lambda: [v for v in slack.views("tomas") if "do not have that answer" in words(v)])


def test_where_a_quote_stands_and_that_its_source_has_changed_is_told(footnote: Any) -> None:
    slack = footnote.slack
    read, changed = (datetime(2026, 3, day, tzinfo=UTC) for day in (3, 9))
    footnote.shelf.where = {"heading": "Storm > Crossings", "page": 12, "read": read, "changed": changed}
    reply = footnote.ask("maya", slack.workspace.general, footnote.at("was the ferry cancelled?"))
    slack.click("tomas", reply, "show_quotes").wait()
    view = slack.wait_for(lambda: [v for v in slack.views("tomas") if pieces(v)])[0]
    for told in (
        "Storm > Crossings · page 12",
        "read 3 March 2026",
        "has changed since",
        "9 March 2026",
        "Harbour Post",
    ):
        assert told in words(view)


def test_of_a_passage_one_may_not_read_not_even_the_title_is_told(footnote: Any) -> None:
    slack = footnote.slack
    reply = footnote.ask("maya", slack.workspace.general, footnote.at("was the ferry cancelled?"))
    footnote.shelf.readable = ("channel:CELSEWHERE",)
    slack.click("maya", reply, "show_quotes").wait()
    view = slack.wait_for(lambda: [v for v in slack.views("maya") if "cannot be shown" in words(v)])[0]
    assert "Storm closes the strait" not in words(view)


def test_many_quotes_come_in_pages_and_rights_are_looked_up_at_each(footnote: Any, answer_of: Any) -> None:
    slack = footnote.slack
    footnote.oracle.answers["everything?"] = answer_of(*(f"Sentence {n} of the storm." for n in range(60)))
    footnote.ask("maya", slack.workspace.general, footnote.at("everything?"))
    reply = slack.wait_for(lambda: [m for m in footnote.replies("general") if "show_quotes" in str(m.blocks)])[0]
    slack.click("tomas", reply, "show_quotes").wait()
    view = slack.wait_for(lambda: [v for v in slack.views("tomas") if "More quotes" in words(v)])[0]
    assert len(view.content["blocks"]) <= 100
    first = len(pieces(view))
    slack.click("tomas", view, "quotes_page").wait()
    slack.wait_for(lambda: "Back" in words(view) and "[60]" in words(view))
    assert first + len(pieces(view)) == 60 * 3
    footnote.shelf.readable = ("channel:CELSEWHERE",)
    slack.click("tomas", view, "quotes_page").wait()
    slack.wait_for(lambda: "cannot be shown" in words(view))
    assert pieces(view) == []
