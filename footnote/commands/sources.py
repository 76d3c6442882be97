"""`footnote ingest`, `reingest`, `sources`, `tag` and `remove`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from footnote import settings as configuration
from footnote import terminal
from footnote.commands.options import AsJson
from footnote.control import OperationFailed
from footnote.english import told_of_error
from footnote.session import session_of
from footnote.shapes import Json
from ingest.errors import SourceError

app = typer.Typer()

STAYS = "What was taken in until then stays; the same command goes on from there."


@app.command()
def ingest(
    locations: Annotated[list[str], typer.Argument(help="Files, folders or web addresses.", show_default=False)],
    scope: Annotated[str, typer.Option(help="Who may read it: workspace, channel:C…, user:U…, admin.")] = "workspace",
    tag: Annotated[
        list[str], typer.Option(help="A word to keep channels to some sources; may be given again.", show_default=False)
    ] = [],  # noqa: B006
    as_json: AsJson = False,
) -> None:
    """Add documents, or look at them again: unchanged ones cost nothing, changed ones are replaced in one step.

    Exit code 1 when any document failed; the others are ingested all the same.
    """
    console = terminal.Terminal(stderr=as_json)
    reports: list[Json] = []
    with session_of(configuration.load()) as session, terminal.interruptible(console, "Ingesting", STAYS) as progress:
        for location in locations:
            try:
                reports.append(session("ingest", progress, location=absolute(location), scope=scope, tags=tag))
            except (OperationFailed, SourceError) as error:
                reports.append(_unfound(location, told_of_error(error)))
    _show_reports(console, reports, as_json)


@app.command()
def reingest(
    source: Annotated[
        str | None, typer.Argument(help="Id, location or title of a source; without it, all of them.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Look at sources again and take in what changed."""
    console = terminal.Terminal(stderr=as_json)
    with (
        session_of(configuration.load()) as session,
        terminal.interruptible(console, "Re-ingesting", STAYS) as progress,
    ):
        report = session("reingest", progress, source=source)
    _show_reports(console, [report], as_json)


@app.command()
def sources(as_json: AsJson = False) -> None:
    """List what has been ingested."""
    with session_of(configuration.load()) as session:
        found = session("sources")
    if as_json:
        terminal.print_json(found)
    else:
        terminal.show_sources(terminal.Terminal(), found["sources"])


@app.command()
def tag(
    source: Annotated[str, typer.Argument(help="Id, location or title of a source: see `footnote sources`.")],
    add: Annotated[list[str] | None, typer.Argument(help="Tags to give it.", show_default=False)] = None,
    remove: Annotated[list[str], typer.Option(help="A tag to take away; may be given again.", show_default=False)] = [],  # noqa: B006
    as_json: AsJson = False,
) -> None:
    """Give tags to a source or take them away; a channel can be kept to sources with certain tags."""
    with session_of(configuration.load()) as session:
        tagged = session("tag", source=source, add=add or [], remove=remove)
    if as_json:
        terminal.print_json(tagged)
    else:
        tags = " ".join(f"#{each}" for each in tagged["tagged"]["tags"])
        terminal.Terminal().print(Text(f"{tagged['tagged']['title']}: {tags or 'no tags'}"))


@app.command()
def remove(
    source: Annotated[str, typer.Argument(help="Id, location or title of a source: see `footnote sources`.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove a source with all its documents; no answer will use them from then on."""
    with session_of(configuration.load()) as session:
        line = session("find", source=source)["source"]
        which = f"{line['title']} ({terminal.counted(line['documents'], 'document')})"
        if not yes and not as_json and not typer.confirm(terminal.visible(f"Remove {which}?")):
            terminal.fail("Nothing was removed.")
        removed = session("remove", source=source)
    if as_json:
        terminal.print_json(removed)
    else:
        terminal.Terminal().print(Text(f"Removed {which}."))


def absolute(location: str) -> str:
    """A path as the bot can find it, which runs in another folder; anything else as it is."""
    if "://" in location or not location.strip():
        return location
    return str(Path(os.path.expanduser(location)).absolute())  # noqa: PTH111 - Path's raises for ~nobody


def _unfound(location: str, reason: str) -> Json:
    outcome: Json = {
        "location": location,
        "state": "failed",
        "reason": reason,
        "title": None,
        "passages": 0,
        "removed": {},
        "moved_to": None,
    }
    return {"counts": {"failed": 1}, "seconds": 0.0, "documents": [outcome | {"document": None}]}


def _show_reports(console: Console, reports: list[Json], as_json: bool) -> None:
    merged = terminal.merged(reports)
    if as_json:
        terminal.print_json(merged)
    else:
        terminal.show_report(console, merged)
    if merged["counts"].get("failed"):
        sys.exit(1)
