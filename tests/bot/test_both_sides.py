"""A model that tells one side gets the other one added."""

from __future__ import annotations

from collections.abc import Callable

from bot.both_sides import left_out
from bot.draft import Draft, Quote
from vectorstore.values import Passage, Version

REPORT = (
    "Talbot Foods is in talks to buy the Merrin dairy, the Evening Mail reported, citing two bankers.\n\n"
    "The dairy employs 140 people in Merrin.\n\n"
    "Talbot Foods denied the report. “We are not in talks to buy any dairy,” the company said."
)


def quoted(version: Version, text: str) -> Draft:
    start = version.text.index(text)
    return Draft(text, (Quote(version, start, start + len(text)),))


def test_a_denial_that_the_model_left_out_is_added(
    version: Callable[..., Version], found: Callable[..., list[Passage]]
) -> None:
    question = "Is Talbot Foods in talks to buy the Merrin dairy?"
    article = version("Evening Mail", REPORT)
    passages = found(question, article)
    [claim, *_] = REPORT.split("\n\n")
    added = left_out(question, [quoted(passages[0].version, claim)], passages)
    assert any("denied the report" in draft.text for draft in added)
    assert all(draft.text in REPORT for draft in added)


def test_nothing_is_added_to_what_nobody_disputes(
    version: Callable[..., Version], found: Callable[..., list[Passage]]
) -> None:
    question = "How many people does the dairy employ?"
    passages = found(question, version("Evening Mail", REPORT))
    draft = quoted(passages[0].version, "The dairy employs 140 people in Merrin.")
    assert left_out(question, [draft], passages) == []
