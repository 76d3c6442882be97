""" "Get a human": whom it calls, once, and who may say that it is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.slack.channels import Channels, ChannelSettings
from bot.slack.human_requests import HumanRequests, callable_ids
from bot.slack.surface import GET_HUMAN

UNKNOWN = "an unheard of thing?"
GROUP = "S0614TZR7"


@pytest.fixture
def footnote(start: Callable[..., Any], door: str) -> Any:
    return start(admins=("ada",), humans=("tomas", GROUP), http=door == "http")


def asked(footnote: Any, question: str = UNKNOWN, user: str = "maya") -> Any:
    return footnote.ask(user, footnote.slack.workspace.general, footnote.at(question))


def call(footnote: Any, message: Any, user: str = "maya", *, menu: bool = False) -> None:
    if not menu:
        footnote.slack.click(user, message, "get_human").wait()
        return
    [found] = [e for b in message.blocks for e in b.get("elements", ()) if e.get("type") == "overflow"]
    [value] = [each["value"] for each in found["options"] if each["value"].startswith(GET_HUMAN)]
    footnote.slack.click(user, message, "menu", value).wait()


def calls(footnote: Any, channel: str = "general") -> list[Any]:
    """Our messages that call, or called, somebody."""
    return [m for m in footnote.replies(channel) if "asks for a human" in m.frames[0].text]


def call_of(footnote: Any) -> Any:
    """The message that calls, waited for."""
    footnote.called += [footnote.slack.workspace.user("tomas").id, GROUP]
    return footnote.slack.wait_for(lambda: calls(footnote))[0]


def hint(footnote: Any, text: str, channel: Any = "general") -> Any:
    found = footnote.slack.wait_for(lambda: [m for m in footnote.slack.messages(channel) if text in m.text])[0]
    assert found.ephemeral_for or found.channel.startswith("D")
    return found


@pytest.mark.both_doors
def test_exactly_the_configured_people_are_called_into_the_thread(footnote: Any) -> None:
    answer = asked(footnote, "<!channel> <@U012ABCDEF> unheard of?")
    call(footnote, answer)
    message = call_of(footnote)
    assert message.thread_ts == answer.thread_ts
    assert "maya" in message.text.lower()
    assert [(ping.kind, ping.target) for ping in footnote.slack.oracle.pings] == [
        ("user", footnote.slack.workspace.user("tomas").id),
        ("usergroup", GROUP),
    ]


def test_every_answer_offers_it_in_its_menu(footnote: Any) -> None:
    call(footnote, asked(footnote, "was the ferry cancelled?"), menu=True)
    call_of(footnote)


def test_clicked_twice_and_by_two_people_it_is_one_call(footnote: Any) -> None:
    answer = asked(footnote)
    call(footnote, answer)
    call_of(footnote)
    call(footnote, answer)
    call(footnote, answer, "tomas")
    hint(footnote, "already been called")
    footnote.settled()
    assert len(calls(footnote)) == 1


def test_a_channels_own_people_come_before_the_general_ones(footnote: Any) -> None:
    workspace = footnote.slack.workspace
    ada, general = workspace.admin.id, workspace.general.id
    settings = ChannelSettings(humans=(ada, "everyone", "<!channel>"))  # as nobody but the database could say it
    Channels(footnote.database).keep(workspace.team.id, general, settings)
    call(footnote, asked(footnote))
    footnote.called.append(ada)
    footnote.slack.wait_for(lambda: calls(footnote))


def test_the_call_is_in_the_language_of_the_channel(footnote: Any) -> None:
    workspace = footnote.slack.workspace
    Channels(footnote.database).keep(workspace.team.id, workspace.general.id, ChannelSettings(language="es"))
    call(footnote, asked(footnote))
    footnote.called += [workspace.user("tomas").id, GROUP]
    footnote.slack.wait_for(lambda: [m for m in footnote.replies("general") if "pide la respuesta" in m.text])


def test_where_nobody_is_named_it_says_so(start: Callable[..., Any]) -> None:
    footnote = start(admins=("ada",))
    answer = asked(footnote)
    call(footnote, answer)
    assert hint(footnote, "There is nobody I could call").thread_ts == answer.thread_ts


def test_a_guest_calls_nobody_and_takes_the_call_from_nobody(footnote: Any) -> None:
    footnote.slack.invite("general", "gus")
    answer = asked(footnote)
    call(footnote, answer, "gus")
    hint(footnote, "full members")
    call(footnote, answer)
    call_of(footnote)


def test_a_private_answer_calls_nobody_into_the_open(footnote: Any) -> None:
    slack = footnote.slack
    private = footnote.ask("maya", slack.im("maya"), UNKNOWN)
    assert "get_human" not in str(private.blocks)
    public = asked(footnote)
    for block in public.blocks:
        for element in block.get("elements", ()):
            if element.get("action_id") == "get_human":
                element["value"] = str(private.blocks[-1]["elements"][0]["negative_button"]["value"])[5:]  # forged
    call(footnote, public)
    hint(footnote, "everybody there sees")
    assert calls(footnote) == []


def test_who_asked_marks_it_resolved_and_the_mention_is_gone(footnote: Any) -> None:
    call(footnote, asked(footnote))
    message = call_of(footnote)
    footnote.slack.click("maya", message, "human_resolved").wait()
    footnote.slack.wait_for(lambda: message.text.startswith("Resolved by"))
    assert "<@" not in message.text
    assert "user" not in [e["type"] for b in message.blocks for p in b["elements"] for e in p.get("elements", ())]
    footnote.slack.wait_for(lambda: True)
    assert HumanRequests(footnote.database).waiting(footnote.slack.workspace.team.id, 9) == []


def test_a_deleted_question_takes_the_call_along(footnote: Any) -> None:
    answer = asked(footnote)
    call(footnote, answer)
    message = call_of(footnote)
    footnote.settled()
    footnote.slack.delete("maya", "general", answer.thread_ts)
    footnote.slack.wait_for(lambda: message.is_deleted and answer.is_deleted)
    footnote.settled()
    assert HumanRequests(footnote.database).waiting(footnote.slack.workspace.team.id, 9) == []


def test_somebody_it_does_not_concern_cannot_resolve_it(start: Callable[..., Any]) -> None:
    footnote = start(humans=("tomas",))
    call(footnote, asked(footnote))
    footnote.called.append(footnote.slack.workspace.user("tomas").id)
    message = footnote.slack.wait_for(lambda: calls(footnote))[0]
    footnote.slack.click("ada", message, "human_resolved").wait()
    hint(footnote, "can mark it resolved")
    assert "asks for a human" in message.text
    footnote.slack.click("tomas", message, "human_resolved").wait()
    footnote.slack.wait_for(lambda: message.text.startswith("Resolved by"))


def test_only_ids_are_called() -> None:
    assert callable_ids(["U1AB", "S2CD", "<!channel>", "U1AB", "everyone", "u1ab", "W3E", "U1 <!here>"]) == (
        "U1AB",
        "S2CD",
        "W3E",
    )


def test_a_kill_between_asking_and_calling_calls_once(child: Any) -> None:
    slack = child.slack
    tomas = slack.workspace.user("tomas").id
    Channels(child.database()).keep(
        slack.workspace.team.id, slack.workspace.general.id, ChannelSettings(humans=(tomas,))
    )
    child.start()
    slack.post("maya", "general", f"<@{slack.bot_user}> {UNKNOWN}")
    ours = lambda: [m for m in slack.messages("general") if m.user == slack.bot_user and not m.is_deleted]  # noqa: E731
    answer = slack.wait_for(ours)[0]
    child.stop()
    child.start("human-opened")
    slack.click("maya", answer, "get_human")
    child.died()
    child.start()
    slack.wait_for(lambda: [m for m in ours() if "asks for a human" in m.text])
    child.stop()
    assert len([m for m in ours() if "asks for a human" in m.text]) == 1
    child.called.append(tomas)
