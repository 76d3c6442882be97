"""`footnote forget`, `footnote backup` and `footnote restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from footnote import settings as configuration
from footnote import terminal
from footnote.backups import restore as put_back
from footnote.commands.options import AsJson
from footnote.control import OperationFailed
from footnote.session import session_of
from footnote.shapes import Json

app = typer.Typer()


@app.command()
def forget(
    what: Annotated[
        str, typer.Argument(help="A source or one of its documents (id, location, title), or a person's Slack id.")
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase a source, or what a person asked, to the last byte, with the answers that quote it; prints a receipt."""
    with session_of(configuration.load()) as session:
        meant = _meant(session("forgettable", what=what))
        if (
            not yes
            and not as_json
            and not typer.confirm(terminal.visible(f"Erase {meant} for good? This cannot be undone."))
        ):
            raise OperationFailed("Nothing was erased.")
        receipt = session("forget", what=what)
    if as_json:
        terminal.print_json(receipt)
    else:
        _show_receipt(terminal.Terminal(), receipt)


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(help="The file to write; it must not exist yet.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Write a consistent copy of everything to one file, while the bot goes on. With PostgreSQL, use pg_dump."""
    with session_of(configuration.load()) as session:
        made = session("backup", target=str(target.expanduser().absolute()))
    if as_json:
        terminal.print_json(made)
    else:
        terminal.Terminal().print(Text(f"{made['backup']}: {made['bytes']:,} bytes."))


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(help="A file that `footnote backup` wrote.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Put a backup into an empty data directory (FOOTNOTE_HOME); the indexes are rebuilt at the next start."""
    settings = configuration.load()
    home = settings.home
    if settings.database_url is not None:
        raise OperationFailed("DATABASE_URL names PostgreSQL: restore it with pg_restore.")
    put_back(source, home)
    with session_of(settings) as session:
        documents = sum(line["documents"] for line in session("sources")["sources"])
    if as_json:
        terminal.print_json({"home": str(home), "documents": documents})
    else:
        terminal.Terminal().print(Text(f"{home}: {documents:,} documents restored."))


def _meant(found: Json) -> str:
    if found["kind"] == "person":
        return f"what {found['title']} asked"
    if found["kind"] == "document":
        return f"the document {found['title']}"
    return f"the source {found['title']} ({terminal.counted(found['documents'], 'document')})"


def _show_receipt(console: Console, receipt: Json) -> None:
    counts = [terminal.counted(receipt[f"{noun}s"], noun) for noun in ("document", "version", "passage", "answer")]
    console.print(Text(f"Erased on {receipt['at'][:19]} UTC: {', '.join(counts)}.", style="bold"))
    console.print(Text("What remains elsewhere:"))
    for sentence in receipt["remains"]:
        console.print(Text(f"  {sentence}"))
    if receipt["posted"]:
        held = len(receipt["posted"])
        held_by = "1 message in Slack holds" if held == 1 else f"{held} messages in Slack hold"
        console.print(
            Text(
                f"  {held_by} it: the bot deletes {'it' if held == 1 else 'them'} within a minute, or when it is started."
            )
        )
