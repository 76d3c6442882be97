from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from vectorstore.catalog import VERSIONS_KEPT
from vectorstore.embedder import PackagedEmbedder
from vectorstore.erasure import Posted, erase_person, to_withdraw, withdrawn
from vectorstore.errors import EmbedderMismatch, StoreLocked, UnknownDocument
from vectorstore.schema import answers
from vectorstore.sources import source_of
from vectorstore.store import Draft, KnowledgeBase, version_of

OLD = "The ferry sails at eight.\n\nThe pier is made of oak."
NEW = "The ferry sails at nine.\n\nThe pier is made of oak."


@pytest.fixture
def counted(tmp_path: Path, counting_embedder: Any) -> Iterator[KnowledgeBase]:
    with KnowledgeBase(tmp_path / "home", counting_embedder) as opened:
        yield opened


def found(knowledge_base: KnowledgeBase, query: str, scopes: tuple[str, ...] = ("workspace",)) -> list[str]:
    return [passage.text for passage in knowledge_base.search(query, scopes)]


def state(knowledge_base: KnowledgeBase) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the tables of documents, but when they were looked at."""
    queries = {
        "documents": "SELECT id, source_id, location, scope, current_version FROM documents",
        "versions": "SELECT * FROM versions",
        "chunks": "SELECT * FROM chunks",
        "sources": "SELECT id, location, scope FROM sources",
    }
    with knowledge_base.database.read() as connection:
        return {name: [tuple(row) for row in connection.execute(text(query))] for name, query in queries.items()}


def test_what_is_published_is_found_with_its_offsets(
    knowledge_base: KnowledgeBase, publish: Callable[..., Draft]
) -> None:
    made = publish(knowledge_base, "/pier.txt", OLD, title="Timetable", publisher="Harbour Post")
    [first, second] = knowledge_base.search("When does the ferry sail?")
    assert (first.text, second.text) == ("The ferry sails at eight.", "The pier is made of oak.")
    assert first.version.text[first.chunk.start : first.chunk.end] == first.text
    assert first.version == replace(made.version, fetched_at=first.version.fetched_at)
    assert first.document == made.document


def test_publishing_twice_changes_nothing_and_embeds_nothing(
    counted: KnowledgeBase, counting_embedder: Any, publish: Callable[..., Draft]
) -> None:
    made = publish(counted, "/pier.txt", OLD)
    before, counting_embedder.embedded = state(counted), []
    counted.publish([made])
    assert counting_embedder.embedded == []
    assert state(counted) == before
    assert found(counted, "ferry") == ["The ferry sails at eight.", "The pier is made of oak."]


def test_only_what_is_new_in_a_version_is_embedded(
    counted: KnowledgeBase, counting_embedder: Any, publish: Callable[..., Draft]
) -> None:
    publish(counted, "/pier.txt", OLD)
    counting_embedder.embedded = []
    publish(counted, "/pier.txt", NEW)
    assert counting_embedder.embedded == ["pier\nThe ferry sails at nine."]
    assert set(found(counted, "ferry pier")) == {"The ferry sails at nine.", "The pier is made of oak."}


def test_a_new_title_is_embedded_since_it_is_part_of_what_is_searched(
    counted: KnowledgeBase, counting_embedder: Any, publish: Callable[..., Draft]
) -> None:
    publish(counted, "/pier.txt", OLD)
    counting_embedder.embedded = []
    publish(counted, "/pier.txt", OLD, title="Winter timetable")
    assert len(counting_embedder.embedded) == 2
    assert counted.search("winter timetable")[0].scores.bm25 > 0


def test_several_documents_are_published_together(
    counted: KnowledgeBase, draft: Callable[..., Draft], counting_embedder: Any
) -> None:
    drafts = [draft(f"/{name}.txt", f"The {name} is closed.", title="Notice") for name in ("pier", "dock", "quay")]
    for made in drafts:
        counted.catalog.sources.add(source_of(made.document.location))
    counted.publish(drafts)
    assert counted.counts(["workspace"]) == (3, 3)
    assert len(counting_embedder.embedded) == 3
    counted.publish([])


def test_a_document_without_passages_is_there_but_not_found(
    knowledge_base: KnowledgeBase, publish: Callable[..., Draft]
) -> None:
    publish(knowledge_base, "/blank.txt", "  ")
    assert knowledge_base.counts(["workspace"]) == (1, 0)
    assert knowledge_base.find_document("blank", ["workspace"]).text == "  "
    assert found(knowledge_base, "blank") == []


def test_going_back_to_an_old_state_finds_it_again(
    counted: KnowledgeBase, counting_embedder: Any, publish: Callable[..., Draft]
) -> None:
    for body in (OLD, NEW, OLD):
        publish(counted, "/pier.txt", body)
    assert len(counting_embedder.embedded) == 3
    assert "The ferry sails at eight." in found(counted, "ferry")
    assert "The ferry sails at nine." not in found(counted, "ferry")


def test_old_states_stay_for_a_while_and_no_longer(
    knowledge_base: KnowledgeBase, publish: Callable[..., Draft]
) -> None:
    made = [publish(knowledge_base, "/pier.txt", f"The ferry sails at {hour}.") for hour in range(6)]
    assert len(state(knowledge_base)["versions"]) == VERSIONS_KEPT
    assert knowledge_base.catalog.version(made[-2].version.id).text == "The ferry sails at 4."
    assert knowledge_base.counts(["workspace"]) == (1, 1)
    indexes = knowledge_base._indexes
    assert indexes.keywords.count("workspace") == 1, "what is not current has left the index"


def test_a_reader_sees_the_old_or_the_new_and_never_neither_or_both(
    knowledge_base: KnowledgeBase, publish: Callable[..., Draft], draft: Callable[..., Draft]
) -> None:
    states = [draft("/pier.txt", f"The ferry to Skarn sails at {hour}.") for hour in ("eight", "nine")]
    publish(knowledge_base, "/pier.txt", states[0].version.text)
    done = threading.Event()
    seen: list[list[str]] = []

    def read() -> None:
        while not done.is_set():
            seen.append(found(knowledge_base, "When does the ferry to Skarn sail?"))

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for turn in range(1, 13):
        knowledge_base.publish([states[turn % 2]])
        before = len(seen)
        while len(seen) == before and any(reader.is_alive() for reader in readers):
            done.wait(0.001)
    done.set()
    for reader in readers:
        reader.join()
    assert len(seen) >= 12
    assert {tuple(found) for found in seen} == {(one.version.text,) for one in states}


def test_a_removed_source_is_gone_at_once_and_for_good(
    tmp_path: Path, embedder: PackagedEmbedder, publish: Callable[..., Draft]
) -> None:
    with KnowledgeBase(tmp_path, embedder) as knowledge_base:
        made = publish(knowledge_base, "/pier.txt", OLD)
        kept = publish(knowledge_base, "/dock.txt", "The dock is dry.")
        knowledge_base.remove_source(made.document.source_id)
        assert found(knowledge_base, "When does the ferry sail?") == ["The dock is dry."]
        assert knowledge_base.counts(["workspace"]) == (1, 1)
        with pytest.raises(UnknownDocument):
            knowledge_base.catalog.readable_version(made.version.id, ["workspace"])
        assert {row[0] for row in state(knowledge_base)["sources"]} == {kept.document.source_id}
        knowledge_base.remove_source(made.document.source_id)
    with KnowledgeBase(tmp_path, embedder) as reopened:
        assert found(reopened, "When does the ferry sail?") == ["The dock is dry."]


def test_removing_hides_before_it_cleans_up(
    tmp_path: Path, embedder: PackagedEmbedder, publish: Callable[..., Draft]
) -> None:
    with KnowledgeBase(tmp_path, embedder) as knowledge_base:
        made = publish(knowledge_base, "/pier.txt", OLD)
        knowledge_base.catalog.hide_source(made.document.source_id)
        assert found(knowledge_base, "ferry") == []
        assert knowledge_base._indexes.keywords.count("workspace") == 2


def test_one_document_of_a_source_can_go(knowledge_base: KnowledgeBase, publish: Callable[..., Draft]) -> None:
    made = publish(knowledge_base, "/pier.txt", OLD)
    publish(knowledge_base, "/dock.txt", "The dock is dry.")
    knowledge_base.remove_documents([made.document.id])
    assert found(knowledge_base, "ferry") == ["The dock is dry."]


def test_reading_goes_on_while_the_indexes_are_built_anew(
    knowledge_base: KnowledgeBase, publish: Callable[..., Draft]
) -> None:
    for number in range(5):
        publish(knowledge_base, f"/{number}.txt", f"Ferry number {number} sails.")
    done = threading.Event()
    seen: set[int] = set()

    def read() -> None:
        while not done.is_set():
            seen.add(len(found(knowledge_base, "ferry")))

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for _ in range(4):
        knowledge_base.rebuild()
    done.set()
    for reader in readers:
        reader.join()
    assert seen == {5}
    publish(knowledge_base, "/after.txt", "A ferry more.")
    assert len(found(knowledge_base, "ferry")) == 6


def test_another_embedder_is_refused_with_the_command_that_helps(
    tmp_path: Path, embedder: PackagedEmbedder, counting_embedder: Any
) -> None:
    KnowledgeBase(tmp_path, embedder).close()
    counting_embedder.name = "openai:other"
    with pytest.raises(EmbedderMismatch, match=r"openai:other.*footnote reembed"):
        KnowledgeBase(tmp_path, counting_embedder)
    KnowledgeBase(tmp_path, embedder).close()


def test_a_directory_has_one_owner(tmp_path: Path, embedder: PackagedEmbedder) -> None:
    with KnowledgeBase(tmp_path, embedder), pytest.raises(StoreLocked, match="in use by process"):
        KnowledgeBase(tmp_path, embedder)


def test_the_directory_is_closed_to_others(tmp_path: Path, embedder: PackagedEmbedder) -> None:
    KnowledgeBase(tmp_path / "home", embedder).close()
    assert (tmp_path / "home").stat().st_mode & 0o077 == 0


def test_the_same_road_on_either_database(
    tmp_path: Path, database_url: str, counting_embedder: Any, publish: Callable[..., Draft]
) -> None:
    with KnowledgeBase(tmp_path / "home", counting_embedder, database_url=database_url) as knowledge_base:
        made = publish(knowledge_base, "/pier.txt", OLD)
        publish(knowledge_base, "/pier.txt", NEW)
        publish(knowledge_base, "/pay.txt", "The captain earns more than the ferry costs.", scope="user:U1")
        knowledge_base.publish([made])
        assert "The ferry sails at eight." in found(knowledge_base, "ferry")
        assert len(found(knowledge_base, "ferry", ("workspace", "user:U1"))) == 3
        assert len(counting_embedder.embedded) == 4
        assert knowledge_base.counts(["workspace"]) == (1, 2)
        knowledge_base.catalog.upkeep.note_move("/pier.txt", "/quay.txt")
        answer = {"id": "a1", "team": "T1", "channel": "C1", "message_ts": "1.2", "user": "U1", "question": "When?"}
        answer |= {"standalone": "When?", "answer": {"nearest": [made.version.title]}, "created_at": datetime.now(UTC)}
        with knowledge_base.database.write() as connection:
            connection.execute(answers.insert().values(**answer))
        erased = knowledge_base.erase([made.document.id])
        assert (erased.documents, erased.versions, erased.answers) == (1, 2, 1)
        assert to_withdraw(knowledge_base.database) == [Posted("T1", "C1", "1.2")] == [*erased.posted]
        withdrawn(knowledge_base.database, erased.posted[0])
        assert (to_withdraw(knowledge_base.database), erase_person(knowledge_base.database, "U1").answers) == ([], 0)
        knowledge_base.remove_source(made.document.source_id)
        assert knowledge_base.catalog.upkeep.moved() == {}
        assert found(knowledge_base, "ferry") == []
    with KnowledgeBase(tmp_path / "home", counting_embedder, database_url=database_url) as reopened:
        assert reopened.recovered.rebuilt is None
        assert len(found(reopened, "ferry", ("user:U1",))) == 1
    assert len(counting_embedder.embedded) == 4


def test_a_version_is_named_after_what_a_reader_sees(draft: Callable[..., Draft]) -> None:
    made = draft("/pier.txt", OLD)
    assert version_of(made.document, made.version) == made.version
    assert version_of(made.document, replace(made.version, title="Other")).id != made.version.id
    elsewhere = draft("/dock.txt", OLD, title="pier")
    assert elsewhere.version.id != made.version.id
    assert elsewhere.version.fingerprint == made.version.fingerprint


def test_a_full_database_is_left_as_it_was(
    tmp_path: Path, embedder: PackagedEmbedder, draft: Callable[..., Draft], publish: Callable[..., Draft]
) -> None:
    with KnowledgeBase(tmp_path, embedder) as knowledge_base:
        publish(knowledge_base, "/pier.txt", OLD)
        before = state(knowledge_base)
        orphan = draft("/nowhere.txt", "Its source was removed meanwhile.")
        with pytest.raises(Exception, match="FOREIGN KEY"):
            knowledge_base.publish([draft("/pier.txt", NEW), orphan])
        assert state(knowledge_base) == before
        assert "The ferry sails at eight." in found(knowledge_base, "ferry")


THREAD = "thread:C1-1764000000.000100"


def test_what_is_read_for_a_thread_is_found_there_alone(
    knowledge_base: KnowledgeBase, publish: Callable[..., Draft]
) -> None:
    publish(knowledge_base, "slack:F1", OLD, scope=THREAD)
    assert found(knowledge_base, "When does the ferry sail?", ("workspace", THREAD))
    assert found(knowledge_base, "When does the ferry sail?", ("workspace", "thread:C1-1764000000.000101")) == []
    assert found(knowledge_base, "When does the ferry sail?") == []
    assert knowledge_base.catalog.sources.listed() == []


def test_a_forgotten_scope_leaves_no_row_and_no_index(
    knowledge_base: KnowledgeBase, publish: Callable[..., Draft]
) -> None:
    for number in range(3):
        publish(knowledge_base, f"slack:F{number}", f"{OLD} And {number}.", scope=THREAD)
    publish(knowledge_base, "/kept", OLD)
    knowledge_base.forget_scope(THREAD)
    assert found(knowledge_base, "When does the ferry sail?", (THREAD,)) == []
    assert {row[3] for row in state(knowledge_base)["documents"]} == {"workspace"}
    assert list(knowledge_base.home.rglob("thread-*")) == []
    assert found(knowledge_base, "When does the ferry sail?")
    publish(knowledge_base, "slack:F9", OLD, scope=THREAD)
    assert found(knowledge_base, "When does the ferry sail?", (THREAD,))


def test_searches_go_on_while_threads_are_forgotten(
    knowledge_base: KnowledgeBase, publish: Callable[..., Draft]
) -> None:
    publish(knowledge_base, "/kept", OLD)
    troubles: list[BaseException] = []
    done = threading.Event()

    def search() -> None:
        try:
            while not done.is_set():
                assert found(knowledge_base, "When does the ferry sail?", ("workspace", THREAD))
        except BaseException as error:
            troubles.append(error)

    searching = threading.Thread(target=search)
    searching.start()
    for number in range(8):
        publish(knowledge_base, f"slack:F{number}", f"{OLD} And {number}.", scope=THREAD)
        knowledge_base.forget_scope(THREAD)
    done.set()
    searching.join()
    assert troubles == []
