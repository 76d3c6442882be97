"""A process that is killed at any phase of a plan leaves old or new; the next one finishes the plan, with one report.

`python test_kill_plan.py` is a process that loads everything once and forks one for each line (home, plan, phase) of its input.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.answer import Assistant
from bot.remembered import Remembered
from footnote.application import Application
from footnote.scheduler import resume
from ingest.pipeline import Pipeline
from ingest.sandbox import ParserProcess
from vectorstore.embedder import Vectors
from vectorstore.store import KnowledgeBase

OLD = "The ferry to Skarn sails at eight in the morning, the harbour office said."
NEW = OLD.replace("eight", "nine")
OLD_PAGE = "Nobody may take a bicycle on board of the small boats before the first of May."
ADA = "U0ADA"
NEW_PAGE = OLD_PAGE.replace("Nobody", "Everybody")
LEAVING = "The waiting room at the old pier is heated in winter."
PHASES = ("looking", "fetching", "staged", "between documents", "before the report", "after the report was kept")


class Letters:
    """An embedder that is there at once: how often a text has each letter."""

    name, dimension = "letters", 26

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        counts = np.array(
            [[text.lower().count(chr(97 + n)) + 0.1 for n in range(26)] for text in texts], dtype=np.float32
        )
        return counts.reshape(-1, 26) / np.linalg.norm(counts.reshape(-1, 26), axis=1, keepdims=True)

    def embed_query(self, text: str) -> Vectors:
        return self.embed_documents([text])[0]

    embed_now = embed_query

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


def application_of(knowledge_base: KnowledgeBase, parser: ParserProcess) -> Application:
    embedder: Any = Letters()
    pipeline = Pipeline(knowledge_base, parser, embedder.count_tokens, allow_private=True, seconds_between=0)
    return Application(knowledge_base, pipeline, Assistant(knowledge_base, Remembered(embedder.embed_now, 26)))


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def run(parser: ParserProcess, home: str, plans: str, phase: str) -> None:
    """Make a plan or carry one out, and die in the phase; the site kills who fetches. `plans`: one, and one after it."""
    plan, _, other = plans.partition(" ")
    passed: list[str] = []

    def failpoint(name: str) -> None:
        passed.append(name)
        if (phase, name) == ("staged", "publish.staged"):
            die()
        if phase == "behind another" and name == "publish.staged":
            behind = threading.Thread(target=application.apply, args=(other,), kwargs={"started_by": ADA}, daemon=True)
            behind.start()
            while (waiting := application.plans.find(other)) and waiting.state != "queued":
                time.sleep(0.01)
            die()
        if phase == "between documents" and passed.count("publish.swapped") == 1 and name == "publish.embedded":
            die()

    with KnowledgeBase(Path(home), Letters(), failpoint=failpoint) as knowledge_base:
        application = application_of(knowledge_base, parser)
        if phase == "looking":
            application.plan(progress=lambda _step: die())
        remove = knowledge_base.remove_documents

        def removing(ids: Sequence[str], **how: Any) -> None:
            remove(ids, **how)
            if phase == "removed":
                die()

        knowledge_base.remove_documents = removing  # type: ignore[method-assign]
        finish = application.plans.finish

        def finishing(id: str, report: Any) -> None:
            if phase == "before the report":
                die()
            finish(id, report)
            die()

        application.plans.finish = finishing  # type: ignore[method-assign]
        application.apply(plan)


def main() -> None:
    parser = ParserProcess()
    parser.parse(b"It is started before it is shared.", name="first.txt")
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            run(parser, *line.rstrip("\n").split("\t"))
            os._exit(0)
        print(pid, flush=True)  # noqa: T201
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)  # noqa: T201
    parser.close()


@pytest.fixture(scope="module")
def forks() -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, __file__]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        yield process
        process.stdin.close()  # type: ignore[union-attr]


class Site:
    """One page, which can kill who asks for it."""

    def __init__(self) -> None:
        self.text = OLD_PAGE
        self.victim: Callable[[], int] | None = None
        self.url = ""


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Quiet."""

        def do_GET(self) -> None:
            if made.victim:
                os.kill(made.victim(), signal.SIGKILL)
            body = made.text.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.url = f"http://127.0.0.1:{server.server_port}/page.txt"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield made
        server.shutdown()
        thread.join()


def killed(forks: subprocess.Popen[str], site: Site, home: Path, plan: str, phase: str) -> None:
    """Have a process do it until it dies."""
    assert forks.stdin is not None
    assert forks.stdout is not None
    output, known = forks.stdout, threading.Event()
    pids: list[int] = []

    def victim() -> int:
        known.wait(30)
        return pids[0]

    site.victim = victim if phase == "fetching" else None
    forks.stdin.write(f"{home}\t{plan}\t{phase}\n")
    forks.stdin.flush()
    pids.append(int(output.readline()))
    known.set()
    assert int(output.readline()) == -signal.SIGKILL
    site.victim = None


