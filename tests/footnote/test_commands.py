"""Every command, as a person or a script uses it; the work is done by an application on the control socket."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Footnote = Callable[..., Any]

CITATION = {
    "n": int,
    "quote": str,
    "title": str,
    "url": str | None,
    "publisher": str | None,
    "published": str | None,
    "document": str,
    "version": str,
    "start": int,
    "end": int,
    "link": str | None,
}


def is_proven(answer: dict[str, Any], application: Any) -> None:
    """The stable shape of an answer, and every quote in its stored version."""
    shape = {
        "answered": bool,
        "text": str,
        "statements": list,
        "sources": list,
        "searched": dict,
        "nearest": list,
        "composer": str,
        "rejected": list,
        "notes": list,
        "timings_ms": dict,
    }
    assert {name: type(answer[name]) for name in shape} == shape
    assert set(answer["searched"]) == {"documents", "passages", "query"}
    assert answer["composer"] in ("extractive", "model")
    assert answer["answered"] == bool(answer["statements"])
    numbers: dict[int, tuple[Any, ...]] = {}
    for statement in answer["statements"]:
        assert set(statement) == {"text", "citations", "shape"}
        assert statement["citations"], "a sentence without proof is not shown"
        for citation in statement["citations"]:
            assert set(citation) == set(CITATION)
            assert all(isinstance(citation[name], kind) for name, kind in CITATION.items())
            text = application.knowledge_base.catalog.version(citation["version"]).text
            assert text[citation["start"] : citation["end"]] == citation["quote"]
            place = (citation["version"], citation["start"], citation["end"])
            assert numbers.setdefault(citation["n"], place) == place
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert {n for source in answer["sources"] for n in source["n"]} == set(numbers)


def test_an_answer_is_one_object_that_proves_itself(footnote: Footnote, served: Any) -> None:
    result = footnote("ask", "When does the ferry to Skarn sail?", "--json")
    assert result.code == 0
    answer = result.json
    is_proven(answer, served.application)
    assert answer["answered"]
    assert "nine" in answer["text"]
    assert answer["statements"][0]["citations"][0]["publisher"] == "Harbour Post"
    assert answer["searched"]["documents"] == 2
    assert answer["sources"][0]["published"] == "2026-03-02"


def test_an_answer_on_the_terminal_shows_its_quotes_and_sources(footnote: Footnote) -> None:
    result = footnote("ask", "What", "does", "a", "ticket", "cost?")
    assert result.code == 0
    assert "twelve crowns" in result.out
    assert "[1]" in result.out
    assert re.search(r"The winter timetable · Harbour Post · 2026-03-02", result.out)
    assert "Searched" in result.out


def test_what_the_documents_do_not_say_is_not_answered(footnote: Footnote, served: Any) -> None:
    answer = footnote("ask", "Who won the chess olympiad in 1974?", "--json").json
    is_proven(answer, served.application)
    assert not answer["answered"]
    assert answer["text"] == ""
    shown = footnote("ask", "Who won the chess olympiad in 1974?")
    assert shown.code == 0
    assert "do not hold an answer" in shown.out


def test_a_conversation_goes_on_until_an_empty_line(footnote: Footnote, served: Any) -> None:
    result = footnote(
        "chat", "--json", typed="What did the council of Skarn vote against?\nHow much would it have cost?\n\nignored\n"
    )
    assert result.code == 0
    answers = [__import__("json").loads(line) for line in result.out.splitlines()]
    assert len(answers) == 2
    for answer in answers:
        is_proven(answer, served.application)
    assert "bridge" in answers[0]["text"]
    assert "forty million" in answers[1]["text"]


def test_a_conversation_may_end_with_the_input(footnote: Footnote) -> None:
    result = footnote("chat", typed="What does a ticket cost?")
    assert result.code == 0
    assert "twelve crowns" in result.out


def test_a_search_shows_passages_with_scores(footnote: Footnote, served: Any) -> None:
    found = footnote("search", "bridge", "cost", "--limit", "1", "--json").json
    assert found["query"] == "bridge cost"
    [passage] = found["passages"]
    assert "forty million" in passage["text"]
    assert set(passage["scores"]) == {"fused", "cosine", "bm25", "relevance"}
    assert passage["publisher"] == "Coast Ledger"
    text = served.application.knowledge_base.catalog.version(passage["version"]).text
    assert text[passage["start"] : passage["end"]] == passage["text"]
    shown = footnote("search", "bridge cost")
    assert "fused" in shown.out
    assert "No bridge to Skarn" in shown.out


def test_a_search_in_another_scope_finds_nothing(footnote: Footnote) -> None:
    assert footnote("search", "ferry", "--scope", "channel:C1", "--json").json["passages"] == []
    assert "Nothing was found" in footnote("search", "ferry", "--scope", "user:U1").out
    both = footnote("search", "ferry", "--scope", "channel:C1", "--scope", "workspace", "--json").json
    assert both["passages"]


def test_a_summary_is_cited_like_an_answer(footnote: Footnote, served: Any) -> None:
    result = footnote("summarize", "No bridge to Skarn", "--json")
    assert result.code == 0
    is_proven(result.json, served.application)
    assert result.json["answered"]
    assert {statement["citations"][0]["title"] for statement in result.json["statements"]} == {"No bridge to Skarn"}
    assert "bridge" in footnote("summarize", "bridge").out


def test_a_file_that_is_not_there_yet_is_added_to_be_summarized(
    footnote: Footnote, tmp_path: Path, served: Any
) -> None:
    file = tmp_path / "dock.txt"
    file.write_text(
        "The dock of Skarn was closed on Thursday after its gate broke in the storm, the harbour office said. "
        "Repairs will take three weeks and cost two million crowns. Ships go to the northern pier meanwhile.\n"
    )
    answer = footnote("summarize", str(file), "--json").json
    is_proven(answer, served.application)
    assert "gate" in answer["text"]
    assert footnote("remove", str(file), "--yes").code == 0


def test_sources_are_listed_removed_and_added_again(footnote: Footnote, tmp_path: Path) -> None:
    (tmp_path / "pier.txt").write_text("The northern pier of Skarn was built of oak in 1911, says the harbour office.")
    added = footnote("ingest", "pier.txt", "--json")
    assert added.code == 0
    [document] = added.json["documents"]
    assert (document["state"], document["location"]) == ("new", str(tmp_path / "pier.txt"))
    listed = footnote("sources", "--json").json["sources"]
    [line] = [line for line in listed if line["location"].endswith("pier.txt")]
    assert (line["documents"], line["scope"]) == (1, "workspace")
    assert line["id"] in footnote("sources").out
    assert "1 unchanged" in footnote("ingest", "pier.txt").out
    removed = footnote("remove", line["id"], "--yes")
    assert removed.code == 0
    assert removed.out.startswith("Removed")
    assert not any(line["location"].endswith("pier.txt") for line in footnote("sources", "--json").json["sources"])
    assert footnote("remove", line["id"], "--yes").code == 1


def test_a_question_can_be_kept_to_tagged_sources(footnote: Footnote, tmp_path: Path) -> None:
    (tmp_path / "ponies.txt").write_text("The ponies of Skarn eat seaweed in winter.")
    footnote("ingest", "ponies.txt", "--tag", "#Animals")
    asked = ("search", "What do the ponies eat?", "--json")
    [found] = footnote(*asked, "--tag", "animals").json["passages"]
    assert found["location"].endswith("ponies.txt")
    for command in ("search", "ask"):
        unknown = footnote(command, "What do the ponies eat?", "--tag", "plants", "--json")
        assert unknown.code == 1
        assert unknown.json["error"].startswith("No source has the tag #plants.")
        assert "#animals" in unknown.json["error"]
    assert "#animals" in footnote("sources").out
    tagged = footnote("tag", found["location"], "winter", "--remove", "animals", "--json")
    assert tagged.json["tagged"]["tags"] == ["winter"]
    assert footnote("tag", found["location"], "two words").code == 1
    footnote("remove", found["location"], "--yes")


def test_removing_asks_first(footnote: Footnote) -> None:
    before = footnote("sources", "--json").json
    for typed in ("n\n", "\n", ""):
        assert footnote("remove", "No bridge to Skarn", typed=typed).code == 1
    assert footnote("sources", "--json").json == before


def test_what_is_not_there_is_not_asked_about(footnote: Footnote) -> None:
    for command in ("remove", "forget"):
        result = footnote(command, "nope", typed="y\n")
        assert result.code == 1
        assert "There is no source “nope”" in result.err
        assert "?" not in result.out


def test_what_is_to_be_removed_is_named_before(footnote: Footnote, documents: Path) -> None:
    assert f"Remove {documents} (2 documents)?" in " ".join(footnote("remove", str(documents), typed="n\n").out.split())
    asked = footnote("forget", str(documents / "bridge.html"), typed="n\n")
    assert (asked.code, "Nothing was erased." in asked.err) == (1, True)
    assert f"Erase the document {documents / 'bridge.html'} for good?" in asked.out
    assert "Erase what U012AB3CD asked for good?" in footnote("forget", "U012AB3CD", typed="n\n").out


def test_a_schedule_is_told_and_listed_by_the_running_bot(footnote: Footnote, documents: Path) -> None:
    scheduled = footnote("schedule", str(documents), "6h", "--json")
    assert (scheduled.code, scheduled.json["every"]) == (0, 6 * 60 * 60)
    listed = footnote("sources", "--json").json["sources"]
    assert [line["every"] for line in listed if line["location"] == str(documents)] == [6 * 60 * 60]
    assert "looked at again on" in footnote("sources").out
    assert "only when asked" in footnote("schedule", str(documents), "off").out


def test_looking_again_reports_what_changed(footnote: Footnote, documents: Path) -> None:
    report = footnote("reingest", "--json").json
    assert report["counts"] == {"unchanged": 2}
    assert footnote("reingest", str(documents), "--json").json["counts"] == {"unchanged": 2}
    assert "unchanged" in footnote("reingest").out


def test_several_locations_are_one_report(footnote: Footnote, documents: Path) -> None:
    result = footnote("ingest", str(documents), "/no/such/place", "--json")
    assert result.code == 1
    assert result.json["counts"] == {"failed": 1, "unchanged": 2}
    [failed] = [document for document in result.json["documents"] if document["state"] == "failed"]
    assert "no file or folder" in failed["reason"]
    shown = footnote("ingest", str(documents), "/no/such/place")
    assert shown.code == 1
    assert "2 unchanged" in shown.out
    assert "no file or folder" in re.sub(r"\s+", " ", shown.out)


def test_the_version_is_told(footnote: Footnote) -> None:
    assert footnote("version").out.startswith("footnote ")
    assert set(footnote("version", "--json").json) == {"version"}


COMMANDS = [
    "ingest",
    "reingest",
    "ask",
    "chat",
    "search",
    "summarize",
    "sources",
    "tag",
    "remove",
    "serve",
    "doctor",
    "reembed",
    "demo",
    "version",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(cli_in: Callable[..., Any], tmp_path: Path, command: str) -> None:
    result = cli_in(tmp_path / "never-made", command, "--help")
    assert result.code == 0
    explanation = [line for line in result.out.splitlines() if line.strip() and "Usage" not in line]
    assert len(explanation[0].strip()) > 15
    assert ("--json" in result.out) == (command != "serve")
    assert not (tmp_path / "never-made").exists(), "help touches nothing"


def test_help_lists_every_command(cli_in: Callable[..., Any], tmp_path: Path) -> None:
    result = cli_in(tmp_path, "--help")
    assert all(re.search(rf"│ {command} ", result.out) for command in COMMANDS)


@pytest.mark.parametrize(
    "wrong", [["ask"], ["nonsense"], ["search", "x", "--limit", "0"], ["search", "x", "--limit", "many"], ["ingest"]]
)
def test_wrong_usage_ends_with_two(cli_in: Callable[..., Any], tmp_path: Path, wrong: list[str]) -> None:
    assert cli_in(tmp_path, *wrong).code == 2
