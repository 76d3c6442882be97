"""The whole road with the real store, embedder and answers: the samples asked about in Slack."""

from __future__ import annotations

import asyncio
import re
import shutil
import threading
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import samples
from bot.answer import Assistant
from bot.remembered import Remembered
from bot.slack.app import SlackApp, build
from bot.slack.channels import Channels, ChannelSettings
from bot.slack.downloads import Downloads
from bot.slack.posting import Slack
from bot.slack.settings import SlackSettings
from footnote.application import Application
from footnote.library import SlackLibrary
from ingest.pipeline import Pipeline
from ingest.sandbox import ParserProcess
from playground.server import Playground
from vectorstore.schema import answer_citations, documents, sources, versions
from vectorstore.scopes import thread_scope
from vectorstore.store import KnowledgeBase

SAMPLES = Path(samples.__file__).parent
FILES = sorted(path.name for path in SAMPLES.glob("0*"))


class Newsroom:
    """A workspace in which the samples are known, each as a source of its own."""

    def __init__(self, slack: Playground, knowledge_base: KnowledgeBase, library: SlackLibrary, app: SlackApp) -> None:
        self.app = app
        self.slack = slack
        self.library = library
        self.home = knowledge_base.home
        self.database = knowledge_base.database

    def title(self, file: str) -> str:
        current = documents.c.current_version == versions.c.id
        with self.database.read() as connection:
            rows = connection.execute(select(versions.c.title, documents.c.location).join(documents, current))
            return next(row.title for row in rows if row.location.endswith(file))

    def replies(self, channel: Any = "general") -> list[Any]:
        ours = [message for message in self.slack.messages(channel) if message.user == self.slack.bot_user]
        return [message for message in ours if not (message.stream and message.stream.state == "streaming")]

    def next_reply(self, count: int, channel: Any = "general") -> Any:
        """The reply after the first `count`, once it is whole."""

        def whole() -> Any:
            [reply] = self.replies(channel)[count : count + 1] or [None]
            is_growing = reply is not None and reply.stream is not None and reply.stream.state == "streaming"
            return None if reply is None or is_growing or not reply.text else reply

        return self.slack.wait_for(whole)

    def next_in(self, thread: str, count: int) -> Any:
        """Our next reply in a thread of #general after `count` of them."""

        def ours() -> list[Any]:
            found = self.slack.messages("general", thread)
            ours = [message for message in found if message.user == self.slack.bot_user and not message.is_deleted]
            return [message for message in ours if not (message.stream and message.stream.state == "streaming")]

        return self.slack.wait_for(lambda: ours()[count:] or None)[0]

    def quotes_with(self, words: str) -> list[str]:
        """The quotes in the ledger that hold these words."""
        with self.database.read() as connection:
            return [quote for quote in connection.scalars(select(answer_citations.c.quote)) if words in quote]

    def scopes(self) -> list[str]:
        with self.database.read() as connection:
            return list(connection.scalars(select(sources.c.scope).distinct()))

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
        view = self.slack.wait_for(lambda: [v for v in self.slack.views("maya")[-1:] if v.versions])[0]
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
        pipeline = Pipeline(knowledge_base, parser, embedder.count_tokens, allow_private=True)
        assistant = Assistant(knowledge_base, Remembered(embedder.embed_now, embedder.dimension), None)
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
            curators={slack.workspace.user("tomas").id: frozenset({slack.workspace.general.id})},
        )
        library = SlackLibrary(application)
        downloads = Downloads(
            Slack(settings.bot_token, settings.api_url, time.sleep), settings.bot_token, settings.api_url
        )
        pipeline.kept.read_again = downloads.again
        app = build(settings, assistant, library, knowledge_base.database)
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        asyncio.run_coroutine_threadsafe(app.start(), loop).result(30)
        yield Newsroom(slack, knowledge_base, library, app)
        asyncio.run_coroutine_threadsafe(app.stop(), loop).result(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        assert slack.oracle.pings == []
        assert not any(link.unfurls for link in slack.oracle.links)
        assert [(call.method, call.error, call.unknown) for call in slack.calls if call.error or call.unknown] == []


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
    offered = slack.wait_for(lambda: slack.thread(direct).prompts)
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


def test_a_colleagues_answer_that_was_kept_is_the_next_ones_answer(newsroom: Newsroom) -> None:
    slack, question = newsroom.slack, "Who repairs the espresso machine of the office?"
    answer = newsroom.ask(question)
    assert answer.text.startswith("The documents I can use here do not answer that.")
    reply = f"<@{slack.workspace.member.id}> Berta Lund repairs the espresso machine of the office on Fridays."
    ts = slack.post("tomas", "general", reply)
    slack.shortcut("ada", "keep_answer", slack.message("general", ts)).wait()
    view = slack.wait_for(lambda: [v for v in slack.views("ada") if v.content.get("callback_id") == "keep_note"])[0]
    slack.submit("ada", view, {"question": question, "reach": "workspace"}).wait()
    slack.wait_for(lambda: any(m.text.startswith("Kept:") for m in slack.messages("general")))
    told = newsroom.ask(question)
    assert "Berta Lund repairs the espresso machine" in told.text
    assert "Playground" in told.text
    assert slack.workspace.member.id not in told.text
    assert "Tomás" in told.text or "tomas" in told.text


def test_a_channel_is_kept_to_the_sources_with_its_tags(newsroom: Newsroom) -> None:
    question, general = "What does Veldmark say about a draft contract?", newsroom.slack.workspace.general
    file = "08-route-figures.csv"
    sources = newsroom.command("ada", "/footnote", "sources").text.replace("\u2060", "")  # in what looks like a host
    [id] = [line.rpartition(" id ")[2] for line in sources.splitlines() if file in line]
    assert "#figures" in newsroom.command("ada", "/footnote", f"tag {id} #figures").text
    channels = Channels(newsroom.database)
    kept = ChannelSettings(tags=("figures",), set_by=newsroom.slack.workspace.admin.id)
    channels.keep(newsroom.slack.team.id, general.id, kept)
    assert "I searched 1 document (" in newsroom.ask(question).text
    figures = newsroom.ask("How many passengers went from Port Callow to Marrow Island by night in 2025?")
    assert any("151700" in quote for quote in newsroom.quotes(figures))
    assert "1 document (" in newsroom.command("maya", "/footnote", "why-here").text
    channels.keep(newsroom.slack.team.id, general.id, ChannelSettings())
    assert "*Sources*" in newsroom.ask(question).text


def test_a_removed_source_is_shown_to_nobody_and_answers_nothing(newsroom: Newsroom) -> None:
    file = "04-veldmark-statement.md"
    before = newsroom.command("maya", "/summarize", newsroom.title(file))
    sources = newsroom.command("ada", "/footnote", "sources").text.replace("\u2060", "")  # in what looks like a host
    [id] = [line.rpartition(" id ")[2] for line in sources.splitlines() if file in line]
    question = newsroom.command("ada", "/footnote", f"remove {id}")
    newsroom.slack.click("ada", question, "asked_and_confirmed").wait()
    newsroom.slack.wait_for(lambda: any(m.text.startswith("Removed") for m in newsroom.slack.messages("general")))
    assert newsroom.quotes(before) == []
    assert file not in newsroom.command("ada", "/footnote", "sources").text


def test_reingesting_everything_reports_that_nothing_changed(newsroom: Newsroom) -> None:
    newsroom.command("ada", "/footnote", "reingest all")
    direct = newsroom.slack.im("ada")
    newsroom.slack.wait_for(lambda: any("unchanged" in m.text for m in newsroom.slack.messages(direct)))
    assert "failed" not in newsroom.replies(direct)[-1].text


DELIVERY = (
    "delivery.txt",
    b"Delivery plan\n\nThe yard at Brannock delivers the hull of the Petrel in October 2027. Mara Lund signed it.",
)


def read_in_thread(newsroom: Newsroom, text: str, *files: tuple[str, bytes], user: str = "maya") -> tuple[str, Any]:
    """(the thread, our reply) of a message with files in a channel."""
    slack = newsroom.slack
    ts = slack.post(user, "general", f"<@{slack.bot_user}> {text}", files=files)
    return ts, newsroom.next_in(ts, 0)


def test_a_dropped_file_answers_in_its_thread_and_nowhere_else(newsroom: Newsroom) -> None:
    question = "When does the yard at Brannock deliver the hull of the Petrel?"
    ts, reply = read_in_thread(newsroom, "", DELIVERY)
    assert "I have read" in reply.text
    newsroom.slack.post("tomas", "general", question, ts)
    answer = newsroom.next_in(ts, 1)
    assert "October 2027" in answer.text
    assert any("October 2027" in quote for quote in newsroom.quotes(answer))
    assert "October 2027" not in newsroom.ask(question).text
    direct = newsroom.slack.im("maya")
    newsroom.slack.post("maya", direct, question)
    assert "October 2027" not in newsroom.next_reply(0, direct).text


def test_a_dropped_file_is_forgotten_with_its_thread_and_so_are_its_quotes(newsroom: Newsroom) -> None:
    slack = newsroom.slack
    text = b"Delivery plan\n\nThe delivery plan of the Petrel was signed by Mara Lund on the ninth of May."
    ts, _ = read_in_thread(newsroom, "who signed the delivery plan of the Petrel?", ("signed.txt", text))
    scope = thread_scope(slack.workspace.general.id, ts)
    assert scope in newsroom.scopes()
    assert newsroom.quotes_with("ninth of May")
    slack.delete("maya", "general", ts)
    slack.wait_for(lambda: scope not in newsroom.scopes())
    assert newsroom.quotes_with("ninth of May") == []


def test_what_was_read_for_a_thread_is_no_source_of_the_library(newsroom: Newsroom) -> None:
    read_in_thread(
        newsroom, "", ("secret.txt", b"The secret word of this thread is marzipan, and nobody else knows it.")
    )
    assert "secret" not in newsroom.command("ada", "/footnote", "sources").text


def test_old_threads_are_forgotten(newsroom: Newsroom) -> None:
    read_in_thread(
        newsroom, "", ("old.txt", b"This file is about to be forgotten, as every file of a thread is one day.")
    )
    assert newsroom.library.forget_threads(datetime.now(UTC) - timedelta(days=1)) == 0
    assert newsroom.library.forget_threads(datetime.now(UTC) + timedelta(seconds=1)) >= 1
    assert [scope for scope in newsroom.scopes() if scope.startswith("thread:")] == []


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("photo.png", b"\x89PNG\r\n\x1a\n" + b"0" * 100, "This is a picture."),
        ("broken.pdf", b"%PDF-1.7 nothing that is a PDF", "damaged"),
        ("archive.zip", b"PK\x05\x06" + b"\0" * 18, "ZIP archive"),
        ("empty.txt", b" ", "The document is empty."),
    ],
)
def test_what_cannot_be_read_is_said_with_the_reason(newsroom: Newsroom, name: str, data: bytes, reason: str) -> None:
    _, reply = read_in_thread(newsroom, "", (name, data))
    assert reply.text.startswith("Not read: ")
    assert reason in reply.text


