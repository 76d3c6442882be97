"""The file of a team's own questions: JSON Lines, one question each.

`{"question": …}` is enough. What is expected of the answer: `answers` (one of these texts is in it), `sources` (one of these
documents is cited: a title, a location or an address), `answerable` (false: the documents do not say), `wrong` (none of these
texts is in it). `id`, `scopes` and `history` (earlier turns: `{"question", "answer"}`) may be given too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from vectorstore.scopes import index_name
from vectorstore.values import WORKSPACE

Text = Annotated[str, Field(min_length=1, max_length=4000, pattern=r"\S")]


class QuestionsInvalid(Exception):
    """Names the file, the line and what is wrong with it."""


class EarlierTurn(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    question: Text
    answer: str = ""


class TeamQuestion(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    question: Text
    id: str = ""
    answers: tuple[Text, ...] = ()
    sources: tuple[Text, ...] = ()
    answerable: bool = True
    wrong: tuple[Text, ...] = ()
    scopes: tuple[str, ...] = (WORKSPACE,)
    history: tuple[EarlierTurn, ...] = ()

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> TeamQuestion:
        for scope in self.scopes:
            index_name(scope)
        if not self.answerable and (self.answers or self.sources):
            raise ValueError("a question that cannot be answered has no answers and no sources")
        return self if self.id else self.model_copy(update={"id": _id(self.question)})


def read(path: Path) -> tuple[TeamQuestion, ...]:
    """Raises QuestionsInvalid; OSError when there is no such file."""
    try:
        questions = tuple(_read_lines(path))
    except UnicodeDecodeError as error:
        raise QuestionsInvalid(f"{path} is not text in UTF-8.") from error
    if not questions:
        raise QuestionsInvalid(f'{path} has no questions. One line each, such as {{"question": "Who decided it?"}}')
    ids = [each.id for each in questions]
    if twice := next((id for id in ids if ids.count(id) > 1), None):
        raise QuestionsInvalid(f"{path} asks {twice!r} twice. Give one of them another `id`.")
    return questions


def _read_lines(path: Path) -> Iterator[TeamQuestion]:
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield TeamQuestion.model_validate(json.loads(line))
        except json.JSONDecodeError as error:
            raise QuestionsInvalid(f"{path}, line {number} is not JSON: {error.msg.lower()}.") from error
        except ValidationError as error:
            raise QuestionsInvalid(f"{path}, line {number}: {_what_is_wrong(error.errors()[0])}.") from error
        except RecursionError as error:
            raise QuestionsInvalid(f"{path}, line {number} is nested too deeply.") from error


def _what_is_wrong(one: ErrorDetails) -> str:
    if one["type"] == "model_type" and not one["loc"]:
        return 'a question is a JSON object, such as {"question": "Who decided it?"}'
    where = ".".join(map(str, one["loc"])) or "the question"
    return f"{where}: {one['msg'].removeprefix('Value error, ')}"


def _id(question: str) -> str:
    return hashlib.sha256(" ".join(question.split()).casefold().encode(errors="surrogatepass")).hexdigest()[:12]
