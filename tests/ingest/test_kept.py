"""Files that were handed over are kept under what they hold, never under what they are called."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

from ingest.find import Unparsed
from ingest.kept import About, KeptFiles
from ingest.pipeline import Pipeline
from vectorstore.store import KnowledgeBase


@pytest.fixture
def pipeline(knowledge_base: KnowledgeBase, parser: Any, embedder: Any) -> Pipeline:
    return Pipeline(knowledge_base, parser, embedder.count_tokens)


TEXT = b"Crew rota\n\nThe rota of the Petrel names Ines Calder as chief engineer for the whole of next year."
ABOUT = About("rota.txt", "https://harbour.slack.com/files/U1/F1/rota.txt")


@pytest.mark.parametrize("name", ["../../etc/cron.d/x", "a\0b", "CON", "x" * 5000, ".env", "rota.txt/../../y.exe", ""])
def test_no_name_becomes_a_path(tmp_path: Path, name: str) -> None:
    kept = KeptFiles(tmp_path / "files")
    path = kept.keep(TEXT, About(name, None))
    assert path.parent == tmp_path / "files"
    assert len(path.name) < 60
    assert path.read_bytes() == TEXT
    assert kept.about(str(path)) == About(name, None)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["files"]


def test_the_same_bytes_are_kept_once_and_for_their_owner_alone(tmp_path: Path) -> None:
    kept = KeptFiles(tmp_path / "files")
    assert kept.keep(TEXT, ABOUT) == kept.keep(TEXT, ABOUT)
    assert len(list((tmp_path / "files").iterdir())) == 2
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in (tmp_path / "files").iterdir())


def test_files_elsewhere_are_described_by_nothing_beside_them(tmp_path: Path) -> None:
    (tmp_path / "a.txt.about").write_text('{"name": "x", "url": "https://evil.example"}')
    plain = Unparsed(TEXT, "a.txt", None, None, "1")
    assert KeptFiles(tmp_path / "files").described(str(tmp_path / "a.txt"), plain) == plain


def test_a_kept_file_read_again_is_the_same_version_with_its_address(
    knowledge_base: KnowledgeBase, pipeline: Pipeline
) -> None:
    path = pipeline.kept.keep(TEXT, ABOUT)
    [first] = pipeline.ingest(str(path)).outcomes
    [again] = pipeline.reingest().outcomes
    assert (first.state, again.state) == ("new", "unchanged")
    [passage] = knowledge_base.search("Who is chief engineer of the Petrel?", limit=1)
    assert passage.version.url == ABOUT.url


def test_a_document_that_is_handed_over_twice_is_compared(knowledge_base: KnowledgeBase, pipeline: Pipeline) -> None:
    def hand_over(data: bytes) -> str:
        unparsed = Unparsed(data, "rota.txt", None, ABOUT.url, data.hex()[:40] + str(len(data)))
        [outcome] = pipeline.ingest_data("slack:F1", unparsed, scope="workspace").outcomes
        return outcome.state

    assert [hand_over(TEXT), hand_over(TEXT), hand_over(TEXT + b" It is signed.")] == ["new", "unchanged", "changed"]
    assert len(knowledge_base.catalog.sources.listed()) == 1


def test_a_kept_file_is_read_again_where_it_came_from(knowledge_base: KnowledgeBase, pipeline: Pipeline) -> None:
    path = pipeline.kept.keep(TEXT, About("rota.txt", ABOUT.url, "F1"))
    pipeline.ingest(str(path))
    asked: list[str] = []

    def newer(origin: str) -> bytes:
        asked.append(origin)
        return TEXT.replace(b"Ines Calder", b"Bo Lindgren")

    pipeline.kept.read_again = newer
    [changed] = pipeline.reingest().outcomes
    assert (changed.state, asked) == ("changed", ["F1"])
    [passage] = knowledge_base.search("Who is chief engineer of the Petrel?", limit=1)
    assert "Bo Lindgren" in passage.text
    pipeline.kept.read_again = lambda _: None
    [unchanged] = pipeline.reingest().outcomes
    assert unchanged.state == "unchanged"
