"""Feeds and sitemaps as sources, from a site on loopback that changes, forbids and forgets."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ingest.parse import parse
from ingest.pipeline import Pipeline
from vectorstore.errors import NotATime
from vectorstore.reasons import Reason
from vectorstore.store import KnowledgeBase

ARTICLE = """<html><head><title>{title}</title></head><body><nav><a href="/">Home</a></nav><article><h1>{title}</h1>
<p>The {title} was announced by the harbour office of the island on Monday afternoon, after a long debate about it.</p>
<p>Nobody on the council voted against the {title}, though two members were absent because of the storm.</p>
</article></body></html>"""


@dataclass
class Site:
    base: str = ""
    pages: dict[str, tuple[int, str, str | bytes]] = field(default_factory=dict)
    """path -> (status, content type, body); of a redirect the body is where it leads"""
    asked: list[str] = field(default_factory=list)

    def article(self, name: str) -> str:
        self.pages[f"/{name}"] = (200, "text/html", ARTICLE.format(title=f"{name} plan"))
        return f"{self.base}/{name}"

    def feed(self, *names: str, path: str = "/feed.xml") -> str:
        items = "".join(f"<item><title>{n}</title><link>{self.article(n)}</link></item>" for n in names)
        body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour Post</title>{items}</channel></rss>'
        self.pages[path] = (200, "application/rss+xml", body)
        return self.base + path

    def sitemap(self, *links: str, path: str = "/sitemap.xml", root: str = "urlset", each: str = "url") -> str:
        inner = "".join(f"<{each}><loc>{link}</loc></{each}>" for link in links)
        body = f'<?xml version="1.0"?><{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inner}</{root}>'
        self.pages[path] = (200, "text/xml", body)
        return self.base + path


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Quiet."""

        def do_GET(self) -> None:
            made.asked.append(self.path)
            status, kind, body = made.pages.get(self.path, (404, "text/plain", ""))
            self.send_response(status)
            data = body if isinstance(body, bytes) else body.encode()
            self.send_header("Content-Type", kind)
            if 300 <= status < 400:
                self.send_header("Location", data.decode())
                data = b""
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def pipeline(knowledge_base: KnowledgeBase, parser: Any, embedder: Any) -> Pipeline:
    return Pipeline(knowledge_base, parser, embedder.count_tokens, allow_private=True, seconds_between=0)


def titles(knowledge_base: KnowledgeBase) -> set[str]:
    return set(knowledge_base.catalog.titles(["workspace"], 50))


def line(knowledge_base: KnowledgeBase) -> Any:
    [found] = knowledge_base.catalog.sources.listed()
    return found


def test_a_feeds_articles_are_fetched_whole_and_cleaned(
    pipeline: Pipeline, knowledge_base: KnowledgeBase, site: Site
) -> None:
    report = pipeline.ingest(site.feed("bridge", "ferry"))
    assert report.counts == {"new": 2}
    assert titles(knowledge_base) == {"bridge plan", "ferry plan"}
    assert "Home" not in knowledge_base.search("bridge plan")[0].version.text
    assert (line(knowledge_base).kind, line(knowledge_base).documents) == ("feed", 2)


def test_an_article_that_left_the_feed_stays_and_a_new_one_comes(
    pipeline: Pipeline, knowledge_base: KnowledgeBase, site: Site
) -> None:
    pipeline.ingest(site.feed("bridge", "ferry"))
    site.feed("ferry", "harbour")
    report = pipeline.reingest()
    assert report.counts == {"new": 1, "unchanged": 2}
    assert titles(knowledge_base) == {"bridge plan", "ferry plan", "harbour plan"}


def test_a_page_that_is_gone_leaves_after_three_looks(
    pipeline: Pipeline, knowledge_base: KnowledgeBase, site: Site
) -> None:
    pipeline.ingest(site.feed("bridge", "ferry"))
    site.pages["/bridge"] = (410, "text/plain", "")
    for _ in range(2):
        assert pipeline.reingest().counts == {"unchanged": 1, "failed": 1}
        assert titles(knowledge_base) == {"bridge plan", "ferry plan"}
    assert pipeline.reingest().counts == {"unchanged": 1, "removed": 1}
    assert titles(knowledge_base) == {"ferry plan"}


