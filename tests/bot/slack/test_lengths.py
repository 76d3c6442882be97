"""Answers of every length Slack has a limit for arrive whole, over as many messages as it takes."""

from __future__ import annotations

from typing import Any

import pytest

LENGTHS = [2_999, 3_000, 3_001, 4_000, 12_000, 12_001, 13_203, 40_001]
WORDS = "The ferry counted its passengers twice that day. "
TEXTS = {
    **{f"{length} characters": (WORDS * 1000)[:length] for length in LENGTHS},
    "one word": "x" * 10_000,
    "families at the cut": "👩\u200d👩\u200d👧\u200d👦" * 1_500,
    "a fence that stays open": "```\n" + "make demo\n" * 900,
    "entities": "&<>" * 4_000,
}


@pytest.mark.parametrize("name", TEXTS)
def test_an_answer_of_any_length_arrives_whole(served: Any, name: str) -> None:
    question = f"What about {name}?"
    served.oracle.will_say(question, TEXTS[name])
    first = served.ask("maya", served.slack.workspace.general, served.at(question))
    served.settled()
    replies = served.replies(served.slack.workspace.general, first.thread_ts)
    elements = [
        element
        for message in replies
        for block in message.blocks
        for section in block.get("elements", ())
        for element in section.get("elements", ())
    ]
    assert TEXTS[name] in "".join(element.get("text", "") for element in elements)
    assert "Storm closes the strait" in str(replies[-1].blocks)
    assert [("show_quotes" in str(message.blocks)) for message in replies] == [False] * (len(replies) - 1) + [True]


def test_sixty_sources_arrive(served: Any) -> None:
    question = "What do sixty papers say?"
    served.oracle.will_say(question, *(f"Paper {n} counted {n} ferries." for n in range(1, 61)))
    first = served.ask("maya", served.slack.workspace.general, served.at(question))
    served.settled()
    seen = str([m.blocks for m in served.replies(served.slack.workspace.general, first.thread_ts)])
    assert [n for n in range(1, 61) if f"Paper {n} counted {n} ferries." not in seen or f"'[{n}] '" not in seen] == []
