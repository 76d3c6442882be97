"""Which row of a table is the most or the least: "Which route carried the most passengers?", "What is the cheapest service?"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.kinds import figures
from bot.reading import Line
from bot.relevance import is_held
from bot.understand import Asked
from vectorstore.words import content_stems, stems

COMPARES = re.compile(
    r"^\W*(?:which|what|who)\b.*\b(?P<way>most|least|fewest|highest|lowest|largest|smallest|biggest|greatest|best|worst|cheapest|"
    r"dearest|oldest|newest|youngest|latest|earliest|longest|shortest|fastest|slowest|heaviest|lightest|tallest|deepest|widest)\b"
    r"(?: (?P<quality>expensive|costly|recent))?",
    re.IGNORECASE,
)
_LEAST = frozenset("least fewest lowest smallest worst cheapest oldest earliest shortest fastest lightest".split())
_COLUMNS = {
    "cheapest dearest expensive costly": "price cost fee fare rate amount",
    "oldest newest youngest latest earliest recent": "year since built date founded born opened age",
    "longest shortest": "length duration distance",
    "fastest slowest": "time duration speed",
    "heaviest lightest": "weight",
    "tallest": "height",
    "deepest": "depth",
    "widest": "width",
}
"""The columns that a superlative is about without naming them."""
_AGES = frozenset(stems("age"))
_SPEEDS = frozenset(stems("speed"))


def extreme(asked: Asked, head: Line, rows: Sequence[Line]) -> Line | None:
    """The row of the table under `head` that is the most (or the least) of what `asked` compares; None where no column of
    figures is of that, or two rows are equal."""
    match = COMPARES.search(asked.text)
    if not match:
        return None
    column = _column(asked, match, head)
    if column is None:
        return None
    values = [(_figure(row, column), row) for row in rows]
    known = [(value, row) for value, row in values if value is not None]
    if len(known) < len(rows) or len(rows) < _ROWS:
        return None
    way = (match.group("quality") or match.group("way")).lower()
    name = content_stems(_cells(head)[column])
    least = way in _LEAST or (match.group("way").lower() == "least")
    if way in ("oldest", "newest", "youngest", "latest", "earliest") and _AGES.intersection(name):
        least = way not in ("oldest", "earliest")
    if way in ("fastest", "slowest") and _SPEEDS.intersection(name):
        least = way == "slowest"
    ordered = sorted(known, key=lambda pair: pair[0] if least else -pair[0])
    return ordered[0][1] if ordered[0][0] != ordered[1][0] else None


_ROWS = 2


def _column(asked: Asked, match: re.Match[str], head: Line) -> int | None:
    """The column that is compared: the one most of whose name is asked for, the last one of equals."""
    word = (match.group("quality") or match.group("way")).lower()
    implied = next((content_stems(names) for words, names in _COLUMNS.items() if word in words.split()), [])
    thing = _THING.search(asked.text)
    named = content_stems(thing.group("thing")) if thing else []
    best: tuple[int, int] | None = None
    for place, cell in enumerate(_cells(head)):
        own = content_stems(cell)
        by_name = sum(is_held(stem, asked.stems) for stem in own) if not set(own) & set(named) else 0
        held = by_name + any(is_held(stem, implied) for stem in own)
        if held and (best is None or held >= best[0]):
            best = held, place
    return best[1] if best else None


_THING = re.compile(r"^\W*(?:which|what)\s+(?P<thing>[\w-]+)", re.IGNORECASE)


def _cells(line: Line) -> list[str]:
    return [cell.strip() for cell in line.text.strip().strip("|").split("|")]


def _figure(row: Line, column: int) -> float | None:
    cells = _cells(row)
    found = figures(cells[column]) if column < len(cells) else []
    return found[0] if len(found) == 1 else None
