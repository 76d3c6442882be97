"""Which pages a feed or a sitemap lists now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urldefrag, urlsplit

from ingest.errors import FetchFailed, ParseRefused, SourceError
from ingest.find import Unparsed, read
from ingest.links import MAX_LINKS
from ingest.parse import Parsed
from ingest.sandbox import ParserProcess

MOST_SITEMAPS = 50
"""Of one index."""

ListingKind = Literal["feed", "sitemap"]
_KINDS: dict[str, ListingKind] = {"application/rss+xml": "feed", "application/xml": "sitemap"}


@dataclass(frozen=True, slots=True)
class Listing:
    kind: ListingKind
    documents: tuple[str, ...]
    """Web addresses without fragments, once each."""
    troubles: tuple[tuple[str, str], ...] = ()
    """(address, reason) of sitemaps of an index that could not be read."""


def look(address: str, parser: ParserProcess, *, allow_private: bool) -> Listing | Unparsed:
    """The listing at `address`, or the bytes of the page that it is instead. Raises SourceError."""
    unparsed = _bytes_of(address, allow_private)
    if not _may_be_listing(unparsed.data):
        return unparsed
    try:
        parsed = parser.parse(unparsed.data, name=unparsed.name, media_type=unparsed.media_type, url=unparsed.url)
    except ParseRefused:
        return unparsed  # said when it is read as a page
    if not parsed.links:
        return unparsed
    return _listing(parsed, unparsed.url or address, parser, allow_private)


def _bytes_of(address: str, allow_private: bool) -> Unparsed:
    unparsed = read(address, None, allow_private=allow_private)
    if unparsed is None:  # answered to a question that was not asked
        raise FetchFailed("The server says that nothing changed, but nothing was known.")
    return unparsed


def _may_be_listing(data: bytes) -> bool:
    """Whether its beginning looks like XML: a page need not be parsed twice."""
    return data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" and any(
        root in data[:8000] for root in (b"<rss", b"<feed", b"RDF", b"<urlset", b"<sitemapindex", b":feed", b":urlset")
    )


def _listing(parsed: Parsed, address: str, parser: ParserProcess, allow_private: bool) -> Listing:
    kind = _KINDS[parsed.media_type]
    if kind == "feed":
        return Listing(kind, _addresses(parsed.links))
    own = [
        link for link in parsed.links if urlsplit(link).netloc == urlsplit(address).netloc
    ]  # a sitemap speaks for its host
    pages = [link for link in own if not _is_sitemap(link)]
    troubles: list[tuple[str, str]] = []
    for link in [link for link in own if _is_sitemap(link)][:MOST_SITEMAPS]:
        try:
            inner = _bytes_of(link, allow_private)
            listed = parser.parse(inner.data, name=inner.name, media_type=inner.media_type, url=inner.url).links
            pages += [
                each for each in listed if urlsplit(each).netloc == urlsplit(address).netloc and not _is_sitemap(each)
            ]
        except SourceError as error:
            troubles.append((link, str(error)))
    return Listing(kind, _addresses(tuple(pages)), tuple(troubles))


def _is_sitemap(link: str) -> bool:
    path = urlsplit(link).path.lower()
    return path.endswith((".xml", ".xml.gz")) and "sitemap" in path


def _addresses(links: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(urldefrag(link).url for link in links))[:MAX_LINKS]
