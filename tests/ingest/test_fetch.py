"""Fetching: what is refused before anything leaves the house, and what a hostile server can not do."""

from __future__ import annotations

import gzip
import socket
import socketserver
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.addresses import REFUSED, may_connect, web_address
from ingest.errors import FetchFailed, FetchRefused
from ingest.fetch import Limits, fetch

PAGE = b"<p>The ferry leaves at nine.</p>"
QUICK = Limits(bytes=1_000_000, seconds=2.0)
Handler = Callable[["_Request"], None]


class _Request(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.site.asked.append(self.path)
        self.server.site.headers.append(dict(self.headers))
        self.server.site.pages[self.path.partition("?")[0]](self)

    def log_message(self, *_: object) -> None:
        pass

    def answer(self, body: bytes = PAGE, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def redirect(self, target: str, status: int = 302) -> None:
        self.answer(b"", status, Location=target)


@dataclass
class Site:
    """A web server on loopback: set `pages`, look at `asked`."""

    url: str = ""
    port: int = 0
    pages: dict[str, Handler] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    site: Site

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what these tests are about."""


def _hang_up(request: _Request, last_words: bytes) -> None:
    request.wfile.write(last_words)
    request.close_connection = True


@pytest.fixture
def site() -> Iterator[Site]:
    with _Server(("127.0.0.1", 0), _Request) as server:
        server.site = Site(f"http://127.0.0.1:{server.server_address[1]}", server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.site
        server.shutdown()
        thread.join()


LOOPBACK_SPELLINGS = (
    "http://127.0.0.1/ http://127.1/ http://0/ http://0.0.0.0/ http://2130706433/ http://0x7f000001/ http://0x7f.1/ "
    "http://017700000001/ http://127。0。0。1/ http://１２７.0.0.1/ http://[::1]/ http://[::]/ http://[::ffff:127.0.0.1]/ "
    "http://[::127.0.0.1]/ "
    "http://[64:ff9b::7f00:1]/ http://[64:ff9b:1::7f00:1]/ http://[2002:7f00:1::]/ http://localhost/ "
    "http://LOCALHOST/ http://good@127.0.0.1/ http://127.0.0.1\\@good/ http://good:pass@example.org/ "
    "http://127.0.0.1%00.example.org/ "
    "http://127.0.0.1:80\\.example.org/ http://[fe80::1%25eth0]/ http://[::1]@example.org/"
).split()
FORBIDDEN = (
    "http://10.0.0.1/ http://172.16.5.5/ http://192.168.1.1/ http://100.64.0.1/ http://169.254.169.254/ http://[fd00:ec2::254]/ "
    "http://168.63.129.16/ http://100.100.100.200/ http://192.0.0.192/ http://224.0.0.1/ http://[ff02::1]/ "
    "http://255.255.255.255/ "
    "http://[fe80::1]/ http://[fec0::1]/ http://198.18.0.1/ http://240.0.0.1/ http://192.88.99.1/ http://[2001::1]/"
).split()
NOT_THE_WEB = (
    "file:///etc/passwd ftp://example.org/ gopher://example.org/ data:text/html,hi javascript:alert(1) //example.org/ "
    "example.org "
    "http:// http:///x https://?q http://example.org:22/ http://example.org:6379/ https://example.org:8000/ ~/x /etc/passwd"
).split()


@pytest.mark.parametrize(
    "url",
    [*LOOPBACK_SPELLINGS, *FORBIDDEN, *NOT_THE_WEB, "http://exa mple.org/", "http://example.org/\n", "", "http://[::1"],
)
def test_what_is_not_the_public_web_is_refused_with_one_and_the_same_sentence(url: str) -> None:
    with pytest.raises(FetchRefused) as refusal:
        fetch(url)
    assert str(refusal.value) == REFUSED


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    for candidate in (text, f"http://{text}/", f"https://example.org/{text}"):
        try:
            url = web_address(candidate)
        except FetchRefused:
            continue
        assert url.scheme in ("http", "https")
        assert not url.userinfo


@given(
    st.ip_addresses(v=4, network="127.0.0.0/8")
    | st.ip_addresses(v=4, network="10.0.0.0/8")
    | st.ip_addresses(v=6, network="fc00::/7")
)
def test_no_private_address_is_public_nor_its_wrapped_form(ip: object) -> None:
    wrapped = [f"::ffff:{ip}", f"64:ff9b::{ip}", f"::{ip}"] if "." in str(ip) else []
    assert not any(may_connect(address) for address in [str(ip), *wrapped])


def test_the_public_internet_may_be_asked() -> None:
    assert may_connect("93.184.215.14")
    assert may_connect("2606:2800:21f:cb07:6820:80da:af6b:8b2c")


def test_an_intranet_setting_opens_private_addresses_and_never_the_clouds_credentials() -> None:
    assert may_connect("10.0.0.1", allow_private=True)
    assert may_connect("::1", allow_private=True)
    assert not may_connect("169.254.169.254", allow_private=True)
    assert not may_connect("168.63.129.16", allow_private=True)
    assert not may_connect("fd00:ec2::254", allow_private=True)
    assert not may_connect("0.0.0.0", allow_private=True)
    assert not may_connect("224.0.0.1", allow_private=True)


def test_a_page_comes_with_what_the_server_says_of_it(site: Site) -> None:
    site.pages["/a"] = lambda request: request.answer(ETag='"v1"', Last_Modified="Tue, 03 Mar 2026 08:00:00 GMT")
    page = fetch(f"{site.url}/a#part", allow_private=True)
    assert page.data == PAGE
    assert (page.media_type, page.charset, page.content_type) == ("text/html", "utf-8", "text/html; charset=utf-8")
    assert (page.etag, page.last_modified) == ('"v1"', "Tue, 03 Mar 2026 08:00:00 GMT")
    assert (page.url, page.redirects, page.not_modified) == (f"{site.url}/a", (), False)


def test_what_did_not_change_is_not_sent_again(site: Site) -> None:
    site.pages["/a"] = lambda request: request.answer(b"", 304)
    page = fetch(f"{site.url}/a", etag='"v1"', last_modified="Tue, 03 Mar 2026 08:00:00 GMT", allow_private=True)
    assert page.not_modified
    assert page.data == b""
    assert site.headers[0]["If-None-Match"] == '"v1"'
    assert site.headers[0]["If-Modified-Since"] == "Tue, 03 Mar 2026 08:00:00 GMT"


def test_a_stored_tag_cannot_smuggle_a_header(site: Site) -> None:
    site.pages["/a"] = lambda request: request.answer()
    fetch(f"{site.url}/a", etag='"v1"\r\nX-Evil: 1', allow_private=True)
    assert "X-Evil" not in site.headers[0]


def test_redirects_are_followed_and_told(site: Site) -> None:
    site.pages["/a"] = lambda request: request.redirect("/b", 301)
    site.pages["/b"] = lambda request: request.redirect(f"{site.url}/c?x=1", 307)
    site.pages["/c"] = lambda request: request.answer()
    page = fetch(f"{site.url}/a", allow_private=True)
    assert (page.url, page.redirects) == (f"{site.url}/c?x=1", (f"{site.url}/a", f"{site.url}/b"))


def test_a_circle_of_redirects_ends(site: Site) -> None:
    site.pages["/a"] = lambda request: request.redirect("/a")
    with pytest.raises(FetchFailed, match=r"too_many_redirects \(most=5\)"):
        fetch(f"{site.url}/a", allow_private=True)
    assert len(site.asked) == 6


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_public_page_that_leads_inside_is_refused_and_nothing_inside_is_asked(site: Site, status: int) -> None:
    """The public host is played by a resolver that is right once; the second host is loopback."""
    with _Server(("127.0.0.1", 0), _Request) as inner:
        inner.site = Site()
        site.pages["/a"] = lambda request: request.redirect(f"http://inside.example:{inner.server_address[1]}/", status)

        def resolver(host: str, _port: int) -> list[str]:
            return ["127.0.0.1"] if host == "public.example" else ["169.254.169.254", "127.0.0.1"]

        with pytest.raises(FetchRefused, match="address_refused"):
            fetch(f"http://public.example:{site.port}/a", resolver=resolver, allow_private=True)
    assert inner.site.asked == []


@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/passwd",
        "gopher://x/",
        "http://good@127.0.0.1/",
        "//169.254.169.254/",
        "http://0x7f.1/",
        "data:,x",
        "http://[",
    ],
)
def test_a_redirect_is_checked_like_an_address_a_person_gave(site: Site, target: str) -> None:
    site.pages["/a"] = lambda request: request.redirect(target)
    with pytest.raises(FetchRefused):
        fetch(f"{site.url}/a", allow_private=True)


def test_every_address_of_a_name_must_be_public() -> None:
    asked: list[str] = []

    def resolver(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["93.184.215.14", "10.0.0.7"]

    with pytest.raises(FetchRefused):
        fetch("http://two-faced.example/", resolver=resolver)
    assert asked == ["two-faced.example"]


def test_the_address_that_was_checked_is_the_one_connected_to(site: Site) -> None:
    """A name that changes between two look-ups: it is looked up once, and the host header keeps the name."""
    answers = iter([["127.0.0.1"], ["169.254.169.254"], ["169.254.169.254"]])
    site.pages["/"] = lambda request: request.answer()
    fetch(f"http://changing.example:{site.port}/", resolver=lambda *_: next(answers), allow_private=True)
    assert site.headers[0]["Host"] == f"changing.example:{site.port}"
    assert next(answers) == ["169.254.169.254"]


def test_a_proxy_of_the_environment_is_not_asked(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    site.pages["/a"] = lambda request: request.answer()
    assert fetch(f"{site.url}/a", allow_private=True).data == PAGE


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("deflate", lambda data: zlib.compress(data)[2:-4])],
    ids=["gzip", "deflate", "bare deflate"],
)
def test_packed_pages_are_unpacked(site: Site, encoding: str, pack: Callable[[bytes], bytes]) -> None:
    site.pages["/a"] = lambda request: request.answer(pack(PAGE * 1000), Content_Encoding=encoding)
    assert fetch(f"{site.url}/a", allow_private=True).data == PAGE * 1000


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_bomb_stops_at_the_limit(site: Site, encoding: str) -> None:
    pack = gzip.compress if encoding == "gzip" else zlib.compress
    bomb = pack(bytes(60_000_000))
    site.pages["/a"] = lambda request: request.answer(bomb, Content_Encoding=encoding)
    with pytest.raises(FetchFailed, match=r"page_too_large \(megabytes=1\)"):
        fetch(f"{site.url}/a", limits=QUICK, allow_private=True)


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip", "zstd"])
def test_packing_nobody_asked_for_is_not_unpacked(site: Site, encoding: str) -> None:
    site.pages["/a"] = lambda request: request.answer(gzip.compress(PAGE), Content_Encoding=encoding)
    with pytest.raises(FetchFailed, match="packed_otherwise"):
        fetch(f"{site.url}/a", allow_private=True)


def test_an_endless_page_stops_at_the_limit(site: Site) -> None:
    def endless(request: _Request) -> None:
        request.send_response(200)
        request.end_headers()
        while True:
            request.wfile.write(b"x" * 65_536)

    site.pages["/a"] = endless
    with pytest.raises(FetchFailed, match=r"page_too_large \(megabytes=1\)"):
        fetch(f"{site.url}/a", limits=QUICK, allow_private=True)


@pytest.mark.parametrize("where", ["headers", "body", "nothing"])
def test_a_page_that_drips_meets_the_deadline(site: Site, where: str) -> None:
    def drip(request: _Request) -> None:
        request.wfile.write(
            b"HTTP/1.1 200 OK\r\n" + (b"X-Slow: " if where == "headers" else b"\r\n" if where == "body" else b"")
        )
        for _ in range(200):
            if where != "nothing":
                request.wfile.write(b"x")
            time.sleep(0.05)

    site.pages["/a"] = drip
    with pytest.raises(FetchFailed, match="_slow"):
        fetch(f"{site.url}/a", limits=Limits(seconds=0.6), allow_private=True)


def test_a_name_that_takes_too_long_to_look_up_meets_the_deadline() -> None:
    released = threading.Event()

    def resolver(_host: str, _port: int) -> list[str]:
        released.wait(60)
        return ["127.0.0.1"]

    with pytest.raises(FetchFailed, match="_slow"):
        fetch("http://slow.example/", resolver=resolver, limits=Limits(seconds=0.3), allow_private=True)
    released.set()


def test_a_page_that_breaks_off_is_not_half_a_page(site: Site) -> None:
    site.pages["/a"] = lambda request: request.answer(PAGE, Content_Length="9999", Connection="close")
    site.pages["/b"] = lambda request: request.answer(gzip.compress(PAGE * 1000)[:-20], Content_Encoding="gzip")
    for path in ("/a", "/b"):
        with pytest.raises(FetchFailed, match=r"page_broke_off|no_http|page_slow"):
            fetch(f"{site.url}{path}", limits=QUICK, allow_private=True)


@pytest.mark.parametrize(
    ("status", "key"),
    [(404, "status_404"), (403, "status_403"), (410, "status_410"), (503, "status_fault"), (204, "status_other")],
)
def test_an_error_of_the_server_is_told_by_what_it_means(site: Site, status: int, key: str) -> None:
    site.pages["/a"] = lambda request: request.answer(b"", status)
    with pytest.raises(FetchFailed, match=rf"{key} \(status={status}\)") as failure:
        fetch(f"{site.url}/a", allow_private=True)
    assert failure.value.status == status


def test_what_is_no_web_server_is_told(site: Site) -> None:
    site.pages["/a"] = lambda request: _hang_up(request, b"220 ftp ready\r\n")
    with pytest.raises(FetchFailed, match="no_http"):
        fetch(f"{site.url}/a", allow_private=True)


def test_nobody_at_the_door_and_unknown_names_are_told_apart() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(FetchFailed, match="server_silent"):
        fetch(f"http://127.0.0.1:{port}/", allow_private=True)

    def unknown(_host: str, _port: int) -> list[str]:
        raise socket.gaierror("unknown")

    with pytest.raises(FetchFailed, match=r"no_such_server \(host=nowhere\.example\)"):
        fetch("http://nowhere.example/", resolver=unknown)


def test_a_certificate_of_someone_else_is_not_trusted(site: Site) -> None:
    """Plain HTTP where TLS was asked for: the handshake fails, and nothing is fetched without it."""
    site.pages["/a"] = lambda request: request.answer()
    with pytest.raises(FetchFailed):
        fetch(f"https://127.0.0.1:{site.port}/a", allow_private=True, tls=ssl.create_default_context())
    assert site.asked == []
