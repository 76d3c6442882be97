"""What comes in from Slack: read it, see whether it is for us, keep it, acknowledge it, and only then begin the work.

Asynchronous throughout; whatever could block runs in a thread.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from sqlalchemy.exc import SQLAlchemyError

from bot.slack.admin import REMOVE_CANCELLED
from bot.slack.conversations import Conversations
from bot.slack.desk import Desk
from bot.slack.failpoints import Failpoint
from bot.slack.intake import Intake
from bot.slack.metrics import Metrics
from bot.slack.references import place_of
from bot.slack.render import FEEDBACK, SHOW_QUOTES
from bot.slack.request import ASK_ABOUT_MESSAGE, Heard, heard, is_well_formed

_KEPT = "footnote_kept"
"""The key in Bolt's context under which the id of a fresh request stands."""

_log = structlog.get_logger("footnote.slack")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are in this workspace: what auth.test says."""

    team: str
    bot_user: str


class Door:
    def __init__(
        self,
        app: AsyncApp,
        intake: Intake,
        conversations: Conversations,
        desk: Desk,
        begin: Callable[[str], None],
        metrics: Metrics,
        failpoint: Failpoint,
    ) -> None:
        self._app = app
        self._intake = intake
        self._conversations = conversations
        self._begin = begin
        self._metrics = metrics
        self._failpoint = failpoint
        self._entering = 0
        self.identity = Identity("", "")
        app.use(self._keep)
        _listen(app, desk)

    @property
    def is_empty(self) -> bool:
        """Whether everything that came in has been acknowledged."""
        return self._entering == 0

    async def enter(
        self,
        body: str | dict[str, Any],
        headers: Mapping[str, str],
        acknowledge: Callable[[BoltResponse], Awaitable[None]],
        *,
        is_socket: bool = False,
    ) -> None:
        """Take one delivery in. What is kept is begun even if its acknowledgement gets lost: a redelivery is a duplicate."""
        self._entering += 1
        try:
            mode = "socket_mode" if is_socket else "http"
            request = AsyncBoltRequest(body=body, headers=dict(headers), mode=mode)
            response = await self._app.async_dispatch(request)
            try:
                await acknowledge(response)
            finally:
                kept = request.context.get(_KEPT)
                if kept:
                    self._failpoint("after-ack")
                    self._begin(kept)
        finally:
            self._entering -= 1

    async def _keep(
        self, body: dict[str, Any], context: AsyncBoltContext, next: Callable[[], Awaitable[Any]]
    ) -> BoltResponse | None:
        """Bolt's global middleware. What cannot be kept is not acknowledged, so Slack sends it again."""
        what = heard(body, self.identity.team, self.identity.bot_user) if is_well_formed(body) else None
        try:
            if what is None or not await asyncio.to_thread(self._is_ours, what):
                self._metrics.ignored.inc()
            elif await asyncio.wrap_future(self._intake.claim(what.request)):
                self._metrics.received.labels(what.request.kind).inc()
                context[_KEPT] = what.request.id
            else:
                self._metrics.duplicates.inc()
        except SQLAlchemyError as error:
            _log.error("not_kept", id=what.request.id if what else None, place=place_of(error))
            return BoltResponse(status=503, body="")
        await next()
        return None

    def _is_ours(self, what: Heard) -> bool:
        request = what.request
        if what.condition == "our thread":
            return self._conversations.is_ours(request.team, request.channel, request.thread_ts or "")
        if what.condition == "known message":
            return self._intake.find_message(request.team, request.channel, request.text) is not None
        return True


def _listen(app: AsyncApp, desk: Desk) -> None:
    """Acknowledge everything; what nobody acknowledges, Slack sends again or shows as an error."""
    anything = re.compile(".*")
    # `ack` apart from the work: Bolt loses an acknowledgement when its listener raises soon after.
    app.action(SHOW_QUOTES)(ack=_acknowledge, lazy=[desk.show_quotes])
    app.action(FEEDBACK)(ack=_acknowledge, lazy=[desk.vote])
    app.action(REMOVE_CANCELLED)(ack=_acknowledge, lazy=[desk.keep_source])
    app.action(anything)(_acknowledge)
    app.shortcut(ASK_ABOUT_MESSAGE)(_acknowledge)
    app.shortcut(anything)(ack=_acknowledge, lazy=[desk.unknown_shortcut])
    app.command(anything)(_acknowledge)
    app.view(anything)(_acknowledge)
    app.view_closed(anything)(_acknowledge)
    app.event(anything)(_acknowledge)


async def _acknowledge(ack: AsyncAck) -> None:
    await ack()
