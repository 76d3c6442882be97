from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given, settings
from hypothesis import strategies as st

from vectorstore.words import MAX_WORD_LENGTH, content_stems, stems


def test_forms_of_a_word_share_a_stem() -> None:
    assert len(set(stems("deliver delivers delivered delivering"))) == 1


def test_case_and_accents_do_not_matter() -> None:
    assert stems("CAFÉ Zürich") == stems("cafe zurich")


def test_stop_words_are_left_out_of_what_a_question_is_about() -> None:
    assert content_stems("When did the ferries sail?") == stems("ferries sail")
    assert content_stems("Who was it, and why?") == []


def test_numbers_and_codes_are_words() -> None:
    assert stems("Route 66, COVID-19") == ["rout", "66", "covid", "19"]


def test_what_is_too_long_for_a_word_is_dropped() -> None:
    assert stems(f"{'a' * MAX_WORD_LENGTH} pier") == ["pier"]
    assert len(stems(f"{'a' * (MAX_WORD_LENGTH - 1)} pier")) == 2


def test_several_threads_stem_alike() -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len({tuple(found) for found in pool.map(stems, ["The ferries were sailing."] * 50)}) == 1


@given(st.text(max_size=200))
@settings(max_examples=100)
def test_content_stems_are_some_of_the_stems_in_order(text: str) -> None:
    rest = iter(stems(text))
    assert all(stem in rest for stem in content_stems(text))


def test_a_lone_surrogate_is_no_part_of_a_word() -> None:
    assert stems("ferry \ud800 pier") == stems("ferry pier")
