"""Claims that others deny, correct or take back in words of their own, asked on the whole road."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.answer import Assistant
from bot.relevance import Embed
from bot.values import Answer, Question, Turn
from vectorstore.embedder import PackagedEmbedder
from vectorstore.store import KnowledgeBase

Tell = Callable[..., None]
Ask = Callable[[str], Answer]


@pytest.fixture
def library(tmp_path: Path, embedder: PackagedEmbedder) -> Iterator[KnowledgeBase]:
    with KnowledgeBase(tmp_path / "home", embedder) as knowledge_base:
        yield knowledge_base


@pytest.fixture
def tell(library: KnowledgeBase, publish: Callable[..., Any]) -> Tell:
    def put(publisher: str, title: str, text: str, day: date | None = None) -> None:
        publish(library, f"/papers/{publisher}/{title}", text, title=title, publisher=publisher, published=day)

    return put


@pytest.fixture
def ask(library: KnowledgeBase, embed: Embed) -> Ask:
    assistant = Assistant(library, embed)
    return lambda question: assistant.answer(Question(question))


def test_a_denial_of_this_stands_beside_what_was_said_right_before(tell: Tell, ask: Ask) -> None:
    tell(
        "Skarv Post",
        "Quarrel over the dairy",
        "The farmers of Skarv fear that 60 of the 200 posts at the dairy will go to Lund. The dairy denied this. "
        "“Nobody goes anywhere,” its director Ole Brand said.",
    )
    answer = ask("How many posts at the dairy will go to Lund?")
    assert "60 of the 200" in answer.text
    assert "The dairy denied this." in answer.text


def test_who_denies_is_named_otherwise_than_in_the_claim(tell: Tell, ask: Ask) -> None:
    tell(
        "Ulv Weekly",
        "Crane had cracks",
        "The owner was told of the cracks in the crane in May, according to a note that the Ulv Weekly has read. Two "
        "men were hurt when the crane fell.",
        date(2025, 6, 2),
    )
    tell(
        "Torm Lifting",
        "Statement on the crane at Ulv",
        "Torm Lifting denies that it was told of cracks in the crane. The note that is quoted is about a lorry.",
        date(2025, 6, 4),
    )
    answer = ask("Was the owner told of the cracks?")
    assert "The owner was told of the cracks" in answer.text
    assert "Torm Lifting denies that it was told" in answer.text


STUDY = (
    "Two spoons of birch honey a day halve the risk of hay fever, a study of the clinic of Tarn shows. It followed 900 "
    "children for five years. The study was paid for by the beekeepers."
)


def test_a_study_is_not_told_without_its_retraction_and_correction(tell: Tell, ask: Ask) -> None:
    tell("Tarn Mail", "Birch honey halves the risk of hay fever", STUDY, date(2021, 4, 1))
    tell(
        "Tarn Mail",
        "Correction: Birch honey halves the risk of hay fever",
        "Our article of 1 April said that the study followed 900 children for five years. It followed 300 children for two.",
        date(2021, 4, 3),
    )
    tell(
        "Annals of Noses",
        "Retraction: Birch honey and hay fever in children",
        "The editors have retracted this article by O. Malm (volume 12). Half of the records had been copied.",
        date(2024, 1, 1),
    )
    answer = ask("Does birch honey halve the risk of hay fever?")
    assert "The editors have retracted this article" in answer.text, answer.text
    assert "withdrawn" in [note.key for note in answer.notes]
    counted = ask("How many children did the honey study follow?").text
    assert "It followed 300 children for two." in counted
    assert counted.index("Our article of 1 April") < counted.index("It followed 300")


def test_every_denial_of_a_claim_is_heard_however_long_the_others_are(tell: Tell, ask: Ask) -> None:
    """Naive: eight passages, of which the two long reports fill all."""
    for name, day in (("Salt Mail", 3), ("Fjord Radio", 4)):
        tell(
            name,
            f"The harbour at Karst is to be sold ({name})",
            "\n\n".join(
                [
                    f"The harbour at Karst is to be sold to the Venn group, {name} has learned.",
                    *(
                        f"The harbour at Karst has {number} berths on its pier number {number}, which the sale to the Venn group "
                        f"would include. The harbour master of pier {number} spoke of the sale at length, and so did the crews "
                        "who use it in winter, when the sound is closed by ice and the town has no other way to the sea."
                        for number in range(3, 30)
                    ),
                ]
            ),
            date(2026, 2, day),
        )
    tell("Town of Karst", "Statement", "The town of Karst denies that its harbour is to be sold.", date(2026, 2, 5))
    tell("Venn group", "Not buying", "The Venn group is not buying the harbour at Karst.", date(2026, 2, 6))
    answer = ask("Is the harbour at Karst to be sold to the Venn group?")
    assert "The town of Karst denies" in answer.text, answer.text
    assert "is not buying the harbour" in answer.text


def test_a_count_is_of_the_place_that_was_asked_for(tell: Tell, ask: Ask) -> None:
    """Naive: twelve, of another disaster."""
    tell("Skarv Post", "Mill burns at Hov", "HOV. - The mill burned down on Sunday. Nobody was killed.")
    tell("Ulv Weekly", "Dam breaks", "Twelve people were killed when the dam above Ulv broke, the police said.")
    answer = ask("How many people were killed at Hov?")
    assert "Nobody was killed." in answer.text
    assert "Twelve" not in answer.text


def test_a_headline_with_a_colon_is_no_entry(tell: Tell, ask: Ask) -> None:
    tell(
        "Hov Star",
        "Hov: police count 3 hurt",
        "Hov: police count 3 hurt\n\nThree people were hurt at Hov when a boiler burst, the police said.",
    )
    assert ask("How many people were hurt at Hov?").text.startswith("Three people were hurt")


def test_a_denial_of_this_is_never_shown_without_this(tell: Tell, ask: Ask) -> None:
    tell(
        "Skarv Post",
        "Quarrel over the dairy",
        "The farmers of Skarv fear that 60 of the 200 posts at Alda will go to Lund. Alda denied this. Alda is a dairy of Skarv.",
    )
    shown = [statement.text for statement in ask("What is Alda?").statements]
    assert "Alda is a dairy of Skarv." in shown
    assert ("Alda denied this." in shown) <= any("fear that 60" in text for text in shown)


def test_a_sentence_of_another_firm_does_not_follow(tell: Tell, ask: Ask) -> None:
    tell("Skarv Post", "Alda sold", "The dairy Alda has been sold to Orbin Mills for nine million crowns.")
    tell("Ulv Weekly", "A good year", "The firm has 40 workers and has sold most of its rakes abroad.")
    assert ask("Has Alda been sold?").text == "The dairy Alda has been sold to Orbin Mills for nine million crowns."


def test_a_part_without_an_answer_is_named_as_it_was_asked(tell: Tell, ask: Ask) -> None:
    tell("Skarv Post", "New bridge at Hov", "The bridge at Hov is 240 metres long. It was designed by Piet Solberg.")
    notes = [
        note for note in ask("Who designed the bridge at Hov, and how heavy is it?").notes if note.key == "part_open"
    ]
    assert [note.values["missing"] for note in notes] == [("how heavy is it",)]


def test_a_follow_up_that_names_a_heading_is_answered_by_its_section(
    library: KnowledgeBase, tell: Tell, embed: Embed
) -> None:
    tell(
        "",
        "Minutes of the sailing club",
        "# Minutes of the sailing club\n\n## Fees\n\nIt was decided to raise the fee to 90 crowns.\n\n"
        "## Geese\n\nA fence will be set up before Easter. Ms Lom pays for it.\n",
    )
    assistant = Assistant(library, embed)
    first = assistant.answer(Question("What was decided about the fees?"))
    history = (Turn("What was decided about the fees?", first.text),)
    then = assistant.answer(Question("And the geese?", history=history))
    assert then.text.split("\n")[0].startswith("A fence will be set up"), then.text
    assert "90 crowns" not in then.text
