"""Lists, tables and code in Slack: each in Slack's own form, split over messages and never cut."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.slack.blocks import MOST_ROWS, Part
from bot.slack.controls import Shown
from bot.slack.language import strings_of
from bot.slack.render import answer_parts
from bot.values import Answer, Citation, Searched, Shape, SourceLine, Statement
from playground.server import Playground

ENGLISH = strings_of("en")
LINK = "https://paper.example/1"


@pytest.fixture(scope="module")
def slack() -> Iterator[Playground]:
    with Playground.running(Path(__file__).parents[3] / "slack-manifest.yaml") as running:
        yield running


def parts_of(*statements: tuple[str, Shape]) -> list[Part]:
    quote = Citation(1, "Q.", "T", LINK, None, None, "d", "v", 0, 2, LINK)
    said = tuple(Statement(text, (quote,), shape) for text, shape in statements)
    source = SourceLine((1,), "T", LINK, None, None, None, None, "d", "v")
    return answer_parts(
        Answer(said, (source,), Searched(1, 1, "q"), composer="model"), Shown("a" * 24, answered=True), ENGLISH
    )


def posted(slack: Playground, parts: list[Part]) -> None:
    """Slack takes every one of them."""
    client = WebClient(slack.environment["SLACK_BOT_TOKEN"], base_url=slack.environment["SLACK_API_URL"])
    for part in parts:
        client.chat_postMessage(channel=slack.workspace.general.id, text=part.text, blocks=list(part.blocks))


def said(part: Part) -> list[dict[str, Any]]:
    """The blocks before the sources."""
    sources = [
        number for number, block in enumerate(part.blocks) if "Sources" in str(block) and block["type"] != "table"
    ]
    return list(part.blocks[: sources[0]] if sources else part.blocks)


def row(*cells: tuple[str, str]) -> tuple[str, Shape]:
    return "; ".join(f"{column}: {value}" for column, value in cells), Shape("row", cells=cells)


def test_entries_of_lists_are_nested_and_steps_keep_their_numbers(slack: Playground) -> None:
    parts = parts_of(
        ("Before.", Shape()),
        ("One.", Shape("item")),
        ("Deep.", Shape("item", 1)),
        ("Two.", Shape("item")),
        ("More.", Shape("item", continues=True)),
        ("First.", Shape("step", number=1)),
        ("Third.", Shape("step", number=3)),
        ("Fourth.", Shape("step", number=4)),
    )
    posted(slack, parts)
    [part] = parts
    _, points, steps = said(part)
    assert [(each.get("indent", 0), len(each["elements"])) for each in points["elements"]] == [(0, 1), (1, 1), (0, 1)]
    assert [(each.get("offset", 0), len(each["elements"])) for each in steps["elements"]] == [(0, 1), (2, 2)]
    assert part.text.startswith(
        "Before. [1]\n• One. [1]\n    • Deep. [1]\n• Two. [1] More. [1]\n1. First. [1]\n3. Third. [1]\n4. Fourth. [1]"
    )


def test_rows_are_a_table_with_their_sources_as_links(slack: Playground) -> None:
    parts = parts_of(row(("Ship", "Petrel"), ("Built", "<!channel>")), row(("Ship", "Auk"), ("Built", "")))
    posted(slack, parts)
    [table] = said(parts[0])
    texts = [[cell.get("text") for cell in line] for line in table["rows"]]
    assert texts == [["Ship", "Built", "Sources"], ["Petrel", "<!channel>", None], ["Auk", "–", None]]
    assert table["rows"][1][2]["elements"][0]["elements"] == [{"type": "link", "url": LINK, "text": "[1]"}]
    assert parts[0].text.startswith("Ship: Petrel; Built: &lt;!channel&gt; [1]\n")
    assert slack.oracle.pings == []


def test_a_single_row_is_no_table() -> None:
    [points] = said(parts_of(row(("Ship", "Petrel"), ("Built", "2024")))[0])
    assert points["elements"][0]["type"] == "rich_text_list"
    assert points["elements"][0]["elements"][0]["elements"][0]["text"] == "Ship: Petrel; Built: 2024"


def test_a_message_holds_one_table_and_a_long_one_goes_on_with_its_header(slack: Playground) -> None:
    ships = [row(("Ship", f"Ship {n}"), ("Built", str(n))) for n in range(3 * MOST_ROWS)]
    crews = [row(("Captain", f"Captain {n}")) for n in range(3)]
    parts = parts_of(*ships, *crews)
    posted(slack, parts)
    tables = [[block for block in part.blocks if block["type"] == "table"] for part in parts]
    assert all(len(found) == 1 for found in tables[:-1])
    headers = [found[0]["rows"][0][0]["text"] for found in tables if found]
    assert headers == ["Ship"] * (len(headers) - 1) + ["Captain"]
    assert sum(len(found[0]["rows"]) - 1 for found in tables if found) == len(ships) + len(crews)


@pytest.mark.parametrize("cells", [[("Ship", "x" * 5000)], [(f"Column {n}", f"{n}") for n in range(25)]])
def test_what_no_table_can_hold_becomes_a_list(slack: Playground, cells: list[tuple[str, str]]) -> None:
    parts = parts_of(row(*cells))
    posted(slack, parts)
    assert not any(block["type"] == "table" for part in parts for block in part.blocks)
    texts = "".join(each["text"] for part in parts for each in said(part)[0]["elements"][0]["elements"][0]["elements"])
    assert all(value in texts for _, value in cells)


def test_code_is_closed_at_the_end_of_a_message_and_opened_again(slack: Playground) -> None:
    code = "\n".join(f"  echo {n} '```' <!channel>" for n in range(600))
    parts = parts_of((code, Shape("code")))
    posted(slack, parts)
    assert len(parts) > 2
    blocks = [
        block for part in parts for block in said(part) if block["elements"][0]["type"] == "rich_text_preformatted"
    ]
    shown = "".join(
        each["text"] for block in blocks for element in block["elements"][:1] for each in element["elements"]
    )
    assert shown == code
    assert all(part.text.count("```") % 2 == 0 for part in parts)
    assert slack.oracle.pings == []


def test_code_inside_a_sentence_is_set_as_code() -> None:
    [block] = said(parts_of(("Run `make demo` first.", Shape()))[0])
    assert block["elements"][0]["elements"][:3] == [
        {"type": "text", "text": "Run "},
        {"type": "text", "text": "make demo", "style": {"code": True}},
        {"type": "text", "text": " first."},
    ]
