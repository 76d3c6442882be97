"""A private answer is shared with the channel it was asked in, as people do it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from vectorstore.schema import audit

QUOTE = "The ferry to Skarn was cancelled on Monday."


def private(footnote: Any, user: str = "maya", place: Any = None, text: str = "was the ferry cancelled?") -> Any:
    """The private answer to /ask."""
    place = place or footnote.slack.workspace.general
    before = len(footnote.replies(place))
    footnote.slack.slash(user, place, "/ask", text).wait()
    reply = footnote.reply(place, count=before + 1)
    footnote.settled()
    return reply


def buttons(message: Any) -> list[str]:
    return [
        element["text"]["text"]
        for block in message.blocks
        for element in block.get("elements", ())
        if element.get("type") == "button"
    ]


def public(footnote: Any, place: Any = None) -> list[Any]:
    place = place or footnote.slack.workspace.general
    return [message for message in footnote.replies(place) if not message.ephemeral_for]


def audited(footnote: Any) -> list[tuple[str, str, str | None]]:
    query = select(audit.c.action, audit.c.decision, audit.c.reason)
    with footnote.database.read() as connection:
        return [tuple(row) for row in connection.execute(query)]


def test_a_shared_answer_is_everybodys_with_its_sources_and_pings_nobody(footnote: Any) -> None:
    slack, general = footnote.slack, footnote.slack.workspace.general
    reply = private(footnote)
    slack.click("maya", reply, "share").wait()
    [shown] = slack.wait_for(lambda: public(footnote))
    assert shown.text.startswith(f"maya asked: was the ferry cancelled?\n{QUOTE} [1]\n*Sources*")
    assert shown.thread_ts is None
    slack.wait_for(lambda: reply.text == "You shared this answer; everybody in the channel sees it now.")
    footnote.settled()
    slack.click("tomas", shown, "show_quotes").wait()
    slack.wait_for(lambda: [v for v in slack.views("tomas") if v.versions and QUOTE in str(v.content)])
    footnote.ask("tomas", general, "and on Tuesday?", shown.ts, count=2)
    assert [turn.answer for turn in footnote.oracle.asked[-1].history] == [QUOTE]
    assert audited(footnote) == [("share", "done", None)]


def test_clicked_twice_it_is_shared_once(footnote: Any) -> None:
    slack = footnote.slack
    reply = private(footnote)
    for click in [slack.click("maya", reply, "share") for _ in range(2)]:
        click.wait()
    slack.wait_for(lambda: public(footnote))
    footnote.settled()
    assert len(public(footnote)) == 1


def test_what_not_everybody_may_read_is_named_and_not_shared_until_they_may(footnote: Any) -> None:
    slack, general = footnote.slack, footnote.slack.workspace.general
    footnote.shelf.readable = (f"user:{slack.workspace.member.id}",)
    reply = private(footnote)
    slack.click("maya", reply, "share").wait()
    told = footnote.reply(general, count=2)
    assert "not everybody in this channel may read what it quotes: “Storm closes the strait”." in told.text
    footnote.settled()
    assert public(footnote) == []
    assert audited(footnote) == [("share", "refused", "not readable by the channel")]
    footnote.shelf.readable = ("workspace",)
    slack.click("maya", reply, "share").wait()
    slack.wait_for(lambda: public(footnote))


def test_in_a_shared_channel_only_its_own_documents_are_shared(footnote: Any) -> None:
    slack, shared = footnote.slack, footnote.slack.workspace.shared
    reply = private(footnote, place=shared)
    slack.click("maya", reply, "share").wait()
    assert "not everybody" in footnote.reply(shared, count=2).text
    footnote.settled()
    footnote.shelf.readable = (f"channel:{shared.id}",)
    slack.click("maya", reply, "share").wait()
    slack.wait_for(lambda: public(footnote, shared))


def test_a_channel_kept_to_its_own_documents_is_shown_no_others(footnote: Any) -> None:
    from bot.slack.channels import Channels, ChannelSettings

    slack, general = footnote.slack, footnote.slack.workspace.general
    reply = private(footnote)
    Channels(footnote.database).keep(slack.team.id, general.id, ChannelSettings(reach="channel"))
    slack.click("maya", reply, "share").wait()
    assert "not everybody" in footnote.reply(general, count=2).text


def test_only_the_askers_click_counts_whatever_the_button_says(footnote: Any) -> None:
    slack, general = footnote.slack, footnote.slack.workspace.general
    theirs = private(footnote)
    mine = private(footnote, user="tomas")
    [value] = [e["value"] for b in theirs.blocks for e in b.get("elements", ()) if e.get("action_id") == "share"]
    for block in mine.blocks:
        for element in block.get("elements", ()):
            if element.get("action_id") == "share":
                element["value"] = value
    slack.click("tomas", mine, "share").wait()
    assert "only who asked can" in footnote.reply(general, count=3).text
    footnote.settled()
    assert public(footnote) == []
    assert audited(footnote) == [("share", "refused", "not an answer of theirs in this channel")]


def test_where_nobody_else_is_there_is_nothing_to_share(footnote: Any) -> None:
    assert "Share to channel" not in buttons(private(footnote, place=footnote.slack.im("maya")))
    assert "Share to channel" not in buttons(private(footnote, text="unheard of?"))
    assert "Share to channel" in buttons(private(footnote))


def test_where_we_may_not_write_the_asker_is_told_and_may_try_again(footnote: Any) -> None:
    slack, random = footnote.slack, footnote.slack.workspace.random
    reply = private(footnote, place=random)
    slack.click("maya", reply, "share").wait()
    assert "Invite me there" in footnote.reply(random, count=2).text
    footnote.settled()
    slack.invite(random, slack.bot_user)
    slack.click("maya", reply, "share").wait()
    slack.wait_for(lambda: [m for m in public(footnote, random) if QUOTE in m.text])


def test_over_signed_http_it_is_the_same(served: Any) -> None:
    served.slack.click("maya", private(served), "share").wait()
    served.slack.wait_for(lambda: [m for m in public(served) if "maya asked:" in m.text])


@pytest.mark.parametrize("failpoint", ["after-commit", "after-share"])
def test_a_share_survives_a_kill_with_one_message(child: Any, failpoint: str) -> None:
    slack, general = child.slack, child.slack.workspace.general
    ours = lambda: [m for m in slack.messages(general) if m.user == slack.bot_user]  # noqa: E731
    child.start()
    slack.slash("maya", general, "/ask", "was the ferry cancelled?")
    [reply] = slack.wait_for(ours)
    child.stop()
    child.start(failpoint)
    slack.click("maya", reply, "share")
    child.died()
    child.start()
    slack.wait_for(lambda: "everybody in the channel sees it" in reply.text)
    assert len([m for m in ours() if not m.ephemeral_for]) == 1
