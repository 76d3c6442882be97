"""An answer becomes Slack messages. Pure: the same answer makes the same blocks; nothing is cut, it is split."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from bot.slack.blocks import (
    Atom,
    Block,
    Group,
    Part,
    actions,
    button,
    link_atom,
    packed,
    pieces,
    plain_text,
    text_atoms,
)
from bot.slack.mrkdwn import escape, public_url
from bot.slack.request import RETRY
from bot.values import Answer, Citation, SourceLine, Statement

SHOW_QUOTES = "show_quotes"
FEEDBACK = "feedback"

HINT = (
    "Ask me a question about your documents, for example: “Who denied the report, and when?” I answer with their own "
    "sentences and show where each one stands. /summarize and a title gives the key points of a document."
)
LONGEST_QUESTION = 4000
"""Characters."""
REFUSAL = (
    "I answer full members of this workspace only, so I cannot help here. "
    "Please ask a colleague who is one to ask me for you."
)


def answer_parts(answer: Answer, answer_id: str, *, asked: str = "", as_points: bool = False) -> list[Part]:
    """The messages that say the answer. `asked` repeats the question above a reply whose question nobody can see."""
    atoms = _said(answer, as_points) if answer.answered else _no_points(answer) if as_points else _not_said(answer)
    parts = packed([*_asked(asked), *atoms, *_notes(answer)])
    last = parts[-1]
    controls = _controls(answer_id, has_quotes=answer.answered)
    return [*parts[:-1], Part(last.text, (*last.blocks, *controls))]


def text_parts(text: str) -> list[Part]:
    """Words of our own, or of an error message, as one paragraph for each line."""
    lines = [line for line in text.split("\n") if line]
    return packed([atom for item, line in enumerate(lines) for atom in text_atoms("body", item, line)])


def error_part(reference: str, request_id: str) -> Part:
    sentence = (
        f"Something went wrong while I worked on this; it is noted under the reference {reference}. Please try again."
    )
    return Part(escape(sentence), (_paragraph(sentence), actions(button("Retry", RETRY, request_id, "primary"))))


def too_long(length: int) -> str:
    return (
        f"Your question has {length:,} characters; I can take {LONGEST_QUESTION:,}. "
        "Please shorten it to what you want to know."
    )


# -- the parts of a message -----------------------------------------------------------------------------------------


def _asked(question: str) -> Iterator[Atom]:
    if question:
        yield from text_atoms("notes", -1, f"You asked: {question}")


def _said(answer: Answer, as_points: bool) -> Iterator[Atom]:
    group: Group = "points" if as_points else "body"
    sources = {source.version: source for source in answer.sources}
    for item, statement, opens in _in_paragraphs(answer, each_alone=as_points):
        if opens and not as_points and len(sources) > 1 and answer.composer == "extractive" and statement.citations:
            yield from text_atoms(group, item, _who_says_it(sources.get(statement.citations[0].version)), bold=True)
        yield from text_atoms(group, item, statement.text if opens else f" {statement.text}")
        for citation in _once(statement.citations):
            yield from text_atoms(group, item, " ")
            url = public_url(citation.link, citation.url)
            yield link_atom(group, item, url, f"[{citation.n}]", in_text=False)
    for item, source in enumerate(answer.sources):
        yield from _source(item, source, answer)


def _in_paragraphs(answer: Answer, *, each_alone: bool) -> Iterator[tuple[int, Statement, bool]]:
    """(paragraph, statement, whether it opens the paragraph). Quotes of one source stand together, another's apart."""
    paragraph, before = -1, None
    for statement in answer.statements:
        source = {citation.version for citation in statement.citations} if answer.composer == "extractive" else set()
        opens = each_alone or source != before
        paragraph, before = paragraph + opens, source
        yield paragraph, statement, opens


def _who_says_it(source: SourceLine | None) -> str:
    """Opens the paragraph of one source, where an answer has several."""
    if source is None:
        return ""
    name = source.publisher or source.title or "Untitled"
    return f"{name}, {_day(source.published)}: " if source.published else f"{name}: "


def _source(item: int, source: SourceLine, answer: Answer) -> Iterator[Atom]:
    yield from text_atoms("sources", item, "".join(f"[{n}]" for n in source.n) + " ")
    url = public_url(source.url, *_links_into(source, answer))
    titles = list(pieces(source.title or "Untitled", 1000))
    for title in titles:
        yield link_atom("sources", item, url, title)
    yield from text_atoms("sources", item, _particulars(source))


def _particulars(source: SourceLine) -> str:
    """Who published it, when, and how fresh our copy is."""
    published = _day(source.published) if source.published else "undated"
    facts = [
        source.publisher or "",
        f"by {source.author}" if source.author else "",
        published,
        f"read {_day(datetime.fromisoformat(source.fetched))}" if source.fetched else "",
        f"also in {', '.join(source.also)}" if source.also else "",
    ]
    return " · " + " · ".join(fact for fact in facts if fact)


def _links_into(source: SourceLine, answer: Answer) -> Iterator[str | None]:
    for statement in answer.statements:
        for citation in statement.citations:
            if citation.version == source.version:
                yield citation.link


def _not_said(answer: Answer) -> Iterator[Atom]:
    searched = answer.searched
    yield from text_atoms("body", 0, "The documents I can use here do not answer that.", bold=True)
    what = f"I searched {_count(searched.documents, 'document')} ({_count(searched.passages, 'passage')})"
    yield from text_atoms("body", 1, f"{what} for “{searched.query}”." if searched.query else f"{what}.")
    if answer.nearest:
        yield from text_atoms("body", 2, "The nearest titles are:")
    for item, title in enumerate(answer.nearest):
        yield from text_atoms("points", item, title or "Untitled")
    advice = (
        "Try other words, or ask an administrator of Footnote to add what is missing: /footnote ingest and its address."
    )
    yield from text_atoms("notes", 0, advice)


def _no_points(answer: Answer) -> Iterator[Atom]:
    yield from text_atoms("body", 0, "I found no sentences in that document to give as its key points.", bold=True)
    for title in answer.nearest[:1]:
        yield from text_atoms("body", 1, f"It is “{title}”; you can ask me about what is in it.")


def _notes(answer: Answer) -> Iterator[Atom]:
    for item, note in enumerate(answer.notes, 1):
        yield from text_atoms("notes", item, note)


def _controls(answer_id: str, *, has_quotes: bool) -> list[Block]:
    votes = {
        "type": "feedback_buttons",
        "action_id": FEEDBACK,
        "positive_button": {"text": plain_text("Helpful"), "value": f"up:{answer_id}"},
        "negative_button": {"text": plain_text("Not helpful"), "value": f"down:{answer_id}"},
    }
    quotes = [actions(button("Show quotes", SHOW_QUOTES, answer_id))] if has_quotes else []
    return [*quotes, {"type": "context_actions", "elements": [votes]}]


def _paragraph(text: str) -> Block:
    return {"type": "section", "text": plain_text(text)}


def _once(citations: tuple[Citation, ...]) -> list[Citation]:
    return list({citation.n: citation for citation in citations}.values())


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
