"""Answers that administrators voted down become questions of the team's own file."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select

from footnote.evaluation.questions import read
from vectorstore.database import Database
from vectorstore.schema import answers, feedback
from vectorstore.values import WORKSPACE


def collect(database: Database, owners: Container[str], path: Path) -> int:
    """Append to `path` a question for each answer one of `owners` voted down that is not in it yet; returns how many.

    What the answer said must not be said again, unless the reason was that something was missing.
    """
    known = {each.id for each in read(path)} if path.exists() and path.read_text(encoding="utf-8").strip() else set()
    new = [each for each in _voted_down(database, owners) if each["id"] not in known]
    with path.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in new)
    return len(new)


def _voted_down(database: Database, owners: Container[str]) -> Iterator[dict[str, Any]]:
    query = (
        select(
            answers.c.id, answers.c.channel, answers.c.standalone, answers.c.answer, feedback.c.reason, feedback.c.user
        )
        .join(feedback, feedback.c.answer_id == answers.c.id)
        .where(feedback.c.vote == "down")
        .order_by(answers.c.created_at)
    )
    seen: set[str] = set()
    with database.read() as connection:
        rows = connection.execute(query).all()
    for row in rows:
        if row.id in seen or not row.standalone.strip() or row.user not in owners:
            continue
        seen.add(row.id)
        here = [] if row.channel.startswith("D") else [f"channel:{row.channel}"]
        said = [] if row.reason == "missing" else [each["text"] for each in row.answer.get("statements", ())]
        question = {"id": row.id, "question": row.standalone, "scopes": [WORKSPACE, *here]}
        yield question | ({"wrong": said} if said else {})