def test_a_pdf_is_read_with_its_pages(newsroom: Newsroom) -> None:
    path = SAMPLES / "06-council-annual-report.pdf"
    _, reply = read_in_thread(newsroom, "", (path.name, path.read_bytes()))
    assert re.search(r"\(\d+ pages?\)\. Ask me about it here\.", reply.text)


def test_a_file_added_to_the_library_answers_everybody_and_is_read_again_from_its_copy(newsroom: Newsroom) -> None:
    slack = newsroom.slack
    content = b"Crew rota\n\nThe rota of the Petrel names Ines Calder as chief engineer for the whole of 2027."
    ts = slack.post("tomas", "general", "the rota", files=[("rota.txt", content)])
    count = len(newsroom.replies())
    slack.shortcut("ada", "add_to_library", slack.message("general", ts)).wait()
    slack.click("ada", newsroom.next_reply(count), "add_for_everybody").wait()
    direct = slack.im("ada")
    slack.wait_for(lambda: any("Done: 1 new" in m.text for m in newsroom.replies(direct)))
    assert "Ines Calder" in newsroom.ask("Who is chief engineer of the Petrel in 2027?").text
    sources = newsroom.command("ada", "/footnote", "sources").text
    assert "/files/" in sources.replace("\u2060", "")
    assert str(newsroom.home) not in sources
    assert str(SAMPLES.parent) not in sources
    [kept] = [path for path in (newsroom.home / "files").iterdir() if path.suffix == ".txt"]
    assert kept.read_bytes() == content
    [source] = [row for row in newsroom.library.sources() if "rota" in row.location]
    report = newsroom.library.reingest(source.id, actor="ada", progress=lambda _: None)
    assert (report.unchanged, report.failed) == (1, 0)
    slack.message("general", ts).files[0].content = content.replace(b"Ines Calder", b"Bo Lindgren")
    report = newsroom.library.reingest(source.id, actor="ada", progress=lambda _: None)
    assert (report.changed, report.failed) == (1, 0)
    assert "Bo Lindgren" in newsroom.ask("Who is chief engineer of the Petrel in 2027?").text
    slack.delete_file("tomas", slack.message("general", ts).files[0].id)
    told = slack.wait_for(lambda: [m for m in newsroom.replies(direct) if "was deleted in Slack" in m.text])
    slack.click("ada", told[0], "remove_source").wait()
    asked = slack.wait_for(lambda: [m for m in newsroom.replies(direct) if m.text.startswith("Remove “")])
    slack.click("ada", asked[0], "asked_and_confirmed").wait()
    slack.wait_for(lambda: not [path for path in (newsroom.home / "files").iterdir() if path.suffix == ".txt"])
    assert source.id not in [row.id for row in newsroom.library.sources()]


