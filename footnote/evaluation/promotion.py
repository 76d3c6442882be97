"""Letting a new model in: when the team's own questions do not get worse with it, or when somebody insists, which is noted."""

from __future__ import annotations

import getpass
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dotenv import dotenv_values, set_key

from footnote.control import call
from footnote.evaluation.questions import TeamQuestion
from footnote.evaluation.record import Difference, Record, Trial, compared, trial_of
from footnote.evaluation.trial import Operation, Outcome, ask_all
from footnote.settings import Settings
from footnote.wiring import application, make_embedder
from vectorstore.copying import copy_documents
from vectorstore.reembed import reembed

Variable = Literal["ANSWER_MODEL", "EMBEDDING_MODEL", "RERANKER_MODEL"]
Progress = Callable[[str, int, int], None]
"""(what is done, how much of it, of how much)"""
ENV_FILE = Path(".env")


@dataclass(frozen=True, slots=True)
class Promotion:
    variable: Variable
    model: str
    now: Trial
    candidate: Trial
    outcomes: tuple[Outcome, ...]
    """Of the candidate."""

    @property
    def difference(self) -> Difference:
        return compared(self.now, self.candidate)


def models_of(settings: Settings) -> dict[str, str]:
    return {
        "answers": settings.answer_model or "extractive",
        "embedding": settings.embedding_model or "packaged MiniLM",
        "reranker": settings.reranker_model or "none",
    }


def try_out(
    settings: Settings, questions: Sequence[TeamQuestion], variable: Variable, model: str, progress: Progress
) -> Promotion:
    """Ask the questions with today's model and with `model` ("": the one Footnote comes with), on a copy of the documents."""
    candidate = settings.model_copy(update={variable.lower(): model or None})
    with tempfile.TemporaryDirectory(prefix="footnote-promote-") as folder:
        outcomes = []
        for name, chosen in (("today", settings), ("candidate", candidate)):
            home = Path(folder) / name
            with _trying(settings, chosen, home, name, progress) as operation:
                outcomes.append(ask_all(questions, operation, lambda n, of, name=name: progress(name, n, of)))  # type: ignore[misc]
    now, then = trial_of(outcomes[0], models_of(settings)), trial_of(outcomes[1], models_of(candidate))
    return Promotion(variable, model, now, then, outcomes[1])


@contextmanager
def _trying(settings: Settings, chosen: Settings, home: Path, name: str, progress: Progress) -> Iterator[Operation]:
    """The application with the settings `chosen`, on a copy of the documents in `home`."""
    database_url = settings.database_url.get_secret_value() if settings.database_url else None
    copy_documents(settings.home, database_url, home)
    models = settings.home / "models"
    models.mkdir(parents=True, exist_ok=True)
    (home / "models").symlink_to(models, target_is_directory=True)
    own = chosen.model_copy(update={"footnote_home": home, "database_url": None, "chroma_url": None})
    if chosen.embedding_model != settings.embedding_model:
        reembed(home, make_embedder(own), progress=lambda n, of: progress(f"{name}: embedding", n, of))
    with application(own) as footnote:
        yield lambda operation, **arguments: call(footnote, operation, arguments, lambda _step: None)


def decide(promotion: Promotion, record: Record, *, force: bool) -> bool:
    """Whether it is promoted: written into `.env` and noted. A refusal is noted too."""
    difference = promotion.difference
    promoted = force or not difference.is_worse
    record.note_promotion(
        {
            "by": getpass.getuser(),
            "setting": promotion.variable,
            "model": promotion.model,
            "decision": "forced" if difference.is_worse and force else "promoted" if promoted else "refused",
            "broken": difference.broken,
            "mended": difference.mended,
            "figures": {"now": promotion.now.figures, "candidate": promotion.candidate.figures},
        }
    )
    if promoted:
        ENV_FILE.touch(mode=0o600)
        set_key(ENV_FILE, promotion.variable, promotion.model)
    return promoted


def overriding(variable: Variable) -> bool:
    """Whether the environment says something else than `.env`, which then would not count."""
    return variable in os.environ and os.environ[variable] != (dotenv_values(ENV_FILE).get(variable) or "")
