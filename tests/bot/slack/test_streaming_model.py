"""A model's answer on its whole road into Slack: written slowly, checked by the gate, shown sentence by sentence."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import samples
from bot import gate
from bot.answer import Assistant
from bot.model import ModelComposer
from bot.remembered import Remembered
from bot.slack.app import build
from bot.slack.conversations import Conversations
from bot.slack.settings import SlackSettings
from evals.loopback_model import LoopbackModel
from evals.quoting_model import quoting_model
from footnote.application import Application
from footnote.library import SlackLibrary
from ingest.pipeline import Pipeline
from ingest.sandbox import ParserProcess
from playground.server import Playground
from vectorstore.store import KnowledgeBase

ROOT = Path(__file__).parents[3]
QUESTION = "What did Veldmark say about the hydrogen ferries?"


@pytest.fixture(scope="module")
def model() -> Iterator[LoopbackModel]:
    with quoting_model(seconds_a_word=0.02) as running:
        yield running


@pytest.fixture(scope="module")
def desk(embedder: Any, model: LoopbackModel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The playground with the samples behind the bot, and the answers given so far."""
    home = tmp_path_factory.mktemp("home")
    loop = asyncio.new_event_loop()
    with (
        KnowledgeBase(home, embedder) as knowledge_base,
        ParserProcess() as parser,
        Playground.running(ROOT / "slack-manifest.yaml") as slack,
    ):
        pipeline = Pipeline(knowledge_base, parser, embedder.count_tokens)
        embed = Remembered(embedder.embed_now, embedder.dimension)
        composer = ModelComposer("openai:quoting", base_url=model.base_url, check=partial(gate.check, embed=embed))
        application = Application(knowledge_base, pipeline, Assistant(knowledge_base, embed, composer))
        for path in samples.documents():
            application.ingest(str(path))
        environment = slack.environment
        settings = SlackSettings(
            bot_token=environment["SLACK_BOT_TOKEN"],
            app_token=environment["SLACK_APP_TOKEN"],
            api_url=environment["SLACK_API_URL"],
            data_directory=home,
            stream_after=0.3,
            stream_pause=0.1,
        )
        app = build(settings, application.assistant, SlackLibrary(application), knowledge_base.database)
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        asyncio.run_coroutine_threadsafe(app.start(), loop).result(30)
        yield slack, Conversations(knowledge_base.database)
        asyncio.run_coroutine_threadsafe(app.stop(), loop).result(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        assert slack.oracle.pings == []


def streamed(slack: Playground, channel: Any, text: str) -> Any:
    """The message that answers, once a sentence is in it."""
    slack.post("maya", channel, text)
    return slack.wait_for(lambda: [each for each in slack.messages(channel) if each.stream and "[1]" in each.text], 60)[
        0
    ]


def test_a_models_sentences_come_one_by_one_with_the_numbers_of_their_quotes(desk: Any) -> None:
    slack, conversations = desk
    message = streamed(slack, "general", f"<@{slack.bot_user}> {QUESTION}")
    slack.wait_for(lambda: message.stream.state == "stopped")
    texts = [frame.text for frame in message.frames]
    assert all(later.startswith(earlier) for earlier, later in pairwise(texts))
    assert len({text for text in texts if text}) >= 2
    shown = next(block for block in message.blocks if block["type"] == "actions")["elements"][0]
    answer = conversations.find(shown["value"]).answer
    assert answer.composer == "model"
    said = [f"{each.text} {' '.join(f'[{cited.n}]' for cited in each.citations)}" for each in answer.statements]
    assert message.text == " ".join(said)
    assert set(re.findall(r"\[\d+\]", message.text)) <= set(re.findall(r"\[\d+\]", str(message.blocks[2:])))


def test_stopped_the_model_is_left_alone_and_what_was_proven_stays(desk: Any, model: LoopbackModel) -> None:
    slack, _ = desk
    direct = slack.im("maya")
    message = streamed(slack, direct, QUESTION)
    slack.stop_agent("maya", direct, message.thread_ts)
    slack.wait_for(lambda: "Stopped here" in message.text)
    assert "[1]" in message.text
    assert "*Sources*" in message.text
    assert model.left.wait(60)
    assert [each.ts for each in slack.messages(direct) if each.user == slack.bot_user] == [message.ts]