def test_a_real_conversation_is_summarised_by_what_matters(newsroom: Newsroom) -> None:
    slack = newsroom.slack
    ts = slack.post("maya", "general", "Which ferry goes into Monday's paper?")
    slack.post("tomas", "general", "We have decided to print the night ferry on page one.", ts)
    slack.post("ada", "general", "I will ask the harbour office for the figures by Friday.", ts)
    slack.post("maya", "general", "Thanks!", ts)
    count = len(newsroom.replies())
    slack.shortcut("maya", "summarize_thread", slack.message("general", ts)).wait()
    reply = newsroom.next_reply(count)
    assert "Decided: tomas: “We have decided to print the night ferry on page one.”" in reply.text
    assert "To do: ada: “I will ask the harbour office for the figures by Friday.”" in reply.text
    assert "Thanks!" not in reply.text


def test_a_message_is_checked_against_the_real_documents(newsroom: Newsroom) -> None:
    slack = newsroom.slack
    ts = slack.post(
        "tomas", "general", "151700 passengers went from Port Callow to Marrow Island by night in 2025. Elephants fly."
    )
    count = len(newsroom.replies())
    slack.shortcut("maya", "check_message", slack.message("general", ts)).wait()
    reply = newsroom.next_reply(count)
    assert "This message against the documents" in reply.text
    assert "Not in the documents: Elephants fly." in reply.text


