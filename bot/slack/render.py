"""An answer becomes Slack messages. Pure: the same answer makes the same blocks; nothing is cut, it is split."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from bot.slack.blocks import (
    Atom,
    Block,
    Heading,
    Part,
    actions,
    button,
    link_atom,
    packed,
    pieces,
    plain_text,
    text_atoms,
)
from bot.slack.controls import Shown, controls
from bot.slack.language import Strings
from bot.slack.mrkdwn import escape, public_url
from bot.slack.said import said
from bot.slack.surface import RETRY
from bot.values import Answer, SourceLine

LONGEST_QUESTION = 4000
"""Characters."""


def answer_parts(
    answer: Answer,
    shown: Shown,
    strings: Strings,
    *,
    asked: str = "",
    asked_by: str = "",
    as_points: bool = False,
    edited: bool = False,
    unasked: bool = False,
) -> list[Part]:
    """The messages that say the answer. `asked` repeats the question above a reply whose question nobody can see, with
    `asked_by` as whose it is; `edited` says that this takes the place of the answer to an earlier text, `unasked`
    why we speak at all.
    """
    atoms = (
        said(answer, strings, as_points=as_points)
        if answer.answered
        else _no_points(answer, strings)
        if as_points
        else _not_said(answer, strings)
    )
    why = [key for key, holds in (("answer.edited", edited), ("answer.unasked", unasked)) if holds]
    above = [*_asked(asked, asked_by, strings), *_why(why, strings)]
    return _with_controls(_packed([*above, *atoms], answer, strings), shown, strings)


def closing_parts(answer: Answer, shown: Shown, strings: Strings) -> list[Part]:
    """What stands below the sentences of an answer where they are shown already."""
    return _with_controls(_packed([], answer, strings), shown, strings)


def _packed(atoms: list[Atom], answer: Answer, strings: Strings) -> list[Part]:
    """With what has to be said about the answer right below it, and its sources last."""
    read = {_read(source) for source in answer.sources}
    same = read.pop() if len(read) == 1 and len(answer.sources) > 1 else None
    sources = [
        atom
        for item, source in enumerate(answer.sources)
        for atom in _source(item, source, answer, strings, with_read=same is None)
    ]
    heading = Heading(strings("answer.sources"), strings("answer.read", day=strings.day(same)) if same else "")
    return packed([*atoms, *_notes(answer, strings), *sources], sources=heading)


def _with_controls(parts: list[Part], shown: Shown, strings: Strings) -> list[Part]:
    last = parts[-1]
    return [*parts[:-1], Part(last.text, (*last.blocks, *controls(shown, strings)))]


def text_parts(text: str) -> list[Part]:
    """Words of our own, or of an error message, as one paragraph for each line."""
    lines = [line for line in text.split("\n") if line]
    return packed([atom for item, line in enumerate(lines) for atom in text_atoms("body", item, line)])


def error_part(reference: str, request_id: str, strings: Strings) -> Part:
    sentence = strings("error.noted", reference=reference)
    retry = button(strings("error.retry"), RETRY, request_id, "primary")
    return Part(escape(sentence), (_paragraph(sentence), actions(retry)))


# -- the parts of a message -----------------------------------------------------------------------------------------


def _asked(question: str, by: str, strings: Strings) -> Iterator[Atom]:
    if question:
        said = (
            strings("answer.asked_by", name=by, question=question) if by else strings("answer.asked", question=question)
        )
        yield from text_atoms("notes", -1, said)


def _why(keys: Sequence[str], strings: Strings) -> Iterator[Atom]:
    for item, key in enumerate(keys):
        yield from text_atoms("notes", -2 - item, strings(key))


def _source(item: int, source: SourceLine, answer: Answer, strings: Strings, *, with_read: bool) -> Iterator[Atom]:
    yield from text_atoms("sources", item, "".join(f"[{n}]" for n in source.n) + " ")
    url = public_url(source.url, *_links_into(source, answer))
    titles = list(pieces(source.title or strings("answer.untitled"), 1000))
    for title in titles:
        yield link_atom("sources", item, url, title)
    yield from text_atoms("sources", item, _particulars(source, strings, with_read))


def _read(source: SourceLine) -> date | None:
    """The day our copy is from."""
    return datetime.fromisoformat(source.fetched).date() if source.fetched else None


def _particulars(source: SourceLine, strings: Strings, with_read: bool) -> str:
    """Who published it, when, and how fresh our copy is."""
    read = _read(source) if with_read else None
    facts = [
        source.publisher or "",
        strings("answer.by", author=source.author) if source.author else "",
        strings.day(source.published) if source.published else strings("answer.undated"),
        strings("answer.read", day=strings.day(read)) if read else "",
        strings("answer.also_in", publishers=", ".join(source.also)) if source.also else "",
    ]
    return " · " + " · ".join(fact for fact in facts if fact)


def _links_into(source: SourceLine, answer: Answer) -> Iterator[str | None]:
    for statement in answer.statements:
        for citation in statement.citations:
            if citation.version == source.version:
                yield citation.link


def _not_said(answer: Answer, strings: Strings) -> Iterator[Atom]:
    searched = answer.searched
    if not searched.documents:
        yield from text_atoms("body", 0, strings("answer.nothing_here"), bold=True)
        yield from text_atoms("notes", 0, strings("answer.ask_for_documents"))
        return
    documents, passages = strings.count("document", searched.documents), strings.count("passage", searched.passages)
    yield from text_atoms("body", 0, strings("answer.not_in_documents"), bold=True)
    key = "answer.searched_for" if searched.query else "answer.searched"
    what = strings(key, documents=documents, passages=passages, query=searched.query)
    yield from text_atoms("body", 1, what)
    if answer.nearest:
        yield from text_atoms("body", 2, strings("answer.nearest"))
    for item, title in enumerate(answer.nearest):
        yield from text_atoms("points", item, title or strings("answer.untitled"))
    yield from text_atoms("notes", 0, strings("answer.other_words"))


def _no_points(answer: Answer, strings: Strings) -> Iterator[Atom]:
    yield from text_atoms("body", 0, strings("answer.no_points"), bold=True)
    for title in answer.nearest[:1]:
        yield from text_atoms("body", 1, strings("answer.no_points_of", title=title))


def _notes(answer: Answer, strings: Strings) -> Iterator[Atom]:
    for item, note in enumerate(answer.notes, 1):
        yield from text_atoms("notes", item, strings.note(note))


def _paragraph(text: str) -> Block:
    return {"type": "section", "text": plain_text(text)}
