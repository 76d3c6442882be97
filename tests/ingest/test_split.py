from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.split import TARGET_TOKENS, split
from vectorstore.embedder import MAX_TOKENS, PackagedEmbedder

TEXTS = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "The ferry sails. ",
                "Why? ",
                "\n",
                "\n\n",
                "\n \n",
                "- item\n",
                "# Head\n",
                "| a | b |\n",
                "Dr. Lund paid 3.5 ",
                "🦀",
            ]
        ),
        st.text(st.characters(codec="utf-8"), max_size=20),
        st.text("abcdefg", min_size=30, max_size=120),
    ),
    max_size=25,
).map("".join)


def words(texts: Sequence[str]) -> list[int]:
    """A tokenizer of words; a long word is several tokens."""
    return [sum(1 + len(word) // 12 for word in text.split()) for text in texts]


def pieces(text: str, **how: object) -> list[str]:
    return [text[span.start : span.end] for span in split(text, words, **how)]  # type: ignore[arg-type]


@given(TEXTS, st.integers(3, 40))
@settings(max_examples=120)
def test_chunks_are_the_text_in_order_without_overlap_or_gap(text: str, target: int) -> None:
    position = 0
    for span in split(text, words, target=target):
        assert span.start >= position
        assert not text[position : span.start].strip(), "only white space lies between two chunks"
        assert text[span.start : span.end] == text[span.start : span.end].strip()
        assert span.end > span.start
        position = span.end
    assert not text[position:].strip()


@given(TEXTS, st.integers(10, 40))
@settings(max_examples=100)
def test_no_chunk_is_larger_than_the_target_and_a_short_rest(text: str, target: int) -> None:
    for piece in pieces(text, target=target):
        # A last piece below a fifth joins the chunk before it; a stretch of a cut sentence is measured by its share.
        assert words([piece])[0] <= 1.2 * target + piece.count(" ") * 0.2 + 12


@given(
    st.lists(st.sampled_from(["# One", "## Two", "### Three", "Text stays here. ", "\n\nMore of it.\n\n"]), max_size=12)
)
@settings(max_examples=80)
def test_headings_cut_without_losing_anything(parts: list[str]) -> None:
    text, headings = "", []
    for part in parts:
        if part.startswith("#"):
            text = f"{text.rstrip()}\n\n" if text.strip() else ""
            headings.append((len(text), part.count("#"), part))
            text += f"{part}\n\n"
        else:
            text += part
    position = 0
    for span in split(text, words, headings=headings):
        assert span.start >= position
        assert not text[position : span.start].strip()
        position = span.end
    assert not text[position:].strip()


def test_a_short_text_is_one_chunk() -> None:
    assert pieces("The ferry sails.\n\nThe pier is old.") == ["The ferry sails.\n\nThe pier is old."]
    assert pieces("") == pieces(" \n ") == []


def test_a_sentence_that_fits_is_never_cut() -> None:
    sentences = [f"On day {number} the ferry made {number * 3} crossings." for number in range(40)]
    for piece in pieces(" ".join(sentences), target=30):
        assert piece.startswith("On day")
        assert piece.endswith("crossings.")


def test_a_sentence_too_long_for_a_chunk_is_cut_between_words() -> None:
    sentence = "word " * 500
    found = pieces(sentence, target=40)
    assert all(set(piece.split()) == {"word"} for piece in found)
    assert sum(len(piece.split()) for piece in found) == 500
    assert max(len(piece.split()) for piece in found) <= 44


def test_a_word_without_end_is_cut_anywhere() -> None:
    found = pieces("x" * 5000, target=40)
    assert "".join(found) == "x" * 5000
    assert len(found) > 5


def test_a_cut_right_before_white_space_leaves_none_of_it() -> None:
    for length in range(30, 90):
        found = pieces(f"{'a' * length}   {'b' * 9} c.", target=4)
        assert all(piece and piece == piece.strip() for piece in found)
        assert "".join("".join(found).split()) == f"{'a' * length}{'b' * 9}c."


def test_a_paragraph_ends_a_chunk_that_is_full_enough() -> None:
    first, second = "One two three four five six seven.", "Eight nine ten."
    assert pieces(f"{first}\n\n{second}", target=10) == [first, second]
    assert pieces(f"{first} {second}", target=11) == [f"{first} {second}"]


def test_a_chunk_knows_the_headings_above_it() -> None:
    text = "Ferries\n\nRoutes\n\nThe ferry goes to Skarn.\n\nPrices\n\nA ticket is 12.\n\nHarbour\n\nIt is deep."
    levels = {"Ferries": 1, "Routes": 2, "Prices": 2, "Harbour": 1}
    headings = [(text.index(name), level, name) for name, level in levels.items()]
    found = [(text[span.start : span.end], span.heading) for span in split(text, words, headings=headings)]
    assert found == [
        ("Ferries\n\nRoutes\n\nThe ferry goes to Skarn.", "Ferries > Routes"),
        ("Prices\n\nA ticket is 12.", "Ferries > Prices"),
        ("Harbour\n\nIt is deep.", "Harbour"),
    ]


def test_text_above_the_first_heading_has_none() -> None:
    text = "An opening.\n\nLater\n\nThe rest."
    found = [(text[span.start : span.end], span.heading) for span in split(text, words, headings=[(13, 1, "Later")])]
    assert found == [("An opening.", ""), ("Later\n\nThe rest.", "Later")]


def test_a_heading_at_the_end_is_not_lost() -> None:
    text = "The rest.\n\nAppendix"
    assert [text[span.start : span.end] for span in split(text, words, headings=[(11, 1, "Appendix")])] == [
        "The rest.",
        "Appendix",
    ]


def test_chunks_fit_the_embedder_with_their_title(embedder: PackagedEmbedder) -> None:
    paragraph = (
        "The harbour master of Skarn, who had been asked twice, said that the ferry would not sail before noon. "
    )
    text = "\n\n".join(paragraph * number for number in range(1, 9))
    spans = split(text, embedder.count_tokens)
    sizes = embedder.count_tokens([text[span.start : span.end] for span in spans])
    assert max(sizes) <= TARGET_TOKENS * 1.2 < MAX_TOKENS
    assert sum(sizes) / len(sizes) > TARGET_TOKENS / 2


@pytest.mark.parametrize("language", [None, "en", "de", "ja", "xx"])
def test_any_language_can_be_split(language: str | None) -> None:
    assert pieces("船は八時に出る。港は深い。", language=language) == ["船は八時に出る。港は深い。"]
