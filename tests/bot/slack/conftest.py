"""The Slack app with a small library of its own, run against the playground: in a thread, or as a process that may be killed.

`python conftest.py` is that process; it reads what the playground gives it from the environment.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.check import Checked
from bot.progress import OnProgress, unheard
from bot.progress import Progress as Step
from bot.slack.app import SlackApp, build
from bot.slack.downloads import SharedFile
from bot.slack.durable import Durable
from bot.slack.library import (
    ChangedRow,
    CitedNow,
    Context,
    FileRead,
    ForgottenRow,
    PlannedRow,
    PlanRow,
    Progress,
    RemovedRow,
    Report,
    SourceRow,
)
from bot.slack.settings import SlackSettings
from bot.thread_summary import Kind, Point, Said
from bot.values import Answer, Citation, Question, Searched, SourceLine, Statement
from playground.manifest import Manifest
from playground.messages import Message
from playground.server import Playground
from vectorstore.database import Database
from vectorstore.erasure import Posted
from vectorstore.errors import NotATime, StoreError, UnknownDocument
from vectorstore.reasons import Reason
from vectorstore.schema import answers
from vectorstore.sentences import split_sentences
from vectorstore.tags import tags_of
from vectorstore.values import Version

MANIFEST = Path(__file__).parents[3] / "slack-manifest.yaml"
QUOTE = "The ferry to Skarn was cancelled on Monday."
SECOND = "Crossings began again a day later."
NEIGHBOURS = ("Storm Hilde reached the coast at dawn. ", " Crossings began again a day later.")


def citation(n: int = 1, quote: str = QUOTE, **changes: Any) -> Citation:
    values = {
        "n": n,
        "quote": quote,
        "title": "Storm closes the strait",
        "url": "https://harbour.example/storm",
        "publisher": "Harbour Post",
        "published": date(2026, 3, 2),
        "document": f"d{n}",
        "version": f"v{n}",
        "start": 10,
        "end": 10 + len(quote),
        "link": "https://harbour.example/storm#:~:text=The%20ferry",
    }
    return Citation(**(values | changes))


def source_line(cited: Citation, **changes: Any) -> SourceLine:
    values = {
        "n": (cited.n,),
        "title": cited.title,
        "url": cited.url,
        "publisher": cited.publisher,
        "author": None,
        "published": cited.published,
        "fetched": "2026-03-03T08:00:00+00:00",
        "document": cited.document,
        "version": cited.version,
    }
    return SourceLine(**(values | changes))


def answer_of(*texts: str, **changes: Any) -> Answer:
    """An answer whose every statement cites a quote equal to its text."""
    cited = [citation(n, text) for n, text in enumerate(texts, 1)]
    return Answer(
        statements=tuple(Statement(each.quote, (each,)) for each in cited),
        sources=tuple(source_line(each) for each in cited),
        searched=changes.pop("searched", Searched(8, 120, "the question")),
        **changes,
    )


@dataclass
class Oracle:
    """Answers every question with one sentence about ferries, and does on request what answerers do wrong."""

    asked: list[Question] = field(default_factory=list)
    heard: list[tuple[Said, ...]] = field(default_factory=list)
    """The conversations that were to be summarised."""
    checked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    """Answers for questions that are not about ferries."""
    breaking: set[str] = field(default_factory=set)
    """Questions that are answered slowly, and end in an exception."""
    failures: int = 0
    """How many of the next questions end in an exception."""
    gate: threading.Event = field(default_factory=threading.Event)
    """A question with the word "wait" is answered when this is set; one with "slowly" after its first sentence."""
    most_patience: float = 30.0
    """Seconds after which it is answered all the same."""

    def answer(self, question: Question, *, on_progress: OnProgress = unheard) -> Answer:
        self.asked.append(question)
        self._fail()
        if "wait" in question.text:
            self.gate.wait(self.most_patience)
        if "slowly" in question.text:
            return self._slowly(question, on_progress)
        if "unheard" in question.text:
            return Answer((), (), Searched(8, 120, question.text), nearest=("Storm closes the strait",))
        return self.answers.get(question.text) or answer_of(QUOTE, searched=Searched(8, 120, question.text))

    def _fail(self) -> None:
        if self.failures:
            self.failures -= 1
            raise RuntimeError("the canary is in this message")

    def will_say(self, question: str, *texts: str, **changes: Any) -> None:
        self.answers[question] = answer_of(*texts, **changes)

    def _slowly(self, question: Question, on_progress: OnProgress) -> Answer:
        """As a model answers: step by step, sentence by sentence. What is scripted may turn out otherwise in the end."""
        told = answer_of(QUOTE, SECOND, composer="model", searched=Searched(8, 120, question.text))
        final = self.answers.get(question.text, told)
        begun = final if final.composer == "model" and final.answered else told
        for step in (Step("understand"), Step("search"), Step("read", 8)):
            on_progress(step)
        time.sleep(0.15)  # a model thinks before its first word
        first = replace(begun, statements=begun.statements[:1], sources=begun.sources[:1])
        on_progress(Step("check", 8, first))
        self.gate.wait(self.most_patience)
        on_progress(Step("check", 8, begun))
        if question.text in self.breaking:
            raise RuntimeError("the canary is in this message")
        return final

    def summarize(self, target: str, scopes: tuple[str, ...]) -> Answer:
        self.asked.append(Question(target, scopes))
        if target != "Storm closes the strait":
            raise UnknownDocument(f"There is no document called “{target}”.")
        return answer_of(QUOTE, "Crossings began again a day later.")

    def summarize_text(self, version: Version) -> Answer:
        return answer_of(version.text)

    def check(self, text: str, scopes: tuple[str, ...]) -> tuple[Checked, ...]:
        """Sentences about ferries are supported, those that deny them contradicted, questions are none."""
        self.checked.append((text, scopes))
        self._fail()
        return tuple(self._verdict(n, sentence.text) for n, sentence in enumerate(split_sentences(text), 1))

    @staticmethod
    def _verdict(n: int, sentence: str) -> Checked:
        if sentence.endswith("?"):
            return Checked(sentence, "not a claim")
        if "ferry" not in sentence:
            return Checked(sentence, "not in the documents")
        return Checked(sentence, "contradicted" if "not" in sentence else "supported", (citation(n),))

    def summarize_conversation(self, said: Sequence[Said]) -> tuple[Point, ...]:
        """The last eight that hold the words decided, will or a question mark."""
        self.heard.append(tuple(said))
        self._fail()
        kinds: dict[str, Kind] = {"decided": "decision", "will": "action", "?": "open"}
        points = [
            Point(each.id, each.speaker, each.text, kind)
            for each in said
            for word, kind in kinds.items()
            if word in each.text
        ]
        return tuple(points[-8:])


@dataclass
class Shelf:
    """A library in memory: addresses that are known can be ingested."""

    rows: dict[str, SourceRow] = field(default_factory=dict)
    readable: tuple[str, ...] = ("workspace",)
    """The scopes that may read the one passage."""
    where: dict[str, Any] = field(default_factory=dict)
    """What is told of where the one passage stands."""
    lives_on: Path = Path("/nonexistent")
    """While this file is missing, a deadly address kills the process."""
    files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    """What was read for threads, by (scope, file)."""
    quoting: list[tuple[str, str]] = field(default_factory=list)
    """(channel, timestamp) of the messages that quote what is erased."""
    changed_at: datetime = datetime(2026, 3, 3, tzinfo=UTC)
    """When the document last changed."""
    breaks: bool = False
    """Whether carrying a plan out leaves a failure."""
    before: tuple[str, str] | None = None
    """The plan that is carried out now: what it is called, and who started it."""
    scopes: dict[str, str] = field(default_factory=dict)
    """Of what was ingested, by address."""
    jobs: list[tuple[str, str | None, str]] = field(default_factory=list)
    """(what, source or address, actor)"""

    def add(self, id: str, title: str, location: str, scope: str = "workspace") -> None:
        self.rows[id] = SourceRow(id, title, location, scope, 1, 12, datetime(2026, 3, 3, tzinfo=UTC))

    def sources(self) -> list[SourceRow]:
        return list(self.rows.values())

    def tag(self, source_id: str, *, add: Sequence[str], remove: Sequence[str]) -> tuple[str, ...]:
        row = self.rows[source_id]
        kept = (*row.tags, *tags_of(add))
        gone = tags_of(remove)
        self.rows[source_id] = replace(row, tags=tuple(tag for tag in dict.fromkeys(kept) if tag not in gone))
        return self.rows[source_id].tags

    def ingest(
        self, location: str, *, scope: str, actor: str, tags: Sequence[str] = (), progress: Callable[[Progress], None]
    ) -> Report:
        self.jobs.append(("ingest", location, actor))
        progress(Progress(0, 2, "page one"))
        if "deadly" in location and not self.lives_on.exists():
            self.lives_on.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if "broken" in location:
            return Report(failed=1, failures=((location, "the page is encrypted"),))
        if "locked" in location:
            raise StoreError("The store is locked by another process.")
        self.scopes[location] = scope
        self.add("s2", "A new page", location, scope)
        self.tag("s2", add=tags, remove=())
        return Report(new=1, unchanged=1)

    def reingest(self, source: str | None, *, actor: str, progress: Callable[[Progress], None]) -> Report:
        self.jobs.append(("reingest", source, actor))
        progress(Progress(1, None, "page two"))
        return Report(unchanged=len(self.rows))

    def plan(self, wanted: str, *, actor: str, progress: Callable[[Progress], None]) -> PlanRow:
        self.jobs.append(("plan", wanted, actor))
        progress(Progress(1, 2, "page one", {"changed": 1}))
        if wanted == "#unheard":
            raise StoreError(Reason("no_tags_yet", {"tag": "unheard"}))
        if wanted == "#broken":
            failure = PlannedRow("failed", "", "https://a.example/broken", "the page is encrypted", ())
            return PlanRow("p2", wanted, {"failed": 1}, 0, 1.0, (failure,))
        if wanted:
            changes = (("The ferry sails at eight.", "The ferry sails at nine."), ("", "Dogs travel free of charge."))
            row = PlannedRow("changed", "Storm closes the strait", "https://harbour.example/storm", "", changes)
            return PlanRow("p2", "Storm closes the strait", {"changed": 1, "unchanged": 3}, 2, 61.0, (row,))
        return PlanRow("p1", "all sources", {"unchanged": len(self.rows)}, 0, 1.0, ())

    def apply(self, plan_id: str, *, actor: str, progress: Callable[[Progress], None]) -> Report:
        self.jobs.append(("apply", plan_id, actor))
        progress(Progress(1, 2, "page one", {"changed": 1}))
        if not self.lives_on.exists() and self.lives_on.name == "lives-on":
            self.lives_on.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        failures = (("https://a.example/broken", "the page is encrypted"),) if self.breaks else ()
        return Report(changed=1, failed=len(failures), failures=failures)

    def renew_plan(self, plan_id: str, *, actor: str, once: str) -> str:
        self.jobs.append(("renew", plan_id, once))
        return f"{plan_id}-again"

    def before_plan(self, plan_id: str) -> tuple[str, str] | None:
        return self.before

    def cancel_plan(self, plan_id: str) -> None:
        self.jobs.append(("cancel", plan_id, ""))

    def plan_scopes(self, plan_id: str) -> list[str]:
        return [self.rows["s1"].scope] if plan_id.startswith("p2") else [row.scope for row in self.rows.values()]

    def plan_name(self, plan_id: str) -> str:
        return "Storm closes the strait" if plan_id.startswith("p2") else "all sources"

    def changes(self, since: str, scopes: Sequence[str], tags: Sequence[str] = ()) -> list[ChangedRow]:
        if since == "lately":
            raise NotATime(Reason("not_a_moment", {"text": "lately"}))
        sentences = (("The ferry sails at eight.", "The ferry sails at nine."),)
        row = ChangedRow("Storm closes the strait", self.changed_at, "changed", sentences)
        return [row] if "workspace" in scopes and not tags else []

    def schedule(self, source_id: str, every: str) -> SourceRow:
        self.jobs.append(("schedule", source_id, every))
        due = None if every == "off" else datetime(2026, 3, 4, 8, tzinfo=UTC)
        return replace(self.rows[source_id], due_at=due)

    def rollback(self, source_id: str, to: str) -> int:
        self.jobs.append(("rollback", source_id, to))
        return 1

    def cited_now(self, citation: Citation, scopes: tuple[str, ...] | None) -> CitedNow:
        return CitedNow(citation.n, citation.title, "same", citation.quote)

    def erase(self, what: str) -> ForgottenRow:
        self.jobs.append(("erase", what, ""))
        self.rows.pop(what, None)
        return ForgottenRow(1, len(self.quoting), ("Backups made before now hold it.",))

    def withdrawals(self) -> list[Posted]:
        return [Posted("T1", channel, ts) for channel, ts in self.quoting]

    def withdrawn(self, message: Posted) -> None:
        self.quoting.remove((message.channel, message.message_ts))

    def tags(self) -> list[str]:
        return sorted({tag for row in self.rows.values() for tag in row.tags})

    def counts(self, scopes: Sequence[str], tags: Sequence[str] = ()) -> tuple[int, int]:
        rows = [row for row in self.rows.values() if row.scope in scopes and (not tags or set(tags) & set(row.tags))]
        return sum(row.documents for row in rows), sum(row.passages for row in rows)

    def remove(self, source_id: str, *, actor: str) -> RemovedRow:
        self.jobs.append(("remove", source_id, actor))
        row = self.rows.pop(source_id)
        return RemovedRow(row.title, row.documents, row.passages)

    def titles(self, scopes: Sequence[str], limit: int) -> Sequence[str]:
        return [row.title for row in self.rows.values() if row.scope in scopes][:limit]

    def keep_file(self, file: SharedFile, *, scope: str, actor: str) -> Report:
        self.jobs.append(("keep", f"{file.name} {scope}", actor))
        if b"broken" in file.data:
            return Report(failed=1, failures=((file.name, "The document is damaged."),))
        self.add(file.id, file.name, file.permalink or file.name, scope)
        self.rows[file.id] = replace(self.rows[file.id], owner=actor)
        return Report(new=1)

    def of_file(self, file: str) -> list[SourceRow]:
        return [row for row in self.rows.values() if row.id == file]

    def forget_file(self, file: str) -> None:
        self.files = {key: data for key, data in self.files.items() if key[1] != file}

    def holds(self, location: str, scopes: tuple[str, ...]) -> bool:
        return any(row.location == location for row in self.rows.values())

    def read_address(self, address: str, *, is_admin: bool) -> Version:
        self.jobs.append(("read", address, str(is_admin)))
        if "broken" in address:
            raise StoreError("The page is empty.")
        return Version("v", "d", "The page says this.", "A page of the web", url=address)

    def read_file(self, file: SharedFile, *, scope: str, actor: str) -> FileRead:
        self.jobs.append(("file", f"{file.name} {scope}", actor))
        if b"broken" in file.data:
            raise StoreError("The document is damaged.")
        self.files[scope, file.id] = file.data
        return FileRead(file.name, 12 if file.name.endswith(".pdf") else 0, 3)

    def forget(self, scope: str, file: str | None = None) -> None:
        self.files = {key: data for key, data in self.files.items() if key[0] != scope or file not in (None, key[1])}

    def forget_threads(self, before: datetime) -> int:
        return 0

    def passage_around(self, version_id: str, start: int, end: int, scopes: tuple[str, ...]) -> Context | None:
        if not set(scopes) & set(self.readable):
            return None
        return Context(NEIGHBOURS[0], QUOTE, NEIGHBOURS[1], **self.where)


def migrated(directory: Path) -> Database:
    database = Database(f"sqlite:///{directory / 'footnote.sqlite3'}")
    database.migrate()
    return database


@pytest.fixture(scope="session")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory to copy: its databases have their tables, which takes longer to make than most tests take."""
    directory = tmp_path_factory.mktemp("untouched")
    migrated(directory).close()
    durable = Durable(f"sqlite:///{directory / 'work.sqlite3'}", 1, lambda *_: None)
    durable.launch()
    durable.drain(1)
    return directory


