"""A language model's server on loopback that does what a test tells it to, and passages to ask about."""

from __future__ import annotations

import json
import select
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from bot.answer import Assistant
from bot.relevance import Embed
from bot.remembered import Remembered
from ingest.pipeline import Pipeline
from ingest.sandbox import ParserProcess
from vectorstore.embedder import PackagedEmbedder
from vectorstore.store import KnowledgeBase
from vectorstore.values import Chunk, Document, Passage, Scores, Version
from vectorstore.words import content_stems

SAMPLES = Path(__file__).parents[2] / "samples"


@dataclass
class Script:
    """One reply: the pieces that are streamed, and how it ends.

    end: "stop" or "length" (the provider's finish reasons), "hang" (nothing more, ever), "drip" (signs of life without
    a word), "reset" and "eof" (the connection breaks, or ends too early), "endless" (the last piece again and again).
    """

    pieces: tuple[str, ...] = ()
    end: str = "stop"
    status: int = 200
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    tokens: tuple[int, int] | None = None


@dataclass
class ModelServer:
    """An OpenAI-compatible endpoint that plays its scripts in order, the last one for ever, and remembers what it was asked."""

    base_url: str
    scripts: list[Script] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    hung_up: threading.Event = field(default_factory=threading.Event)
    """Set when a client closes the connection before its reply is complete."""
    closing: threading.Event = field(default_factory=threading.Event)
    obeys: Callable[[str], str] | None = None
    """Writes the reply to what the model is shown, in the place of a script."""

    def says(self, text: str, *, piece: int = 7, **how: Any) -> None:
        """The next reply is `text`, in pieces of `piece` characters."""
        self.plays(Script(tuple(text[start : start + piece] for start in range(0, len(text), piece)), **how))

    def fails(self, status: int) -> None:
        self.plays(Script(status=status, body=b'{"error": {"message": "scripted"}}'))

    def plays(self, script: Script) -> None:
        self.scripts.append(script)

    @property
    def sent(self) -> str:
        """All the text the model was shown in the last request."""
        return "\n".join(message["content"] for message in self.requests[-1]["messages"])


def _handler(server: ModelServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            """Quiet."""

        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            server.requests.append(json.loads(asked))
            server.keys.append(self.headers.get("Authorization", ""))
            if server.obeys:
                server.scripts.clear()
                server.says(server.obeys(server.sent), piece=3)
            script = server.scripts.pop(0) if len(server.scripts) > 1 else server.scripts[0]
            self.close_connection = True
            try:
                self.play(script)
            except (BrokenPipeError, ConnectionResetError):
                server.hung_up.set()

        def play(self, script: Script) -> None:
            self.send_response(script.status)
            self.send_header("Content-Type", "application/json" if script.body is not None else "text/event-stream")
            self.send_header("Connection", "close")
            for name, value in script.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if script.body is not None:
                self.wfile.write(script.body)
                return
            for piece in script.pieces:
                self.delta({"content": piece})
            if script.end == "endless":
                while not server.closing.is_set():
                    self.delta({"content": script.pieces[-1]})
            elif script.end == "drip":
                while not server.closing.wait(0.02):
                    self.wfile.write(b": still here\n\n")
            elif script.end == "hang":
                self.wait_for_the_client_to_leave()
            elif script.end == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.rfile.close()
                self.connection.close()
            elif script.end == "eof":
                pass
            else:
                self.delta({}, script.end, script.tokens)
                self.wfile.write(b"data: [DONE]\n\n")

        def delta(
            self, delta: dict[str, str], finish: str | None = None, tokens: tuple[int, int] | None = None
        ) -> None:
            chunk: dict[str, Any] = {
                "id": "chunk",
                "object": "chat.completion.chunk",
                "created": 0,
                "model": "scripted",
                "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
            }
            if tokens:
                chunk["usage"] = {
                    "prompt_tokens": tokens[0],
                    "completion_tokens": tokens[1],
                    "total_tokens": sum(tokens),
                }
            self.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")

        def wait_for_the_client_to_leave(self) -> None:
            while not server.closing.is_set():
                readable, _, _ = select.select([self.connection], [], [], 0.05)
                if readable and not self.connection.recv(1):
                    server.hung_up.set()
                    return

    return Handler


@contextmanager
def _at_work() -> Iterator[ModelServer]:
    server = ModelServer("")
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server))
    http.daemon_threads = True
    server.base_url = f"http://127.0.0.1:{http.server_address[1]}/v1"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.closing.set()
    http.shutdown()
    thread.join()
    http.server_close()


