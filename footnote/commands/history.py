"""`footnote changes`, `footnote states` and `footnote rollback`."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from footnote import settings as configuration
from footnote import terminal
from footnote.commands.options import AsJson, Scope
from footnote.session import session_of
from footnote.shapes import Json

app = typer.Typer()


_STATES = {"removed": "gone"}


@app.command()
def changes(
    since: Annotated[str, typer.Argument(help="7d, 24h, or a date such as 2026-11-20.")] = "7d",
    scope: Scope = ["workspace"],  # noqa: B006
    as_json: AsJson = False,
) -> None:
    """What the documents say that they did not say before: the old and the new sentence side by side."""
    with session_of(configuration.load()) as session:
        found = session("changes", since=since, scopes=scope)
    if as_json:
        terminal.print_json(found)
    else:
        _show_changes(terminal.Terminal(), found)


@app.command()
def states(
    document: Annotated[str, typer.Argument(help="Id, location, address or title of a document.")],
    scope: Scope = ["workspace"],  # noqa: B006
    as_json: AsJson = False,
) -> None:
    """List the earlier states of a document that are kept."""
    with session_of(configuration.load()) as session:
        found = session("states", document=document, scopes=scope)
    if as_json:
        terminal.print_json(found)
        return
    table = Table("Fetched (UTC)", "Title", "State", box=None, header_style="bold")
    for state in found["states"]:
        table.add_row(
            terminal.moment(state["fetched_at"]),
            Text(state["title"]),
            "current" if state["is_current"] else state["version_id"],
        )
    console = terminal.Terminal()
    console.print(table)
    if len(found["states"]) > 1:
        console.print(Text("Go back to one: footnote rollback SOURCE --to STATE", style="dim"))


@app.command()
def rollback(
    source: Annotated[str, typer.Argument(help="Id, location or title of a source.")],
    to: Annotated[str, typer.Option(help="What to go back to: 24h, 7d, a date, or a state.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Serve a source's documents as they were at a moment; the next re-ingestion takes in only what changed after today."""
    with session_of(configuration.load()) as session:
        done = session("rollback", source=source, to=to)
    if as_json:
        terminal.print_json(done)
    else:
        terminal.Terminal().print(Text(f"{done['title']}: {_put_back(done)}"))


def _put_back(done: Json) -> str:
    if not done["rolled_back"]:
        return (
            "nothing was put back. No document of it had another state then that is still kept: see `footnote states`."
        )
    to = done["to"] if done["to"].startswith("v") else f"{terminal.moment(done['to'])} UTC"
    return f"{terminal.counted(len(done['rolled_back']), 'document')} put back to {to}."


def _show_changes(console: Console, found: Json) -> None:
    if not found["documents"]:
        console.print(f"Nothing changed since {terminal.moment(found['since'])} UTC.")
    for document in found["documents"]:
        heading = Text(document["title"], style="bold")
        heading.append(
            f"  {_STATES.get(document['state'], document['state'])} {terminal.moment(document['at'])} UTC", style="dim"
        )
        console.print(heading)
        for change in document["changes"]:
            terminal.show_change(console, change, indent=2)
