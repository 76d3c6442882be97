"""A message held against the sample documents, sentence by sentence."""

from __future__ import annotations

from typing import Any

import pytest

from bot.answer import Assistant
from bot.check import Checked, check_text, is_claim
from bot.relevance import Embed
from vectorstore.values import WORKSPACE


def checked(text: str, assistant: Assistant) -> tuple[Checked, ...]:
    return assistant.check(text, (WORKSPACE,))


@pytest.mark.parametrize(
    ("sentence", "verdict", "quoted"),
    [
        ("Tove Harrick speaks for the islanders' association.", "supported", "Tove Harrick"),
        ("The Petrel was nine months late.", "supported", "nine months late"),
        ("Veldmark Lines was founded in 1968.", "supported", "founded in 1968"),
        ("The Petrel was built in 2022.", "contradicted", "in 2024"),
        ("The night route N7 is beautiful.", "not in the documents", ""),
        ("The council decided about the Guillemot and N7 in April.", "not in the documents", ""),
        ("Jonas Feld is the director of Veldmark Lines.", "not in the documents", ""),
        ("The Petrel was on time.", "not in the documents", ""),
        ("Orrin has 900 employees.", "not in the documents", ""),
        ("The harbour of Port Callow freezes in winter.", "not in the documents", ""),
    ],
)
def test_a_claim_gets_its_verdict_and_its_quotes(
    sentence: str, verdict: str, quoted: str, about_samples: Assistant
) -> None:
    (found,) = checked(sentence, about_samples)
    assert found.verdict == verdict, found
    assert quoted in " ".join(citation.quote for citation in found.citations)
    assert bool(found.citations) == (verdict != "not in the documents")


@pytest.mark.parametrize(
    ("sentence", "both"),
    [
        ("Veldmark Lines is in talks with the Orrin shipyard.", ("is in talks with the Orrin", "no talks with the Orrin")),
        ("The order is worth 84 million crowns.", ("84 million", "48 million")),
    ],
)  # fmt: skip
def test_what_one_document_says_and_another_denies_is_never_called_supported(
    sentence: str, both: tuple[str, str], about_samples: Assistant
) -> None:
    """The likeliest passage alone proves either sentence."""
    (found,) = checked(sentence, about_samples)
    quotes = " ".join(citation.quote for citation in found.citations)
    assert found.verdict == "disputed", found
    assert all(each in quotes for each in both), quotes


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("Orrin confirmed the talks.", "Orrin denied on Tuesday that it is in talks with Veldmark Lines."),
        ("Veldmark confirmed that it is in talks with Orrin.", "Veldmark said that it is not in talks with Orrin."),
        ("The minister was acquitted.", "The minister was convicted of fraud in May."),
        ("Holm dismissed Lund.", "Holm was dismissed by Lund in June."),
        ("The bank lent money to the firm.", "The firm lent money to the bank."),
    ],
)
def test_a_short_sentence_with_another_doing_or_the_roles_exchanged_is_contradicted(
    sentence: str, text: str, passage_of: Any, embed: Embed
) -> None:
    (found,) = check_text(sentence, search=lambda _: [passage_of("news", text)], embed=embed)
    assert found.verdict == "contradicted", found


def test_questions_greetings_and_promises_are_no_claims(about_samples: Assistant) -> None:
    text = "Hi all!\nWhen does N7 sail?\nI'll ask the captain.\nThanks!\nVeldmark Lines was founded in 1968."
    verdicts = [each.verdict for each in checked(text, about_samples)]
    assert verdicts == [*["not a claim"] * 4, "supported"]


def test_every_sentence_comes_back_in_order_with_verbatim_quotes(about_samples: Assistant) -> None:
    text = "The Petrel was nine months late. It is painted pink. Who paid for it?"
    found = checked(text, about_samples)
    assert [each.sentence for each in found] == [
        "The Petrel was nine months late.",
        "It is painted pink.",
        "Who paid for it?",
    ]
    assert found[1].verdict == "not in the documents"
    assert all(citation.quote for each in found for citation in each.citations)


def test_what_may_not_be_read_proves_nothing(about_samples: Assistant) -> None:
    (found,) = about_samples.check("Veldmark Lines was founded in 1968.", ("user:U0STRANGER",))
    assert found == Checked("Veldmark Lines was founded in 1968.", "not in the documents")


@pytest.mark.parametrize("text", ["", "   ", "👍", "?", "¿", "a", "<!channel>", "1968"])
def test_text_that_says_nothing_is_no_claim(text: str, about_samples: Assistant) -> None:
    assert all(each.verdict == "not a claim" for each in checked(text, about_samples))
    assert not is_claim(text)
