"""The log: one JSON object a line on standard error, with ids and timings; never a secret, never what was asked."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor

_SECRETS = re.compile(r"xox[a-z]-[\w-]+|xapp-[\w-]+|sk-[\w-]{8,}|Bearer\s+\S+|wss?://\S+|https://hooks\.slack\.com/\S+")
_TALKATIVE = (
    "slack_sdk",
    "slack_bolt",
    "httpx",
    "httpcore",
    "aiohttp",
    "urllib3",
    "dbos",
    "sqlalchemy",
    "alembic",
    "chromadb",
    "langchain",
)


def configure(secrets: Iterable[str] = (), level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Once, at the start of the process. `secrets` are blacked out wherever they would appear."""
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        _without_traceback,
        redacting(secrets),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    last: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.JSONRenderer(),
    ]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _TALKATIVE:
        # Their lower levels show message texts, tokens and the address of the socket.
        logging.getLogger(name).setLevel(logging.WARNING)


def redacting(secrets: Iterable[str]) -> Processor:
    known = sorted((secret for secret in secrets if secret), key=len, reverse=True)

    def redact(value: Any) -> Any:
        if isinstance(value, str):
            for secret in known:
                value = value.replace(secret, "[secret]")
            return _SECRETS.sub("[secret]", value)
        if isinstance(value, dict):
            return {name: redact(each) for name, each in value.items()}
        if isinstance(value, (list, tuple)):
            return [redact(each) for each in value]
        return value

    def process(_logger: Any, _method: str, event: EventDict) -> EventDict:
        return {name: value if name.startswith("_") else redact(value) for name, value in event.items()}

    return process


def _without_traceback(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Keep an exception's type; its message and its frames may hold what was asked."""
    error = event.pop("exc_info", None)
    error = sys.exc_info()[1] if error is True else error[1] if isinstance(error, tuple) else error
    if isinstance(error, BaseException):
        event["exception"] = type(error).__name__
    return event
