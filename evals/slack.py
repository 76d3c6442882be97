"""From a question in Slack to its posted answer, under load: `python -m evals.slack`.

The app runs as a process of its own against the stand-in, with an answerer that takes 0 or 4 seconds: measured is what is ours,
from acknowledging to posting. The stand-in and its askers share the machine. One JSON line a run: with so many questions open at
a time; a burst of events within a second; events at a steady rate. A question in a channel is two events, `app_mention` and
`message`. Milliseconds are from the moment the question stood in the channel; `first_sign` is the status or the first message,
whichever came first; `final` the last change of the first message of the answer. `cpu_ms` is the app's processor time for each
question, which hardly depends on what else the machine does.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from bot.progress import OnProgress, unheard
from bot.slack.app import build
from bot.slack.library import Answerer, Library
from bot.slack.settings import SlackSettings
from bot.values import Answer, Citation, Question, Searched, SourceLine, Statement
from evals.timing import percentile, processor_seconds
from playground.messages import Message
from playground.server import Playground
from vectorstore.database import Database

MANIFEST = Path(__file__).parents[1] / "slack-manifest.yaml"
SLOW = 4.0
"""Seconds of a model that takes its time."""
PATIENCE = 180.0
"""Seconds after which what has no answer is lost."""


class Scripted:
    """Three cited sentences after some seconds, whatever the question."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def answer(self, question: Question, *, on_progress: OnProgress = unheard) -> Answer:  # noqa: ARG002
        time.sleep(self._seconds)
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


@dataclass
class Asked:
    """The questions of one run, by their ts, and what the stand-in saw of each."""

    slack: Playground
    before: int
    """Deliveries of earlier runs."""
    calls: int
    questions: dict[str, float] = field(default_factory=dict)
    """When each was asked, in seconds since 1970."""

    @classmethod
    def on(cls, slack: Playground) -> Asked:
        return cls(slack, len(slack.acks), len(slack.calls))

    def ask(self) -> str:
        ts = self.slack.post("maya", "general", f"<@{self.slack.bot_user}> What did the harbour count?")
        self.questions[ts] = self.slack.message("general", ts).frames[0].at
        return ts

    def replies(self) -> dict[str, list[Message]]:
        """Our messages in the thread of each question, in one walk over the channel."""
        found: dict[str, list[Message]] = {ts: [] for ts in self.questions}
        for message in list(self.slack.workspace.general.messages):
            if message.user == self.slack.bot_user and message.thread_ts in found and not message.is_deleted:
                found[message.thread_ts].append(message)
        return found

    def answered(self) -> int:
        return sum(any(map(_is_final, messages)) for messages in self.replies().values())

    def wait(self, number: int) -> None:
        """Until so many have their answer, or patience ends."""
        until = time.monotonic() + PATIENCE
        while self.answered() < number and time.monotonic() < until:
            time.sleep(0.02)

    def measured(self) -> dict[str, float]:
        """Without the answers that never came."""
        replies = self.replies()
        deliveries = [each for each in list(self.slack.acks)[self.before :] if each.event.get("ts") in self.questions]
        acks = [each.latency * 1000 for each in deliveries if each.latency is not None] or [0.0]
        signs, finals = self._signs(replies), []
        for ts, messages in replies.items():
            finals += [(each.frames[-1].at - self.questions[ts]) * 1000 for each in messages[:1] if _is_final(each)]
        figures = {
            "events": len(deliveries),
            "ack_p95_ms": percentile(acks, 95),
            "ack_max_ms": max(acks),
            "first_sign_p95_ms": percentile(signs or [0.0], 95),
            "final_p95_ms": percentile(finals or [0.0], 95),
            "lost": len(self.questions) - len(finals),
            "twice": sum(len(messages) > 1 for messages in replies.values()),
            "ack_p50_ms": percentile(acks, 50),
            "ack_p99_ms": percentile(acks, 99),
            "first_sign_p50_ms": percentile(signs or [0.0], 50),
            "final_p50_ms": percentile(finals or [0.0], 50),
            "not_acked": sum(not each.acked for each in deliveries),
        }
        return {name: round(figure, 1) for name, figure in figures.items()}

    def _signs(self, replies: dict[str, list[Message]]) -> list[float]:
        first = {ts: messages[0].frames[0].at for ts, messages in replies.items() if messages}
        for call in list(self.slack.calls)[self.calls :]:
            ts = call.arguments.get("thread_ts")
            if call.ok and call.method == "assistant.threads.setStatus" and ts in self.questions:
                first[ts] = min(first.get(ts, call.at), call.at)
        return [(at - self.questions[ts]) * 1000 for ts, at in first.items()]


