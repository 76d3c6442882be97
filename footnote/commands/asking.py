"""`footnote ask`, `footnote chat`, `footnote search` and `footnote summarize`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from footnote import settings as configuration
from footnote import terminal
from footnote.commands.options import AsJson, Scope, Tag
from footnote.commands.sources import absolute
from footnote.control import OperationFailed
from footnote.session import Session, session_of
from footnote.shapes import Json
from vectorstore.words import encodable

app = typer.Typer()


@app.command()
def ask(
    question: Annotated[list[str], typer.Argument(help="The question, quoted or not.", show_default=False)],
    scope: Scope = ["workspace"],  # noqa: B006
    tag: Tag = [],  # noqa: B006
    as_json: AsJson = False,
) -> None:
    """Answer a question from the documents; every sentence is followed by the number of the quote that proves it."""
    _require(_text(question), 'Ask something, for example: footnote ask "What changed in March?"')
    with session_of(configuration.load()) as session:
        _show(session, session("ask", question=_text(question), scopes=scope, tags=tag), as_json, scope)


@app.command()
def chat(scope: Scope = ["workspace"], as_json: AsJson = False) -> None:  # noqa: B006
    """Keep a conversation: follow-up questions may say "it" and "why?". An empty line or Ctrl-D ends it."""
    history: list[Json] = []
    console = terminal.Terminal()
    with session_of(configuration.load()) as session:
        while question := _next_question(console):
            answer = session("ask", question=question, scopes=scope, history=history)
            _show(session, answer, as_json, scope)
            history.append({"question": answer["searched"]["query"], "answer": answer["text"]})


@app.command()
def search(
    query: Annotated[list[str], typer.Argument(help="Words to look for.", show_default=False)],
    limit: Annotated[int, typer.Option(min=1, max=100, help="Passages at most.")] = 5,
    scope: Scope = ["workspace"],  # noqa: B006
    tag: Tag = [],  # noqa: B006
    as_json: AsJson = False,
) -> None:
    """Show the passages a question would be answered from, with their scores."""
    _require(_text(query), 'Give words to look for, for example: footnote search "delivery dates"')
    with session_of(configuration.load()) as session:
        found = session("search", query=_text(query), limit=limit, scopes=scope, tags=tag)
    if as_json:
        terminal.print_json(found)
    else:
        terminal.show_passages(terminal.Terminal(), found)


@app.command()
def summarize(
    document: Annotated[
        list[str], typer.Argument(help="Title, id, path or address of a document.", show_default=False)
    ],
    as_json: AsJson = False,
) -> None:
    """Cited key points of one document. A path or an address that is not in the library yet is added first."""
    target = _text(document)
    _require(target, "Name a document: `footnote sources` lists them.")
    with session_of(configuration.load()) as session:
        try:
            answer = session("summarize", target=target)
        except OperationFailed:
            location = absolute(target)
            if "://" not in location and not Path(location).is_file():
                raise
            report = session("ingest", location=location)
            if report["counts"].get("failed"):
                raise OperationFailed(report["documents"][0]["reason"]) from None
            answer = session("summarize", target=report["documents"][0]["document"])
        _show(session, answer, as_json, ["workspace"])


def _show(session: Session, answer: Json, as_json: bool, scopes: list[str]) -> None:
    if as_json:
        terminal.print_json(answer)
        return

    def around(citation: Json) -> Json:
        where = {name: citation[name] for name in ("version", "start", "end")}
        return session("passage", **where, scopes=scopes)

    terminal.show_answer(terminal.Terminal(), answer, around)


def _next_question(console: Console) -> str:
    try:
        return (console.input("[bold]? [/bold]") if sys.stdin.isatty() else input()).strip()
    except EOFError:
        return ""


def _require(text: str, hint: str) -> None:
    if not text:
        terminal.fail(hint, code=2)


def _text(argument: list[str]) -> str:
    return encodable(" ".join(argument)).strip()
