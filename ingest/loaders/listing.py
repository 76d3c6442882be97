"""Feeds and sitemaps: documents that are lists of addresses. RSS and Atom by feedparser, sitemaps by https://www.sitemaps.org."""

from __future__ import annotations

import io
import re
import xml.sax.expatreader  # noqa: F401 - feedparser's parser, which the standard library would look for when files are hidden
from collections.abc import Iterable, Iterator

import feedparser

from ingest.blocks import Loaded
from ingest.errors import ParseRefused
from ingest.links import LONGEST_LINK, MAX_LINKS
from ingest.loaders.xml import parse_xml
from ingest.metadata import Metadata

MOST_ENTRIES = 20_000
"""Of one feed; reading so many takes seconds, and only MAX_LINKS of them are taken."""
_ENTRY = re.compile(rb"<(?:\w+:)?(?:item|entry)\b")


def load_feed(data: bytes, _charset: str | None, url: str | None) -> Loaded:
    """The articles a feed links to. feedparser gets bytes only: a path or an address it would open itself."""
    if len(_ENTRY.findall(data)) > MOST_ENTRIES:
        raise ParseRefused("feed_too_long", most=MOST_ENTRIES)
    headers = {"content-location": url} if url else {}
    parsed = feedparser.parse(io.BytesIO(data), response_headers=headers, sanitize_html=False)
    links = _taken(entry.get("link") for entry in parsed.entries)
    if not links:
        raise ParseRefused("feed_empty")
    return Loaded((), Metadata(title=parsed.feed.get("title")), links=links)


def load_sitemap(data: bytes, _charset: str | None, _url: str | None) -> Loaded:
    """The pages a sitemap names, or the sitemaps that an index of them names."""
    links = _taken(_locations(data))
    if not links:
        raise ParseRefused("sitemap_empty")
    return Loaded((), links=links)


def _locations(data: bytes) -> Iterator[str | None]:
    for element in parse_xml(data).iter("{*}loc"):
        parent = element.getparent()
        if parent is not None and str(parent.tag).rpartition("}")[2] in ("url", "sitemap"):
            yield element.text


def _taken(links: Iterable[object]) -> tuple[str, ...]:
    """Web addresses once each, in their order."""
    found = (link.strip() for link in links if isinstance(link, str))
    usable = (link for link in found if link.startswith(("http://", "https://")) and len(link) <= LONGEST_LINK)
    return tuple(dict.fromkeys(usable))[:MAX_LINKS]
