"""Earlier states of a document: listed, compared, and made current again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from vectorstore.erasure import erase_from_sql
from vectorstore.errors import UnknownDocument
from vectorstore.store import Draft, KnowledgeBase

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)


def texts(knowledge_base: KnowledgeBase, question: str = "When does the ferry to Skarn sail?") -> list[str]:
    return [passage.text for passage in knowledge_base.search(question)]


@pytest.fixture
def two_states(knowledge_base: KnowledgeBase, publish: Callable[..., Draft]) -> tuple[Draft, Draft]:
    """Eight o'clock on Monday, nine o'clock on Tuesday."""
    eight, nine = (
        publish(
            knowledge_base, "/pier.txt", f"The ferry to Skarn sails at {hour}.", fetched_at=MONDAY + timedelta(days=day)
        )
        for day, hour in enumerate(("eight", "nine"))
    )
    return eight, nine


def test_the_states_are_listed_the_newest_first(knowledge_base: KnowledgeBase, two_states: tuple[Draft, Draft]) -> None:
    eight, nine = two_states
    found = knowledge_base.history.states(eight.document.id)
    assert [(state.version_id, state.is_current) for state in found] == [
        (nine.version.id, True),
        (eight.version.id, False),
    ]


def test_an_earlier_state_can_be_made_current_again_and_back(
    knowledge_base: KnowledgeBase, two_states: tuple[Draft, Draft]
) -> None:
    eight, nine = two_states
    knowledge_base.rollback(eight.document.id, eight.version.id)
    assert texts(knowledge_base) == ["The ferry to Skarn sails at eight."]
    knowledge_base.rollback(eight.document.id, nine.version.id)
    assert texts(knowledge_base) == ["The ferry to Skarn sails at nine."]


def test_a_rollback_survives_a_rebuild_and_keeps_what_was_fetched_last(
    knowledge_base: KnowledgeBase, two_states: tuple[Draft, Draft]
) -> None:
    eight, _ = two_states
    before = knowledge_base.catalog.known([eight.document.id])[eight.document.id]
    knowledge_base.rollback(eight.document.id, eight.version.id)
    knowledge_base.rebuild()
    after = knowledge_base.catalog.known([eight.document.id])[eight.document.id]
    assert texts(knowledge_base) == ["The ferry to Skarn sails at eight."]
    assert (after.etag, after.data_fingerprint) == (before.etag, before.data_fingerprint)


def test_a_state_of_another_document_is_refused(
    knowledge_base: KnowledgeBase, publish: Callable[..., Draft], two_states: tuple[Draft, Draft]
) -> None:
    other = publish(knowledge_base, "/bridge.txt", "The council voted against a bridge.")
    with pytest.raises(UnknownDocument):
        knowledge_base.rollback(two_states[0].document.id, other.version.id)


def test_what_changed_since_a_moment_names_the_state_of_then(
    knowledge_base: KnowledgeBase, publish: Callable[..., Draft], two_states: tuple[Draft, Draft]
) -> None:
    eight, nine = two_states
    new = publish(knowledge_base, "/bridge.txt", "No bridge.", fetched_at=MONDAY + timedelta(days=2))
    found = knowledge_base.history.changed_since(MONDAY + timedelta(hours=1), ["workspace"])
    assert [(each.before, each.after) for each in found] == [
        (None, new.version.id),
        (eight.version.id, nine.version.id),
    ]
    assert knowledge_base.history.changed_since(MONDAY + timedelta(days=3), ["workspace"]) == []
    assert knowledge_base.history.changed_since(MONDAY - timedelta(days=3), ["channel:C1"]) == []


def test_what_left_is_remembered_until_it_comes_back_and_what_is_erased_is_not(
    knowledge_base: KnowledgeBase, publish: Callable[..., Draft], two_states: tuple[Draft, Draft]
) -> None:
    def left() -> list[str]:
        return [each.location for each in knowledge_base.departures.since(MONDAY, scopes=["workspace"])]

    draft, other = two_states[1], publish(knowledge_base, "/bridge.txt", "No bridge.")
    assert left() == []
    knowledge_base.remove_documents([draft.document.id])
    assert left() == [draft.document.location]
    assert knowledge_base.departures.since(MONDAY, scopes=["channel:C1"]) == []
    publish(knowledge_base, draft.document.location, "The ferry is back.")
    assert left() == []
    knowledge_base.remove_documents([draft.document.id])
    knowledge_base.erase([other.document.id])
    assert left() == [draft.document.location]
    erase_from_sql(knowledge_base.database, [draft.document.id])
    assert left() == []
