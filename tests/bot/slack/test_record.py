"""`/footnote audit`: the trail in Slack, for owners and auditors."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import update

from bot.slack.language import strings_of
from bot.slack.surfaces.record import ENTRIES_SHOWN, entry_line
from vectorstore.audit import Entry, Written
from vectorstore.schema import audit


def command(footnote: Any, text: str, user: str) -> str:
    place = footnote.slack.workspace.general
    before = len(footnote.replies(place))
    footnote.slack.slash(user, place, "/footnote", text).wait()
    footnote.settled()
    return str(footnote.reply(place, count=before + 1).text)


def test_an_auditor_reads_what_was_done_and_refused(start: Callable[..., Any]) -> None:
    footnote = start(admins=("ada",), auditors=("tomas",))
    command(footnote, "schedule s1 daily", "ada")
    command(footnote, "remove s1", "maya")
    told = command(footnote, "audit 7d", "tomas")
    assert told.startswith("Audit trail since 7d: 3 entries, times in UTC")
    assert "ada · schedule · done · https:" in told
    assert "maya · remove · refused · s1" in told
    assert "Verified: 3 entries are as they were written" in told
    assert "administrators" in command(footnote, "sources", "tomas")


def test_an_auditor_is_sent_the_whole_trail_as_a_file_that_nobody_else_sees(start: Callable[..., Any]) -> None:
    footnote = start(admins=("ada",), auditors=("tomas",))
    slack = footnote.slack
    command(footnote, "schedule s1 daily", "ada")
    assert "administrators" in command(footnote, "audit export", "maya")
    assert "in our direct conversation" in command(footnote, "audit export", "tomas")
    [file] = slack.workspace.files.values()
    assert file.channels == [slack.im("tomas").id]
    rows = [json.loads(line) for line in file.content.splitlines()]
    assert [(row["action"], row["decision"]) for row in rows] == [
        ("schedule", "done"),
        ("audit", "refused"),
        ("audit export", "done"),
    ]
    assert [row["previous"] for row in rows[1:]] == [row["hash"] for row in rows[:-1]]
    told = next(message.text for message in slack.messages(slack.im("tomas")) if message.files)
    assert rows[-1]["hash"][:16] in told
    slack.faults.add("files.getUploadURLExternal", error="missing_scope")
    slack.open_home("tomas")
    slack.click("tomas", slack.wait_for(lambda: slack.home("tomas")), "export_record").wait()
    footnote.settled()
    assert "Slack refused it (missing_scope)" in footnote.replies(slack.im("tomas"))[-1].text
    assert len(slack.workspace.files) == 1


def test_it_works_over_signed_http_too(served: Any) -> None:
    assert "are as they were written" in command(served, "audit 7d", "ada")


def test_the_servers_folders_are_left_out_where_it_is_shown() -> None:
    def line(object: str) -> str:
        written = Written(datetime(2026, 3, 2, tzinfo=UTC), Entry("U1", "ingest", "done", object))
        return entry_line(written, "ada", strings_of("en")).rpartition("done · ")[2]

    assert line("/srv/desk/papers/minutes.md workspace") == "…/papers/minutes.md workspace"
    assert line("https://desk.example/papers/minutes") == "https://desk.example/papers/minutes"
    assert line("/minutes.md") == "/minutes.md"


def test_a_changed_entry_is_told(footnote: Any) -> None:
    command(footnote, "schedule s1 daily", "ada")
    command(footnote, "sources", "ada")
    with footnote.database.write() as connection:
        connection.execute(update(audit).where(audit.c.action == "schedule").values(action="nothing"))
    assert "entry 1 is not as it was written" in command(footnote, "audit", "ada")


def test_more_entries_than_fit_are_counted(footnote: Any) -> None:
    for _ in range(ENTRIES_SHOWN + 1):
        command(footnote, "tag s1 #word", "ada")
    assert "and 2 more before these" in command(footnote, "audit", "ada")


def test_what_came_to_nothing_is_no_deed(footnote: Any) -> None:
    command(footnote, "ingest https://a.example/broken", "ada")
    assert "ada · ingest · failed · https:" in command(footnote, "audit", "ada")


def test_a_moment_that_is_none_is_told(footnote: Any) -> None:
    assert "is no moment" in command(footnote, "audit lately", "ada")
