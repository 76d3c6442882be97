"""From a question in Slack to the posted answer, without the answering: `python -m evals.slack`.

The app runs as a process of its own against the playground, with an answerer that answers at once, so that what is measured
is ours: acknowledging, keeping, rendering, posting. Prints one JSON line for questions one after the other and one for each
burst.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from bot.progress import OnProgress, unheard
from bot.slack.app import build
from bot.slack.library import Answerer, Library
from bot.slack.settings import SlackSettings
from bot.thread_summary import Point, Said
from bot.values import Answer, Citation, Question, Searched, SourceLine, Statement
from evals.timing import percentile
from playground.messages import Message
from playground.server import Playground
from vectorstore.database import Database

MANIFEST = Path(__file__).parents[1] / "slack-manifest.yaml"


class AtOnce(Answerer):
    """Three cited sentences, whatever the question."""

    def answer(self, question: Question, *, on_progress: OnProgress = unheard) -> Answer:  # noqa: ARG002
        texts = [f"The harbour counted {n} ships on that day." for n in (12, 14, 17)]
        cited = [
            Citation(n, text, "Harbour news", "https://harbour.example/a", "Post", None, "d", f"v{n}", 0, len(text))
            for n, text in enumerate(texts, 1)
        ]
        sources = tuple(
            SourceLine((c.n,), c.title, c.url, "Post", None, None, None, c.document, c.version) for c in cited
        )
        statements = tuple(Statement(each.quote, (each,)) for each in cited)
        return Answer(statements, sources, Searched(1, 3, question.text))

    def summarize(self, target: str, scopes: tuple[str, ...]) -> Answer:
        return self.answer(Question(target, scopes))

    def summarize_conversation(self, said: Sequence[Said]) -> tuple[Point, ...]:
        raise NotImplementedError


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=100, help="asked one after the other")
    parser.add_argument("--bursts", type=int, nargs="*", default=[50, 200], help="asked at once")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve)
        return
    with Playground.running(MANIFEST) as slack, tempfile.TemporaryDirectory() as home, app(slack, Path(home)):
        questions = [ask(slack, n) for n in range(options.questions)]
        print(json.dumps({"set": "one after the other", **measured(slack, questions)}))
        for size in options.bursts:
            started, before = time.monotonic(), posted(slack)
            burst = [
                slack.post("maya", "general", f"<@{slack.bot_user}> burst {size}, question {n}?") for n in range(size)
            ]
            slack.wait_for(lambda goal=before + size: posted(slack) >= goal, timeout=300)  # type: ignore[misc]
            seconds = round(time.monotonic() - started, 2)
            print(json.dumps({"set": f"burst of {size}", "all_posted_s": seconds, **measured(slack, burst)}))


def ask(slack: Playground, n: int) -> str:
    ts = slack.post("maya", "general", f"<@{slack.bot_user}> question {n}?")
    slack.wait_for(lambda: replies(slack, ts), timeout=60)
    return ts


def posted(slack: Playground) -> int:
    return sum(call.method == "chat.postMessage" and call.ok for call in slack.calls)


def replies(slack: Playground, ts: str) -> list[Message]:
    return [message for message in slack.messages("general", ts) if message.user == slack.bot_user]


def measured(slack: Playground, questions: list[str]) -> dict[str, Any]:
    slack.wait_for(lambda: all(delivery.is_done for delivery in slack.acks), timeout=60)
    asked = set(questions)
    acks = [d.latency * 1000 for d in slack.acks if d.latency is not None and d.event.get("ts") in asked]
    answers = {ts: replies(slack, ts) for ts in questions}
    waited = [
        (found[0].frames[0].at - slack.message("general", ts).frames[0].at) * 1000
        for ts, found in answers.items()
        if found
    ]
    return {
        "questions": len(questions),
        "posted_p50_ms": round(percentile(waited, 50), 1),
        "posted_p95_ms": round(percentile(waited, 95), 1),
        "ack_p50_ms": round(percentile(acks, 50), 1),
        "ack_p95_ms": round(percentile(acks, 95), 1),
        "ack_max_ms": round(max(acks), 1),
        "not_acked": sum(not d.acked for d in slack.acks if d.event.get("ts") in asked),
        "lost": sum(not found for found in answers.values()),
        "twice": sum(len(found) > 1 for found in answers.values()),
    }


@contextmanager
def app(slack: Playground, home: Path) -> Iterator[None]:
    """The app in a process of its own, connected."""
    command = [sys.executable, "-m", "evals.slack", "--serve", str(home)]
    process = subprocess.Popen(command, env={**os.environ, **slack.environment}, stderr=subprocess.DEVNULL)
    try:
        slack.wait_for(lambda: slack.connections, timeout=60)
        yield
    finally:
        process.terminate()
        process.wait(60)


def serve(home: Path) -> None:
    database = Database(f"sqlite:///{home / 'footnote.sqlite3'}")
    database.migrate()
    token, app_token, url = (os.environ[f"SLACK_{name}"] for name in ("BOT_TOKEN", "APP_TOKEN", "API_URL"))
    settings = SlackSettings(bot_token=token, app_token=app_token, data_directory=home, api_url=url)
    build(settings, AtOnce(), cast(Library, None), database).run()


if __name__ == "__main__":
    main()
