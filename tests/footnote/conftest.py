"""The command line in this process, and an application that is served on a control socket for it to use."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from footnote import cli
from footnote.application import Application
from footnote.control import serving
from footnote.settings import Settings
from footnote.wiring import make_assistant
from ingest.pipeline import Pipeline
from ingest.sandbox import ParserProcess
from vectorstore.embedder import PackagedEmbedder
from vectorstore.store import KnowledgeBase

TIMETABLE = """<html><head><title>The winter timetable</title>
<meta property="og:site_name" content="Harbour Post"><meta property="article:published_time" content="2026-03-02">
</head><body><article><h1>The winter timetable</h1>
<p>The ferry to Skarn will sail at nine in the morning from Monday, the harbour office announced on Friday. Until now it
left at eight. The office said that the change was needed because the crew had worked too many hours.</p>
<p>A ticket for the crossing costs twelve crowns. Children under six travel without a ticket.</p>
</article></body></html>
"""
BRIDGE = """<html><head><title>No bridge to Skarn</title>
<meta property="og:site_name" content="Coast Ledger"><meta property="article:published_time" content="2026-03-04">
</head><body><article><h1>No bridge to Skarn</h1>
<p>The council of Skarn voted against a bridge to the mainland on Tuesday. Nine of its fifteen members opposed the plan.</p>
<p>Mayor Edda Voss told the Coast Ledger that the bridge would have cost forty million crowns.</p>
</article></body></html>
"""


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one object that was printed."""
        return json.loads(self.out)


@pytest.fixture
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the person who runs the tests, and no `.env` of the folder they are run in."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def cli_in(
    clean_environment: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Result]:
    """`cli_in(home, "ask", "Why?", typed="…")`: what the console script does with these arguments."""

    def run(home: Path, *arguments: str, typed: str = "") -> Result:
        monkeypatch.setenv("FOOTNOTE_HOME", str(home))
        monkeypatch.setattr(sys, "argv", ["footnote", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        capsys.readouterr()
        try:
            cli.main()
            code = 0
        except SystemExit as exit:
            code = int(exit.code or 0)
        shown = capsys.readouterr()
        assert "Traceback" not in shown.err
        return Result(code, shown.out, shown.err)

    return run


@pytest.fixture
def home(tmp_path: Path, embedder_cache: Path, untouched_home: Path) -> Path:
    """A data directory that nothing was ingested into, with the embedder's graph ready."""
    made = Path(shutil.copytree(untouched_home, tmp_path / "home"))
    (made / "models").symlink_to(embedder_cache)
    return made


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    (folder / "timetable.html").write_text(TIMETABLE)
    (folder / "bridge.html").write_text(BRIDGE)
    return folder


@dataclass(frozen=True)
class Served:
    home: Path
    application: Application


@contextmanager
def _serving(home: Path, embedder: PackagedEmbedder, parser: ParserProcess) -> Iterator[Served]:
    with KnowledgeBase(home, embedder) as knowledge_base:
        pipeline = Pipeline(knowledge_base, parser, embedder.count_tokens)
        application = Application(knowledge_base, pipeline, make_assistant(Settings(), knowledge_base, embedder))
        with serving(application, home / "control.sock"):
            yield Served(home, application)


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, embedder: PackagedEmbedder, parser: ParserProcess, documents: Path
) -> Iterator[Served]:
    """Footnote with two documents, owning its data directory and serving it, as `footnote serve` does."""
    with _serving(tmp_path_factory.mktemp("served"), embedder, parser) as made:
        made.application.ingest(str(documents))
        yield made


@pytest.fixture
def empty(
    tmp_path_factory: pytest.TempPathFactory, embedder: PackagedEmbedder, parser: ParserProcess, untouched_home: Path
) -> Iterator[Served]:
    """The same for one test alone, without documents."""
    home = Path(shutil.copytree(untouched_home, tmp_path_factory.mktemp("empty"), dirs_exist_ok=True))
    with _serving(home, embedder, parser) as made:
        yield made


@pytest.fixture
def footnote(served: Served, cli_in: Callable[..., Result]) -> Callable[..., Result]:
    """`footnote("ask", "Why?")`: the command line, with the served application doing the work."""
    return lambda *arguments, typed="": cli_in(served.home, *arguments, typed=typed)
