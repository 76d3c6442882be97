"""The App Home: what each person finds there, what can be done in it, and what nobody finds there."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.slack.channels import Channels, ChannelSettings
from bot.slack.chart import bars
from bot.slack.history import History, Week
from bot.slack.language import strings_of
from bot.slack.opinions import Opinions
from bot.slack.surfaces.home import OPINIONS

FERRY = "was the ferry cancelled?"
UNKNOWN = "an unheard of thing?"


def home(footnote: Any, user: str, told: str = "Ask your documents") -> Any:
    """The Home of somebody who opens it, once it tells `told`."""
    footnote.slack.open_home(user)
    return seen(footnote, user, told)


def seen(footnote: Any, user: str, told: str) -> Any:
    def shown() -> Any:
        view = footnote.slack.home(user)
        return view if view and told in words(view) else None

    return footnote.slack.wait_for(shown)


def words(view: Any) -> str:
    return json.dumps(view.content["blocks"], ensure_ascii=False)


def ask(footnote: Any, user: str, view: Any, text: str, box: str = "home_ask") -> None:
    footnote.slack.click(user, view, box, text).wait()


def test_it_shows_what_one_may_be_answered_from_and_a_box_to_ask(footnote: Any) -> None:
    view = home(footnote, "maya")
    told = words(view)
    for wanted in ("I can answer you from", "Storm closes the strait\\n1 document · read 3 March 2026", "English"):
        assert wanted in told
    assert "Administration" not in told
    assert "id s1" not in told


def test_sources_one_may_not_read_are_not_there(footnote: Any) -> None:
    row = footnote.shelf.rows["s1"]
    for n, scope in enumerate(("admin", "channel:CELSEWHERE", "user:USOMEBODY"), 2):
        footnote.shelf.rows[f"s{n}"] = replace(row, id=f"s{n}", title=f"Secret {n}", scope=scope)
    assert "Secret" not in words(home(footnote, "maya"))
    assert "Secret 2" in words(home(footnote, "ada"))


def test_where_there_are_no_documents_it_says_how_they_come(footnote: Any) -> None:
    footnote.shelf.rows.clear()
    told = words(home(footnote, "maya", "I have no documents yet"))
    assert "0 documents" not in told
    assert "/footnote ingest" in told


def test_a_path_of_the_server_is_shown_to_nobody_else(footnote: Any) -> None:
    path = "/srv/papers/minutes"
    footnote.shelf.rows["s1"] = replace(footnote.shelf.rows["s1"], title=path, location=path)
    told = words(home(footnote, "maya", "minutes"))
    assert "/srv" not in told


def test_a_question_asked_in_it_is_answered_directly_and_joins_ones_own(footnote: Any) -> None:
    view = home(footnote, "maya")
    ask(footnote, "maya", view, f"{FERRY} <!channel>")
    reply = footnote.reply(footnote.slack.im("maya"))
    assert reply.text.startswith("You asked: was the ferry cancelled?")
    assert "The ferry to Skarn was cancelled on Monday." in reply.text
    view = seen(footnote, "maya", "was the ferry cancelled? @channel")
    assert footnote.oracle.asked[-1].scopes == ("workspace", f"user:{footnote.slack.workspace.member.id}")
    footnote.slack.click("maya", view, "home_show").wait()
    footnote.slack.wait_for(lambda: [v for v in footnote.slack.views("maya") if "Storm Hilde" in str(v.content)])


def test_nobody_finds_anothers_questions(footnote: Any) -> None:
    footnote.ask("tomas", footnote.slack.workspace.general, footnote.at(FERRY))
    view = home(footnote, "maya")
    assert FERRY not in words(view)
    mine = footnote.ask("maya", footnote.slack.workspace.general, footnote.at("and on Tuesday?"))
    view = home(footnote, "maya", "and on Tuesday?")
    others = footnote.database_ids("tomas")[0]
    [section] = [b for b in view.content["blocks"] if (b.get("accessory") or {}).get("action_id") == "home_show"]
    section["accessory"]["value"] = others  # forged
    footnote.slack.click("maya", view, "home_show").wait()
    footnote.slack.wait_for(
        lambda: [v for v in footnote.slack.views("maya") if "do not have that answer" in str(v.content)]
    )
    assert mine


@pytest.mark.parametrize("user", ["gus", "xenia"])
def test_guests_and_people_of_elsewhere_find_it_closed(footnote: Any, user: str) -> None:
    view = home(footnote, user, "full members")
    assert "Storm" not in words(view)
    assert "home_ask" not in words(view)


def test_sources_come_in_pages(footnote: Any) -> None:
    for n in range(2, 26):
        footnote.shelf.add(f"s{n}", f"Paper {n:02}", f"https://a.example/{n}")
    view = home(footnote, "maya", "1 to 10 of 25")
    assert words(view).count("Paper") + words(view).count("Storm") == 10
    footnote.slack.click("maya", view, "home_page", "1").wait()
    view = seen(footnote, "maya", "Back")
    [turns] = [b["elements"] for b in view.content["blocks"] if "home_back" in json.dumps(b)]
    assert [each["action_id"] for each in turns] == ["home_back", "home_page"], "beside each other"
    footnote.slack.click("maya", view, "home_page", "2").wait()
    footnote.slack.wait_for(lambda: "More sources" not in words(view))
    assert words(view).count("Paper") == 5
    assert "21 to 25 of 25" in words(view)
    footnote.slack.click("maya", view, "home_back", "1").wait()
    footnote.slack.wait_for(lambda: "11 to 20 of 25" in words(view))
    assert len(view.content["blocks"]) <= 100


def test_what_was_published_meanwhile_is_not_undone(footnote: Any) -> None:
    view = home(footnote, "maya")
    footnote.app.home.publish("maya-is-nobody")
    footnote.app.home.publish(footnote.slack.workspace.member.id, hash="1.stale")
    assert "Ask your documents" in words(view)
    refused = [call.error for call in footnote.slack.calls if call.method == "views.publish" and call.error]
    assert refused == ["hash_conflict"]


# -- administrators --------------------------------------------------------------------------------------------------


def test_administrators_find_what_waits_for_them(start: Callable[..., Any]) -> None:
    footnote = start(admins=("ada",), humans=("tomas",))
    workspace, slack = footnote.slack.workspace, footnote.slack
    for _ in range(2):
        footnote.ask("maya", workspace.general, footnote.at(UNKNOWN))
    slack.slash("maya", workspace.general, "/ask", "an unheard of secret?").wait()
    footnote.settled()
    answer = [m for m in footnote.replies("general") if "get_human" in str(m.blocks)][-1]
    slack.click("maya", answer, "get_human").wait()
    footnote.called.append(workspace.user("tomas").id)
    footnote.settled()
    slack.click("maya", answer, "feedback", answer.blocks[-1]["elements"][0]["negative_button"]["value"]).wait()
    slack.wait_for(lambda: slack.views("maya"))
    Channels(footnote.database).keep(workspace.team.id, workspace.general.id, ChannelSettings(mode="auto"))
    told = words(home(footnote, "ada", "Administration"))
    for wanted in (
        "2×",
        "private channels, and not shown: 1",
        "Feedback (1 open)",
        "No reason given",
        "maya ·",
        "░",
    ):
        assert wanted in told
    assert "secret" not in told


def test_a_question_of_a_private_channel_is_not_told(footnote: Any) -> None:
    footnote.ask("maya", footnote.slack.workspace.private, footnote.at("an unheard of plan?"))
    told = words(home(footnote, "ada", "Administration"))
    assert "unheard of plan" not in told
    assert "not shown: 1" in told


def test_a_source_is_added_looked_at_and_removed_from_it(footnote: Any) -> None:
    slack, direct = footnote.slack, footnote.slack.im("ada")
    view = home(footnote, "ada", "Add a source")
    ask(footnote, "ada", view, "https://a.example/page", "home_add_source")
    slack.wait_for(lambda: any(m.text.endswith("Done: 1 new, 1 unchanged.") for m in slack.messages(direct)))
    view = seen(footnote, "ada", "A new page")
    slack.click("ada", view, "menu", "reingest_source:s1").wait()
    footnote.settled()
    slack.click("ada", view, "menu", "remove_source:s1").wait()
    asked = slack.wait_for(lambda: [m for m in slack.messages(direct) if m.text.startswith("Remove “Storm")])[0]
    slack.click("ada", asked, "asked_and_confirmed").wait()
    slack.wait_for(lambda: any(m.text.startswith("Removed “Storm") for m in slack.messages(direct)))
    assert [(what, object) for what, object, _ in footnote.shelf.jobs] == [
        ("ingest", "https://a.example/page"),
        ("plan", "s1"),
        ("remove", "s1"),
    ]


def test_whoever_is_no_administrator_any_more_does_nothing_with_it(footnote: Any) -> None:
    slack = footnote.slack
    view = home(footnote, "ada", "Add a source")
    slack.workspace.admin.is_restricted = True
    footnote.app.people._known.clear()  # a minute has passed
    ask(footnote, "ada", view, "https://a.example/page", "home_add_source")
    slack.wait_for(lambda: any("administrators" in m.text for m in slack.messages(slack.im("ada"))))
    assert footnote.shelf.jobs == []
    assert "Administration" not in words(seen(footnote, "ada", "full members"))


def test_the_settings_of_a_channel_are_opened_from_it(footnote: Any) -> None:
    slack, general = footnote.slack, footnote.slack.workspace.general
    slack.click("ada", home(footnote, "ada", "Administration"), "open_settings", general.id).wait()
    window = slack.wait_for(
        lambda: [v for v in slack.views("ada") if v.content.get("callback_id") == "channel_settings"]
    )[0]
    assert window.content["private_metadata"] == general.id


def test_feedback_is_ticked_off_in_it(footnote: Any) -> None:
    slack = footnote.slack
    answer = footnote.ask("maya", slack.workspace.general, footnote.at(FERRY))
    slack.click("maya", answer, "feedback", answer.blocks[-1]["elements"][0]["negative_button"]["value"]).wait()
    slack.wait_for(lambda: slack.views("maya"))
    view = home(footnote, "ada", "Feedback (1 open)")
    slack.click("ada", view, "feedback_done").wait()
    seen(footnote, "ada", "Feedback (0 open)")


def test_more_feedback_than_fits_is_counted(footnote: Any) -> None:
    slack = footnote.slack
    answer = footnote.ask("maya", slack.workspace.general, footnote.at(FERRY))
    for n in range(OPINIONS + 2):
        Opinions(footnote.database).vote(footnote.database_ids("maya")[0], f"U{n}", "down")
    assert "Also open: 2." in words(home(footnote, "ada", "Feedback (7 open)"))
    assert answer


def test_it_works_over_signed_http_too(served: Any) -> None:
    view = home(served, "tomas")
    ask(served, "tomas", view, FERRY)
    assert "The ferry to Skarn" in served.reply(served.slack.im("tomas")).text


def test_a_question_asked_in_it_survives_a_kill(child: Any) -> None:
    slack = child.slack
    child.start("during-answer")
    slack.open_home("maya")
    view = slack.wait_for(lambda: slack.home("maya"))
    slack.click("maya", view, "home_ask", FERRY)
    child.died()
    child.start()
    ours = lambda: [m for m in slack.messages(slack.im("maya")) if m.user == slack.bot_user]  # noqa: E731
    slack.wait_for(lambda: [m for m in ours() if "The ferry to Skarn" in m.text])
    child.stop()
    assert len(ours()) == 1


# -- looking back ----------------------------------------------------------------------------------------------------


def test_questions_in_the_same_words_are_one_group(footnote: Any) -> None:
    for text in ("an unheard of thing?", "The unheard things!", "unheard of: prices"):
        footnote.ask("maya", footnote.slack.workspace.general, footnote.at(text))
    history = History(footnote.database)
    team = footnote.slack.workspace.team.id
    found, private = history.unanswered(team, datetime.now(UTC) - timedelta(days=7))
    assert [each.times for each in found] == [2, 1]
    assert private == 0
    [*_, week] = history.weeks(team, datetime.now(UTC).date())
    assert (week.answered, week.abstained) == (0, 3)


def test_the_chart_has_a_bar_for_each_week() -> None:
    weeks = [Week(date(2026, 3, 2), 30, 10), Week(date(2026, 3, 9), 0, 1), Week(date(2026, 3, 16), 0, 0)]
    [_, first, second, third] = bars(weeks, strings_of("en")).splitlines()
    assert (first.count("█"), first.count("░")) == (15, 5)
    assert (second.count("█"), second.count("░")) == (0, 1)
    assert (third.count("█"), third.count("░")) == (0, 0)
