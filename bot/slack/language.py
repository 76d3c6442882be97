"""What we say, in the languages that have a file in `strings/`; adding one is a file.

Text of documents and people only ever stands in the values: it is put in once, and never read as a template.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from bot.values import Dated, Note, NoteValue
from vectorstore.reasons import Reason, Told, Value

DEFAULT = "en"
_FOLDER = Path(__file__).parent / "strings"
_WORD = re.compile(r"[^\W\d_]+")
_LIKELY = 0.25
"""Share of a text's words that must be common words of a language for the text to be in it."""


@dataclass(frozen=True, slots=True)
class Strings:
    """The sentences of one language, by `section.key`."""

    language: str
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """The sentence with `values` in its places; a key that a translation lacks is said in English. Raises KeyError."""
        text = self.texts.get(key)
        return (strings_of(DEFAULT).texts[key] if text is None else text).format(**values)

    def moment(self, at: datetime) -> str:
        """ "2 March 2026, 08:00", in the time zone that it has."""
        return self("language.moment", day=self.day(at.date()), time=f"{at:%H:%M}")

    def tongue(self, language: str) -> str:
        """The name of a language we speak: as this one calls it, or else as it calls itself."""
        named = self.texts.get(f"tongue.{language}")
        return named or strings_of(language)("language.name")

    def count(self, noun: str, number: int) -> str:
        """ "1 document", "1,200 documents"."""
        return self(f"noun.{'one' if number == 1 else 'other'}.{noun}", number=self.number(number))

    def number(self, number: float, decimals: int | None = None) -> str:
        """ "1,200", "3.5": to twelve digits at most, or with so many decimals."""
        marks = {",": self("language.thousands"), ".": self("language.decimal")}
        form = ",.12g" if decimals is None else f",.{decimals}f"
        return "".join(marks.get(char, char) for char in format(number, form))

    def day(self, day: date) -> str:
        month = self("language.months").split()[day.month - 1]
        return self("language.day", day=day.day, month=month, year=day.year)

    def note(self, note: Note) -> str:
        """What is to be said about an answer. Raises KeyError."""
        return self(f"note.{note.key}", **{name: self._said(value) for name, value in note.values.items()})

    def _said(self, value: NoteValue) -> str:
        if isinstance(value, (int, float)):
            return self.number(value)
        if isinstance(value, tuple):
            return self.listed([self._said(each) for each in value])
        return value if isinstance(value, str) else self.dated(value)

    def reason(self, told: Told) -> str:
        """Why something could not be done. What another release stored under a key that is not ours is said in general."""
        if isinstance(told, str):
            return told
        try:
            values = {name: self._of_reason(value) for name, value in told.values.items()}
            return self(f"reason.{told.key}", **values)
        except KeyError:
            return self("reason.unknown")

    def _of_reason(self, value: Value) -> str:
        """Values come from documents, servers and paths: characters that nobody sees, or that steer a terminal, are left out."""
        if isinstance(value, Reason):
            return self.reason(value)
        return "".join(filter(str.isprintable, value)) if isinstance(value, str) else self.number(value)

    def dated(self, dated: Dated) -> str:
        """ "Harbour Post (2 March 2026)", or the one of the two there is."""
        day = self.day(dated.day) if dated.day else ""
        return f"{dated.name} ({day})" if dated.name and day else dated.name or day or self("answer.untitled")

    def listed(self, items: Sequence[str]) -> str:
        """ "a, b and c"."""
        return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {self('language.and')} {items[-1]}"


@cache
def languages() -> tuple[str, ...]:
    """ISO 639-1 codes of the languages we speak, the default first."""
    return tuple(sorted((file.stem for file in _FOLDER.glob("*.toml")), key=lambda code: (code != DEFAULT, code)))


@cache
def strings_of(language: str) -> Strings:
    """The strings of `language`; those of the default where we do not speak it."""
    code = language if language in languages() else DEFAULT
    document = tomllib.loads((_FOLDER / f"{code}.toml").read_text(encoding="utf-8"))
    return Strings(code, dict(_flat(document)))


def language_of(text: str, otherwise: str = DEFAULT) -> str:
    """The language we speak that `text` is in, told by its common words; `otherwise` where they do not tell."""
    words = [word.casefold() for word in _WORD.findall(text[:2000])]
    share = {code: sum(word in _common_words(code) for word in words) / len(words) for code in languages() if words}
    best = max(share, key=lambda code: (share[code], code == otherwise), default=otherwise)
    return best if share.get(best, 0.0) >= _LIKELY else otherwise


@cache
def _common_words(code: str) -> frozenset[str]:
    return frozenset(strings_of(code)("language.common_words").split())


def _flat(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    flat: list[tuple[str, str]] = []
    for key, value in table.items():
        flat += _flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else [(f"{prefix}{key}", value.strip())]
    return flat
