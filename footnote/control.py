"""The control socket: while the bot owns the data directory, the command line hands its work to it.

One JSON object per line over a Unix socket that only its owner can open. Request `{"operation", "arguments"}`; answers are any
number of `{"progress"}` and then one `{"result"}` or `{"error", "kind"}`.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.slack.references import place_of, reference_of
from footnote.application import Application
from footnote.english import in_english, told_of_error
from footnote.shapes import Json
from ingest.errors import SourceError
from ingest.sandbox import ParserStopped
from vectorstore.audit import COMMAND_LINE, Decision, Entry
from vectorstore.errors import StoreError

OPERATIONS = (
    *("ask", "summarize", "search", "passage", "changes", "states", "audit_verify", "audit_export"),
    *("plan", "apply", "cancel", "schedule"),
    *("find", "forgettable", "ingest", "reingest", "sources", "tag", "remove", "rollback", "forget", "backup"),
)
_WITH_PROGRESS = ("ingest", "reingest", "plan", "apply")
_NOTED = ("ingest", "reingest", "apply", "cancel", "tag", "schedule", "remove", "rollback", "forget", "backup")
"""Operations that change something or take data elsewhere."""
_UNFORESEEN = "That did not work. The bot's log has the cause under the reference {}. Please try again."
_LONGEST_REQUEST = 1_000_000
_LONGEST_PATH = 107
"""Bytes that the system's socket addresses have room for."""

_log = structlog.get_logger("footnote.control")


class OperationFailed(Exception):
    """An operation refused; the message is a sentence for a person."""


class NobodyThere(Exception):
    """No bot serves this data directory."""


@contextmanager
def serving(application: Application, path: Path) -> Iterator[None]:
    """Serve the socket at `path` until the block ends; raises OperationFailed when it cannot."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self._answer(self.rfile.readline(_LONGEST_REQUEST))

        def _answer(self, line: bytes) -> None:
            try:
                request = json.loads(line)
                operation, arguments = request["operation"], {**request["arguments"]}
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                self._refuse(f"The request cannot be read ({type(error).__name__}).", "BadRequest")
                return
            try:
                result = call(application, operation, arguments, self._progress)
            except OperationFailed as error:
                self._refuse(str(error), "OperationFailed")
            except Exception as error:  # the edge: whoever asked gets a reference, the log the place
                reference = reference_of(secrets.token_hex(8))
                _log.error("operation_failed", reference=reference, place=place_of(error))
                self._refuse(_UNFORESEEN.format(reference), "Fault")
            else:
                self._send({"result": result})

        def _refuse(self, error: str, kind: str) -> None:
            self._send({"error": error, "kind": kind})

        def _progress(self, step: Json) -> None:
            self._send({"progress": step})

        def _send(self, message: Json) -> None:
            self.wfile.write(json.dumps(message).encode() + b"\n")

    path.unlink(missing_ok=True)
    if len(os.fsencode(path)) > _LONGEST_PATH:
        raise OperationFailed(f"{path} is too long a name for a socket. Set FOOTNOTE_HOME to a shorter one.")
    with socketserver.ThreadingUnixStreamServer(str(path), Handler) as server:
        server.daemon_threads = True
        path.chmod(0o600)
        thread = threading.Thread(target=server.serve_forever, name="control", daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            path.unlink(missing_ok=True)


def call(application: Application, operation: str, arguments: Json, progress: Callable[[Json], None]) -> Json:
    """Run one of OPERATIONS here, and tell it in English; raises OperationFailed with a sentence for a person."""
    if operation not in OPERATIONS:
        raise OperationFailed(f"There is no operation {operation[:40]!r}.")
    extra: dict[str, Any] = {"progress": progress} if operation in _WITH_PROGRESS else {}
    try:
        result: Json = getattr(application, operation)(**arguments, **extra)
    except (StoreError, SourceError, ParserStopped, ValueError) as error:
        _note(application, operation, arguments, "failed", type(error).__name__)
        raise OperationFailed(told_of_error(error)) from error
    except SQLAlchemyError as error:
        raise OperationFailed(database_failure(error)) from error
    _note(application, operation, arguments, "done")
    english: Json = in_english(result)
    return english


def _note(
    application: Application, operation: str, arguments: Json, decision: Decision, reason: str | None = None
) -> None:
    """What changes something goes into the audit trail; who may read the data directory may do it, and has no name."""
    if operation in _NOTED:
        object = str(next(iter(arguments.values()), "") or "all sources")[:500]
        application.audit.append(Entry(COMMAND_LINE, operation, decision, object, reason))


def database_failure(error: SQLAlchemyError) -> str:
    """A sentence without the statement that failed: it may hold what somebody wrote."""
    reason = str(getattr(error, "orig", None) or type(error).__name__).splitlines()[0]
    return f"The database cannot be used ({reason}). If it says that it is malformed, restore it from a backup."


def ask_owner(path: Path, operation: str, arguments: Json, progress: Callable[[Json], None]) -> Json:
    """Have the bot that serves `path` run the operation; raises NobodyThere or OperationFailed."""
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(path))
        except OSError as error:
            raise NobodyThere(str(path)) from error
        connection.sendall(json.dumps({"operation": operation, "arguments": arguments}).encode() + b"\n")
        with connection.makefile("rb") as answers:
            for line in answers:
                message = json.loads(line)
                if "progress" in message:
                    progress(message["progress"])
                elif "error" in message:
                    raise OperationFailed(message["error"])
                else:
                    result: Json = message["result"]
                    return result
    raise OperationFailed("The bot stopped before it had answered. Try again.")
