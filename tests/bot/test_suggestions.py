"""Which questions are suggested, and of what they are made."""

from __future__ import annotations

from bot.suggestions import MOST, Subject, Suggestion, subjects, suggestions

SENTENCES = [
    "Northbank Ferries denied on Tuesday that it is in talks with Harald Shipping.",
    "The Courier reported that Harald Shipping offered 40 million crowns.",
    "Fog delayed the boats.",
]


def test_what_a_document_is_about_is_what_its_central_sentences_name_and_its_title() -> None:
    found = subjects("Northbank denies the sale", SENTENCES)
    assert found[0] == Subject("Harald Shipping")
    assert Subject("Northbank Ferries") in found
    assert found[-1] == Subject("Northbank denies the sale", is_title=True)


def test_file_names_and_single_words_are_no_subjects() -> None:
    assert subjects("report-final.pdf", []) == subjects("20260304_scan0001", []) == subjects("Minutes", []) == []


def test_a_subject_is_one_line_without_marks_nobody_sees() -> None:
    [subject] = subjects("Storm\u202e closes\nthe strait", [])
    assert subject.name == "Storm closes the strait"


def phrase(subject: Subject) -> str:
    return f"What does “{subject.name}” say?" if subject.is_title else f"What about {subject.name}?"


def test_only_what_is_answered_is_suggested_each_subject_once() -> None:
    ferry, fog = Subject("Harald Shipping"), Subject("Fog at the piers", is_title=True)
    asked: list[str] = []

    def is_answered(question: str) -> bool:
        asked.append(question)
        return "Harald" in question or question == "Fog at the piers"

    found = suggestions(
        [[ferry], [ferry, fog], [Subject("Nobody Knows")]], [phrase, lambda each: each.name], is_answered
    )
    assert found == [
        Suggestion("Harald Shipping", "What about Harald Shipping?"),
        Suggestion("Fog at the piers", "Fog at the piers"),
    ]
    assert asked.count("What about Harald Shipping?") == 1


def test_no_more_documents_are_looked_at_than_slack_takes_questions() -> None:
    looked: list[int] = []

    def documents():
        for n in range(100):
            looked.append(n)
            yield [Subject(f"Harbour Number {n}")]

    assert len(suggestions(documents(), [phrase], lambda _: True)) == MOST
    assert len(looked) == MOST
