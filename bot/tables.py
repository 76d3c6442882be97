"""What a document holds that is a table and not sentences: its columns, how many rows, and the first of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.draft import Draft, Quote, verbatim
from bot.shapes import cells_of
from bot.values import Note
from vectorstore.values import Version

SHOWN = 5
"""Rows."""
_MOST_COLUMNS = 12
_LONGEST_NAME = 60
"""Characters."""
_TABLE = re.compile(r"^\|.*\|[ \t]*$(?:\n\|.*\|[ \t]*$)+", re.MULTILINE)
_ROW = re.compile(r"\|.*\|")


def table_of(version: Version) -> tuple[list[Draft], list[Note]]:
    """The first rows of the document's longest table, each with its columns, and what to say of the whole; nothing where the
    document has no table of a header and rows."""
    table = max(_TABLE.finditer(version.text), key=lambda found: found[0].count("\n"), default=None)
    if table is None:
        return [], []
    columns = tuple(name[:_LONGEST_NAME] for name in cells_of(table[0].partition("\n")[0]) if name)
    rows = list(_rows(version, table.start(), table.end()))[1:]
    if not columns or not rows:
        return [], []
    more = ("…",) if len(columns) > _MOST_COLUMNS else ()
    named = (*columns[:_MOST_COLUMNS], *more)
    told = Note("table_told", {"columns": named, "rows": len(rows), "shown": min(len(rows), SHOWN)})
    return [verbatim(row) for row in rows[:SHOWN]], [told]


def _rows(version: Version, start: int, end: int) -> Iterator[Quote]:
    for row in _ROW.finditer(version.text, start, end):
        yield Quote(version, row.start(), row.end())
