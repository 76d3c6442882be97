"""Retry: the request that failed, done once more by whoever does its kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.slack.durable import Step
from bot.slack.intake import Intake, Kept
from bot.slack.outcome import Handler, Outcome
from bot.slack.request import Request
from bot.slack.surface import Kind


class Again:
    def __init__(self, intake: Intake, handlers: Mapping[Kind, Handler], otherwise: Handler) -> None:
        """`otherwise` finds the failed request itself."""
        self._intake = intake
        self._handlers = handlers
        self._otherwise = otherwise

    def run(self, kept: Kept, step: Step, *, look: bool) -> Outcome:
        meant = meant_by(kept.request, self._intake)
        handler = self._handlers.get(meant.kind) if meant else None
        if handler is None or meant is None:
            return self._otherwise.run(kept, step, look=look)
        return handler.run(replace(kept, request=meant), step, look=look)


def meant_by(request: Request, intake: Intake) -> Request | None:
    """The request itself; for a retry the one that failed, with its reply in the place of the error; None for no such one."""
    if request.kind != "retry":
        return request
    failed = intake.find(request.text)
    if failed is None or failed.reference is None or failed.request.channel != request.channel:
        return None
    meant = meant_by(failed.request, intake)
    if meant is None:
        return None
    url, replaces = request.response_url, request.replaces
    return replace(meant, id=request.id, user=request.user, response_url=url, replaces=replaces)
