"""What we say is said whole in every language, and in the language of whoever asks."""

from __future__ import annotations

import re
import string
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from bot.slack.language import DEFAULT, language_of, languages, strings_of
from bot.values import Dated, Note

CODE = "\n".join(path.read_text() for path in Path(__file__).parents[3].joinpath("bot/slack").rglob("*.py"))


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("code", languages())
def test_every_language_says_everything_with_the_same_places(code: str) -> None:
    english, other = strings_of(DEFAULT).texts, strings_of(code).texts
    assert set(other) == set(english)
    assert [key for key in english if places(english[key]) != places(other[key])] == []


def test_every_key_in_the_code_exists_and_every_text_is_used() -> None:
    known = set(strings_of(DEFAULT).texts)
    named = set(re.findall(r'"((?:[a-z_]+\.)+[a-z_]+)"', CODE))
    assert {key for key in re.findall(r'strings\(\s*"([^"]+)"', CODE) if key not in known} == set()
    families = {f"{family}." for family in re.findall(r'f"([a-z_.]+)\.\{', CODE)}
    unused = {key for key in known - named if not any(key.startswith(family) for family in families)}
    assert {key for key in unused if not key.startswith(("noun.", "language."))} == set()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Who denied the report, and when?", "en"),
        ("¿Quién desmintió la noticia, y cuándo?", "es"),
        ("¿y BYD?", "es"),
        ("why?", "en"),
        ("", "en"),
        ("Ford Xiaomi", "en"),
    ],
)
def test_the_language_of_a_question_is_told_by_its_common_words(text: str, language: str) -> None:
    assert language_of(text) == language


def test_words_that_no_language_has_leave_the_persons_own() -> None:
    assert language_of("Ford Xiaomi", "es") == "es"


def test_a_value_is_never_read_as_a_template() -> None:
    said = strings_of("en")("answer.asked", question="{question} {0} %s")
    assert said == "You asked: {question} {0} %s"


def test_days_numbers_and_nouns_follow_the_language() -> None:
    english, spanish = strings_of("en"), strings_of("es")
    assert (english.day(date(2026, 3, 2)), spanish.day(date(2026, 3, 2))) == ("2 March 2026", "2 de marzo de 2026")
    assert (english.count("passage", 1200), spanish.count("passage", 1)) == ("1,200 passages", "1 pasaje")
    assert english.listed(["a", "b", "c"]) == "a, b and c"


@pytest.mark.parametrize("code", languages())
def test_every_note_the_answering_makes_has_its_words(code: str) -> None:
    answering = "\n".join(path.read_text() for path in Path(__file__).parents[3].joinpath("bot").rglob("*.py"))
    keys = {
        key
        for pattern in (r'(?:\bNote\(|\bNOTE = )"([a-z_]+)"', r'"(model_[a-z_]+)"')
        for key in re.findall(pattern, answering)
    }
    assert keys == {key.partition(".")[2] for key in strings_of(code).texts if key.startswith("note.")}


def test_a_note_says_names_days_and_numbers_the_way_of_the_language() -> None:
    sides = (Dated("Salt Mail", date(2026, 3, 2)), Dated("Fjord Radio"), Dated(day=date(2026, 3, 6)), Dated())
    english, spanish = strings_of("en"), strings_of("es")
    assert english.note(Note("sources_disagree", {"sides": sides})) == (
        "The sources disagree: Salt Mail (2 March 2026), Fjord Radio, 6 March 2026 and Untitled."
    )
    assert spanish.note(Note("question_cut", {"most": 4000})) == (
        "La pregunta tenía más de 4.000 caracteres; solo se ha buscado su comienzo."
    )
    unproven = Note("held_figure", {"value": 1_250_000.5})
    assert english.note(unproven) == "The quote does not say 1,250,000.5."
    assert spanish.note(unproven) == "La cita no dice 1.250.000,5."


def test_a_note_is_stored_and_read_again_as_it_was() -> None:
    days = {"reported": Dated(day=date(2026, 3, 2)), "corrected": Dated(day=date(2026, 3, 6))}
    notes = (
        Note("corrected", {"publisher": "2026-03-02", **days}),
        Note("nothing_about", {"missing": ("a ferry", "4000")}),
        Note("question_cut", {"most": 4000}),
        Note("held_figure", {"value": 3.5}),
        Note("model_slow"),
    )
    stored = TypeAdapter(tuple[Note, ...])
    assert stored.validate_python(stored.dump_python(notes, mode="json")) == notes


def test_a_language_we_do_not_speak_is_answered_in_english() -> None:
    assert strings_of("xx").language == "en"


def test_a_question_in_spanish_is_answered_with_spanish_words(footnote: Any) -> None:
    reply = footnote.ask("maya", footnote.slack.workspace.general, footnote.at("¿qué dicen los documentos unheard?"))
    assert "Los documentos que puedo usar aquí no responden a eso." in reply.text


def test_a_command_is_answered_in_the_persons_language(footnote: Any) -> None:
    slack = footnote.slack
    slack.workspace.member.locale = "es-ES"
    slack.slash("maya", slack.workspace.general, "/footnote", "help").wait()
    assert "Lo que sabe hacer /footnote" in footnote.reply(slack.workspace.general).text
