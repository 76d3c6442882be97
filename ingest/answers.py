"""What the parsing process sends back is checked before it is believed: it has read documents of strangers."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any

from ingest.kinds import MEDIA_TYPES
from ingest.links import LONGEST_LINK, MAX_LINKS
from ingest.parse import MAX_TEXT, Parsed

_LONGEST_VALUE = 3000
"""Code points of a title, a name, an address."""


def document_of(answer: dict[str, Any]) -> Parsed | None:
    """The document an answer describes, or None where it is not one: types, lengths, offsets."""
    try:
        published = answer["published"]
        document = Parsed(
            **{field.name: answer[field.name] for field in fields(Parsed)}
            | {
                "published": None if published is None else date.fromisoformat(published),
                "pages": tuple(answer["pages"]),
                "links": tuple(answer["links"]),
                "headings": tuple((offset, level, text) for offset, level, text in answer["headings"]),
            }
        )
    except (KeyError, TypeError, ValueError):
        return None
    return document if _is_sound(document) else None


def _is_sound(document: Parsed) -> bool:
    return (
        _is_text(document.text, MAX_TEXT)
        and bool(document.text) != bool(document.links)
        and _are_links(document.links)
        and _is_text(document.title, _LONGEST_VALUE)
        and bool(document.title)
        and all(
            value is None or _is_text(value, _LONGEST_VALUE)
            for value in (document.publisher, document.author, document.language, document.url)
        )
        and (document.url is None or document.url.startswith(("http://", "https://")))
        and document.media_type in MEDIA_TYPES.values()
        and _are_pages(document.pages, len(document.text))
        and all(_is_heading(document.text, *heading) for heading in document.headings)
        and _are_counts(document.removed)
    )


def _is_text(value: object, longest: int) -> bool:
    """A string of sane length that can be stored: lone surrogates cannot."""
    if not isinstance(value, str) or len(value) > longest:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _are_links(links: tuple[Any, ...]) -> bool:
    return len(links) <= MAX_LINKS and all(
        _is_text(link, LONGEST_LINK) and link.startswith(("http://", "https://")) for link in links
    )


def _are_pages(pages: tuple[Any, ...], length: int) -> bool:
    return (
        all(type(page) is int for page in pages)
        and list(pages) == sorted(pages)
        and all(0 <= page <= length for page in pages)
    )


def _is_heading(text: str, offset: object, level: object, heading: object) -> bool:
    return (
        type(offset) is int
        and type(level) is int
        and isinstance(heading, str)
        and offset >= 0
        and 1 <= level <= 6
        and text[offset : offset + len(heading)] == heading
    )


def _are_counts(removed: object) -> bool:
    return isinstance(removed, dict) and all(
        isinstance(kind, str) and len(kind) <= 50 and type(number) is int and number >= 0
        for kind, number in removed.items()
    )
