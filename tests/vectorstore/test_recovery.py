"""Whatever happens to the index files, opening ends in a search that finds everything, and nothing is embedded again.

The library is large enough (Chroma writes its graph to files from a thousand vectors on) and its vectors are word counts, so
that it is built in a moment.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from vectorstore.embedder import Vectors
from vectorstore.sources import source_of
from vectorstore.store import Draft, KnowledgeBase

PASSAGES = 1100


@cache
def _vector_of(word: str) -> Vectors:
    seed = int(hashlib.md5(word.encode()).hexdigest()[:8], 16)
    return np.random.default_rng(seed).normal(size=WordCounts.dimension).astype(np.float32)


class WordCounts:
    """Texts with common words are near each other; counts what it embeds."""

    name = "word counts"
    dimension = 64

    def __init__(self) -> None:
        self.embedded = 0

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        self.embedded += len(texts)
        return np.stack([self.embed_query(text) for text in texts])

    def embed_query(self, text: str) -> Vectors:
        vector = np.full(self.dimension, 1e-3, np.float32)
        for word in re.findall(r"\w+", text.lower()):
            vector += _vector_of(word)
        return (vector / np.linalg.norm(vector)).astype(np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


def text_of(number: int) -> str:
    """None is unlike all others: HNSW is approximate, and in one graph of some hundreds no way leads to such a vector."""
    return f"Buoy {number + 1} lies {(number + 1) * 37 % 1009} metres off pier {(number + 1) * 61 % 997}."


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, draft: Callable[..., Draft]) -> Path:
    """A data directory that was closed properly."""
    home = tmp_path_factory.mktemp("sound")
    with KnowledgeBase(home, WordCounts()) as knowledge_base:
        made = [
            draft("/buoys.txt", "\n\n".join(text_of(number) for number in range(PASSAGES))),
            draft("/salaries.txt", "The captain earns seven crowns.", scope="user:U1"),
        ]
        for one in made:
            knowledge_base.catalog.sources.add(source_of(one.document.location, one.document.scope))
        knowledge_base.publish(made)
    assert list(home.rglob("header.bin")), "the graph is in files"
    return home


@pytest.fixture
def home(sound: Path, tmp_path: Path) -> Path:
    """A copy of it with the times of its files, to be damaged."""
    return Path(shutil.copytree(sound, tmp_path / "home"))


def vectors_of(home: Path) -> Path:
    return home / "indexes" / "1" / "vectors"


def _all_gone(home: Path) -> None:
    shutil.rmtree(home / "indexes")


def _vectors_gone(home: Path) -> None:
    shutil.rmtree(vectors_of(home))


def _keywords_gone(home: Path) -> None:
    shutil.rmtree(home / "indexes" / "1" / "keywords")


def _segments_gone(home: Path) -> None:
    for header in list(home.rglob("header.bin")):
        shutil.rmtree(header.parent)


def _header_truncated(home: Path) -> None:
    for header in home.rglob("header.bin"):
        os.truncate(header, 10)


def _bytes_flipped(home: Path) -> None:
    for data in home.rglob("data_level0.bin"):
        data.write_bytes(bytes(byte ^ 0xFF for byte in data.read_bytes()))


def _catalog_of_chroma_overwritten(home: Path) -> None:
    (vectors_of(home) / "chroma.sqlite3").write_bytes(os.urandom(8192))


def _keyword_bytes_flipped(home: Path) -> None:
    [passages] = (home / "indexes" / "1" / "keywords" / "workspace").glob("*.store")
    content = bytearray(passages.read_bytes())
    content[len(content) // 2] ^= 0xFF
    passages.write_bytes(content)


def _keywords_manifest_cut(home: Path) -> None:
    os.truncate(home / "indexes" / "1" / "keywords" / "workspace" / "meta.json", 20)


@pytest.mark.parametrize(
    "damage",
    [
        _all_gone,
        _vectors_gone,
        _keywords_gone,
        _segments_gone,
        _header_truncated,
        _bytes_flipped,
        _catalog_of_chroma_overwritten,
        _keyword_bytes_flipped,
        _keywords_manifest_cut,
    ],
)
def test_damaged_indexes_are_built_anew_without_embedding(home: Path, damage: Callable[[Path], None]) -> None:
    damage(home)
    embedder = WordCounts()
    with KnowledgeBase(home, embedder) as knowledge_base:
        assert knowledge_base.recovered.rebuilt
        finds_everything(knowledge_base)
    assert embedder.embedded == 0
    with KnowledgeBase(home, embedder) as reopened:
        assert reopened.recovered.rebuilt is None
        finds_everything(reopened)
    assert len(list((home / "indexes").iterdir())) == 1, "the damaged files are gone"


def finds_everything(knowledge_base: KnowledgeBase) -> None:
    indexes, embedder = knowledge_base._indexes, WordCounts()
    for number in range(0, PASSAGES, 300):
        [best] = knowledge_base.search(text_of(number), limit=1)
        assert best.text == text_of(number)
        assert best.chunk.id in dict(indexes.keywords.best("workspace", text_of(number), 5))
    vectors = [embedder.embed_query("buoys\n" + text_of(number)) for number in range(0, PASSAGES, 20)]
    alike = [cosine for vector in vectors for _, cosine in indexes.vectors.nearest("workspace", vector, 1)]
    assert sum(cosine > 0.999 for cosine in alike) >= len(vectors) - 1, "lost vectors are a batch of a hundred or more"
    [private] = knowledge_base.search("captain", ["user:U1"])
    assert private.text == "The captain earns seven crowns."
    assert knowledge_base.search("captain crowns", ["user:U2"]) == []


def test_sound_indexes_are_opened_as_they_are(home: Path) -> None:
    with KnowledgeBase(home, WordCounts()) as knowledge_base:
        assert knowledge_base.recovered.rebuilt is None
        finds_everything(knowledge_base)


def test_sound_indexes_that_were_not_closed_are_opened_as_they_are(home: Path) -> None:
    (home / "indexes" / "1" / "clean.json").unlink()
    with KnowledgeBase(home, WordCounts()) as knowledge_base:
        assert knowledge_base.recovered.rebuilt is None
        finds_everything(knowledge_base)
    assert (home / "indexes" / "1" / "clean.json").is_file()


def test_indexes_of_an_earlier_release_are_built_anew_without_embedding(home: Path) -> None:
    with closing(sqlite3.connect(home / "footnote.sqlite")) as database, database:
        database.execute("DELETE FROM settings WHERE key = 'index_form'")
    embedder = WordCounts()
    with KnowledgeBase(home, embedder) as knowledge_base:
        assert knowledge_base.recovered.rebuilt == "an earlier release made it"
        finds_everything(knowledge_base)
    with KnowledgeBase(home, embedder) as reopened:
        assert reopened.recovered.rebuilt is None
    assert embedder.embedded == 0


def test_building_anew_that_was_cut_short_is_begun_again(home: Path) -> None:
    _segments_gone(home)
    shutil.copytree(vectors_of(home), home / "indexes" / "2" / "vectors")
    with KnowledgeBase(home, WordCounts()) as knowledge_base:
        finds_everything(knowledge_base)
    assert [folder.name for folder in (home / "indexes").iterdir()] == ["2"]
