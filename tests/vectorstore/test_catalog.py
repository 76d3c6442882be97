"""What the catalog promises, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from vectorstore.catalog import VERSIONS_KEPT, Catalog
from vectorstore.chunks import AROUND, IndexRow, around
from vectorstore.database import Database
from vectorstore.errors import UnknownDocument
from vectorstore.sources import document_of, source_of
from vectorstore.store import Draft, version_of
from vectorstore.values import Chunk, Document, Version, content_id

VECTOR = np.ones(384, "<f4").tobytes()
MARCH = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def catalog(database: Database) -> Catalog:
    return Catalog(database)


def rows_of(draft: Draft) -> list[IndexRow]:
    chunks = [
        Chunk(
            content_id("c", draft.version.id, number, span.start, span.end),
            draft.version.id,
            number,
            span.start,
            span.end,
            draft.version.text[span.start : span.end],
        )
        for number, span in enumerate(draft.spans)
    ]
    return [IndexRow(chunk, draft.version.title, draft.document.scope, VECTOR, chunk.text) for chunk in chunks]


def shelve(catalog: Catalog, draft: Draft, *, current: bool = True) -> Draft:
    catalog.sources.add(source_of(draft.document.location, draft.document.scope))
    with catalog.database.write() as connection:
        catalog.stage(connection, draft.document, draft.version, rows_of(draft))
        if current:
            catalog.make_current(connection, draft.document.id, draft.version.id, etag='"1"', data_fingerprint="1:ab")
    return draft


@pytest.fixture
def harbour(catalog: Catalog, draft: Callable[..., Draft]) -> Draft:
    return shelve(
        catalog,
        draft(
            "/news/harbour.txt",
            "The harbour froze – again.\n\nBoats wait.",
            title="Harbour frozen",
            url="https://harbour.example/ice",
            publisher="Harbour Post",
            author="I. Lund",
            published=date(2026, 3, 2),
            language="en",
            pages=(0, 28),
            fetched_at=MARCH,
        ),
    )


def test_a_version_comes_back_whole(catalog: Catalog, harbour: Draft) -> None:
    assert catalog.version(harbour.version.id) == harbour.version
    fresh = Catalog(catalog.database)
    assert fresh.version(harbour.version.id) == harbour.version


def test_chunks_come_back_with_their_document(catalog: Catalog, harbour: Draft) -> None:
    rows = rows_of(harbour)
    loaded = catalog.chunks.load([row.chunk.id for row in rows] + ["c-unknown"])
    assert loaded == {row.chunk.id: (row.chunk, harbour.document) for row in rows}


def test_staging_twice_changes_nothing(catalog: Catalog, harbour: Draft) -> None:
    shelve(catalog, harbour)
    assert catalog.counts(["workspace"]) == (1, 2)
    assert len(catalog.chunks.ids_by_scope([harbour.version.id])["workspace"]) == 2


def test_a_version_that_is_cut_differently_the_next_time_gets_the_new_chunks(catalog: Catalog, harbour: Draft) -> None:
    recut = shelve(catalog, replace(harbour, spans=(replace(harbour.spans[0], end=harbour.spans[1].end),)))
    assert catalog.counts(["workspace"]) == (1, 1)
    assert catalog.chunks.ids_by_scope([harbour.version.id]) == {"workspace": [rows_of(recut)[0].chunk.id]}


def test_what_is_only_staged_is_nowhere_to_be_found(catalog: Catalog, draft: Callable[..., Draft]) -> None:
    staged = shelve(catalog, draft("/news/secret.txt", "Not yet."), current=False)
    ids = [row.chunk.id for row in rows_of(staged)]
    assert catalog.chunks.current_hits(ids, ["workspace"]) == []
    assert catalog.counts(["workspace"]) == (0, 0)
    assert catalog.titles(["workspace"], 5) == []
    assert list(catalog.chunks.index_rows("workspace")) == []
    with pytest.raises(UnknownDocument):
        catalog.find_document("secret", ["workspace"])


def test_hits_are_only_what_the_scopes_may_read(catalog: Catalog, harbour: Draft, draft: Callable[..., Draft]) -> None:
    private = shelve(catalog, draft("/news/private.txt", "Salaries.", scope="user:U1"))
    ids = [row.chunk.id for row in [*rows_of(harbour), *rows_of(private)]]
    found = {
        scopes: {hit.document_id for hit in catalog.chunks.current_hits(ids, scopes)}
        for scopes in [(), ("workspace",), ("user:U1",), ("user:U2",), ("workspace", "user:U1")]
    }
    assert found == {
        (): set(),
        ("workspace",): {harbour.document.id},
        ("user:U1",): {private.document.id},
        ("user:U2",): set(),
        ("workspace", "user:U1"): {harbour.document.id, private.document.id},
    }


def test_a_version_is_readable_where_its_document_is(catalog: Catalog, draft: Callable[..., Draft]) -> None:
    private = shelve(catalog, draft("/news/private.txt", "Salaries.", scope="user:U1"))
    assert catalog.readable_version(private.version.id, ["user:U1"]) == catalog.version(private.version.id)
    for scopes in ([], ["workspace"], ["user:U2", "admin"]):
        with pytest.raises(UnknownDocument):
            catalog.readable_version(private.version.id, scopes)


@pytest.mark.parametrize(
    "wanted",
    ["Harbour frozen", "harbour FROZEN", "/news/harbour.txt", "https://harbour.example/ice", " frozen ", "news"],
)
def test_a_document_is_found_by_what_people_call_it(catalog: Catalog, harbour: Draft, wanted: str) -> None:
    assert catalog.find_document(wanted, ["workspace"]).id == harbour.version.id


def test_a_name_of_several_documents_is_answered_with_their_titles(
    catalog: Catalog, harbour: Draft, draft: Callable[..., Draft]
) -> None:
    shelve(catalog, draft("/news/thaw.txt", "It thaws.", title="Harbour thawed"))
    with pytest.raises(UnknownDocument, match="Harbour frozen; Harbour thawed"):
        catalog.find_document("harbour", ["workspace"])
    assert catalog.find_document("Harbour thawed", ["workspace"]).title == "Harbour thawed"


@pytest.mark.parametrize("wanted", ["", "  ", "glacier", "%", "_", "'; DROP TABLE versions; --", "harbour" * 50])
def test_an_unknown_name_is_unknown(catalog: Catalog, harbour: Draft, wanted: str) -> None:
    with pytest.raises(UnknownDocument):
        catalog.find_document(wanted, ["workspace"])


def test_a_document_is_not_found_from_elsewhere(catalog: Catalog, harbour: Draft) -> None:
    with pytest.raises(UnknownDocument):
        catalog.find_document("Harbour frozen", ["channel:C1"])


def next_state(draft: Draft, text: str, fetched_at: datetime) -> Draft:
    version = version_of(draft.document, replace(draft.version, text=text, fetched_at=fetched_at))
    return Draft(draft.document, version, (replace(draft.spans[0], start=0, end=len(text)),))


def test_the_newest_states_are_kept_and_the_current_one_always(catalog: Catalog, harbour: Draft) -> None:
    states = [harbour]
    for day in range(1, 6):
        states.append(shelve(catalog, next_state(harbour, f"Day {day} of the ice.", MARCH + timedelta(days=day))))
        catalog.prune([harbour.document.id])
    kept = Catalog(catalog.database).versions([state.version.id for state in states])
    assert set(kept) == {state.version.id for state in states[-VERSIONS_KEPT:]}
    assert catalog.superseded(None) == [version for version in kept if version != states[-1].version.id]


def test_going_back_to_an_old_state_keeps_it(catalog: Catalog, harbour: Draft) -> None:
    for day in range(1, 4):
        shelve(catalog, next_state(harbour, f"Day {day} of the ice.", MARCH + timedelta(days=day)))
    shelve(catalog, harbour)
    catalog.prune([harbour.document.id])
    assert catalog.find_document("Harbour frozen", ["workspace"]) == harbour.version


def test_what_is_hidden_is_gone_at_once_and_what_is_deleted_for_ever(catalog: Catalog, harbour: Draft) -> None:
    ids = [row.chunk.id for row in rows_of(harbour)]
    source = source_of("/news/harbour.txt")
    assert catalog.hide_source(source.id) == [harbour.version.id]
    assert catalog.chunks.current_hits(ids, ["workspace"]) == []
    assert catalog.counts(["workspace"]) == (0, 0)
    catalog.delete_source(source.id)
    assert catalog.sources.get(source.id) is None
    assert catalog.chunks.load(ids) == {}
    with pytest.raises(UnknownDocument):
        catalog.version(harbour.version.id)


def test_sources_are_listed_with_what_they_hold(catalog: Catalog, harbour: Draft, draft: Callable[..., Draft]) -> None:
    folder = source_of("/folder")
    catalog.sources.add(folder)
    for name in ("one", "two"):
        member = draft(
            f"/folder/{name}.txt", f"Text {name}.\n\nMore.\n\nAnd more.", fetched_at=MARCH + timedelta(days=1)
        )
        inside = document_of(folder, member.document.location)
        with catalog.database.write() as connection:
            catalog.stage(connection, inside, member.version, rows_of(member))
            catalog.make_current(connection, inside.id, member.version.id)
    first, second = catalog.sources.listed()
    assert (first.location, first.title, first.documents, first.passages) == ("/folder", "/folder", 2, 6)
    assert (second.title, second.documents, second.passages) == ("Harbour frozen", 1, 2)
    assert second.updated_at == MARCH
    assert second.checked_at is not None
    assert second.checked_at.tzinfo is not None


def test_a_source_that_holds_nothing_yet_is_listed_too(catalog: Catalog) -> None:
    catalog.sources.add(source_of("/empty"))
    [line] = catalog.sources.listed()
    assert (line.title, line.documents, line.passages, line.updated_at) == ("/empty", 0, 0, None)


def test_what_is_known_of_a_document_tells_whether_it_changed(catalog: Catalog, harbour: Draft) -> None:
    known = catalog.known([harbour.document.id, "d-unknown"])
    assert set(known) == {harbour.document.id}
    of_harbour = known[harbour.document.id]
    assert of_harbour.current_version == harbour.version.id
    assert of_harbour.fingerprint == harbour.version.fingerprint
    assert (of_harbour.etag, of_harbour.data_fingerprint) == ('"1"', "1:ab")


def test_a_look_that_changed_nothing_is_remembered(catalog: Catalog, harbour: Draft) -> None:
    catalog.remember_fetch(harbour.document.id, etag='"2"', last_modified="Mon", data_fingerprint="1:cd")
    known = catalog.known([harbour.document.id])[harbour.document.id]
    assert (known.etag, known.last_modified, known.data_fingerprint) == ('"2"', "Mon", "1:cd")


def test_settings_are_overwritten(catalog: Catalog) -> None:
    assert catalog.setting("generation") is None
    catalog.set_setting("generation", "2")
    catalog.set_setting("generation", "3")
    assert catalog.setting("generation") == "3"


def test_more_ids_than_one_query_takes_are_asked_in_portions(catalog: Catalog, harbour: Draft) -> None:
    ids = [f"c{number}" for number in range(2000)] + [rows_of(harbour)[0].chunk.id]
    assert [hit.chunk_id for hit in catalog.chunks.current_hits(ids, ["workspace"])] == ids[-1:]
    assert catalog.chunks.vectors_by_hash(["x"] * 2000 + [rows_of(harbour)[0].embedded_hash]) == {
        rows_of(harbour)[0].embedded_hash: VECTOR
    }


def test_index_rows_cover_a_scope_in_batches(catalog: Catalog, draft: Callable[..., Draft]) -> None:
    shelve(catalog, draft("/long.txt", "\n\n".join(f"Paragraph {number}." for number in range(7))))
    shelve(catalog, draft("/other.txt", "Elsewhere.", scope="admin"))
    batches = list(catalog.chunks.index_rows("workspace", batch=3))
    assert [len(batch) for batch in batches] == [3, 3, 1]
    assert len({row.chunk.id for batch in batches for row in batch}) == 7


def test_a_row_of_the_indexes_carries_what_stands_around_its_chunk(
    catalog: Catalog, draft: Callable[..., Draft]
) -> None:
    paragraphs = [f"Päragraph {number} 🦀 " + "and on " * (100 * number) for number in range(9)]
    long = shelve(catalog, draft("/long.txt", "\n\n".join(paragraph.strip() for paragraph in paragraphs)))
    [rows] = catalog.chunks.index_rows("workspace")
    assert {row.chunk.id: row.around for row in rows} == {
        row.chunk.id: around(long.version.text, row.chunk) for row in rows_of(long)
    }
    first, second, *_ = sorted(rows, key=lambda row: row.chunk.start)
    assert first.around.strip().startswith(second.chunk.text)
    assert second.around.startswith(first.chunk.text)
    assert len(rows) == 9
    assert max(len(row.around) for row in rows) <= 2 * AROUND + 1


def test_equal_content_gives_equal_ids() -> None:
    one, other = source_of("/a", "workspace"), source_of("/a", "workspace", added_by="U1")
    assert one.id == other.id != source_of("/a", "admin").id
    assert document_of(one, "/a/b") == document_of(other, "/a/b")
    document = Document("d1", "s1", "/a")
    version = Version(id="", document_id="", text="Same.", title="T")
    assert version_of(document, version) == version_of(document, replace(version, id="x"))
    assert version_of(document, version).id != version_of(document, replace(version, publisher="P")).id
