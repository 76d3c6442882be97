"""The manifest, the code and Slack's limits agree."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import yaml

from bot.slack.app import SlackApp
from bot.slack.manifest import manifest
from bot.slack.surface import ACTIONS, COMMANDS, EVENTS, OLDER_EVENTS, SHORTCUTS, VIEWS
from playground.manifest import EVENT_SCOPES, Manifest

SHIPPED = Path(__file__).parents[3] / "slack-manifest.yaml"


def test_the_shipped_manifest_is_the_one_the_code_makes() -> None:
    assert yaml.safe_load(SHIPPED.read_text()) == manifest()


def test_over_http_every_request_url_is_the_given_one() -> None:
    address = "https://bot.example.com/slack/events"
    made = manifest(address)
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["settings"]["event_subscriptions"]["request_url"] == address
    assert made["settings"]["interactivity"]["request_url"] == address
    assert {each["url"] for each in made["features"]["slash_commands"]} == {address}


def test_every_event_has_a_scope_that_lets_it_be_told() -> None:
    told = Manifest.of(manifest())
    assert [event for event in EVENTS if not told.sends(event)] == []
    assert all(event in EVENT_SCOPES or event.startswith(("app_", "tokens_")) for event in EVENTS)


def test_names_are_within_slacks_limits_and_nothing_is_declared_twice() -> None:
    assert all(len(each.name) <= 24 and len(each.description) <= 150 for each in SHORTCUTS)
    assert all(len(each.description) <= 2000 and len(each.usage) <= 1000 for each in COMMANDS)
    assert 175 <= len(manifest()["display_information"]["long_description"]) <= 4000
    names = [
        *(each.name for each in COMMANDS),
        *(each.callback_id for each in (*SHORTCUTS, *VIEWS)),
        *(each.action_id for each in ACTIONS),
    ]
    assert len(names) == len(set(names))


def test_everything_bolt_listens_to_by_name_is_declared_with_a_role(make: Callable[..., SlackApp]) -> None:
    declared = (
        {each.action_id for each in ACTIONS}
        | {each.callback_id for each in (*SHORTCUTS, *VIEWS)}
        | {*EVENTS, *OLDER_EVENTS}
    )
    listened = make().listened
    assert listened <= declared
    assert {each.action_id for each in ACTIONS if each.kind is None} <= listened
