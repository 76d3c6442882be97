from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.find import NothingThere
from ingest.parse import Parsed
from ingest.pipeline import Pipeline
from ingest.report import Progress
from ingest.sandbox import ParserProcess, Unread
from vectorstore.errors import EmbedderUnavailable, UnknownDocument
from vectorstore.reasons import Reason
from vectorstore.store import KnowledgeBase

FERRY = (
    "The ferry to Skarn sails at eight in the morning, the harbour office said on Monday.\n\nIt carries ninety cars.\n"
)
LATER = (
    "The ferry to Skarn sails at nine in the morning, the harbour office said on Tuesday.\n\nIt carries ninety cars.\n"
)
PIER = "The northern pier of Skarn was built of oak in 1911 and is painted every second year.\n"


class CountingParser:
    """The guarded parser, with a memory of what it was asked to read."""

    def __init__(self, parser: ParserProcess) -> None:
        self._parser = parser
        self.read: list[str] = []

    def parse_many(self, documents: Iterable[Unread]) -> Iterator[Any]:
        asked = list(documents)
        self.read += [document.name for document in asked]
        return self._parser.parse_many(asked)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def knowledge_base(home: Path, counting_embedder: Any) -> Iterator[KnowledgeBase]:
    with KnowledgeBase(home, counting_embedder) as opened:
        yield opened


@pytest.fixture
def counting_parser(parser: ParserProcess) -> CountingParser:
    return CountingParser(parser)


@pytest.fixture
def pipeline(knowledge_base: KnowledgeBase, counting_parser: Any, counting_embedder: Any) -> Pipeline:
    return Pipeline(knowledge_base, counting_parser, counting_embedder.count_tokens)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "docs"
    made.mkdir()
    (made / "ferry.txt").write_text(FERRY)
    (made / "pier.md").write_text(PIER)
    return made


def states(report: Any) -> dict[str, str]:
    return {Path(outcome.location).name: outcome.state for outcome in report.outcomes}


def found(knowledge_base: KnowledgeBase, query: str = "ferry pier") -> set[str]:
    return {passage.document.location.rsplit("/", 1)[-1] for passage in knowledge_base.search(query, limit=50)}


def test_what_is_new_changed_unchanged_and_removed_is_reported(
    pipeline: Pipeline, knowledge_base: KnowledgeBase, folder: Path
) -> None:
    assert states(pipeline.ingest(str(folder))) == {"ferry.txt": "new", "pier.md": "new"}
    (folder / "ferry.txt").write_text(LATER)
    (folder / "dock.txt").write_text("The dock of Skarn is dry since the storm broke its gate in March.")
    (folder / "pier.md").unlink()
    report = pipeline.ingest(str(folder))
    assert states(report) == {"ferry.txt": "changed", "dock.txt": "new", "pier.md": "removed"}
    assert dict(report.counts) == {"changed": 1, "new": 1, "removed": 1}
    assert found(knowledge_base) == {"ferry.txt", "dock.txt"}
    [first, *_] = knowledge_base.search("When does the ferry sail?")
    assert "at nine" in first.text
    assert states(pipeline.ingest(str(folder))) == {"ferry.txt": "unchanged", "dock.txt": "unchanged"}


def test_unchanged_is_not_parsed_embedded_or_written(
    pipeline: Pipeline, counting_parser: Any, counting_embedder: Any, home: Path, folder: Path
) -> None:
    def stored() -> dict[str, bytes]:
        return {
            str(path): path.read_bytes()
            for path in home.rglob("*")
            if path.is_file() and not path.name.endswith("-shm")
        }

    pipeline.ingest(str(folder))
    before = stored()
    counting_parser.read, counting_embedder.embedded = [], []
    assert set(states(pipeline.ingest(str(folder))).values()) == {"unchanged"}
    assert set(states(pipeline.reingest()).values()) == {"unchanged"}
    assert (counting_parser.read, counting_embedder.embedded) == ([], [])
    assert stored() == before


def test_other_bytes_of_the_same_text_are_read_but_not_embedded_and_remembered(
    pipeline: Pipeline, counting_parser: Any, counting_embedder: Any, folder: Path
) -> None:
    pipeline.ingest(str(folder))
    counting_parser.read, counting_embedder.embedded = [], []
    (folder / "ferry.txt").write_bytes(FERRY.replace("\n", "\r\n").encode("utf-8-sig"))
    for _ in range(2):
        assert set(states(pipeline.ingest(str(folder))).values()) == {"unchanged"}
    assert (counting_parser.read, counting_embedder.embedded) == (["ferry.txt"], [])