def test_a_page_that_comes_back_is_counted_anew(pipeline: Pipeline, knowledge_base: KnowledgeBase, site: Site) -> None:
    address = site.article("bridge")
    pipeline.ingest(address)
    for status in (404, 404, 200, 404, 404):
        site.pages["/bridge"] = (status, "text/html", ARTICLE.format(title="bridge plan"))
        pipeline.reingest()
    assert titles(knowledge_base) == {"bridge plan"}


def test_a_server_in_trouble_is_no_reason_to_leave(
    pipeline: Pipeline, knowledge_base: KnowledgeBase, site: Site
) -> None:
    pipeline.ingest(site.article("bridge"))
    site.pages["/bridge"] = (503, "text/plain", "")
    for _ in range(4):
        assert pipeline.reingest().counts == {"failed": 1}
    assert titles(knowledge_base) == {"bridge plan"}
    assert line(knowledge_base).trouble == Reason("status_fault", {"status": 503})


def test_a_listing_whose_pages_are_there_already_is_a_source_all_the_same(
    pipeline: Pipeline, knowledge_base: KnowledgeBase, site: Site
) -> None:
    pipeline.ingest(site.article("bridge"))
    assert pipeline.ingest(site.sitemap(f"{site.base}/bridge")).counts == {"unchanged": 1}
    assert {(each.kind, each.documents) for each in knowledge_base.catalog.sources.listed()} == {
        (None, 1),
        ("sitemap", 0),
    }


def test_a_sitemap_and_an_index_of_them_name_the_pages_of_their_own_host(
    pipeline: Pipeline, knowledge_base: KnowledgeBase, site: Site
) -> None:
    inner = site.sitemap(site.article("bridge"), "https://elsewhere.example/x", path="/sitemap-1.xml")
    index = site.sitemap(inner, f"{site.base}/sitemap-2.xml", path="/index.xml", root="sitemapindex", each="sitemap")
    report = pipeline.ingest(index)
    assert [(o.location, o.state) for o in report.outcomes] == [
        (f"{site.base}/sitemap-2.xml", "failed"),
        (f"{site.base}/bridge", "new"),
    ]
    assert line(knowledge_base).kind == "sitemap"


def test_sitemaps_are_read_packed_and_within_indexes_and_one_that_names_itself_ends(
    pipeline: Pipeline, knowledge_base: KnowledgeBase, site: Site
) -> None:
    site.sitemap(site.article("bridge"), path="/news.xml")
    _, _, body = site.pages["/news.xml"]
    site.pages["/news.xml.gz"] = (200, "application/gzip", gzip.compress(str(body).encode()))
    site.pages["/bomb.xml.gz"] = (200, "application/gzip", gzip.compress(bytes(30_000_000)))
    inner = site.sitemap(
        f"{site.base}/news.xml.gz", f"{site.base}/outer", path="/inner", root="sitemapindex", each="sitemap"
    )
    links = (inner, f"{site.base}/outer", f"{site.base}/bomb.xml.gz", site.article("ferry"))
    report = pipeline.ingest(site.sitemap(*links, path="/outer", root="sitemapindex", each="sitemap"))
    assert {(o.location.removeprefix(site.base), o.state) for o in report.outcomes} == {
        ("/bridge", "new"),
        ("/bomb.xml.gz", "failed"),
        ("/ferry", "failed"),
    }
    assert site.asked.count("/outer") == 1


