"""A web address and nothing else is no question: what can be done with it is told."""

from __future__ import annotations

from typing import Any

from bot.slack.surface import ADD_TO_WORKSPACE

PAGE = "https://harbour.example/timetable"


def sent(footnote: Any, user: str, address: str = PAGE) -> Any:
    return footnote.ask(user, footnote.slack.workspace.general, footnote.at(f"<{address}>"))


def test_an_address_that_is_not_in_the_library_says_what_was_searched_and_who_can_add_it(footnote: Any) -> None:
    reply = sent(footnote, "maya")
    assert "I looked for that address in 1 document (12 passages): it is not in the library." in reply.text
    assert "ask an administrator of Footnote to add it" in reply.text
    assert not [block for block in reply.blocks if block["type"] == "actions"]
    assert footnote.shelf.jobs == []


def test_an_administrator_adds_it_with_a_button(footnote: Any) -> None:
    reply = sent(footnote, "ada")
    assert footnote.shelf.jobs == []
    footnote.slack.click("ada", reply, ADD_TO_WORKSPACE).wait()
    footnote.slack.wait_for(lambda: footnote.shelf.jobs)
    assert footnote.shelf.jobs == [("ingest", PAGE, footnote.slack.workspace.admin.id)]


def test_an_address_that_is_there_can_be_asked_about(footnote: Any) -> None:
    reply = sent(footnote, "maya", footnote.shelf.rows["s1"].location)
    assert "it is in the library. Ask me what you want to know about it" in reply.text


def test_an_address_with_words_is_a_question(footnote: Any) -> None:
    reply = footnote.ask("maya", footnote.slack.workspace.general, footnote.at(f"who wrote <{PAGE}>?"))
    assert "I looked for that address" not in reply.text
