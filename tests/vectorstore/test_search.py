from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vectorstore.chunks import Hit
from vectorstore.close_reading import KINDRED_WORTH, PAIRS_WORTH, read_closely
from vectorstore.embedder import PackagedEmbedder
from vectorstore.search import KEYWORD_WEIGHT, Ranked, choose, fuse, rank, word_triples
from vectorstore.store import Draft, KnowledgeBase
from vectorstore.values import Chunk, Document, Passage, Scores, Version
from vectorstore.words import content_stems

STORM = "The crossing to Skarn was cancelled on Monday because of the storm, the harbour master said."
VALVE = "Replace the gasket QX-4711 of the pump every two years."
CAKE = "Bake the cake for an hour, let it cool, then cover it with chocolate."
SCOPES = ("workspace", "admin", "channel:C1", "channel:C2", "user:U1", "user:U2")


@pytest.fixture(scope="module")
def library(
    tmp_path_factory: pytest.TempPathFactory, embedder: PackagedEmbedder, publish: Callable[..., Draft]
) -> Iterator[KnowledgeBase]:
    """The same three passages in every scope, each with a word of its scope, and a long document in one."""
    with KnowledgeBase(tmp_path_factory.mktemp("library"), embedder) as opened:
        for scope in SCOPES:
            word = scope.replace(":", "")
            publish(opened, f"/{word}.txt", f"{STORM} {word}\n\n{VALVE} {word}\n\n{CAKE} {word}", scope=scope)
        yield opened


def texts(passages: Sequence[Passage]) -> list[str]:
    return [passage.text for passage in passages]


def test_a_paraphrase_without_a_common_word_is_found_by_its_meaning(library: KnowledgeBase) -> None:
    [first, *_] = library.search("Did boats stay ashore in bad weather?")
    assert first.text.startswith(STORM)
    assert first.scores.bm25 == 0
    assert first.scores.fused == pytest.approx(first.scores.cosine)


def test_a_code_is_found_by_its_letters(library: KnowledgeBase, embedder: PackagedEmbedder) -> None:
    [first, *_] = library.search("4711")
    assert first.text.startswith(VALVE)
    assert first.scores.bm25 > 0


def test_what_one_index_alone_found_is_scored_by_both_measures(
    library: KnowledgeBase, embedder: PackagedEmbedder
) -> None:
    vector = embedder.embed_query("4711 chocolate dessert")
    indexes = library._indexes
    parts = (library.catalog, indexes.vectors, indexes.keywords)
    ranked, _ = rank("4711", vector, ["workspace"], *parts, pool=1)
    loaded = library.catalog.chunks.load([item.chunk_id for item in ranked])
    scores = {loaded[item.chunk_id][0].text.split()[0]: item.scores for item in ranked}
    assert set(scores) == {"Bake", "Replace"}, "one from each index"
    assert scores["Bake"].bm25 == 0 < scores["Replace"].bm25
    assert 0 < scores["Replace"].cosine < scores["Bake"].cosine
    share = scores["Replace"].bm25 / sum(indexes.keywords.worths("workspace", "4711").values())
    assert 0 < share < 1, "no chunk has all that is attainable"
    assert scores["Replace"].fused == pytest.approx(scores["Replace"].cosine + KEYWORD_WEIGHT * share)


@pytest.mark.parametrize("query", ["", "   ", "\n\t"])
def test_an_empty_query_finds_nothing(library: KnowledgeBase, query: str) -> None:
    assert library.search(query) == []


def test_no_scope_finds_nothing(library: KnowledgeBase) -> None:
    assert library.search("storm", ()) == []
    assert library.search("storm", ["user:U9"]) == []


@pytest.mark.parametrize(
    "query", ["🦀", "%s {} \x00 <!channel>", "storm " * 9000, "\N{COMBINING ACUTE ACCENT}" * 500, "ferry\ud800"]
)
def test_odd_queries_are_searched_like_others(library: KnowledgeBase, query: str) -> None:
    assert all(passage.document.scope == "workspace" for passage in library.search(query))


def test_a_scope_that_is_none_is_refused(library: KnowledgeBase) -> None:
    with pytest.raises(ValueError, match="is not a scope"):
        library.search("storm", ["workspace", "%"])


