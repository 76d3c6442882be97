"""Dry runs, carrying them out, and looking again by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.slack.language import strings_of
from footnote.application import Application
from footnote.control import call
from footnote.library import SlackLibrary
from footnote.scheduler import look_at_due
from vectorstore.errors import NotATime
from vectorstore.moments import interval_of

OLD = "The ferry to Skarn sails at eight in the morning. A ticket for the crossing costs twelve crowns."
NEW = OLD.replace("eight", "nine")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "documents"
    made.mkdir()
    (made / "pier.txt").write_text(OLD)
    (made / "bridge.txt").write_text("The council of Skarn voted against a bridge to the mainland on Tuesday.")
    return made


@pytest.fixture
def changed(empty: Any, folder: Path, cli_in: Callable[..., Any]) -> Callable[..., Any]:
    """The command line on an ingested folder of which one file changed, one is gone and one is new since."""
    empty.application.ingest(str(folder))
    (folder / "pier.txt").write_text(NEW)
    (folder / "bridge.txt").unlink()
    (folder / "dogs.txt").write_text("Dogs travel free of charge on the ferry to Skarn.")
    return lambda *arguments: cli_in(empty.home, *arguments)


def test_a_plan_tells_what_would_change_and_changes_nothing(changed: Callable[..., Any]) -> None:
    planned = changed("plan", "--json").json
    assert planned["counts"] == {"changed": 1, "new": 1, "removed": 1}
    assert planned["to_embed"] == 2
    [ferry] = [each for each in planned["documents"] if each["state"] == "changed"]
    assert [(c["before"]["text"][-20:], c["after"]["text"][-19:]) for c in ferry["changes"]] == [
        ("eight in the morning."[-20:], "nine in the morning."[-19:])
    ]
    assert "eight" in changed("ask", "When does the ferry to Skarn sail?").out
    assert "+ The ferry to Skarn sails at nine" in changed("plan").out


def test_a_plan_says_of_a_page_that_only_looks_different_that_no_sentence_changed(
    changed: Callable[..., Any], folder: Path
) -> None:
    (folder / "pier.txt").write_text(OLD.replace(" ", "  ", 1) + "\n\n17 comments · 3 min read")
    assert "no sentence has changed" in changed("plan").out


def test_applying_a_plan_does_it_once(changed: Callable[..., Any]) -> None:
    id = changed("plan", "--json").json["plan"]
    done = changed("apply", id, "--json")
    assert (done.code, done.json["counts"]) == (0, {"changed": 1, "new": 1, "removed": 1})
    assert "nine" in changed("ask", "When does the ferry to Skarn sail?").out
    again = changed("apply", id)
    assert again.code == 0
    assert "carried out already" in again.out
    assert "changed" in again.out
    assert changed("plan", "--json").json["counts"] == {"unchanged": 2}


def test_a_plan_nobody_made_is_told(changed: Callable[..., Any]) -> None:
    result = changed("apply", "nonsense")
    assert result.code == 1
    assert "not there any more" in result.err


@pytest.fixture
def application(empty: Any, folder: Path) -> Application:
    empty.application.ingest(str(folder))
    return empty.application


def test_a_plan_that_was_interrupted_is_applied_again(application: Application, folder: Path) -> None:
    (folder / "pier.txt").write_text(NEW)
    id = application.plan()["plan"]
    application.plans.begin(id)
    assert [each.id for each in application.plans.running()] == [id]
    assert application.apply(id)["counts"] == {"changed": 1, "unchanged": 1}
    assert application.plans.running() == []


def test_a_plan_that_was_called_off_is_not_applied(application: Application) -> None:
    id = application.plan()["plan"]
    application.cancel(id)
    with pytest.raises(Exception, match="plan_cancelled"):
        application.apply(id)


def test_what_is_due_is_looked_at_and_due_again_later(application: Application, folder: Path) -> None:
    [line] = application.knowledge_base.catalog.sources.listed()
    scheduled = application.schedule(line.id, "every 6h")["scheduled"]
    assert scheduled["due_at"] > (datetime.now(UTC) + timedelta(hours=5)).isoformat()
    assert look_at_due(application) == 0
    application.knowledge_base.catalog.upkeep.postpone(line.id, datetime.now(UTC) - timedelta(days=2))
    (folder / "pier.txt").write_text(NEW)
    assert look_at_due(application) == 1
    assert "nine" in application.ask("When does the ferry to Skarn sail?")["text"]
    assert look_at_due(application) == 0


def test_a_source_that_cannot_be_looked_at_is_due_again_and_says_why(application: Application, folder: Path) -> None:
    [line] = application.knowledge_base.catalog.sources.listed()
    application.schedule(line.id, "daily")
    application.knowledge_base.catalog.upkeep.postpone(line.id, datetime.now(UTC))
    folder.rename(folder.with_name("elsewhere"))
    assert look_at_due(application) == 1
    [now] = application.knowledge_base.catalog.sources.listed()
    assert "no_such_path" in str(now.trouble)
    assert now.due_at is not None
    assert now.due_at > datetime.now(UTC)
    assert now.documents == 2


def test_what_was_wrong_is_told_in_every_language_without_the_servers_folders(
    application: Application, folder: Path
) -> None:
    folder.rename(folder.with_name("elsewhere"))
    library, spanish = SlackLibrary(application), strings_of("es")
    [(_, reason)] = library.reingest(None, actor="U0ADA", progress=lambda _step: None).failures
    [row] = library.sources()
    assert row.trouble is not None
    missing = f"No hay ningún archivo ni carpeta «{folder.parent.name}/{folder.name}»."
    assert spanish.reason(row.trouble).startswith(missing)
    assert spanish.reason(reason).startswith(missing)
    assert spanish.reason(reason).endswith("Lo leído antes se conserva.")
    [line] = call(application, "sources", {}, lambda _step: None)["sources"]
    assert line["trouble"].startswith(f"There is no file or folder “{folder}”.")


def test_what_an_earlier_release_noted_in_english_is_still_told(application: Application) -> None:
    [line] = application.knowledge_base.catalog.sources.listed()
    application.knowledge_base.catalog.upkeep.looked(line.id, None, "The page is empty.", datetime.now(UTC))
    [row] = SlackLibrary(application).sources()
    assert row.trouble == "The page is empty."
    assert strings_of("es").reason(row.trouble) == "The page is empty."


@pytest.mark.parametrize(
    ("text", "interval"),
    [("6h", timedelta(hours=6)), ("every 2d", timedelta(days=2)), ("Daily", timedelta(days=1)), ("off", None)],
)
def test_intervals_are_read_as_people_write_them(text: str, interval: timedelta | None) -> None:
    assert interval_of(text) == interval


def test_an_interval_that_is_none_is_told() -> None:
    with pytest.raises(NotATime, match="not_an_interval"):
        interval_of("now and then")
