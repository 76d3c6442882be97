"""What a question asks for decides what is shown: a count, an introduction, a list, a section that asks the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.answer import Assistant
from bot.counting import counted
from bot.draft import Quote, verbatim
from bot.enough import assess
from bot.extractive import compose
from bot.introductions import introduced, introduces
from bot.reading import lines_of
from bot.relevance import Embed
from bot.shapes import shaped
from bot.values import Question
from vectorstore.values import Passage, Version

MILL = (
    "The paper mill at Orva employs 140 people. It was bought by Skog Board in 2021, the Orva Courier reported.\n\n"
    "Skog Board sells paper to nine countries. A spokesman, Jon Tarn, would not give figures for the lorries that leave the mill."
)
LINES = (
    "| Line | From | To | Riders 2025 |\n|---|---|---|---|\n| Green | Quay | Hill | 60400 |\n| Amber | Quay | Park | 16900 |\n"
    "| Blue | Park | Hospital | 22100 |\n"
)
LAMP = (
    "# Kettle K2: questions and answers\n\n## Is the kettle safe on gas?\n\nNo. The kettle must stay on its own plate.\n\n"
    "## How do I clean the kettle?\n\nFill it with water and a spoon of vinegar. Boil it once and wait for ten minutes.\n\n"
    "## What is the guarantee?\n\nThe guarantee is three years from the day you bought it. It does not cover lime.\n\n"
    "## Which colours are there?\n\nThe kettle comes in two colours:\n\n- chalk\n- fern\n"
)


@pytest.fixture
def shown(embed: Embed, found: Callable[..., list[Passage]]) -> Callable[..., list[str]]:
    """The sentences of the answer as they are shown; none where what was found is not enough."""

    def ask(question: str, *versions: Version) -> list[str]:
        passages = found(question, *versions)
        if not assess(question, passages, embed=embed).enough:
            return []
        return [draft.text for draft in shaped(compose(question, passages, embed=embed).drafts)]

    return ask


def test_a_figure_of_what_is_counted_answers(shown: Callable[..., list[str]], version: Callable[..., Version]) -> None:
    mill = version("Orva Courier", MILL, title="The mill at Orva")
    assert shown("How many people does the mill employ?", mill) == ["The paper mill at Orva employs 140 people."]
    assert shown("How many countries does Skog Board sell paper to?", mill) == [
        "Skog Board sells paper to nine countries."
    ]


@pytest.mark.parametrize(
    "question", ["How many lorries does Skog Board have?", "How many lorries leave the mill at Orva?"]
)
def test_figures_of_other_things_do_not_answer_how_many(
    question: str, shown: Callable[..., list[str]], version: Callable[..., Version]
) -> None:
    assert shown(question, version("Orva Courier", MILL, title="The mill at Orva")) == []


def test_riders_are_people(shown: Callable[..., list[str]], version: Callable[..., Version]) -> None:
    text = "The night bus to Ulv was started in 1990. About 400 villagers use the night bus."
    assert shown("How many people use the night bus?", version("Post", text, title="Night bus")) == [
        "About 400 villagers use the night bus."
    ]


@pytest.mark.parametrize(
    ("question", "stems"),
    [
        ("How many lorries does it have?", ("lorri",)),
        ("how many of the old lorries were sold", ("old", "lorri")),
        ("How many people work there?", ("peopl",)),
        ("How much is it?", ()),
        ("How many carters died in the snow?", ("carter",)),
        ("How many carters live here?", ("carter",)),
        ("How many test runs did they make?", ("test", "run")),
    ],
)
def test_what_is_counted_stands_behind_how_many(question: str, stems: tuple[str, ...]) -> None:
    assert counted(question) == stems


def test_a_short_question_is_answered_where_one_sentence_holds_it(
    shown: Callable[..., list[str]], version: Callable[..., Version]
) -> None:
    text = (
        "The harbour board has secretly discussed selling its tugs to a rival from the south, the Skarv Post reported.\n\n"
        "Tugs are dear. Nobody on the board would speak about it."
    )
    assert "the Skarv Post reported" in shown("Who reported the selling?", version("", text, title="Tugs"))[0]


def test_who_somebody_is_is_told_by_the_sentence_that_introduces(
    shown: Callable[..., list[str]], version: Callable[..., Version]
) -> None:
    minutes = version("Council", "Present: six of nine members; for the mill its manager, Ada Krull.", id="minutes")
    story = version("Post", "“We heard it on the radio,” said Ada Krull, manager of the mill. Ada Krull left at noon.")
    assert shown("Who is Ada Krull?", minutes, story) == [
        "“We heard it on the radio,” said Ada Krull, manager of the mill."
    ]


@pytest.mark.parametrize(
    ("text", "introduced_here"),
    [
        ("Ada Krull, who runs the mill, was there.", True),
        ("The mill's director Ada Krull was there.", True),
        ("Ada Krull is the director.", True),
        ("“No,” said Ada Krull.", False),
        ("Ada Krull was there.", False),
    ],
)
def test_an_introduction_gives_an_office_or_an_apposition(text: str, introduced_here: bool) -> None:
    assert introduces(text, "Ada Krull") is introduced_here


def test_only_a_name_is_introduced() -> None:
    assert introduced("Who is Ada Krull?") == "Ada Krull"
    assert introduced("What is Skog Board?") == "Skog Board"
    assert introduced("Who is the director?") is None
    assert introduced("What was Ada Krull the first manager of?") is None
    assert introduced("What is Skog Board's best mill?") is None
    assert introduced("When is Ada Krull here?") is None


@pytest.mark.parametrize("question", ["List the lines", "Which lines are there?", "What are the lines?"])
def test_a_list_of_what_a_column_names_is_its_rows(
    question: str, shown: Callable[..., list[str]], version: Callable[..., Version]
) -> None:
    about = version("", "The Green line will be closed in May. The lines were built in 1931.", id="news", title="News")
    assert shown(question, about, version("Trams", LINES, title="Tram riders")) == [
        "Line: Green; From: Quay; To: Hill; Riders 2025: 60400",
        "Line: Amber; From: Quay; To: Park; Riders 2025: 16900",
        "Line: Blue; From: Park; To: Hospital; Riders 2025: 22100",
    ]


def test_of_a_list_only_the_rows_that_hold_what_else_was_asked(
    shown: Callable[..., list[str]], version: Callable[..., Version]
) -> None:
    assert shown("List the lines to the hospital", version("Trams", LINES, title="Tram riders")) == [
        "Line: Blue; From: Park; To: Hospital; Riders 2025: 22100"
    ]


def test_the_most_of_a_table_is_told_by_all_its_rows(
    shown: Callable[..., list[str]], version: Callable[..., Version]
) -> None:
    """One row would look like the answer, whichever it is."""
    text = f"The Amber line carried 16,900 riders in 2025.\n\n{LINES}"
    rows = shown("Which line had most riders in 2025?", version("Trams", text, title="Tram riders"))
    assert [row.partition(";")[0] for row in rows] == ["Line: Green", "Line: Amber", "Line: Blue"]


def test_a_header_is_shown_with_rows_or_not_at_all(
    shown: Callable[..., list[str]], version: Callable[..., Version]
) -> None:
    text = f"The Amber line carried 16,900 riders in 2025.\n\n{LINES}"
    sentences = shown("How many riders did the Amber line have in 2025?", version("Trams", text, title="Tram riders"))
    assert not [sentence for sentence in sentences if "|" in sentence]
    assert "16,900" in sentences[0]


def test_items_under_a_heading_are_a_list(shown: Callable[..., list[str]], version: Callable[..., Version]) -> None:
    text = (
        "Present: Ulla Brand, Per Holt.\n\n3. Actions\n- Per Holt mends the pump by 3 May.\n- Ulla Brand asks the bank.\n\n"
        "The next meeting is in June."
    )
    assert shown("What are the action items?", version("Minutes", text, title="Minutes of the allotment club")) == [
        "Per Holt mends the pump by 3 May.",
        "Ulla Brand asks the bank.",
    ]


def test_a_section_that_asks_the_same_is_the_answer(
    shown: Callable[..., list[str]], version: Callable[..., Version]
) -> None:
    kettle = version("Kettles", LAMP, title="Kettle K2: questions and answers")
    assert shown("How do I clean the kettle?", kettle) == [
        "Fill it with water and a spoon of vinegar.",
        "Boil it once and wait for ten minutes.",
    ]
    assert shown("What is the guarantee?", kettle) == [
        "The guarantee is three years from the day you bought it.",
        "It does not cover lime.",
    ]
    assert shown("What colours are there?", kettle) == ["The kettle comes in two colours:", "chalk", "fern"]


def test_a_no_comes_with_what_it_decides(shown: Callable[..., list[str]], version: Callable[..., Version]) -> None:
    kettle = version("Kettles", LAMP, title="Kettle K2: questions and answers")
    assert shown("Is the kettle safe on gas?", kettle) == ["No. The kettle must stay on its own plate."]


def test_a_headline_in_the_text_is_no_answer(shown: Callable[..., list[str]], version: Callable[..., Version]) -> None:
    title = "Skog Board to close the paper mill at Orva in May"
    text = f"Home News {title}\n\n{title}\n\nSkog Board will close the paper mill at Orva in May, its director said."
    assert shown("When will Skog Board close the mill at Orva?", version("Post", text, title=title)) == [
        "Skog Board will close the paper mill at Orva in May, its director said."
    ]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("ORVA (Skog Wire) - The mill is closed.", "The mill is closed."),
        ("ST. ORVA, May 4 (Skog Wire) — The mill is closed.", "The mill is closed."),
        ("ORVA, May 4 - The mill is closed.", "The mill is closed."),
        ("GDP - the sum of it all - fell.", "GDP - the sum of it all - fell."),
        ("Orva (pop. 900) - a village - has a mill.", "Orva (pop. 900) - a village - has a mill."),
    ],
)
def test_a_quote_begins_after_the_dateline(text: str, quoted: str) -> None:
    draft = verbatim(Quote(Version(id="v", document_id="d", text=text, title=""), 0, len(text)))
    assert (draft.text, draft.quotes[0].text) == (quoted, quoted)


def test_the_second_part_adds_nothing_where_the_first_sentence_answers_it(
    shown: Callable[..., list[str]], version: Callable[..., Version]
) -> None:
    text = "Skog Board bought the mill at Orva in 2021. The mill at Orva built its first boat, the Tern, in 1987."
    assert shown("Who bought the mill at Orva, and when?", version("Post", text, title="Orva")) == [
        "Skog Board bought the mill at Orva in 2021."
    ]


def test_lines_know_the_heading_they_stand_under() -> None:
    lines = lines_of("v", "Opening words.\n\n2. Dates\n\nIt met in May.\n\n## Costs\n\nIt paid 3 crowns.", None, 0)
    assert [(line.text, lines[line.section].text if line.section >= 0 else "") for line in lines] == [
        ("Opening words.", ""),
        ("2. Dates", ""),
        ("It met in May.", "2. Dates"),
        ("## Costs", ""),
        ("It paid 3 crowns.", "## Costs"),
    ]


def test_a_count_is_found_in_what_a_source_says_of_itself(
    about_samples: Assistant,
) -> None:
    assert about_samples.answer(Question("How many ships does Veldmark have?")).text == (
        "Our fleet of six ships is safe and approved until 2031."
    )
