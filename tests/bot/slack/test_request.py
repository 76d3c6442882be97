"""Payloads become requests: what is asked of us, and nothing else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.slack.mrkdwn import escape, has_words, markdown, public_url, typed
from bot.slack.request import Heard, Request, heard, is_well_formed

TEAM, BOT = "T1", "UBOT"


def event(**changes: Any) -> dict[str, Any]:
    inner = {
        "type": "message",
        "user": "U1",
        "text": f"<@{BOT}> ferry?",
        "channel": "C1",
        "ts": "1.5",
        "channel_type": "channel",
    }
    inner |= changes
    inner = {name: value for name, value in inner.items() if value is not None}
    return {
        "type": "event_callback",
        "event_id": "Ev1",
        "team_id": TEAM,
        "event": inner,
        "is_ext_shared_channel": False,
    }


def test_a_mention_is_a_question_for_its_thread() -> None:
    assert heard(event(), TEAM, BOT) == Heard(
        Request("Ev1", "question", TEAM, "C1", "U1", "ferry?", message_ts="1.5", thread_ts="1.5")
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"bot_id": "B1"},
        {"bot_profile": {"id": "B1"}},
        {"subtype": "bot_message"},
        {"subtype": "message_changed"},
        {"subtype": "channel_join"},
        {"user": BOT},
        {"user": "USLACKBOT"},
        {"user": None},
        {"channel": None},
        {"ts": None},
        {"text": "no mention"},
        {"text": "somebody <@U2> else"},
        {"text": "somebody <@U2> else", "thread_ts": "1.2"},
        {"text": ":+1:", "thread_ts": "1.2"},
        {"type": "reaction_added"},
    ],
    ids=str,
)
def test_what_is_not_for_us_is_nothing(changes: dict[str, Any]) -> None:
    assert heard(event(**changes), TEAM, BOT) is None


def test_a_channel_of_which_nothing_is_known_counts_as_shared() -> None:
    body = event()
    del body["is_ext_shared_channel"]
    found = heard(body, TEAM, BOT)
    assert found is not None
    assert found.request.is_shared


@pytest.mark.parametrize("mark", ["user_team", "source_team"])
def test_a_person_of_another_team_is_foreign(mark: str) -> None:
    found = heard(event(**{mark: "T2"}), TEAM, BOT)
    assert found is not None
    assert found.request.is_foreign


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["message", "app_mention", "C1", "1.5"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_FIELDS = "type user text channel ts thread_ts channel_type subtype bot_id message deleted_ts user_team".split()
_OUTER = "event_id team_id command text user_id channel_id trigger_id response_url actions container channel user message".split()


@given(
    st.sampled_from(["event_callback", "block_actions", "message_action", "view_submission", 5, None]),
    st.fixed_dictionaries({}, optional=dict.fromkeys(_FIELDS, anything)),
    st.fixed_dictionaries({}, optional=dict.fromkeys(_OUTER, anything)),
)
@settings(max_examples=150)
def test_no_shape_of_payload_breaks_the_reading(kind: Any, inner: dict[str, Any], outer: dict[str, Any]) -> None:
    body = {"type": kind, "callback_id": "ask_about_message", **outer, "event": inner}
    if is_well_formed(body):
        found = heard(body, TEAM, BOT)
        assert found is None or isinstance(found.request.text, str)


@given(st.text())
def test_escaped_text_has_no_token_and_no_address(text: str) -> None:
    safe = escape(text + " <!here> https://a.example mailto:x@y.example x@z.example www.b.example c.example/d")
    assert not re.search(r"\w@[\w-]+\.\w|\w\.example\b", safe)
    assert "<" not in safe
    assert ">" not in safe
    assert "https://a" not in safe
    assert "mailto:x" not in safe


_PIECES = [
    "<",
    ">",
    "!",
    "@",
    "#",
    "[",
    "]",
    "(",
    ")",
    "`",
    "*",
    "_",
    "\\",
    "|",
    "-",
    "+",
    "1.",
    "&lt;",
    " ",
    "\n",
    "a",
    "U1",
    "here",
]
_ADDRESSES = ["https://a.example", "mailto:x@y.example", "x@z.example", "www.b.example", "<!channel>", "[a](b.example)"]


@given(st.lists(st.sampled_from([*_PIECES, *_ADDRESSES]) | st.text(max_size=5), max_size=30))
def test_text_for_markdown_is_one_line_with_nothing_alive_in_it(pieces: list[str]) -> None:
    line = markdown("".join(pieces))
    assert "<" not in line
    assert "\n" not in line
    assert not re.search(r"\w@[\w-]+\.\w|\w\.example\b", line)
    tokens = MarkdownIt("commonmark").enable("table").parse(line)
    assert {token.type for token in tokens} <= {"paragraph_open", "paragraph_close", "inline"}
    alive = {each.type for token in tokens for each in token.children or ()}
    assert not alive & {"link_open", "image", "html_inline"}


@pytest.mark.parametrize(
    ("wire", "words"),
    [
        (f"<@{BOT}> hello", "hello"),
        (f"hello <@{BOT}|footnote>", "hello"),
        ("ask <@U2|ada> in <#C2|desk> or <!subteam^S1|@team>", "ask @ada in #desk or @team"),
        ("see <https://a.example/x|a.example/x>", "see https://a.example/x"),
        ("1 &lt; 2 &amp;amp; 3", "1 < 2 &amp; 3"),
        ("tag\U000e0041s, \u202ebidi\u202c, zero\u200bwidth\x00", "tags, bidi, zerowidth"),
        ("family 👩\u200d👧, Persian می\u200cروم", "family 👩\u200d👧, Persian می\u200cروم"),
        ("\ud800lone", "lone"),
    ],
)
def test_what_was_typed_is_read_as_it_was_meant(wire: str, words: str) -> None:
    assert typed(wire, BOT) == words


def test_only_letters_and_digits_are_words() -> None:
    assert [has_words(text) for text in ("", ":wave:", "👋", "?!", "a", "7", "字")] == [False] * 4 + [True] * 3


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "ftp://a.example", "//a.example", "https:///x", "http://[", ""]
)
def test_only_addresses_of_the_web_become_links(url: str) -> None:
    assert public_url(url) is None


def test_syntax_in_an_address_is_encoded() -> None:
    assert public_url("https://a.example/x|y<z> w%20") == "https://a.example/x%7Cy%3Cz%3E%20w%20"
