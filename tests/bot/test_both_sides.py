"""A model that tells one side gets the other one added."""

from __future__ import annotations

from collections.abc import Callable

from bot.both_sides import left_out, looked_up
from bot.draft import Draft, Quote
from bot.relevance import Embed
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


def test_the_correction_of_a_claim_is_looked_up(
    embed: Embed, version: Callable[..., Version], found: Callable[..., list[Passage]]
) -> None:
    """The question finds the report alone; the correction speaks of "the order" and of no hall."""
    question = "How much will the swimming hall in Ulv cost?"
    report = version("Salt Mail", "Ulv gets a swimming hall. The order is worth 84 million crowns, officials said.")
    correction = version("Salt Mail", "The order is worth 48 million crowns. Two digits were exchanged.", id="second",
                         title="Correction: Hall")  # fmt: skip
    weather = version("Salt Mail", "Snow fell on the pass for three days and the road was closed.", id="third")
    passages = found(question, report)
    everything = looked_up(
        question, passages, search=lambda claim: found(claim, report, correction, weather), embed=embed
    )
    assert [passage.version.id for passage in everything] == [report.id, correction.id]


def test_nothing_is_looked_up_for_nothing(embed: Embed, found: Callable[..., list[Passage]]) -> None:
    assert looked_up("Who is there?", [], search=lambda claim: found(claim), embed=embed) == []
