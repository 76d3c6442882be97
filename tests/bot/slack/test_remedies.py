"""What an owner does about a question of the Home's lists, and that nobody else may."""

from __future__ import annotations

import json
from typing import Any

QUESTION = "where is the unheard harbour?"


def home(footnote: Any, user: str) -> Any:
    """The Home of this person as it is after being opened now."""
    view = footnote.slack.home(user)
    before = view.hash if view else None
    footnote.slack.open_home(user)
    return footnote.slack.wait_for(lambda: (now := footnote.slack.home(user)) and now.hash != before and now)


def menu(view: Any, action: str) -> tuple[str, str]:
    """(block, value) of the first entry of a menu with that action; empty for none."""
    for block in view.content["blocks"]:
        for option in block.get("accessory", {}).get("options", ()):
            if option["value"].startswith(f"{action}:"):
                return block["block_id"], option["value"]
    return "", ""


def window(footnote: Any, user: str, name: str) -> Any:
    return footnote.slack.wait_for(
        lambda: next((v for v in footnote.slack.views(user) if v.content.get("callback_id") == name), None)
    )


def choose(footnote: Any, user: str, action: str) -> None:
    view = home(footnote, user)
    block, value = menu(view, action)
    footnote.slack.click(user, view, "menu", value, block).wait()


def listed(footnote: Any, times: int) -> None:
    """Wait until the Home of the owner lists the question as unanswered so often; 0: not at all."""
    footnote.slack.open_home("ada")

    def told() -> list[str]:
        view = footnote.slack.home("ada")
        sections = [block for block in view.content["blocks"] if "question_handled" in str(block)] if view else []
        return [block["text"]["text"] for block in sections]

    wanted = [f"{times}× {QUESTION}"] if times else []
    footnote.slack.wait_for(lambda: footnote.slack.home("ada") and told() == wanted)


def test_an_unanswered_question_gets_a_document_a_note_or_is_ticked_off_until_it_is_asked_again(footnote: Any) -> None:
    slack, general = footnote.slack, footnote.slack.workspace.general
    direct = slack.im("ada")

    def ask() -> None:
        footnote.ask("maya", general, footnote.at(QUESTION))
        footnote.settled()

    def directly(told: str) -> Any:
        return slack.wait_for(lambda: [each for each in footnote.replies(direct) if told in each.text])[-1]

    ask()
    ask()
    listed(footnote, 2)

    choose(footnote, "ada", "question_handled")
    listed(footnote, 0)
    ask()
    listed(footnote, 1)

    choose(footnote, "ada", "add_for_question")
    asked = window(footnote, "ada", "add_document")
    assert QUESTION in json.dumps(asked.content)
    slack.submit("ada", asked, {}).wait()
    assert asked.errors == {"address": "Give an address or a file."}
    slack.submit("ada", asked, {"address": "harbour"}).wait()
    assert "http" in asked.errors["address"]
    files = [("harbour.md", b"# Harbour\n\nIt is in Skarn.")]
    slack.submit("ada", asked, {"address": "https://harbour.example/map", "file": files}).wait()
    directly("Added to the library for everybody")
    listed(footnote, 0)
    footnote.settled()
    assert {("ingest", "https://harbour.example/map"), ("keep", "harbour.md workspace")} <= {
        (what, of) for what, of, _ in footnote.shelf.jobs
    }

    ask()
    choose(footnote, "ada", "note_for_question")
    written = window(footnote, "ada", "write_note")
    slack.submit("ada", written, {"question": QUESTION, "text": "It lies behind the lighthouse."}).wait()
    directly(f"Kept: “{QUESTION}”, answered by ada")
    listed(footnote, 0)

    slack.slash("ada", direct, "/footnote", "audit 1h").wait()
    told = directly("Audit trail since 1h").text
    assert all(f"{action} · done · {QUESTION}" in told for action in ("question handled", "document for question"))


def test_whoever_is_no_owner_may_not(footnote: Any) -> None:
    slack, general = footnote.slack, footnote.slack.workspace.general
    footnote.ask("maya", general, footnote.at(QUESTION))
    theirs, forged = home(footnote, "ada"), home(footnote, "maya")
    assert menu(forged, "question_handled") == ("", "")
    forged.content["blocks"] = theirs.content["blocks"]
    for action in ("question_handled", "note_for_question", "add_for_question"):
        block, value = menu(theirs, action)
        slack.click("maya", forged, "menu", value, block).wait()
    direct = slack.im("maya")
    slack.wait_for(lambda: len([m for m in footnote.replies(direct) if "administrators" in m.text]) == 3)
    assert slack.views("maya") == []
    listed(footnote, 1)
