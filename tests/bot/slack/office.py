"""A workspace whose bot answers from one file of the real library, which can be changed."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.slack.app import SlackApp, build
from bot.slack.settings import SlackSettings
from footnote.application import Application
from footnote.library import SlackLibrary
from footnote.settings import Settings
from footnote.wiring import make_assistant
from ingest.pipeline import Pipeline
from playground.server import Playground
from vectorstore.schema import intake
from vectorstore.store import KnowledgeBase

MANIFEST = Path(__file__).parents[3] / "slack-manifest.yaml"
OLD = (
    "The ferry to Skarn sails at eight in the morning, the harbour office said. A ticket costs twelve crowns.\n\n"
    "The council voted against a bridge to the mainland on Tuesday after a long debate."
)


class Office:
    """What can be done in it, and seen."""

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

    def settled(self) -> None:
        """Wait until every request is ended."""
        deadline = time.monotonic() + 60
        while any(state == "received" for state in self.states()):
            assert time.monotonic() < deadline, self.states()
            time.sleep(0.02)

    def ours(self, channel: Any = "general") -> list[Any]:
        """Our messages there that everybody sees."""
        found = self.slack.messages(channel)
        return [m for m in found if m.user == self.slack.bot_user and not m.is_deleted and not m.ephemeral_for]

    def now(self, message: Any) -> Any:
        return self.slack.message("general", message.ts)


@contextmanager
def opened(tmp_path: Path, embedder: Any, parser: Any) -> Iterator[Office]:
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