@pytest.fixture
def model_server() -> Iterator[ModelServer]:
    """Tell it what to say with `says`, `fails` and `plays`; `base_url` goes to the composer."""
    with _at_work() as server:
        yield server


@pytest.fixture(scope="module")
def lasting_model_server() -> Iterator[ModelServer]:
    """The same for all tests of a file."""
    with _at_work() as server:
        yield server


@pytest.fixture
def script() -> type[Script]:
    return Script


@pytest.fixture(scope="session")
def passage_of() -> Callable[..., Passage]:
    """A passage that is the whole of a small document: `passage_of("d1", "Its text.", publisher="The Courier")`."""

    def make(name: str, text: str, **facts: Any) -> Passage:
        version = Version(id=f"{name}-v", document_id=name, text=text, title=facts.pop("title", name), **facts)
        chunk = Chunk(id=f"{name}-c", version_id=version.id, ordinal=0, start=0, end=len(text), text=text)
        document = Document(id=name, source_id=name, location=f"/documents/{name}.txt")
        return Passage(chunk, version, document, Scores(fused=1.0, cosine=0.5, bm25=1.0))

    return make


@pytest.fixture
def ferry(passage_of: Callable[..., Passage]) -> list[Passage]:
    """Two outlets that disagree, and a page that has nothing to do with it."""
    return [
        passage_of(
            "courier",
            "Northbank Ferries is in talks to sell its island routes to Harald Shipping, the Courier reported on Monday. "
            "The price could reach 40 million crowns. The talks began in March, two people said.",
            title="Island routes may change hands",
            publisher="The Courier",
            published=date(2026, 5, 4),
            url="https://courier.example/ferries?id=7",
        ),
        passage_of(
            "gazette",
            "Northbank Ferries denied on Tuesday that it is in talks to sell its island routes. "
            "“We are not selling anything,” its spokeswoman Ida Brandt said. The company carried 1.2 million passengers in 2025.",
            title="Northbank denies sale",
            publisher="The Gazette",
            published=date(2026, 5, 5),
            url="https://gazette.example/denial",
        ),
        passage_of("weather", "Fog delayed the morning boats for two hours. See https://weather.example/fog for more."),
    ]


@pytest.fixture(scope="session")
def embed(embedder: PackagedEmbedder) -> Embed:
    return Remembered(embedder.embed_now, embedder.dimension)


@pytest.fixture(scope="session")
def about_samples(
    tmp_path_factory: pytest.TempPathFactory, embedder: PackagedEmbedder, parser: ParserProcess
) -> Iterator[Assistant]:
    """An assistant that has read the sample documents."""
    with KnowledgeBase(tmp_path_factory.mktemp("samples"), embedder) as knowledge_base:
        Pipeline(knowledge_base, parser, embedder.count_tokens).ingest(str(SAMPLES))
        yield Assistant(knowledge_base, Remembered(embedder.embed_now, embedder.dimension))


@pytest.fixture(scope="session")
def version() -> Callable[..., Version]:
    """A document's version: `version("The Courier", "Its text.", published=date(2026, 5, 4))`."""

    def make(publisher: str, text: str, **facts: Any) -> Version:
        name = facts.pop("id", publisher)
        facts.setdefault("title", "")
        return Version(id=f"{name}-v", document_id=name, text=text, publisher=publisher, **facts)

    return make


@pytest.fixture(scope="session")
def found(embed: Embed) -> Callable[..., list[Passage]]:
    """What search would find in whole small documents: `found("Who?", version, other_version)`, best first."""

    def search(question: str, *versions: Version) -> list[Passage]:
        vectors = embed([question, *(version.text for version in versions)])
        wanted = set(content_stems(question))
        passages = []
        for version, vector in zip(versions, vectors[1:], strict=True):
            cosine, keywords = float(vector @ vectors[0]), len(wanted & set(content_stems(version.text)))
            chunk = Chunk(f"{version.id}-c", version.id, 0, 0, len(version.text), version.text)
            scores = Scores(cosine + 0.5 * keywords / max(1, len(wanted)), cosine, float(keywords))
            document = Document(version.document_id, version.document_id, f"/documents/{version.document_id}")
            passages.append(Passage(chunk, version, document, scores))
        return sorted(passages, key=lambda passage: -passage.scores.fused)

    return search
