"""The way out to the web: every connection goes to an address that was checked, and ends at a deadline."""

from __future__ import annotations

import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import httpcore
import httpx

from ingest.addresses import REFUSED, may_connect
from ingest.errors import FetchFailed, FetchRefused

Resolver = Callable[[str, int], Sequence[str]]
"""From host name and port to its IP addresses; raises OSError where there are none."""

TOO_SLOW = "page_slow"
CONNECT_SECONDS = 10.0


def system_resolver(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Deadline:
    """A moment after which nothing waits any more."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def remaining(self, at_most: float | None = None) -> float:
        """Seconds left, above 0; raises FetchFailed when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise FetchFailed(TOO_SLOW)
        return left if at_most is None else min(left, at_most)


class GuardedTransport(httpx.BaseTransport):
    """Connects only where `may_connect` allows: to the very address that was checked, so that a name that resolves
    differently a moment later changes nothing. The name stays in `Host` and in the certificate check. No proxies.
    """

    def __init__(self, resolver: Resolver, deadline: Deadline, *, allow_private: bool, tls: ssl.SSLContext) -> None:
        self._deadline = deadline
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls, network_backend=_CheckedNetwork(resolver, deadline, allow_private)
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        response = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(response.status, headers=response.headers, stream=_Body(response))

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        return self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


class _CheckedNetwork(httpcore.NetworkBackend):
    def __init__(self, resolver: Resolver, deadline: Deadline, allow_private: bool) -> None:
        self._resolver = resolver
        self._deadline = deadline
        self._allow_private = allow_private
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - httpcore's signature; the deadline rules
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        addresses = self._resolved(host, port)
        if not all(may_connect(address, allow_private=self._allow_private) for address in addresses):
            raise FetchRefused(REFUSED)
        failure: Exception | None = None
        for address in addresses:
            try:
                stream = self._network.connect_tcp(address, port, self._deadline.remaining(CONNECT_SECONDS))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._deadline)
        raise FetchFailed("server_silent", host=host) from failure

    def _resolved(self, host: str, port: int) -> Sequence[str]:
        """Resolving has no timeout of its own: it runs beside, and is left behind when it takes too long."""
        answers: queue.SimpleQueue[Sequence[str] | OSError | UnicodeError] = queue.SimpleQueue()

        def resolve() -> None:
            try:
                answers.put(self._resolver(host, port))
            except (OSError, UnicodeError) as error:
                answers.put(error)

        threading.Thread(target=resolve, daemon=True, name="resolve").start()
        try:
            answer = answers.get(timeout=self._deadline.remaining(CONNECT_SECONDS))
        except queue.Empty:
            raise FetchFailed("name_slow", host=host) from None
        if isinstance(answer, Exception) or not answer:
            raise FetchFailed("no_such_server", host=host) from (answer if isinstance(answer, Exception) else None)
        return answer


class _TimedStream(httpcore.NetworkStream):
    """Every read and write waits until the deadline at most, however little each of them brings."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, self._deadline.remaining())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, self._deadline.remaining())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._deadline.remaining(CONNECT_SECONDS))
        return _TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
