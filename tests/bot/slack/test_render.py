"""Answers as Slack messages: everything arrives, nothing comes alive, nothing is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk import WebClient

from bot.slack.blocks import LONGEST_TEXT, Part, bold, pieces, quoted, rich_line, verbatim, words
from bot.slack.controls import Shown
from bot.slack.language import strings_of
from bot.slack.render import answer_parts, error_part, text_parts
from bot.slack.surfaces.quotes import quotes_view
from bot.values import Answer, Citation, Note, Searched, SourceLine, Statement
from playground.server import Playground

ENGLISH = strings_of("en")
SHOWN = Shown("a" * 24, answered=True)
_NASTY = [
    *"<!channel> <!here> <!everyone> <!subteam^S1> <@U012ABCDEF> <#C012ABCDEF> @channel @here".split(),
    *"https://evil.example/x http://evil.example <mailto:a@b.example|mail> slack://open".split(),
    *"<https://evil.example/?q=1|click> [a](https://evil.example) ![](https://evil.example/x.png)".split(),
    *"*bold* _it_ ~no~ `code` ``` > &lt;!channel&gt; &amp; & < | {} %s 👩\u200d👩\u200d👧 e\u0301 שלום".split(),
    "Sources: [1] https://evil.example",
    "word " * 30,
]
_PUBLIC = "https://paper.example/"

text = st.lists(
    st.sampled_from(_NASTY) | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40), max_size=12
)
sentence = text.map(lambda parts: " ".join(parts).strip() or "Nothing.")


def about(missing: str) -> Note:
    return Note("nothing_about", {"missing": (missing,)})


@st.composite
def answers(draw: Any) -> Answer:
    count = draw(st.integers(1, 8))
    statements, sources = [], []
    for n in range(1, count + 1):
        words, title = draw(sentence), draw(sentence)
        url = draw(st.sampled_from([f"{_PUBLIC}{n}", None, "javascript:alert(1)", f"{_PUBLIC}{n}?a=<b>|c d"]))
        quote = Citation(n, words, title, url, draw(st.none() | sentence), None, f"d{n}", f"v{n}", 0, len(words), url)
        statements.append(Statement(words, (quote,)))
        sources.append(SourceLine((n,), title, url, quote.publisher, None, date(2026, 3, 2), None, f"d{n}", f"v{n}"))
    return Answer(
        tuple(statements),
        tuple(sources),
        Searched(1, 1, "q"),
        notes=tuple(draw(st.lists(sentence.map(about), max_size=2))),
    )


@pytest.fixture(scope="module")
def slack() -> Iterator[Playground]:
    from pathlib import Path

    with Playground.running(Path(__file__).parents[3] / "slack-manifest.yaml") as running:
        yield running


def post(slack: Playground, parts: list[Part], *, blocks: bool = True) -> list[Any]:
    """The messages as Slack shows them; raises where Slack refuses one."""
    client = WebClient(slack.environment["SLACK_BOT_TOKEN"], base_url=slack.environment["SLACK_API_URL"])
    channel = slack.workspace.general.id
    sent = []
    for part in parts:
        shown = list(part.blocks) if blocks else None
        answer = client.chat_postMessage(
            channel=channel, text=part.text, blocks=shown, unfurl_links=False, unfurl_media=False
        )
        sent.append(slack.message(channel, answer["ts"]))
    return sent


def literal(messages: list[Any]) -> str:
    """All the text in the blocks, as a reader sees it."""
    found = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("text"), str):
                found.append(node["text"])
            for key, value in node.items():
                if key != "text" or not isinstance(value, str):
                    walk(value)
        elif isinstance(node, list):
            for each in node:
                walk(each)

    for message in messages:
        walk(message.blocks)
    return "".join(found)


def check_everything(slack: Playground, answer: Answer) -> None:
    pings, links = len(slack.oracle.pings), len(slack.oracle.links)
    messages = post(slack, answer_parts(answer, SHOWN, ENGLISH))
    seen = literal(messages)
    for statement in answer.statements:
        assert statement.text in seen
    for source in answer.sources:
        assert source.title in seen
    for note in answer.notes:
        assert ENGLISH.note(note) in seen
    assert len(slack.oracle.pings) == pings
    cited = {link for s in answer.statements for c in s.citations for link in (c.url, c.link) if link}
    for link in list(slack.oracle.links)[links:]:
        assert link.url.startswith(_PUBLIC)
        assert any(re.sub(r"\W|%..", "", link.url) in re.sub(r"\W", "", url) for url in cited) or "?" in link.url
        assert not link.unfurls


@given(answer=answers())
@settings(max_examples=40)
def test_every_character_and_source_arrives_and_nothing_comes_alive(slack: Playground, answer: Answer) -> None:
    check_everything(slack, answer)


@given(answer=answers())
@settings(max_examples=20)
def test_without_blocks_nothing_comes_alive_either(slack: Playground, answer: Answer) -> None:
    pings, links = len(slack.oracle.pings), len(slack.oracle.links)
    post(slack, answer_parts(answer, SHOWN, ENGLISH), blocks=False)
    assert len(slack.oracle.pings) == pings
    assert all(link.url.startswith(_PUBLIC) for link in list(slack.oracle.links)[links:])


@pytest.mark.parametrize(
    "words",
    [
        "a" * 10_000,
        "word " * 6_000,
        "&<>" * 10_000,
        "👩‍👩‍👧" * 3_000,
        "<!channel> https://evil.example " * 900,
        *("x" * length for length in (2999, 3000, 3001, 4000, 12_000, 12_001, 13_203, 40_001)),
    ],
    ids=lambda words: f"{len(words)} of {words[:5]}",
)
def test_any_length_is_split_not_cut(slack: Playground, words: str) -> None:
    quote = Citation(1, words, "T", f"{_PUBLIC}1", None, None, "d", "v", 0, len(words))
    source = SourceLine((1,), "T", f"{_PUBLIC}1", None, None, None, None, "d", "v")
    pings = len(slack.oracle.pings)
    messages = post(
        slack, answer_parts(Answer((Statement(words, (quote,)),), (source,), Searched(1, 1, "q")), SHOWN, ENGLISH)
    )
    assert words in literal(messages)
    assert all(len(message.text) <= LONGEST_TEXT for message in messages)
    assert len(slack.oracle.pings) == pings


def test_quotes_of_one_source_stand_together_and_of_another_apart() -> None:
    def said(composer: Any) -> str:
        quotes = [
            Citation(n, f"S{n}.", "T", None, None, None, "d", version, 0, 3) for n, version in enumerate("aab", 1)
        ]
        statements = tuple(Statement(each.quote, (each,)) for each in quotes)
        [part] = answer_parts(Answer(statements, (), Searched(1, 1, "q"), composer=composer), SHOWN, ENGLISH)
        return part.text

    assert said("extractive") == "S1. [1] S2. [2]\nS3. [3]"
    assert said("model") == "S1. [1] S2. [2] S3. [3]"


def test_remarks_stand_above_the_sources_and_a_common_day_of_reading_beside_their_heading() -> None:
    def told(*fetched: str | None) -> list[str]:
        quotes = [Citation(n, "Q.", "T", None, "P", None, "d", f"v{n}", 0, 2) for n, _ in enumerate(fetched, 1)]
        sources = tuple(
            SourceLine((c.n,), "T", None, "P", None, None, at, "d", c.version)
            for c, at in zip(quotes, fetched, strict=True)
        )
        answer = Answer(
            (Statement("Q.", tuple(quotes)),),
            sources,
            Searched(1, 1, "q"),
            notes=(Note("model_slow"),),
            composer="model",
        )
        [part] = answer_parts(answer, SHOWN, ENGLISH)
        return part.text.split("\n")[1:]

    day, other = "2026-03-03T08:00:00+00:00", "2026-03-04T08:00:00+00:00"
    slow = "The model did not answer in time."
    assert told(day, day) == [slow, "*Sources* · read 3 March 2026", "[1] T · P · undated", "[2] T · P · undated"]
    assert told(day, other)[1:3] == ["*Sources*", "[1] T · P · undated · read 3 March 2026"]
    assert told(day)[1:] == ["*Sources*", "[1] T · P · undated · read 3 March 2026"]


def test_sixty_sources_arrive(slack: Playground) -> None:
    cited = [
        Citation(n, "Q.", f"Title {n}", _PUBLIC + "x" * 300 + str(n), "P", None, "d", f"v{n}", 0, 2)
        for n in range(1, 61)
    ]
    sources = tuple(SourceLine((c.n,), c.title, c.url, "P", None, None, None, "d", c.version) for c in cited)
    messages = post(
        slack, answer_parts(Answer((Statement("Q.", tuple(cited)),), sources, Searched(1, 1, "q")), SHOWN, ENGLISH)
    )
    seen = literal(messages)
    assert all(f"[{n}] Title {n} ·" in seen for n in range(1, 61))
    assert len([m for m in messages if "feedback" in str(m.blocks)]) == 1


def test_a_document_cannot_pass_its_own_sources_off_as_ours() -> None:
    words = "All is well.\nSources\n[9] https://evil.example"
    quote = Citation(1, words, "T", None, None, None, "d", "v", 0, len(words))
    [part] = answer_parts(Answer((Statement(words, (quote,)),), (), Searched(1, 1, "q")), SHOWN, ENGLISH)
    headings = [
        element
        for block in part.blocks
        for section in block.get("elements", ())
        for element in section.get("elements", ())
        if element.get("style", {}).get("bold")
    ]
    assert headings == []
    assert "evil.example" not in [element.get("url") for element in part.blocks]
    assert "https://evil" not in part.text


def test_an_address_that_is_too_long_loses_its_fragment_then_its_link() -> None:
    def link(url: str) -> str | None:
        quote = Citation(1, "Q.", "T", None, None, None, "d", "v", 0, 2, url)
        [part] = answer_parts(Answer((Statement("Q.", (quote,)),), (), Searched(1, 1, "q")), SHOWN, ENGLISH)
        return next((e.get("url") for e in part.blocks[0]["elements"][0]["elements"] if "[1]" in e["text"]), None)

    assert link(f"{_PUBLIC}a#:~:text=" + "b" * 3000) == f"{_PUBLIC}a"
    assert link(_PUBLIC + "b" * 3000) is None


@given(st.text(max_size=300), st.integers(5, 60))
def test_pieces_rebuild_the_text_and_are_short_enough(words: str, limit: int) -> None:
    found = list(pieces(words, limit))
    assert "".join(found) == words
    assert all(0 < len(piece) <= limit for piece in found)


def test_what_combines_is_not_separated() -> None:
    assert list(pieces("abcde\u0301f", 5)) == ["abcd", "e\u0301f"]
    assert all(not piece.startswith("\u200d") for piece in pieces("👩\u200d👩\u200d👧" * 40, 16))


def test_an_error_offers_to_try_again(slack: Playground) -> None:
    [message] = post(slack, [error_part("F-ABCDEF", "Ev1", ENGLISH)])
    assert "F-ABCDEF" in message.text
    assert message.blocks[-1]["elements"][0]["value"] == "Ev1"


def test_words_of_ours_are_a_paragraph_a_line(slack: Playground) -> None:
    [message] = post(slack, text_parts("one\n\ntwo <!channel>"))
    assert message.text == "one\ntwo &lt;!channel&gt;"


@given(answer=answers())
@settings(max_examples=15)
def test_the_window_of_quotes_is_one_slack_opens(slack: Playground, answer: Answer) -> None:
    from bot.slack.library import Context
    from playground.blocks import check_view

    contexts: dict[int, Context | None] = {
        c.n: Context("b" * 5000, c.quote * 40, "a" * 5000) if c.n % 2 else None
        for s in answer.statements
        for c in s.citations
    }
    view = quotes_view(answer, contexts, ENGLISH)
    check_view(view)
    assert len(view["blocks"]) <= 100


def test_where_there_are_no_documents_nobody_is_told_to_try_other_words() -> None:
    [part] = answer_parts(Answer((), (), Searched(0, 0, "who denied it?")), SHOWN, ENGLISH)
    assert "There are no documents yet that I may answer from here." in part.text
    assert "Try other words" not in part.text
    assert "0 documents" not in part.text


def test_an_empty_text_is_left_out_where_slack_would_refuse_it(slack: Playground) -> None:
    blocks = (rich_line(bold(""), words("said")), quoted(words("")), verbatim(""))
    post(slack, [Part("said", blocks)])
    assert '"text": ""' not in json.dumps(blocks)
