"""A language model for pictures and trials of streaming: it answers slowly with sentences of the sources it was shown.

An OpenAI-compatible endpoint on loopback; what it writes passes the gate, because it quotes. It understands nothing.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_SOURCE = re.compile(r'<source number="(\d+)">\n(.*?)\n</source>', re.DOTALL)
_SENTENCE = re.compile(r"[A-Z][^.!?\n]{40,200}[.!?](?=\s|$)")


@dataclass(frozen=True, slots=True)
class QuotingModel:
    base_url: str
    left: threading.Event = field(default_factory=threading.Event)
    """Set when somebody hung up before the end."""

    @property
    def settings(self) -> dict[str, str]:
        """What names it in the environment of Footnote."""
        return {"ANSWER_MODEL": "openai:quoting", "ANSWER_MODEL_BASE_URL": self.base_url}


@contextmanager
def quoting_model(seconds_a_word: float = 0.05, sentences: int = 5) -> Iterator[QuotingModel]:
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
                for word in re.findall(r"\S+\s*", written(prompt, sentences)):
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
                "model": "quoting",
                "choices": [choice],
            }
            self.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
            self.wfile.flush()

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    model = QuotingModel(f"http://127.0.0.1:{http.server_address[1]}/v1")
    threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield model
    finally:
        http.shutdown()
        http.server_close()


def written(prompt: str, sentences: int) -> str:
    """In the form our prompt asks for: one sentence of each source in turn, quoted whole."""
    sources = [(number, _SENTENCE.findall(text.partition("text: ")[2])) for number, text in _SOURCE.findall(prompt)]
    turns = [(number, each[turn]) for turn in range(sentences) for number, each in sources if len(each) > turn]
    lines = [f'- {sentence} [{number}] "{sentence}"' for number, sentence in turns[:sentences]]
    return "\n".join(lines) + "\n" if lines else "NONE"