@pytest.fixture
def page() -> Iterator[tuple[str, list[str]]]:
    """A page of the own network: (its address, what was asked for); once /repaint was asked for, it says blue."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Quiet."""

        def do_GET(self) -> None:
            asked.append(self.path)
            colour = "blue" if "/repaint" in asked else "green"
            text = f"The Petrel will be painted {colour} in the spring of 2028, the shipping line said on Friday. " * 4
            body = f"<html><head><title>Paint</title></head><body><article><h1>Paint</h1><p>{text}</p></article></body></html>"
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/paint", asked
    server.shutdown()
    server.server_close()


def test_a_page_is_read_for_one_summary_and_not_kept(newsroom: Newsroom, page: Any) -> None:
    address, _ = page
    reply = newsroom.command("ada", "/summarize", address)
    assert "Read just now" in reply.text
    assert "painted green in the spring of 2028" in reply.text
    assert "green" not in newsroom.ask("What colour will the Petrel be painted?").text
    assert not newsroom.library.holds(address, ("workspace",))


def test_the_own_network_is_opened_by_its_setting_to_administrators_alone(newsroom: Newsroom, page: Any) -> None:
    address, asked = page
    assert "I could not read it: This address is not fetched" in newsroom.command("maya", "/summarize", address).text
    assert asked == []


def test_a_curators_page_answers_in_the_own_channel_and_is_told_in_its_digest(newsroom: Newsroom, page: Any) -> None:
    slack, general, (address, _) = newsroom.slack, newsroom.slack.workspace.general, page
    direct = slack.im("tomas")
    channels, team = Channels(newsroom.database), slack.workspace.team.id
    channels.keep(team, general.id, ChannelSettings(digest=True))
    newsroom.command("tomas", "/footnote", f"ingest {address} here")
    slack.wait_for(lambda: any("1 new" in m.text for m in slack.messages(direct)))
    assert "green in the spring of 2028" in newsroom.ask("What colour will the Petrel be painted?").text
    [row] = [row for row in newsroom.library.sources() if row.location == address]
    assert row.scope == f"channel:{general.id}"

    newsroom.command("tomas", "/footnote", f"reingest {row.id}")
    slack.wait_for(lambda: any("1 unchanged" in m.text for m in slack.messages(direct)))
    urllib.request.urlopen(address.replace("/paint", "/repaint")).close()
    newsroom.command("tomas", "/footnote", f"reingest {row.id}")
    plan = slack.wait_for(lambda: [m for m in slack.messages(direct) if "1 changed" in m.text])[0]
    slack.click("tomas", plan, "plan_run").wait()
    slack.wait_for(lambda: "Done" in plan.text)
    count = len(newsroom.replies())
    assert newsroom.app.watch_digests(datetime.now(UTC) + timedelta(days=7, minutes=1)) == 1
    digest = newsroom.next_reply(count).text
    assert digest.startswith("What changed this week in 1 document")
    assert "− The Petrel will be painted green in the spring of 2028" in digest
    assert "+ The Petrel will be painted blue in the spring of 2028" in digest

    channels.keep(team, general.id, ChannelSettings())
    newsroom.library.remove(row.id, actor="")


def test_the_scopes_of_a_plan_are_those_of_its_sources_now(newsroom: Newsroom) -> None:
    plan = newsroom.library.plan("", actor="", progress=lambda _: None)
    assert set(newsroom.library.plan_scopes(plan.id)) == {"workspace"}
    assert newsroom.library.plan_scopes("nothing") == []
