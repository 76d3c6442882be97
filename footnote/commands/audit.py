"""`footnote audit verify` and `footnote audit export`."""

from __future__ import annotations

import sys

import typer
from rich.text import Text

from footnote import settings as configuration
from footnote import terminal
from footnote.commands.options import AsJson
from footnote.session import session_of

app = typer.Typer(help="The trail of what administrators did and were refused.", no_args_is_help=True)


@app.command()
def verify(as_json: AsJson = False) -> None:
    """Check that no entry was changed, inserted or taken out; exit code 1 when one was.

    The hash of the last entry is printed: kept elsewhere, it also shows whether entries were cut off at the end.
    """
    with session_of(configuration.load()) as session:
        verdict = session("audit_verify")
    broken = verdict["broken_at"]
    if as_json:
        terminal.print_json(verdict)
    elif broken is None:
        terminal.Terminal().print(
            Text(f"All {verdict['entries']:,} entries are as they were written. Last: {verdict['head'] or '-'}")
        )
    else:
        terminal.Terminal().print(Text(f"Entry {broken:,} is not as it was written; those before it are.", style="red"))
    if broken is not None:
        sys.exit(1)


@app.command()
def export() -> None:
    """Print the whole trail, one JSON object a line, the oldest first."""
    with session_of(configuration.load()) as session:
        for entry in session("audit_export")["entries"]:
            terminal.print_json(entry)
