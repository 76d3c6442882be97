"""The process in which documents are read, started by `ingest.sandbox`.

It loads the parsers, gives up what they do not need, and then answers frames on its standard input and output until the
input ends. A frame is a JSON object in UTF-8 behind its length in bytes (4, big-endian); the document's bytes follow it raw.
"""

from __future__ import annotations

import contextlib
import encodings
import importlib
import json
import os
import pkgutil
import struct
import sys
import sysconfig
from dataclasses import asdict, fields
from typing import Any, BinaryIO

from ingest import lockdown
from ingest.errors import ParseRefused
from ingest.parse import parse, warm_up
from vectorstore.reasons import Reason

CPU_SECONDS = 60
"""What one document may compute; the parent's clock is as strict."""

TOO_LARGE = Reason("too_much_memory")


def main() -> None:
    incoming, outgoing = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a parser that prints must not speak on the line
    warm_up()
    _load_codecs()
    _send(outgoing, {"protections": _lock()})
    while (header := incoming.read(4)) and len(header) == 4:
        batch = json.loads(incoming.read(struct.unpack(">I", header)[0]))
        documents = [(job, incoming.read(job["size"])) for job in batch]
        for job, data in documents:
            lockdown.limit_cpu(CPU_SECONDS)
            _send(outgoing, _answer(job, data))


def _load_codecs() -> None:
    """Codecs are files that Python loads when a document first needs them; soon it can no longer open any."""
    for module in pkgutil.iter_modules(encodings.__path__):
        with contextlib.suppress(ImportError):  # those of other operating systems
            importlib.import_module(f"encodings.{module.name}")


def _lock() -> dict[str, bool]:
    namespace = lockdown.leave_network()
    active = {"network namespace": namespace, "files hidden": lockdown.see_only(_library_folders())}
    active["unprivileged user"] = lockdown.drop_privileges()
    active["system calls filtered"] = lockdown.deny_system_calls()
    active |= lockdown.limit_resources()
    active["time"] = lockdown.limit_cpu(CPU_SECONDS)
    active["no network"] = namespace or active["system calls filtered"]
    return active


def _library_folders() -> set[str]:
    """Where Python's own files and the parsers' are: codecs and some modules are loaded only when a document needs them."""
    python = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    package = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
    return {*python, package, "/usr/share/zoneinfo", "/dev/null", "/dev/urandom"}


def _answer(job: dict[str, Any], data: bytes) -> dict[str, Any]:
    try:
        parsed = parse(data, name=job["name"], media_type=job["media_type"], url=job["url"])
    except ParseRefused as refusal:
        cause = refusal.__cause__
        return {"refused": asdict(refusal.reason), "cause": f"{type(cause).__name__}: {cause}"[:500] if cause else None}
    except MemoryError:
        return {"refused": asdict(TOO_LARGE), "out_of_memory": True}
    answer = {field.name: getattr(parsed, field.name) for field in fields(parsed)}
    answer["published"] = parsed.published.isoformat() if parsed.published else None
    return answer


def _send(outgoing: BinaryIO, answer: dict[str, Any]) -> None:
    body = json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace")
    outgoing.write(struct.pack(">I", len(body)) + body)
    outgoing.flush()
