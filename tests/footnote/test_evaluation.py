"""A team's own questions: read, asked, judged, compared, shown; and a new model let in only when they do not get worse."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from dotenv import dotenv_values

from bot.slack.conversations import Conversations
from bot.slack.opinions import Opinions
from bot.slack.request import Request
from footnote.evaluation.collected import collect
from footnote.evaluation.promotion import Promotion, decide, overriding
from footnote.evaluation.questions import QuestionsInvalid, read
from footnote.evaluation.record import Record, Trial, compared
from footnote.settings import Settings
from footnote.slack import owners
from playground.server import Playground

TICKET = {"question": "What does a ticket cost?", "answers": ["twelve crowns"], "sources": ["The winter timetable"]}
COST = {"question": "What would the bridge have cost?", "answers": ["forty million crowns"], "sources": ["bridge.html"]}
MISSING = {"question": "Who won the chess tournament in Lisbon?", "answerable": False}
WRONG = {"question": "When will the ferry to Skarn sail?", "answers": ["at noon"], "wrong": ["nine in the morning"]}


def written(folder: Path, *questions: Mapping[str, Any]) -> Path:
    path = folder / "questions.jsonl"
    path.write_text("\n".join(json.dumps(each) for each in questions), encoding="utf-8")
    return path


def test_the_figures_say_what_passed_and_what_did_not(footnote: Callable[..., Any], tmp_path: Path) -> None:
    result = footnote("eval", str(written(tmp_path, TICKET, COST, MISSING, WRONG)), "--json")
    figures = result.json["figures"]
    assert result.code == 0, "nothing is worse than a trial that was never made"
    assert (figures["questions"], figures["passed"]) == (4, 0.75)
    assert (figures["retrieval_recall"], figures["citation_source"], figures["citation_verbatim"]) == (1.0, 1.0, 1.0)
    assert (figures["answered"], figures["abstained"]) == (1.0, 1.0)
    assert list(result.json["failed"].values()) == [["expected text missing", "wrong text shown"]]


def test_the_page_shows_every_failure_with_its_passages(
    footnote: Callable[..., Any], tmp_path: Path, browser_page: Any
) -> None:
    hostile = TICKET | {"id": "hostile", "answers": ["<script>document.title='owned'</script>"]}
    where = footnote("eval", str(written(tmp_path, TICKET, hostile, MISSING)), "--json").json["page"]
    browser_page.goto(Path(where).as_uri())
    assert browser_page.title() == "Evaluation of questions.jsonl"
    assert browser_page.locator("details").count() == 1
    assert "twelve crowns" in browser_page.locator("details mark").first.inner_text()
    assert browser_page.locator("details .passage mark").count() > 0
    assert "owned" in browser_page.locator("details").inner_text()


def test_the_page_says_what_was_not_to_be_shown(
    footnote: Callable[..., Any], tmp_path: Path, browser_page: Any
) -> None:
    browser_page.goto(Path(footnote("eval", str(written(tmp_path, WRONG)), "--json").json["page"]).as_uri())
    assert "Not to be shown: “nine in the morning”" in browser_page.locator("details").inner_text()
    assert browser_page.locator("details .passage [dir=auto]").count() > 0


def test_the_next_trial_says_what_broke_and_what_was_mended(footnote: Callable[..., Any], tmp_path: Path) -> None:
    right, wrong = TICKET | {"id": "ticket"}, TICKET | {"id": "ticket", "answers": ["nine crowns"]}
    other = COST | {"id": "cost"}
    footnote("eval", str(written(tmp_path, right, other)))
    broken = footnote("eval", str(written(tmp_path, wrong, other)), "--json")
    assert (broken.code, broken.json["since_last"]["broken"]) == (1, ["ticket"])
    mended = footnote("eval", str(written(tmp_path, right, other)), "--json")
    assert (mended.code, mended.json["since_last"]["mended"]) == (0, ["ticket"])
    assert mended.json["since_last"]["figures"]["passed"] == 0.5


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 1 is not JSON"),
        ("[]", "line 1: a question is a JSON object"),
        ('{"question": " "}', "line 1: question"),
        ('{"question": "Why?", "answer": "so"}', "line 1: answer"),
        ('{"question": "Why?", "answerable": false, "answers": ["so"]}', "no answers and no sources"),
        ('{"question": "Why?", "scopes": ["../x"]}', "is not a scope"),
        ('{"question": "Why?"}\n{"question": "why?"}', "twice"),
        ("", "has no questions"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_with_its_line(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(line)
    with pytest.raises(QuestionsInvalid, match=said):
        read(path)


def test_a_missing_file_is_told_in_a_sentence(footnote: Callable[..., Any], tmp_path: Path) -> None:
    result = footnote("eval", str(tmp_path / "nowhere.jsonl"))
    assert result.code == 1
    assert "nowhere.jsonl" in result.err


def test_administrators_votes_become_questions(served: Any, tmp_path: Path) -> None:
    database = served.application.knowledge_base.database
    conversations, opinions = Conversations(database), Opinions(database)
    from bot.values import Question

    for user, id in (("UADMIN", "Ev1"), ("UOTHER", "Ev2")):
        request = Request(id, "question", "T1", "C1", user, "What does a ticket cost?", id, None)
        answer = served.application.assistant.answer(Question(request.text))
        opinions.vote(conversations.keep(request, answer), user, "down")
    path = tmp_path / "questions.jsonl"
    assert collect(database, {"UADMIN"}, path) == 1
    assert collect(database, {"UADMIN"}, path) == 0, "a vote becomes a question once"
    [question] = read(path)
    assert question.question == "What does a ticket cost?"
    assert question.scopes == ("workspace", "channel:C1")
    assert any("twelve crowns" in text for text in question.wrong)


def test_owners_are_those_of_a_group_and_slacks_own_admins_too_where_the_settings_say_so() -> None:
    manifest = Path(__file__).parents[2] / "slack-manifest.yaml"
    with Playground.running(manifest) as slack:
        person = slack.workspace.user
        slack.workspace.usergroups["SDESK"] = {"id": "SDESK", "users": [person("maya").id, person("gus").id]}
        tokens = {
            "slack_bot_token": slack.environment["SLACK_BOT_TOKEN"],
            "slack_app_token": slack.environment["SLACK_APP_TOKEN"],
            "slack_api_url": slack.environment["SLACK_API_URL"],
        }

        def names(**changes: Any) -> set[str]:
            found = owners(Settings(_env_file=None, **tokens, **changes))  # type: ignore[arg-type]
            return {name for name in ("ada", "maya", "tomas", "gus") if person(name).id in found}

        assert names(footnote_admins=frozenset({person("tomas").id})) == {"tomas"}
        assert names(footnote_admin_group="SDESK") == {"maya"}
        assert names(footnote_slack_admins=True) == {"ada"}


def test_a_model_that_makes_nothing_worse_is_promoted(
    home: Path, documents: Path, cli_in: Callable[..., Any], tmp_path: Path
) -> None:
    """Nobody listens at the model's address, so the answers are composed as before: no better, no worse."""
    assert cli_in(home, "ingest", str(documents)).code == 0
    path = written(tmp_path, TICKET, MISSING)
    Path(".env").write_text("OTHER=kept\nANSWER_MODEL_BASE_URL=http://127.0.0.1:9/v1\nANSWER_MODEL_API_KEY=none\n")
    result = cli_in(home, "promote", str(path), "--answer-model", "openai:candidate", "--json")
    assert (result.code, result.json["promoted"]) == (0, True)
    assert dotenv_values(".env")["ANSWER_MODEL"] == "openai:candidate"
    assert dotenv_values(".env")["OTHER"] == "kept"
    [noted] = (home / "evaluations" / "promotions.jsonl").read_text().splitlines()
    assert json.loads(noted)["decision"] == "promoted"


