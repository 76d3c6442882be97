"""The Home of those who look after something: searching, what is wrong, what is asked most, and the record."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.slack.home_administration import size
from bot.slack.language import strings_of
from bot.slack.storage import stored_bytes
from vectorstore.reasons import Reason


def words(view: Any) -> str:
    return json.dumps(view.content["blocks"], ensure_ascii=False)


def seen(footnote: Any, user: str, told: str) -> Any:
    def shown() -> Any:
        view = footnote.slack.home(user)
        return view if view and told in words(view) else None

    return footnote.slack.wait_for(shown)


def home(footnote: Any, user: str, told: str) -> Any:
    footnote.slack.open_home(user)
    return seen(footnote, user, told)


def shelved(footnote: Any, number: int = 25) -> None:
    for n in range(2, number + 1):
        footnote.shelf.add(f"s{n}", f"Paper {n:02}", f"https://a.example/{n}")


def test_sources_are_searched_and_the_search_goes_on_over_pages(footnote: Any) -> None:
    shelved(footnote)
    view = home(footnote, "maya", "Search the sources")
    footnote.slack.click("maya", view, "home_search", "PAPER").wait()
    view = seen(footnote, "maya", "24 sources with “PAPER”")
    assert "Storm" not in words(view)
    footnote.slack.click("maya", view, "home_page", "1").wait()
    view = seen(footnote, "maya", "Back")
    assert "24 sources with “PAPER”" in words(view)
    assert len(view.content["blocks"]) <= 100


def test_where_a_source_lies_is_searched_only_for_who_looks_after_it(footnote: Any) -> None:
    shelved(footnote)
    for user, number in (("maya", "0 sources"), ("ada", "24 sources")):
        view = home(footnote, user, "Search the sources")
        footnote.slack.click(user, view, "home_search", "a.example").wait()
        seen(footnote, user, f"{number} with “a.example”")


def test_what_is_wrong_is_told_and_found_at_a_click(footnote: Any) -> None:
    row = footnote.shelf.rows["s1"]
    footnote.shelf.rows["s1"] = replace(
        row, trouble=Reason("status_401", {"status": 401}), due_at=datetime(2026, 3, 9, 8, tzinfo=UTC)
    )
    shelved(footnote)
    view = home(footnote, "ada", "1 source could not be read")
    assert "Nothing is wrong that I know of." not in words(view)
    assert "My data take up" in words(view)
    footnote.slack.click("ada", view, "home_search", "trouble:").wait()
    view = seen(footnote, "ada", "1 source with “Could not be read”")
    assert "The server asks for a login (status 401). · next look 9 March 2026, 08:00 UTC" in words(view)
    assert "Paper" not in words(view)


def test_sources_are_filtered_and_looked_after_from_their_menu(footnote: Any) -> None:
    slack, general = footnote.slack, footnote.slack.workspace.general
    shelved(footnote)
    row, due = footnote.shelf.rows["s1"], datetime(2026, 3, 9, 8, tzinfo=UTC)
    footnote.shelf.rows["s1"] = replace(row, due_at=due, scope=f"channel:{general.id}", owner=slack.workspace.admin.id)
    view = home(footnote, "ada", "Show only…")
    assert "Show only…" not in words(home(footnote, "maya", "Search the sources"))
    box = next(b for b in view.content["blocks"] if b["type"] == "actions" and "static_select" in str(b))
    slack.click("ada", view, "home_search", "scheduled:", box["block_id"]).wait()
    view = seen(footnote, "ada", "1 source with “Looked at by themselves”")
    told = words(view)
    assert "1 document · for #general · read 3 March 2026" in told
    assert "added by ada" in told
    direct = slack.im("ada")
    for value, reply in (
        ("schedule_source:s1 off", "is looked at only when somebody asks"),
        ("forget_source:s1", "to the last byte"),
    ):
        block = next(b for b in view.content["blocks"] if value in str(b))
        slack.click("ada", view, "menu", value, block["block_id"]).wait()
        slack.wait_for(lambda reply=reply: [m for m in footnote.replies(direct) if reply in m.text])
    assert ("schedule", "s1", "off") in footnote.shelf.jobs


def test_what_is_done_in_the_home_says_where_its_reply_is_and_leaves_one_where_one_was(footnote: Any) -> None:
    shelved(footnote)
    view = home(footnote, "ada", "1 to 10 of 25")
    footnote.slack.click("ada", view, "home_page", "1").wait()
    view = seen(footnote, "ada", "11 to 20 of 25")
    block = next(b for b in view.content["blocks"] if "remove_source:" in str(b))
    value = next(o["value"] for o in block["accessory"]["options"] if o["value"].startswith("remove_source:"))
    footnote.slack.click("ada", view, "menu", value, block["block_id"]).wait()
    view = seen(footnote, "ada", "My reply is under Messages.")
    assert "11 to 20 of 25" in words(view)
    assert "My reply is" not in words(home(footnote, "ada", "1 to 10 of 25")), "told once"


def test_sources_are_found_whatever_their_accents(footnote: Any) -> None:
    shelved(footnote)
    footnote.shelf.add("s99", "Boletín del puerto", "https://a.example/99")
    view = home(footnote, "maya", "Search the sources")
    footnote.slack.click("maya", view, "home_search", "boletin PUERTO").wait()
    assert "Boletín del puerto" in words(seen(footnote, "maya", "1 source with “boletin PUERTO”"))


def test_a_curator_finds_the_settings_of_the_channels_looked_after(start: Callable[..., Any]) -> None:
    footnote = start(admins=("ada",), curators={"maya": ("general",)})
    slack, general = footnote.slack, footnote.slack.workspace.general
    view = home(footnote, "maya", "Channels you look after")
    assert f"<#{general.id}>: When I am mentioned" in words(view)
    assert "Administration" not in words(view)
    slack.click("maya", view, "open_settings", general.id).wait()
    slack.wait_for(lambda: any("When to answer" in words(each) for each in slack.views("maya")))
    assert "Channels you look after" not in words(home(footnote, "tomas", "Ask your documents"))


def test_what_is_asked_most_is_told_unless_it_was_asked_privately(footnote: Any) -> None:
    workspace = footnote.slack.workspace
    for _ in range(2):
        footnote.ask("maya", workspace.general, footnote.at("was the ferry cancelled?"))
        footnote.ask("maya", workspace.private, footnote.at("was the budget cut?"))
    told = words(home(footnote, "ada", "Most asked"))
    asked = told[told.index("Most asked") : told.index("Not answered") if "Not answered" in told else None]
    assert "was the ferry cancelled?" in asked
    assert "budget" not in asked


def test_the_record_is_shown_and_opened_in_a_window(footnote: Any) -> None:
    slack = footnote.slack
    slack.slash("maya", slack.workspace.general, "/footnote", "remove s1").wait()
    footnote.settled()
    view = home(footnote, "ada", "maya · remove · refused")
    slack.click("ada", view, "open_record").wait()
    slack.wait_for(lambda: [v for v in slack.views("ada") if "are as they were written" in str(v.content)])


def test_a_curator_finds_the_own_channels_sources_with_their_menu_and_no_administration(
    start: Callable[..., Any],
) -> None:
    footnote = start(admins=("ada",), curators={"maya": ("general",)})
    general = footnote.slack.workspace.general.id
    footnote.shelf.add("s3", "Minutes of the desk", "https://desk.example/minutes", f"channel:{general}")
    view = home(footnote, "maya", "Minutes of the desk")
    told = words(view)
    assert "remove_source:s3" in told
    assert "remove_source:s1" not in told
    assert "Administration" not in told
    footnote.slack.click("maya", view, "menu", "remove_source:s3").wait()
    footnote.settled()
    direct = footnote.slack.im("maya")
    asked = footnote.slack.wait_for(
        lambda: [m for m in footnote.replies(direct) if m.text.startswith("Remove “Minutes")]
    )
    footnote.slack.click("maya", asked[0], "asked_and_confirmed").wait()
    footnote.settled()
    assert "s3" not in footnote.shelf.rows


def test_an_auditor_finds_the_record_and_nothing_else_of_the_administration(start: Callable[..., Any]) -> None:
    footnote = start(admins=("ada",), auditors=("tomas",))
    view = home(footnote, "tomas", "Audit trail")
    assert "Administration" not in words(view)
    assert "remove_source" not in words(view)
    footnote.slack.click("tomas", view, "open_record").wait()
    footnote.slack.wait_for(
        lambda: [v for v in footnote.slack.views("tomas") if "as they were written" in str(v.content)]
    )


def test_the_record_opens_for_nobody_who_is_no_auditor_any_more(start: Callable[..., Any]) -> None:
    footnote = start(auditors=("tomas",))
    view = home(footnote, "tomas", "Audit trail")
    footnote.app.roles._appointed = replace(footnote.app.roles._appointed, auditors=frozenset())
    footnote.slack.click("tomas", view, "open_record").wait()
    footnote.slack.wait_for(
        lambda: any("administrators" in m.text for m in footnote.replies(footnote.slack.im("tomas")))
    )
    assert not footnote.slack.views("tomas")


@pytest.mark.parametrize(("number", "told"), [(0, "0 B"), (999, "999 B"), (12_400, "12 KB"), (3_200_000_000, "3 GB")])
def test_a_size_is_told_in_the_unit_people_read(number: int, told: str) -> None:
    assert size(number, strings_of("en")) == told


def test_what_is_stored_is_the_bytes_of_all_files(tmp_path: Path) -> None:
    (tmp_path / "chroma").mkdir()
    (tmp_path / "chroma" / "index").write_bytes(b"x" * 10)
    (tmp_path / "footnote.sqlite").write_bytes(b"x" * 5)
    assert stored_bytes(tmp_path) == 15


def chart(view: Any) -> Any:
    return next((block for block in view.content["blocks"] if block["type"] == "image"), None)


def with_chart(footnote: Any, told: str) -> Any:
    def shown() -> Any:
        found = chart(footnote.slack.home("ada"))
        return found if found and told in found["alt_text"] else None

    return footnote.slack.wait_for(shown)


def test_how_much_was_asked_is_a_picture_that_is_drawn_anew_only_when_that_changes(footnote: Any) -> None:
    slack = footnote.slack
    home(footnote, "ada", "Nobody has asked anything in eight weeks.")
    footnote.ask("maya", slack.workspace.general, footnote.at("was the ferry cancelled?"))
    home(footnote, "ada", "Questions per week")
    first = with_chart(footnote, "1 answered, 0 not in the documents")["slack_file"]["id"]
    file = slack.workspace.files[first]
    assert file.content.startswith(b"\x89PNG")
    assert not file.channels
    home(footnote, "ada", "Questions per week")
    home(footnote, "ada", first)
    footnote.ask("maya", slack.workspace.general, footnote.at("was the ferry late?"))
    footnote.slack.open_home("ada")
    second = with_chart(footnote, "2 answered, 0 not in the documents")["slack_file"]["id"]
    slack.wait_for(lambda: slack.workspace.files[first].is_deleted)
    assert [each.id for each in slack.workspace.files.values() if not each.is_deleted] == [second]


def test_where_slack_takes_no_picture_bars_of_text_stand_in(footnote: Any) -> None:
    slack = footnote.slack
    footnote.ask("maya", slack.workspace.general, footnote.at("was the ferry cancelled?"))
    slack.faults.add("files.getUploadURLExternal", error="missing_scope")
    home(footnote, "ada", "█ answered")
    slack.wait_for(lambda: [call for call in slack.calls if call.method == "files.getUploadURLExternal"])
    assert chart(slack.home("ada")) is None
    home(footnote, "ada", "█ answered")
    file = with_chart(footnote, "1 answered")["slack_file"]["id"]
    slack.delete_file("ada", file)
    home(footnote, "ada", "█ answered")
    assert with_chart(footnote, "1 answered")["slack_file"]["id"] != file
