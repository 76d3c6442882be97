"""What reorders a search, with a real server on loopback and a real graph: the best are put in its order, or nothing changes."""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from bot.answer import Assistant
from bot.remembered import Remembered
from bot.values import Question
from vectorstore.cross_encoder import CrossEncoder
from vectorstore.embedder import PackagedEmbedder
from vectorstore.errors import RerankerUnavailable
from vectorstore.hosted_reranker import HostedReranker
from vectorstore.preference import Preference
from vectorstore.reranker import CANDIDATES, Reranker
from vectorstore.store import KnowledgeBase

QUESTION = "When does the ferry leave in winter?"


@dataclass
class Server:
    """Finds a text the better the more often it says "harbour"; misbehaves as the model it is asked for is named."""

    address: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def reply(self, model: str, texts: list[str]) -> tuple[int, Any]:
        results = [
            {"index": index, "relevance_score": len(re.findall("harbour", text, re.IGNORECASE)) - 7.5}
            for index, text in enumerate(texts)
        ]
        wrong = {
            "short": results[1:],
            "twice": [*results[1:], results[1]],
            "beyond": [*results[1:], {"index": len(texts), "relevance_score": 1.0}],
            "negative": [*results[1:], {"index": -1, "relevance_score": 1.0}],
            "true": [*results[1:], {"index": False, "relevance_score": 1.0}],
            "word": [*results[1:], {"index": 0, "relevance_score": "high"}],
            "infinite": [*results[1:], {"index": 0, "relevance_score": float("inf")}],
            "unhashable": [{"index": [0], "relevance_score": 1.0}],
            "null": None,
        }
        if model.isdigit():
            return int(model), {"error": "so it is"}
        if model == "list":
            return 200, [{"index": one["index"], "score": one["relevance_score"]} for one in reversed(results)]
        if model == "data":
            return 200, {"object": "list", "data": results}
        return 200, {"results": wrong.get(model, sorted(results, key=lambda one: -one["relevance_score"]))}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    found = Server()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Quiet."""

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found.asked.append(asked | {"path": self.path})
            found.keys.append(self.headers["Authorization"])
            if asked["model"] == "hang":
                found.released.wait(30)
            status, said = found.reply(asked["model"], asked.get("documents") or asked["texts"])
            body = b"\xff not JSON" if asked["model"] == "garbage" else json.dumps(said).encode()
            body = b"[" * 100_000 if asked["model"] == "deep" else body
            self.send_response(status)
            self.send_header("Content-Length", str(10 * len(body) if asked["model"] == "drip" else len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
                while asked["model"] == "drip" and not found.released.wait(0.02):
                    self.wfile.write(b" ")
            except OSError:
                pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    found.address = f"http://127.0.0.1:{http.server_address[1]}/v1"
    threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield found
    found.released.set()
    http.shutdown()
    http.server_close()


Opened = Callable[..., HostedReranker]


@pytest.fixture
def opened(server: Server) -> Iterator[Opened]:
    made: list[HostedReranker] = []

    def run(model: str, **options: Any) -> HostedReranker:
        made.append(HostedReranker(model, base_url=server.address, **options))
        return made[-1]

    yield run
    for one in made:
        one.close()


TEXTS = ["A harbour.", "Nothing.", "The harbour of the old harbour."]


@pytest.mark.parametrize("model", ["anybody:good", "cohere:good", "tei:list", "voyage:data"])
def test_each_provider_is_asked_and_understood_in_its_own_words(server: Server, opened: Opened, model: str) -> None:
    assert opened(model, api_key="rr-key").relevance(QUESTION, TEXTS) == [-6.5, -7.5, -5.5]
    asked = server.asked[-1]
    assert asked["path"] == "/v1/rerank"
    assert asked["query"] == QUESTION
    assert asked["texts" if model.startswith("tei") else "documents"] == TEXTS
    assert server.keys[-1] == "Bearer rr-key"


@pytest.mark.parametrize(
    "model",
    "429 500 302 garbage deep null short twice beyond negative true word infinite unhashable list hang drip".split(),
)
def test_a_service_that_fails_or_lies_is_not_believed_and_left_alone_for_a_while(
    server: Server, opened: Opened, model: str
) -> None:
    reranker = opened(f"anybody:{model}", seconds=0.3 if model in ("hang", "drip") else 5)
    with pytest.raises(RerankerUnavailable, match=f"anybody:{model}"):
        reranker.relevance(QUESTION, TEXTS)
    count = len(server.asked)
    with pytest.raises(RerankerUnavailable, match="a moment ago"):
        reranker.relevance(QUESTION, TEXTS)
    assert len(server.asked) == count


def test_after_the_pause_it_is_asked_again(server: Server, opened: Opened) -> None:
    reranker = opened("anybody:500", pause_s=0)
    count = len(server.asked)
    for _ in range(2):
        with pytest.raises(RerankerUnavailable, match="status 500"):
            reranker.relevance(QUESTION, TEXTS)
    assert len(server.asked) == count + 2


@pytest.mark.parametrize(("model", "lacks"), [("nobody:large", "RERANKER_BASE_URL"), ("cohere:x", "COHERE_API_KEY")])
def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, model: str, lacks: str) -> None:
    monkeypatch.delenv("COHERE_API_KEY", raising=False)
    with pytest.raises(RerankerUnavailable, match=lacks):
        HostedReranker(model)


# --- in a search


@pytest.fixture
def library(
    tmp_path: Path, embedder: PackagedEmbedder, publish: Callable[..., Any]
) -> Iterator[Callable[[Reranker | None], KnowledgeBase]]:
    """Opens the same documents with one reranker or another."""
    opened: list[KnowledgeBase] = []

    def close() -> None:
        while opened:
            opened.pop().close()

    def run(reranker: Reranker | None) -> KnowledgeBase:
        close()
        is_new = not (tmp_path / "home").exists()
        knowledge_base = KnowledgeBase(tmp_path / "home", embedder, reranker=reranker)
        opened.append(knowledge_base)
        if is_new:
            publish(knowledge_base, "/winter.txt", "In winter the ferry to Marrow Island leaves at 20:15.")
            publish(knowledge_base, "/summer.txt", "In summer the ferry leaves at 21:40 from the old harbour.")
            publish(
                knowledge_base,
                "/paper.txt",
                "The harbour is the harbour of the ferry.",
                publisher="The Ledger",
                published=date(2026, 3, 1),
            )
            publish(knowledge_base, "/own.txt", "The ferry of user U1 leaves in winter.", scope="user:U1")
        return knowledge_base

    yield run
    close()


def test_the_best_are_put_in_its_order_and_the_fused_scores_dealt_out_again(
    library: Callable[..., KnowledgeBase], server: Server, opened: Opened
) -> None:
    plain = library(None).search(QUESTION)
    assert library(None).reranker is None
    knowledge_base = library(opened("anybody:good"))
    found = knowledge_base.search(QUESTION, rerank=True)
    assert [one.version.title for one in found] == ["paper", "summer", "winter"]
    assert [one.scores.relevance for one in found] == [-5.5, -6.5, -7.5]
    assert [one.scores.fused for one in found] == [one.scores.fused for one in plain]
    assert {one.chunk.id: one.scores.cosine for one in found} == {one.chunk.id: one.scores.cosine for one in plain}
    assert not any("U1" in text for text in server.asked[-1]["documents"])  # of a scope that is not searched
    preferred = knowledge_base.search(QUESTION, rerank=True, prefer=Preference(("Ledger",)))
    assert preferred[0].version.publisher == "The Ledger"


def test_nothing_is_sent_unless_it_is_asked_for(
    library: Callable[..., KnowledgeBase], server: Server, opened: Opened
) -> None:
    knowledge_base = library(opened("anybody:good"))
    count = len(server.asked)
    assert all(one.scores.relevance is None for one in knowledge_base.search(QUESTION))
    assert knowledge_base.search("zzz", scopes=("channel:C9",), rerank=True) == []
    assert len(server.asked) == count


def test_no_more_than_the_candidates_are_sent(
    library: Callable[..., KnowledgeBase], server: Server, opened: Opened, publish: Callable[..., Any]
) -> None:
    knowledge_base = library(opened("anybody:good"))
    publish(knowledge_base, "/many.txt", "\n\n".join(f"Ferry number {n} leaves in winter." for n in range(50)))
    found = knowledge_base.search(QUESTION, limit=50, per_document=50, rerank=True)
    assert len(server.asked[-1]["documents"]) == CANDIDATES
    assert sum(one.scores.relevance is not None for one in found) <= CANDIDATES < len(found)


@pytest.mark.parametrize(("model", "answers"), [("good", True), ("500", False)])
def test_an_answer_comes_with_and_without_it_and_the_trace_says_which(
    library: Callable[..., KnowledgeBase],
    opened: Opened,
    embedder: PackagedEmbedder,
    caplog: pytest.LogCaptureFixture,
    model: str,
    answers: bool,
) -> None:
    embed = Remembered(embedder.embed_now, embedder.dimension)
    plain = Assistant(library(None), embed).answer(Question(QUESTION))
    with caplog.at_level(logging.WARNING):
        answer = Assistant(library(opened(f"anybody:{model}")), embed).answer(Question(QUESTION))
    assert answer.answered
    assert plain.trace
    assert answer.trace
    assert (plain.trace.reranker, answer.trace.reranker) == (None, f"anybody:{model}")
    assert answer.trace.reranked is answers
    assert answer.trace.evidence == plain.trace.evidence  # what speaks for answering is measured as ever
    if answers:
        assert answer.trace.passages[0].title == "paper"
    else:
        assert [one.chunk for one in answer.trace.passages] == [one.chunk for one in plain.trace.passages]
        assert answer.text == plain.text
        assert [record.message for record in caplog.records] == ["The reranker anybody:500 answered with status 500."]


# --- on this machine


def a_cross_encoder(folder: Path, outputs: int = 1) -> Path:
    """A graph that counts "harbour" in what it is given, with the tokenizer and the inputs of a BERT."""
    words = {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "harbour": 3}
    tokenizer = Tokenizer(models.WordLevel(words, "[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 2), ("[CLS]", 1))
    (folder / "onnx").mkdir(parents=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    nodes = [
        helper.make_node("Equal", ["input_ids", "word"], ["is_word"]),
        helper.make_node("Cast", ["is_word"], ["one"], to=TensorProto.FLOAT),
        helper.make_node("Cast", ["attention_mask"], ["seen"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["one", "seen"], ["counted"]),
        helper.make_node("ReduceSum", ["counted", "axis"], ["sum"], keepdims=1),
        helper.make_node("Tile", ["sum", "times"], ["logits"]),
    ]
    constants = {"word": np.array(3), "axis": np.array([1]), "times": np.array([1, outputs])}
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["n", "t"]) for name in ("input_ids", "attention_mask")
    ]
    graph = helper.make_graph(
        nodes,
        "count",
        inputs,
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", outputs])],
        [onnx.numpy_helper.from_array(value.astype(np.int64), name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, str(folder / "onnx" / "model.onnx"))
    return folder


def test_a_cross_encoder_in_a_folder_orders_what_is_found(
    tmp_path: Path, library: Callable[..., KnowledgeBase]
) -> None:
    encoder = CrossEncoder(a_cross_encoder(tmp_path / "counter"))
    texts = [*TEXTS, "harbour " * 2_000]
    assert encoder.relevance("Which harbour?", texts)[:3] == [2, 1, 3]
    assert encoder.relevance("Which harbour?", texts)[3] > 400  # cut, not refused
    found = library(encoder).search(QUESTION, rerank=True)
    assert [one.version.title for one in found] == ["paper", "summer", "winter"]
    with pytest.raises(RerankerUnavailable, match="needs more than"):
        CrossEncoder(tmp_path / "counter", seconds=1e-9)


def test_a_folder_without_a_usable_model_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, a_cross_encoder(tmp_path / "pairs", outputs=2)):
        with pytest.raises(RerankerUnavailable, match=re.escape(folder.name)):
            CrossEncoder(folder)
    (a_cross_encoder(tmp_path / "torn") / "onnx" / "model.onnx").write_bytes(b"no graph")
    with pytest.raises(RerankerUnavailable, match="cannot be used"):
        CrossEncoder(tmp_path / "torn")
