"""Manners on other people's servers: robots.txt (RFC 9309) is kept to, and there is a pause between requests to one host."""

from __future__ import annotations

import time
from urllib.parse import urlsplit, urlunsplit
from urllib.robotparser import RobotFileParser

from ingest.errors import FetchFailed, FetchRefused
from ingest.fetch import Limits, fetch

AGENT = "Footnote"
SECONDS_BETWEEN = 1.0
LONGEST_PAUSE = 10.0
"""Seconds; a robots.txt that asks for more gets this."""
_LARGEST = Limits(bytes=500_000, seconds=10.0)


class Unwelcome(FetchRefused):
    """The site's robots.txt does not let us read this page."""


class Courtesy:
    """For one run over a feed's or a sitemap's pages. A page that a person names is no crawl and needs none."""

    def __init__(self, *, allow_private: bool, seconds_between: float = SECONDS_BETWEEN) -> None:
        self._allow_private = allow_private
        self._seconds_between = seconds_between
        self._robots: dict[str, RobotFileParser] = {}
        self._next: dict[str, float] = {}

    def ask(self, url: str) -> None:
        """Return when the page may be fetched; raises Unwelcome when it may not."""
        host = urlsplit(url).netloc
        robots = self._robots.get(host)
        if robots is None:
            robots = self._robots[host] = self._read(url)
        if not robots.can_fetch(AGENT, url):
            raise Unwelcome("robots_unwelcome")
        self._pause(host, float(robots.crawl_delay(AGENT) or 0))

    def _read(self, url: str) -> RobotFileParser:
        """Where there is none, everything is allowed; where it cannot be had for a fault of the server, nothing is."""
        parts = urlsplit(url)
        robots = RobotFileParser()
        try:
            found = fetch(
                urlunsplit((parts.scheme, parts.netloc, "/robots.txt", "", "")),
                limits=_LARGEST,
                allow_private=self._allow_private,
            )
            robots.parse(found.data.decode("utf-8", "replace").splitlines())
        except FetchFailed as error:
            is_absent = error.status is not None and 400 <= error.status < 500
            robots.parse([] if is_absent else ["User-agent: *", "Disallow: /"])
        except FetchRefused:
            robots.parse([])  # the page itself will be refused with its reason
        return robots

    def _pause(self, host: str, asked: float) -> None:
        now = time.monotonic()
        if (wait := self._next.get(host, now) - now) > 0:
            time.sleep(wait)
        between = min(max(self._seconds_between, asked), LONGEST_PAUSE) if self._seconds_between else 0.0
        self._next[host] = time.monotonic() + between
