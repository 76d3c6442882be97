"""Tables in text files (CSV, TSV): one row a line, cells parted by "|"."""

from __future__ import annotations

import csv
import io

from ingest.blocks import Block, Loaded, row
from ingest.encoding import decode
from ingest.errors import ParseRefused
from ingest.invisible import strip_invisible

_DELIMITERS = ",;\t|"
MAX_CELLS = 500_000
"""Cells of a table; more is data for a database, not for a reader."""


def load_table(data: bytes, charset: str | None = None, _url: str | None = None) -> Loaded:
    text, invisible = strip_invisible(decode(data, charset))
    blocks: list[Block] = []
    cells = 0
    try:
        for line in csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=_delimiter(text)):
            cells += len(line)
            if cells > MAX_CELLS:
                raise too_many_cells()
            blocks.append(row(line))
    except csv.Error as error:
        raise ParseRefused("table_unreadable") from error
    return Loaded(tuple(blocks), removed={"invisible": invisible})


def too_many_cells() -> ParseRefused:
    return ParseRefused("too_many_cells", most=MAX_CELLS)


def _delimiter(text: str) -> str:
    """The mark that parts the first lines into the same number of cells, more than one; a comma where none does."""
    lines = [line for line in text[:20_000].splitlines()[:20] if line.strip()]
    best, fields = ",", 1.0
    for delimiter in _DELIMITERS:
        counts = [len(line) for line in csv.reader(lines, delimiter=delimiter)] if lines else [1]
        if min(counts) > 1 and counts.count(counts[0]) / len(counts) * counts[0] > fields:
            best, fields = delimiter, counts.count(counts[0]) / len(counts) * counts[0]
    return best
