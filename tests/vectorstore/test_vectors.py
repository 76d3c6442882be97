from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
import pytest
from chromadb.config import Settings
from chromadb.utils.embedding_functions import register_embedding_function

from vectorstore.embedder import Vectors
from vectorstore.errors import StoreDamaged, StoreError
from vectorstore.store import KnowledgeBase
from vectorstore.vectors import VectorIndex, as_array

DIMENSION = 8
ChromaServer = Callable[[Path], AbstractContextManager[tuple[str, subprocess.Popen[bytes]]]]


def unit(*places: int) -> Vectors:
    """A vector of length 1 that points along these axes."""
    vector = np.zeros(DIMENSION, np.float32)
    vector[list(places)] = 1
    return vector / np.linalg.norm(vector)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chroma_server: ChromaServer) -> Iterator[str]:
    with chroma_server(tmp_path_factory.mktemp("chroma")) as (url, _):
        yield url


@pytest.fixture(params=["embedded", "server"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorIndex]:
    """An empty index of each kind."""
    opened = VectorIndex(request.getfixturevalue("server") if request.param == "server" else tmp_path / "vectors")
    for scope in ("workspace", "admin", "user:U1", "user:U2"):
        opened.drop(scope)
    yield opened
    opened.close()


def test_the_nearest_come_first_with_their_cosine(index: VectorIndex) -> None:
    index.add("workspace", ["far", "same", "near"], np.stack([unit(7), unit(0), unit(0, 1)]))
    ids, cosines = zip(*index.nearest("workspace", unit(0), 3), strict=True)
    assert ids == ("same", "near", "far")
    np.testing.assert_allclose(cosines, [1, 2**-0.5, 0], atol=1e-5)


def test_a_scope_holds_only_its_own(index: VectorIndex) -> None:
    index.add("workspace", ["open"], unit(0)[None])
    index.add("user:U1", ["private"], unit(0)[None])
    assert [chunk_id for chunk_id, _ in index.nearest("workspace", unit(0), 9)] == ["open"]
    assert [chunk_id for chunk_id, _ in index.nearest("user:U1", unit(0), 9)] == ["private"]
    assert index.nearest("user:U2", unit(0), 9) == []
    assert not index.exists("user:U2")


def test_a_scope_that_is_none_is_refused(index: VectorIndex) -> None:
    with pytest.raises(ValueError, match="is not a scope"):
        index.nearest("user:u1", unit(0), 1)


def test_adding_again_replaces(index: VectorIndex) -> None:
    index.add("workspace", ["moved"], unit(0)[None])
    index.add("workspace", ["moved"], unit(5)[None])
    [(chunk_id, cosine)] = index.nearest("workspace", unit(5), 9)
    assert (chunk_id, round(cosine, 3)) == ("moved", 1)


def test_removed_ones_are_not_found(index: VectorIndex) -> None:
    index.add("workspace", ["a", "b"], np.stack([unit(0), unit(1)]))
    index.remove("workspace", ["a", "never-there"])
    index.remove("admin", ["a"])
    assert [chunk_id for chunk_id, _ in index.nearest("workspace", unit(0), 9)] == ["b"]


def test_a_dropped_scope_can_be_filled_again(index: VectorIndex) -> None:
    index.add("workspace", ["a"], unit(0)[None])
    index.drop("workspace")
    index.drop("workspace")
    assert index.nearest("workspace", unit(0), 9) == []
    index.add("workspace", ["b"], unit(0)[None])
    assert [chunk_id for chunk_id, _ in index.nearest("workspace", unit(0), 9)] == ["b"]


def test_no_limit_finds_nothing(index: VectorIndex) -> None:
    index.add("workspace", ["a"], unit(0)[None])
    assert index.nearest("workspace", unit(0), 0) == []


def test_what_it_holds_is_told_by_searching(index: VectorIndex) -> None:
    index.add("workspace", ["a", "b"], np.stack([unit(0), unit(1)]))
    assert index.holds("workspace", ["a", "b"], np.stack([unit(0), unit(1)]))
    assert index.holds("workspace", ["equal-text"], unit(0)[None])
    assert not index.holds("workspace", ["a", "c"], np.stack([unit(0), unit(2)]))
    assert not index.holds("admin", ["a"], unit(0)[None])


def test_vectors_of_another_dimension_are_an_error_of_the_store(index: VectorIndex) -> None:
    index.add("workspace", ["a"], unit(0)[None])
    with pytest.raises(StoreError, match=r"index_silent|does not answer"):
        index.nearest("workspace", np.ones(DIMENSION + 1, np.float32), 1)
    assert not index.holds("workspace", ["a"], np.ones((1, DIMENSION + 1), np.float32))


def test_what_was_added_is_there_after_reopening(tmp_path: Path) -> None:
    first = VectorIndex(tmp_path)
    first.add("workspace", ["a"], unit(0)[None])
    first.close()
    second = VectorIndex(tmp_path)
    assert [chunk_id for chunk_id, _ in second.nearest("workspace", unit(0), 9)] == ["a"]
    second.search_everywhere()
    second.close()


@register_embedding_function
class Planted(chromadb.EmbeddingFunction[list[str]]):
    """What an attacker who can write to a Chroma server would plant: code that a client builds from a configuration."""

    def __init__(self) -> None:
        """Nothing to set."""

    def __call__(self, input: list[str]) -> list[Vectors]:
        return [unit(0) for _ in input]

    @staticmethod
    def name() -> str:
        return "planted"

    def get_config(self) -> dict[str, str]:
        return {}

    @staticmethod
    def build_from_config(config: dict[str, str]) -> Planted:
        return Planted()


def test_a_collection_with_a_foreign_configuration_is_refused(tmp_path: Path) -> None:
    client = chromadb.PersistentClient(str(tmp_path), Settings(anonymized_telemetry=False))
    client.create_collection("workspace", embedding_function=Planted())
    client.close()
    index = VectorIndex(tmp_path)
    with pytest.raises(StoreDamaged, match="was not made by Footnote"):
        index.nearest("workspace", unit(0), 1)
    with pytest.raises(StoreDamaged):
        index.add("workspace", ["a"], unit(0)[None])
    index.close()


def test_a_planted_model_is_never_loaded(tmp_path: Path) -> None:
    index = VectorIndex(tmp_path)
    index.add("workspace", ["a"], unit(0)[None])
    index.close()
    with closing(sqlite3.connect(tmp_path / "chroma.sqlite3")) as connection, connection:
        [(stored,)] = connection.execute("SELECT schema_str FROM collections")
        schema = json.loads(stored)
        schema["keys"]["#embedding"]["float_list"]["vector_index"]["config"]["embedding_function"] = {
            "type": "known",
            "name": "sentence_transformer",
            "config": {"model_name": "evil", "device": "cpu", "normalize_embeddings": False, "kwargs": {}},
        }
        connection.execute("UPDATE collections SET schema_str = ?", [json.dumps(schema)])
    reopened = VectorIndex(tmp_path)
    with pytest.raises(StoreDamaged, match="was not made by Footnote"):
        reopened.nearest("workspace", unit(0), 1)
    reopened.close()


def test_the_probe_is_content_with_a_sound_folder(tmp_path: Path) -> None:
    index = VectorIndex(tmp_path)
    index.add("workspace", ["a"], unit(0)[None])
    index.close()
    assert subprocess.run([sys.executable, "-m", "vectorstore.probe", str(tmp_path)], check=False).returncode == 0


def test_a_server_that_is_not_there_is_named() -> None:
    with pytest.raises(StoreError, match=r"127\.0\.0\.1:9 does not answer.*CHROMA_URL"):
        VectorIndex("http://127.0.0.1:9")


def test_a_server_that_goes_away_is_an_error_of_the_store_and_never_an_empty_answer(
    tmp_path: Path, chroma_server: ChromaServer
) -> None:
    with chroma_server(tmp_path) as (url, process):
        index = VectorIndex(url)
        index.add("workspace", ["a"], unit(0)[None])
        process.kill()
        process.wait()
        for scope in ("workspace", "admin"):
            with pytest.raises(StoreError, match=r"index_silent|does not answer"):
                index.nearest(scope, unit(0), 1)
        with pytest.raises(StoreError, match=r"index_silent|does not answer"):
            index.add("workspace", ["b"], unit(1)[None])


def test_a_server_that_comes_back_empty_is_filled_again_without_embedding(
    tmp_path: Path, counting_embedder: Any, publish: Callable[..., Any], chroma_server: ChromaServer
) -> None:
    def texts(knowledge_base: KnowledgeBase) -> list[str]:
        return [passage.text for passage in knowledge_base.search("boat trip")]

    with chroma_server(tmp_path / "first") as (url, _):
        with KnowledgeBase(tmp_path / "home", counting_embedder, chroma_url=url) as knowledge_base:
            publish(knowledge_base, "/pier.txt", "The ferry sails at nine.")
            assert texts(knowledge_base) == ["The ferry sails at nine."]
        with KnowledgeBase(tmp_path / "home", counting_embedder, chroma_url=url) as reopened:
            assert reopened.recovered.rebuilt is None
            assert texts(reopened) == ["The ferry sails at nine."]
    with (
        chroma_server(tmp_path / "second") as (url, _),
        KnowledgeBase(tmp_path / "home", counting_embedder, chroma_url=url) as reopened,
    ):
        assert reopened.recovered.rebuilt == "the vector index is missing"
        assert texts(reopened) == ["The ferry sails at nine."]
        reopened.rebuild()
        assert texts(reopened) == ["The ferry sails at nine."]
    assert len(counting_embedder.embedded) == 1


def test_stored_vectors_become_an_array() -> None:
    blobs = [unit(0).astype("<f4").tobytes(), unit(3).astype("<f4").tobytes()]
    np.testing.assert_array_equal(as_array(iter(blobs), DIMENSION), np.stack([unit(0), unit(3)]))
    assert as_array([], DIMENSION).shape == (0, DIMENSION)


def test_a_scope_dropped_under_a_search_holds_nothing(tmp_path: Path) -> None:
    index = VectorIndex(tmp_path)
    troubles: list[BaseException] = []
    done = threading.Event()

    def search() -> None:
        while not done.is_set():
            try:
                index.nearest("thread:C1-1764000000.000100", unit(0), 5)
            except BaseException as error:
                troubles.append(error)

    searching = [threading.Thread(target=search) for _ in range(4)]
    for thread in searching:
        thread.start()
    for number in range(100):
        index.add("thread:C1-1764000000.000100", [f"c{number}"], unit(0)[None])
        index.drop("thread:C1-1764000000.000100")
    done.set()
    for thread in searching:
        thread.join()
    index.close()
    assert troubles == []