def settings_for(environment: dict[str, str], directory: Path, *, http: bool = False, **changes: Any) -> SlackSettings:
    entrance = (
        {"signing_secret": environment["SLACK_SIGNING_SECRET"]}
        if http
        else {"app_token": environment["SLACK_APP_TOKEN"]}
    )
    return SlackSettings(
        bot_token=environment["SLACK_BOT_TOKEN"],
        data_directory=directory,
        api_url=environment["SLACK_API_URL"],
        **(entrance | {"drain_seconds": 5.0} | changes),
    )


@dataclass
class Footnote:
    """The app at work against a playground."""

    slack: Playground
    app: SlackApp
    oracle: Oracle
    shelf: Shelf
    database: Database
    called: list[str] = field(default_factory=list)
    """Ids of the people and groups that were meant to be pinged, in order."""

    def replies(self, channel: Any, thread_ts: str | None = None) -> list[Message]:
        """Our messages there, ephemeral ones included."""
        found = self.slack.messages(channel, thread_ts)
        return [each for each in found if each.user == self.slack.bot_user and not each.is_deleted]

    def reply(self, channel: Any, thread_ts: str | None = None, count: int = 1) -> Message:
        """The last of `count` replies, waited for."""
        return self.slack.wait_for(lambda: self.replies(channel, thread_ts)[count - 1 : count] or None)[0]

    def ask(self, user: Any, channel: Any, text: str, thread_ts: str | None = None, count: int = 1) -> Message:
        ts = self.slack.post(user, channel, text, thread_ts)
        return self.reply(channel, thread_ts or (None if channel.kind == "im" else ts), count)

    def settled(self) -> None:
        """Wait until every request is ended."""
        from bot.slack.intake import Intake

        intake = Intake(self.database, lambda _: None)
        deadline = time.monotonic() + 60
        while intake.unfinished() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert intake.unfinished() == []

    def database_ids(self, user: str) -> list[str]:
        """The ids of the answers this person was given."""
        theirs = select(answers.c.id).where(answers.c.user == self.slack.workspace.user(user).id)
        with self.database.read() as connection:
            return list(connection.scalars(theirs))

    def until(self, holds: Callable[[], bool], found: Callable[[], Any]) -> None:
        """Wait until it holds; what is `found` instead is shown."""
        deadline = time.monotonic() + 60
        while not holds():
            assert time.monotonic() < deadline, found()
            time.sleep(0.02)

    def at(self, name: str) -> str:
        """The mention of us, before a question."""
        return f"<@{self.slack.bot_user}> {name}"


