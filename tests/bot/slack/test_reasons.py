"""Why something could not be done is told in every language: by readers of documents, by the store and by the command line."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from bot.slack.language import languages, strings_of
from ingest import courtesy, fetch, find, kinds, parse, plans, sandbox
from ingest.errors import FetchFailed, SourceError
from vectorstore.reasons import Reason, as_text, reason_of, told_of, told_of_text

ROOT = Path(__file__).parents[3]
ERRORS = {
    name
    for module in (courtesy, fetch, find, parse, plans, sandbox)
    for name, each in vars(module).items()
    if isinstance(each, type) and issubclass(each, SourceError)
}
CHOSEN = {
    "_key_of(response.status_code)": {f"status_{status}" for status in fetch._TOLD_APART}
    | {"status_fault", "status_other"},
    "_why(error)": {"certificate", "no_http", "connection_failed"},
    "_NO_TEXT.get(kind, 'document_without_text')": {*parse._NO_TEXT.values(), "document_without_text"},
    "what": {what for _, what in kinds._OTHERS},
    "key": {
        *find._WHY.values(),
        *("remains_in_copies", "remains_at_work", "remains_with_provider", "remains_in_slack", "remains_in_audit"),
    },
}
"""Keys that are chosen while Footnote runs, by the expression that stands in the place of one."""
PASSED_ON = {"refusal", "reason", "loss.reason", "told.key"}


def made() -> Iterator[tuple[str, ast.Call, str]]:
    """(key, the call that makes a reason with it, where) all over the code."""
    for folder in ("ingest", "vectorstore", "footnote"):
        for path in (ROOT / folder).rglob("*.py"):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            for node in ast.walk(ast.parse(path.read_text())):
                is_one = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
                if is_one and node.args and node.func.id in {*ERRORS, "Reason"}:
                    yield from ((key, node, name) for key in keys(node.args[0], name))


def keys(told: ast.expr, module: str) -> set[str]:
    if isinstance(told, ast.Constant):
        return {str(told.value)}
    expression = ast.unparse(told)
    if expression in CHOSEN or expression in PASSED_ON:
        return CHOSEN.get(expression, set())
    assert isinstance(told, ast.Name), f"{module}: which keys can {expression} be?"
    return {getattr(import_module(module), told.id)}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def given(call: ast.Call) -> set[str]:
    if getattr(call.func, "id", "") != "Reason":
        return {keyword.arg for keyword in call.keywords if keyword.arg}
    values = call.args[1] if len(call.args) > 1 else None
    return {key.value for key in values.keys} if isinstance(values, ast.Dict) else set()  # type: ignore[union-attr]


@pytest.mark.parametrize("code", languages())
def test_every_reason_has_its_words_and_every_place_in_them_its_value(code: str) -> None:
    texts, used = strings_of(code).texts, {"unknown"}
    for key, call, where in made():
        assert f"reason.{key}" in texts, f"{where}: {key}"
        assert places(texts[f"reason.{key}"]) <= given(call), f"{where}: {key}"
        used.add(key)
    assert {name.partition(".")[2] for name in texts if name.startswith("reason.")} == used


def test_a_reason_is_told_in_the_readers_language_with_its_numbers() -> None:
    too_many = Reason("too_many_pages", {"pages": 2001, "most": 2000})
    assert strings_of("en").reason(too_many) == (
        "The PDF has 2,001 pages; Footnote reads at most 2,000. Split it and add the parts."
    )
    assert strings_of("es").reason(Reason("stays", {"reason": FetchFailed("status_404", status=404).reason})) == (
        "El servidor no tiene esa página (estado 404). Lo leído antes se conserva."
    )


@pytest.mark.parametrize(
    "reason",
    [Reason("a_key_of_tomorrow"), Reason("too_many_pages"), Reason("no_such_server", {"name": "x"})],
)
def test_what_no_language_has_words_for_is_told_in_general(reason: Reason) -> None:
    assert strings_of("es").reason(reason) == strings_of("es")("reason.unknown")


def test_values_are_never_templates_and_steer_no_terminal() -> None:
    said = strings_of("en").reason(Reason("no_such_server", {"host": "{host}\x1b[2J\u202e%s"}))
    assert said == "There is no server named {host}[2J%s; check the spelling."


def test_a_reason_is_stored_and_read_again_as_it_was_and_a_sentence_of_an_earlier_release_too() -> None:
    reason = Reason("left", {"reason": Reason("status_404", {"status": 404}), "looks": 3})
    assert told_of_text(as_text(reason)) == reason
    for sentence in ("The server has no such page (status 404).", "{not JSON", None):
        assert told_of_text(as_text(sentence)) == sentence
    assert told_of("The page is empty.") == "The page is empty."


@pytest.mark.parametrize(
    "plain",
    [
        None,
        "unreadable",
        {"key": "unreadable"},
        {"key": "Not A Key", "values": {}},
        {"key": "unreadable", "values": {"0": "x"}},
        {"key": "unreadable", "values": {"a": None}},
        {"key": "unreadable", "values": {"a": True}},
        {"key": "unreadable", "values": {"a": [1]}},
        {"key": "unreadable", "values": {f"a{n}": n for n in range(11)}},
        {"key": "unreadable", "values": {"a": float("nan")}},
    ],
)
def test_what_is_no_reason_is_not_taken_for_one(plain: object) -> None:
    assert reason_of(plain) is None