@pytest.mark.parametrize(("status", "moves"), [(301, True), (308, True), (302, False), (307, False)])
def test_a_page_that_moves_for_good_is_asked_for_at_its_new_address(
    pipeline: Pipeline, knowledge_base: KnowledgeBase, site: Site, status: int, moves: bool
) -> None:
    old = site.article("bridge")
    pipeline.ingest(old)
    site.article("crossing")
    site.pages["/crossing"] = site.pages["/bridge"]
    site.pages["/bridge"] = (status, "text/plain", "/crossing")
    [outcome] = pipeline.reingest().outcomes
    new = f"{site.base}/crossing"
    assert (outcome.moved_to, line(knowledge_base).moved_to) == ((new, new) if moves else (None, None))
    site.asked.clear()
    assert pipeline.reingest().counts == {"unchanged": 1}
    assert site.asked == (["/crossing"] if moves else ["/bridge", "/crossing"])
    if moves:
        assert pipeline.ingest(new).counts == {"unchanged": 1}, "the new address is the same source"
        site.pages["/bridge"] = site.pages.pop("/crossing")
        assert pipeline.reingest().counts == {"unchanged": 1}, "it moved back"
        assert line(knowledge_base).moved_to is None
        knowledge_base.catalog.upkeep.note_move(old, new)
    knowledge_base.remove_source(line(knowledge_base).id)
    assert knowledge_base.catalog.upkeep.moved() == {}


def test_a_feed_that_moves_is_read_where_it_is_and_so_are_its_articles(
    pipeline: Pipeline, knowledge_base: KnowledgeBase, site: Site
) -> None:
    pipeline.ingest(site.feed("bridge"))
    site.pages["/news.xml"], site.pages["/crossing"] = site.pages["/feed.xml"], site.pages["/bridge"]
    site.pages["/feed.xml"] = (301, "text/plain", "/news.xml")
    site.pages["/bridge"] = (308, "text/plain", "/crossing")
    assert pipeline.plan().counts == {"unchanged": 1}
    assert line(knowledge_base).moved_to is None, "a plan writes nothing"
    assert pipeline.reingest().counts == {"unchanged": 1}
    assert line(knowledge_base).moved_to == f"{site.base}/news.xml"
    site.asked.clear()
    assert pipeline.reingest().counts == {"unchanged": 1}
    assert site.asked == ["/news.xml", "/robots.txt", "/crossing"]


def test_a_page_whose_server_leads_to_its_front_page_is_as_good_as_gone(
    pipeline: Pipeline, knowledge_base: KnowledgeBase, site: Site
) -> None:
    pipeline.ingest(site.article("bridge"))
    site.article("")
    site.pages["/bridge"] = (301, "text/plain", "/")
    assert [pipeline.reingest().counts for _ in range(3)] == [{"failed": 1}, {"failed": 1}, {"removed": 1}]


def test_a_page_that_turns_into_a_teaser_keeps_what_was_ingested(
    pipeline: Pipeline, knowledge_base: KnowledgeBase, site: Site
) -> None:
    pipeline.ingest(site.article("bridge"))
    body = ARTICLE.format(title="bridge plan").replace("Nobody", "Subscribe to continue reading.</p><p hidden>Nobody")
    site.pages["/bridge"] = (200, "text/html", body)
    [failed] = pipeline.reingest().failed
    assert failed.reason == Reason("for_subscribers")
    assert "Nobody" in knowledge_base.search("bridge plan")[0].version.text
    assert line(knowledge_base).trouble == Reason("for_subscribers")


def test_a_feed_of_which_several_pages_cannot_be_read_tells_how_many_and_the_first(
    pipeline: Pipeline, knowledge_base: KnowledgeBase, site: Site
) -> None:
    feed = site.feed("bridge", "pier", "lamp")
    site.pages["/pier"] = site.pages["/lamp"] = (503, "text/plain", "")
    assert pipeline.ingest(feed).counts == {"new": 1, "failed": 2}
    first = {"location": f"{site.base}/pier", "first": Reason("status_fault", {"status": 503})}
    assert line(knowledge_base).trouble == Reason("several_troubles", {"number": 2, **first})


def test_a_robots_txt_that_changes_its_mind_is_kept_to_and_what_was_ingested_stays(
    pipeline: Pipeline, knowledge_base: KnowledgeBase, site: Site
) -> None:
    pipeline.ingest(site.feed("bridge", "ferry"))
    site.pages["/robots.txt"] = (200, "text/plain", "User-agent: *\nDisallow: /bridge\n")
    site.asked.clear()
    assert pipeline.reingest().counts == {"unchanged": 1, "failed": 1}
    assert "/bridge" not in site.asked
    assert titles(knowledge_base) == {"bridge plan", "ferry plan"}
    del site.pages["/robots.txt"]
    assert pipeline.reingest().counts == {"unchanged": 2}


