"""Spreadsheets (by openpyxl): the rows of the visible sheets, with the values a reader sees in place of formulas."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from openpyxl import load_workbook  # type: ignore[import-untyped]

from ingest.archive import open_archive
from ingest.blocks import Block, Loaded, row
from ingest.loaders.office_metadata import core_metadata
from ingest.loaders.table import MAX_CELLS, too_many_cells


def load_xlsx(data: bytes, _charset: str | None = None, _url: str | None = None) -> Loaded:
    with open_archive(data) as archive:
        metadata = core_metadata(archive)
    workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        sheets = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
        hidden = len(workbook.worksheets) - len(sheets)
        blocks: list[Block] = []
        for sheet in sheets:
            rows = list(_rows(sheet))
            if rows and len(sheets) > 1:
                blocks.append(Block(str(sheet.title), "heading", 2))
            blocks += rows
    finally:
        workbook.close()
    return Loaded(tuple(blocks), metadata, removed={"hidden": hidden})


def _rows(sheet: Any) -> Iterator[Block]:
    cells = 0
    for line in sheet.iter_rows():
        cells += len(line) or 1
        if cells > MAX_CELLS:
            raise too_many_cells()
        texts = [_shown(cell) for cell in line]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            yield row(texts)


def _shown(cell: Any) -> str:
    """The value as it is displayed, near enough: whole numbers without a point, shares as percentages, dates as ISO 8601."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (int, float)) and "%" in str(cell.number_format):
        return f"{round(value * 100, 4):.15g}%"
    return f"{value:.15g}" if isinstance(value, float) else str(value)
