"""A change of a cited sentence reaches the answers that were given; what only looks different reaches nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.bot.slack.office import OLD, Office, opened
from tests.raw_bytes import holders


@pytest.fixture
def office(tmp_path: Path, embedder: Any, parser: Any) -> Iterator[Office]:
    with opened(tmp_path, embedder, parser) as running:
        yield running


def test_a_changed_sentence_puts_a_banner_over_the_answer_that_cites_it(office: Office) -> None:
    message = office.ask()
    office.app.watch_answers()
    assert office.changes_to(OLD.replace("eight", "nine")) == 1
    changed = office.slack.wait_for(lambda: "has changed" in office.now(message).text and office.now(message))
    assert "eight in the morning" in changed.text, "the answer stays as it was given"
    office.slack.click("maya", changed, "see_change").wait()
    view = office.slack.wait_for(lambda: [v for v in office.slack.views("maya") if "nine" in str(v.content)])[0]
    assert "− The ferry to Skarn sails at eight in the morning" in str(view.content)
    assert "+ The ferry to Skarn sails at nine in the morning" in str(view.content)


def test_the_question_can_be_answered_again_in_the_thread(office: Office) -> None:
    message = office.ask()
    office.changes_to(OLD.replace("eight", "nine"))
    changed = office.slack.wait_for(lambda: "has changed" in office.now(message).text and office.now(message))
    for _ in range(2):
        office.slack.click("tomas", changed, "answer_again").wait()
    ours = lambda: [m for m in office.slack.messages("general", message.thread_ts) if m.user == office.slack.bot_user]  # noqa: E731
    office.slack.wait_for(lambda: len(ours()) == 2)
    assert "nine in the morning" in ours()[-1].text


QUIET = {
    "white space": OLD.replace(" ", "  ").replace("\n\n", "\n\n\n"),
    "an updated line": f"Updated 3 March 2026, 10:14\n\n{OLD}",
    "an advertisement": f"{OLD}\n\nAdvertisement\n\nSubscribe to our morning letter",
    "another sentence": OLD.replace("on Tuesday", "on Friday"),
    "a new paragraph": f"{OLD}\n\nDogs travel free of charge on every boat.",
}


@pytest.mark.parametrize("kind", QUIET)
def test_what_does_not_change_the_cited_sentence_brings_no_banner(office: Office, kind: str) -> None:
    message = office.ask()
    assert office.changes_to(QUIET[kind]) == 0
    assert "has changed" not in office.now(message).text


def test_a_removed_source_brings_one_banner_and_not_another(office: Office) -> None:
    message = office.ask()
    office.application.remove("pier.txt")
    assert office.app.watch_answers() == 1
    office.slack.wait_for(lambda: "has changed" in office.now(message).text)
    assert office.app.watch_answers() == 0


def test_what_is_forgotten_on_the_command_line_leaves_slack_and_the_files_of_the_running_bot(
    office: Office, tmp_path: Path
) -> None:
    message = office.ask()
    office.file.write_text(OLD.replace("debate", "zanzibarquokka"))
    direct = office.slack.im("ada")
    office.slack.slash("ada", direct, "/footnote", "reingest all").wait()
    office.slack.wait_for(lambda: [m for m in office.slack.messages(direct) if "zanzibarquokka" in m.text], timeout=30)
    office.slack.wait_for(lambda: "work.sqlite3-wal" in holders(tmp_path, "zanzibarquokka"), timeout=20)
    office.settled()  # what is under way keeps its notes
    office.application.erase_checkpoints = office.app.erase_checkpoints
    office.file.unlink()
    receipt = office.application.forget("pier.txt")
    assert [each["message_ts"] for each in receipt["posted"]] == [message.ts, office.ours(direct)[0].ts]
    assert holders(tmp_path, "zanzibarquokka") == []
    assert office.app.withdraw() == 2
    assert office.ours(direct) == []
    assert message.ts not in [each.ts for each in office.slack.messages("general", message.thread_ts)]
    assert office.app.withdraw() == 0


def test_a_private_answer_gets_none(office: Office) -> None:
    office.slack.slash("maya", "general", "/ask", "When does the ferry to Skarn sail?").wait()
    office.slack.wait_for(
        lambda: [m for m in office.slack.messages("general") if m.user == office.slack.bot_user] or None
    )
    assert office.changes_to(OLD.replace("eight", "nine")) == 0