def test_robots_txt_is_kept_to_in_a_crawl_but_not_for_a_page_a_person_names(
    pipeline: Pipeline, knowledge_base: KnowledgeBase, site: Site
) -> None:
    site.pages["/robots.txt"] = (200, "text/plain", "User-agent: Footnote\nDisallow: /bridge\n")
    report = pipeline.ingest(site.feed("bridge", "ferry"))
    assert report.counts == {"failed": 1, "new": 1}
    assert report.failed[0].reason == Reason("robots_unwelcome")
    assert "/bridge" not in site.asked
    assert pipeline.ingest(f"{site.base}/bridge").counts == {"new": 1}


def test_a_site_whose_robots_txt_is_broken_is_left_alone(pipeline: Pipeline, site: Site) -> None:
    site.pages["/robots.txt"] = (500, "text/plain", "")
    assert pipeline.ingest(site.feed("bridge")).counts == {"failed": 1}
    assert "/bridge" not in site.asked


def test_a_feed_that_breaks_keeps_what_was_ingested(
    pipeline: Pipeline, knowledge_base: KnowledgeBase, site: Site
) -> None:
    pipeline.ingest(site.feed("bridge"))
    site.pages["/feed.xml"] = (500, "text/plain", "")
    [failed] = pipeline.reingest().failed
    assert failed.reason == Reason("stays", {"reason": Reason("status_fault", {"status": 500})})
    assert titles(knowledge_base) == {"bridge plan"}


def test_a_page_is_asked_for_once_although_it_could_have_been_a_listing(pipeline: Pipeline, site: Site) -> None:
    pipeline.ingest(site.article("bridge"))
    assert site.asked == ["/bridge"]


HOSTILE = {
    "entities": '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel>'
    "<item><link>http://h.example/&x;</link></item></channel></rss>",
    "laughs": '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><rss><channel><item><link>http://h.example/&c;</link></item></channel></rss>',
    "schemes": '<?xml version="1.0"?><rss version="2.0"><channel><item><link>file:///etc/passwd</link></item>'
    "<item><link>javascript:alert(1)</link></item><item><link>http://h.example/ok</link></item></channel></rss>",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_feed_gives_web_addresses_or_nothing(parser: Any, kind: str, tmp_path: Path) -> None:
    from ingest.errors import ParseRefused

    try:
        links = parser.parse(HOSTILE[kind].encode(), name="https://h.example/feed").links
    except ParseRefused:
        links = ()
    assert all(link.startswith("http://h.example/") and "root" not in link for link in links)


def test_a_feed_of_too_many_articles_is_cut() -> None:
    items = "".join(f"<item><link>https://h.example/{n}</link></item>" for n in range(6_000))
    parsed = parse(f'<rss version="2.0"><channel>{items}</channel></rss>'.encode(), name="https://h.example/feed")
    assert len(parsed.links) == 5_000


def test_when_a_source_is_due_it_is_told_and_after_a_look_it_is_due_again(
    pipeline: Pipeline, knowledge_base: KnowledgeBase, site: Site
) -> None:
    from datetime import timedelta

    pipeline.ingest(site.article("bridge"))
    upkeep, id, now = knowledge_base.catalog.upkeep, line(knowledge_base).id, datetime.now(UTC)
    assert upkeep.due(now) == []
    upkeep.schedule(id, timedelta(hours=6), now)
    assert upkeep.due(now + timedelta(hours=5)) == []
    assert upkeep.due(now + timedelta(hours=7)) == [id]
    pipeline.reingest((id,))
    assert upkeep.due(datetime.now(UTC) + timedelta(hours=5)) == []
    with pytest.raises(NotATime, match="interval_out_of_range"):
        upkeep.schedule(id, timedelta(seconds=10), now)
