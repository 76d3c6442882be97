"""Scopes: who may read a source. A scope is also the name of the index that holds it, so it is checked before it is used."""

from __future__ import annotations

import re

_SCOPE = re.compile(r"workspace|admin|channel:[A-Z0-9]{1,40}|user:[A-Z0-9]{1,40}")


def index_name(scope: str) -> str:
    """The name of a scope's collection and folder; ValueError for anything that is not a scope."""
    if not _SCOPE.fullmatch(scope):
        raise ValueError(
            f"{scope[:60]!r} is not a scope. Use `workspace`, `admin`, `channel:C…` or `user:U…` with Slack's own ids."
        )
    return scope.replace(":", "-")