@contextmanager
def working(app: SlackApp) -> Iterator[None]:
    """The app on an event loop in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(app.start(), loop).result(30)
        yield
    finally:
        asyncio.run_coroutine_threadsafe(app.stop(), loop).result(40)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def check_invariants(slack: Playground, called: Sequence[str] = ()) -> None:
    """After every test: nothing came twice, nobody but the `called` pinged, no link unfurled, nothing refused as malformed."""
    ours = [message for message in slack.workspace.all_messages() if message.user == slack.bot_user]
    marks = [str(message.metadata) for message in ours if message.metadata and not message.is_deleted]
    assert len(marks) == len(set(marks))
    assert [ping.target for ping in slack.oracle.pings] == list(called)
    assert not any(link.unfurls for link in slack.oracle.links)
    posts = [call.arguments for call in slack.calls if call.method == "chat.postMessage"]
    assert all(each.get("unfurl_links") is False and each.get("unfurl_media") is False for each in posts)
    assert not any(call.unknown for call in slack.calls)


def starting(directory: Path, stack: ExitStack) -> Callable[..., Footnote]:
    def begin(
        *,
        http: bool = False,
        admins: tuple[str, ...] = (),
        humans: tuple[str, ...] = (),
        manifest: Path | Manifest = MANIFEST,
        playground: Mapping[str, Any] | None = None,
        **changes: Any,
    ) -> Footnote:
        port = free_port() if http else None
        address = f"http://127.0.0.1:{port}/slack/events" if http else None
        options = {"http_events_url": address, "retry_delays": (0.2, 0.5, 1.0), **(playground or {})}
        slack = stack.enter_context(Playground.running(manifest, **options))
        database = migrated(directory)
        stack.callback(database.close)
        ids = frozenset(slack.workspace.user(name).id for name in admins)
        for name, channels in dict(changes.pop("curators", {})).items():
            theirs = frozenset(getattr(slack.workspace, channel).id for channel in channels)
            changes.setdefault("curators", {})[slack.workspace.user(name).id] = theirs
        changes["auditors"] = frozenset(slack.workspace.user(name).id for name in changes.get("auditors", ()))
        if humans:
            changes["humans"] = tuple(name if name.isupper() else slack.workspace.user(name).id for name in humans)
        oracle, shelf = Oracle(), Shelf()
        shelf.add("s1", "Storm closes the strait", "https://harbour.example/storm")
        app = build(
            settings_for(slack.environment, directory, http=http, admins=ids, port=port, **changes),
            oracle,
            shelf,
            database,
        )
        running = Footnote(slack, app, oracle, shelf, database)
        stack.callback(check_invariants, slack, running.called)
        stack.enter_context(working(app))
        return running

    return begin


@pytest.fixture
def directory(tmp_path: Path, untouched: Path) -> Path:
    return Path(shutil.copytree(untouched, tmp_path, dirs_exist_ok=True))


@pytest.fixture
def start(directory: Path) -> Iterator[Callable[..., Footnote]]:
    """Start the app with settings of one's own, its own or the playground's: `start(http=True, playground={...})`."""
    with ExitStack() as stack:
        yield starting(directory, stack)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Footnote]:
    """The app over signed HTTP, for all tests of a file."""
    with ExitStack() as stack:
        yield starting(tmp_path_factory.mktemp("served"), stack)(http=True, admins=("ada",))


@pytest.fixture
def make(directory: Path) -> Iterator[Callable[..., SlackApp]]:
    """An app that is not started, with settings of one's own."""
    with Playground.running(MANIFEST) as slack:
        database = migrated(directory)
        settings = settings_for(slack.environment, directory)
        yield lambda **changes: build(replace(settings, **changes), Oracle(), Shelf(), database)
        database.close()


