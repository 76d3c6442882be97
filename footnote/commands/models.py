"""`footnote eval`, `footnote promote` and `footnote reembed`: judging what answers, and changing it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from footnote import settings as configuration
from footnote import terminal
from footnote.commands.options import AsJson
from footnote.session import session_of

app = typer.Typer()

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
        terminal.fail("Give one of --answer-model, --embedding-model and --reranker-model.", code=2)
    ((variable, model),) = given
    run(configuration.load(), questions, variable, model, force=force, as_json=as_json)


@app.command()
def reembed(as_json: AsJson = False) -> None:
    """Embed every document anew with the embedder that EMBEDDING_MODEL names, after it was changed."""
    from footnote.wiring import make_embedder
    from vectorstore.reembed import reembed as embed_anew

    settings = configuration.load()
    console = terminal.Terminal(stderr=as_json)
    told = "Run `footnote reembed` again: until it comes to its end, the documents may not be usable."
    with terminal.interruptible(console, "Embedding", told) as progress:
        database = settings.database_url.get_secret_value() if settings.database_url else None
        done = embed_anew(
            settings.home,
            make_embedder(settings),
            database_url=database,
            chroma_url=settings.chroma_url,
            progress=lambda done, total: progress({"done": done, "total": total}),
        )
    if as_json:
        terminal.print_json({"passages": done})
    else:
        console.print(f"Embedded {done:,} passages anew.")
