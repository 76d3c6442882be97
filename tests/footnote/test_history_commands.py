"""What changed, which states there are, and going back, on the command line."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

OLD = "The ferry to Skarn sails at eight in the morning. A ticket for the crossing costs twelve crowns."
NEW = OLD.replace("eight", "nine")


@pytest.fixture
def changed(empty: Any, tmp_path: Path, cli_in: Callable[..., Any]) -> Callable[..., Any]:
    """The command line on a data directory with one document that was changed once."""
    file = tmp_path / "pier.txt"
    for text in (OLD, NEW):
        file.write_text(text)
        empty.application.ingest(str(file))
    return lambda *arguments: cli_in(empty.home, *arguments)


def test_changes_show_the_old_and_the_new_sentence(changed: Callable[..., Any]) -> None:
    shown = changed("changes", "1h")
    assert "− The ferry to Skarn sails at eight in the morning." in shown.out
    assert "+ The ferry to Skarn sails at nine in the morning." in shown.out
    [document] = changed("changes", "--json").json["documents"]
    assert [change["kind"] for change in document["changes"]] == ["changed"]


def test_a_source_can_be_rolled_back_and_stays_so_until_it_changes_again(
    changed: Callable[..., Any], tmp_path: Path
) -> None:
    states = changed("states", "pier", "--json").json["states"]
    assert [state["is_current"] for state in states] == [True, False]
    assert "nothing was put back" in changed("rollback", "pier.txt", "--to", states[0]["version_id"]).out
    assert "1 document put back" in changed("rollback", "pier.txt", "--to", states[1]["version_id"]).out
    assert "1 document put back" in changed("rollback", "pier.txt", "--to", states[0]["version_id"]).out
    done = changed("rollback", "pier.txt", "--to", states[1]["fetched_at"], "--json").json
    assert len(done["rolled_back"]) == 1
    assert "eight" in changed("ask", "When does the ferry to Skarn sail?").out
    assert changed("reingest", "--json").json["counts"] == {"unchanged": 1}
    assert "eight" in changed("ask", "When does the ferry to Skarn sail?").out
    (tmp_path / "pier.txt").write_text(OLD.replace("eight", "ten"))
    os.utime(tmp_path / "pier.txt")
    assert changed("reingest", "--json").json["counts"] == {"changed": 1}
    assert "ten in the morning" in changed("ask", "When does the ferry to Skarn sail?").out


def test_a_moment_that_is_none_is_told(changed: Callable[..., Any]) -> None:
    result = changed("changes", "yesterdayish")
    assert result.code == 1
    assert "Write 7d, 24h or a date" in result.err


def test_changes_tell_what_is_new_and_gone_and_nothing_of_what_only_looks_different(
    changed: Callable[..., Any], empty: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "notices"
    folder.mkdir()
    for name in ("lamp", "pier", "quiet"):
        (folder / f"{name}.txt").write_text(f"The {name} is inspected by the harbour office every spring.")
    empty.application.ingest(str(folder))
    since = changed("sources", "--json").json["sources"][0]["updated_at"]
    (folder / "quiet.txt").write_text(
        "The  quiet is inspected by the harbour office every spring.\n\n17 comments · 3 min read"
    )
    (folder / "lamp.txt").unlink()
    (folder / "new.txt").write_text("The new lighthouse is open on Sundays.")
    empty.application.reingest(str(folder))
    told = {each["title"]: each["state"] for each in changed("changes", since, "--json").json["documents"]}
    assert {title: told[title] for title in ("Lamp", "New")} == {"Lamp": "removed", "New": "new"}
    assert "gone" in changed("changes", "1h").out
    assert told.get("Quiet") != "changed"
