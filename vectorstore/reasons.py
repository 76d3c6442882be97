"""Why something could not be done, as a key with values: its words are made where they are read, in the reader's language."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Union

Value = Union[str, int, float, "Reason"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Its words are `reason.<key>` of each language, the values in their places; a value may be a reason itself."""

    key: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def __str__(self) -> str:
        """For logs and tests: `pdf_pages (pages=3000, most=2000)`."""
        told = ", ".join(f"{name}={value}" for name, value in self.values.items())
        return f"{self.key} ({told})" if told else self.key


Told = Reason | str
"""A `str` is a sentence of English: stored by an earlier release, or of what only the command line tells."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,60}")
_MOST_VALUES = 10
_LONGEST_VALUE = 1000
"""Code points."""
_DEEPEST = 4


def reason_of(plain: object, depth: int = 0) -> Reason | None:
    """The reason that `plain`, as JSON holds it, describes; None where it describes none: it may come from a process that read a
    stranger's document."""
    if not isinstance(plain, Mapping) or plain.keys() != {"key", "values"} or depth > _DEEPEST:
        return None
    key, values = plain["key"], plain["values"]
    if not _is_name(key) or not isinstance(values, Mapping) or len(values) > _MOST_VALUES:
        return None
    read = {name: _value(value, depth) for name, value in values.items()}
    if not all(map(_is_name, read)) or None in read.values():
        return None
    return Reason(key, {name: value for name, value in read.items() if value is not None})


def told_of(plain: object) -> Told:
    """What was stored: a reason as JSON holds it, or a sentence."""
    return reason_of(plain) or str(plain)


def as_text(told: Told | None) -> str | None:
    """For a column of text; `told_of_text` reads it again."""
    return json.dumps(asdict(told), ensure_ascii=False) if isinstance(told, Reason) else told


def told_of_text(text: str | None) -> Told | None:
    if text is None or not text.startswith("{"):
        return text
    try:
        return told_of(json.loads(text))
    except ValueError:
        return text


def _is_name(name: object) -> bool:
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


def _value(plain: Any, depth: int) -> Value | None:
    if isinstance(plain, Mapping):
        return reason_of(plain, depth + 1)
    if isinstance(plain, str):
        return plain[:_LONGEST_VALUE].encode(errors="replace").decode()
    return plain if type(plain) in (int, float) and abs(plain) < 1e15 else None
