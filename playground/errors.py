"""What the Web API answers instead of a result."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """Becomes `{"ok": false, "error": code, **fields}` with HTTP status 200."""

    def __init__(self, code: str, messages: list[str] | None = None, **fields: Any) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields
        if messages:
            self.fields["response_metadata"] = {"messages": messages}


class Impossible(ValueError):
    """A person tried what Slack's own client does not let them do; the message says what and why."""
