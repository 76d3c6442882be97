from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vectorstore.embedder import PackagedEmbedder
from vectorstore.errors import EmbedderMismatch, EmbedderUnavailable, StoreLocked
from vectorstore.reembed import reembed
from vectorstore.store import Draft, KnowledgeBase


class Halved:
    """Another model: the packaged one's first 192 components. `left`: how many batches it embeds before it fails."""

    name = "test:halved"
    dimension = 192

    def __init__(self, embedder: PackagedEmbedder, left: int = 99) -> None:
        self._embedder = embedder
        self.left = left

    def embed_documents(self, texts: Any) -> Any:
        if self.left == 0:
            raise EmbedderUnavailable("The embedder test:halved does not answer.")
        self.left -= 1
        vectors = self._embedder.embed_documents(texts)[:, :192]
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)

    def embed_query(self, text: str) -> Any:
        return self.embed_documents([text])[0]

    def count_tokens(self, texts: Any) -> Any:
        return self._embedder.count_tokens(texts)


@pytest.fixture
def home(tmp_path: Path, embedder: PackagedEmbedder, publish: Callable[..., Draft]) -> Path:
    with KnowledgeBase(tmp_path, embedder) as knowledge_base:
        publish(knowledge_base, "/pier.txt", "The ferry sails at eight.")
        publish(knowledge_base, "/pier.txt", "The ferry sails at nine.\n\nThe pier is made of oak.")
        publish(knowledge_base, "/pay.txt", "The captain earns seven crowns.", scope="user:U1")
    return tmp_path


def test_every_passage_gets_a_vector_of_the_new_embedder(home: Path, embedder: PackagedEmbedder) -> None:
    steps: list[tuple[int, int]] = []
    assert reembed(home, Halved(embedder), progress=lambda done, total: steps.append((done, total))) == 4
    assert steps == [(4, 4)]
    with KnowledgeBase(home, Halved(embedder)) as knowledge_base:
        assert knowledge_base.recovered.rebuilt is None
        assert knowledge_base.search("boat trip in the morning")[0].text == "The ferry sails at nine."
        assert knowledge_base.search("wages", ["user:U1"])[0].scores.cosine > 0.2
    with pytest.raises(EmbedderMismatch, match="test:halved"):
        KnowledgeBase(home, embedder)
    assert len(list((home / "indexes").iterdir())) == 1, "nothing of the old vectors is left"


def test_an_unfinished_change_of_embedder_is_refused_by_both_and_can_be_finished(
    home: Path, embedder: PackagedEmbedder
) -> None:
    with pytest.raises(EmbedderUnavailable):
        reembed(home, Halved(embedder, left=0), progress=lambda *_: None)
    for one in (embedder, Halved(embedder)):
        with pytest.raises(EmbedderMismatch, match="unfinished `footnote reembed` left"):
            KnowledgeBase(home, one)
    reembed(home, Halved(embedder), progress=lambda *_: None)
    with KnowledgeBase(home, Halved(embedder)) as knowledge_base:
        assert len(knowledge_base.search("ferry")) == 2


def test_it_can_be_taken_back(home: Path, embedder: PackagedEmbedder) -> None:
    reembed(home, Halved(embedder), progress=lambda *_: None)
    reembed(home, embedder, progress=lambda *_: None)
    with KnowledgeBase(home, embedder) as knowledge_base:
        assert knowledge_base.search("boat trip in the morning")[0].text == "The ferry sails at nine."


def test_a_directory_in_use_is_left_alone(home: Path, embedder: PackagedEmbedder) -> None:
    with KnowledgeBase(home, embedder) as knowledge_base:
        with pytest.raises(StoreLocked):
            reembed(home, Halved(embedder), progress=lambda *_: None)
        assert len(knowledge_base.search("ferry")) == 2


def test_an_empty_directory_has_nothing_to_embed(tmp_path: Path, embedder: PackagedEmbedder) -> None:
    assert reembed(tmp_path / "new", Halved(embedder), progress=lambda *_: None) == 0
    KnowledgeBase(tmp_path / "new", Halved(embedder)).close()


def test_the_vectors_on_a_server_are_replaced_too(
    tmp_path: Path, embedder: PackagedEmbedder, publish: Callable[..., Draft], chroma_server: Callable[..., Any]
) -> None:
    home = tmp_path / "home"
    with chroma_server(tmp_path / "chroma") as (url, _):
        with KnowledgeBase(home, embedder, chroma_url=url) as knowledge_base:
            publish(knowledge_base, "/pier.txt", "The ferry sails at nine.")
        reembed(home, Halved(embedder), chroma_url=url, progress=lambda *_: None)
        with KnowledgeBase(home, Halved(embedder), chroma_url=url) as knowledge_base:
            assert knowledge_base.recovered.rebuilt is None
            assert knowledge_base.search("boat trip")[0].text == "The ferry sails at nine."
