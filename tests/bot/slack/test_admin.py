"""`/footnote` in Slack: who may, what it does, what it tells, what is noted."""

from __future__ import annotations

import time
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.slack.language import strings_of
from bot.slack.library import Report
from bot.slack.surfaces.admin import reported
from bot.slack.wishes import Wish, wish
from vectorstore.schema import audit, intake


def command(footnote: Any, text: str, user: str = "ada", place: Any = None) -> str:
    """Give the command; returns the newest private reply."""
    place = place or footnote.slack.workspace.general
    before = len(footnote.replies(place))
    footnote.slack.slash(user, place, "/footnote", text).wait()
    reply = footnote.reply(place, count=before + 1)
    footnote.settled()
    assert reply.ephemeral_for == footnote.slack.workspace.user(user).id
    return str(reply.text)


def noted(footnote: Any) -> list[tuple[str, str | None, str]]:
    with footnote.database.read() as connection:
        return [tuple(row) for row in connection.execute(select(audit.c.action, audit.c.object, audit.c.decision))]


def report(footnote: Any, user: str = "ada") -> str:
    """The one message of a job in the direct conversation, when the job is over."""
    footnote.settled()
    [message] = footnote.replies(footnote.slack.im(user))
    return str(message.text)


@pytest.mark.parametrize("text", ["sources", "ingest https://a.example/", "reingest all", "remove s1"])
@pytest.mark.both_doors
def test_others_are_refused_politely_and_noted(footnote: Any, text: str) -> None:
    assert "administrators" in command(footnote, text, user="maya")
    assert footnote.shelf.jobs == []
    assert [decision for _, _, decision in noted(footnote)] == ["refused"]


def test_a_guest_on_the_list_is_no_administrator(start: Any) -> None:
    footnote = start(admins=("gus",))
    footnote.slack.invite(footnote.slack.workspace.general, "gus")
    assert "administrators" in command(footnote, "sources", user="gus")


def test_help_is_for_everybody(footnote: Any) -> None:
    assert "/footnote ingest" in command(footnote, "", user="maya")
    assert "/footnote ingest" in command(footnote, "help", user="maya")


def test_a_word_that_is_no_command_is_told_with_the_command_it_may_have_been_meant_for(footnote: Any) -> None:
    assert command(footnote, "sorces", user="maya") == (
        "I know no command “sorces”. Did you mean /footnote sources? /footnote help lists them all."
    )
    assert "Did you mean /footnote settings?" in command(footnote, "setings", user="maya")
    text = command(footnote, "xyzzy *bold* <!channel>", user="maya")
    assert text.startswith("I know no command “xyzzy”.\nWhat /footnote can do:")


def test_sources_lists_them(footnote: Any) -> None:
    text = command(footnote, "sources")
    assert text.startswith("1 source:\nStorm closes the strait")
    assert "for everybody · 1 document, 12 passages" in text
    assert "id s1" in text


def test_many_sources_are_listed_in_one_reply_and_found_by_their_words(footnote: Any) -> None:
    for n in range(2, 62):
        footnote.shelf.add(f"s{n}", f"Boletín {n:02}", f"https://a.example/{n}")
    text = command(footnote, "sources")
    assert text.startswith("61 sources:\n")
    assert text.count(" · id ") == 20
    assert "and 41 more. /footnote sources and words of a title" in text
    found = command(footnote, "sources BOLETIN 41")
    assert found.startswith("1 source with “BOLETIN 41”\nBoletín 41 · ")
    assert len(footnote.replies("general")) == 2


@pytest.mark.both_doors
def test_ingest_follows_its_progress_in_one_message_and_reports(footnote: Any) -> None:
    said = command(footnote, "ingest https://a.example/page")
    assert "direct conversation" in said
    assert report(footnote).endswith("page\nDone: 1 new, 1 unchanged.")
    [message] = footnote.replies(footnote.slack.im("ada"))
    texts = [frame.text for frame in message.frames]
    assert any("page one" in text for text in texts)
    assert footnote.shelf.jobs == [("ingest", "https://a.example/page", footnote.slack.workspace.admin.id)]
    assert noted(footnote) == [("ingest", "https://a.example/page", "done")]


def test_failures_are_told_with_their_reason(footnote: Any) -> None:
    command(footnote, "ingest https://a.example/broken")
    assert "1 failed" in report(footnote)
    assert "the page is encrypted" in report(footnote)


def test_what_the_store_says_reaches_the_administrator(footnote: Any) -> None:
    command(footnote, "ingest https://a.example/locked")
    assert report(footnote).endswith("locked\nThe store is locked by another process.")
    assert noted(footnote) == [("ingest", "https://a.example/locked", "failed")]


@pytest.mark.parametrize("address", ["", "/etc/passwd", "file:///etc/passwd", "gopher://x", "notes.txt"])
def test_only_addresses_of_the_web_are_ingested_from_slack(footnote: Any, address: str) -> None:
    assert "http or https" in command(footnote, f"ingest {address}")
    assert footnote.shelf.jobs == []


def test_reingest_takes_one_or_all(footnote: Any) -> None:
    direct = footnote.slack.im("ada")
    footnote.slack.slash("ada", direct, "/footnote", "reingest").wait()
    footnote.settled()
    footnote.slack.slash("ada", direct, "/footnote", "reingest Storm closes the strait").wait()
    footnote.settled()
    assert [(what, source) for what, source, _ in footnote.shelf.jobs] == [("plan", ""), ("plan", "s1")]


