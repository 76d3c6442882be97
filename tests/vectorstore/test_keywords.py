from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vectorstore.keywords import KeywordIndex

FERRIES = ("c1", "v1", "The ferries to Skarn were cancelled by the storm.")
HARBOUR = ("c2", "v1", "The harbour of Skarn is frozen, and Skarn waits.")
BUDGET = ("c3", "v2", "The council's budget for roads was cut.")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeywordIndex]:
    """One index for the tests that only read."""
    index = KeywordIndex(tmp_path_factory.mktemp("keywords"))
    index.add("workspace", [FERRIES, HARBOUR, BUDGET])
    yield index
    index.close()


@pytest.fixture
def index(tmp_path: Path) -> Iterator[KeywordIndex]:
    opened = KeywordIndex(tmp_path / "keywords")
    yield opened
    opened.close()


def found(index: KeywordIndex, query: str, scope: str = "workspace", limit: int = 10) -> list[str]:
    return [chunk_id for chunk_id, _ in index.best(scope, query, limit)]


def test_any_form_of_a_word_is_found_and_more_of_them_rank_higher(shared: KeywordIndex) -> None:
    assert found(shared, "Was the ferry cancelled?") == ["c1"]
    assert found(shared, "skarn") == ["c2", "c1"]
    assert found(shared, "storm in Skarn") == ["c1", "c2"]


def test_stop_words_find_nothing_beside_other_words_but_count_alone(shared: KeywordIndex) -> None:
    assert found(shared, "the glacier") == []
    assert set(found(shared, "the")) == {"c1", "c2", "c3"}


def test_no_more_than_the_limit_is_returned(shared: KeywordIndex) -> None:
    assert len(found(shared, "skarn", limit=1)) == 1
    assert found(shared, "skarn", limit=0) == found(shared, "skarn", limit=-1) == []


@pytest.mark.parametrize("query", ["", "   ", "?!", "🦀", "\0", "a" * 70])
def test_a_query_without_a_word_finds_nothing(shared: KeywordIndex, query: str) -> None:
    assert found(shared, query) == []


@given(st.text(st.sampled_from(list('skarn ferry"+-*~^:()[]{}\\/&|!<>')), max_size=60))
@settings(max_examples=60)
def test_no_query_is_a_command(shared: KeywordIndex, query: str) -> None:
    hits = shared.best("workspace", query, 10)
    assert all(score > 0 for _, score in hits)
    assert [score for _, score in hits] == sorted((score for _, score in hits), reverse=True)


@given(st.lists(st.sampled_from("skarn ferries harbour storm the budget glacier".split()), max_size=8))
@settings(max_examples=40)
def test_no_chunk_has_more_bm25_than_is_attainable(shared: KeywordIndex, words: list[str]) -> None:
    query = " ".join(words)
    assert max((score for _, score in shared.best("workspace", query, 10)), default=0) <= sum(
        shared.worths("workspace", query).values()
    )
    assert sum(shared.worths("admin", query).values()) == 0


def test_a_very_long_query_is_answered_by_its_beginning(shared: KeywordIndex) -> None:
    assert found(shared, "skarn " + " ".join(f"word{number}" for number in range(20_000)))[0] == "c2"


def test_a_scope_holds_only_its_own(index: KeywordIndex) -> None:
    index.add("workspace", [FERRIES])
    index.add("user:U1", [HARBOUR])
    assert found(index, "skarn") == ["c1"]
    assert found(index, "skarn", "user:U1") == ["c2"]
    assert found(index, "skarn", "user:U2") == []
    assert index.count("user:U2") == 0


def test_a_scope_that_is_none_is_refused(index: KeywordIndex) -> None:
    with pytest.raises(ValueError, match="is not a scope"):
        index.best("../workspace", "skarn", 3)


def test_adding_a_version_again_replaces_it(index: KeywordIndex) -> None:
    index.add("workspace", [FERRIES, HARBOUR, BUDGET])
    index.add("workspace", [("c9", "v1", "Only the ice of Skarn is left.")])
    assert found(index, "skarn") == ["c9"]
    assert index.count("workspace") == 2


def test_an_empty_index_can_be_filled_with_parts_of_versions(index: KeywordIndex) -> None:
    index.add("workspace", [FERRIES], replace=False)
    index.add("workspace", [HARBOUR, BUDGET], replace=False)
    assert index.count("workspace") == 3


def test_removed_versions_are_not_found(index: KeywordIndex) -> None:
    index.add("workspace", [FERRIES, HARBOUR, BUDGET])
    index.remove_versions("workspace", ["v1", "v-unknown"])
    index.remove_versions("admin", ["v1"])
    assert found(index, "skarn") == []
    assert found(index, "budget") == ["c3"]


def test_what_was_added_is_there_after_reopening(tmp_path: Path) -> None:
    first = KeywordIndex(tmp_path)
    first.add("workspace", [FERRIES])
    first.close()
    second = KeywordIndex(tmp_path)
    assert found(second, "ferries") == ["c1"]
    second.add("workspace", [BUDGET])
    assert (found(second, "skarn"), found(second, "budget")) == (["c1"], ["c3"])
    second.close()


def test_any_changed_byte_is_noticed(tmp_path: Path) -> None:
    index = KeywordIndex(tmp_path)
    index.add("workspace", [FERRIES, BUDGET])
    index.remove_versions("workspace", ["v2"])
    index.close()
    assert index.is_sound("workspace")
    assert not index.is_sound("admin")
    for file in (tmp_path / "workspace").iterdir():
        if content := file.read_bytes():
            if not file.name.startswith(".managed"):
                file.write_bytes(bytes([content[0] ^ 0xFF]) + content[1:])
                assert not index.is_sound("workspace"), file.name
                file.write_bytes(content[:-2])
                assert not index.is_sound("workspace"), file.name
            file.write_bytes(content)
    assert index.is_sound("workspace")
