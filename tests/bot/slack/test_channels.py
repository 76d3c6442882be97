"""Settings of a channel, what is told of them, and the welcome: the real app against the playground."""

from __future__ import annotations

import time
from typing import Any

import pytest
from sqlalchemy import select

from bot.slack.channels import Channels, ChannelSettings
from bot.slack.places import Place
from bot.slack.surfaces.channel_settings import changes, submitted
from vectorstore.schema import audit

QUOTE = "The ferry to Skarn was cancelled on Monday."


def window(footnote: Any, user: str = "ada", place: Any = None, opened: Any = None) -> Any:
    """The window of settings, filled."""
    slack = footnote.slack
    if opened is None:
        slack.slash(user, place or slack.workspace.general, "/footnote", "settings").wait()
    return slack.wait_for(lambda: [v for v in slack.views(user)[-1:] if v.versions])[0]


def set_up(footnote: Any, values: dict[str, Any], user: str = "ada", place: Any = None) -> str:
    """Change what applies; returns what the administrator is told."""
    place = place or footnote.slack.workspace.general
    before = len(footnote.replies(place))
    footnote.slack.submit(user, window(footnote, user, place), values).wait()
    return str(footnote.reply(place, count=before + 1).text)


def privately(footnote: Any, user: str, place: Any, text: str, command: str = "/footnote") -> str:
    before = len(footnote.replies(place))
    footnote.slack.slash(user, place, command, text).wait()
    reply = footnote.reply(place, count=before + 1)
    footnote.settled()
    assert reply.ephemeral_for == footnote.slack.workspace.user(user).id or place.kind == "im"
    return str(reply.text)


def audited(footnote: Any, action: str) -> list[tuple[str, str | None]]:
    query = select(audit.c.decision, audit.c.object).where(audit.c.action == action)
    with footnote.database.read() as connection:
        return [tuple(row) for row in connection.execute(query)]


# -- settings --------------------------------------------------------------------------------------------------------


@pytest.mark.both_doors
def test_an_administrator_sets_what_applies_and_it_holds_for_the_next_question(footnote: Any) -> None:
    general = footnote.slack.workspace.general
    footnote.shelf.tag("s1", add=["ferries"], remove=[])
    told = set_up(footnote, {"reach": "channel", "tags": "#Ferries", "language": "es"})
    assert told.startswith("Saved.\nWhat applies in this channel:")
    reply = footnote.ask("maya", general, footnote.at("was the ferry cancelled?"), count=1)
    [asked] = footnote.oracle.asked
    assert (asked.scopes, asked.tags) == ((f"channel:{general.id}",), ("ferries",))
    assert "*Fuentes*" in reply.text
    assert audited(footnote, "settings") == [
        ("done", "reach: workspace -> channel; tags: - -> ferries; language: - -> es")
    ]


def test_private_answers_do_not_follow_the_channels_settings(footnote: Any) -> None:
    general = footnote.slack.workspace.general
    set_up(footnote, {"reach": "channel", "language": "es", "mode": "off"})
    assert "*Sources*" in privately(footnote, "maya", general, "was the ferry cancelled?", "/ask")
    assert "workspace" in footnote.oracle.asked[-1].scopes


def test_where_we_are_switched_off_a_mention_is_told_so(footnote: Any) -> None:
    set_up(footnote, {"mode": "off"})
    reply = footnote.ask("maya", footnote.slack.workspace.general, footnote.at("was the ferry cancelled?"))
    assert reply.text.startswith("I am switched off in this channel.")
    assert footnote.oracle.asked == []


def test_settings_are_the_channels_own_whatever_its_name(footnote: Any) -> None:
    workspace = footnote.slack.workspace
    set_up(footnote, {"reach": "channel"})
    workspace.general.name, workspace.private.name = "desk-private", "general"
    footnote.ask("maya", workspace.private, footnote.at("was the ferry cancelled?"))
    assert "workspace" in footnote.oracle.asked[-1].scopes