def test_an_unknown_source_is_named(footnote: Any) -> None:
    assert "no source “Whatever”" in command(footnote, "reingest Whatever")
    assert "no source “Whatever”" in command(footnote, "remove Whatever")


@pytest.mark.both_doors
def test_remove_asks_once_more_and_then_removes_once(footnote: Any) -> None:
    slack, general = footnote.slack, footnote.slack.workspace.general
    assert "Remove “Storm closes the strait”" in command(footnote, "remove s1")
    question = footnote.replies(general)[-1]
    slack.click("ada", question, "asked_and_confirmed").wait()
    slack.click("ada", question, "asked_and_confirmed").wait()
    footnote.settled()
    assert [what for what, _, _ in footnote.shelf.jobs] == ["remove"]
    assert footnote.replies(general)[-1].text.startswith("Removed “Storm closes the strait”")
    assert noted(footnote) == [("remove", "https://harbour.example/storm", "done")]


def test_a_removal_can_be_called_off(footnote: Any) -> None:
    slack, general = footnote.slack, footnote.slack.workspace.general
    command(footnote, "remove s1")
    slack.click("ada", footnote.replies(general)[-1], "asked_and_called_off").wait()
    slack.wait_for(lambda: any(m.text == "Nothing was changed." for m in slack.messages(general)))
    assert footnote.shelf.jobs == []


def test_a_confirmation_after_five_minutes_removes_nothing(footnote: Any) -> None:
    slack, general = footnote.slack, footnote.slack.workspace.general
    command(footnote, "remove s1")
    with footnote.database.write() as connection:
        from datetime import UTC, datetime, timedelta

        connection.execute(update(intake).values(received_at=datetime.now(UTC) - timedelta(minutes=6)))
    slack.click("ada", footnote.replies(general)[-1], "asked_and_confirmed").wait()
    slack.wait_for(lambda: any("five minutes ago" in m.text for m in slack.messages(general)))
    assert footnote.shelf.jobs == []


def test_a_confirmation_counts_only_from_the_person_who_asked(start: Any) -> None:
    footnote = start(admins=("ada", "tomas"))
    slack, general = footnote.slack, footnote.slack.workspace.general
    command(footnote, "remove s1")
    asked = footnote.replies(general)[-1]
    command(footnote, "remove s1", user="tomas")
    theirs = footnote.replies(general)[-1]
    buttons = [next(e for b in m.blocks for e in b.get("elements", ()) if e.get("action_id")) for m in (asked, theirs)]
    buttons[1]["value"] = buttons[0]["value"]  # forged: the button of another
    slack.click("tomas", theirs, "asked_and_confirmed").wait()
    slack.wait_for(lambda: any("Only the person who asked" in m.text for m in slack.messages(general)))
    assert footnote.shelf.jobs == []
    assert ("remove", "s1", "refused") in noted(footnote)


def test_somebody_no_longer_on_the_list_cannot_confirm(footnote: Any) -> None:
    slack, general = footnote.slack, footnote.slack.workspace.general
    command(footnote, "remove s1")
    slack.workspace.admin.is_restricted = True
    footnote.app.people._known.clear()  # a minute has passed
    slack.click("ada", footnote.replies(general)[-1], "asked_and_confirmed").wait()
    deadline = time.monotonic() + 60
    while ("remove", None, "refused") not in noted(footnote) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert footnote.shelf.jobs == []


def test_sources_are_tagged_shown_with_their_tags_and_untagged(footnote: Any) -> None:
    assert "these tags: none." in command(footnote, "tag s1")
    assert "now has these tags: #contracts #2026." in command(footnote, "tag s1 #Contracts #2026")
    assert "#contracts #2026 · id s1" in command(footnote, "sources")
    assert "now has these tags: #2026." in command(footnote, "tag s1 -#contracts")
    assert "letters, digits" in command(footnote, "tag s1 #not/one")
    assert "no source “s9”" in command(footnote, "tag s9 #a")


def test_an_address_is_ingested_with_its_tags(footnote: Any) -> None:
    command(footnote, "ingest https://a.example/new #ferries")
    footnote.settled()
    assert footnote.shelf.rows["s2"].tags == ("ferries",)


def test_who_is_no_administrator_tags_nothing(footnote: Any) -> None:
    command(footnote, "tag s1 #a", user="maya")
    assert footnote.shelf.rows["s1"].tags == ()
    assert ("tag", "s1", "refused") in noted(footnote)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sources", Wish("sources")),
        ("INGEST  https://a.example/x ", Wish("ingest", "https://a.example/x")),
        ("remove “A title”", Wish("remove", "A title")),
        (
            "ingest https://a.example/x#part #Contracts #2026",
            Wish("ingest", "https://a.example/x#part", ("#Contracts", "#2026")),
        ),
        ("tag “A long title” #a -#b", Wish("tag", "A long title", ("#a", "-#b"))),
        ("tag A title", Wish("tag", "A title")),
        ("remove #1 of the list", Wish("remove", "#1 of the list")),
        ("", Wish("help")),
        ("Help", Wish("help")),
        ("drop tables", Wish("unknown", "drop")),
    ],
)
def test_what_is_wished_is_read_from_the_text(text: str, expected: Wish) -> None:
    assert wish(text) == expected


def test_a_report_names_what_happened_and_every_failure() -> None:
    failures = (("a.pdf", "encrypted"), ("b.pdf", "broken"))
    assert reported(Report(new=2, failed=2, failures=failures), strings_of("en")) == (
        "Done: 2 new, 2 failed.\nFailed: a.pdf: encrypted\nFailed: b.pdf: broken"
    )
    assert reported(Report(), strings_of("en")) == "Done: nothing to do."
