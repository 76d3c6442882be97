from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evals.answers import normalised
from evals.datasets import item, items
from evals.measures import at_threshold, auroc


@pytest.mark.parametrize(
    ("row", "answerable"),
    [
        ({"answerable": True}, True),
        ({"answerable": "false"}, False),
        ({"answerable": None, "label": "supported"}, None),
        ({"is_impossible": True}, False),
        ({"answerability": "UNANSWERABLE"}, False),
        ({"label": "SUPPORTS"}, True),
        ({"answers": ["the pier"]}, True),
        ({"answers": []}, False),
    ],
)
def test_whether_there_is_an_answer_is_read_from_what_the_row_has(row: dict[str, Any], answerable: bool | None) -> None:
    assert item({"id": 1, "question": "Where?", **row}).answerable is answerable


@pytest.mark.parametrize(
    ("label", "supported"),
    [
        ("supported", True),
        ("Partially supported", False),
        ("not_supported", False),
        (1, True),
        (0, False),
        ("odd", None),
    ],
)
def test_a_judgement_is_read_however_it_is_spelt(label: object, supported: bool | None) -> None:
    assert item({"claim": "It floats.", "label": label}).supported is supported


def test_documents_may_be_texts_or_sentences_or_whole_rows() -> None:
    read = item(
        {"question": "?", "docs": ["A text.", {"sentences": ["One.", "Two."]}, {"_id": 7, "title": "T", "text": "X"}]}
    )
    assert [(doc.id, doc.title, doc.text) for doc in read.docs] == [
        ("0", "", "A text."),
        ("1", "", "One. Two."),
        ("7", "T", "X"),
    ]


def test_a_claim_is_its_own_question_and_marked_sentences_are_sets() -> None:
    read = item({"claim": "It floats.", "label": "supported", "supporting_sentence_sets": [[0, 2], []]})
    assert (read.question, read.gold_sentences) == ("It floats.", (frozenset({0, 2}),))


def test_a_history_of_roles_becomes_turns() -> None:
    turns = [{"role": "user", "text": "Who?"}, {"role": "agent", "text": "Ada."}, {"role": "user", "text": "When?"}]
    assert item({"question": "?", "history": turns}).history == (("Who?", "Ada."), ("When?", ""))


def test_a_limit_takes_items_from_the_whole_set(tmp_path: Path) -> None:
    rows = [json.dumps({"id": n, "question": "?"}) for n in range(10)]
    (tmp_path / "qa_10.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert [each.id for each in items(tmp_path, 5)] == ["0", "2", "4", "6", "8"]
    with pytest.raises(FileNotFoundError, match="no qa"):
        items(tmp_path / "missing")


def test_the_measures_are_what_they_are_called() -> None:
    assert auroc([0.9, 0.4, 0.6, 0.1], [True, True, False, False]) == 0.75
    assert auroc([0.5, 0.5], [True, False]) == 0.5
    assert auroc([0.5], [True]) is None
    assert at_threshold([0.9, 0.4, 0.6, 0.1], [True, True, False, False], 0.5)["balanced_accuracy"] == 0.5


def test_answers_are_compared_without_marks_and_articles() -> None:
    assert normalised("The “Auk”, a boat!") == "auk boat"
