"""Scopes: who may read a source. A scope is also the name of the index that holds it, so it is checked before it is used."""

from __future__ import annotations

import re

_THREAD = "thread:"
_SCOPE = re.compile(
    r"workspace|admin|channel:[A-Z0-9]{1,40}|user:[A-Z0-9]{1,40}|thread:[A-Z0-9]{1,40}-[0-9]{1,12}\.[0-9]{1,9}"
)


def index_name(scope: str) -> str:
    """The name of a scope's collection and folder; ValueError for anything that is not a scope."""
    if not _SCOPE.fullmatch(scope):
        raise ValueError(
            f"{scope[:60]!r} is not a scope. Use `workspace`, `admin`, `channel:C…` or `user:U…` with Slack's own ids."
        )
    return scope.replace(":", "-")


def thread_scope(channel: str, thread_ts: str) -> str:
    """The scope of what was read for one thread alone; ValueError where these are no ids."""
    scope = f"{_THREAD}{channel}-{thread_ts}"
    index_name(scope)
    return scope


def is_of_a_thread(scope: str) -> bool:
    return scope.startswith(_THREAD)
