"""What a sentence is shown with: the one it leans on, the list it announces, its heading, what goes on from it."""

from __future__ import annotations

import re
from itertools import takewhile

from bot.complete import leans, needs_after, needs_before, points_to_somebody
from bot.disputes import goes_on, is_correction, repeats_error
from bot.draft import is_list_item
from bot.kinds import names
from bot.reading import Line, Reading
from bot.relevance import is_held, states_something
from bot.understand import Asked
from vectorstore.words import content_stems, stems

LONGEST = 4
"""Items that come with the line that announces them, at most."""


def with_what_goes_on(line: Line, reading: Reading) -> list[Line]:
    """`line`, and the sentence that carries its words or says what is right."""
    after = goes_on(line, reading)
    return [line, after] if after else [line]


def with_what_it_leans_on(line: Line, reading: Reading, asked: Asked) -> list[Line]:
    """`line` after the sentence it leans on, and the one before that when nobody is named yet.

    A sentence that ends in a colon brings the next one, or the list that follows. "The study …" needs nothing where the study
    is what the question names.
    """
    needed = [line, *_announced(line, reading)] if needs_after(line) else _with_what_is_right(line, reading)
    head = reading.table_head(line)
    if head:
        return [head, line]
    heading = _heading_of_an_item(line, reading, asked)
    if heading:
        return [heading, line]
    whole = len(needed) + 2
    named = _who_it_is(line, reading, asked)
    if named:
        return [named, *needed]
    opens = stems(" ".join(line.text.split()[:_ROLE_WORDS]))
    if not points_to_somebody(line) and any(stem in asked.stems for stem in opens):
        return needed
    while len(needed) < whole and needed[0].index and needs_before(needed[0]):
        before = reading.lines[needed[0].index - 1]
        if (needed[0] is not line and names(needed[0].text)) or not states_something(before.text):
            break
        if not points_to_somebody(needed[0]) and not names(before.text) and before.paragraph != needed[0].paragraph:
            break  # "The company …" is not what a paragraph that names none spoke of
        needed.insert(0, before)
    return needed


def _heading_of_an_item(line: Line, reading: Reading, asked: Asked) -> Line | None:
    """The heading of a short entry, without which it says nothing: "Removed", of "Support for the old plugs."."""
    heading = reading.section(line)
    if not heading or not is_list_item(line.text) or reading.is_title(heading) or len(line.stems) > _SHORT_ITEM:
        return None
    if _IS_SENTENCE.search(line.text):
        return None
    said = {*line.stems, *asked.stems}
    return heading if any(not is_held(stem, said) for stem in heading.stems) else None


_IS_SENTENCE = re.compile(r"\b(?:is|are|was|were|will|has|have|had|can|may|must|should)\b", re.IGNORECASE)
_SHORT_ITEM = 6
"""Words of an item, stop words aside; a longer one says itself what it is of."""


def _with_what_is_right(line: Line, reading: Reading) -> list[Line]:
    """A sentence of a correction that repeats the error, and the next one."""
    return with_what_goes_on(line, reading) if is_correction(reading) and repeats_error(line) else [line]


def _who_it_is(line: Line, reading: Reading, asked: Asked) -> Line | None:
    """The sentence that names whom the question asks about, where all from there to `line` only say "she"."""
    wanted = {stem for name in asked.names for stem in content_stems(name)}
    if not points_to_somebody(line):
        return None
    for other in reversed(reading.lines[max(0, line.index - _PRONOUNS_IN_A_ROW) : line.index]):
        if wanted.intersection(other.stems) or not leans(other.text):
            return other if wanted.intersection(other.stems) and states_something(other.text) else None
    return None


_PRONOUNS_IN_A_ROW = 8
"""Sentences in a row that may speak of one person without the name."""
_ROLE_WORDS = 3
"""Words at the beginning of a sentence that name what it is of: "The new study"."""


def _announced(line: Line, reading: Reading) -> list[Line]:
    following = reading.lines[line.index + 1 :]
    listed = list(
        takewhile(lambda other: is_list_item(other.text) and other.paragraph == following[0].paragraph, following)
    )
    return listed[:LONGEST] or list(following[:1])
