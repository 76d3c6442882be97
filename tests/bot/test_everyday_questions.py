"""Everyday questions over small documents of several kinds: what decides is shown, and side sentences stay out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.deciding import decides, point_of
from bot.enough import assess
from bot.extractive import Extract, compose
from bot.relevance import Embed
from bot.shapes import shaped
from bot.understand import understand
from vectorstore.values import Passage, Version

QUARRY = Version(
    id="quarry-v",
    document_id="quarry",
    title="Oskar Stone buys the quarry at Tolm",
    publisher="Vale Herald",
    text=(
        "Oskar Stone said on Friday that it had found buyers for its slate.\n\n"
        "Oskar Stone, founded in 1921 by the sisters Ada and Ruth Oskar, bought the quarry at Tolm in 2019. "
        "It is 340 metres long and 60 metres deep.\n\n"
        "The firm owns four lorries and wants to buy nine more. The first new lorry is to arrive in June 2031.\n\n"
        "The police believe that a spark set off the blast of 2020.\n\n"
        "The company will build its saw mill at Harn, because the road to Tolm is too narrow for timber. "
        "Nobody was hurt in the blast. Visitors can leave their cars behind the old chapel."
    ),
)
MINUTES = Version(
    id="minutes-v",
    document_id="minutes",
    title="Minutes",
    text=(
        "Choir of Lower Tolm\nMinutes of the spring meeting\n\n"
        "Date: 4 May 2030\nTime: 18:30\nPlace: School hall\nChair: Greta Moll\nMinutes: Ivo Sand\n"
        "Present: 17 members\nApologies: Tom Reed\n\n"
        "1. Robes\nThe robes will be cleaned in July. Ivo Sand objected to the price.\n\n"
        "2. Trip\nThe trip to the coast was put off until 2031.\n\n"
        "Next meeting: 9 October 2030"
    ),
)
NOTES = Version(
    id="notes-v",
    document_id="notes",
    title="Plover 3 release notes",
    text=(
        "# Plover 3 release notes\n\nReleased on 2 June 2030.\n\n## New\n\n- Maps in colour\n- Sounds\n\n"
        "## Removed\n\n- The old printer driver.\n\n## Known problems\n\n- Slow start on old machines.\n"
    ),
)


ACTA = Version(
    id="acta-v",
    document_id="acta",
    title="Acta de la junta de vecinos",
    language="es",
    text=(
        "Fecha: 12 de marzo de 2030\nPreside: Lucía Romero\nAsistentes: 14 vecinos\n\n"
        "La reparación del ascensor costará 8.200 euros. Marta Gil se opuso porque el ascensor tiene solo seis años. "
        "Los 58 trasteros se pintarán en mayo, anunció el portavoz, Iván Paz."
    ),
)


@pytest.fixture
def ask(embed: Embed, found: Callable[..., list[Passage]]) -> Callable[..., Extract]:
    def answer(question: str, *versions: Version) -> Extract:
        passages = found(question, *versions)
        if not assess(question, passages, embed=embed).enough:
            return Extract()
        return compose(question, passages, embed=embed)

    return answer


@pytest.fixture
def shown(ask: Callable[..., Extract]) -> Callable[..., list[str]]:
    return lambda question, *versions: [draft.text for draft in shaped(ask(question, *versions).drafts)]


FOUNDED = "Oskar Stone, founded in 1921 by the sisters Ada and Ruth Oskar, bought the quarry at Tolm in 2019."
MILL = "The company will build its saw mill at Harn, because the road to Tolm is too narrow for timber."


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("When was Oskar Stone founded?", [FOUNDED]),
        ("Who founded Oskar Stone?", [FOUNDED]),
        ("Where will the saw mill be built?", [MILL]),
        ("Why will the saw mill be built at Harn?", [MILL]),
        ("When will the first new lorry arrive?", ["The first new lorry is to arrive in June 2031."]),
        ("How deep is the quarry at Tolm?", [FOUNDED, "It is 340 metres long and 60 metres deep."]),
        ("How many lorries does Oskar Stone have?", ["The firm owns four lorries and wants to buy nine more."]),
        ("Was anybody hurt in the blast?", ["Nobody was hurt in the blast."]),
        ("How tall is the quarry at Tolm?", []),
        ("Where is Oskar Stone?", []),
    ],
)
def test_the_sentence_that_decides_is_shown(question: str, answer: list[str], shown: Callable[..., list[str]]) -> None:
    assert shown(question, QUARRY, MINUTES) == answer


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Who chaired the meeting?", ["Chair: Greta Moll"]),
        ("Who took the minutes?", ["Minutes: Ivo Sand"]),
        ("List the attendees", ["Present: 17 members"]),
        ("Who was at the spring meeting of the choir?", ["Present: 17 members"]),
        ("Who was absent?", ["Apologies: Tom Reed"]),
        ("Where was the meeting held?", ["Place: School hall"]),
        ("When did the meeting start?", ["Date: 4 May 2030", "Time: 18:30"]),
        ("When is the next meeting?", ["Next meeting: 9 October 2030"]),
        ("What was decided about the trip?", ["The trip to the coast was put off until 2031."]),
        ("Who objected to the price of the robes?", ["Ivo Sand objected to the price."]),
        ("Who chaired the meeting of the football club?", []),
    ],
)
def test_minutes_answer_by_their_entries(question: str, answer: list[str], shown: Callable[..., list[str]]) -> None:
    assert shown(question, MINUTES, QUARRY) == answer


def test_a_section_is_the_answer_to_its_heading(shown: Callable[..., list[str]]) -> None:
    assert shown("What is new in Plover 3?", NOTES) == ["Maps in colour", "Sounds"]
    assert shown("What are the known problems?", NOTES) == ["Slow start on old machines."]


def test_a_long_list_says_how_much_is_left_out(ask: Callable[..., Extract]) -> None:
    rows = "\n".join(f"| T{number} | Town {number} |" for number in range(15))
    stops = Version(id="s-v", document_id="s", title="Bus stops", text=f"| Stop | Town |\n|---|---|\n{rows}\n")
    extract = ask("List the stops", stops)
    assert len(shaped(extract.drafts)) == 12
    assert [(note.key, note.values) for note in extract.notes] == [("list_goes_on", {"more": 3, "source": "Bus stops"})]


def test_a_part_that_nothing_answers_is_named(ask: Callable[..., Extract]) -> None:
    extract = ask("Who bought the quarry at Tolm, and how tall is it?", QUARRY)
    assert [draft.text for draft in extract.drafts] == [FOUNDED]
    assert [note.key for note in extract.notes] in ([], ["part_open"])


def test_a_denial_of_something_else_is_not_dragged_in(
    shown: Callable[..., list[str]], version: Callable[..., Version]
) -> None:
    report = version(
        "Tolm Post", "Brim Lines is in talks to sell its pier, two people said. Brim Lines was founded in 1931."
    )
    denial = version("Brim Lines", "Brim Lines denies that it is in talks to sell its pier.")
    assert shown("When was Brim Lines founded?", report, denial) == ["Brim Lines was founded in 1931."]
    assert len(shown("Is Brim Lines in talks to sell its pier?", report, denial)) == 2


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("¿Quién presidió la junta?", "Preside: Lucía Romero"),
        ("¿Quiénes asistieron?", "Asistentes: 14 vecinos"),
        ("¿Cuánto costará la reparación del ascensor?", "La reparación del ascensor costará 8.200 euros."),
        ("¿Quién se opuso?", "Marta Gil se opuso porque el ascensor tiene solo seis años."),
        ("¿Cuántos trasteros hay?", "Los 58 trasteros se pintarán en mayo, anunció el portavoz, Iván Paz."),
        ("¿Quién es Iván Paz?", "Los 58 trasteros se pintarán en mayo, anunció el portavoz, Iván Paz."),
    ],
)
def test_spanish_questions_have_their_answers(question: str, answer: str, shown: Callable[..., list[str]]) -> None:
    assert shown(question, ACTA, QUARRY) == [answer]


def test_what_is_the_most_is_the_first_row(shown: Callable[..., list[str]]) -> None:
    text = (
        "| Line | Riders 2029 | Riders 2030 | Fare |\n|---|---|---|---|\n| Green | 900 | 700 | 3.00 |\n"
        "| Amber | 400 | 800 | 2.50 |\n| Blue | 100 | 300 | 4.00 |\n"
    )
    lines = Version(id="lines-v", document_id="lines", title="Bus lines", text=text)
    first = {question: shown(question, lines)[0] for question in _MOST}
    assert {question: row.split(";")[0] for question, row in first.items()} == _MOST
    assert len(shown("Which line carried the most riders?", lines)) == 3


_MOST = {
    "Which line carried the most riders?": "Line: Amber",
    "Which line carried the most riders in 2029?": "Line: Green",
    "Which line has the fewest riders?": "Line: Blue",
    "Which line is the cheapest?": "Line: Amber",
    "What is the most expensive line?": "Line: Blue",
}


def test_she_is_named_and_a_step_comes_with_the_others(
    shown: Callable[..., list[str]], version: Callable[..., Version]
) -> None:
    life = "Ada Krull was a botanist of Sund. She taught at Arn for 21 years. She was married to the painter Egon Lass."
    assert shown("Who was Ada Krull married to?", version("", life, title="A life")) == [
        "Ada Krull was a botanist of Sund.",
        "She was married to the painter Egon Lass.",
    ]
    steps = 'To add the printer:\n\n1. Switch it on.\n2. Choose "Add printer" in the app.\n3. Type its code.\n'
    assert shown("How do I add the printer in the app?", version("", steps, title="Printer")) == [
        "Switch it on.",
        'Choose "Add printer" in the app.',
        "Type its code.",
    ]


@pytest.mark.parametrize(
    ("question", "doing"),
    [
        ("When does the board decide on new ships?", "decide"),
        ("When will the first ferry sail?", "sail"),
        ("Where was the jar sold?", "sold"),
        ("Where do the rules for the yards come from?", "come"),
        ("When does the office of the firm open?", "open"),
        ("Who was elected chairman?", "elected"),
        ("Why does Brim want to close the pier?", "close"),
        ("When is the next meeting?", None),
        ("Where is the yard?", None),
    ],
)
def test_what_a_question_turns_on(question: str, doing: str | None) -> None:
    point = point_of(understand(question))
    assert point is not None
    assert point.doing == doing


def test_a_clause_with_when_asks_for_no_date() -> None:
    assert understand("Who was Brim named after when it was sold?").kinds == {"person", "organisation"}
    assert "date" not in understand("What happens when a lamp breaks?").kinds
    assert (
        understand("Which is the day when it opens?").kinds == understand("So what now, when is it?").kinds == {"date"}
    )
    assert point_of(understand("What does it mean when somebody says so?")) is None


def test_other_places_follow_the_one_that_decides_and_a_gloss_is_no_entry(
    shown: Callable[..., list[str]], version: Callable[..., Version]
) -> None:
    film = (
        "Brim Pier was filmed in Orva harbour in spring. A castle was built near Lund for Brim Pier. The film cost two."
    )
    asked = "Where was Brim Pier filmed?"
    assert shown(asked, version("", film, title="Brim Pier")) == film.replace(". ", ".\n").split("\n")[:2]
    board = "The Board of Pilots (Danish: lodsraad) was set up in 1931. The Board of Pilots chose a pilot in the Danish war."
    asked = "What did the Board of Pilots do in the Danish war?"
    assert "The Board of Pilots chose a pilot in the Danish war." in shown(asked, version("", board, title="Pilots"))


def test_found_is_not_founded() -> None:
    asked = understand("When was Brim founded?")
    assert decides(asked, "Brim was founded in 1931.", "") == 1.0
    assert decides(asked, "Brim said on Friday that fragments were found.", "") == 0.0


def test_an_hour_in_words_answers_when() -> None:
    asked = understand("When does the bus to Tolm leave?")
    for hour in ("at eight in the morning", "at half past ten", "at noon", "at 9 on weekdays", "at 18:30"):
        assert decides(asked, f"The bus to Tolm leaves {hour}.", "") == 1.0
    assert decides(asked, "The bus to Tolm leaves at eight pounds a seat.", "") == 0.0