def trial(**failures: list[str]) -> Trial:
    named = {id: tuple(each) for id, each in failures.items()}
    return Trial(datetime.now(UTC), {"answers": "x", "embedding": "y"}, {"passed": 0.5}, named)


@pytest.mark.parametrize(("force", "decision", "written_model"), [(False, "refused", None), (True, "forced", "a:b")])
def test_a_model_that_breaks_questions_is_refused_unless_forced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, force: bool, decision: str, written_model: str | None
) -> None:
    monkeypatch.chdir(tmp_path)
    worse = Promotion("ANSWER_MODEL", "a:b", trial(one=[], two=[]), trial(one=["not answered"], two=[]), ())
    assert decide(worse, Record(tmp_path), force=force) is force
    [noted] = (tmp_path / "evaluations" / "promotions.jsonl").read_text().splitlines()
    assert (json.loads(noted)["decision"], json.loads(noted)["broken"]) == (decision, ["one"])
    assert (dotenv_values(".env").get("ANSWER_MODEL") if Path(".env").exists() else None) == written_model


def test_a_variable_of_the_environment_that_wins_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".env").write_text("ANSWER_MODEL=a:b\n")
    monkeypatch.setenv("ANSWER_MODEL", "c:d")
    assert overriding("ANSWER_MODEL")
    monkeypatch.setenv("ANSWER_MODEL", "a:b")
    assert not overriding("ANSWER_MODEL")


def test_only_questions_asked_both_times_are_compared() -> None:
    difference = compared(trial(one=[], two=["not answered"]), trial(one=["not answered"], three=["not answered"]))
    assert (difference.broken, difference.mended, difference.is_worse) == (("one",), (), True)
