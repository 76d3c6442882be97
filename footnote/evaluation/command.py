"""`footnote eval` and `footnote promote`."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from footnote import terminal
from footnote.control import OperationFailed
from footnote.evaluation.collected import collect
from footnote.evaluation.figures import LABELS
from footnote.evaluation.page import page
from footnote.evaluation.promotion import Variable, decide, models_of, overriding, try_out
from footnote.evaluation.questions import QuestionsInvalid, TeamQuestion, read
from footnote.evaluation.record import Difference, Record, Trial, compared, trial_of
from footnote.evaluation.trial import Operation, Outcome, ask_all
from footnote.settings import Settings
from vectorstore.database import Database
from vectorstore.errors import StoreError

Opened = Callable[[Settings], AbstractContextManager[Operation]]


def evaluate(settings: Settings, opened: Opened, path: Path, *, gather: bool, show: bool, as_json: bool) -> None:
    """Ask the questions of `path`, print the figures and write the page; exit code 1 when more broke than was mended."""
    console = terminal.Terminal(stderr=as_json)
    if gather:
        _gather(settings, path, console)
    questions = _questions(path)
    with (
        opened(settings) as operation,
        terminal.interruptible(console, "Asking", "Nothing of this trial was kept.") as progress,
    ):
        outcomes = ask_all(questions, operation, lambda done, total: progress({"done": done, "total": total}))
    record = Record(settings.home)
    trial = trial_of(outcomes, models_of(settings))
    before = record.last(trial)
    difference = compared(before, trial) if before else None
    record.keep(trial)
    record.page.write_text(page(path.name, trial, difference, outcomes), encoding="utf-8")
    if as_json:
        terminal.print_json(_summary(trial, difference) | {"page": str(record.page)})
    else:
        _show(console, trial, difference, outcomes, record.page)
    if show:
        webbrowser.open(record.page.as_uri())
    if difference and difference.is_worse:
        sys.exit(1)


def promote(settings: Settings, path: Path, variable: Variable, model: str, *, force: bool, as_json: bool) -> None:
    """Try `model` on the questions; set it in `.env` when they do not get worse, exit with code 1 when they do."""
    console = terminal.Terminal(stderr=as_json)
    questions = _questions(path)
    with console.status("") as status:
        promotion = try_out(
            settings, questions, variable, model, lambda what, done, of: status.update(f"{what} {done} of {of}")
        )
    record, difference = Record(settings.home), promotion.difference
    promoted = decide(promotion, record, force=force)
    record.page.write_text(page(path.name, promotion.candidate, difference, promotion.outcomes), encoding="utf-8")
    if as_json:
        summary = _summary(promotion.candidate, difference)
        terminal.print_json(summary | {"promoted": promoted, "page": str(record.page)})
    else:
        _show(console, promotion.candidate, difference, promotion.outcomes, record.page)
        console.print(Text(_verdict(variable, model, promoted, difference), style="green" if promoted else "red"))
    if not promoted:
        sys.exit(1)


def _verdict(variable: Variable, model: str, promoted: bool, difference: Difference) -> str:
    if not promoted:
        return (
            f"Not promoted: {len(difference.broken)} questions broke and {len(difference.mended)} were mended. "
            "The page shows them; --force promotes it all the same, and that is noted."
        )
    then = "run `footnote reembed`, then start the bot" if variable == "EMBEDDING_MODEL" else "restart the bot"
    said = f"Promoted: {variable}={model} stands in .env; stop the bot and {then}."
    return (
        f"{said} {variable} is also set in the environment, which wins: change it there."
        if overriding(variable)
        else said
    )


def _questions(path: Path) -> tuple[TeamQuestion, ...]:
    try:
        return read(path)
    except QuestionsInvalid as error:
        raise OperationFailed(str(error)) from error


def _gather(settings: Settings, path: Path, console: Console) -> None:
    from footnote.slack import owners  # only here: it imports the whole app

    if not (settings.footnote_admins or settings.footnote_admin_group or settings.footnote_slack_admins):
        raise OperationFailed("FOOTNOTE_ADMINS is empty, so no vote is an administrator's.")
    url = settings.database_url.get_secret_value() if settings.database_url else None
    file = settings.home / "footnote.sqlite"
    if url is None and not file.exists():
        raise StoreError(f"There is nothing in {settings.home} yet.")
    database = Database(url or f"sqlite:///file:{file}?mode=ro&uri=true")
    try:
        added = collect(database, owners(settings), path)
    except QuestionsInvalid as error:
        raise OperationFailed(str(error)) from error
    finally:
        database.close()
    console.print(f"{added} questions from administrators' votes were added to {path}.")


def _summary(trial: Trial, difference: Difference | None) -> dict[str, Any]:
    changed = asdict(difference) if difference else {}
    since = {name: changed[name] for name in ("figures", "broken", "mended")} if difference else None
    failed = {id: list(reasons) for id, reasons in trial.failures.items() if reasons}
    return {"figures": trial.figures, "failed": failed, "models": dict(trial.models), "since_last": since}


def _show(
    console: Console, trial: Trial, difference: Difference | None, outcomes: tuple[Outcome, ...], where: Path
) -> None:
    table = Table("Figure", "Now", "Change", box=None, header_style="bold")
    for name, label in LABELS.items():
        value, change = trial.figures[name], difference.figures.get(name) if difference else None
        table.add_row(label, "–" if value is None else f"{value:g}", "" if not change else f"{change:+g}")
    console.print(table)
    for each in outcomes:
        if not each.passed:
            console.print(
                Text.assemble(("✗ ", "red"), each.question.question, (f"  {', '.join(each.failures)}", "dim"))
            )
    if difference:
        console.print(
            f"Since {difference.before.at:%Y-%m-%d %H:%M}: {len(difference.broken)} broken, {len(difference.mended)} mended."
        )
    console.print(Text(f"Every failure with its passages: {where}"))