def _is_final(message: Message) -> bool:
    return message.stream is None or message.stream.state != "streaming"


def in_flight(slack: Playground, number: int, questions: int) -> Asked:
    """So many questions open at any time."""
    asked = Asked.on(slack)
    for n in range(questions):
        asked.wait(n + 1 - number)
        asked.ask()
    asked.wait(questions)
    return asked


def at_rate(slack: Playground, events_a_second: float, seconds: float) -> Asked:
    """Events at even intervals, whatever becomes of them."""
    asked = Asked.on(slack)
    start, number = time.monotonic(), round(events_a_second / 2 * seconds)
    for n in range(number):
        time.sleep(max(0.0, start + n * seconds / number - time.monotonic()))
        asked.ask()
    asked.wait(number)
    return asked


RUNS: tuple[tuple[str, float, int, Callable[[Playground], Asked]], ...] = (
    ("1 in flight", 0.0, 1, lambda slack: in_flight(slack, 1, 60)),
    ("20 in flight", 0.0, 20, lambda slack: in_flight(slack, 20, 200)),
    ("200 in flight", 0.0, 200, lambda slack: in_flight(slack, 200, 400)),
    ("burst of 300 events in a second", 0.0, 150, lambda slack: at_rate(slack, 300, 1)),
    ("50 events a second for a minute", 0.0, 0, lambda slack: at_rate(slack, 50, 60)),
    ("1 in flight", SLOW, 1, lambda slack: in_flight(slack, 1, 8)),
    ("20 in flight", SLOW, 20, lambda slack: in_flight(slack, 20, 60)),
    ("200 in flight", SLOW, 200, lambda slack: in_flight(slack, 200, 200)),
)
"""(name, seconds of the model, questions in flight (0: as many as come), what is asked)"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="the runs whose name holds this")
    parser.add_argument("--model-seconds", type=float, choices=(0.0, SLOW), help="the runs with this model")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve, options.model_seconds)
        return
    for name, model, number, run in RUNS:
        if options.only in name and options.model_seconds in (None, model):
            with Playground.running(MANIFEST) as slack, app(slack, model) as pid:
                before = processor_seconds(pid)
                asked = run(slack)
                used = processor_seconds(pid) - before
            figures = {**asked.measured(), "cpu_ms": round(1000 * used / len(asked.questions), 1)}
            print(json.dumps({"in_flight": number, "model_s": model, **figures, "run": name}), flush=True)


@contextmanager
def app(slack: Playground, model_seconds: float) -> Iterator[int]:
    """The app in a process of its own, connected and warm; its id."""
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "evals.slack", "--serve", home, "--model-seconds", str(model_seconds)]
        process = subprocess.Popen(command, env={**os.environ, **slack.environment}, stderr=subprocess.DEVNULL)
        try:
            slack.wait_for(lambda: slack.connections, timeout=60)
            in_flight(slack, 1, 2)
            yield process.pid
        finally:
            process.terminate()
            process.wait(60)


def serve(home: Path, model_seconds: float) -> None:
    database = Database(f"sqlite:///{home / 'footnote.sqlite3'}")
    database.migrate()
    token, app_token, url = (os.environ[f"SLACK_{name}"] for name in ("BOT_TOKEN", "APP_TOKEN", "API_URL"))
    settings = SlackSettings(bot_token=token, app_token=app_token, data_directory=home, api_url=url)
    build(settings, cast(Answerer, Scripted(model_seconds)), cast(Library, None), database).run()


if __name__ == "__main__":
    main()
