"""JSON of a model, where it writes that instead of lines: sentences with their source and quote, however they are nested."""

from __future__ import annotations

import json
from collections.abc import Iterator

FIELD_OF = {
    **dict.fromkeys(("sentence", "statement", "answer", "text", "claim"), "sentence"),
    **dict.fromkeys(("source", "sources", "citation", "number", "n", "source_number", "source_id"), "source"),
    **dict.fromkeys(("quote", "evidence", "quotation"), "quote"),
}
"""The names that models give to what we ask for."""
_DEEPEST = 6


def json_objects(raw: str) -> list[dict[str, str]] | None:
    """The fields of each sentence in a line of JSON, or None when it is not JSON."""
    if not raw.lstrip("[ ").startswith("{"):
        return None
    for candidate in (raw, raw.rstrip(", "), raw.rstrip(", ]"), raw.lstrip("[ ").rstrip(", ")):
        try:
            value = json.loads(candidate)
        except (ValueError, RecursionError):
            continue
        return list(_sentences(value, {}, _DEEPEST))
    return None


def _sentences(value: object, above: dict[str, str], deepest: int) -> Iterator[dict[str, str]]:
    """The innermost objects, each with what those around it say: `{"answer": …, "citations": [{"source": 1, "quote": …}]}`."""
    if not deepest:
        return
    if isinstance(value, list):
        for each in value:
            yield from _sentences(each, above, deepest - 1)
    elif isinstance(value, dict):
        fields = above | {
            FIELD_OF[name.casefold()]: str(said)
            for name, said in value.items()
            if name.casefold() in FIELD_OF and isinstance(said, str | int)
        }
        inside = [each for each in value.values() if isinstance(each, dict) or _holds_objects(each)]
        for each in inside:
            yield from _sentences(each, fields, deepest - 1)
        if not inside:
            yield fields


def _holds_objects(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(each, dict) for each in value)
