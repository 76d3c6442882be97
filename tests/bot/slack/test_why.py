"""The menu under an answer and "Why this answer?": what it tells, and to whom."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from bot.slack.controls import IN_MENU, MOST_IN_MENU, Shown, controls
from bot.slack.language import strings_of
from bot.slack.surfaces.why import chart
from bot.values import Found, Note, Rejection, Searched, Trace
from vectorstore.schema import audit, feedback

ENGLISH = strings_of("en")
QUESTION = "who took the lifeboat out?"


def found(chunk: str = "c1", **changes: Any) -> Found:
    values = {
        "chunk": chunk,
        "document": "d1",
        "version": "v1",
        "start": 0,
        "end": 40,
        "title": "Storm closes the strait",
        "publisher": "Harbour Post",
        "published": date(2026, 3, 2),
        "fetched": "2026-03-03T08:00:00+00:00",
        "fused": 1.1234,
        "cosine": 0.61,
        "bm25": 8.4,
        "used": True,
    }
    return Found(**(values | changes))


def traced(footnote: Any, answer_of: Any, **changes: Any) -> None:
    """The next answers to QUESTION come with a trace."""
    trace = Trace(("workspace", "channel:C1"), (found(), found("c2", used=False, title="Lifeboats")), 0.91)
    footnote.oracle.answers[QUESTION] = answer_of(
        "The crew of Skarn took it out.",
        searched=Searched(8, 120, "Who took the lifeboat of Skarn out?"),
        timings_ms={"understand": 0.4, "search": 12.5, "compose": 25.0, "total": 40.2},
        **({"trace": trace} | changes),
    )


def menu(message: Any) -> dict[str, str]:
    """label -> value of what the menu under an answer offers."""
    [found] = [e for b in message.blocks for e in b.get("elements", ()) if e.get("type") == "overflow"]
    return {option["text"]["text"]: option["value"] for option in found["options"]}


def why(footnote: Any, user: str, message: Any, told: str) -> str:
    """All words of the window, once it tells `told`."""
    slack = footnote.slack
    slack.click(user, message, "menu", menu(message)["Why this answer?"]).wait()
    return str(slack.wait_for(lambda: [str(v.content) for v in slack.views(user)[-1:] if told in str(v.content)])[0])


def test_the_menu_never_offers_more_than_slack_takes() -> None:
    for shown in (
        Shown("a", True),
        Shown("a", False),
        Shown("a", True, is_private=True),
        Shown("a", True, False, True),
    ):
        assert 1 <= len([each for each in IN_MENU if each.offered(shown)]) <= MOST_IN_MENU
    assert [block["type"] for block in controls(Shown("a", False), ENGLISH)] == ["actions", "context_actions"]


@pytest.mark.both_doors
def test_why_tells_what_was_searched_found_used_and_how_long_it_took(footnote: Any, answer_of: Any) -> None:
    traced(
        footnote,
        answer_of,
        rejected=(Rejection("The mayor took it out.", "", Note("held_name", {"name": "the mayor"})),),
    )
    reply = footnote.ask("maya", footnote.slack.workspace.general, footnote.at(QUESTION))
    told = why(footnote, "tomas", reply, "Who took the lifeboat of Skarn out?")
    for wanted in (
        "the documents of the workspace and the documents of this channel: 8 documents, 120 passages",
        "0.91 of 1",
        "of the documents' own sentences",
        "1. Storm closes the strait",
        "Harbour Post · 2 March 2026 · read 3 March 2026",
        "Used · score 1.12 (meaning 0.61, words 8.4)",
        "2. Lifeboats",
        "Not used",
        "The mayor took it out.",
        "The quote does not name the mayor.",
        "25.0 ms",
    ):
        assert wanted in told or wanted.replace("'", "\\'") in told, wanted


def test_why_tells_what_the_model_cost(footnote: Any, answer_of: Any) -> None:
    trace = Trace(("workspace",), (found(),), 0.91, tokens=(3210, 120), cost=(0.00104, "USD"))
    traced(footnote, answer_of, trace=trace, composer="model")
    reply = footnote.ask("maya", footnote.slack.workspace.general, footnote.at(QUESTION))
    assert "3,210 tokens read, 120 written; about 0.0010 USD" in why(footnote, "maya", reply, "Model:")


@pytest.mark.parametrize(
    ("relevance", "told"),
    [(0.934, "put in order by cohere:x"), (None, "the search's own, because cohere:x did not answer")],
)
def test_why_names_the_reranker(footnote: Any, answer_of: Any, relevance: float | None, told: str) -> None:
    traced(footnote, answer_of, trace=Trace((), (found(relevance=relevance),), 0.91, reranker="cohere:x"))
    reply = footnote.ask("maya", footnote.slack.workspace.general, footnote.at(QUESTION))
    said = why(footnote, "maya", reply, "Order:")
    assert told in said
    assert ("reranker 0.93" in said) is (relevance is not None)


def test_why_is_told_of_an_abstention_too(footnote: Any) -> None:
    reply = footnote.ask("maya", footnote.slack.workspace.general, footnote.at("an unheard of thing?"))
    assert "what was found does not say it" in why(footnote, "maya", reply, "Searched as:")


def test_of_a_passage_one_may_not_read_nothing_is_told(footnote: Any, answer_of: Any) -> None:
    traced(footnote, answer_of, rejected=(Rejection("A sentence held back.", "", "No."),))
    reply = footnote.ask("maya", footnote.slack.workspace.general, footnote.at(QUESTION))
    footnote.shelf.readable = ("channel:CELSEWHERE",)
    told = why(footnote, "maya", reply, "Searched as:")
    assert "cannot be shown to you" in told
    for secret in ("Storm closes the strait", "Lifeboats", "Harbour Post", "held back"):
        assert secret not in told


def test_why_of_a_private_answer_is_told_to_nobody_else(footnote: Any, answer_of: Any) -> None:
    slack, general = footnote.slack, footnote.slack.workspace.general
    traced(footnote, answer_of)
    slack.slash("maya", general, "/ask", QUESTION).wait()
    private = footnote.reply(general)
    public = footnote.ask("tomas", general, footnote.at("was the ferry cancelled?"))
    [overflow] = [e for b in public.blocks for e in b.get("elements", ()) if e.get("type") == "overflow"]
    overflow["options"][0]["value"] = menu(private)["Why this answer?"]  # forged
    assert "lifeboat" not in why(footnote, "tomas", public, "do not have that answer")


def test_bars_are_as_long_as_the_steps_took() -> None:
    bars = [
        line.count("█")
        for line in chart({"search": 10.0, "compose": 40.0, "new": 0.0, "total": 50.0}, ENGLISH).splitlines()
    ]
    assert bars == [6, 24, 1, 0]


# -- what can be done about a passage --------------------------------------------------------------------------------


def window(footnote: Any, user: str, message: Any) -> Any:
    why(footnote, user, message, "Searched as:")
    return footnote.slack.views(user)[-1]


def test_a_passage_is_left_out_and_the_question_answered_again_beside_the_first_answer(
    footnote: Any, answer_of: Any
) -> None:
    traced(footnote, answer_of)
    slack = footnote.slack
    first = footnote.ask("maya", slack.workspace.general, footnote.at(QUESTION))
    view = window(footnote, "tomas", first)
    for _ in range(2):
        slack.click("tomas", view, "leave_out").wait()
    again = footnote.reply(slack.workspace.general, first.thread_ts, 2)
    footnote.settled()
    assert len(footnote.replies("general")) == 2
    asked = footnote.oracle.asked[-1]
    assert (asked.text, asked.without) == ("Who took the lifeboat of Skarn out?", ("c1",))
    assert asked.scopes == ("workspace", f"channel:{slack.workspace.general.id}")
    assert "Answered again without a passage of “Storm closes the strait”, as tomas wished." in again.text
    assert "took it out" in first.text


def test_an_answer_without_a_passage_can_do_without_another_as_well(footnote: Any, answer_of: Any) -> None:
    slack, general = footnote.slack, footnote.slack.workspace.general
    traced(footnote, answer_of, trace=Trace(("workspace",), (found("c2"),), 0.8, without=("c1",)))
    first = footnote.ask("maya", general, footnote.at(QUESTION))
    slack.click("maya", window(footnote, "maya", first), "leave_out").wait()
    footnote.reply(general, first.thread_ts, 2)
    assert footnote.oracle.asked[-1].without == ("c1", "c2")


def test_a_private_answer_is_answered_again_in_private(footnote: Any, answer_of: Any) -> None:
    slack, general = footnote.slack, footnote.slack.workspace.general
    traced(footnote, answer_of)
    slack.slash("maya", general, "/ask", QUESTION).wait()
    view = window(footnote, "maya", footnote.reply(general))
    slack.click("maya", view, "leave_out").wait()
    reply = footnote.reply(slack.im("maya"))
    assert "Answered again" in reply.text
    assert footnote.oracle.asked[-1].scopes == ("workspace", f"user:{slack.workspace.member.id}")
    assert len(footnote.replies(general)) == 1


def test_a_passage_of_an_answer_one_never_saw_is_left_out_of_nothing(footnote: Any, answer_of: Any) -> None:
    slack, general = footnote.slack, footnote.slack.workspace.general
    traced(footnote, answer_of)
    slack.slash("maya", general, "/ask", QUESTION).wait()
    private = menu(footnote.reply(general))["Why this answer?"].partition(":")[2]
    view = window(footnote, "tomas", footnote.ask("tomas", general, footnote.at(QUESTION)))
    asked = len(footnote.oracle.asked)
    for n, action in enumerate(("leave_out", "report_source")):
        [*_, element] = [
            e for b in view.content["blocks"] for e in b.get("elements", ()) if e.get("action_id") == action
        ]
        element["value"] = f"{private}:c{n + 1}"  # forged
        slack.click("tomas", view, action, element["value"]).wait()
    slack.wait_for(lambda: [m for m in slack.messages(slack.im("tomas")) if "do not have that answer" in m.text])
    slack.wait_for(lambda: [v for v in slack.views("tomas") if "do not have that answer" in str(v.content)])
    assert len(footnote.oracle.asked) == asked
    assert rows(footnote, select(feedback.c.answer_id)) == []


def test_a_bad_source_reaches_the_inbox_and_the_audit_trail(footnote: Any, answer_of: Any) -> None:
    slack = footnote.slack
    traced(footnote, answer_of)
    view = window(footnote, "maya", footnote.ask("maya", slack.workspace.general, footnote.at(QUESTION)))
    slack.click("maya", view, "report_source").wait()
    slack.wait_for(lambda: [v for v in slack.views("maya") if "is reported to" in str(v.content)])
    assert rows(footnote, select(feedback.c.document)) == ["d1"]
    assert rows(footnote, select(audit.c.action)) == ["report source"]
    slack.slash("ada", slack.workspace.general, "/footnote", "feedback").wait()
    slack.wait_for(
        lambda: [v for v in slack.views("ada") if "The source is bad: Storm closes the strait" in str(v.content)]
    )


def rows(footnote: Any, query: Any) -> list[Any]:
    with footnote.database.read() as connection:
        return list(connection.scalars(query))
