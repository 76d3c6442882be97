from __future__ import annotations

import pytest

from bot.gate import check, locate
from bot.relevance import Embed
from bot.values import Note
from vectorstore.values import Version

TEXT = (
    "Harbour news\n\nBrask Foods is in talks to buy the Lindholm dairy, the Morning Post reported, citing two bankers. "
    "Brask has denied the report.\n\nThe dairy employs 420 people in Skarvik. Last year it lost 3.5 million crowns. "
    "Its owner, Mette Lund, said: “We will not close the dairy.”\n\nThe council may raise the water fee by 8 percent in May. "
    "About half of the members oppose it. Prices rose faster than wages in 2025."
)
VERSION = Version("v", "d", TEXT, "Brask Foods and the Lindholm dairy")


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("The Lindholm dairy has 420 employees in Skarvik.", "The dairy employs 420 people in Skarvik."),
        ("The dairy lost 3,500,000 crowns last year.", "Last year it lost 3.5 million crowns."),
        ("Brask denied the report.", "Brask has denied the report."),
        ("According to the Morning Post, Brask Foods is in talks to buy the Lindholm dairy.",
         "Brask Foods is in talks to buy the Lindholm dairy, the Morning Post reported, citing two bankers."),
        ("Mette Lund said that the dairy will not close.", "Its owner, Mette Lund, said: \"We will not close the dairy.\""),
        ("The council may raise the water fee by 8 percent.", "The council may raise the water fee by 8 percent in May."),
    ],
)  # fmt: skip
def test_what_the_quote_says_passes(sentence: str, quote: str, embed: Embed) -> None:
    verdict = check(sentence, quote, VERSION, embed=embed)
    assert verdict.supported, verdict
    assert verdict.reason is None
    assert TEXT[verdict.start : verdict.end].split()[0].strip('“"') == quote.split()[0]


@pytest.mark.parametrize(
    ("kind", "sentence", "quote", "reason"),
    [
        ("invented", "Brask Foods was founded in 1911.", "Brask Foods was founded in 1911.", "held_invented_quote"),
        ("wrong number", "The dairy employs 240 people.", "The dairy employs 420 people in Skarvik.", "held_figure"),
        ("wrong unit", "The dairy lost 3.5 billion crowns.", "Last year it lost 3.5 million crowns.", "held_figure"),
        ("wrong name", "The dairy in Malmby employs 420 people.", "The dairy employs 420 people in Skarvik.", "held_name"),
        ("lost negation", "Mette Lund said the dairy will close.",
         "Its owner, Mette Lund, said: “We will not close the dairy.”", "held_denied"),
        ("lost attribution", "Brask Foods is in talks to buy the Lindholm dairy.",
         "Brask Foods is in talks to buy the Lindholm dairy, the Morning Post reported, citing two bankers.", "held_reported"),
        ("lost doubt", "The council raised the water fee by 8 percent in May.",
         "The council may raise the water fee by 8 percent in May.", "held_reported"),
        ("turned around", "Brask has confirmed the report.", "Brask has denied the report.", "held_opposite"),
        ("comparison", "Prices rose slower than wages in 2025.", "Prices rose faster than wages in 2025.", "held_opposite"),
        ("another speaker", "Jens Holm said: we will not close the dairy.",
         "Its owner, Mette Lund, said: “We will not close the dairy.”", ""),
        ("something else", "The harbour is frozen in winter.", "The dairy employs 420 people in Skarvik.", ""),
    ],
)  # fmt: skip
def test_what_the_quote_does_not_say_is_held_back(
    kind: str, sentence: str, quote: str, reason: str, embed: Embed
) -> None:
    verdict = check(sentence, quote, VERSION, embed=embed)
    assert not verdict.supported, (kind, verdict)
    assert verdict.reason
    assert reason in ("", verdict.reason.key)


def test_a_sentence_of_the_source_passes_by_itself(embed: Embed) -> None:
    sentence = "Brask has denied the report."
    assert check(sentence, sentence, VERSION, embed=embed).score == 1.0


def test_a_piece_cut_out_of_a_sentence_is_no_sentence_of_the_source(embed: Embed) -> None:
    piece = "in talks to buy the Lindholm dairy"
    assert check(piece, piece, VERSION, embed=embed).reason == Note("held_cut_out")


def test_a_spliced_quote_is_not_in_the_source(embed: Embed) -> None:
    spliced = "Brask Foods is in talks to buy the Lindholm dairy. Last year it lost 3.5 million crowns."
    assert check("Brask buys a dairy that lost 3.5 million crowns.", spliced, VERSION, embed=embed).start == 0
    assert locate(spliced, VERSION) is None


def test_quotation_marks_and_line_breaks_do_not_hide_a_quote() -> None:
    span = locate('"We will  not\nclose the dairy."', VERSION)
    assert span is not None
    assert TEXT[span[0] : span[1]].startswith("We will not close")


def test_the_score_is_a_share(embed: Embed) -> None:
    for sentence in ("Brask.", "7", "¿?", "A " * 300):
        verdict = check(sentence, "Brask has denied the report.", VERSION, embed=embed)
        assert 0.0 <= verdict.score <= 1.0
