"""A change of a cited sentence reaches the answers that were given; what only looks different reaches nobody."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.slack.app import SlackApp, build
from bot.slack.settings import SlackSettings
from footnote.application import Application
from footnote.library import SlackLibrary
from footnote.settings import Settings
from footnote.wiring import make_assistant
from ingest.pipeline import Pipeline
from playground.server import Playground
from tests.raw_bytes import holders
from vectorstore.schema import intake
from vectorstore.store import KnowledgeBase

MANIFEST = Path(__file__).parents[3] / "slack-manifest.yaml"
OLD = (
    "The ferry to Skarn sails at eight in the morning, the harbour office said. A ticket costs twelve crowns.\n\n"
    "The council voted against a bridge to the mainland on Tuesday after a long debate."
)


class Office:
    """A workspace that answers from one file, which can be changed."""

    def __init__(self, slack: Playground, app: SlackApp, application: Application, file: Path) -> None:
        self.slack, self.app, self.application, self.file = slack, app, application, file

    def ask(self, text: str = "When does the ferry to Skarn sail?") -> Any:
        ts = self.slack.post("maya", "general", f"<@{self.slack.bot_user}> {text}")
        ours = lambda: [m for m in self.slack.messages("general", ts) if m.user == self.slack.bot_user and m.metadata]  # noqa: E731
        return self.slack.wait_for(lambda: ours() or None)[0]

    def changes_to(self, text: str) -> int:
        """The file says this now and is looked at again; returns how many banners that brings."""
        self.file.write_text(text)
        self.application.reingest()
        return self.app.watch_answers()

    def states(self) -> list[str]:
        """Of the requests that were taken in."""
        with self.application.knowledge_base.database.read() as connection:
            return list(connection.scalars(select(intake.c.state)))

    def now(self, message: Any) -> Any:
        return self.slack.message("general", message.ts)


@pytest.fixture
def office(tmp_path: Path, embedder: Any, parser: Any) -> Iterator[Office]:
    file = tmp_path / "pier.txt"
    file.write_text(OLD)
    with ExitStack() as stack:
        knowledge_base = stack.enter_context(KnowledgeBase(tmp_path / "home", embedder))
        pipeline = Pipeline(knowledge_base, parser, embedder.count_tokens)
        assistant = make_assistant(Settings(), knowledge_base, embedder)
        application = Application(knowledge_base, pipeline, assistant)
        application.ingest(str(file))
        slack = stack.enter_context(Playground.running(MANIFEST))
        settings = SlackSettings(
            bot_token=slack.environment["SLACK_BOT_TOKEN"],
            app_token=slack.environment["SLACK_APP_TOKEN"],
            api_url=slack.environment["SLACK_API_URL"],
            data_directory=tmp_path,
            drain_seconds=5.0,
            admins=frozenset({slack.workspace.admin.id}),
        )
        app = build(settings, assistant, SlackLibrary(application), knowledge_base.database)
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        asyncio.run_coroutine_threadsafe(app.start(), loop).result(30)
        yield Office(slack, app, application, file)
        asyncio.run_coroutine_threadsafe(app.stop(), loop).result(40)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


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
    office.slack.wait_for(
        lambda: all(state == "done" for state in office.states()), timeout=20
    )  # what is under way keeps its notes
    office.application.erase_checkpoints = office.app.erase_checkpoints
    office.file.unlink()
    receipt = office.application.forget("pier.txt")
    assert [each["message_ts"] for each in receipt["posted"]] == [message.ts]
    assert holders(tmp_path, "zanzibarquokka") == []
    assert office.app.withdraw() == 1
    assert message.ts not in [each.ts for each in office.slack.messages("general", message.thread_ts)]
    assert office.app.withdraw() == 0


def test_a_private_answer_gets_none(office: Office) -> None:
    office.slack.slash("maya", "general", "/ask", "When does the ferry to Skarn sail?").wait()
    office.slack.wait_for(
        lambda: [m for m in office.slack.messages("general") if m.user == office.slack.bot_user] or None
    )
    assert office.changes_to(OLD.replace("eight", "nine")) == 0
