"""`footnote plan`, `footnote apply` and `footnote schedule`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from footnote import settings as configuration
from footnote import terminal
from footnote.commands.options import AsJson
from footnote.session import session_of
from footnote.shapes import Json

app = typer.Typer()

_SENTENCES_SHOWN = 5


@app.command()
def plan(
    source: Annotated[
        str | None, typer.Argument(help="Id, location or title of a source, or a #tag; without it, all of them.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """A dry run: look at sources again and tell what would change; `footnote apply` does it."""
    console = terminal.Terminal(stderr=as_json)
    with (
        session_of(configuration.load()) as session,
        terminal.interruptible(console, "Looking", "Nothing was changed.") as progress,
    ):
        planned = session("plan", progress, source=source)
    if as_json:
        terminal.print_json(planned)
    else:
        _show_plan(console, planned)


@app.command()
def apply(
    plan: Annotated[str, typer.Argument(help="The id that `footnote plan` printed.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Carry out a plan; one that was interrupted may be applied again. Exit code 1 when a document failed."""
    console = terminal.Terminal(stderr=as_json)
    told = f"What was taken in until then stays. Finish it: footnote apply {plan}"
    with session_of(configuration.load()) as session, terminal.interruptible(console, "Re-ingesting", told) as progress:
        report = session("apply", progress, plan=plan)
    if as_json:
        terminal.print_json(report)
    else:
        if report["again"]:
            console.print(Text("This plan was carried out already. What it did:"))
        terminal.show_report(console, report)
    if report["counts"].get("failed"):
        sys.exit(1)


@app.command()
def schedule(
    source: Annotated[str, typer.Argument(help="Id, location or title of a source.")],
    every: Annotated[str, typer.Argument(help="6h, 2d, hourly, daily, weekly, or off.")],
    as_json: AsJson = False,
) -> None:
    """Have the running bot look at a source at an interval; what fell due while it was down is looked at when it starts."""
    with session_of(configuration.load()) as session:
        line = session("schedule", source=source, every=every)["scheduled"]
    if as_json:
        terminal.print_json(line)
    else:
        due = f"next on {terminal.moment(line['due_at'])} UTC" if line["due_at"] else "only when asked"
        terminal.Terminal().print(Text(f"{line['title']}: {due}."))


def _show_plan(console: Console, planned: Json) -> None:
    for id in planned["interrupted"]:
        console.print(Text(f"Plan {id} was interrupted. Finish it: footnote apply {id}", style="yellow"))
    counts = ", ".join(f"{number} {state}" for state, number in planned["counts"].items()) or "nothing to look at"
    console.print(Text(f"{planned['what']}: {counts}.", style="bold"))
    for document in planned["documents"]:
        line = Text(f"  {document['state']:9} {document['title'] or document['location']}")
        if document["reason"]:
            line.append(f"  {document['reason']}", style="dim")
        console.print(line)
        if document["state"] == "changed" and not document["changes"]:
            console.print(Text("    no sentence has changed", style="dim"))
        for change in document["changes"][:_SENTENCES_SHOWN]:
            terminal.show_change(console, change, indent=4)
        if (more := len(document["changes"]) - _SENTENCES_SHOWN) > 0:
            console.print(Text(f"    and {more} more sentences", style="dim"))
    if not set(planned["counts"]) - {"unchanged", "failed"}:
        console.print(Text("There is nothing to take in."))
        return
    console.print(
        Text(
            f"{terminal.counted(planned['to_embed'], 'passage')} to embed, about {planned['seconds']:.0f} s. "
            f"Do it: footnote apply {planned['plan']}"
        )
    )
