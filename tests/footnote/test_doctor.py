from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from footnote import doctor
from footnote.settings import load
from playground.server import Playground
from vectorstore.lock import OwnerLock
from vectorstore.store import KnowledgeBase

MANIFEST = Path(__file__).parents[2] / "slack-manifest.yaml"
Examine = Callable[..., Any]


@pytest.fixture
def examine(cli_in: Callable[..., Any], home: Path, monkeypatch: pytest.MonkeyPatch) -> Examine:
    """`examine(NAME=value, …)`: the checks by name, and the exit code under "code"."""

    def run(**settings: str) -> dict[str, Any]:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        result = cli_in(home, "doctor", "--json")
        checks = {check["name"]: check for check in result.json["checks"]}
        assert result.json["ok"] == (result.code == 0) == all(check["level"] != "fault" for check in checks.values())
        for check in checks.values():
            assert check["level"] == "ok" or check["remedy"], "every finding that is not fine has a remedy"
        return {"code": result.code} | checks

    return run


@pytest.fixture
def findings(home: Path, clean_environment: None, monkeypatch: pytest.MonkeyPatch) -> Examine:
    """`findings(check, NAME=value, …)`: what one check finds, by name."""

    def run(check: doctor.Check, **settings: str) -> dict[str, Any]:
        for name, value in (settings | {"FOOTNOTE_HOME": str(home)}).items():
            monkeypatch.setenv(name, value)
        found = {finding.name: finding.as_json() for finding in check(load())}
        assert all(one["level"] == "ok" or one["remedy"] for one in found.values())
        return found

    return run


@pytest.fixture(scope="module")
def slack() -> Iterator[Playground]:
    with Playground.running(MANIFEST) as running:
        yield running


def tokens(slack: Playground) -> dict[str, str]:
    return {name: value for name, value in slack.environment.items() if name != "SLACK_SIGNING_SECRET"}


def test_a_fresh_directory_is_fine(examine: Examine) -> None:
    found = examine()
    assert found["code"] == 0
    assert found["Embedder"]["finding"].startswith("all-MiniLM-L6-v2")
    assert found["Store"]["finding"].startswith("empty")
    assert "footnote ingest" in found["Store"]["remedy"]
    assert found["Parser"]["level"] in ("ok", "note")
    assert (found["Answer model"]["level"], found["Slack"]["level"]) == ("ok", "note")


def test_a_working_slack_is_confirmed_without_showing_a_token(examine: Examine, slack: Playground) -> None:
    found = examine(**tokens(slack))
    assert found["code"] == 0
    assert {found[name]["level"] for name in ("Slack token", "Slack scopes", "Slack socket")} == {"ok"}
    assert not any(token in str(found) for token in tokens(slack).values() if token.startswith("x"))


@pytest.mark.parametrize(("name", "wrong"), [("SLACK_BOT_TOKEN", "xoxb-FAKE"), ("SLACK_APP_TOKEN", "xapp-FAKE")])
def test_a_refused_token_is_named_and_not_shown(findings: Examine, slack: Playground, name: str, wrong: str) -> None:
    found = findings(doctor._slack, **(tokens(slack) | {name: wrong}))
    assert found["Slack"]["level"] == "fault"
    assert found["Slack"]["finding"].startswith(f"{name} was refused (")
    assert wrong not in str(found)


def test_missing_scopes_are_listed(findings: Examine, tmp_path: Path) -> None:
    smaller = tmp_path / "manifest.yaml"
    smaller.write_text("\n".join(line for line in MANIFEST.read_text().splitlines() if "users:read" not in line))
    with Playground.running(smaller) as slack:
        found = findings(doctor._slack, **tokens(slack))
    assert found["Slack scopes"]["finding"] == "missing: users:read"


def test_a_slack_that_cannot_be_reached_is_told(findings: Examine) -> None:
    found = findings(
        doctor._slack, SLACK_BOT_TOKEN="xoxb-FAKE", SLACK_APP_TOKEN="xapp-FAKE", SLACK_API_URL="http://127.0.0.1:9/api/"
    )
    assert found["Slack"]["level"] == "fault"
    assert "cannot be reached" in found["Slack"]["finding"]


def test_a_token_without_its_other_half_is_told(findings: Examine) -> None:
    found = findings(doctor._slack, SLACK_BOT_TOKEN="xoxb-FAKE")
    assert found["Slack"]["level"] == "fault"
    assert "SLACK_APP_TOKEN" in found["Slack"]["finding"]


def test_a_store_in_use_is_no_fault(examine: Examine, home: Path) -> None:
    lock = OwnerLock(home)
    found = examine()
    lock.release()
    assert found["code"] == 0
    assert "in use by process" in found["Store"]["finding"]


@pytest.mark.parametrize(
    ("check", "name", "value", "faulty"),
    [
        (doctor._model, "ANSWER_MODEL", "nobody:nothing", "Answer model"),
        (doctor._embedder, "EMBEDDING_MODEL", "nobody:nothing", "Embedder"),
        (doctor._store, "EMBEDDING_MODEL", "nobody:nothing", "Store"),
        (doctor._reranker, "RERANKER_MODEL", "nobody:nothing", "Reranker"),
        (doctor._store, "DATABASE_URL", "nonsense", "Database"),
        (doctor._store, "DATABASE_URL", "postgresql+psycopg://reader:sesame@127.0.0.1:9/name", "Database"),
    ],
)
def test_what_is_configured_wrongly_is_a_fault_with_a_remedy(
    findings: Examine, check: doctor.Check, name: str, value: str, faulty: str
) -> None:
    found = findings(check, **{name: value})
    assert found[faulty]["level"] == "fault"
    assert "sesame" not in str(found)


def test_a_damaged_database_is_a_fault(findings: Examine, home: Path) -> None:
    (home / "footnote.sqlite").write_bytes(b"no database at all " * 500)
    found = findings(doctor._store)
    assert found["Store"]["level"] == "fault"
    assert "Restore it from a backup" in found["Store"]["finding"]


def test_a_database_that_is_damaged_further_inside_is_told_too(
    cli_in: Callable[..., Any], findings: Examine, home: Path, embedder: Any, publish: Callable[..., Any]
) -> None:
    with KnowledgeBase(home, embedder) as knowledge_base:
        publish(knowledge_base, "/log.txt", "\n\n".join(f"On day {number} the ferry crossed." for number in range(60)))
    database = home / "footnote.sqlite"
    content = bytearray(database.read_bytes())
    content[len(content) // 2 :] = os.urandom(len(content) - len(content) // 2)
    database.write_bytes(content)
    assert findings(doctor._store)["Store"]["level"] == "fault"
    for command in (["ask", "When did the ferry cross?"], ["sources"]):
        result = cli_in(home, *command)
        assert result.code == 1
        assert "malformed" in result.err
        assert "SELECT" not in result.err


def test_a_directory_that_is_a_file_is_said_to_be_one(cli_in: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    for command in (["doctor"], ["sources"], ["ask", "Why?"]):
        result = cli_in(tmp_path / "file", *command)
        assert result.code == 1
        assert "FOOTNOTE_HOME" in result.err
        assert "is a file" in result.err


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ANSWER_MODEL", "nobody:nothing"),
        ("EMBEDDING_MODEL", "nobody:nothing"),
        ("DATABASE_URL", "nonsense"),
        ("SLACK_PORT", "many"),
    ],
)
def test_a_wrong_setting_stops_every_command_with_a_sentence(
    cli_in: Callable[..., Any], home: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    result = cli_in(home, "ask", "Why?")
    assert result.code == 1
    assert name in result.err