def test_the_window_shows_what_is_set(footnote: Any) -> None:
    maya = footnote.slack.workspace.member.id
    footnote.shelf.tag("s1", add=["ferries"], remove=[])
    set_up(footnote, {"mode": "auto", "tags": "ferries", "people": [maya], "groups": "S0123ABCD"})
    blocks = {block["block_id"]: block for block in window(footnote).content["blocks"] if "element" in block}
    assert blocks["mode"]["element"]["initial_option"]["value"] == "auto"
    assert blocks["tags"]["element"]["initial_value"] == "#ferries"
    assert blocks["people"]["element"]["initial_users"] == [maya]
    assert blocks["groups"]["element"]["initial_value"] == "S0123ABCD"
    channels = Channels(footnote.database)
    assert channels.of(footnote.slack.team.id, footnote.slack.workspace.general.id).humans == (maya, "S0123ABCD")


def test_what_is_typed_wrongly_is_told_beside_its_field_and_nothing_is_kept(footnote: Any) -> None:
    footnote.shelf.tag("s1", add=["ferries"], remove=[])
    view = window(footnote)
    footnote.slack.submit("ada", view, {"tags": "#pumps", "groups": "marketing"}).wait()
    assert set(view.errors) == {"tags", "groups"}
    assert "No source has the tag #pumps. Known tags: #ferries." in view.errors["tags"]
    footnote.slack.submit("ada", view, {"tags": "a/b", "groups": ""}).wait()
    assert set(view.errors) == {"tags"}
    assert audited(footnote, "settings") == []


def test_others_can_neither_look_nor_save(footnote: Any) -> None:
    slack, general = footnote.slack, footnote.slack.workspace.general
    view = window(footnote)
    assert "administrators" in privately(footnote, "maya", general, "settings")
    assert slack.views("maya") == []
    slack.workspace.admin.is_restricted = True
    footnote.app.people._known.clear()  # a minute has passed
    slack.submit("ada", view, {"mode": "off"}).wait()
    slack.wait_for(lambda: any("administrators" in m.text for m in footnote.replies(slack.im("ada"))))
    assert Channels(footnote.database).of(slack.team.id, general.id) == ChannelSettings()


def test_in_a_direct_conversation_there_is_nothing_to_set(footnote: Any) -> None:
    view = window(footnote, place=footnote.slack.im("ada"))
    assert "Settings belong to a channel" in str(view.content)


def test_over_signed_http_settings_are_kept_too(served: Any) -> None:
    told = set_up(served, {"language": "es"}, place=served.slack.workspace.private)
    assert "in Spanish" in told
    assert "in Spanish" in privately(served, "maya", served.slack.workspace.private, "why-here")


def test_a_forged_window_sets_the_defaults_where_it_says_nonsense() -> None:
    def holds(block: str, value: Any) -> dict[str, Any]:
        return {block: {block: {"selected_option": {"value": value}}}}

    state = holds("mode", "everything") | holds("reach", "admin") | holds("language", "../../x") | {"people": []}
    settings = submitted({"view": {"state": {"values": state}}}, "U1")
    assert (settings.mode, settings.reach, settings.language, settings.humans) == ("mentions", "workspace", "", ())


def test_the_audit_trail_names_what_changed() -> None:
    before = ChannelSettings(tags=("a",))
    assert changes(before, ChannelSettings(mode="auto", humans=("U1", "S1"))) == (
        "mode: mentions -> auto; tags: a -> -; humans: - -> U1 S1"
    )
    assert changes(before, before) == "nothing changed"


# -- why-here --------------------------------------------------------------------------------------------------------


def test_why_here_tells_everybody_what_applies_by_default(footnote: Any) -> None:
    told = privately(footnote, "maya", footnote.slack.workspace.general, "why-here").split("\n")
    assert told == [
        "What applies in this channel:",
        "I answer when I am mentioned, and follow-ups in the threads I am in.",
        "Answers here come from documents of the workspace and of this channel: 1 document (12 passages).",
        "Guests and people of other organisations get no answers.",
        "My own words are in the language of the question.",
        "Nobody has set anything here, so this is how I always begin; Footnote's administrators can change it with "
        "/footnote settings.",
    ]


