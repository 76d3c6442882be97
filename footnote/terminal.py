"""Results as people like to look at them in a terminal: highlighted quotes, tables, a progress bar."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby
from typing import NoReturn

from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.segment import Segment
from rich.style import Style
from rich.table import Table
from rich.text import Text

from footnote.shapes import Json
from vectorstore.words import encodable

Around = Callable[[Json], Json]
"""From a citation to the text before, in and after its quote."""

_STATES = {"new": "green", "changed": "yellow", "unchanged": "dim", "removed": "magenta", "failed": "red"}


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def visible(text: str) -> str:
    """Text that a terminal shows and does not obey: the name of a file may hold its control characters."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


class Terminal(Console):
    """A console on which only our own styles are obeyed; see `visible`."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(visible(segment.text), segment.style)


def print_json(value: Json) -> None:
    """What a command with `--json` prints: this, and nothing else, on standard output."""
    print(encodable(json.dumps(value, ensure_ascii=False)))  # noqa: T201


STOPPED = 130
"""The exit code of what Ctrl-C ended, as shells have it."""


def fail(message: str, code: int = 1) -> NoReturn:
    """End the command with a sentence for a person, or with `--json` an object that has it as `error`."""
    if "--json" in sys.argv:
        print_json({"error": message})
    else:
        Terminal(stderr=True).print(Text(message, style="red"), soft_wrap=True)
    sys.exit(code)


_QUERY_SHOWN = 200
"""Characters of a question that are repeated under its answer."""
_MOST_SHOWN = 40
"""Documents that went well, in a report; all failures are shown."""


def show_answer(console: Console, answer: Json, around: Around | None = None) -> None:
    """The answer, then every quote in its passage with source, date and link, then what was searched."""
    if answer["answered"]:
        console.print(_paragraph(answer))
        console.print()
        if around:
            for panel in _quotes(answer, around):
                console.print(panel)
    else:
        console.print(Text("The documents do not hold an answer to this.", style="bold yellow"))
        if answer["nearest"]:
            console.print(Text("Nearest: " + "; ".join(answer["nearest"])))
    for note in answer["notes"]:
        console.print(Text(f"Note: {note}", style="italic"))
    searched = answer["searched"]
    console.print(
        Text(
            f"Searched {counted(searched['passages'], 'passage')} of {counted(searched['documents'], 'document')} "
            f"for “{_shortened(searched['query'])}” "
            f"in {answer['timings_ms'].get('total', 0):.0f} ms ({answer['composer']}).",
            style="dim",
        )
    )


def _shortened(query: str) -> str:
    return query if len(query) <= _QUERY_SHOWN else f"{query[:_QUERY_SHOWN].rstrip()}…"


def _paragraph(answer: Json) -> Text:
    """The sentences; with several sources each one's stand together, under who says it."""
    sources = {source["version"]: source for source in answer["sources"]}
    labelled = len(sources) > 1 and answer["composer"] == "extractive"
    text, before = Text(), None
    for statement in answer["statements"]:
        version = statement["citations"][0]["version"]
        if labelled and version != before:
            text.append("\n" if before else "")
            text.append(f"{_who_says_it(sources[version])}: ", style="bold")
        elif opening := _opening(statement["shape"], is_first=before is None):
            text.append(opening)
        before = version
        text.append(statement["text"])
        for number in dict.fromkeys(citation["n"] for citation in statement["citations"]):
            text.append(f" [{number}]", style="bold cyan")
        text.append(" ")
    return text


def _opening(shape: Json, *, is_first: bool) -> str:
    """What stands before an entry of a list, a row of a table or code: each on a line of its own."""
    if shape["form"] == "prose" or shape["continues"]:
        return ""
    mark = {"item": "• ", "step": f"{shape['number']}. "}.get(shape["form"], "")
    return f"{'' if is_first else chr(10)}{'  ' * shape['level']}{mark}"


def _who_says_it(source: Json) -> str:
    return ", ".join(part for part in (source["publisher"] or source["title"], source["published"]) if part)


def _quotes(answer: Json, around: Around) -> Iterator[Panel]:
    citations = {one["n"]: one for statement in answer["statements"] for one in statement["citations"]}
    ordered = sorted(citations.values(), key=lambda one: one["n"])
    for _, group in groupby(ordered, key=lambda one: one["version"]):
        owned = list(group)
        parts: list[RenderableType] = []
        for citation in owned:
            place = around(citation)
            body = Text(f"[{citation['n']}] ", style="bold cyan")
            body.append(place["before"].rsplit("\n\n", 1)[-1], style="dim")
            body.append(place["quote"], style="reverse")
            body.append(place["after"].split("\n\n", 1)[0], style="dim")
            parts.append(body)
            if citation["link"]:
                parts.append(
                    Text(citation["link"], style=Style(color="blue", underline=True, link=visible(citation["link"])))
                )
        yield Panel(Group(*parts), title=_source_line(owned[0]), title_align="left", border_style="dim")


def _source_line(citation: Json) -> Text:
    known = [citation["title"], citation["publisher"], citation["published"]]
    return Text(" · ".join(one for one in known if one))


