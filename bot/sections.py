"""Sections whose heading asks what is asked, as in a page of questions and answers."""

from __future__ import annotations

from collections.abc import Sequence

from bot.reading import Line, Reading
from bot.relevance import is_held, states_something
from bot.understand import Asked, understand


def answering_section(asked: Asked, readings: Sequence[Reading]) -> list[Line]:
    """The lines under a heading that asks the same in nearly the same words; empty where there is none."""
    for reading in readings:
        for heading in reading.lines:
            if heading.text.endswith("?") and _asks_the_same(asked, heading):
                under = [line for line in reading.lines if line.section == heading.index]
                if any(states_something(line.text) for line in under):
                    return [line for line in under if line.stems]
    return []


def _asks_the_same(asked: Asked, heading: Line) -> bool:
    own = understand(heading.text.strip("# *"))
    if own.kinds != asked.kinds or own.decides != asked.decides:
        return False
    return all(is_held(stem, own.stems) for stem in asked.stems) and all(
        is_held(stem, asked.stems) for stem in own.stems
    )
