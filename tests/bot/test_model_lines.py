"""What models write, and how it is read."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model_lines import MAX_LINE, Cite, Line, LineReader
from bot.values import PROSE, Shape


def read(text: str, piece: int = 1_000_000, *, cut: bool = False) -> list[Line]:
    reader = LineReader()
    found = []
    for start in range(0, len(text), piece):
        found += reader.feed(text[start : start + piece])
    return found + reader.finish(cut=cut)


ASKED_FOR = Line("The boat left at nine.", (Cite(2, "left at nine"),))


@pytest.mark.parametrize(
    "written",
    [
        '- The boat left at nine. [2] "left at nine"',
        'The boat left at nine. [2] "left at nine"',
        '* The boat left at nine. [2]: "left at nine".',
        '3. The boat left at nine. [2] - "left at nine"',
        "- The boat left at nine. [2] “left at nine”",
        "- The boat left at nine. [2] «left at nine»",
        '- **The boat left at nine.** [2] *"left at nine"*',
        '- The boat left at nine. [Source 2] "left at nine"',
        '- The boat left at nine. (source 2) ("left at nine")',
        '- The boat left at nine. 【2†L4】 "left at nine"',
        '- The boat left at nine. [2] Quote: "left at nine"',
        '- The boat left at nine. "left at nine" [2]',
        '- The boat left at nine. ("left at nine") [2]',
        '- "left at nine" [2] The boat left at nine.',
        '- [2] "left at nine" - The boat left at nine.',
        "- The boat left at nine. [2] left at nine",
        '- The boat left at nine.\n  [2] "left at nine"',
        '- The boat left at nine. (2) "left at nine"',
        '- The boat left at nine. "left at nine" (2)',
        '- The boat left at nine. [S2] "left at nine"',
        '- The boat left at nine.² "left at nine"',
        '- The boat left at nine. (Source 2, "left at nine")',
        '- The boat left at nine. [2](https://evil.example/2) "left at nine"',
        '- The boat left at nine. \\[2\\] \\"left at nine\\"',
        '- The boat left at nine. <cite source="2">left at nine</cite>',
        '**Answer:** The boat left at nine. [2] "left at nine"',
        'Final answer: The boat left at nine. [2] "left at nine"',
        '- **Departure:** The boat left at nine. [2] "left at nine"',
        '- The boat left at nine. [2]\n  "left at nine"',
        '- The boat left at nine. [2]\n  Quote: "left at nine"',
        "- The boat left at nine. [2]\n> left at nine",
        '- The boat left at nine.\n  **Source:** [2]\n  **Quote:** "left at nine"',
        'The boat left at nine.[^2]\n\n[^2]: Source 7: "left at nine"',
        'The boat left at nine. [2]\n\nSources:\n[2] "left at nine"',
        '| Sentence | Source |\n|---|---|\n| The boat left at nine. | [2] "left at nine" |',
        '| Sentence | Source | Quote |\n|---|---|---|\n| The boat left at nine. | 2 | "left at nine" |',
        '{"sentences": [{"text": "The boat left at nine.", "source_number": 2, "quotation": "left at nine"}]}',
        '{"answer": "The boat left at nine.", "citations": [{"source": 2, "quote": "left at nine"}]}',
        '<li>The boat left at nine. <cite id="x">[2]</cite> "left at nine"</li>',
        "- The boat left at nine. [2] &quot;left at nine&quot;",
        '```\n- The boat left at nine. [2] "left at nine"\n```',
        '{"sentence": "The boat left at nine.", "source": 2, "quote": "left at nine"}',
        '{"sentence": "The boat left at nine. [2]", "source": "[2]", "quote": "left at nine"},',
        '[{"sentence": "The boat left at nine.", "source": 2, "quote": "left at nine"}]',
        '{\n  "sentence": "The boat left at nine.",\n  "source": 2,\n  "quote": "left at nine"\n}',
        'Sentence: The boat left at nine.\nSource: [2]\nQuote: "left at nine"',
        '- The boat [left](https://evil.example) at nine. [2] "left at nine"',
        '<think>\nWhich source?\n- A thought. [1] "x"\n</think>\n- The boat left at nine. [2] "left at nine"',
    ],
)
def test_one_sentence_is_understood_in_many_forms(written: str) -> None:
    found = [replace(line, shape=PROSE) for line in read(written)]
    assert [line for line in found if line.text != "Sources"] == [ASKED_FOR]


@pytest.mark.parametrize(
    ("written", "shape"),
    [
        ('- It sank. [1] "sank at sea"', PROSE),
        ('* It sank. [1] "sank at sea"', Shape("item")),
        ('• It sank. [1] "sank at sea"', Shape("item")),
        ('  - It sank. [1] "sank at sea"', Shape("item", 1)),
        ('        * It sank. [1] "sank at sea"', Shape("item", 4)),
        ('* It sank.\n  [1] "sank at sea"', Shape("item")),
        ('3. It sank. [1] "sank at sea"', Shape("step", number=3)),
        ('  (12) It sank. [1] "sank at sea"', Shape("step", 1, 12)),
    ],
)
def test_an_entry_of_a_list_is_known_by_its_mark(written: str, shape: Shape) -> None:
    assert read(written) == [Line("It sank.", (Cite(1, "sank at sea"),), shape)]


def test_rows_of_a_table_are_read_under_their_columns() -> None:
    written = """
        | Ship | Built | Source |
        |------|:-----:|--------|
        | Petrel | 2024 | [1] "built in 2024" |
        | Auk \\| Tern | <!channel> | [2] "the pair" |
        | Gull | 1999 |
    """
    first, second, third = read("\n".join(line.strip() for line in written.splitlines()))
    assert first == Line(
        "Ship: Petrel; Built: 2024",
        (Cite(1, "built in 2024"),),
        Shape("row", cells=(("Ship", "Petrel"), ("Built", "2024"))),
    )
    assert second.shape.cells == (("Ship", "Auk | Tern"), ("Built", ""))
    assert (third.text, third.cites) == ("Ship: Gull; Built: 1999", ())


def test_a_row_that_does_not_fit_its_columns_is_a_sentence_like_any_other() -> None:
    assert read('| Ship | Built |\n| Petrel | 2024 | Ulv | [1] "built in 2024" |') == [
        Line("Petrel; 2024; Ulv", (Cite(1, "built in 2024"),))
    ]


def test_a_table_ends_with_the_next_line_that_is_none() -> None:
    *_, last = read('| Ship | Built |\n- It sank. [1] "sank at sea"\n| Auk | 1999 | [2] "the Auk of 1999" |')
    assert last.shape.cells == (("", "Auk"), ("", "1999"))


def test_code_between_fences_is_one_block() -> None:
    assert read("```sh\nmake demo\n  make test\n```\n") == [Line("make demo\n  make test", shape=Shape("code"))]
    assert read("```\nmake demo", cut=True) == [], "half a block can say something else"


def test_inline_code_keeps_its_marks_where_they_come_in_pairs() -> None:
    assert read('- Run `make demo` first. [1] "Run make demo"')[0].text == "Run `make demo` first."
    assert read('- Run `make demo first. [1] "Run make demo"')[0].text == "Run make demo first."


@pytest.mark.parametrize("piece", [1, 2, 3, 5, 50])
def test_pieces_of_any_size_give_the_same_lines(piece: int) -> None:
    written = '- One thing. [1] "first quote"\r\n\r\n- Another thing. [2] "second quote"\n'
    assert read(written, piece) == [
        Line("One thing.", (Cite(1, "first quote"),)),
        Line("Another thing.", (Cite(2, "second quote"),)),
    ]


def test_a_line_is_given_as_soon_as_it_is_complete() -> None:
    reader = LineReader()
    assert reader.feed('- The boat left at nine. [2] "left at') == []
    assert reader.feed(' nine"\n- And') == [ASKED_FOR]


@pytest.mark.parametrize(
    ("written", "cites"),
    [
        ('- It sank. [1] "sank at sea" [3] "went down"', (Cite(1, "sank at sea"), Cite(3, "went down"))),
        ('- It sank. [1][3] "sank at sea"', (Cite(1, "sank at sea"), Cite(3, "sank at sea"))),
        ('- It sank. [1, 3] "sank at sea"', (Cite(1, "sank at sea"), Cite(3, "sank at sea"))),
        ('- It sank. [99] "sank at sea"', (Cite(99, "sank at sea"),)),
        ('- It sank. "sank at sea"', (Cite(0, "sank at sea"),)),
        ("- It sank. [1]", (Cite(1, ""),)),
        ("- It sank.", ()),
    ],
)
def test_every_citation_of_a_sentence_is_kept(written: str, cites: tuple[Cite, ...]) -> None:
    assert read(written) == [Line("It sank.", cites)]


def test_quotation_marks_inside_a_quote_belong_to_it() -> None:
    written = '- The captain refused. [1] "the captain said "never" and left"'
    assert read(written) == [Line("The captain refused.", (Cite(1, 'the captain said "never" and left'),))]


def test_a_sentence_that_quotes_somebody_is_not_split_there() -> None:
    written = '- The captain called it "a lie". [1] "it was a lie, the captain said"'
    assert read(written) == [Line('The captain called it "a lie".', (Cite(1, "it was a lie, the captain said"),))]


def test_footnotes_find_the_sentences_that_name_them() -> None:
    written = 'It sank. [1]\nIt was raised. [2]\n\n[1] "sank at sea"\n[2] "raised in May"'
    assert read(written) == [
        Line("It sank.", (Cite(1, "sank at sea"),)),
        Line("It was raised.", (Cite(2, "raised in May"),)),
    ]


def test_a_sentence_that_is_only_quoted_is_the_quote() -> None:
    assert read('"The boat left at nine." [2]') == [
        Line("The boat left at nine.", (Cite(2, "The boat left at nine."),))
    ]


@pytest.mark.parametrize("written", ["It sank in (2) of three attempts.", "It sank (2).", "- It has 3² rooms."])
def test_a_number_that_cites_nothing_stays_in_its_sentence(written: str) -> None:
    assert [line.cites for line in read(written)] == [()]


def test_years_in_brackets_are_no_citations() -> None:
    assert read("- It sank in the storm [2019].") == [Line("It sank in the storm [2019].")]


@pytest.mark.parametrize("written", ["NONE", "- None.", "**NONE**", "none\n"])
def test_none_declines(written: str) -> None:
    assert [line.declines for line in read(written)] == [True]


def test_a_line_that_was_cut_off_is_dropped() -> None:
    written = '- One thing. [1] "first quote"\n- The company has agreed to sell'
    assert read(written, cut=True) == [Line("One thing.", (Cite(1, "first quote"),))]


def test_a_line_without_end_is_dropped_and_the_next_one_read() -> None:
    written = "word " * MAX_LINE + '\n- The boat left at nine. [2] "left at nine"'
    assert read(written, piece=100) == [ASKED_FOR]


@pytest.mark.parametrize(
    "written",
    [
        "Look <!channel> here",
        "Look <!cha<!channel>nnel> here",
        "Look &lt;!here&gt; here",
        "Look <@U1> <#C1|general> <!subteam^S1> here",
        "Look @channel @everyone here",
        "Look [here](https://evil.example/?q=secret)",
        "Look [here][1] and [1]: https://evil.example",
        "Look ![here](https://evil.example/x.png)",
        "Look <https://evil.example|here>",
        "Look <https://evil.example>",
        "Look <img src=https://evil.example/x.png> here",
        "Look https://evil.example/x here",
        "Look www.evil.example/x here",
        "Look hxxps://evil.example slack://open?x javascript:alert(1) mailto:a@evil.example",
        "Look ht\u200btps://evil.ex\u2060ample here",
    ],
)
def test_nothing_live_is_left_of_a_sentence(written: str) -> None:
    (line, *_) = read(written)
    for live in ("<", ">", "@", "://", "](", "www.", "evil", "javascript:", "mailto:"):
        assert live not in line.text


@given(st.text(max_size=400), st.integers(1, 9), st.booleans())
def test_anything_at_all_can_be_read(written: str, piece: int, cut: bool) -> None:
    for line in read(written, piece, cut=cut):
        assert line.shape.form == "code" or line.text == " ".join(line.text.split())


@given(st.text(alphabet='ab [](){}"“”:,-\n12<>!@|/.', max_size=200))
def test_marks_in_any_order_can_be_read(written: str) -> None:
    for line in read(written):
        assert line.shape.form == "code" or "<!" not in line.text
        assert not re.search(r"[A-Za-z][\w+.-]*://", line.text), "an address has a scheme, which begins with a letter"
