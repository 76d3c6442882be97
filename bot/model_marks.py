"""The many ways in which models write a source number, made one: `[2]`; and the labels they put before a sentence, taken away."""

from __future__ import annotations

import re

_OPENING = "\"“„«‟″'‘`*"
_END = r"[.!?…\"”’»*)]"
_ESCAPED = re.compile(r"\\([\[\]()\"*_])")
_LINKED = re.compile(r"\[{1,2}(\d{1,3})\]{1,2}\([^()\s]*\)")
_LETTERED = re.compile(r"[\[(][SsQ](\d{1,3})[\])]")
_SUPERSCRIPT = re.compile(rf"(?<={_END})\s?([⁰¹²³⁴-⁹]{{1,2}})(?=\s|$)")
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_ROUND = re.compile(rf"(?<={_END})\s*\((\d{{1,2}})\)(?=\s*(?:[:\-–—]\s*)?(?:[{_OPENING}]|[.,;]?$))")
_INSIDE = re.compile(
    rf"\(\s*(?:see\s+)?(?:sources?|passages?|documents?|fuente)\s+(\d{{1,3}})\s*[,:;]\s*(?=[{_OPENING}])", re.IGNORECASE
)
_TAG = re.compile(
    r"<(?:cite|source|quote|ref)\b[^<>]*?(\d{1,3})[\"']?\s*/?>(?P<said>[^<>]+)</(?:cite|source|quote|ref)>",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    r"^(\s*(?:[-*+•–—]\s+|\d{1,2}[.)]\s+)?)[*_#\s]*(?:(?:the|short|final|direct)\s+)?(?:answer|response|respuesta)[*_\s]*[:：][*_\s]*"
    r"(?=\S)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^(\s*(?:[-*+•–—]\s+|\d{1,2}[.)]\s+)?)(?:\*\*|__)[^*_:]{1,50}(?::(?:\*\*|__)|(?:\*\*|__)\s*[:–—-])\s+(?=\S)"
)
_FIELD = re.compile(r"\W*(?:sentence|statement|text|claim|sources?|citation|quotes?|evidence)\b", re.IGNORECASE)


def tidied(raw: str) -> str:
    """A line with every source number as `[2]`, and without "Answer:" or a label in bold before its sentence.

    A label is left out, not shown: no quote proves it.
    """
    raw = _ESCAPED.sub(r"\1", raw)
    raw = _TAG.sub(
        lambda found: f'[{found[1]}] "{found["said"].strip()}"' if '"' not in found["said"] else found[0], raw
    )
    raw = _LETTERED.sub(r"[\1]", _INSIDE.sub(r"[\1] ", _LINKED.sub(r"[\1]", raw)))
    raw = _SUPERSCRIPT.sub(lambda found: f" [{found[1].translate(_DIGITS)}]", raw)
    raw = _ROUND.sub(r" [\1]", raw)
    raw = _ANSWER.sub(r"\1", raw)
    return raw if _FIELD.match(raw) else _LABEL.sub(r"\1", raw)
