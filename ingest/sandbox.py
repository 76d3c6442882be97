"""Documents are read in a process of their own: whatever they do to a parser, it cannot hang, grow, call out or look around.

One process serves many documents, because loading the parsers takes a second or two. One that dies, hangs or answers nonsense
is replaced, and its document fails with a reason. What comes back is checked like any other input.
"""

from __future__ import annotations

import json
import os
import select
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from ingest.answers import document_of
from ingest.errors import ParseRefused, SourceError
from ingest.parse import MAX_BYTES, MAX_TEXT, Parsed, too_many_bytes
from vectorstore.reasons import Reason, reason_of

SECONDS = 60.0
"""Wall time one document may take."""
START_SECONDS = 60.0
BATCH = 32
"""Documents that travel together: for small texts the way to the process and back costs more than reading them."""
BATCH_BYTES = 1_000_000
_MAX_ANSWER = 8 * MAX_TEXT
"""Bytes: four for a code point, and as much again for what JSON escapes and everything beside the text."""

DIED = "reader_died"


@dataclass(frozen=True, slots=True)
class Unread:
    """A document that has not been parsed yet; see `ingest.parse.parse` for the arguments."""

    data: bytes = field(repr=False)
    name: str
    media_type: str | None = None
    url: str | None = None


class ParserStopped(Exception):
    """The parsing process could not be started, or the parser was closed; no document is to blame."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(str(reason))
        self.reason = reason


class _Lost(SourceError):
    """The process is gone or no longer to be trusted."""


class ParserProcess:
    """Parses documents in a guarded process; safe to use from several threads, which then wait for each other."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._protections: Mapping[str, bool] | None = None
        self._answered = 0
        self._closed = False

    def __enter__(self) -> ParserProcess:
        self.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the process without waiting for it, so that it loads while others do their work. Not required."""
        with self._lock:
            if self._process is None and not self._closed:
                self._process = _spawn()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._discard()

    def protections(self) -> Mapping[str, bool]:
        """Which protections are active on this system, by name; for `footnote doctor`."""
        with self._lock:
            self._ready()
            return dict(self._protections or {})

    def parse(self, data: bytes, *, name: str, media_type: str | None = None, url: str | None = None) -> Parsed:
        """As `ingest.parse.parse`; also raises ParseRefused for a document that takes too long or kills its reader."""
        [outcome] = self.parse_many([Unread(data, name, media_type, url)])
        if isinstance(outcome, ParseRefused):
            raise outcome
        return outcome

    def parse_many(self, documents: Iterable[Unread]) -> Iterator[Parsed | ParseRefused]:
        """One outcome per document, in order; many times faster than one at a time where documents are small."""
        for batch in _batches(documents):
            with self._lock:
                outcomes = self._outcomes(batch)
            yield from outcomes

    def _outcomes(self, batch: Sequence[Unread]) -> list[Parsed | ParseRefused]:
        outcomes: list[Parsed | ParseRefused] = []
        while len(outcomes) < len(batch):
            rest = batch[len(outcomes) :]
            if len(rest[0].data) > MAX_BYTES:
                outcomes.append(too_many_bytes(len(rest[0].data)))
                continue
            outcomes += self._as_far_as_it_goes(rest)
        return outcomes

    def _as_far_as_it_goes(self, batch: Sequence[Unread]) -> list[Parsed | ParseRefused]:
        """Outcomes up to and with the first document that costs the process its life."""
        self._ready()
        outcomes: list[Parsed | ParseRefused] = []
        try:
            self._send(batch)
            for _ in batch:
                answer = self._receive(time.monotonic() + self._seconds)
                if answer.get("out_of_memory") and self._answered:
                    # Others may have used the memory up: this document gets a process that is new.
                    self._discard()
                    return outcomes
                outcomes.append(_outcome(answer))
                self._answered += 1
        except _Lost as loss:
            self._discard()
            outcomes.append(ParseRefused(loss.reason))
        return outcomes

    def _ready(self) -> None:
        if self._closed:
            raise ParserStopped(Reason("parser_closed"))
        if self._process is None:
            self._process = _spawn()
        if self._protections is None:
            try:
                hello = self._receive(time.monotonic() + START_SECONDS)
            except _Lost as loss:
                status = self._process.poll()
                self._discard()
                raise ParserStopped(Reason("parser_not_started", {"status": str(status)})) from loss
            self._protections = {str(name): bool(active) for name, active in hello["protections"].items()}

    def _discard(self) -> None:
        process, self._process, self._protections, self._answered = self._process, None, None, 0
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()

    def _send(self, batch: Sequence[Unread]) -> None:
        jobs = [
            {"name": document.name, "media_type": document.media_type, "url": document.url, "size": len(document.data)}
            for document in batch
        ]
        header = json.dumps(jobs).encode()
        frame = b"".join([struct.pack(">I", len(header)), header, *(document.data for document in batch)])
        descriptor = _descriptor(self._process, "stdin")
        deadline = time.monotonic() + self._seconds
        view = memoryview(frame)
        while view:
            _wait(descriptor, select.POLLOUT, deadline, self._seconds)
            try:
                view = view[os.write(descriptor, view) :]
            except BlockingIOError:
                continue
            except BrokenPipeError as error:
                raise _Lost(DIED) from error

    def _receive(self, deadline: float) -> dict[str, Any]:
        (size,) = struct.unpack(">I", self._read(4, deadline))
        if size > _MAX_ANSWER:
            raise _Lost(DIED)
        try:
            answer = json.loads(self._read(size, deadline))
        except ValueError as error:
            raise _Lost(DIED) from error
        if not isinstance(answer, dict):
            raise _Lost(DIED)
        return answer

    def _read(self, size: int, deadline: float) -> bytes:
        descriptor = _descriptor(self._process, "stdout")
        parts: list[bytes] = []
        while size:
            _wait(descriptor, select.POLLIN, deadline, self._seconds)
            try:
                part = os.read(descriptor, min(size, 1 << 20))
            except BlockingIOError:
                continue
            if not part:
                raise _Lost(DIED)
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


def _outcome(answer: dict[str, Any]) -> Parsed | ParseRefused:
    if "refused" in answer:
        reason, cause = reason_of(answer["refused"]), answer.get("cause")
        if reason is None:
            raise _Lost(DIED)
        refused = ParseRefused(reason)
        if isinstance(cause, str):
            refused.add_note(cause[:500])
        return refused
    document = document_of(answer)
    if document is None:
        raise _Lost(DIED)
    return document


def _batches(documents: Iterable[Unread]) -> Iterator[list[Unread]]:
    batch: list[Unread] = []
    size = 0
    for document in documents:
        if batch and (len(batch) == BATCH or size + len(document.data) > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(document)
        size += len(document.data)
    if batch:
        yield batch


def _spawn() -> subprocess.Popen[bytes]:
    """A Python that takes over neither our environment (secrets), nor our open files, nor our folder."""
    root = str(Path(__file__).resolve().parent.parent)
    code = f"import sys; sys.path.insert(0, {root!r}); from ingest.parse_worker import main; main()"
    process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own code
        [sys.executable, "-I", "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        close_fds=True,
        cwd="/",
        env={"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
    )
    for name in ("stdin", "stdout"):
        os.set_blocking(_descriptor(process, name), False)
    return process


def _descriptor(process: subprocess.Popen[bytes] | None, name: str) -> int:
    stream = getattr(process, name)
    descriptor: int = stream.fileno()
    return descriptor


def _wait(descriptor: int, event: int, deadline: float, seconds: float) -> None:
    """Until the pipe is ready; raises _Lost when the deadline passes first."""
    poll = select.poll()
    poll.register(descriptor, event)
    remaining = deadline - time.monotonic()
    if remaining <= 0 or not poll.poll(remaining * 1000):
        raise _Lost("reading_too_slow", seconds=round(seconds))
