"""A web page or file by its address, with the guards that fetching for others needs.

Every hop of a redirect is checked like the first address; sizes count after unpacking; one deadline covers everything.
"""

from __future__ import annotations

import ssl
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import httpcore
import httpx

from ingest.addresses import REFUSED, web_address
from ingest.errors import FetchFailed, FetchRefused
from ingest.kinds import charset_of
from ingest.transport import TOO_SLOW, Deadline, GuardedTransport, Resolver, system_resolver


@dataclass(frozen=True, slots=True)
class Limits:
    bytes: int = 20_000_000
    """Of the document, unpacked."""
    seconds: float = 30.0
    """From the first look-up to the last byte, over all redirects."""
    redirects: int = 5


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Fetched:
    data: bytes = field(repr=False)
    media_type: str | None
    """As `text/html`, without parameters; None where the server does not say."""
    charset: str | None
    url: str
    """Where it was found after all redirects, without fragment."""
    redirects: tuple[str, ...] = ()
    """The addresses that led there, the one asked for first; empty where none did."""
    moved_to: str | None = None
    """Where the address asked for is from now on, as its server says (301, 308); None where it stays."""
    etag: str | None = None
    last_modified: str | None = None
    not_modified: bool = False
    """True when the server says nothing changed since `etag` or `last_modified`; `data` is empty then."""

    @property
    def content_type(self) -> str | None:
        """What `ingest.parse.parse` takes as `media_type`."""
        return f"{self.media_type}; charset={self.charset}" if self.media_type and self.charset else self.media_type


def fetch(
    url: str,
    *,
    etag: str | None = None,
    last_modified: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
    resolver: Resolver = system_resolver,
    allow_private: bool = False,
    tls: ssl.SSLContext | None = None,
) -> Fetched:
    """What is at `url`; `etag` and `last_modified` are those of the last time, to be told when nothing changed.

    `allow_private` opens the addresses of one's own network and all ports (an operator's setting, for an intranet); `tls` is for
    one's own certificates. Raises FetchRefused or FetchFailed.
    """
    deadline = Deadline(limits.seconds)
    transport = GuardedTransport(
        resolver, deadline, allow_private=allow_private, tls=tls or httpx.create_ssl_context(trust_env=False)
    )
    conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    headers = _HEADERS | {name: value for name, value in conditions.items() if value and value.isprintable()}
    try:
        with httpx.Client(transport=transport, trust_env=False, headers=headers, timeout=limits.seconds) as client:
            return _follow(client, url, limits, allow_private)
    except (httpx.TimeoutException, httpcore.TimeoutException) as error:
        raise FetchFailed(TOO_SLOW) from error
    except (httpx.InvalidURL, httpx.RemoteProtocolError) as error:  # of a redirect: the first address was parsed before
        raise FetchRefused(REFUSED) from error
    except (httpx.HTTPError, httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError) as error:
        raise FetchFailed(_why(error)) from error


_HEADERS = {
    "User-Agent": "Mozilla/5.0 (compatible; Footnote)",
    "Accept": "text/html,application/xhtml+xml,application/pdf;q=0.9,text/*;q=0.9,*/*;q=0.5",
    "Accept-Encoding": "gzip, deflate",
}


def _follow(client: httpx.Client, url: str, limits: Limits, allow_private: bool) -> Fetched:
    passed: list[str] = []
    address = web_address(url, allow_private=allow_private)
    moved_to: str | None = None
    only_moves = True
    while True:
        with client.stream("GET", address, follow_redirects=False) as response:
            target = response.headers.get("location") if response.is_redirect else None
            if target is None:
                return replace(_fetched(response, address, tuple(passed), limits), moved_to=moved_to)
            only_moves = only_moves and response.status_code in (301, 308)
        passed.append(str(address))
        if len(passed) > limits.redirects:
            raise FetchFailed("too_many_redirects", most=limits.redirects)
        address = _next_hop(address, target, allow_private)
        moved_to = str(address) if only_moves else moved_to


def _next_hop(address: httpx.URL, target: str, allow_private: bool) -> httpx.URL:
    """What a redirect leads to, checked like an address a person gave: before and after it is made absolute."""
    if "://" in target[:20] or target.startswith("//"):
        web_address(target if "://" in target[:20] else f"{address.scheme}:{target}", allow_private=allow_private)
    try:
        joined = str(address.join(target))
    except httpx.InvalidURL as error:
        raise FetchRefused(REFUSED) from error
    return web_address(joined, allow_private=allow_private)


def _fetched(response: httpx.Response, address: httpx.URL, passed: tuple[str, ...], limits: Limits) -> Fetched:
    not_modified = response.status_code == 304
    if not not_modified and response.status_code != 200:
        raise FetchFailed(_key_of(response.status_code), status=response.status_code)
    encoding = response.headers.get("content-encoding", "")
    chunks = _unpacked(response.iter_raw(), encoding.strip().lower(), limits.bytes)
    content_type = response.headers.get("content-type", "")
    return Fetched(
        data=b"" if not_modified else b"".join(chunks),
        media_type=content_type.partition(";")[0].strip().lower() or None,
        charset=charset_of(content_type),
        url=str(address),
        redirects=passed,
        etag=response.headers.get("etag"),
        last_modified=response.headers.get("last-modified"),
        not_modified=not_modified,
    )


def _unpacked(chunks: Iterable[bytes], encoding: str, limit: int) -> Iterator[bytes]:
    """The body piece by piece, never more than `limit` bytes of it, packed or unpacked; raises FetchFailed beyond."""
    pieces = chunks if encoding in ("", "identity") else _inflated(chunks, encoding, limit)
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > limit:
            raise FetchFailed("page_too_large", megabytes=limit // 1_000_000)
        yield piece


def _inflated(chunks: Iterable[bytes], encoding: str, limit: int) -> Iterator[bytes]:
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise FetchFailed("packed_otherwise", encoding=encoding[:40])
    inflater = None
    try:
        for chunk in chunks:
            if inflater is None:
                # "deflate" means zlib, but some servers send it bare.
                bare = encoding == "deflate" and chunk[:1] and (chunk[0] & 0x0F) != 8
                inflater = zlib.decompressobj(-zlib.MAX_WBITS if bare else zlib.MAX_WBITS | 32)
            rest = chunk
            while rest and not inflater.eof:
                yield inflater.decompress(rest, min(limit + 1, 1 << 20))
                rest = inflater.unconsumed_tail
    except zlib.error as error:
        raise FetchFailed("page_not_unpacked") from error
    if inflater is not None and not inflater.eof:
        raise FetchFailed("page_broke_off")


_TOLD_APART = frozenset({401, 402, 403, 404, 410, 429, 451})
"""Statuses with words of their own."""


def _key_of(status: int) -> str:
    if status in _TOLD_APART:
        return f"status_{status}"
    return "status_fault" if status >= 500 else "status_other"


def _why(error: Exception) -> str:
    if "CERTIFICATE" in str(error).upper():
        return "certificate"
    if isinstance(error, (httpx.RemoteProtocolError, httpcore.RemoteProtocolError)):
        return "no_http"
    return "connection_failed"
