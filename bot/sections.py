"""Sections whose heading asks or names what is asked, as in a page of questions and answers, minutes or release notes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.reading import Line, Reading
from bot.relevance import is_held, states_something
from bot.understand import Asked, understand
from vectorstore.words import content_stems, stems

_ASKS_FOR_A_SECTION = re.compile(
    r"^\W*(?:(?:and|but) (?:the|what about|about)\b|what(?:['’]s| is| are| was| were| caused)|tell me (?:about|more)|what about"
    r"|what (?:do|does|did) .{2,60} say (?:about|on)"
    r"|(?:list|show|give me|explain|summari[sz]e|describe)\b"
    r"|qu[eé] (?:hay de|se (?:decidi[oó]|dijo|acord[oó])|es|son))",
    re.IGNORECASE,
)
_OF_ANY_SECTION = frozenset(
    stems(
        """decided decision said say agreed agreement discussed discussion resolved concluded reported rule rules policy section
        there document documents meeting minutes happened thing things done planned regarding concerning about all list
        item items show explain describe summarize summarise tell"""
    )
)
_NUMBER = re.compile(r"^\W*\d{1,3}(?:\.\d{1,3})*[.)]?\s+")


def answering_section(asked: Asked, readings: Sequence[Reading]) -> list[Line]:
    """The lines under a heading that asks the same in nearly the same words, or names all of what is asked; empty where
    there is none."""
    alone = understand(_ADDED.sub("", asked.text))
    for reading in readings:
        for heading in reading.lines:
            if _answers(asked, heading, reading) or _answers(alone, heading, reading):
                under = [line for line in reading.lines if line.section == heading.index]
                if any(states_something(line.text) for line in under):
                    return [line for line in under if line.stems]
    return []


_ADDED = re.compile(r"\s+\([^()]*\)(?=\W*$)")
"""What a follow-up takes over from the conversation; a heading that it names itself needs none of it."""


def _answers(asked: Asked, heading: Line, reading: Reading) -> bool:
    if heading.text.endswith("?"):
        return _asks_the_same(asked, heading, reading)
    return _is_heading(heading, reading) and _names_the_same(asked, heading, reading)


def _asks_the_same(asked: Asked, heading: Line, reading: Reading) -> bool:
    own = understand(heading.text.strip("# *"))
    if own.kinds != asked.kinds or own.decides != asked.decides:
        return False
    known = {*own.stems, *content_stems(reading.version.title)}
    return all(is_held(stem, known) for stem in asked.stems) and all(is_held(stem, asked.stems) for stem in own.stems)


def _names_the_same(asked: Asked, heading: Line, reading: Reading) -> bool:
    """ "What was decided about the bees?" and "3. Bees"; what the heading leaves out of the question, the title says."""
    if not _ASKS_FOR_A_SECTION.search(asked.text):
        return False
    own = content_stems(_NUMBER.sub("", heading.text.strip("#* ")))
    wanted = [stem for stem in asked.stems if stem not in _OF_ANY_SECTION]
    if not own or not wanted or not all(is_held(stem, asked.stems) for stem in own):
        return False
    known = {*own, *content_stems(reading.version.title)}
    return all(is_held(stem, known) for stem in wanted)


def _is_heading(line: Line, reading: Reading) -> bool:
    """Whether other lines stand under it; the title above the whole text is none."""
    following = reading.lines[line.index + 1 : line.index + 2]
    return bool(following) and following[0].section == line.index and line.index > 0
