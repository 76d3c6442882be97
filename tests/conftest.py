"""What several parts' tests share: one packaged embedder for the whole session, and small knowledge bases."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers
from playwright.sync_api import Browser, Page, expect

from evals.browser import MISSING, browser, executable
from ingest.sandbox import ParserProcess
from vectorstore.embedder import PackagedEmbedder, Vectors
from vectorstore.sources import document_of, source_of
from vectorstore.store import Draft, KnowledgeBase, Span, version_of
from vectorstore.values import WORKSPACE, Version

settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("everyday", settings.get_profile("patient"), derandomize=True, database=None)
settings.register_profile("random", settings.get_profile("patient"), print_blob=True)


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("hypothesis_profile") == "everyday":
        # Otherwise examples also hold constants of whichever of our modules were imported before.
        assert callable(providers._get_local_constants)
        providers._get_local_constants = providers.Constants


@pytest.fixture(scope="session")
def embedder_cache(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the embedder's graph is kept, from one session to the next; its own checksum says whether it still holds."""
    cache = getattr(request.config, "cache", None)  # None with -p no:cacheprovider
    return Path(cache.mkdir("embedder")) if cache else tmp_path_factory.mktemp("embedder")


@pytest.fixture(scope="session")
def embedder(embedder_cache: Path) -> PackagedEmbedder:
    with (embedder_cache / "building").open("w") as building:
        fcntl.flock(building, fcntl.LOCK_EX)  # two test processes need not both build it
        return PackagedEmbedder(embedder_cache)


class CountingEmbedder:
    """The packaged embedder, with a memory of what it was asked to embed."""

    def __init__(self, embedder: PackagedEmbedder, name: str | None = None) -> None:
        self._embedder = embedder
        self.name = name or embedder.name
        self.dimension = embedder.dimension
        self.embedded: list[str] = []
        self.asked: list[str] = []

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        self.embedded += texts
        return self._embedder.embed_documents(texts)

    def embed_now(self, texts: Sequence[str]) -> Vectors:
        return self._embedder.embed_now(texts)

    def embed_query(self, text: str) -> Vectors:
        self.asked.append(text)
        return self._embedder.embed_query(text)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._embedder.count_tokens(texts)


@pytest.fixture
def counting_embedder(embedder: PackagedEmbedder) -> CountingEmbedder:
    """`embedded`: the texts that were embedded as documents so far; `asked`: as queries."""
    return CountingEmbedder(embedder)


@pytest.fixture(scope="session")
def parser() -> Iterator[ParserProcess]:
    with ParserProcess() as started:
        yield started


@pytest.fixture(scope="session")
def untouched_home(tmp_path_factory: pytest.TempPathFactory, embedder: PackagedEmbedder) -> Path:
    """A data directory to copy: its tables are there, which takes longer to make than most tests take."""
    home = tmp_path_factory.mktemp("untouched") / "home"
    KnowledgeBase(home, embedder).close()
    return home


@pytest.fixture
def knowledge_base(tmp_path: Path, embedder: PackagedEmbedder, untouched_home: Path) -> Iterator[KnowledgeBase]:
    with KnowledgeBase(Path(shutil.copytree(untouched_home, tmp_path / "home")), embedder) as opened:
        yield opened


@pytest.fixture(scope="session")
def draft() -> Callable[..., Draft]:
    """`draft(location, text, scope=…, **metadata)`: a version with one passage for each paragraph of `text`."""

    def make(location: str, text: str, *, scope: str = WORKSPACE, **metadata: Any) -> Draft:
        source = source_of(location, scope)
        document = document_of(source, location)
        values = {"title": Path(location).stem} | metadata
        version = version_of(document, Version(id="", document_id=document.id, text=text, **values))
        return Draft(document, version, tuple(_paragraphs(text)))

    return make


@pytest.fixture(scope="session")
def publish(draft: Callable[..., Draft]) -> Callable[..., Draft]:
    """`publish(knowledge_base, location, text, …)`: a document that is its own source, current when it returns."""

    def run(knowledge_base: KnowledgeBase, location: str, text: str, **details: Any) -> Draft:
        made = draft(location, text, **details)
        knowledge_base.catalog.sources.add(source_of(location, made.document.scope))
        knowledge_base.publish([made])
        return made

    return run


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for the tests of one file, and no longer: until it ends Playwright's event loop runs in the tests' thread.

    Without a browser on the machine the test is skipped; with REQUIRE_BROWSER set, as in CI, it fails.
    """
    path = executable()
    if path is None:
        (pytest.fail if os.environ.get("REQUIRE_BROWSER") else pytest.skip)(MISSING)
    with browser(path) as started:
        yield started


@pytest.fixture
def browser_page(chromium: Browser) -> Iterator[Page]:
    """A Playwright page that looks as on a laptop; the test fails when a script of the page did."""
    expect.set_options(timeout=60_000)
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(60_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.close()
    assert errors == []


def _paragraphs(text: str) -> Iterator[Span]:
    start = 0
    for paragraph in text.split("\n\n"):
        if paragraph.strip():
            yield Span(start, start + len(paragraph))
        start += len(paragraph) + 2
