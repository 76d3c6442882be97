"""Sentences of summaries: what several sentences of a report say may be joined, not mixed."""

from __future__ import annotations

import pytest

from bot.gate import THRESHOLD, support
from bot.mixtures import mixtures
from bot.objections import Objection
from bot.relevance import Embed
from bot.stretches import sources, stretches
from vectorstore.words import stems

REPORT = (
    "Guards on the Marsk line called off their strike on Sunday night, five hours before it was due to begin. "
    "The company agreed to keep a second member of staff on every train until 2028. "
    "The union's leader, Mara Doyle, warned that strikes could follow on two other lines. "
    "She will meet the owners of both lines on Thursday. "
    "The transport minister, Colm Hart, had threatened to fine the union. "
    "He welcomed the agreement. "
    "Season tickets have become 22 percent dearer since 2020, said Leo Abbot, the chairman of a passengers' club. "
    "About 280,000 people use the line each day, a fifth of all commuters."
)


@pytest.mark.parametrize(
    "sentence",
    [
        "Guards on the Marsk line called off their strike five hours before it was due to begin.",
        "Guards called off their strike after the company agreed to keep a second member of staff on every train.",
        "Colm Hart welcomed the agreement.",
        "Mara Doyle will meet the owners of both lines on Thursday.",
        "The union's leader warned that strikes could follow on two other lines.",
        "Twenty percent of commuters use the line.",
        "The line is used by 280,000 people each day.",
        "About 280,000 people use the line, and season tickets have become dearer since 2020.",
        "Season tickets have become twenty-two percent dearer since 2020.",
        "colm hart , the transport minister , had threatened to fine the union .",
    ],
)
def test_what_the_report_says_in_one_or_two_sentences_passes(sentence: str, embed: Embed) -> None:
    assert support(sentence, REPORT, REPORT, embed=embed)[0] >= THRESHOLD


@pytest.mark.parametrize(
    ("kind", "sentence", "reason"),
    [
        ("entity", "Leo Abbot agreed to keep a second member of staff on every train until 2028.", "held_other_name"),
        ("entity", "leo abbot had threatened to fine the union .", "held_other_name"),
        ("coreference", "Leo Abbot will meet the owners of both lines on Thursday.", "held_other_name"),
        ("circumstance", "Guards on the Marsk line called off their strike on Thursday night.", "held_moved"),
        ("circumstance", "Season tickets have become 22 percent dearer since 2028.", "held_figure"),
        ("link", "Guards ended their strike because season tickets have become dearer.", "held_no_reason"),
        ("link", "The minister welcomed the agreement because 280,000 people use the line.", "held_no_reason"),
    ],
)
def test_what_is_mixed_of_several_sentences_is_held_back(kind: str, sentence: str, reason: str, embed: Embed) -> None:
    score, worst = support(sentence, REPORT, REPORT, embed=embed)
    assert (score < THRESHOLD, worst.key) == (True, reason), kind


def mixed(sentence: str) -> list[Objection]:
    said = sources(REPORT, REPORT)
    return list(mixtures(sentence, stretches(sentence, said, frozenset(stems(REPORT))), said))


def test_a_sentence_is_read_as_what_each_of_its_sources_says() -> None:
    said = sources(REPORT, REPORT)
    found = stretches("The minister welcomed the agreement, but strikes could follow on two other lines.", said, ())
    assert [(each.text.strip(" ,"), each.source, each.in_clause) for each in found] == [
        ("The minister welcomed the agreement, but", 5, False),
        ("strikes could follow on two other lines.", 2, False),
    ]
    assert all(each.held == pytest.approx(each.words, abs=0.2) for each in found)


def test_a_sentence_that_leans_brings_those_before_it_and_no_other() -> None:
    said = sources("He welcomed the agreement. About 280,000 people use the line each day.", REPORT)
    assert "Colm Hart" in said[0].before
    assert "Abbot" not in said[0].before
    assert said[1].before == ""


def test_nothing_said_and_nothing_quoted_have_no_stretches(embed: Embed) -> None:
    assert stretches("", sources(REPORT, ""), ()) == ()
    assert stretches("The line was closed.", (), ()) == ()
    assert support("…", REPORT, REPORT, embed=embed)[0] == 0.0


def test_a_reason_that_the_report_gives_is_none_put_in() -> None:
    said = sources("The pool was closed because of a leak.", "")
    sentence = "The pool was closed due to a leak."
    assert not list(mixtures(sentence, stretches(sentence, said, ()), said))
    assert [each.reason.key for each in mixed("The strike was called off because of a storm.")] == ["held_no_reason"]
