"""What an answer quotes keeps its form: a row of a table stands under its columns, code stands as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.draft import Draft, Quote
from bot.values import PROSE, Shape

_BORDER = re.compile(r"(?<!\\)\|")
_FENCE = re.compile(r"^[ \t]*(?:```|~~~)", re.MULTILINE)


def shaped(drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts in their order; a header is left out where rows of its table are quoted, for they bring it along."""
    found = [_shaped(draft) for draft in drafts]
    with_rows = {_table(draft.quotes[0]) for draft in found if draft.shape.form == "row"}
    return [draft for draft in found if not _is_header(draft) or _table(draft.quotes[0]) not in with_rows]


def _shaped(draft: Draft) -> Draft:
    quote = draft.quotes[0]
    if draft.text != " ".join(quote.text.split()) or draft.shape != PROSE:
        return draft  # somebody's own words
    if _is_row(quote) and not _is_header(draft):
        return _row(draft, quote)
    return replace(draft, text=quote.text, shape=Shape("code")) if _is_in_fence(quote) else draft


def _row(draft: Draft, quote: Quote) -> Draft:
    columns, cells = cells_of(_first_line(quote)), cells_of(quote.text)
    if len(columns) != len(cells):
        return draft
    row = tuple(zip(columns, cells, strict=True))
    text = "; ".join(f"{column}: {cell}" if column else cell for column, cell in row if cell)
    return replace(draft, text=text, shape=Shape("row", cells=row)) if text else draft


def _is_row(quote: Quote) -> bool:
    line = quote.text.strip()
    return "\n" not in line and len(line) > 1 and line[0] == line[-1] == "|"


def _is_header(draft: Draft) -> bool:
    quote = draft.quotes[0]
    return _is_row(quote) and _first_line(quote).strip() == quote.text.strip()


def _table(quote: Quote) -> tuple[str, int]:
    """Where the table begins that the quoted row belongs to."""
    text, start = quote.version.text, quote.start
    start = text.rfind("\n", 0, start) + 1
    while start > 0:
        before = text.rfind("\n", 0, start - 1) + 1
        if not text[before : start - 1].lstrip().startswith("|"):
            break
        start = before
    return quote.version.id, start


def _first_line(quote: Quote) -> str:
    _, start = _table(quote)
    return quote.version.text[start:].partition("\n")[0]


def cells_of(line: str) -> list[str]:
    """Of a row as loaders write it: `| N1 | 900 |`."""
    inner = line.strip().removeprefix("|").removesuffix("|")
    return [cell.strip().replace("\\|", "|") for cell in _BORDER.split(inner)]


def _is_in_fence(quote: Quote) -> bool:
    """Whether an odd number of fences stands before it."""
    return len(_FENCE.findall(quote.version.text, 0, quote.start)) % 2 == 1