def test_only_the_changed_passage_is_embedded(
    pipeline: Pipeline, counting_embedder: Any, folder: Path, knowledge_base: KnowledgeBase
) -> None:
    paragraphs = [f"On day {number} the ferry crossed. " * 25 for number in range(6)]
    (folder / "log.txt").write_text("\n\n".join(paragraphs))
    pipeline.ingest(str(folder))
    counting_embedder.embedded = []
    (folder / "log.txt").write_text("\n\n".join([*paragraphs[:-1], "On the last day it did not. " * 25]))
    [changed] = [outcome for outcome in pipeline.ingest(str(folder)).outcomes if outcome.state == "changed"]
    assert 0 < len(counting_embedder.embedded) <= 2 < changed.passages


def test_one_bad_document_leaves_the_rest(
    pipeline: Pipeline, knowledge_base: KnowledgeBase, folder: Path, make_zip: Callable[..., bytes]
) -> None:
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and then nothing")
    (folder / "empty.txt").touch()
    (folder / "blank.txt").write_text(" \n\t ")
    (folder / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (folder / "archive.docx").write_bytes(make_zip({"a.txt": "text"}))
    (folder / b"caf\xe9.txt".decode("utf-8", "surrogateescape")).write_text("text")
    report = pipeline.ingest(str(folder))
    assert dict(report.counts) == {"failed": 6, "new": 2}
    assert all(isinstance(outcome.reason, Reason) for outcome in report.failed)
    assert found(knowledge_base) == {"ferry.txt", "pier.md"}
    (folder / "empty.txt").write_text("The gate of the dock was mended in April, says the harbour office.")
    assert states(pipeline.ingest(str(folder)))["empty.txt"] == "new"


def test_a_document_that_goes_bad_keeps_its_last_good_state(
    pipeline: Pipeline, knowledge_base: KnowledgeBase, folder: Path
) -> None:
    pipeline.ingest(str(folder))
    (folder / "ferry.txt").write_bytes(b"")
    report = pipeline.ingest(str(folder))
    assert states(report) == {"ferry.txt": "failed", "pier.md": "unchanged"}
    assert found(knowledge_base) == {"ferry.txt", "pier.md"}


def test_a_folder_that_vanishes_keeps_what_was_ingested(
    pipeline: Pipeline, knowledge_base: KnowledgeBase, folder: Path
) -> None:
    pipeline.ingest(str(folder))
    shutil.rmtree(folder)
    with pytest.raises(NothingThere):
        pipeline.ingest(str(folder))
    [outcome] = pipeline.reingest().outcomes
    assert outcome.state == "failed"
    assert outcome.reason == Reason("stays", {"reason": Reason("no_such_path", {"location": str(folder)})})
    assert found(knowledge_base) == {"ferry.txt", "pier.md"}


def test_a_source_that_vanished_does_not_hold_up_the_others(
    pipeline: Pipeline, knowledge_base: KnowledgeBase, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "alone.txt").write_text(PIER)
    pipeline.ingest(str(folder))
    pipeline.ingest(str(tmp_path / "alone.txt"))
    (tmp_path / "alone.txt").unlink()
    (folder / "ferry.txt").write_text(LATER)
    assert states(pipeline.reingest()) == {"alone.txt": "failed", "ferry.txt": "changed", "pier.md": "unchanged"}


def test_a_file_is_a_source_of_its_own_and_can_be_looked_at_again(pipeline: Pipeline, folder: Path) -> None:
    [outcome] = pipeline.ingest(str(folder / "ferry.txt")).outcomes
    assert outcome.state == "new"
    assert outcome.passages > 0
    (folder / "ferry.txt").write_text(LATER)
    [line] = pipeline._catalog.sources.listed()
    assert line.passages == outcome.passages
    assert states(pipeline.reingest((line.id,))) == {"ferry.txt": "changed"}


def test_what_is_not_there_is_not_added(pipeline: Pipeline, knowledge_base: KnowledgeBase, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for location in (str(tmp_path / "none.txt"), str(tmp_path / "empty"), "", "gopher://host/"):
        with pytest.raises(NothingThere):
            pipeline.ingest(location)
    with pytest.raises(ValueError, match="is not a scope"):
        pipeline.ingest(str(tmp_path), scope="everyone")
    with pytest.raises(UnknownDocument, match=r"no_such_source \(source=s-unknown\)"):
        pipeline.reingest(("s-unknown",))
    assert knowledge_base.catalog.sources.listed() == []


def test_a_scope_keeps_a_document_to_itself(
    pipeline: Pipeline, knowledge_base: KnowledgeBase, folder: Path, counting_embedder: Any
) -> None:
    pipeline.ingest(str(folder), scope="channel:C1", added_by="U1")
    assert found(knowledge_base) == set()
    assert len(knowledge_base.search("ferry", ["channel:C1"])) == 2
    counting_embedder.embedded = []
    assert set(states(pipeline.ingest(str(folder))).values()) == {"new"}
    assert counting_embedder.embedded == [], "the same text in another scope is not embedded again"
    assert found(knowledge_base) == {"ferry.txt", "pier.md"}
    added = {
        line.scope: knowledge_base.catalog.sources.get(line.id) for line in knowledge_base.catalog.sources.listed()
    }
    assert {scope: source.added_by for scope, source in added.items() if source} == {
        "channel:C1": "U1",
        "workspace": None,
    }


def test_progress_is_told_after_each_document(pipeline: Pipeline, folder: Path) -> None:
    steps: list[Progress] = []
    (folder / "empty.txt").touch()
    pipeline.ingest(str(folder), progress=steps.append)
    assert [step.done for step in steps] == [1, 2, 3]
    assert {step.total for step in steps} == {3}
    assert dict(steps[-1].counts) == {"failed": 1, "new": 2}


def test_a_plan_tells_how_far_it_is_and_what_it_found_so_far(pipeline: Pipeline, folder: Path) -> None:
    pipeline.ingest(str(folder))
    (folder / "added.txt").write_text("The pier is closed.")
    steps: list[Progress] = []
    plan = pipeline.plan(progress=steps.append)
    assert [step.done for step in steps] == list(range(1, steps[0].total + 1))
    assert [sum(step.counts.values()) for step in steps] == [step.done for step in steps]
    assert steps[-1].counts == plan.counts


def test_what_cleaning_left_out_is_reported(pipeline: Pipeline, folder: Path) -> None:
    (folder / "spy.txt").write_text("The ferry\u200b\u200b to Skarn was late on Friday, the harbour office said.\n")
    [spied] = [outcome for outcome in pipeline.ingest(str(folder)).outcomes if outcome.location.endswith("spy.txt")]
    assert spied.removed == {"invisible": 2}


class SilentEmbedder:
    """An embedding service that is down."""

    def __init__(self, embedder: Any) -> None:
        self.name, self.dimension = embedder.name, embedder.dimension
        self.count_tokens = embedder.count_tokens

    def embed_documents(self, texts: Any) -> Any:
        raise EmbedderUnavailable("The embedder does not answer.")

    embed_query = embed_documents


def test_an_embedder_that_is_down_fails_its_documents_and_loses_nothing(
    tmp_path: Path, parser: ParserProcess, embedder: Any, folder: Path
) -> None:
    with KnowledgeBase(tmp_path / "home", SilentEmbedder(embedder)) as knowledge_base:
        report = Pipeline(knowledge_base, parser, embedder.count_tokens).ingest(str(folder))
        assert [outcome.reason for outcome in report.failed] == ["The embedder does not answer."] * 2
        assert all(outcome.passages == 0 for outcome in report.failed)
    with KnowledgeBase(tmp_path / "home", embedder) as knowledge_base:
        report = Pipeline(knowledge_base, parser, embedder.count_tokens).ingest(str(folder))
        assert states(report) == {"ferry.txt": "new", "pier.md": "new"}
        assert found(knowledge_base) == {"ferry.txt", "pier.md"}


def test_many_documents_are_published_in_batches(
    pipeline: Pipeline, knowledge_base: KnowledgeBase, tmp_path: Path
) -> None:
    many = tmp_path / "many"
    many.mkdir()
    for number in range(70):
        (many / f"{number:02}.txt").write_text(f"Buoy {number} was seen near the northern pier of Skarn on Monday.")
    assert pipeline.ingest(str(many)).counts == {"new": 70}
    assert knowledge_base.counts(["workspace"]) == (70, 70)


def test_every_passage_is_the_text_at_its_offsets(
    pipeline: Pipeline, knowledge_base: KnowledgeBase, folder: Path
) -> None:
    pipeline.ingest(str(folder))
    for passage in knowledge_base.search("ferry pier", limit=50):
        assert passage.version.text[passage.chunk.start : passage.chunk.end] == passage.text
        assert isinstance(passage.version.title, str)


def test_a_parsed_document_knows_its_title(parser: ParserProcess) -> None:
    parsed = parser.parse(FERRY.encode(), name="ferry.txt")
    assert isinstance(parsed, Parsed)
    assert parsed.title


def test_a_folder_that_is_suddenly_empty_keeps_what_was_ingested(pipeline: Pipeline, folder: Path) -> None:
    pipeline.ingest(str(folder))
    for path in folder.iterdir():
        path.unlink()
    [outcome] = pipeline.ingest(str(folder)).outcomes
    assert (outcome.state, outcome.location) == ("failed", str(folder))
    assert outcome.reason == Reason("folder_emptied")
