"""What an answer says, as atoms: paragraphs, lists, tables and code, each with its citations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.slack.blocks import LONGEST_PIECE, Atom, Block, Group, link_atom, row_atom, text_atoms, words
from bot.slack.language import Strings
from bot.slack.mrkdwn import escape, public_url
from bot.values import Answer, Citation, Shape, SourceLine, Statement

MOST_COLUMNS = 19
"""Of Slack's 20; the last one is for the citations."""

_POINT = Shape("item")
_GROUPS: dict[str, Group] = {"prose": "body", "item": "points", "step": "steps", "row": "rows", "code": "code"}
_CODE = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A statement in its place: `item` counts paragraphs and entries of lists."""

    item: int
    statement: Statement
    shape: Shape
    opens: bool
    speaks: bool
    """Whether another source speaks than in the statement before."""
    in_table: bool


def said(answer: Answer, strings: Strings, *, as_points: bool = False) -> Iterator[Atom]:
    """`as_points`: each statement is an entry of a list."""
    sources = {source.version: source for source in answer.sources}
    several = len(sources) > 1 and answer.composer == "extractive" and not as_points
    for entry in _entries(answer, as_points):
        statement = entry.statement
        if several and entry.speaks and statement.citations:
            who = _who_says_it(sources.get(statement.citations[0].version), strings)
            yield from text_atoms("body", entry.item, who, bold=True)
        if entry.in_table:
            yield _row(entry, strings)
        elif entry.shape.form == "code":
            yield from text_atoms("code", entry.item, statement.text)
            yield from _citations("body", entry)
        else:
            yield from _sentence(entry, has_code=answer.composer == "model")


def _entries(answer: Answer, as_points: bool) -> Iterator[_Entry]:
    """Extractive answers: quotes of one source stand together, another's apart."""
    item, form, before = -1, "", None
    tables = _in_tables(answer.statements)
    for place, statement in enumerate(answer.statements):
        shape = _POINT if as_points else statement.shape
        source = {citation.version for citation in statement.citations} if answer.composer == "extractive" else set()
        opens = form != shape.form or (source != before if form == "prose" else not shape.continues)
        entry = _Entry(
            item + opens, statement, shape, opens, speaks=source != before, in_table=place in tables and not as_points
        )
        item, form, before = entry.item, shape.form, source
        yield entry


def _who_says_it(source: SourceLine | None, strings: Strings) -> str:
    """Opens the paragraph of one source, where an answer has several."""
    if source is None:
        return ""
    name = source.publisher or source.title or strings("answer.untitled")
    return f"{name}, {strings.day(source.published)}: " if source.published else f"{name}: "


def _sentence(entry: _Entry, *, has_code: bool) -> Iterator[Atom]:
    group, shape = _GROUPS[entry.shape.form], entry.shape
    if shape.form == "row":
        group = "points"
    text = entry.statement.text if entry.opens else f" {entry.statement.text}"
    pieces = _CODE.split(text) if has_code else [text]
    for place, piece in enumerate(pieces):
        yield from text_atoms(group, entry.item, piece, code=place % 2 == 1, level=shape.level, number=shape.number)
    yield from _citations(group, entry)


def _citations(group: Group, entry: _Entry) -> Iterator[Atom]:
    shape = entry.shape
    for citation in _once(entry.statement.citations):
        yield from text_atoms(group, entry.item, " ", level=shape.level, number=shape.number)
        url = public_url(citation.link, citation.url)
        label = f"[{citation.n}]"
        yield link_atom(group, entry.item, url, label, in_text=False, level=shape.level, number=shape.number)


def _in_tables(statements: Sequence[Statement]) -> set[int]:
    """The places of rows that are shown as a table: two at least under the same columns, one after the other."""
    found: set[int] = set()
    for columns, group in groupby(enumerate(statements), key=lambda each: _columns(each[1])):
        rows = [place for place, _ in group]
        found.update(rows if columns and len(rows) > 1 else ())
    return found


def _columns(statement: Statement) -> tuple[str, ...]:
    """Of a row that fits a table; empty for everything else."""
    return tuple(column for column, _ in statement.shape.cells) if _fits_a_table(statement) else ()


def _fits_a_table(statement: Statement) -> bool:
    return len(statement.shape.cells) <= MOST_COLUMNS and len(escape(statement.text)) <= LONGEST_PIECE


def _row(entry: _Entry, strings: Strings) -> Atom:
    statement, cells = entry.statement, entry.shape.cells
    columns = [column for column, _ in cells]
    header = [*columns, strings("answer.sources")] if any(columns) else []
    cited = _once(statement.citations)
    proof = [_citation(citation) for citation in cited]
    numbers = "".join(f" [{citation.n}]" for citation in cited)
    return row_atom(entry.item, header, [value for _, value in cells], proof, escape(statement.text) + numbers)


def _citation(citation: Citation) -> Block:
    url = public_url(citation.link, citation.url)
    label = f"[{citation.n}]"
    return {"type": "link", "url": url, "text": label} if url else words(label)


def _once(citations: tuple[Citation, ...]) -> list[Citation]:
    return list({citation.n: citation for citation in citations}.values())
