from __future__ import annotations

from pathlib import Path

import pytest

from footnote import settings
from footnote.settings import Settings, SettingsInvalid

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.usefixtures("clean_environment")


def test_the_example_file_is_the_settings() -> None:
    assert (ROOT / ".env.example").read_text() == settings.example()


def test_the_example_file_changes_nothing(tmp_path: Path) -> None:
    default = settings.load()
    (tmp_path / ".env").write_text(settings.example())
    assert settings.load() == default


def test_every_setting_has_a_description() -> None:
    assert all(info.description for info in Settings.model_fields.values())


def test_what_the_environment_says_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FOOTNOTE_HOME", "~/notes")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("FOOTNOTE_ADMINS", "U012AB3CD, W045EF6GH,")
    monkeypatch.setenv("FOOTNOTE_ALLOW_PRIVATE_ADDRESSES", "true")
    monkeypatch.setenv("ANSWER_MODEL", "openai:gpt-5-mini")
    found = settings.load()
    assert found.home == tmp_path / "notes"
    assert found.footnote_admins == {"U012AB3CD", "W045EF6GH"}
    assert found.footnote_allow_private_addresses is True
    assert found.answer_model == "openai:gpt-5-mini"


def test_an_empty_variable_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    default = settings.load()
    for name in Settings.model_fields:
        monkeypatch.setenv(name.upper(), "")
    assert settings.load() == default


def test_a_dot_env_file_fills_in_what_is_not_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SLACK_PORT", "3001")
    monkeypatch.setenv("ANSWER_MODEL_SECONDS", "")
    (tmp_path / ".env").write_text("SLACK_PORT=3000\nSLACK_HOST=0.0.0.0\nUNKNOWN=1\n")
    found = settings.load()
    monkeypatch.delenv("SLACK_HOST")
    monkeypatch.delenv("UNKNOWN")
    assert (found.slack_port, found.slack_host, found.answer_model_seconds) == (3001, "0.0.0.0", 45)


def test_all_that_is_wrong_is_said_in_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMA_URL", "chroma:8000")
    monkeypatch.setenv("ANSWER_MODEL", "gpt-5-mini")
    monkeypatch.setenv("ANSWER_MODEL_SECONDS", "0")
    monkeypatch.setenv("SLACK_PORT", "99999")
    monkeypatch.setenv("FOOTNOTE_HOME", "~nobody-of-that-name/x")
    monkeypatch.setenv("FOOTNOTE_ADMINS", "ada")
    monkeypatch.setenv("FOOTNOTE_ALLOW_PRIVATE_ADDRESSES", "perhaps")
    with pytest.raises(SettingsInvalid, match=r"\.env\.example") as refused:
        settings.load()
    lines = str(refused.value).splitlines()
    assert {line.split(":")[0].strip() for line in lines[1:]} == {
        "CHROMA_URL",
        "ANSWER_MODEL",
        "ANSWER_MODEL_SECONDS",
        "SLACK_PORT",
        "FOOTNOTE_HOME",
        "FOOTNOTE_ADMINS",
        "FOOTNOTE_ALLOW_PRIVATE_ADDRESSES",
    }
    assert "ANSWER_MODEL: 'gpt-5-mini' is not of its form. provider:model" in str(refused.value)
    assert "FOOTNOTE_ADMINS: 'ada' is not a Slack user id" in str(refused.value)


def test_secrets_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {
        name: f"FAKE-{name}"
        for name in (
            "SLACK_BOT_TOKEN",
            "SLACK_APP_TOKEN",
            "SLACK_SIGNING_SECRET",
            "ANSWER_MODEL_API_KEY",
            "DATABASE_URL",
        )
    }
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    found = settings.load()
    assert not any(value in f"{found!r} {found} {found.model_dump_json()}" for value in secrets.values())
    monkeypatch.setenv("SLACK_PORT", "no")
    with pytest.raises(SettingsInvalid) as refused:
        settings.load()
    assert not any(value in str(refused.value) for value in secrets.values())


def test_curators_are_read_with_their_channels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_CURATORS", "U012AB3CD:C012+C345, U045EF6GH:C678,U012AB3CD:C9AB")
    found = settings.load()
    assert found.footnote_curators == {"U012AB3CD": {"C012", "C345", "C9AB"}, "U045EF6GH": {"C678"}}


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("FOOTNOTE_CURATORS", "U012AB3CD", "'U012AB3CD' is no curator with channels"),
        ("FOOTNOTE_CURATORS", "U012AB3CD:#general", "write U012AB3CD:C012"),
        ("FOOTNOTE_AUDITORS", "ada", "'ada' is not a Slack user id"),
        ("FOOTNOTE_ADMIN_GROUP", "@desk", "FOOTNOTE_ADMIN_GROUP"),
    ],
)
def test_roles_that_cannot_be_read_are_told(monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsInvalid) as refused:
        settings.load()
    assert told in str(refused.value)


@pytest.mark.parametrize("below", ["", "/deeper/home"])
def test_a_data_directory_that_is_a_file_is_told_as_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, below: str
) -> None:
    (tmp_path / "notes.txt").write_text("Not a folder.")
    monkeypatch.setenv("FOOTNOTE_HOME", f"{tmp_path}/notes.txt{below}")
    with pytest.raises(SettingsInvalid, match=f"FOOTNOTE_HOME: '{tmp_path}/notes.txt' is a file"):
        settings.load()
