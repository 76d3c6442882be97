"""The steps of an answer as Slack's tasks."""

from __future__ import annotations

from typing import Any

from bot.progress import Progress
from bot.slack.language import languages, strings_of
from bot.slack.plan import Plan, is_plan_of

EN = strings_of("en")


def states(chunks: list[dict[str, Any]]) -> dict[str, str]:
    return {chunk["id"].rpartition("-")[2]: chunk["status"] for chunk in chunks if chunk["type"] == "task_update"}


def test_a_plan_begins_whole_and_then_tells_only_what_changed() -> None:
    plan = Plan("a1", EN)
    plan.reach(Progress("search"))
    assert states(plan.begin()) == {
        "understand": "complete",
        "search": "in_progress",
        "read": "pending",
        "check": "pending",
    }
    assert plan.news() == []
    plan.reach(Progress("read", 1))
    news = plan.news()
    assert states(news) == {"search": "complete", "read": "in_progress"}
    assert [chunk.get("output") for chunk in news] == ["1 passage", None]
    assert states(plan.end()) == {"read": "complete", "check": "complete"}


def test_what_was_found_is_told_once_however_late_the_plan_begins() -> None:
    plan = Plan("a1", EN)
    plan.reach(Progress("check", 8))
    chunks = [*plan.begin(), *plan.news(), *plan.end()]
    assert [chunk["output"] for chunk in chunks if "output" in chunk] == ["8 passages"]


def test_a_step_back_changes_nothing() -> None:
    plan = Plan("a1", EN)
    plan.reach(Progress("check", 8))
    plan.begin()
    plan.reach(Progress("search"))
    assert plan.news() == []


def test_every_chunk_is_within_what_slack_takes_in_every_language() -> None:
    for code in languages():
        plan = Plan("0" * 24, strings_of(code))
        plan.reach(Progress("check", 8))
        assert all(len(str(value)) <= 256 for chunk in (*plan.begin(), *plan.end()) for value in chunk.values())
        loading = [line for line in strings_of(code)("stream.loading").split("\n") if line]
        assert 1 <= len(loading) <= 10
        assert all(len(line) <= 50 for line in loading)


def test_a_plan_is_known_by_its_tasks_in_whichever_block_they_stand() -> None:
    tasks = [{"type": "task_card", "task_id": "a1-search"}]
    assert is_plan_of("a1", {"blocks": [{"type": "plan", "tasks": tasks}]})
    assert is_plan_of("a1", {"blocks": tasks})
    assert not is_plan_of("a", {"blocks": tasks})
    assert not is_plan_of("a1", {"text": "a1-search"})
