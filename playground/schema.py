"""Small building blocks for checking JSON against Slack's rules, with Slack's own wording of what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any

Check = Callable[["Problems", Any, str], None]
"""Look at a value at a JSON pointer and note what is wrong with it."""
_URL = re.compile(r"^[a-z][a-z0-9+.-]*:(//)?\S+$", re.IGNORECASE)


class Problems:
    """What is wrong with a payload, outermost first, as Slack lists it."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def note(self, what: str, pointer: str) -> None:
        self.found.append(f"{what} [json-pointer:{pointer}]")

    def nested(self, check: Check, value: Any, pointer: str) -> None:
        """Like `check`, but a failure inside is announced the way Slack does."""
        inner = Problems()
        check(inner, value, pointer)
        if inner.found:
            self.note("failed to match all allowed schemas", pointer)
            self.found += inner.found


def text(maximum: int, minimum: int = 1) -> Check:
    def check(problems: Problems, value: Any, pointer: str) -> None:
        if not isinstance(value, str):
            problems.note("must be a string", pointer)
        elif len(value) > maximum:
            problems.note(f"must be less than {maximum + 1} characters", pointer)
        elif len(value) < minimum:
            problems.note(f"must be more than {minimum - 1} characters", pointer)

    return check


def url(maximum: int = 3000) -> Check:
    def check(problems: Problems, value: Any, pointer: str) -> None:
        text(maximum)(problems, value, pointer)
        if isinstance(value, str) and value and not _URL.match(value):
            problems.note("must be a valid URL", pointer)

    return check


def one_of(*allowed: str) -> Check:
    def check(problems: Problems, value: Any, pointer: str) -> None:
        if value not in allowed:
            problems.note(f"must be one of: {', '.join(allowed)}", pointer)

    return check


def flag(problems: Problems, value: Any, pointer: str) -> None:
    if not isinstance(value, bool):
        problems.note("must be a boolean", pointer)


def number(problems: Problems, value: Any, pointer: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        problems.note("must be a number", pointer)


def anything(_: Problems, __: Any, ___: str) -> None:
    """No rule."""


def several(item: Check, maximum: int, minimum: int = 1) -> Check:
    def check(problems: Problems, value: Any, pointer: str) -> None:
        if not isinstance(value, list):
            problems.note("must be an array", pointer)
            return
        if len(value) > maximum:
            problems.note(f"no more than {maximum} items allowed", pointer)
        if len(value) < minimum:
            problems.note(f"no less than {minimum} items allowed", pointer)
        for position, each in enumerate(value[: maximum + 1]):
            item(problems, each, f"{pointer}/{position}")

    return check


def fields(required: dict[str, Check], optional: dict[str, Check]) -> Check:
    """An object with these fields and no others."""

    def check(problems: Problems, value: Any, pointer: str) -> None:
        if not isinstance(value, dict):
            problems.note("must provide an object", pointer)
            return
        for name in required:
            if value.get(name) is None:
                problems.note(f"missing required field: {name}", pointer)
        for name, held in value.items():
            rule = required.get(name) or optional.get(name)
            if rule is None:
                problems.note(f"invalid additional property: {name}", pointer)
            elif held is not None:
                rule(problems, held, f"{pointer}/{name}")

    return check


def by_type(kinds: dict[str, Check], allowed: Collection[str] | None = None) -> Check:
    """An object whose `type` chooses its rule; `allowed` narrows the types."""

    def check(problems: Problems, value: Any, pointer: str) -> None:
        if not isinstance(value, dict):
            problems.note("must provide an object", pointer)
            return
        kind = value.get("type")
        if kind is None:
            problems.note("missing required field: type", pointer)
        elif kind not in kinds or (allowed is not None and kind not in allowed):
            problems.note(f"unsupported type: {kind}", f"{pointer}/type")
        else:
            kinds[kind](problems, value, pointer)

    return check
