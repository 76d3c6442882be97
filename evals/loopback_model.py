"""A language model's server on loopback: OpenAI-compatible, streaming, and what it writes is a function of what it is shown."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class LoopbackModel:
    base_url: str
    left: threading.Event = field(default_factory=threading.Event)
    """Set when somebody hung up before the end."""

    @property
    def settings(self) -> dict[str, str]:
        """What names it in the environment of Footnote."""
        return {"ANSWER_MODEL": "openai:loopback", "ANSWER_MODEL_BASE_URL": self.base_url}


@contextmanager
def loopback_model(write: Callable[[str], str], seconds_a_word: float = 0) -> Iterator[LoopbackModel]:
    """Serves until the block ends; `write` makes the reply of the whole text of a request."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            """Quiet."""

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            prompt = "\n".join(str(message["content"]) for message in asked["messages"])
            self.close_connection = True
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            try:
                for word in re.findall(r"\S+\s*", write(prompt)):
                    time.sleep(seconds_a_word)
                    self._say({"content": word})
                self._say({}, "stop")
                self.wfile.write(b"data: [DONE]\n\n")
            except (BrokenPipeError, ConnectionResetError):
                model.left.set()

        def _say(self, delta: dict[str, str], finish: str | None = None) -> None:
            choice = {"index": 0, "delta": delta, "finish_reason": finish}
            chunk = {
                "id": "c",
                "object": "chat.completion.chunk",
                "created": 0,
                "model": "loopback",
                "choices": [choice],
            }
            self.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
            self.wfile.flush()

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    model = LoopbackModel(f"http://127.0.0.1:{http.server_address[1]}/v1")
    threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield model
    finally:
        http.shutdown()
        http.server_close()
