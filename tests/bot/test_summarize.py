from __future__ import annotations

from collections.abc import Callable

from bot.relevance import Embed
from bot.shapes import shaped
from bot.summarize import summarize
from bot.tables import table_of
from bot.values import Note
from vectorstore.values import Version

REPORT = """# The year at the Ulv aquarium

The aquarium in Ulv had 61,000 visitors in 2025, more than ever before. The sea otters were the favourites of the year.

## Money

Income rose to 9.2 million crowns. The new ticket machine was paid off in August. The Salt Mail reported that the
aquarium was bankrupt. The aquarium denied the report and showed its books.

## Animals

Two sea otters were born in April. The old sturgeon died at the age of 60 years.

## Plans

A tunnel of glass is to be built under the shark tank by 2028. The council has promised half of the money for it.
"""


def test_every_section_has_its_point_in_the_order_of_the_document(
    embed: Embed, version: Callable[..., Version]
) -> None:
    drafts = summarize(version("Ulv", REPORT, title="The year at the Ulv aquarium"), embed=embed, limit=6)
    text = " ".join(draft.text for draft in drafts)
    assert "61,000 visitors" in text
    assert "crowns" in text or "its books" in text
    assert "otters were born" in text or "sturgeon" in text
    assert "tunnel of glass" in text
    starts = [draft.quotes[0].start for draft in drafts]
    assert starts == sorted(set(starts))
    assert len(drafts) <= 6


def test_a_dispute_is_kept(embed: Embed, version: Callable[..., Version]) -> None:
    text = " ".join(draft.text for draft in summarize(version("Ulv", REPORT), embed=embed))
    assert ("bankrupt" in text) <= ("denied the report" in text)
    assert "denied the report" in text


def test_each_point_is_its_own_proof(embed: Embed, version: Callable[..., Version]) -> None:
    for draft in summarize(version("Ulv", REPORT), embed=embed):
        assert draft.text == " ".join(draft.quotes[0].text.split())
        assert not draft.text.startswith("#")


def test_a_long_document_is_covered_to_its_end(embed: Embed, version: Callable[..., Version]) -> None:
    parts = [
        f"## Part {n}\n\nThe {n}th expedition of the ship Auk measured the depth of bay number {n} with a rope."
        for n in range(1, 90)
    ]
    drafts = summarize(version("Auk", "\n\n".join(parts)), embed=embed, limit=8)
    assert len(drafts) == 8


def test_a_text_without_sentences_has_no_points(embed: Embed, version: Callable[..., Version]) -> None:
    assert summarize(version("Void", "Menu | Home | 42"), embed=embed) == []


def test_a_point_comes_with_who_he_is(embed: Embed, version: Callable[..., Version]) -> None:
    """ "He also said" leans on "Last year he said", and that on a name."""
    text = (
        "The anglers of Ulv met on Sunday in the old customs house.\n\nPer Holt has warned of the new weir for years. Last year "
        "he called the weir a grave for salmon. He has also said the weir makes the anglers of Ulv poor.\n\n"
        "The weir was opened by the minister of energy in March."
    )
    points = [
        draft.text for draft in summarize(version("River Post", text, title="Holt on the weir"), embed=embed, limit=4)
    ]
    for place, point in enumerate(points):
        if point.startswith(("Last year he", "He has also")):
            assert any("Per Holt" in earlier for earlier in points[:place]), points


def test_labels_are_no_points(embed: Embed, version: Callable[..., Version]) -> None:
    text = "Place: the town hall of Port Ulv.\n\nThe council of Ulv agreed to sell the old ferry to a museum."
    points = [draft.text for draft in summarize(version("Minutes", text), embed=embed)]
    assert points == ["The council of Ulv agreed to sell the old ferry to a museum."]


def test_a_table_is_told_by_its_columns_and_first_rows(version: Callable[..., Version]) -> None:
    rows = "\n".join(f"| N{number} | Port Callow | {number}00 |" for number in range(1, 8))
    table = version("figures", f"| Route | From | Passengers |\n{rows}", title="Route figures")
    drafts, notes = table_of(table)
    assert [draft.text for draft in shaped(drafts)][:2] == [
        "Route: N1; From: Port Callow; Passengers: 100",
        "Route: N2; From: Port Callow; Passengers: 200",
    ]
    assert all(draft.quotes[0].text in table.text for draft in drafts)
    assert notes == [Note("table_told", {"columns": ("Route", "From", "Passengers"), "rows": 7, "shown": 5})]


def test_what_has_no_rows_under_a_header_is_no_table(version: Callable[..., Version]) -> None:
    for text in ("| alone |", "|  |  |\n|  |  |", "words", "a | b\nc | d"):
        assert table_of(version("figures", text)) == ([], [])
