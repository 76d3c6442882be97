"""Scenarios of several sources, each with what an answer by likeness alone gets wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from bot.draft import Draft
from bot.extractive import compose
from bot.relevance import Embed
from bot.remarks import remarks
from bot.values import Dated, Note
from vectorstore.values import Passage, Version

Ask = Callable[..., list[Draft]]
Make = Callable[..., Version]


@pytest.fixture
def ask(embed: Embed, found: Callable[..., list[Passage]]) -> Ask:
    return lambda question, *versions: compose(question, found(question, *versions), embed=embed).drafts


def texts(drafts: list[Draft]) -> str:
    return "\n".join(draft.text for draft in drafts)


def test_a_denial_further_down_the_same_article_is_shown(ask: Ask, version: Make) -> None:
    """Likeness shows the report and leaves out the denial, which shares hardly a word with the question."""
    article = version(
        "Salt Mail",
        "Orbin Mills is negotiating to take over the Karst quarry, the Salt Mail has learned from two managers.\n\n"
        "The quarry employs 300 people and belongs to the Venn family.\n\n"
        "Analysts expect prices for gravel to rise next year.\n\n"
        "Orbin Mills dismissed the report. “Not a word of this story is true,” a spokeswoman said.",
    )
    answer = texts(ask("Is Orbin Mills taking over the Karst quarry?", article))
    assert "negotiating to take over" in answer
    assert "dismissed the report" in answer
    assert "Not a word of this story is true" in answer


def test_a_denial_in_another_document_is_shown(ask: Ask, version: Make) -> None:
    """The report is the likelier passage; the statement that denies it must not fall under the table."""
    report = version(
        "Salt Mail", "Lake Ferries will cancel the night boat to Ulv in June, two captains told the Salt Mail."
    )
    statement = version(
        "Lake Ferries",
        "Statement of Lake Ferries. Lake Ferries denies that the night boat to Ulv will be cancelled in June.",
    )
    drafts = ask("Will the night boat to Ulv be cancelled?", report, statement)
    assert {draft.quotes[0].version.publisher for draft in drafts} == {"Salt Mail", "Lake Ferries"}


def test_a_correction_of_a_figure_stands_beside_it_and_is_remarked_on(ask: Ask, version: Make) -> None:
    """The first figure is nearer to the question; alone it is wrong."""
    first = version(
        "Salt Mail", "The new swimming hall in Ulv will cost 84 million crowns.", id="first", published=date(2026, 3, 2),
        title="Hall for Ulv",
    )  # fmt: skip
    correction = version(
        "Salt Mail", "The swimming hall in Ulv will cost 48 million crowns. We had exchanged two digits.", id="second",
        published=date(2026, 3, 6), title="Correction: Hall for Ulv",
    )  # fmt: skip
    drafts = ask("How much will the swimming hall in Ulv cost?", first, correction)
    assert "84 million" in texts(drafts)
    assert "48 million" in texts(drafts)
    days = {"reported": Dated(day=date(2026, 3, 2)), "corrected": Dated(day=date(2026, 3, 6))}
    assert Note("corrected", {"publisher": "Salt Mail", **days}) in remarks(drafts)


def test_a_correction_at_the_end_of_the_same_article_is_shown(ask: Ask, version: Make) -> None:
    """The wrong sentence answers; the correction stands at the very end."""
    article = version(
        "Salt Mail",
        "The bridge at Ulv was opened by Mayor Lena Krag in 1974.\n\nIt is 210 metres long.\n\n"
        "Correction: an earlier version of this article stated that the bridge at Ulv was opened in 1947.",
    )
    assert "Correction:" in texts(ask("When was the bridge at Ulv opened?", article))


def test_two_papers_with_different_figures_are_both_shown_with_their_dates(ask: Ask, version: Make) -> None:
    """One best passage gives one number as if nobody said otherwise."""
    one = version("Salt Mail", "The fire at the sawmill in Ulv destroyed 12 houses.", published=date(2026, 5, 1))
    other = version("Fjord Radio", "The fire at the sawmill in Ulv destroyed 17 houses.", published=date(2026, 5, 2))
    drafts = ask("How many houses did the fire in Ulv destroy?", one, other)
    assert "12 houses" in texts(drafts)
    assert "17 houses" in texts(drafts)
    (remark,) = remarks(drafts)
    sides = (Dated("Salt Mail", date(2026, 5, 1)), Dated("Fjord Radio", date(2026, 5, 2)))
    assert remark in (Note("sources_disagree", {"sides": sides}), Note("sources_disagree", {"sides": sides[::-1]}))


def test_opposite_developments_are_not_taken_for_the_same(ask: Ask, version: Make) -> None:
    """The two sentences differ in one word; collapsing them as copies would drop a side."""
    one = version("Salt Mail", "The number of herring in the Ulv fjord rose last year, the institute said.")
    other = version("Fjord Radio", "The number of herring in the Ulv fjord fell last year, the anglers said.")
    answer = texts(ask("How did the number of herring in the Ulv fjord change?", one, other))
    assert "rose last year" in answer
    assert "fell last year" in answer


def test_wire_copies_are_one_origin_however_many_carry_them(ask: Ask, version: Make) -> None:
    """Three papers with one text are not three witnesses against one."""
    text = "The mine at Karst will reopen in autumn, the agency Nordline reported on Friday."
    copies = [version(name, text, published=date(2026, 4, 3)) for name in ("Salt Mail", "Fjord Radio", "Ulv Weekly")]
    denial = version(
        "Karst Mining", "Karst Mining denies that the mine at Karst will reopen.", published=date(2026, 4, 4)
    )
    drafts = ask("Will the mine at Karst reopen?", *copies, denial)
    assert texts(drafts).count("will reopen in autumn") == 1
    assert len(drafts) == 2
    assert "denies" in texts(drafts)
    (remark,) = remarks(drafts)
    assert isinstance(remark.values["sides"], tuple)
    assert len(remark.values["sides"]) == 2


def test_a_denial_of_something_else_stays_out(ask: Ask, version: Make) -> None:
    """A look-out for the word "denied" alone drags in every denial of the document."""
    article = version(
        "Salt Mail",
        "Karst Mining opened a new shaft in January, which is 400 metres deep.\n\n"
        "In another case, the singer Mo Vale denied having stolen a boat.",
    )
    assert "Mo Vale" not in texts(ask("How deep is the new shaft of Karst Mining?", article))


def test_a_claim_and_its_denial_in_one_sentence_need_no_second_one(ask: Ask, version: Make) -> None:
    article = version(
        "Salt Mail",
        "The customs office lists Karst Mining as a firm with debts, a listing Karst Mining disputes.\n\n"
        "The weather in Ulv was mild in March.",
    )
    drafts = ask("Does Karst Mining have debts?", article)
    assert [draft.text for draft in drafts] == [
        "The customs office lists Karst Mining as a firm with debts, a listing Karst Mining disputes."
    ]


def test_a_withdrawn_study_is_not_shown_without_its_withdrawal(ask: Ask, version: Make) -> None:
    """The abstract answers best; that it was withdrawn stands in another document."""
    study = version("Journal of Shells", "Mussel extract halves the pain of arthritis, our study of 40 patients shows.")
    notice = version(
        "Journal of Shells", "The study of mussel extract and the pain of arthritis has been retracted by its authors.",
        id="notice", title="Retraction: mussel extract and arthritis",
    )  # fmt: skip
    answer = texts(ask("Does mussel extract help against the pain of arthritis?", study, notice))
    assert "halves the pain" in answer
    assert "has been retracted" in answer


def test_agreement_of_independent_sources_is_named(ask: Ask, version: Make) -> None:
    one = version("Salt Mail", "The school in Ulv got a new roof of copper in 2020.")
    other = version("Town of Ulv", "The copper roof of the school in Ulv is of 2020, the list of the buildings says.")
    (remark,) = remarks(ask("When did the school in Ulv get its roof?", one, other))
    assert remark.key == "sources_agree"


def test_one_source_is_no_agreement(ask: Ask, version: Make) -> None:
    one = version("Salt Mail", "The school in Ulv got a new roof of copper in 2020. The copper roof of 2020 shines.")
    assert remarks(ask("When did the school in Ulv get its roof?", one)) == ()


def test_documents_without_a_publisher_are_not_called_independent_sources(ask: Ask, version: Make) -> None:
    pages = [
        version("", "The school in Ulv got a new roof of copper in 2020.", id="one", title="Ulv"),
        version("", "The copper roof of the school in Ulv is of 2020, the list says.", id="two", title="Ulv"),
    ]
    assert remarks(ask("When did the school in Ulv get its roof?", *pages)) == ()
