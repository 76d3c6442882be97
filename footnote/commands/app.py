"""All commands as one, and what becomes of errors: a sentence with the remedy and exit code 1; wrong usage is 2."""

from __future__ import annotations

import errno
import logging
import os
import warnings

import typer
from sqlalchemy.exc import SQLAlchemyError

from bot.chat_model import ModelNotConfigured
from footnote.commands import asking, audit, data, history, models, running, sources, upkeep
from footnote.control import OperationFailed, database_failure
from footnote.english import told_of_error
from footnote.settings import SettingsInvalid
from footnote.terminal import STOPPED, Stopped, fail
from ingest.errors import SourceError
from vectorstore.errors import StoreError

app = typer.Typer(
    name="footnote",
    help="Answers from your own documents, every sentence with the quote that proves it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for commands in (sources, asking, upkeep, history, data, models, running):
    app.add_typer(commands.app)
app.add_typer(audit.app, name="audit")


def run() -> None:
    """Do what the arguments of this process say, and end it."""
    warnings.filterwarnings("ignore")
    logging.getLogger().setLevel(logging.ERROR)
    os.environ["ANONYMIZED_TELEMETRY"] = "False"
    try:
        app()
    except (StoreError, SourceError, OperationFailed, SettingsInvalid, ModelNotConfigured) as error:
        fail(told_of_error(error))
    except SQLAlchemyError as error:
        fail(database_failure(error))
    except OSError as error:
        if error.errno == errno.ENOSPC:
            fail("The disk is full. What was taken in until then stays; make room and give the command again.")
        fail(f"{error.filename or 'A file'} cannot be used: {(error.strerror or str(error)).lower()}.")
    except Stopped as stopped:
        fail(str(stopped), STOPPED)
    except SystemExit as end:  # what typer makes of Ctrl-C
        if end.code == STOPPED:
            fail("Stopped.", STOPPED)
        raise
