"""A thousand outputs of a model that is not on our side: what passes the gate arrives whole in Slack, and nothing comes alive.

The road is the real one: the model's server, the composer, the citations, the blocks, the stand-in that refuses what Slack would
refuse. Only the gate lets everything through that quotes a source, so that the worst reaches Slack. `FOOTNOTE_EXAMPLES` sets how
many batches of four outputs are tried.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk import WebClient

from bot import cite
from bot.model import Composed, ModelComposer
from bot.slack.blocks import LONGEST_TEXT, Part
from bot.slack.controls import Shown
from bot.slack.language import strings_of
from bot.slack.mrkdwn import public_url
from bot.slack.render import answer_parts
from bot.usage import Usage
from bot.values import Answer, Searched, Statement
from playground.server import Playground
from vectorstore.values import Passage, Version

BATCHES = int(os.environ.get("FOOTNOTE_EXAMPLES", "250"))
BATCH = 4
ENGLISH = strings_of("en")

MENTIONS = [
    *"<!channel> <!here|here> <!everyone> <!subteam^S012|crew>".split(),
    *"<@U012ABCDEF> <#C012ABCDEF> @channel <!cha<!here>nnel>".split(),
]
LINKS = [
    "[click](https://evil.example/?q=1)",
    "[click][1]\n[1]: https://evil.example",
    "<https://evil.example>",
    "<https://evil.example|the harbour>",
    "https://evil.example/a?b=c",
    "![](https://evil.example/x.png)",
    "<img src='https://evil.example/x.png'>",
    "slack://open mailto:a@evil.example hxxps://evil.example",
    "https://xn--80ak6aa92e.example ht\u200btps://ev\u2060il.example",
    "www.evil.example evil.example/path 203.0.113.7",
    "someone@evil.example",
    "https://\nevil.example",
    "&lt;https://evil.example|x&gt; &#60;!channel&#62;",
]
FOOTERS = ["Sources: [1] https://evil.example", "*Sources*\n[1] <https://evil.example|Harbour Post>", "## Sources"]
SHAPES = [
    "```",
    "~~~",
    "```json",
    "> quoted",
    "# Heading",
    "    indented",
    "---",
    "| a | b |",
    "|---|---|",
    "<think>",
    "{",
    "NONE",
]
LETTERS = [
    "x" * 700,
    "👩\u200d👩\u200d👧" * 90,
    "e\u0301" * 200,
    "שלום עולם \u202eabc",
    "\ud83d",
    "\x00\x1b[31m",
    "𝔘𝔫𝔦",
    "🇪🇸🏴",
]
MARKUP = [
    "*bold*",
    "_it_",
    "~no~",
    "`code`",
    "``x``",
    "`",
    "**",
    "{} %s {0}",
    "<b>x</b>",
    "&amp;",
    "| |",
    "\\|",
    ":tada:",
    "\t",
]
NASTY = [*MENTIONS, *LINKS, *FOOTERS, *SHAPES, *LETTERS, *MARKUP]

HARBOUR = [
    "The ferry to Skarn was cancelled on Monday because of the storm.",
    "The harbour master counted 14 ships and called <!channel> twice.",
    "Write to desk@harbour.example or see https://harbour.example/plan for the plan of the piers.",
    "Ida Brandt said “we are not selling anything” and left (with <@U012ABCDEF>).",
    "The crossing costs 12 crowns for grown-ups and 6 crowns for children in winter.",
    "מעבורת יוצאת מהנמל כל בוקר בשעה תשע.",
]
COMMANDS = "systemctl stop pump && echo '<!channel>'\n  systemctl start pump --now # https://harbour.example/run"
TEXT = "\n\n".join([*HARBOUR, f"Commands:\n\n```\n{COMMANDS}\n```", "The end of the page."])

noise = st.lists(
    st.sampled_from(NASTY) | st.text(max_size=12) | st.text("ab [](){}<>|*_`~#\"'\n@!:/.\\", max_size=16), max_size=3
).map(" ".join)


@st.composite
def lines(draw: Any) -> str:
    """A line as the prompt asks for it, more or less, with noise anywhere in it."""
    quote = draw(st.sampled_from(HARBOUR))
    start = draw(st.sampled_from(["- ", "* ", "  - ", "      * ", "1. ", "12) ", "> ", "", "## "]))
    number = draw(st.sampled_from(["[1]", "[2]", "[99]", "(source 1)", "[1][2]", "【1†L2】", ""]))
    said = draw(
        st.sampled_from([quote, quote[: len(quote) // 2], quote.replace(" ", " *", 1), f"`{quote[:12]}` {quote}"])
    )
    return f'{start}{draw(noise)} {said} {draw(noise)} {number} "{quote}"'


@st.composite
def tables(draw: Any) -> str:
    columns = draw(st.integers(1, 23))
    header = (
        "|"
        + "|".join(draw(st.sampled_from(["What", "", "<!here>", "[a](https://evil.example)"])) for _ in range(columns))
        + "|"
    )
    rows = []
    for _ in range(draw(st.integers(1, 4))):
        quote = draw(st.sampled_from(HARBOUR))
        words = quote.split()
        cells = [
            draw(st.sampled_from([*words, "", f"**{words[0]}**", f"<!channel> {words[1]}"])) for _ in range(columns)
        ]
        rows.append(f'| {" | ".join(cells)} | [{draw(st.integers(1, 2))}] "{quote}" |')
    return "\n".join([header, "|---" * columns + "|", *rows])


fences = st.sampled_from([COMMANDS, COMMANDS.split("\n")[0], "rm -rf /", "<!channel>"]).map(
    lambda code: f"```sh\n{code}\n```"
)
several = {"min_size": 1, "max_size": 9}
OUTPUTS = {
    "sentences": st.lists(lines() | noise, **several).map("\n".join),
    "tables": st.lists(tables() | noise, **several).map("\n".join),
    "code": st.lists(fences | lines(), **several).map("\n".join),
    "everything": st.lists(lines() | tables() | fences | noise, **several).map("\n".join),
}

FOUND = [
    f'|What|[a](https://evil.example)|\n|---|---|\n|  | crossing | [1] "{HARBOUR[4]}" |',  # one row, with an empty cell
]


@dataclass
class Road:
    """From what a model writes to what the stand-in shows."""

    slack: Playground
    client: WebClient
    server: Any
    composer: ModelComposer
    passages: list[Passage]
    shown: int = 0
    """Statements that reached Slack, over all examples."""

    def composed(self, written: str) -> Composed:
        self.server.scripts.clear()
        self.server.says(written, piece=2000)
        return self.composer.compose("What about the ferry?", self.passages)

    def posted(self, parts: list[Part], *, blocks: bool = True) -> list[Any]:
        channel = self.slack.workspace.general.id
        messages = []
        for part in parts:
            shown = list(part.blocks) if blocks else None
            sent = self.client.chat_postMessage(
                channel=channel, text=part.text, blocks=shown, unfurl_links=False, unfurl_media=False
            )
            messages.append(self.slack.message(channel, sent["ts"]))
        return messages


class Everything:
    supported = True
    reason = None
    usage = Usage()


def everything(_sentence: str, quote: str, version: Version) -> Everything:
    assert quote in version.text
    return Everything()


@pytest.fixture(scope="module")
def road(passages: list[Passage], lasting_model_server: Any) -> Iterator[Road]:
    manifest = Path(__file__).parents[3] / "slack-manifest.yaml"
    composer = ModelComposer("openai:scripted", base_url=lasting_model_server.base_url, check=everything)
    with Playground.running(manifest) as slack:
        client = WebClient(slack.environment["SLACK_BOT_TOKEN"], base_url=slack.environment["SLACK_API_URL"])
        yield Road(slack, client, lasting_model_server, composer, passages)


@pytest.fixture(scope="module")
def passages(passage_of: Callable[..., Passage]) -> list[Passage]:
    facts = {"fetched_at": datetime(2026, 3, 3, tzinfo=UTC), "published": date(2026, 3, 2)}
    return [
        passage_of(
            "post",
            TEXT,
            title="<!channel> *Storm* [x](https://evil.example)",
            url="https://harbour.example/a?b=c|d",
            **facts,
        ),
        passage_of(
            "copy",
            TEXT + "\n\nOnce more.",
            title="t" * 300,
            publisher="<@U012ABCDEF> Post",
            author="a@evil.example",
            **facts,
        ),
    ]


def answer_of(composed: Composed) -> Answer:
    statements = cite.cite(composed.drafts)
    sources = cite.sources(composed.drafts, statements)
    return Answer(statements, sources, Searched(2, 12, "the ferry"), composer="model", rejected=composed.rejected)


def lost(statement: Statement, read: str) -> list[str]:
    """What of a statement is not read word for word. A row that stands alone is a line, without the columns it leaves empty."""
    code = statement.shape.form == "code"
    line = statement.text if code else re.sub(r"`([^`]+)`", r"\1", statement.text)
    texts = [text for cell in statement.shape.cells for text in cell] or [line]
    return [] if line in read else [text for text in texts if text not in read]


def seen(node: Any) -> Iterator[str]:
    """All the text of blocks, in their order."""
    if isinstance(node, dict):
        if isinstance(node.get("text"), str):
            yield node["text"]
        for value in node.values():
            yield from seen(value)
    elif isinstance(node, list):
        for each in node:
            yield from seen(each)


def check_nothing_is_alive(road: Road, cited: set[str]) -> None:
    assert road.slack.oracle.pings == []
    assert {link.url for link in road.slack.oracle.links} <= cited
    assert not any(link.unfurls for link in road.slack.oracle.links)


def cited_addresses(passages: list[Passage], answer: Answer) -> set[str]:
    links = {citation.link for statement in answer.statements for citation in statement.citations}
    return {url for link in (*links, *(passage.version.url for passage in passages)) if (url := public_url(link))}


def follow(road: Road, written: str, cited: set[str]) -> None:
    answer = answer_of(road.composed(written))
    cited |= cited_addresses(road.passages, answer)
    parts = answer_parts(answer, Shown("a" * 24, answer.answered), ENGLISH)
    messages = road.posted(parts)
    read = "".join(seen([message.blocks for message in messages]))
    for statement in answer.statements:
        assert lost(statement, read) == []
    for source in answer.sources:
        assert source.title in read
        assert "".join(f"[{n}]" for n in source.n) in read
    assert all(len(part.text) <= LONGEST_TEXT for part in parts)
    ours = [part for part in parts if "'Sources', 'style': {'bold': True}" in str(part.blocks)]
    assert len(ours) >= bool(answer.sources)
    assert sum("feedback_buttons" in str(part.blocks) for part in parts) == 1
    road.shown += len(answer.statements)


CITED: set[str] = set()


@pytest.mark.hypothesis
@pytest.mark.timeout(300 + BATCHES)
@pytest.mark.parametrize("kind", OUTPUTS)
def test_what_passes_arrives_whole_and_nothing_comes_alive(road: Road, kind: str) -> None:
    tries, before = BATCHES // len(OUTPUTS), road.shown

    @given(st.lists(OUTPUTS[kind], min_size=BATCH, max_size=BATCH))
    @settings(max_examples=tries)
    def all_hold(batch: list[str]) -> None:
        for written in batch:
            follow(road, written, CITED)
        check_nothing_is_alive(road, CITED)

    all_hold()
    assert road.shown - before > tries * BATCH // 2, "otherwise the property says nothing"


def test_what_was_found_once_stays_mended(road: Road) -> None:
    for written in FOUND:
        follow(road, written, CITED)
    check_nothing_is_alive(road, CITED)
