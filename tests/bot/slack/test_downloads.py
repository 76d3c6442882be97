"""A file is taken from where Slack keeps it, within bounds of size and time, and nothing else is taken for it."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from bot.slack.downloads import Downloads, Unread
from bot.slack.posting import Slack

TOKEN = "xoxb-FAKE"
Answer = Callable[[BaseHTTPRequestHandler], None]


def whole(body: bytes, *, status: int = 200, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in ({"Content-Type": "application/pdf"} | given).items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def for_ever(pause: float, piece: bytes) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/pdf")
        handler.end_headers()
        while True:
            handler.wfile.write(piece)
            time.sleep(pause)

    return answer


@dataclass
class StandIn:
    """Serves files.info and one file."""

    answer: Answer = field(default_factory=lambda: whole(b"%PDF-1.7"))
    described: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    """(path, Authorization)"""
    url: str = ""

    def downloads(self, **limits: Any) -> Downloads:
        api = f"{self.url}/api/"
        return Downloads(Slack(TOKEN, api, lambda _: None), TOKEN, api, **limits)


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    it = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Quiet."""

        def do_POST(self) -> None:
            file = {"id": "F1", "name": "a.pdf", "mimetype": "application/pdf", "mode": "hosted", "size": 8}
            file |= {"url_private_download": f"{it.url}/files-pri/a.pdf"} | it.described
            body = json.dumps({"ok": True, "file": file}).encode()
            whole(body, Content_Type="application/json")(self)

        def do_GET(self) -> None:
            it.asked.append((self.path, self.headers.get("Authorization", "")))
            try:
                it.answer(self)
            except (BrokenPipeError, ConnectionResetError):
                """The app has had enough."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    it.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield it
    server.shutdown()
    server.server_close()


def reason(stand_in: StandIn, **limits: Any) -> str:
    with pytest.raises(Unread) as refused:
        stand_in.downloads(**limits).read("F1")
    return str(refused.value)


def test_a_file_comes_with_its_bytes_its_name_and_the_token_it_was_asked_with(stand_in: StandIn) -> None:
    file = stand_in.downloads().read("F1")
    assert (file.id, file.name, file.media_type, file.data) == ("F1", "a.pdf", "application/pdf", b"%PDF-1.7")
    assert stand_in.asked == [("/files-pri/a.pdf", f"Bearer {TOKEN}")]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(stand_in: StandIn, status: int) -> None:
    stand_in.answer = whole(b"", status=status, Location=f"{stand_in.url}/elsewhere")
    assert reason(stand_in) == "unreachable"
    assert [path for path, _ in stand_in.asked] == ["/files-pri/a.pdf"]


def test_an_endless_file_ends_at_the_largest_size(stand_in: StandIn) -> None:
    stand_in.answer = for_ever(0, b"x" * 65_536)
    assert reason(stand_in, largest=1_000_000) == "too_large"


def test_a_file_that_drips_ends_at_the_deadline(stand_in: StandIn) -> None:
    stand_in.answer = for_ever(0.05, b"x")
    assert reason(stand_in, seconds=0.5) == "slow"


def test_a_server_that_says_nothing_ends_at_the_deadline(stand_in: StandIn) -> None:
    stand_in.answer = lambda _: time.sleep(3)
    assert reason(stand_in, seconds=0.3) == "slow"


def test_what_is_packed_is_not_unpacked(stand_in: StandIn) -> None:
    stand_in.answer = whole(gzip.compress(b"0" * 10_000_000), Content_Encoding="gzip")
    assert reason(stand_in) == "unreachable"


def test_the_page_to_sign_in_on_is_no_file(stand_in: StandIn) -> None:
    stand_in.answer = whole(b"<!DOCTYPE html><title>Sign in | Slack</title>", Content_Type="text/html; charset=utf-8")
    assert reason(stand_in) == "not_permitted"


def test_a_page_that_is_the_file_itself_is_read(stand_in: StandIn) -> None:
    page = b"<!DOCTYPE html><title>Minutes</title><p>We met."
    stand_in.described = {"name": "minutes.html", "mimetype": "text/html", "size": len(page)}
    stand_in.answer = whole(page, Content_Type="text/html")
    assert stand_in.downloads().read("F1").data == page


@pytest.mark.parametrize(
    ("status", "told"), [(401, "not_permitted"), (403, "not_permitted"), (404, "unreachable"), (500, "unreachable")]
)
def test_a_refusal_is_told_from_a_failure(stand_in: StandIn, status: int, told: str) -> None:
    stand_in.answer = whole(b"no", status=status)
    assert reason(stand_in) == told


def test_what_cannot_be_read_again_is_none(stand_in: StandIn) -> None:
    assert stand_in.downloads().again("F1") == b"%PDF-1.7"
    stand_in.answer = whole(b"no", status=404)
    assert stand_in.downloads().again("F1") is None


def test_beside_a_stand_in_not_even_slacks_own_hosts_are_asked(stand_in: StandIn) -> None:
    stand_in.described = {"url_private_download": "https://files.slack.com/files-pri/T1-F1/a.pdf"}
    assert reason(stand_in) == "foreign"
