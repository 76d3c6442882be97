"""Questions of the last weeks as a picture, as bars of text, and in words.

The picture holds figures and days only: it says the same in every language, and what its colours mean stands beside it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from bot.slack.blocks import Block, rich_line, verbatim, words
from bot.slack.history import Week
from bot.slack.language import Strings

LONGEST_ALT = 2000
"""Characters Slack lets the words for a picture have."""
_BAR = 20
"""Characters of the longest bar of text."""
_WIDTH, _HEIGHT = 1200, 400
"""Pixels; Slack shows it at half of that."""
_MARGIN, _FOOT, _HEAD = 24, 56, 48
_PAPER, _INK, _LINE = "#ffffff", "#3f3f46", "#d4d4d8"
_ANSWERED, _ABSTAINED = "#2f76d2", "#e8912d"
"""Blue and orange, as the squares 🟦 and 🟧 of the legend are; told apart by people who see no red or no green."""
_FIGURES = 26
"""Height of what is written, in pixels."""


def picture(weeks: Sequence[Week]) -> bytes:
    """A PNG: for each week a bar of what was answered and one of what was not, each under its number."""
    image = Image.new("RGB", (_WIDTH, _HEIGHT), _PAPER)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(_FIGURES)
    most = max((number for week in weeks for number in (week.answered, week.abstained)), default=0) or 1
    room, floor = (_WIDTH - 2 * _MARGIN) / max(1, len(weeks)), _HEIGHT - _FOOT
    for position, week in enumerate(weeks):
        middle, side = _MARGIN + (position + 0.5) * room, room * 0.36
        bars = ((middle - side, week.answered, _ANSWERED), (middle, week.abstained, _ABSTAINED))
        for left, number, colour in bars:
            top = floor - (floor - _HEAD) * number / most
            if number:
                draw.rectangle((left + 3, min(top, floor - 3), left + side - 3, floor), fill=colour)
                draw.text((left + side / 2, top - 8), f"{number}", fill=_INK, font=font, anchor="ms")
        draw.text((middle, _HEIGHT - _FOOT / 2 + 4), f"{week.first_day:%m-%d}", fill=_INK, font=font, anchor="mm")
    draw.line((_MARGIN, floor, _WIDTH - _MARGIN, floor), fill=_LINE, width=3)
    written = io.BytesIO()
    image.save(written, "PNG", optimize=True)
    return written.getvalue()


def bars(weeks: Sequence[Week], strings: Strings) -> str:
    """A line for each week: answered as full blocks, not answered as light ones, and both in figures."""
    longest = max((week.answered + week.abstained for week in weeks), default=0) or 1
    lines = [strings("home.legend")]
    for week in weeks:
        full, light = (_length(number, longest) for number in (week.answered, week.abstained))
        bar = "█" * full + "░" * light
        lines.append(f"{week.first_day:%m-%d}  {bar:<{_BAR + 1}} {week.answered:>5} {week.abstained:>5}")
    return "\n".join(lines)


def in_words(weeks: Sequence[Week], strings: Strings) -> str:
    """What the picture shows, for whoever does not see it."""
    told = [
        strings(
            "home.week_told",
            day=strings.day(week.first_day),
            answered=strings.number(week.answered),
            abstained=strings.number(week.abstained),
        )
        for week in weeks
        if week.answered or week.abstained
    ]
    return "\n".join([strings("home.weeks"), *told])[:LONGEST_ALT]


def blocks(weeks: Sequence[Week], file: str | None, strings: Strings) -> list[Block]:
    """`file`: the picture's id in Slack; bars of text stand in for it."""
    if not any(week.answered or week.abstained for week in weeks):
        return [rich_line(words(strings("home.none_asked_weeks")))]
    if file is None:
        return [verbatim(bars(weeks, strings))]
    image = {"type": "image", "slack_file": {"id": file}, "alt_text": in_words(weeks, strings)}
    return [image, rich_line(words(strings("home.picture_legend")))]


def _length(number: int, longest: int) -> int:
    return max(1, round(_BAR * number / longest)) if number else 0
