"""Title, publisher, author, date and language: found in the document, or empty. Nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from ingest.dates import is_only_a_date, read_date
from ingest.invisible import strip_invisible


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known about a document; None where it does not say."""

    title: str | None = None
    publisher: str | None = None
    author: str | None = None
    published: date | None = None
    language: str | None = None
    """ISO 639-1."""
    url: str | None = None
    """The address the document says is its own; http or https only."""

    def or_else(self, other: Metadata) -> Metadata:
        """This, with what it leaves open taken from `other`."""
        missing: dict[str, Any] = {
            field.name: getattr(other, field.name) for field in fields(self) if getattr(self, field.name) is None
        }
        return replace(self, **missing)


HEAD_LINES = 12
"""A byline or a date line stands among the first lines, above the text; further down it speaks of something else."""

_LABELS = {
    "publisher": "publisher|outlet|publication|newspaper|source",
    "author": "author|authors|by|byline|written by|reported by|reporter|autor|autorin|auteur|autore|von|por",
    "published": (
        "published|published on|publication date|date published|posted|posted on|date|first published|issued|released"
        "|veröffentlicht|veröffentlicht am|datum|publié|publié le|fecha|publicado|publicado el|pubblicato|data"
    ),
    "title": "title|headline|subject",
}
_LABELLED = re.compile("|".join(rf"(?P<{field}>(?:{labels})\s*:)" for field, labels in _LABELS.items()), re.IGNORECASE)
_PUBLISHED_WORDS = re.compile(
    r"(?:first\s+)?(?:published|posted|issued|released)(?:\s+(?:on|at))?\s+(?=\S*\d|[A-Z])"
    r"|(?:veröffentlicht am|publié le|publicado el)\s+",
    re.IGNORECASE,
)
_NAME = r"(?:(?:[A-Z]\.\s?)+|(?:[A-ZÀ-ÖØ-ÞĀ-Ž][\w'’.-]*))"
_NAMES = rf"{_NAME}(?:\s+(?:(?:van|von|de|der|den|del|della|di|da|dos|du|la|le|bin|al|el|y)\s+)*{_NAME}){{1,4}}"
_BYLINE = re.compile(
    r"(?:By|BY|Written by|Words by|Reported by|Von|Por|Par)\s+"
    rf"({_NAMES}(?:(?:,\s+|\s+(?:and|und|et|y|&)\s+){_NAMES}){{0,4}})$"
)
_SEPARATORS = re.compile(r"\s+[|•·–—-]+\s+|\s*[|•·]\s*|\s{3,}|\t")


def from_head(lines: Sequence[str]) -> Metadata:
    """What whole lines above the text say: "By Jane Doe", "Published: 3 March 2026", "Publisher: …", a line that is a date.

    `lines` are those before the first full paragraph; a date or a name inside a sentence is none of these.
    """
    found = Metadata()
    for line in lines[:HEAD_LINES]:
        if len(line) <= 200:
            for part in _SEPARATORS.split(line.strip()):
                found = found.or_else(_of_line(part.strip()))
    return found


def _of_line(line: str) -> Metadata:
    labelled = _LABELLED.match(line)
    if labelled:
        return _of_label(str(labelled.lastgroup), line[labelled.end() :].strip())
    byline = _BYLINE.match(line)
    if byline:
        return Metadata(author=byline.group(1))
    said = _PUBLISHED_WORDS.match(line)
    if is_only_a_date(line[said.end() :] if said else line):
        return Metadata(published=read_date(line))
    return _byline_with_outlet(line)


def _byline_with_outlet(line: str) -> Metadata:
    """ "By Jane Doe, The Daily Example": the last part after a comma is not a person's when it begins with an article."""
    for comma in (match.start() for match in re.finditer(", ", line)):
        byline, outlet = _BYLINE.match(line[:comma]), line[comma + 2 :]
        dated = is_only_a_date(outlet)
        if byline and (dated or outlet.lower().startswith(("the ", "staff", "special "))):
            return Metadata(author=byline.group(1), published=read_date(outlet) if dated else None)
    return Metadata()


def _of_label(field: str, value: str) -> Metadata:
    if not value or len(value) > 150:
        return Metadata()
    if field == "published":
        return Metadata(published=read_date(value) if is_only_a_date(value) else None)
    if field == "title":
        return Metadata(title=value)
    if not _is_a_name(value):
        return Metadata()
    return Metadata(publisher=value) if field == "publisher" else Metadata(author=value)


def _is_a_name(value: str) -> bool:
    """A person or an outlet, not a sentence and not an address."""
    return len(value) <= 100 and "://" not in value and not value.endswith((".", "!", "?")) and value[:1].isalnum()


def title_from_name(name: str) -> str:
    """A file's name as a title of last resort: no folder, no extension, blanks for the marks that stand for them."""
    web = re.match(r"https?://[^/?#]*([^?#]*)", name)
    path = unquote(web.group(1)) if web else name
    last = PurePosixPath(strip_invisible(path[-4000:])[0].replace("\\", "/")).name
    stem = re.sub(r"^0\d+[-_ ]+(?=\D)", "", last)
    for _ in range(2):  # report.tar.gz
        stem = re.sub(r"(?<=.)\.[A-Za-z][A-Za-z0-9]{0,4}$", "", stem)
    words = re.sub(r"[\s_]+|(?<=\w)-+(?=\w)", " ", stem).strip(" .-") if not re.search(r"\d-\d", stem) else stem
    words = re.sub(r"[\s_]+", " ", words).strip(" .-")
    return (words[:1].upper() + words[1:])[:200] or "Untitled"
