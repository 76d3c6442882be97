"""What the command line says of reasons: the sentences of English that people in Slack read too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.slack.language import DEFAULT, strings_of
from vectorstore.reasons import Told, reason_of


def told(reason: Told) -> str:
    return strings_of(DEFAULT).reason(reason)


def told_of_error(error: BaseException) -> str:
    """The sentence of an error: of its reason, where it has one."""
    return told(getattr(error, "reason", None) or str(error))


def in_english(plain: Any) -> Any:
    """JSON with a sentence in the place of each reason."""
    if isinstance(plain, Mapping):
        reason = reason_of(plain)
        return told(reason) if reason else {name: in_english(value) for name, value in plain.items()}
    return [in_english(each) for each in plain] if isinstance(plain, list) else plain