@given(
    scopes=st.lists(st.sampled_from([*SCOPES, "user:U9"]), max_size=4),
    query=st.one_of(st.sampled_from(["storm", "userU1 channelC2 admin", STORM, "gasket userU2"]), st.text(max_size=30)),
    limit=st.integers(0, 20),
    per_document=st.integers(0, 5),
)
@settings(max_examples=80)
def test_nothing_is_found_outside_the_scopes_of_the_reader(
    library: KnowledgeBase, scopes: list[str], query: str, limit: int, per_document: int
) -> None:
    passages = library.search(query, scopes, limit=limit, per_document=per_document)
    readable = {f"/{scope.replace(':', '')}.txt" for scope in scopes}
    assert {passage.document.scope for passage in passages} <= set(scopes)
    assert {passage.document.location for passage in passages} <= readable
    for passage in passages:
        for copy in passage.duplicates:
            assert library.catalog.readable_version(copy.id, scopes) == copy
    assert len(passages) <= limit
    taken = [passage.document.id for passage in passages]
    assert max(map(taken.count, taken), default=0) <= per_document
    fused = [passage.scores.fused for passage in passages]
    assert fused == sorted(fused, reverse=True)
    assert all(passage.version.text[passage.chunk.start : passage.chunk.end] == passage.text for passage in passages)


def test_copies_are_one_passage_with_their_publishers(
    knowledge_base: KnowledgeBase, publish: Callable[..., Draft]
) -> None:
    for publisher in ("Wire", "Ledger", "Post"):
        publish(knowledge_base, f"/{publisher}.txt", STORM, publisher=publisher, published=date(2026, 3, 2))
    publish(knowledge_base, "/other.txt", "A storm is expected on Sunday.", publisher="Weather")
    first, second = knowledge_base.search("Why was the crossing cancelled?")
    carriers = {first.version.publisher, *(version.publisher for version in first.duplicates)}
    assert carriers == {"Wire", "Ledger", "Post"}
    assert second.version.publisher == "Weather"
    [alone] = knowledge_base.search("Why was the crossing cancelled?", limit=1)
    assert len(alone.duplicates) == 2, "the last place tells its copies too"


def test_one_document_does_not_crowd_out_the_others(
    knowledge_base: KnowledgeBase, publish: Callable[..., Draft]
) -> None:
    publish(knowledge_base, "/long.txt", "\n\n".join(f"On day {n} the storm closed pier {n * 7}." for n in range(12)))
    publish(knowledge_base, "/short.txt", "The storm took the roof of the ferry terminal.")
    found = [passage.document.location for passage in knowledge_base.search("storm", limit=6, per_document=2)]
    assert sorted(found) == ["/long.txt", "/long.txt", "/short.txt"]


def test_a_passage_is_found_by_words_that_stand_around_it(
    knowledge_base: KnowledgeBase, publish: Callable[..., Draft]
) -> None:
    publish(knowledge_base, "/ferry.txt", "The ferry Brimir was built in 1974.\n\nShe carries ninety cars.")
    publish(knowledge_base, "/barge.txt", "The barge Odin was built in 1911.\n\nShe carries ninety crates.")
    found = knowledge_base.search("How much does the Brimir carry?", limit=4)
    scores = {passage.text: passage.scores.bm25 for passage in found}
    assert scores["She carries ninety cars."] > scores["She carries ninety crates."]
    assert found[0].document.location == "/ferry.txt"


def test_words_that_stand_together_in_the_query_count_more_where_they_stand_together(
    knowledge_base: KnowledgeBase, publish: Callable[..., Draft]
) -> None:
    apart = "The report on the bank of the river names a holiday, and the north of the town."
    together = "The report on the town names a holiday, and the north bank of the river."
    publish(knowledge_base, "/apart.txt", apart, title="A")
    publish(knowledge_base, "/together.txt", together, title="B")
    first, second = knowledge_base.search("north bank holidays")
    assert first.text == together
    assert first.scores.bm25 == pytest.approx(second.scores.bm25, rel=0.05)
    gained = KEYWORD_WEIGHT * PAIRS_WORTH / 2
    attainable = sum(knowledge_base._indexes.keywords.worths("workspace", "north bank holidays").values())
    words = KEYWORD_WEIGHT * first.scores.bm25 / attainable
    assert first.scores.fused == pytest.approx(first.scores.cosine + words + gained, abs=1e-4)


@pytest.mark.parametrize(
    ("asked", "akin", "other"),
    [
        ("Who is a scammer here?", "The scam was reported here.", "The parade was reported here."),
        ("Which programme was cut?", "The program was cut.", "The budget was cut."),
        ("mortage", "A mortgage is paid back over years.", "A ticket is paid back over years."),
        ("¿Quién exportaba?", "La exportación es del puerto.", "La calle es del puerto."),
    ],
)
def test_a_word_that_is_akin_to_one_of_the_query_counts_for_a_passage(asked: str, akin: str, other: str) -> None:
    first, second = read_by_words(asked, [other, akin])
    assert first.chunk_id == akin
    assert first.scores.fused > second.scores.fused == 0


