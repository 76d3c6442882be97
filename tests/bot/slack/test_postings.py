"""What of ours stays in Slack beside answers is known by what it quotes: it goes with what is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.slack.channels import DIGEST_EVERY, Channels, ChannelSettings
from tests.bot.slack.office import OLD, Office, opened
from vectorstore.schema import posting_subjects, postings

ADDRESS = "https://pier.example/ferry"


@pytest.fixture
def office(tmp_path: Path, embedder: Any, parser: Any) -> Iterator[Office]:
    with opened(tmp_path, embedder, parser) as running:
        yield running


def digest(office: Office, **settings: Any) -> Any:
    """The message of this week, in which the file has changed."""
    workspace = office.slack.workspace
    channels = Channels(office.application.knowledge_base.database)
    channels.keep(workspace.team.id, workspace.general.id, ChannelSettings(digest=True, **settings))
    office.changes_to(OLD.replace("eight", "nine"))
    office.app.watch_digests(datetime.now(UTC) + DIGEST_EVERY + timedelta(minutes=1))
    return office.slack.wait_for(office.ours)[0]


def quoted(office: Office) -> set[str]:
    """The sentences that are known to stand in messages of ours, as the versions have them."""
    catalog = office.application.knowledge_base.catalog
    with office.application.knowledge_base.database.read() as connection:
        rows = connection.execute(select(posting_subjects)).all()
    texts = {row.version_id: catalog.version(row.version_id).text for row in rows if row.version_id}
    return {texts[row.version_id][row.start : row.end] for row in rows if row.version_id}


def left(office: Office) -> int:
    with office.application.knowledge_base.database.read() as connection:
        return len(connection.execute(select(postings)).all())


def test_a_digest_knows_the_sentences_it_quotes_and_goes_with_the_document(office: Office) -> None:
    message = digest(office)
    office.settled()
    sentence = "The ferry to Skarn sails at eight in the morning, the harbour office said."
    assert quoted(office) == {sentence, sentence.replace("eight", "nine")}
    receipt = office.application.forget("pier.txt")
    assert [each["message_ts"] for each in receipt["posted"]] == [message.ts]
    assert (office.app.withdraw(), office.ours(), left(office)) == (1, [], 0)


@pytest.mark.parametrize(("language", "told"), [("", "has been removed since"), ("es", "se ha retirado")])
def test_a_digest_that_quotes_a_removed_document_says_so_once(office: Office, language: str, told: str) -> None:
    message = digest(office, language=language)
    office.settled()
    assert office.app.watch_answers() == 0
    blocks = len(office.now(message).blocks)
    office.application.remove("pier.txt")
    assert office.app.watch_answers() == 1
    now = office.now(message)
    assert told in now.text
    assert "at nine in the morning" in now.text, "the digest stays as it was posted"
    assert len(now.blocks) == blocks + 1
    assert office.app.watch_answers() == 0


def test_a_sentence_that_changes_again_leaves_the_digest_as_it_was(office: Office) -> None:
    message = digest(office)
    office.settled()
    assert office.changes_to(OLD.replace("eight", "ten")) == 0
    assert office.now(message).text == message.text


def test_a_plan_and_what_it_came_to_go_with_the_source(office: Office) -> None:
    office.file.write_text(OLD.replace("eight", "nine"))
    direct = office.slack.im("ada")
    office.slack.slash("ada", direct, "/footnote", "reingest all").wait()
    plan = office.slack.wait_for(lambda: [m for m in office.ours(direct) if "at nine" in m.text])[0]
    office.slack.click("ada", plan, "plan_run").wait()
    office.slack.wait_for(lambda: "Done" in office.slack.message(direct, plan.ts).text)
    office.settled()
    office.application.forget("pier.txt")
    assert (office.app.withdraw(), office.ours(direct)) == (1, [])


def test_a_summary_of_a_document_gets_the_banner_over_its_points_and_is_made_again(
    office: Office, tmp_path: Path
) -> None:
    page, slack, direct = tmp_path / "page.md", office.slack, office.slack.im("maya")
    page.write_text(f"---\nurl: {ADDRESS}\ntitle: The pier\n---\n\n{OLD}")
    office.application.ingest(str(page))
    asked = slack.post("maya", direct, f"summarize {ADDRESS}")
    ours = lambda: [m for m in slack.messages(direct, asked) if m.user == slack.bot_user and m.metadata]  # noqa: E731
    summary = slack.wait_for(ours)[0]
    office.settled()
    listed = str(summary.blocks)
    assert "rich_text_list" in listed
    page.write_text(page.read_text().replace("at eight", "at nine").replace("twelve", "thirteen"))
    assert office.changes_to(OLD) == 1
    banner = slack.wait_for(lambda: [m for m in ours() if "has changed" in m.text])[0]
    assert "rich_text_list" in str(banner.blocks)
    slack.click("maya", banner, "answer_again").wait()
    again = slack.wait_for(lambda: ours()[1:])[0]
    assert "rich_text_list" in str(again.blocks)
    assert "thirteen crowns" in again.text
    office.settled()
    receipt = office.application.forget(ADDRESS)
    assert {each["message_ts"] for each in receipt["posted"]} == {summary.ts, again.ts}


def test_a_thread_summary_goes_with_whoever_is_quoted_in_it(office: Office) -> None:
    slack = office.slack
    root = slack.post("tomas", "general", "We decided to move the ferry office to the old warehouse in May.")
    slack.post("maya", "general", "I will write to the landlord about the lease today.", root)
    slack.post("ada", "general", f"<@{slack.bot_user}> summarize this thread", root)
    ours = lambda: [m for m in slack.messages("general", root) if m.user == slack.bot_user and m.metadata]  # noqa: E731
    assert "landlord" in slack.wait_for(ours)[0].text
    office.settled()
    office.application.forget(slack.workspace.user("maya").id)
    assert (office.app.withdraw(), ours(), left(office)) == (1, [], 0)
