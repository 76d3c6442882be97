"""Web pages on the pipeline's road, from a server on loopback that does what the test tells it to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ingest.pipeline import Pipeline
from ingest.report import Outcome
from vectorstore.store import KnowledgeBase

PAGE = """<html><head><title>{hour} o'clock ferry</title></head><body><article>
<h1>{hour} o'clock ferry</h1>
<p>The ferry to Skarn sails at {hour} in the morning, the harbour office of the island said on Monday afternoon.</p>
<p>It carries ninety cars and four hundred passengers, and there is a second crossing in the evening on weekdays.</p>
</article></body></html>"""


@dataclass
class Site:
    """One page. `etag`: what it is marked with, so that an equal If-None-Match is answered with 304."""

    address: str = ""
    body: bytes = PAGE.format(hour="Eight").encode()
    status: int = 200
    etag: str | None = '"1"'
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/html; charset=utf-8"})
    asked: list[dict[str, str]] = field(default_factory=list)


@pytest.fixture
def site() -> Iterator[Site]:
    page = Site()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Quiet."""

        def do_GET(self) -> None:
            page.asked.append(dict(self.headers))
            same = page.etag is not None and self.headers.get("If-None-Match") == page.etag
            body = b"" if same or page.status != 200 else page.body
            self.send_response(304 if same and page.status == 200 else page.status)
            for name, value in page.headers.items():
                self.send_header(name, value)
            if page.etag:
                self.send_header("ETag", page.etag)
            if not same:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    page.address = f"http://127.0.0.1:{server.server_port}/ferry"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield page
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def knowledge_base(tmp_path: Path, counting_embedder: Any) -> Iterator[KnowledgeBase]:
    with KnowledgeBase(tmp_path / "home", counting_embedder) as opened:
        yield opened


@pytest.fixture
def pipeline(knowledge_base: KnowledgeBase, parser: Any, counting_embedder: Any) -> Pipeline:
    return Pipeline(knowledge_base, parser, counting_embedder.count_tokens, allow_private=True)


def look(pipeline: Pipeline, site: Site) -> Outcome:
    [outcome] = pipeline.ingest(site.address).outcomes
    return outcome


def hour(knowledge_base: KnowledgeBase) -> str:
    [found] = knowledge_base.search("When does the ferry sail?", limit=1)
    return found.version.title.split()[0]


def test_a_page_is_fetched_and_a_reader_can_open_it(
    pipeline: Pipeline, knowledge_base: KnowledgeBase, site: Site
) -> None:
    outcome = look(pipeline, site)
    assert (outcome.state, outcome.location) == ("new", site.address)
    [found] = knowledge_base.search("When does the ferry sail?", limit=1)
    assert found.version.url == site.address
    assert found.version.title == "Eight o'clock ferry"


def test_a_page_its_server_calls_unchanged_is_not_read_again(
    pipeline: Pipeline, site: Site, counting_embedder: Any
) -> None:
    look(pipeline, site)
    counting_embedder.embedded = []
    assert look(pipeline, site).state == "unchanged"
    assert site.asked[-1]["If-None-Match"] == '"1"'
    assert counting_embedder.embedded == []


def test_a_page_without_etag_is_unchanged_when_its_bytes_are(pipeline: Pipeline, site: Site) -> None:
    site.etag = None
    assert look(pipeline, site).state == "new"
    assert look(pipeline, site).state == "unchanged"
    assert "If-None-Match" not in site.asked[-1]


def test_a_changed_page_replaces_the_old_one(pipeline: Pipeline, knowledge_base: KnowledgeBase, site: Site) -> None:
    look(pipeline, site)
    site.body, site.etag = PAGE.format(hour="Nine").encode(), '"2"'
    assert look(pipeline, site).state == "changed"
    assert hour(knowledge_base) == "Nine"
    assert look(pipeline, site).state == "unchanged"
    assert site.asked[-1]["If-None-Match"] == '"2"'


@pytest.mark.parametrize("status", [404, 410, 403, 429, 500, 503])
def test_a_page_that_is_gone_fails_and_keeps_what_was_ingested(
    pipeline: Pipeline, knowledge_base: KnowledgeBase, site: Site, status: int
) -> None:
    look(pipeline, site)
    site.status = status
    outcome = look(pipeline, site)
    assert outcome.state == "failed"
    assert f"status={status}" in str(outcome.reason)
    assert hour(knowledge_base) == "Eight"


def test_a_page_that_was_never_there_is_no_source(
    pipeline: Pipeline, knowledge_base: KnowledgeBase, site: Site
) -> None:
    site.status = 404
    assert look(pipeline, site).state == "failed"
    assert knowledge_base.catalog.sources.listed() == []


def test_a_page_that_turns_empty_or_to_a_picture_keeps_what_was_ingested(
    pipeline: Pipeline, knowledge_base: KnowledgeBase, site: Site
) -> None:
    look(pipeline, site)
    site.etag = None
    for body in (b"", b"<html><body></body></html>", b"\x89PNG\r\n\x1a\n" + bytes(50)):
        site.body = body
        assert look(pipeline, site).state == "failed"
    assert hour(knowledge_base) == "Eight"


def test_a_removed_page_can_be_added_again_though_its_server_says_unchanged(
    pipeline: Pipeline, knowledge_base: KnowledgeBase, site: Site
) -> None:
    look(pipeline, site)
    [line] = knowledge_base.catalog.sources.listed()
    knowledge_base.catalog.hide_source(line.id)  # all that a removal had done when it was killed
    assert look(pipeline, site).state == "new"
    assert hour(knowledge_base) == "Eight"
    knowledge_base.remove_source(line.id)
    assert look(pipeline, site).state == "new"


def test_private_addresses_are_refused_unless_they_are_allowed(
    knowledge_base: KnowledgeBase, parser: Any, counting_embedder: Any, site: Site
) -> None:
    outcome = look(Pipeline(knowledge_base, parser, counting_embedder.count_tokens), site)
    assert outcome.state == "failed"
    assert outcome.reason
    assert site.asked == []
    assert knowledge_base.catalog.sources.listed() == []
