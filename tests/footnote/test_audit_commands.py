"""What is done on the command line is in the trail, which can be checked and exported."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any


def test_what_is_done_is_noted_verified_and_exported(home: Path, documents: Path, cli_in: Callable[..., Any]) -> None:
    cli_in(home, "ingest", str(documents))
    cli_in(home, "rollback", "nothing of the kind", "--to", "24h")
    lines = [json.loads(line) for line in cli_in(home, "audit", "export").out.splitlines()]
    assert [(e["actor"], e["action"], e["decision"]) for e in lines] == [
        ("command line", "ingest", "done"),
        ("command line", "rollback", "failed"),
    ]
    assert lines[0]["object"] == str(documents)
    assert cli_in(home, "audit", "verify").code == 0
    with sqlite3.connect(home / "footnote.sqlite") as connection:
        connection.execute("UPDATE audit SET actor = 'somebody else' WHERE action = 'ingest'")
    result = cli_in(home, "audit", "verify", "--json")
    assert (result.code, result.json["broken_at"]) == (1, 1)
