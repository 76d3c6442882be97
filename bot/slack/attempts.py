"""Doing what an administrator asked for: whatever happens, there is something to tell, and the audit trail knows."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import structlog

from bot.slack.audit import AuditTrail, Decision
from bot.slack.language import Strings
from bot.slack.references import place_of, reference_of
from bot.slack.request import Request
from vectorstore.errors import StoreError

T = TypeVar("T")

_log = structlog.get_logger("footnote.slack")


def attempt(
    audit: AuditTrail,
    request: Request,
    action: str,
    object: str,
    work: Callable[[], T],
    strings: Strings,
    *,
    is_done: Callable[[T], bool] | None = None,
) -> tuple[T | None, str]:
    """(what `work` returned, ""), or (None, a sentence about what went wrong, with a reference where it is our fault).

    `is_done`: whether what was returned says that something was done, for the audit trail.
    """
    started = time.monotonic()
    try:
        done = work()
    except StoreError as error:
        audit.note(request, action, "failed", object=object, reason=type(error).__name__)
        return None, strings.reason(error.reason)
    except Exception as error:  # the edge: the administrator gets a reference, the log the place
        reference = reference_of(request.id)
        _log.error("admin_action_failed", id=request.id, reference=reference, place=place_of(error))
        audit.note(request, action, "failed", object=object, reason=reference)
        return None, strings("admin.nothing_half_done", reference=reference)
    decision: Decision = "done" if is_done is None or is_done(done) else "failed"
    audit.note(request, action, decision, object=object, seconds=round(time.monotonic() - started, 3))
    return done, ""
