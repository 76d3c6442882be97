"""The log says what happened with ids; secrets and words of people never reach it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot.slack import logs


@pytest.fixture
def lines() -> Iterator[Any]:
    before = logging.getLogger().handlers[:], logging.getLogger().level
    written = io.StringIO()
    logs.configure(("very-FAKE-secret",), logging.DEBUG, written)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logging.getLogger().handlers[:], level = before
    logging.getLogger().setLevel(level)
    structlog.reset_defaults()


def test_a_line_is_an_object_with_a_time(lines: Any) -> None:
    structlog.get_logger("footnote.slack").info("request", id="Ev1", seconds=0.2)
    [line] = lines()
    assert (line["event"], line["id"], line["seconds"], line["level"]) == ("request", "Ev1", 0.2, "info")
    assert "timestamp" in line


@pytest.mark.parametrize(
    "secret",
    ["very-FAKE-secret", "xoxb-1-FAKE", "xapp-1-FAKE", "Bearer FAKE", "wss://host/link?ticket=FAKE", "sk-FAKEFAKEFAKE"],
)
def test_secrets_are_blacked_out_wherever_they_stand(lines: Any, secret: str) -> None:
    structlog.get_logger("footnote.slack").warning("tried", header=secret, nested={"deep": [secret]})
    logging.getLogger("somebody.else").error("sent %s", secret)
    assert "FAKE" not in json.dumps(lines())


def test_an_exception_is_logged_by_its_type(lines: Any) -> None:
    try:
        raise ValueError("what maya asked")
    except ValueError:
        logging.getLogger("somebody.else").exception("went wrong")
    [line] = lines()
    assert line["exception"] == "ValueError"
    assert "maya" not in json.dumps(line)


def test_talkative_libraries_are_quiet_even_at_debug(lines: Any) -> None:
    for name in ("slack_sdk.web", "slack_bolt.App", "httpx", "dbos"):
        logging.getLogger(name).info("a token and a text")
    assert lines() == []