def test_nearer_kin_counts_more_and_the_word_itself_is_left_to_bm25() -> None:
    ranked = read_by_words("inventor", ["An inventor.", "It was invented.", "It is in the inventory.", "An ink."])
    gained = {item.chunk_id: item.scores.fused for item in ranked}
    assert gained["An inventor."] == gained["An ink."] == 0
    assert 0 < gained["It was invented."] < gained["It is in the inventory."] < KEYWORD_WEIGHT * KINDRED_WORTH


@pytest.mark.parametrize("asked", ["20190", "QX47119", "the", "🦀"])
def test_figures_and_codes_have_no_kin(asked: str) -> None:
    text = "In 2019 gasket QX4711 was replaced, then theirs."
    [only] = read_by_words(asked, [text])
    assert only.scores.fused == 0


@given(query=st.text(max_size=60), text=st.text(max_size=200))
def test_reading_closely_never_lowers_and_never_adds_more_than_it_may(query: str, text: str) -> None:
    [only] = read_by_words(query, [text])
    assert 0 <= only.scores.fused <= KEYWORD_WEIGHT * (PAIRS_WORTH + KINDRED_WORTH) + 1e-9


def read_by_words(query: str, found: Sequence[str]) -> list[Ranked]:
    """Passages that nothing else tells apart, read for `query`; each is named by its text."""
    passages = {text: passage(text, text, text) for text in found}
    ranked = [Ranked(text, text, Scores(0, 0, 0)) for text in found]
    return read_closely(query, ranked, lambda _ids: passages, dict.fromkeys(content_stems(query), 1.0))


def passage(chunk_id: str, document: str, text: str) -> Passage:
    return Passage(
        Chunk(chunk_id, f"v-{document}", 0, 0, len(text), text),
        Version(f"v-{document}", document, text, document),
        Document(document, "s", f"/{document}"),
        Scores(0, 0, 0),
    )


def chosen(passages: Sequence[Passage], limit: int, per_document: int = 9) -> list[tuple[str, list[str]]]:
    """Ids of the chosen and the documents of their copies."""
    known = {one.chunk.id: one for one in passages}
    asked: list[Any] = [
        type("Ranked", (), {"chunk_id": one.chunk.id, "document_id": one.document.id, "scores": one.scores})()
        for one in passages
    ]
    found = choose(asked, limit, per_document, lambda ids: {i: known[i] for i in ids})
    return [(one.chunk.id, [copy.document_id for copy in one.duplicates]) for one in found]


def test_a_document_that_repeats_itself_is_no_copy_of_itself() -> None:
    same = [passage("a", "one", STORM), passage("b", "one", STORM)]
    assert chosen(same, 5) == [("a", []), ("b", [])]


def test_a_document_that_copies_twice_is_named_once() -> None:
    assert chosen([passage("a", "one", STORM), passage("b", "two", STORM), passage("c", "two", STORM)], 5) == [
        ("a", ["two"])
    ]


def test_a_changed_figure_or_a_short_text_is_no_copy() -> None:
    other = STORM.replace("Monday because of the storm", "Tuesday for lack of a crew")
    assert len(chosen([passage("a", "one", STORM), passage("b", "two", other)], 5)) == 2
    assert len(chosen([passage("a", "one", "It rained."), passage("b", "two", "It snowed.")], 5)) == 2
    assert len(chosen([passage("a", "one", "…"), passage("b", "two", "—")], 5)) == 2


def test_fusing_nothing_gives_nothing() -> None:
    assert fuse([], {}, np.ones(4, np.float32), keyword_weight=0.5) == []


def test_equal_scores_are_ranked_by_id_so_that_a_search_repeats_itself() -> None:
    vector = np.array([1, 0], np.float32)
    hits = [Hit(name, "d", vector.astype("<f4").tobytes()) for name in ("c2", "c1", "c3")]
    assert [item.chunk_id for item in fuse(hits, {}, vector, keyword_weight=0.5)] == [
        "c1",
        "c2",
        "c3",
    ]


def test_word_triples_overlap_where_the_wording_does() -> None:
    assert word_triples("the ferries sailed north") == word_triples("The ferry sails north!")
    assert word_triples("ice") == {("ice",)}
    assert word_triples("") == frozenset()
