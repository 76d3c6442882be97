"""`footnote demo`: the main job on the samples, in a data directory of its own."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from rich.console import Console
from rich.text import Text

import samples
from footnote import terminal
from footnote.settings import Settings
from footnote.shapes import Json

QUESTIONS = (
    "Is Veldmark in talks with Orrin?",
    "How much will the ferries cost?",
    "Who is the mayor of Port Callow?",
)
"""Reported and denied; corrected; not in the documents."""


def run(settings: Settings, open_session: Callable[[Settings], AbstractContextManager[Any]], console: Console) -> Json:
    """Show everything on `console`; returns the report and the answers."""
    settings = settings.model_copy(
        update={"footnote_home": settings.home / "demo", "database_url": None, "chroma_url": None}
    )
    _say(console, "Ingesting the samples (the first start also prepares the embedder, a few seconds)")
    with open_session(settings) as session:
        with terminal.progress_bar(console, "Ingesting") as progress:
            reports = [session("ingest", progress, location=str(path)) for path in samples.documents()]
        report = terminal.merged(reports)
        terminal.show_report(console, report)
        answers = []
        for question in QUESTIONS:
            _say(console, question)
            answers.append(session("ask", question=question))
            terminal.show_answer(
                console,
                answers[-1],
                lambda citation: session("passage", **{name: citation[name] for name in ("version", "start", "end")}),
            )
    _say(console, "Your turn")
    console.print('  footnote ingest FILE_FOLDER_OR_URL     footnote ask "…"     footnote chat     footnote serve')
    return {"report": report, "answers": answers}


def _say(console: Console, text: str) -> None:
    console.print()
    console.rule(Text(text, style="bold"), align="left")
