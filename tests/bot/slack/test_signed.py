"""Signed HTTP: what is Slack's is taken in, everything else is turned away in a few words."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import time
from typing import Any

import pytest

QUOTE = "The ferry to Skarn was cancelled on Monday."
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def signature(served: Any, body: bytes, timestamp: str) -> str:
    secret = served.slack.environment["SLACK_SIGNING_SECRET"].encode()
    return "v0=" + hmac.new(secret, b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()


def send(
    served: Any, body: bytes, *, type: str = JSON, method: str = "POST", path: str = "/slack/events", **headers: Any
) -> int:
    """The status; signed as Slack would, where the headers do not say otherwise."""
    timestamp = str(headers.pop("timestamp", int(time.time())))
    signed = headers.pop("signature", None)
    signed = signature(served, body, timestamp) if signed is None else signed
    connection = http.client.HTTPConnection(*served.app.address, timeout=60)
    all_headers = {"Content-Type": type, "X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signed, **headers}
    connection.request(method, path, body, all_headers)
    status = connection.getresponse().status
    connection.close()
    return status


def test_a_question_over_http_is_answered_once(served: Any) -> None:
    general = served.slack.workspace.general
    reply = served.ask("maya", general, served.at("was the ferry cancelled?"))
    served.settled()
    assert QUOTE in reply.text
    assert len(served.replies(general, reply.thread_ts)) == 1


def test_commands_and_buttons_work_over_http(served: Any) -> None:
    slack, general = served.slack, served.slack.workspace.general
    before = len(served.replies(general))
    slack.slash("maya", general, "/ask", "was the ferry cancelled?").wait()
    reply = served.reply(general, count=before + 1)
    assert QUOTE in reply.text
    slack.click("maya", reply, "show_quotes").wait()
    slack.wait_for(lambda: [v for v in slack.views("maya") if QUOTE in str(v.content)])


@pytest.mark.parametrize("timestamp", ["abc", "", "1e3", ".5", "99999999999999999999", "１２３"])
def test_a_malformed_time_is_unauthorised(served: Any, timestamp: str) -> None:
    assert send(served, b"{}", timestamp=timestamp.encode().decode("latin-1")) == 401


@pytest.mark.parametrize("seconds", [-301, 301])
def test_an_old_or_future_signature_is_unauthorised(served: Any, seconds: int) -> None:
    assert send(served, b"{}", timestamp=int(time.time()) + seconds) == 401


@pytest.mark.parametrize(
    "signed", ["", "v0=", "v1=" + "0" * 64, "v0=" + "0" * 64, "V0=" + "A" * 64, "v0=é".encode().decode("latin-1")]
)
def test_a_wrong_signature_is_unauthorised(served: Any, signed: str) -> None:
    assert send(served, b"{}", signature=signed) == 401


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b'"x"', b"{", b"[" * 50_000, b"\xff\xfe{}", b'{"a":' * 30_000],
    ids=lambda body: repr(body[:6]),
)
def test_what_is_not_an_object_is_a_bad_request(served: Any, body: bytes) -> None:
    assert send(served, body) == 400


def test_a_form_with_a_payload_that_is_no_object_is_a_bad_request(served: Any) -> None:
    assert send(served, b"payload=%5B%5D", type=FORM) == 400
    assert send(served, b"payload=nonsense", type=FORM) == 400


def test_a_body_over_a_megabyte_is_too_large(served: Any) -> None:
    assert send(served, b"x" * (1024 * 1024 + 1)) == 413


def test_other_methods_and_paths_are_not_there(served: Any) -> None:
    assert send(served, b"", method="GET") == 405
    assert send(served, b"", method="PUT") == 405
    assert send(served, b"{}", path="/slack/../etc/passwd") == 404


@pytest.mark.parametrize(
    "event",
    [
        None,
        [],
        {"type": 5},
        {"type": "message"},
        {"type": "message", "user": {"id": "U1"}, "text": "x", "channel": "C1", "ts": "1.1"},
        {"type": "message", "user": "U1", "text": "x", "channel": ["C1"], "ts": "1.1"},
        {"type": "message", "user": "U1", "text": 5, "channel": "D1", "ts": "1.1", "channel_type": "im"},
        {"type": "message", "user": "U1", "text": "x", "channel": "D1", "ts": "yesterday", "channel_type": "im"},
        {"type": "message", "subtype": "message_changed", "message": [], "channel": "D1"},
        {"type": "message", "subtype": "huddle_thread", "user": "U1", "channel": "D1", "ts": "1.1"},
        {"type": "team_join", "user": {"id": "U1", "name": "new"}},
        {"type": "never_heard_of"},
    ],
    ids=str,
)
def test_events_of_an_unknown_shape_are_acknowledged_and_ignored(served: Any, event: Any, capfd: Any) -> None:
    body = {"type": "event_callback", "event_id": "Ev1", "team_id": served.slack.team.id, "event": event}
    assert send(served, json.dumps(body).encode()) == 200
    assert "Traceback" not in capfd.readouterr().err


def test_a_rejected_body_is_not_logged(served: Any, capfd: Any) -> None:
    assert send(served, b'{"canary": "' + b"c" * 900_000 + b'"}', signature="v0=" + "0" * 64) == 401
    written = "".join(capfd.readouterr())
    assert "canary" not in written
    assert all(len(line) < 400 for line in written.splitlines())


def test_the_address_is_verified_only_with_a_signature(served: Any) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc"}).encode()
    assert send(served, body) == 200
    assert send(served, body, signature="v0=" + "0" * 64) == 401


def test_a_request_sent_three_times_is_answered_once(served: Any) -> None:
    slack, direct = served.slack, served.slack.im("tomas")
    event = {
        "type": "message",
        "user": slack.workspace.other_member.id,
        "text": "ferry?",
        "channel": direct.id,
        "channel_type": "im",
    }
    event["ts"] = f"{time.time():.6f}"
    body = {"type": "event_callback", "event_id": "EvSame", "team_id": slack.team.id, "event": event}
    for _ in range(3):
        assert send(served, json.dumps(body).encode()) == 200
    served.reply(direct)
    served.settled()
    assert len(served.replies(direct)) == 1


def test_what_cannot_be_kept_is_not_acknowledged(served: Any) -> None:
    slack = served.slack
    with served.database.write():  # somebody holds the one writer
        ts = slack.post("ada", slack.im("ada"), "was the ferry cancelled?")
        time.sleep(0.3)
        assert not any(delivery.acked for delivery in slack.acks if delivery.event.get("ts") == ts)
    assert QUOTE in served.reply(slack.im("ada")).text


def test_health_and_metrics_are_served(served: Any) -> None:
    served.ask("maya", served.slack.im("maya"), "was the ferry cancelled?")
    served.settled()
    connection = http.client.HTTPConnection(*served.app.address, timeout=60)
    connection.request("GET", "/healthz")
    health = json.loads(connection.getresponse().read())
    connection.request("GET", "/metrics")
    metrics = connection.getresponse().read().decode()
    assert health["ok"] is True
    assert 'footnote_finished_total{kind="question",outcome="answered"}' in metrics
    assert "ferry" not in metrics
