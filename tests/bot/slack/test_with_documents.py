"""The whole road with the real store, embedder and answers: the samples asked about in Slack."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import samples
from bot.answer import Assistant
from bot.remembered import Remembered
from bot.slack.app import build
from bot.slack.settings import SlackSettings
from footnote.application import Application
from footnote.library import SlackLibrary
from ingest.pipeline import Pipeline
from ingest.sandbox import ParserProcess
from playground.server import Playground
from vectorstore.schema import answer_citations, documents, versions
from vectorstore.store import KnowledgeBase

SAMPLES = Path(samples.__file__).parent
FILES = sorted(path.name for path in SAMPLES.glob("0*"))


class Newsroom:
    """A workspace in which the samples are known, each as a source of its own."""

    def __init__(self, slack: Playground, knowledge_base: KnowledgeBase) -> None:
        self.slack = slack
        self.database = knowledge_base.database

    def title(self, file: str) -> str:
        current = documents.c.current_version == versions.c.id
        with self.database.read() as connection:
            rows = connection.execute(select(versions.c.title, documents.c.location).join(documents, current))
            return next(row.title for row in rows if row.location.endswith(file))

    def replies(self, channel: Any = "general") -> list[Any]:
        return [message for message in self.slack.messages(channel) if message.user == self.slack.bot_user]

    def next_reply(self, count: int, channel: Any = "general") -> Any:
        return self.slack.wait_for(lambda: self.replies(channel)[count:] or None, timeout=60)[0]

    def ask(self, text: str) -> Any:
        count = len(self.replies())
        self.slack.post("maya", "general", f"<@{self.slack.bot_user}> {text}")
        return self.next_reply(count)

    def command(self, user: str, command: str, text: str) -> Any:
        count = len(self.replies())
        self.slack.slash(user, "general", command, text).wait()
        return self.next_reply(count)

    def quotes(self, message: Any) -> list[str]:
        """What stands in bold in the window of quotes."""
        self.slack.click("maya", message, "show_quotes").wait()
        view = self.slack.wait_for(lambda: [v for v in self.slack.views("maya")[-1:] if v.versions], timeout=20)[0]
        self.slack.close("maya", view)
        return [
            element["text"]
            for block in view.content["blocks"]
            for part in block.get("elements", ())
            if part["type"] == "rich_text_quote"
            for element in part["elements"]
            if element.get("style", {}).get("bold")
        ]


@pytest.fixture(scope="module")
def newsroom(embedder: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("documents")
    loop = asyncio.new_event_loop()
    with (
        KnowledgeBase(home, embedder) as knowledge_base,
        ParserProcess() as parser,
        Playground.running(Path(__file__).parents[3] / "slack-manifest.yaml") as slack,
    ):
        pipeline = Pipeline(knowledge_base, parser, embedder.count_tokens)
        assistant = Assistant(knowledge_base, Remembered(embedder.embed_documents, embedder.dimension), None)
        application = Application(knowledge_base, pipeline, assistant)
        for name in FILES:
            shutil.copy(SAMPLES / name, folder)
            application.ingest(str(folder / name))
        environment = slack.environment
        settings = SlackSettings(
            bot_token=environment["SLACK_BOT_TOKEN"],
            app_token=environment["SLACK_APP_TOKEN"],
            api_url=environment["SLACK_API_URL"],
            data_directory=home,
            admins=frozenset({slack.workspace.admin.id}),
        )
        app = build(settings, assistant, SlackLibrary(application), knowledge_base.database)
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        asyncio.run_coroutine_threadsafe(app.start(), loop).result(30)
        yield Newsroom(slack, knowledge_base)
        asyncio.run_coroutine_threadsafe(app.stop(), loop).result(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        assert slack.oracle.pings == []
        assert not any(link.unfurls for link in slack.oracle.links)
        assert not any(call.error or call.unknown for call in slack.calls)


def test_an_answer_cites_the_stored_text_word_for_word(newsroom: Newsroom) -> None:
    reply = newsroom.ask("What does Veldmark say about a draft contract?")
    assert "*Sources*" in reply.text
    with newsroom.database.read() as connection:
        cited = connection.execute(
            select(answer_citations, versions.c.text).join(versions, versions.c.id == answer_citations.c.version_id)
        ).all()
    assert cited
    assert all(row.text[row.start : row.end] == row.quote for row in cited)


def test_what_the_pane_offers_is_answered(newsroom: Newsroom) -> None:
    slack, direct = newsroom.slack, newsroom.slack.im("maya")
    slack.open_home("maya", "messages")
    offered = slack.wait_for(lambda: slack.thread(direct).prompts, timeout=60)
    assert len(offered) == 4
    for prompt in offered:
        count = len(newsroom.replies(direct))
        slack.post("maya", direct, prompt["message"])
        assert "*Sources*" in newsroom.next_reply(count, direct).text, prompt


def test_what_the_documents_do_not_say_is_not_said(newsroom: Newsroom) -> None:
    reply = newsroom.ask("Who won the football cup in Lisbon?")
    assert reply.text.startswith("The documents I can use here do not answer that.")


def test_a_table_is_quoted_too(newsroom: Newsroom) -> None:
    reply = newsroom.ask("How many passengers went from Port Callow to Marrow Island by night in 2025?")
    assert any("151700" in quote for quote in newsroom.quotes(reply))


@pytest.mark.parametrize("file", [name for name in FILES if not name.endswith(".csv")])
def test_quotes_are_shown_in_their_passage_whatever_the_format(newsroom: Newsroom, file: str) -> None:
    reply = newsroom.command("maya", "/summarize", newsroom.title(file))
    said = [line for line in reply.text.splitlines() if line.startswith("• ")]
    assert said
    quotes = newsroom.quotes(reply)
    assert quotes
    assert all(quote.strip() for quote in quotes)


def test_a_removed_source_is_shown_to_nobody_and_answers_nothing(newsroom: Newsroom) -> None:
    file = "04-veldmark-statement.md"
    before = newsroom.command("maya", "/summarize", newsroom.title(file))
    sources = newsroom.command("ada", "/footnote", "sources").text
    [id] = [line.rpartition(" id ")[2] for line in sources.splitlines() if file in line]
    question = newsroom.command("ada", "/footnote", f"remove {id}")
    newsroom.slack.click("ada", question, "remove_confirmed").wait()
    newsroom.slack.wait_for(lambda: any(m.text.startswith("Removed") for m in newsroom.slack.messages("general")))
    assert newsroom.quotes(before) == []
    assert file not in newsroom.command("ada", "/footnote", "sources").text


def test_reingesting_everything_reports_that_nothing_changed(newsroom: Newsroom) -> None:
    newsroom.command("ada", "/footnote", "reingest all")
    direct = newsroom.slack.im("ada")
    newsroom.slack.wait_for(lambda: any("unchanged" in m.text for m in newsroom.slack.messages(direct)), timeout=60)
    assert "failed" not in newsroom.replies(direct)[-1].text
