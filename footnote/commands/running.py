"""`footnote serve`, `play`, `demo`, `doctor`, `manifest` and `version`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from footnote import settings as configuration
from footnote import terminal
from footnote.commands.options import AsJson
from footnote.control import OperationFailed, serving
from footnote.session import session_of

app = typer.Typer()


@app.command()
def serve() -> None:
    """Run the Slack app until it is stopped; other `footnote` commands go through it meanwhile."""
    from footnote.slack import run

    run(configuration.load(), serving)


@app.command()
def play(
    documents: Annotated[
        list[Path] | None,
        typer.Option(exists=True, help="A file or folder instead of the samples; may be given again."),
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the page on this machine; 0: any free one.")
    ] = 8765,
    opens: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")] = True,
) -> None:
    """Try the bot in the browser, against a stand-in for Slack: no workspace, no tokens. Ctrl-C ends it."""
    from footnote.play import run

    run(configuration.load(), documents or [], port, opens)


@app.command()
def demo(as_json: AsJson = False) -> None:
    """Ingest the samples into a data directory of their own and ask a few questions: no key, no server."""
    from footnote.demo import run

    shown = run(configuration.load(), session_of, terminal.Terminal(stderr=as_json))
    if as_json:
        terminal.print_json(shown)


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Check tokens, scopes, store, embedder, model and clock; each finding comes with its remedy."""
    from footnote.doctor import examine

    findings = examine(configuration.load())
    if as_json:
        terminal.print_json(
            {"ok": all(finding.ok for finding in findings), "checks": [finding.as_json() for finding in findings]}
        )
    else:
        terminal.show_findings(terminal.Terminal(), [finding.as_json() for finding in findings])
    if not all(finding.ok for finding in findings):
        sys.exit(1)


@app.command()
def manifest(
    address: Annotated[
        str | None, typer.Option(help="Signed HTTP at this address, such as https://bot.example.com/slack/events.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the Slack app's manifest, made of what the code listens to; Socket Mode unless an address is given."""
    import yaml

    from bot.slack.manifest import manifest as made

    if address is not None and not address.startswith("https://"):
        raise OperationFailed(f"{address!r} cannot be used: Slack delivers to https addresses only.")
    if as_json:
        terminal.print_json(made(address))
    else:
        print(yaml.safe_dump(made(address), sort_keys=False, allow_unicode=True, width=110), end="")  # noqa: T201


@app.command()
def version(as_json: AsJson = False) -> None:
    """Print the version."""
    from importlib.metadata import version as installed

    found = installed("footnote-slack")
    if as_json:
        terminal.print_json({"version": found})
    else:
        terminal.Terminal().print(f"footnote {found}")