def show_passages(console: Console, found: Json) -> None:
    if not found["passages"]:
        console.print(Text("Nothing was found.", style="yellow"))
    for number, passage in enumerate(found["passages"], 1):
        scores = passage["scores"]
        title = Text(f"{number}. {passage['title']}", style="bold")
        line = f"fused {scores['fused']:.3f} · cosine {scores['cosine']:.3f} · BM25 {scores['bm25']:.2f}"
        if scores["relevance"] is not None:
            line += f" · reranker {scores['relevance']:.3f}"
        known = [passage["heading"], passage["publisher"], passage["published"], passage["url"] or passage["location"]]
        subtitle = Text(" · ".join(one for one in known if one), style="dim")
        console.print(Panel(Group(subtitle, Text(passage["text"])), title=title, title_align="left", subtitle=line))


def show_sources(console: Console, sources: list[Json]) -> None:
    if not sources:
        console.print("There are no documents yet. Add some: footnote ingest FILE_FOLDER_OR_URL")
        return
    table = Table(box=None, header_style="bold")
    table.add_column("Title, location and id", overflow="fold", min_width=21)
    for name in ("Scope", "Holds", "Updated (UTC)"):
        table.add_column(name, overflow="fold")
    for source in sources:
        holds = f"{counted(source['documents'], 'document')}\n{counted(source['passages'], 'passage')}"
        table.add_row(_described(source), source["scope"], holds, moment(source["updated_at"]))
    console.print(table)


def _described(source: Json) -> Text:
    """Its title, where it is, its id, how it is kept fresh and what is wrong with it, a line each."""
    text = Text(source["title"])
    if source["location"] != source["title"]:
        text.append(f"\n{source['location']}", style="dim")
    if source["moved_to"]:
        text.append(f"\n→ {source['moved_to']}", style="dim")
    text.append(f"\n{source['id']}", style="dim")
    if source["tags"]:
        text.append("\n" + " ".join(f"#{tag}" for tag in source["tags"]), style="cyan")
    if source["due_at"]:
        text.append(f"\nlooked at again on {moment(source['due_at'])} UTC", style="dim")
    if source["trouble"]:
        text.append(f"\n{source['trouble']}", style="red")
    return text


def moment(iso: str | None) -> str:
    """To the minute."""
    return datetime.fromisoformat(iso).strftime("%Y-%m-%d %H:%M") if iso else "–"


def merged(reports: list[Json]) -> Json:
    """Several reports as one."""
    states = {state for report in reports for state in report["counts"]}
    return {
        "counts": {state: sum(report["counts"].get(state, 0) for report in reports) for state in sorted(states)},
        "seconds": round(sum(report["seconds"] for report in reports), 2),
        "documents": [outcome for report in reports for outcome in report["documents"]],
    }


def show_report(console: Console, report: Json) -> None:
    """Counts in one line, then each document that is worth a look: failures with their reason first."""
    counts = Text()
    for state, style in _STATES.items():
        number = report["counts"].get(state, 0)
        if number:
            counts.append(f"{number} {state}  ", style=style)
    counts.append(f"in {report['seconds']:.1f} s", style="dim")
    console.print(counts)
    told = [one for one in report["documents"] if one["state"] != "unchanged" or one["moved_to"]]
    failures = [one for one in told if one["state"] == "failed"]
    others = [one for one in told if one["state"] != "failed"]
    for outcome in [*failures, *others[:_MOST_SHOWN]]:
        line = Text(f"  {outcome['state']:9} ", style=_STATES[outcome["state"]])
        line.append(outcome["title"] or outcome["location"], style="default")
        if outcome["reason"]:
            line.append(f": {outcome['reason']}", style="default")
        elif outcome["passages"]:
            line.append(f"  {counted(outcome['passages'], 'passage')}", style="dim")
        if outcome["moved_to"]:
            line.append(f"; moved for good to {outcome['moved_to']}", style="dim")
        left_out = {what: number for what, number in outcome["removed"].items() if number}
        if left_out:
            named = ", ".join(f"{number} {what.replace('_', ' ')}" for what, number in left_out.items())
            line.append(f"; left out: {named}", style="dim")
        console.print(line)
    if len(others) > _MOST_SHOWN:
        console.print(Text(f"  and {counted(len(others) - _MOST_SHOWN, 'more document')}", style="dim"))


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def show_change(console: Console, change: Json, *, indent: int) -> None:
    """The old sentence before the new one; either may be missing."""
    for sign, said, style in (("−", change["before"], "red"), ("+", change["after"], "green")):
        if said:
            console.print(Text(f"{' ' * indent}{sign} {said['text']}", style=style))


class Stopped(Exception):
    """Ctrl-C while something went on; the message says what became of it."""


@contextmanager
def interruptible(console: Console, label: str, told: str) -> Iterator[Callable[[Json], None]]:
    """`progress_bar`, and what Ctrl-C in the middle of it leaves: raises Stopped with `told`."""
    try:
        with progress_bar(console, label) as progress:
            yield progress
    except KeyboardInterrupt:
        raise Stopped(f"Stopped. {told}") from None


@contextmanager
def progress_bar(console: Console, label: str) -> Iterator[Callable[[Json], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda step: bar.update(task, completed=step["done"], total=step["total"])


def show_findings(console: Console, findings: list[Json]) -> None:
    table = Table("", "Check", "Finding", "Remedy", box=None, header_style="bold")
    for finding in findings:
        mark = {"ok": "[green]✓[/green]", "note": "[yellow]•[/yellow]", "fault": "[red]✗[/red]"}[finding["level"]]
        table.add_row(mark, finding["name"], Text(finding["finding"]), Text(finding["remedy"]))
    console.print(table)
