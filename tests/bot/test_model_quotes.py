"""A sentence of a model that needs more than one stretch of its source."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from bot import gate
from bot.model import ModelComposer
from bot.relevance import Embed
from bot.verbatim import find_parts
from vectorstore.values import Chunk, Document, Passage, Scores, Version

REPORT = (
    "The council of Lake Morin voted 31 to 18 on Monday evening to ban diesel cars from the centre from 2025. "
    "Delivery vans will be exempt until 2027. "
    "Deputy mayor Selma Arden proposed the ban. "
    "The chamber of commerce has not said that it will sue. "
    "A similar ban in Harrow Bay was overturned by judges in 2017."
)


def passage(text: str = REPORT) -> Passage:
    version = Version("v", "d", text, "Diesel ban")
    return Passage(Chunk("c", "v", 0, 0, len(text), text), version, Document("d", "s", "d"), Scores(1, 1, 1))


def shown(model_server: Any, embed: Embed, written: str) -> list[tuple[str, list[str]]]:
    composer = ModelComposer("openai:scripted", base_url=model_server.base_url, check=partial(gate.check, embed=embed))
    model_server.says(written)
    drafts = composer.compose("What was decided?", [passage()]).drafts
    return [(draft.text, [quote.text for quote in draft.quotes]) for draft in drafts]


VOTE, VANS, _, SUE, HARROW = (f"{sentence.rstrip('.')}." for sentence in REPORT.split(". "))
BOTH = "The council voted to ban diesel cars from the centre from 2025, but delivery vans will be exempt until 2027."


@pytest.mark.parametrize(
    "proof",
    [
        f'[1] "{VOTE}" [1] "{VANS}"',
        f'[1] "{VANS}" [1] "{VOTE}"',
        f'[1] "ban diesel cars from the centre from 2025 ... {VANS}"',
        '[1] "ban diesel cars from the centre from 2025 […] vans will be exempt until 2027"',
    ],
)
def test_two_quotes_prove_together_what_neither_proves_alone(model_server: Any, embed: Embed, proof: str) -> None:
    (found,) = shown(model_server, embed, f"- {BOTH} {proof}")
    assert (found[0], sorted(found[1])) == (BOTH, sorted([VOTE, VANS]))


def test_what_is_left_out_within_a_sentence_is_shown_with_the_quote(model_server: Any, embed: Embed) -> None:
    sentence = "The council of Lake Morin voted to ban diesel cars from the centre from 2025."
    (found,) = shown(
        model_server, embed, f'- {sentence} [1] "The council of Lake Morin voted … from the centre from 2025."'
    )
    assert found == (sentence, [VOTE])


@pytest.mark.parametrize(
    "written",
    [
        'The chamber of commerce will sue. [1] "The chamber of commerce ... will sue"',
        f'Delivery vans will be exempt until 2025. [1] "{VOTE}" [1] "{VANS}"',
        f'Lake Morin will ban delivery vans from 2017. [1] "{VOTE}" [1] "{VANS}" [1] "{HARROW}"',
        f'Selma Arden overturned a ban in Harrow Bay in 2017. [1] "Deputy mayor Selma Arden proposed the ban." [1] "{HARROW}"',
        f'{BOTH} [1] "{VOTE}" [1] "Delivery vans will never be exempt until 2027."',
        f'{BOTH} [1] "Delivery vans will be exempt ... diesel cars from the centre from 2025"',
    ],
)
def test_quotes_together_prove_nothing_that_is_mixed_or_left_out(model_server: Any, embed: Embed, written: str) -> None:
    assert shown(model_server, embed, f"- {written}") == []


def test_a_quote_is_the_sources_words_whatever_capitals_the_model_gives_it(model_server: Any, embed: Embed) -> None:
    assert shown(model_server, embed, f'- {VANS} [1] "{VANS.upper()}"') == [(VANS, [VANS])]


def test_parts_stand_in_their_order_or_nowhere() -> None:
    found = find_parts("diesel cars … will be exempt", passage())
    assert [REPORT[start:end] for start, end in found] == ["diesel cars", "will be exempt"]
    assert find_parts("will be exempt … diesel cars", passage()) == []
    assert find_parts("diesel cars … will be forbidden", passage()) == []
    assert find_parts("…", passage()) == []
