"""The command line. Every command has `--json`; errors are one sentence with the remedy and exit code 1, wrong usage is 2."""

from __future__ import annotations

import json
import logging
import os
import sys
import warnings
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text
from sqlalchemy.exc import SQLAlchemyError

from bot.chat_model import ModelNotConfigured
from footnote import audit_commands, data_commands, history_commands, terminal, upkeep_commands
from footnote import settings as configuration
from footnote.control import OperationFailed, database_failure, serving
from footnote.session import Session, session_of
from footnote.settings import SettingsInvalid
from ingest.errors import SourceError
from vectorstore.errors import StoreError
from vectorstore.words import encodable

Json = dict[str, Any]

app = typer.Typer(
    name="footnote",
    help="Answers from your own documents, every sentence with the quote that proves it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.add_typer(history_commands.app)
app.add_typer(upkeep_commands.app)
app.add_typer(data_commands.app)
app.add_typer(audit_commands.app, name="audit")

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
Tag = Annotated[list[str], typer.Option(help="Only sources with this tag; may be given again.", show_default=False)]
Scope = Annotated[list[str], typer.Option(help="What the reader may see: workspace, channel:C…, user:U…, admin.")]


def main() -> None:
    """The console script `footnote`."""
    warnings.filterwarnings("ignore")
    logging.getLogger().setLevel(logging.ERROR)
    os.environ["ANONYMIZED_TELEMETRY"] = "False"
    try:
        app()
    except (StoreError, SourceError, OperationFailed, SettingsInvalid, ModelNotConfigured) as error:
        _fail(str(error))
    except SQLAlchemyError as error:
        _fail(database_failure(error))
    except OSError as error:
        _fail(f"{error.filename or 'A file'} cannot be used: {(error.strerror or str(error)).lower()}.")
    except KeyboardInterrupt:
        _fail("Stopped.", code=130)


def _fail(message: str, code: int = 1) -> None:
    if "--json" in sys.argv:
        print(json.dumps({"error": message}))  # noqa: T201
    else:
        Console(stderr=True).print(Text(message, style="red"))
    sys.exit(code)


def _print_json(value: Json) -> None:
    print(encodable(json.dumps(value, ensure_ascii=False)))  # noqa: T201


def _text(argument: list[str]) -> str:
    return encodable(" ".join(argument)).strip()


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
    console = Console(stderr=as_json)
    reports: list[Json] = []
    with session_of(configuration.load()) as session, terminal.progress_bar(console, "Ingesting") as progress:
        for location in locations:
            try:
                reports.append(session("ingest", progress, location=_absolute(location), scope=scope, tags=tag))
            except (OperationFailed, SourceError) as error:
                reports.append(_unfound(location, str(error)))
    _show_reports(console, reports, as_json)


def _absolute(location: str) -> str:
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
        _print_json(merged)
    else:
        terminal.show_report(console, merged)
    if merged["counts"].get("failed"):
        sys.exit(1)


@app.command()
def reingest(
    source: Annotated[
        str | None, typer.Argument(help="Id, location or title of a source; without it, all of them.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Look at sources again and take in what changed."""
    console = Console(stderr=as_json)
    with session_of(configuration.load()) as session, terminal.progress_bar(console, "Re-ingesting") as progress:
        report = session("reingest", progress, source=source)
    _show_reports(console, [report], as_json)


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


def _require(text: str, hint: str) -> None:
    if not text:
        _fail(hint, code=2)


def _show(session: Session, answer: Json, as_json: bool, scopes: list[str]) -> None:
    if as_json:
        _print_json(answer)
        return

    def around(citation: Json) -> Json:
        where = {name: citation[name] for name in ("version", "start", "end")}
        return session("passage", **where, scopes=scopes)

    terminal.show_answer(Console(), answer, around)


@app.command()
def chat(scope: Scope = ["workspace"], as_json: AsJson = False) -> None:  # noqa: B006
    """Keep a conversation: follow-up questions may say "it" and "why?". An empty line or Ctrl-D ends it."""
    history: list[Json] = []
    console = Console()
    with session_of(configuration.load()) as session:
        while question := _next_question(console):
            answer = session("ask", question=question, scopes=scope, history=history)
            _show(session, answer, as_json, scope)
            history.append({"question": answer["searched"]["query"], "answer": answer["text"]})


def _next_question(console: Console) -> str:
    try:
        return (console.input("[bold]? [/bold]") if sys.stdin.isatty() else input()).strip()
    except EOFError:
        return ""


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
        _print_json(found)
    else:
        terminal.show_passages(Console(), found)


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
            location = _absolute(target)
            if "://" not in location and not Path(location).is_file():
                raise
            report = session("ingest", location=location)
            if report["counts"].get("failed"):
                raise OperationFailed(report["documents"][0]["reason"]) from None
            answer = session("summarize", target=report["documents"][0]["document"])
        _show(session, answer, as_json, ["workspace"])


@app.command()
def sources(as_json: AsJson = False) -> None:
    """List what has been ingested."""
    with session_of(configuration.load()) as session:
        found = session("sources")
    if as_json:
        _print_json(found)
    else:
        terminal.show_sources(Console(), found["sources"])


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
        _print_json(tagged)
    else:
        tags = " ".join(f"#{each}" for each in tagged["tagged"]["tags"])
        Console().print(Text(f"{tagged['tagged']['title']}: {tags or 'no tags'}"))


@app.command()
def remove(
    source: Annotated[str, typer.Argument(help="Id, location or title of a source: see `footnote sources`.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove a source with all its documents; no answer will use them from then on."""
    if not yes and not as_json and not typer.confirm(f"Remove {source} and all its documents?"):
        _fail("Nothing was removed.")
    with session_of(configuration.load()) as session:
        removed = session("remove", source=source)
    if as_json:
        _print_json(removed)
    else:
        Console().print(Text(f"Removed {removed['removed']['title']} ({removed['removed']['documents']} documents)."))


@app.command()
def serve() -> None:
    """Run the Slack app until it is stopped; other `footnote` commands go through it meanwhile."""
    from footnote.slack import run

    run(configuration.load(), serving)


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Check tokens, scopes, store, embedder, model and clock; each finding comes with its remedy."""
    from footnote.doctor import examine

    findings = examine(configuration.load())
    if as_json:
        _print_json(
            {"ok": all(finding.ok for finding in findings), "checks": [finding.as_json() for finding in findings]}
        )
    else:
        terminal.show_findings(Console(), [finding.as_json() for finding in findings])
    if not all(finding.ok for finding in findings):
        sys.exit(1)


@app.command()
def reembed(as_json: AsJson = False) -> None:
    """Embed every document anew with the embedder that EMBEDDING_MODEL names, after it was changed."""
    from footnote.wiring import make_embedder
    from vectorstore.reembed import reembed as embed_anew

    settings = configuration.load()
    console = Console(stderr=as_json)
    with terminal.progress_bar(console, "Embedding") as progress:
        database = settings.database_url.get_secret_value() if settings.database_url else None
        done = embed_anew(
            settings.home,
            make_embedder(settings),
            database_url=database,
            chroma_url=settings.chroma_url,
            progress=lambda done, total: progress({"done": done, "total": total}),
        )
    if as_json:
        _print_json({"passages": done})
    else:
        console.print(f"Embedded {done:,} passages anew.")


@app.command()
def demo(as_json: AsJson = False) -> None:
    """Ingest the samples into a data directory of their own and ask a few questions: no key, no server."""
    from footnote.demo import run

    shown = run(configuration.load(), session_of, Console(stderr=as_json))
    if as_json:
        _print_json(shown)


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


Questions = Annotated[Path, typer.Argument(help="Your own questions, one JSON object a line.", show_default=False)]


@app.command("eval")
def evaluate(
    questions: Questions,
    collect: Annotated[
        bool, typer.Option("--collect", help="First add what administrators voted down in Slack.")
    ] = False,
    show: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ask your own questions: figures, what changed since the last time, and a page with every failure.

    A line is {"question": "…"} with what you expect: "answers": ["…"], "sources": ["title"], "answerable": false, "wrong": ["…"].
    Exit code 1 when more questions broke than were mended since the last time.
    """
    from footnote.evaluation.command import evaluate as run

    run(configuration.load(), session_of, questions, gather=collect, show=show, as_json=as_json)


@app.command()
def promote(
    questions: Questions,
    answer_model: Annotated[
        str | None, typer.Option(help="provider:model that shall write answers; empty: none.")
    ] = None,
    embedding_model: Annotated[
        str | None, typer.Option(help="provider:model that shall embed; empty: the packaged one.")
    ] = None,
    reranker_model: Annotated[
        str | None, typer.Option(help="What shall order the passages, as RERANKER_MODEL; empty: nothing.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Promote it even if the questions get worse; this is noted.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Let a new model in, if your own questions do not get worse with it: tried on a copy, then written into .env."""
    from footnote.evaluation.command import promote as run
    from footnote.evaluation.promotion import Variable

    models: dict[Variable, str | None] = {
        "ANSWER_MODEL": answer_model,
        "EMBEDDING_MODEL": embedding_model,
        "RERANKER_MODEL": reranker_model,
    }
    given = [(variable, model) for variable, model in models.items() if model is not None]
    if len(given) != 1:
        _fail("Give one of --answer-model, --embedding-model and --reranker-model.", code=2)
    ((variable, model),) = given
    run(configuration.load(), questions, variable, model, force=force, as_json=as_json)


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
        _print_json(made(address))
    else:
        print(yaml.safe_dump(made(address), sort_keys=False, allow_unicode=True, width=110), end="")  # noqa: T201


@app.command()
def version(as_json: AsJson = False) -> None:
    """Print the version."""
    from importlib.metadata import version as installed

    found = installed("footnote-slack")
    if as_json:
        _print_json({"version": found})
    else:
        Console().print(f"footnote {found}")


if __name__ == "__main__":
    main()