@pytest.fixture(name="answer_of")
def _answer_of() -> Callable[..., Answer]:
    return answer_of


@pytest.fixture
def door() -> str:
    """How Slack reaches the app; a test marked `both_doors` runs once for `socket` and once for `http`."""
    return "socket"


@pytest.fixture
def footnote(start: Callable[..., Footnote], door: str) -> Footnote:
    return start(admins=("ada",), http=door == "http")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.get_closest_marker("both_doors"):
        metafunc.parametrize("door", ["socket", "http"])


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# -- the app as a process of its own ---------------------------------------------------------------------------------


class Nursery:
    """A process that has imported everything and forks a child at each request: a start costs little."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def request(self, what: str, value: Any) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps([what, value]), file=self._process.stdin, flush=True)
        return int(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate()


@dataclass
class Child:
    slack: Playground
    directory: Path
    nursery: Nursery
    pid: int = 0
    called: list[str] = field(default_factory=list)
    """Ids of the people who were meant to be pinged, in order."""

    def database(self) -> Database:
        """Its database, for while it is not running."""
        return migrated(self.directory)

    def start(self, failpoint: str = "") -> None:
        """Start the app; it dies at the failpoint, as if the power had gone."""
        ready = self.directory / "ready"
        ready.unlink(missing_ok=True)
        settings = {"DIRECTORY": str(self.directory), "FAILPOINT": failpoint, "ADMINS": self.slack.workspace.admin.id}
        self.pid = self.nursery.request("start", self.slack.environment | settings)
        deadline = time.monotonic() + 60
        while not ready.exists():
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.01)

    def died(self) -> None:
        assert self.nursery.request("wait", self.pid) == -signal.SIGKILL
        self.pid = 0

    def stop(self) -> int:
        """End it politely; returns its exit code."""
        os.kill(self.pid, signal.SIGTERM)
        pid, self.pid = self.pid, 0
        return self.nursery.request("wait", pid)

    def log(self) -> str:
        return (self.directory / "log").read_text()


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    running = Nursery()
    yield running
    running.close()


@pytest.fixture
def child(directory: Path, nursery: Nursery) -> Iterator[Child]:
    with Playground.running(MANIFEST, retry_delays=(0.2, 1.0, 2.0)) as slack:
        running = Child(slack, directory, nursery)
        try:
            yield running
        finally:
            if running.pid:
                running.stop()
            check_invariants(slack, running.called)


def fork_children() -> None:
    """The nursery's side: `["start", environment]` answers the pid, `["wait", pid]` the exit code or minus the signal."""
    for line in sys.stdin:
        what, value = json.loads(line)
        if what == "start":
            pid = os.fork()
            if pid == 0:
                serve(value)
            print(pid, flush=True)  # noqa: T201
        else:
            _, status = os.waitpid(value, 0)
            print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201


def serve(environment: dict[str, str]) -> None:
    """Be the app until it ends; does not return."""
    directory = Path(environment["DIRECTORY"])
    log = os.open(directory / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for standard in (1, 2):
        os.dup2(log, standard)
    admins, failpoint = frozenset(environment["ADMINS"].split()), environment["FAILPOINT"]
    quickly = {"stream_after": 0.05, "stream_pause": 0.05}
    settings = settings_for(environment, directory, admins=admins, failpoint=failpoint, **quickly)
    app = build(settings, Oracle(most_patience=1.0), Shelf(lives_on=directory / "lives-on"), migrated(directory))
    original = app.start

    async def start_and_say() -> None:
        await original()
        (directory / "ready").touch()

    app.start = start_and_say  # type: ignore[method-assign]
    try:
        app.run()
    finally:
        os._exit(0)


if __name__ == "__main__":
    fork_children()