def seen(knowledge_base: KnowledgeBase) -> set[str]:
    """The sentences a reader finds."""
    return {passage.text.strip() for passage in knowledge_base.search("ferry boats", limit=20, per_document=20)}


@pytest.mark.parametrize("phase", PHASES)
def test_a_plan_that_is_killed_is_finished_once_with_one_report(
    phase: str, forks: subprocess.Popen[str], site: Site, parser: ParserProcess, tmp_path: Path
) -> None:
    home, file = tmp_path / "home", tmp_path / "ferry.txt"
    file.write_text(OLD)
    with KnowledgeBase(home, Letters()) as knowledge_base:
        application = application_of(knowledge_base, parser)
        for location in (str(file), site.url):
            application.ingest(location)
        file.write_text(NEW)
        site.text = NEW_PAGE
        plan = application.plan()["plan"]
        other = application.plan(str(file))["plan"]
    killed(forks, site, home, plan, phase)
    with KnowledgeBase(home, Letters()) as knowledge_base:
        application = application_of(knowledge_base, parser)
        found = seen(knowledge_base)
        assert (len(found), len(found & {OLD, NEW}), len(found & {OLD_PAGE, NEW_PAGE})) == (2, 1, 1), "old or new"
        begun = phase not in ("looking", "after the report was kept")
        assert [each.id for each in application.plans.running()] == ([plan] if begun else [])
        resume(application)  # as the bot does when it starts
        report = application.apply(plan)
        assert report["again"] is (phase != "looking"), "what was taken up is finished without anybody's doing"
        assert report["counts"] == {"changed": 2}
        assert {document["location"] for document in report["documents"]} == {str(file), site.url}
        assert application.plans.running() == []
        assert seen(knowledge_base) == {NEW, NEW_PAGE}
        assert application.apply(other)["counts"] == {"unchanged": 1}, "a plan that waited behind it is still there"


def test_a_plan_that_waits_behind_another_runs_once_after_a_kill_and_knows_who_started_it(
    forks: subprocess.Popen[str], site: Site, parser: ParserProcess, tmp_path: Path
) -> None:
    home, file = tmp_path / "home", tmp_path / "ferry.txt"
    file.write_text(OLD)
    with KnowledgeBase(home, Letters()) as knowledge_base:
        application = application_of(knowledge_base, parser)
        for location in (str(file), site.url):
            application.ingest(location)
        file.write_text(NEW)
        site.text = NEW_PAGE
        first, second = application.plan(str(file))["plan"], application.plan(site.url)["plan"]
    killed(forks, site, home, f"{first} {second}", "behind another")
    with KnowledgeBase(home, Letters()) as knowledge_base:
        application = application_of(knowledge_base, parser)
        assert [each.id for each in application.plans.unfinished()] == [first, second]
        assert application.plan()["interrupted"] == [first, second]
        resume(application)
        assert application.plans.unfinished() == []
        done = application.plans.find(second)
        assert done is not None
        assert (done.state, done.started_by) == ("done", ADA)
        report = application.apply(second, started_by="U0OTHER")
        assert (report["again"], report["counts"]) == (True, {"changed": 1})
        assert seen(knowledge_base) == {NEW, NEW_PAGE}


def test_what_a_killed_run_had_removed_is_in_the_report_of_both(
    forks: subprocess.Popen[str], site: Site, parser: ParserProcess, tmp_path: Path
) -> None:
    home, folder = tmp_path / "home", tmp_path / "notices"
    folder.mkdir()
    (folder / "ferry.txt").write_text(OLD)
    (folder / "room.txt").write_text(LEAVING)
    with KnowledgeBase(home, Letters()) as knowledge_base:
        application = application_of(knowledge_base, parser)
        for location in (str(folder), site.url):
            application.ingest(location)
        (folder / "room.txt").unlink()
        (folder / "ferry.txt").write_text(NEW)
        site.text = NEW_PAGE
        planned = application.plan()
        assert planned["counts"] == {"changed": 2, "removed": 1}
    killed(forks, site, home, planned["plan"], "removed")
    with KnowledgeBase(home, Letters()) as knowledge_base:
        application = application_of(knowledge_base, parser)
        assert LEAVING not in seen(knowledge_base), "it had left before the kill"
        resume(application)
        report = application.apply(planned["plan"])
        assert report["counts"] == planned["counts"]
        told = {(document["location"], document["state"]) for document in report["documents"]}
        assert told == {
            (str(folder / "ferry.txt"), "changed"),
            (str(folder / "room.txt"), "removed"),
            (site.url, "changed"),
        }


if __name__ == "__main__":
    main()
