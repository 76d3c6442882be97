"""Reading a manifest, and the one of this project."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.manifest import EVENT_SCOPES, Manifest

PROJECT = Path(__file__).parents[2] / "slack-manifest.yaml"


def test_the_projects_manifest_can_be_installed() -> None:
    manifest = Manifest.read(PROJECT)
    assert {each.command for each in manifest.commands} == {"/ask", "/summarize", "/footnote"}
    assert manifest.shortcut("ask_about_message", "message") is not None
    assert manifest.shortcut("ask_about_message", "message") is not None
    assert manifest.socket_mode
    assert manifest.home_tab
    assert manifest.agent_view


def test_every_event_of_the_project_has_its_scope() -> None:
    manifest = Manifest.read(PROJECT)
    assert [event for event in sorted(manifest.events) if not manifest.sends(event)] == []


def test_an_event_without_its_scope_is_not_sent() -> None:
    assert EVENT_SCOPES["message.im"] == ("im:history",)
    document = {
        "display_information": {"name": "A"},
        "settings": {"event_subscriptions": {"bot_events": ["message.im", "app_home_opened"]}},
    }
    manifest = Manifest.of(document)
    assert (manifest.sends("message.im"), manifest.sends("app_home_opened")) == (False, True)


@pytest.mark.parametrize("text", ["- a\n- b", "{}", "just words"])
def test_what_is_no_manifest_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "manifest.yaml"
    path.write_text(text)
    with pytest.raises(ValueError, match="manifest"):
        Manifest.read(path)
