"""What changed between two versions, and what only looks different."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vectorstore.changes import changes, says
from vectorstore.values import Version

TEXT = (
    "The ferry to Skarn sails at eight. A ticket costs twelve crowns.\n\n"
    "The council of Skarn voted against a bridge on Tuesday. Nine of its fifteen members opposed it."
)


def version(text: str) -> Version:
    return Version("v", "d", text, "Skarn")


def told(old: str, new: str) -> list[tuple[str, str | None, str | None]]:
    found = changes(version(old), version(new))
    return [(each.kind, each.before and each.before.text, each.after and each.after.text) for each in found]


def test_a_sentence_that_is_worded_anew_stands_beside_its_old_wording() -> None:
    assert told(TEXT, TEXT.replace("at eight", "at nine")) == [
        ("changed", "The ferry to Skarn sails at eight.", "The ferry to Skarn sails at nine.")
    ]


def test_what_was_added_and_removed_is_told_in_the_order_of_the_text() -> None:
    new = TEXT.replace("A ticket costs twelve crowns.", "Dogs travel free of charge.") + " The mayor abstained."
    assert told(TEXT, new) == [
        ("removed", "A ticket costs twelve crowns.", None),
        ("added", None, "Dogs travel free of charge."),
        ("added", None, "The mayor abstained."),
    ]
    assert [kind for kind, _, _ in told(new, TEXT)] == ["removed", "added", "removed"]


COSMETIC = {
    "white space": TEXT.replace(" ", "  ").replace("\n\n", "\n\n\n"),
    "wrapped lines": TEXT.replace("sails at", "sails\nat"),
    "paragraphs joined": TEXT.replace("\n\n", " "),
    "paragraphs changed places": "\n\n".join(reversed(TEXT.split("\n\n"))),
    "an updated line": f"Updated 3 March 2026, 10:14\n\n{TEXT}",
    "a last modified line": f"{TEXT}\n\nLast modified: 2026-03-03 10:14",
    "a counter": f"{TEXT}\n\n124 comments",
    "reading time": f"4 min read\n\n{TEXT}",
    "an advertisement": f"Advertisement\n\n{TEXT}",
    "a newsletter box": f"{TEXT}\n\nSubscribe to our morning letter",
    "a copyright line": f"{TEXT}\n\n© 2026 Harbour Post",
    "related articles": f"{TEXT}\n\nRelated stories:",
}


@pytest.mark.parametrize("kind", COSMETIC)
def test_what_only_looks_different_is_no_change(kind: str) -> None:
    assert told(TEXT, COSMETIC[kind]) == []


def test_quotation_marks_and_dashes_of_another_style_are_no_change() -> None:
    assert told('He said "no" - twice.', "He said “no” – twice.") == []


REAL = ["fifteen", "against", "Tuesday", "twelve"]


@pytest.mark.parametrize("word", REAL)
def test_one_word_that_matters_is_a_change(word: str) -> None:
    replaced = {"fifteen": "eleven", "against": "for", "Tuesday": "Friday", "twelve": "twenty"}[word]
    [(kind, before, after)] = told(TEXT, TEXT.replace(word, replaced))
    assert kind == "changed"
    assert before is not None
    assert after is not None
    assert word in before
    assert replaced in after


def test_a_not_that_comes_in_is_a_change() -> None:
    assert [kind for kind, *_ in told("The deal is final.", "The deal is not final.")] == ["changed"]


def test_a_sentence_is_still_said_however_it_is_spaced() -> None:
    assert says("A ticket costs  twelve\ncrowns.", version(TEXT))
    assert not says("A ticket costs ten crowns.", version(TEXT))


sentences = st.lists(
    st.sampled_from([f"Fact {n} is about matter {n % 5}." for n in range(12)]), max_size=8, unique=True
)


@given(sentences, sentences)
def test_every_sentence_is_accounted_for_exactly_once(old: list[str], new: list[str]) -> None:
    found = changes(version(" ".join(old)), version(" ".join(new)))
    assert {each.before.text for each in found if each.before} == set(old) - set(new)
    assert {each.after.text for each in found if each.after} == set(new) - set(old)
    for each in found:
        if each.after:
            assert " ".join(new)[each.after.start : each.after.end] == each.after.text
