"""The app's pane: of an agent, and of an app that was installed when there was the assistant's."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select, update

from bot.slack.showing import thread_title
from playground.manifest import Manifest
from vectorstore.schema import viewed

QUOTE = "The ferry to Skarn was cancelled on Monday."


def channel_entity(channel: Any, team: str) -> dict[str, Any]:
    return {"type": "slack#/types/channel_id", "value": channel.id, "team_id": team}


@pytest.fixture
def legacy() -> Manifest:
    """Our manifest as an app that was installed with the assistant's pane has it."""
    document: Any = yaml.safe_load((Path(__file__).parents[3] / "slack-manifest.yaml").read_text())
    del document["features"]["agent_view"]
    document["features"]["assistant_view"] = {"assistant_description": "Ask about your team's documents."}
    events = document["settings"]["event_subscriptions"]["bot_events"]
    events += ["assistant_thread_started", "assistant_thread_context_changed"]
    return Manifest.of(document)


def until(true: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def looked_at(footnote: Any) -> dict[str, str]:
    with footnote.database.read() as connection:
        return {row.user: row.channel for row in connection.execute(select(viewed))}


def has_documents(footnote: Any, channel: Any) -> None:
    footnote.shelf.add(f"s-{channel.id}", "Notes of the desk", "https://harbour.example/desk", f"channel:{channel.id}")


def prompts(footnote: Any, user: str = "maya", thread_ts: str = "") -> list[Mapping[str, str]]:
    thread = footnote.slack.thread(footnote.slack.im(user), thread_ts)
    return list(footnote.slack.wait_for(lambda: thread.prompts))


def quiet(footnote: Any) -> None:
    footnote.slack.wait_for(lambda: all(delivery.is_done for delivery in footnote.slack.acks))
    time.sleep(0.3)


@pytest.mark.parametrize("http", [False, True])
def test_whoever_opens_the_pane_is_offered_what_the_documents_answer(start: Callable[..., Any], http: bool) -> None:
    footnote = start(http=http)
    footnote.slack.open_home("maya", "messages")
    assert prompts(footnote) == [
        {"title": "What does “Storm closes the strait” say?", "message": "What does “Storm closes the strait” say?"}
    ]
    assert footnote.slack.thread(footnote.slack.im("maya")).prompts_title == "What the documents can answer"
    [prompt] = prompts(footnote)
    assert QUOTE in footnote.ask("maya", footnote.slack.im("maya"), prompt["message"]).text


def test_what_is_offered_is_found_once_and_anew_when_the_library_changes(start: Callable[..., Any]) -> None:
    footnote = start()
    footnote.slack.open_home("maya", "messages")
    prompts(footnote)
    asked = len(footnote.oracle.asked)
    footnote.slack.open_home("maya", "messages")
    quiet(footnote)
    assert len(footnote.oracle.asked) == asked
    footnote.shelf.add("s2", "Lighthouse keepers return", "https://harbour.example/light")
    footnote.slack.open_home("maya", "messages")
    thread = footnote.slack.thread(footnote.slack.im("maya"))
    footnote.slack.wait_for(lambda: len(thread.prompts) == 2)


def test_a_note_is_offered_as_the_question_it_answers(start: Callable[..., Any]) -> None:
    footnote = start()
    footnote.shelf.rows.clear()
    footnote.shelf.add("s1", "Who repairs the espresso machine?", "https://harbour.example/note")
    footnote.slack.open_home("maya", "messages")
    assert [each["message"] for each in prompts(footnote)] == ["Who repairs the espresso machine?"]


def test_nothing_is_offered_that_is_not_answered_or_may_not_be_read(start: Callable[..., Any]) -> None:
    footnote = start()
    footnote.shelf.rows.clear()
    footnote.shelf.add("s1", "Something unheard of here", "https://harbour.example/a")
    footnote.slack.open_home("maya", "messages")
    footnote.slack.open_home("gus", "messages")
    quiet(footnote)
    assert all(call.method != "assistant.threads.setSuggestedPrompts" for call in footnote.slack.calls)


def test_the_home_tab_offers_none(start: Callable[..., Any]) -> None:
    footnote = start()
    footnote.slack.open_home("maya", "home")
    quiet(footnote)
    assert all(call.method != "assistant.threads.setSuggestedPrompts" for call in footnote.slack.calls)


def test_a_thread_is_named_after_the_question_that_begins_it(start: Callable[..., Any]) -> None:
    footnote = start()
    slack, direct = footnote.slack, footnote.slack.im("maya")
    long = "was the ferry to Skarn cancelled on Monday, and if so, who said it first and to whom?"
    root = slack.post("maya", direct, long)
    footnote.reply(direct)
    slack.wait_for(lambda: slack.thread(direct, root).title)
    assert slack.thread(direct, root).title == "was the ferry to Skarn cancelled on Monday, and if so, who…"
    slack.post("maya", direct, "and on Tuesday?", root)
    footnote.reply(direct, count=2)
    quiet(footnote)
    assert slack.thread(direct, root).title.startswith("was the ferry")


def test_a_title_is_a_short_line() -> None:
    assert thread_title("was it\n cancelled?") == "was it cancelled?"
    assert thread_title("x" * 100) == "x" * 59 + "…"
    assert all(len(thread_title(f"{'word ' * 30}"[:length])) <= 60 for length in range(1, 150))


# -- what the person looks at -----------------------------------------------------------------------------------------


def test_the_channel_beside_the_pane_is_searched_too_and_the_answer_says_so(start: Callable[..., Any]) -> None:
    footnote = start()
    slack, private = footnote.slack, footnote.slack.workspace.private
    has_documents(footnote, private)
    slack.open_home("maya", "messages", [channel_entity(private, slack.team.id)])
    until(lambda: looked_at(footnote))
    reply = footnote.ask("maya", slack.im("maya"), "was the ferry cancelled?")
    assert f"channel:{private.id}" in footnote.oracle.asked[-1].scopes
    assert "The documents of the channel you are looking at were searched too." in str(reply.blocks)


def test_its_quotes_are_shown_to_who_is_still_in_it(start: Callable[..., Any]) -> None:
    footnote = start()
    slack, private = footnote.slack, footnote.slack.workspace.private
    has_documents(footnote, private)
    footnote.shelf.readable = (f"channel:{private.id}",)
    slack.open_home("maya", "messages", [channel_entity(private, slack.team.id)])
    until(lambda: looked_at(footnote))
    reply = footnote.ask("maya", slack.im("maya"), "was the ferry cancelled?")
    assert QUOTE in str(quotes(footnote, reply))
    slack.remove(private, "maya")
    assert "cannot be shown to you" in str(quotes(footnote, reply))


def quotes(footnote: Any, reply: Any) -> Any:
    footnote.slack.click("maya", reply, "show_quotes").wait()
    [view] = footnote.slack.wait_for(lambda: [v for v in footnote.slack.views("maya")[-1:] if v.versions])
    content = view.content["blocks"]
    footnote.slack.close("maya", view)
    return content


@pytest.mark.parametrize(
    "why", ["not a member", "another team's", "left since", "slack does not say", "in a channel", "nothing there"]
)
def test_where_it_is_not_sure_that_the_person_may_read_it_it_is_not_searched(
    start: Callable[..., Any], why: str
) -> None:
    footnote = start()
    slack, private = footnote.slack, footnote.slack.workspace.private
    has_documents(footnote, private)
    if why == "nothing there":
        footnote.shelf.rows.pop(f"s-{private.id}")
    who = "tomas" if why == "not a member" else "maya"
    team = slack.workspace.other_team.id if why == "another team's" else slack.team.id
    slack.open_home(who, "messages", [channel_entity(private, team)])
    slack.wait_for(lambda: all(delivery.is_done for delivery in slack.acks))
    if why != "another team's":
        until(lambda: looked_at(footnote))
    if why == "left since":
        slack.remove(private, who)
    if why == "slack does not say":
        slack.faults.add("conversations.members", times=10, error="fetch_members_failed")
    general = slack.workspace.general
    where, text = (general, footnote.at("ferry?")) if why == "in a channel" else (slack.im(who), "ferry?")
    reply = footnote.ask(who, where, text)
    assert f"channel:{private.id}" not in footnote.oracle.asked[-1].scopes
    assert "looking at" not in str(reply.blocks)


def test_who_turns_to_something_else_is_followed(start: Callable[..., Any]) -> None:
    footnote = start()
    slack, private, general = footnote.slack, footnote.slack.workspace.private, footnote.slack.workspace.general
    slack.open_home("maya", "messages", [channel_entity(private, slack.team.id)])
    until(lambda: private.id in looked_at(footnote).values())
    message = {"channel_id": general.id, "message_ts": "1.2"}
    slack.look_at("maya", [{"type": "slack#/types/message_context", "value": message, "team_id": slack.team.id}])
    until(lambda: list(looked_at(footnote).values()) == [general.id])
    slack.look_at("maya", [])
    until(lambda: looked_at(footnote) == {})


def test_what_people_looked_at_is_forgotten_after_an_hour(start: Callable[..., Any]) -> None:
    footnote = start()
    slack, general = footnote.slack, footnote.slack.workspace.general
    slack.open_home("maya", "messages", [channel_entity(general, slack.team.id)])
    until(lambda: looked_at(footnote))
    with footnote.database.write() as connection:
        connection.execute(update(viewed).values(at=datetime.now(UTC) - timedelta(minutes=61)))
    footnote.ask("maya", slack.im("maya"), "was the ferry cancelled?")
    assert f"channel:{general.id}" not in footnote.oracle.asked[-1].scopes
    slack.open_home("tomas", "messages", [channel_entity(general, slack.team.id)])
    until(lambda: list(looked_at(footnote)) == [slack.workspace.user("tomas").id])


# -- the assistant's pane -------------------------------------------------------------------------------------------


def test_an_app_with_the_assistants_pane_offers_questions_in_its_thread(
    start: Callable[..., Any], legacy: Manifest
) -> None:
    footnote = start(manifest=legacy)
    has_documents(footnote, footnote.slack.workspace.private)
    slack, direct = footnote.slack, footnote.slack.im("maya")
    root = slack.open_assistant_thread("maya", slack.workspace.private)
    prompt = prompts(footnote, thread_ts=root)[-1]
    until(lambda: looked_at(footnote))
    slack.post("maya", direct, prompt["message"], root)
    reply = slack.wait_for(lambda: [each for each in footnote.replies(direct) if QUOTE in each.text])[0]
    assert reply.thread_ts == root
    assert f"channel:{slack.workspace.private.id}" in footnote.oracle.asked[-1].scopes
    slack.wait_for(lambda: slack.thread(direct, root).title == prompt["message"])
    slack.turn_to("maya", root, slack.workspace.general)
    until(lambda: list(looked_at(footnote).values()) == [slack.workspace.general.id])


def test_an_answer_in_the_assistants_pane_is_streamed(start: Callable[..., Any], legacy: Manifest) -> None:
    footnote = start(manifest=legacy, stream_after=0.05, stream_pause=0.05)
    slack, direct = footnote.slack, footnote.slack.im("maya")
    root = slack.open_assistant_thread("maya")
    slack.post("maya", direct, "tell me slowly about the ferry", root)
    found = slack.wait_for(lambda: [each for each in footnote.replies(direct) if each.stream])[0]
    footnote.oracle.gate.set()
    footnote.settled()
    assert found.thread_ts == root
    assert found.stream.state == "stopped"