def test_why_here_names_who_set_it_as_plain_text(footnote: Any) -> None:
    footnote.shelf.tag("s1", add=["ferries"], remove=[])
    footnote.slack.workspace.admin.real_name = footnote.slack.workspace.admin.name = "<!channel> Ada"
    footnote.app.people._known.clear()
    set_up(
        footnote,
        {"mode": "off", "tags": "ferries", "people": [footnote.slack.workspace.member.id]},
        user=footnote.slack.workspace.admin,
    )
    told = privately(footnote, "maya", footnote.slack.workspace.general, "why-here")
    assert "I am switched off here" in told
    assert "Only sources with one of these tags count: #ferries." in told
    assert "“Get a human” calls: maya" in told
    assert "&lt;!channel&gt; Ada set this on" in told


def test_why_here_says_that_a_shared_channel_uses_its_own_documents_only(footnote: Any) -> None:
    told = privately(footnote, "maya", footnote.slack.workspace.shared, "why-here")
    assert "another organisation can read this channel" in told
    assert "0 documents (0 passages)" in told


def test_a_channel_that_cannot_be_looked_up_counts_as_shared(footnote: Any) -> None:
    footnote.slack.faults.add("conversations.info", error="channel_not_found", times=9)
    assert "another organisation" in privately(footnote, "maya", footnote.slack.workspace.general, "why-here")


def test_why_here_in_a_direct_conversation_tells_of_ones_own_documents(footnote: Any) -> None:
    told = privately(footnote, "maya", footnote.slack.im("maya"), "why-here")
    assert told.startswith("Here only you see what I answer.")


@pytest.mark.parametrize(
    ("channel", "is_shared"),
    [
        ({"id": "C1"}, False),
        ({"id": "C1", "is_ext_shared": True}, True),
        ({"id": "C1", "is_pending_ext_shared": True}, True),
        ({"id": "C1", "pending_shared": ["T2"]}, True),
        ({"id": "C1", "is_org_shared": True}, True),
    ],
)
def test_a_conversation_is_shared_as_soon_as_it_may_be(channel: dict[str, Any], is_shared: bool) -> None:
    assert Place.from_slack(channel).is_shared == is_shared


# -- the welcome -----------------------------------------------------------------------------------------------------


def test_we_greet_a_channel_once_and_ping_nobody(footnote: Any) -> None:
    slack, random = footnote.slack, footnote.slack.workspace.random
    slack.invite(random, slack.bot_user, "tomas")
    greeting = footnote.reply(random, count=2)  # after Slack's own notice that we joined
    assert greeting.text.startswith("Hello, I am Footnote; tomas invited me.")
    assert "documents of the workspace and of this channel: 1 document" in greeting.text
    slack.remove(random, slack.bot_user)
    slack.invite(random, slack.bot_user, "maya")
    slack.wait_for(lambda: all(delivery.is_done for delivery in slack.acks))
    footnote.settled()
    assert len([m for m in footnote.replies(random) if "I am Footnote" in m.text]) == 1


def test_in_a_shared_channel_the_welcome_says_that_only_its_own_documents_are_used(footnote: Any) -> None:
    slack = footnote.slack
    shared = slack.workspace.add_channel("abroad", [slack.workspace.member.id])
    shared.is_shared = True
    slack.invite(shared, slack.bot_user, "maya")
    assert "another organisation can read this channel" in footnote.reply(shared, count=2).text


def test_the_button_of_the_welcome_opens_the_settings_for_administrators_only(footnote: Any) -> None:
    slack, random = footnote.slack, footnote.slack.workspace.random
    slack.invite(random, slack.bot_user)
    greeting = footnote.reply(random, count=2)
    slack.click("maya", greeting, "open_settings").wait()
    assert "administrators" in footnote.reply(random, count=3).text
    slack.click("ada", greeting, "open_settings").wait()
    assert window(footnote, opened=greeting).content["private_metadata"] == random.id


def test_others_who_join_are_not_greeted(footnote: Any) -> None:
    slack = footnote.slack
    slack.invite(slack.workspace.general, "gus")
    slack.wait_for(lambda: all(delivery.is_done for delivery in slack.acks))
    time.sleep(0.3)
    assert footnote.replies(slack.workspace.general) == []
