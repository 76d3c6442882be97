from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vectorstore.sentences import split_sentences

TEXTS = st.text(
    st.one_of(st.sampled_from(list(" \n\r\t.!?-*#|•1234567890.)„“”'aÄZ。؟")), st.characters(codec="utf-8")),
    max_size=300,
)


def texts(text: str, language: str | None = None) -> list[str]:
    return [sentence.text for sentence in split_sentences(text, language)]


@given(text=TEXTS, offset=st.integers(0, 1000))
@settings(max_examples=150)
def test_every_sentence_is_the_text_at_its_offsets(text: str, offset: int) -> None:
    position = 0
    for sentence in split_sentences(text, offset=offset):
        start, end = sentence.start - offset, sentence.end - offset
        assert text[start:end] == sentence.text == sentence.text.strip()
        assert start >= position
        assert not text[position:start].strip(), "something but white space lies between two sentences"
        position = end
    assert not text[position:].strip()


@given(text=TEXTS, language=st.sampled_from(["en", "de", "ja", "ar", "xx", "", None]))
@settings(max_examples=60)
def test_no_language_code_loses_a_word(text: str, language: str | None) -> None:
    assert "".join("".join(texts(text, language)).split()) == "".join(text.split())


def test_a_line_break_inside_a_paragraph_ends_nothing() -> None:
    assert texts("The harbour board met\non Monday. It voted\nfor the ferry.") == [
        "The harbour board met\non Monday.",
        "It voted\nfor the ferry.",
    ]


def test_a_blank_line_ends_a_sentence_without_a_full_stop() -> None:
    assert texts("Ferries sail again\n \t\nThe strait is open.") == ["Ferries sail again", "The strait is open."]


@pytest.mark.parametrize("mark", ["-", "*", "•", "–", "1.", "12)"])
def test_a_list_item_is_a_sentence_of_its_own(mark: str) -> None:
    assert texts(f"{mark} the first pier\n{mark} the second pier") == [
        f"{mark} the first pier",
        f"{mark} the second pier",
    ]


def test_a_wrapped_list_item_stays_whole() -> None:
    assert texts("- a pier that is\n  very long\n- another") == ["- a pier that is\n  very long", "- another"]


def test_a_heading_does_not_run_into_its_paragraph() -> None:
    assert texts("# Routes\nThe ferry sails at noon.") == ["# Routes", "The ferry sails at noon."]


def test_table_rows_stay_apart() -> None:
    assert texts("| Route | Price |\n| Skarn | 12 |") == ["| Route | Price |", "| Skarn | 12 |"]


def test_abbreviations_and_decimals_do_not_end_a_sentence() -> None:
    assert texts("Dr. Lund paid 3.5 million. Mr. Berg did not.") == [
        "Dr. Lund paid 3.5 million.",
        "Mr. Berg did not.",
    ]


def test_nothing_holds_no_sentences() -> None:
    assert split_sentences("") == split_sentences(" \n\n\t ") == []


def test_entries_of_a_form_are_sentences_of_their_own() -> None:
    text = "Date: 3 May\nPlace: Old\nhall\nBy Ada Krull\n\n3. Bees\nThe hives stay. He said this\nNote: wrapped."
    assert [sentence.text for sentence in split_sentences(text)] == [
        "Date: 3 May",
        "Place: Old\nhall",
        "By Ada Krull",
        "3. Bees",
        "The hives stay.",
        "He said this\nNote: wrapped.",
    ]
