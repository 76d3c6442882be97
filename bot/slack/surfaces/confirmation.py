"""What changes what everybody is answered from is asked about once more, and done when the same person confirms it in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.slack.audit import AuditTrail
from bot.slack.blocks import Block, actions, button
from bot.slack.intake import Intake
from bot.slack.language import Strings
from bot.slack.request import Request
from bot.slack.surface import CALLED_OFF, CONFIRMED
from bot.slack.wishes import Decided, Wish, wish

CONFIRM_WITHIN = timedelta(minutes=5)
_SAID = {
    "remove": ("admin.remove", "admin.keep"),
    "forget": ("admin.erase", "admin.keep"),
    "rollback": ("upkeep.roll_back", "upkeep.leave"),
}
"""What the two buttons say, by action."""


def confirmation(request_id: str, action: str, strings: Strings) -> Block:
    """`action`: `remove`, `forget` or `rollback`."""
    yes, no = _SAID[action]
    return actions(
        button(strings(yes), CONFIRMED, request_id, "danger"),
        button(strings(no), CALLED_OFF, request_id),
    )


def confirmed_wish(click: Request, intake: Intake, audit: AuditTrail, strings: Strings) -> Wish | Decided:
    """What was asked for, read from the request that asked and not from the button; or why it is not confirmed."""
    asked = intake.find(click.text)
    if asked is None or asked.request.kind not in ("admin", "home"):
        return _refused(click, Wish("remove"), "nothing was asked", audit, strings("admin.somebody_else"))
    wanted = wish(asked.request.text)
    if asked.request.user != click.user or wanted.action not in _SAID:
        return _refused(click, wanted, "confirmed by somebody else", audit, strings("admin.somebody_else"))
    if datetime.now(UTC) - asked.received_at > CONFIRM_WITHIN:
        return _refused(click, wanted, "confirmed too late", audit, strings("admin.too_late"))
    return wanted


def _refused(click: Request, wanted: Wish, reason: str, audit: AuditTrail, told: str) -> Decided:
    audit.note(click, wanted.action, "refused", object=wanted.object or None, reason=reason)
    return Decided(told, "refused")
