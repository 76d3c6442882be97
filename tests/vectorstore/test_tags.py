from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vectorstore import search
from vectorstore.embedder import PackagedEmbedder
from vectorstore.sources import source_of
from vectorstore.store import Draft, KnowledgeBase
from vectorstore.tags import NotATag, tag_of, tags_of

TAGS = ("ferries", "pumps", "cakes")
SENTENCES = (
    "The crossing to Skarn was cancelled on Monday because of the storm.",
    "Replace the gasket of the pump every two years.",
    "Bake the cake for an hour and cover it with chocolate.",
    "Ferries were late all week, the harbour master said.",
)


@pytest.fixture(scope="module")
def library(
    tmp_path_factory: pytest.TempPathFactory, embedder: PackagedEmbedder, publish: Callable[..., Draft]
) -> Iterator[KnowledgeBase]:
    """Twelve sources in two scopes; the number of each says which of the tags it has."""
    with KnowledgeBase(tmp_path_factory.mktemp("library"), embedder) as opened:
        for number in range(12):
            scope = "workspace" if number % 2 else "channel:C1"
            text = "\n\n".join(f"{sentence} Page {number}." for sentence in SENTENCES)
            publish(opened, f"/{number}.txt", text, scope=scope)
            opened.tag(source_of(f"/{number}.txt", scope).id, add=sorted(tags_for(number)))
        yield opened


def tags_for(number: int) -> set[str]:
    return {tag for place, tag in enumerate(TAGS) if number >> place & 1}


@settings(max_examples=60)
@given(
    wanted=st.sets(st.sampled_from([*TAGS, "nobody"]), min_size=1),
    scopes=st.sets(st.sampled_from(["workspace", "channel:C1"]), min_size=1),
    query=st.sampled_from(["ferry crossing cancelled", "pump", "chocolate", "something else entirely"]),
    few=st.sampled_from([0, 4_000]),
)
def test_a_search_finds_all_that_has_a_tag_and_nothing_else(
    library: KnowledgeBase, wanted: set[str], scopes: set[str], query: str, few: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "FEW", few)  # both ways: every tagged passage weighed, and a wider pool filtered
        found = library.search(query, sorted(scopes), limit=100, per_document=100, tags=sorted(wanted))
    locations = {passage.document.location for passage in found}
    locations |= {version_location(library, version.document_id) for passage in found for version in passage.duplicates}
    allowed = {
        f"/{number}.txt"
        for number in range(12)
        if tags_for(number) & wanted and ("workspace" if number % 2 else "channel:C1") in scopes
    }
    assert locations == allowed


def version_location(library: KnowledgeBase, document_id: str) -> str:
    return library.catalog.known([document_id])[document_id].document.location


def test_a_passage_with_the_tag_is_found_behind_a_hundred_better_ones(
    knowledge_base: KnowledgeBase, publish: Callable[..., Draft]
) -> None:
    for number in range(130):
        publish(knowledge_base, f"/{number}.txt", f"The ferry to Skarn was cancelled, notice {number}.")
    publish(knowledge_base, "/rare.txt", "Sailing resumes when the gale is over.")
    knowledge_base.tag(source_of("/rare.txt").id, add=["rare"])
    [only] = knowledge_base.search("Was the ferry to Skarn cancelled?", tags=["rare"])
    assert only.document.location == "/rare.txt"


def test_counts_are_those_of_the_tagged_sources_and_follow_a_change(library: KnowledgeBase) -> None:
    assert library.counts(["workspace", "channel:C1"], ["pumps"]) == (6, 24)
    source = source_of("/1.txt").id
    library.tag(source, add=["pumps"])
    assert library.counts(["workspace", "channel:C1"], ["pumps"]) == (7, 28)
    library.tag(source, remove=["pumps"])
    assert library.counts(["workspace", "channel:C1"], ["pumps"]) == (6, 24)


def test_a_source_lists_its_tags_and_takes_them_along_when_it_goes(
    knowledge_base: KnowledgeBase, publish: Callable[..., Draft]
) -> None:
    publish(knowledge_base, "/a.txt", SENTENCES[0])
    knowledge_base.tag(source_of("/a.txt").id, add=["b", "a", "b"])
    [line] = knowledge_base.catalog.sources.listed()
    assert line.tags == ("a", "b")
    assert knowledge_base.catalog.tags.known() == ["a", "b"]
    knowledge_base.remove_source(line.id)
    assert knowledge_base.catalog.tags.known() == []


@pytest.mark.parametrize(
    ("text", "tag"), [("#Contracts", "contracts"), ("año-2026", "año-2026"), (" #a_b ", "a_b"), ("cafe\u0301", "café")]
)
def test_a_tag_is_one_word_in_any_case(text: str, tag: str) -> None:
    assert tag_of(text) == tag


@pytest.mark.parametrize("text", ["", "#", "two words", "a/b", "x" * 41, "##a", "'; drop", "a\u202eb"])
def test_what_is_no_tag_is_refused_with_what_a_tag_is(text: str) -> None:
    with pytest.raises(NotATag, match="not_a_tag"):
        tag_of(text)


def test_the_same_tag_twice_is_one(library: Any) -> None:
    assert tags_of(["#A", "b", "a"]) == ("a", "b")
