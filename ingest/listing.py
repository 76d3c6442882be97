"""Which pages a feed or a sitemap lists now."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urldefrag, urlsplit

from ingest.errors import FetchFailed, ParseRefused, SourceError
from ingest.fetch import DEFAULT_LIMITS
from ingest.find import Unmodified, Unparsed, read
from ingest.kinds import MEDIA_TYPES
from ingest.links import MAX_LINKS
from ingest.parse import Parsed
from ingest.sandbox import ParserProcess
from vectorstore.reasons import Reason

MOST_SITEMAPS = 50
"""Of one index, with those in the indexes it names."""
DEEPEST = 3
"""Indexes within indexes."""
CUT = Reason("listing_cut", {"most": MAX_LINKS})

ListingKind = Literal["feed", "sitemap"]
_KINDS: dict[str, ListingKind] = {
    MEDIA_TYPES["feed"]: "feed",
    MEDIA_TYPES["sitemap"]: "sitemap",
    MEDIA_TYPES["sitemapindex"]: "sitemap",
}


@dataclass(frozen=True, slots=True)
class Listing:
    kind: ListingKind
    documents: tuple[str, ...]
    """Web addresses without fragments, once each."""
    troubles: tuple[tuple[str, Reason], ...] = ()
    """(address, reason) of sitemaps of an index that could not be read, and of what is cut."""
    moved_to: str | None = None
    """Where it moved for good, as its server says."""


def look(
    address: str, parser: ParserProcess, *, allow_private: bool, moved_to: str | None = None
) -> Listing | Unparsed:
    """The listing at `address`, or the bytes of the page that it is instead. Raises SourceError.

    `moved_to`: what its server said of the address before.
    """
    unparsed = _bytes_of(address, allow_private, moved_to)
    if not _may_be_listing(unparsed.data):
        return unparsed
    try:
        parsed = parser.parse(unparsed.data, name=unparsed.name, media_type=unparsed.media_type, url=unparsed.url)
    except ParseRefused:
        return unparsed  # said when it is read as a page
    if not parsed.links:
        return unparsed
    where = unparsed.url or address
    if _KINDS[parsed.media_type] == "feed":
        cut = ((where, CUT),) if len(parsed.links) >= MAX_LINKS else ()
        return Listing("feed", _addresses(parsed.links), cut, unparsed.moved_to)
    pages, troubles = _Sitemaps(urlsplit(where).netloc, parser, allow_private).pages(where, parsed)
    return Listing("sitemap", pages, troubles, unparsed.moved_to)


def _bytes_of(address: str, allow_private: bool, moved_to: str | None = None) -> Unparsed:
    unparsed = read(address, None, allow_private=allow_private, moved_to=moved_to)
    if isinstance(unparsed, Unmodified):  # answered to a question that was not asked
        raise FetchFailed("unchanged_from_nothing")
    packed = unparsed.data[:2] == b"\x1f\x8b" and urlsplit(unparsed.url or address).path.lower().endswith(".gz")
    return replace(unparsed, data=_unpacked(unparsed.data)) if packed else unparsed


def _unpacked(data: bytes) -> bytes:
    """A sitemap that is kept packed on its server (https://www.sitemaps.org/protocol.html)."""
    try:
        inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
        unpacked = inflater.decompress(data, DEFAULT_LIMITS.bytes)
    except zlib.error as error:
        raise FetchFailed("sitemap_not_unpacked") from error
    if inflater.unconsumed_tail:
        raise FetchFailed("sitemap_too_large", megabytes=DEFAULT_LIMITS.bytes // 1_000_000)
    return unpacked


def _may_be_listing(data: bytes) -> bool:
    """Whether its beginning looks like XML: a page need not be parsed twice."""
    return data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" and any(
        root in data[:8000] for root in (b"<rss", b"<feed", b"RDF", b"<urlset", b"<sitemapindex", b":feed", b":urlset")
    )


class _Sitemaps:
    """The pages of a sitemap, or of all that an index of them names. A sitemap speaks for its own host alone."""

    def __init__(self, host: str, parser: ParserProcess, allow_private: bool) -> None:
        self._host = host
        self._parser = parser
        self._allow_private = allow_private
        self._seen: set[str] = set()
        self._pages: dict[str, None] = {}
        self._troubles: list[tuple[str, Reason]] = []

    def pages(self, address: str, parsed: Parsed) -> tuple[tuple[str, ...], tuple[tuple[str, Reason], ...]]:
        """With (address, reason) of what could not be read."""
        self._seen.add(address)
        self._take(parsed, 0)
        if len(self._pages) >= MAX_LINKS:
            self._troubles.append((address, CUT))
        return tuple(self._pages)[:MAX_LINKS], tuple(self._troubles)

    def _take(self, parsed: Parsed, depth: int) -> None:
        own = [link for link in _addresses(parsed.links) if urlsplit(link).netloc == self._host]
        if parsed.media_type == MEDIA_TYPES["sitemap"]:
            self._pages |= dict.fromkeys(own)
            return
        for link in own:
            if link in self._seen or len(self._pages) > MAX_LINKS:
                continue
            if depth == DEEPEST or len(self._seen) > MOST_SITEMAPS:
                too_many = Reason("too_many_sitemaps", {"sitemaps": MOST_SITEMAPS, "levels": DEEPEST})
                self._troubles.append((link, too_many))
                return
            self._seen.add(link)
            try:
                self._take(self._read(link), depth + 1)
            except SourceError as error:
                self._troubles.append((link, error.reason))

    def _read(self, link: str) -> Parsed:
        inner = _bytes_of(link, self._allow_private)
        parsed = self._parser.parse(inner.data, name=inner.name, media_type=inner.media_type, url=inner.url)
        if not parsed.links:
            raise ParseRefused("not_a_sitemap")
        return parsed


def _addresses(links: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(urldefrag(link).url for link in links))
