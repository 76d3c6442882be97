"""What comes in from Slack: read it, see whether it is for us, keep it, acknowledge it, and only then begin the work.

Asynchronous throughout; whatever could block runs in a thread.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.kwargs_injection.async_args import AsyncArgs
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from sqlalchemy.exc import SQLAlchemyError

from bot.slack.asking import asks
from bot.slack.channels import Channels
from bot.slack.conversations import Conversations
from bot.slack.failpoints import Failpoint
from bot.slack.intake import Intake
from bot.slack.listeners import Gatekeeper, Listen, Listeners, Submission
from bot.slack.metrics import Metrics
from bot.slack.payloads import acted
from bot.slack.references import place_of
from bot.slack.request import Heard, Request, first_word, heard
from bot.slack.surface import ACTIONS, MENU, SHORTCUTS, VIEWS, WINDOWS, Window

ASKED = ("question", "unasked")
"""Kinds of requests that an edit of their message makes anew."""

_log = structlog.get_logger("footnote.slack")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are in this workspace: what auth.test says."""

    team: str
    bot_user: str
    url: str = ""
    """The workspace's own address, where the links of its messages begin."""
    team_name: str = ""


class Door:
    def __init__(
        self,
        app: AsyncApp,
        intake: Intake,
        conversations: Conversations,
        channels: Channels,
        listeners: Listeners,
        gatekeeper: Gatekeeper,
        begin: Callable[[str], None],
        metrics: Metrics,
        failpoint: Failpoint,
    ) -> None:
        self._app = app
        self._intake = intake
        self._conversations = conversations
        self._channels = channels
        self._begin = begin
        self._metrics = metrics
        self._failpoint = failpoint
        self._listened_events = frozenset(listeners.events)
        self._entering = 0
        self.identity = Identity("", "")
        self.listened = _listen(app, listeners, gatekeeper)
        """The names of `surface.py` that have a listener of their own."""

    @property
    def is_empty(self) -> bool:
        """Whether everything that came in has been acknowledged."""
        return self._entering == 0

    async def enter(
        self,
        payload: dict[str, Any],
        headers: Mapping[str, str],
        acknowledge: Callable[[BoltResponse], Awaitable[None]],
        *,
        raw: str | None = None,
    ) -> None:
        """Take one delivery in, well-formed and known to be Slack's; `raw` is its body where it came by HTTP.

        What is kept is begun even if its acknowledgement gets lost: a redelivery is a duplicate. What cannot be kept is not
        acknowledged, so Slack sends it again.
        """
        self._entering += 1
        try:
            try:
                kept = await self._keep(payload)
            except SQLAlchemyError as error:
                _log.error("not_kept", type=payload.get("type"), place=place_of(error))
                await acknowledge(BoltResponse(status=503, body=""))
                return
            try:
                await acknowledge(await self._heard(payload, headers, raw))
            finally:
                if kept:
                    self._failpoint("after-ack")
                    self._begin(kept)
        finally:
            self._entering -= 1

    async def _keep(self, payload: dict[str, Any]) -> str | None:
        """The id of the request that this is, where it is one and was not kept before."""
        what = heard(payload, self.identity.team, self.identity.bot_user)
        request = what.request if what else None
        if what and what.condition != "none":
            request = await asyncio.to_thread(self._ours, what)
        if request is None:
            self._metrics.ignored.inc()
        elif await asyncio.wrap_future(self._intake.claim(request)):
            self._metrics.received.labels(request.kind).inc()
            return request.id
        else:
            self._metrics.duplicates.inc()
        return None

    async def _heard(self, payload: dict[str, Any], headers: Mapping[str, str], raw: str | None) -> BoltResponse:
        """What Bolt's listeners answer. Events that none of them waits for it is not asked about: it would take longer
        over each than all the rest of taking it in."""
        event = payload.get("event") or {}
        if payload.get("type") == "event_callback" and event.get("type") not in self._listened_events:
            return BoltResponse(status=200, body="")
        mode = "socket_mode" if raw is None else "http"
        body = payload if raw is None else raw
        return await self._app.async_dispatch(AsyncBoltRequest(body=body, headers=dict(headers), mode=mode))

    def _ours(self, what: Heard) -> Request | None:
        """What is to be done; None where it is nothing to us."""
        if not self._holds(what):
            return what.otherwise
        if what.condition == "our thread" and what.request.kind == "question" and self._began_unasked(what.request):
            # People go on talking to each other in a thread that we joined without being asked.
            return replace(what.request, kind="unasked") if asks(what.request.text) else None
        return what.request

    def _began_unasked(self, request: Request) -> bool:
        root = self._intake.find_message(request.team, request.channel, request.thread_ts or "")
        return root is not None and root.request.kind == "unasked"

    def _holds(self, what: Heard) -> bool:
        request = what.request
        if what.condition == "known question":
            asked = self._intake.find_message(request.team, request.channel, request.edits or "")
            return asked is not None and asked.request.user == request.user and asked.request.kind in ASKED
        if what.condition == "answers unasked":
            return self._channels.answers_unasked(request.team, request.channel)
        if what.condition == "our thread":
            return self._conversations.is_ours(request.team, request.channel, request.thread_ts or "")
        if what.condition == "known message":
            known = self._intake.find_message(request.team, request.channel, request.text)
            return known is not None or bool(self._conversations.thread_scopes(request.channel, request.text))
        return True


def _listen(app: AsyncApp, listeners: Listeners, gatekeeper: Gatekeeper) -> frozenset[str]:
    """Acknowledge everything, for what nobody acknowledges, Slack sends again or shows as an error. Returns the names heard.

    What is declared in `surface.py` and not kept durably must have its listener: KeyError where it is missing.
    """
    anything = re.compile(".*")
    heard: set[str] = set()
    # `ack` apart from the work: Bolt loses an acknowledgement when its listener raises soon after.
    guarded = {
        action.action_id: gatekeeper.guarded(action.action_id, action.role, listeners.actions[action.action_id])
        for action in ACTIONS
        if action.kind is None
    }
    for name, listen in guarded.items():
        app.action(name)(ack=_acknowledge, lazy=[listen])
        heard.add(name)
    app.action(MENU)(ack=_acknowledge, lazy=[_chosen(guarded)])
    for shortcut in SHORTCUTS:
        name, listens = shortcut.callback_id, shortcut.kind is None
        lazy = [gatekeeper.guarded(name, shortcut.role, listeners.shortcuts[name])] if listens else []
        app.shortcut(name)(ack=_acknowledge, lazy=lazy)
        heard.add(name)
    for view in VIEWS:
        submission = listeners.views[view.callback_id]
        listen = gatekeeper.guarded(view.callback_id, view.role, submission.listen)
        app.view(view.callback_id)(ack=_checking(submission), lazy=[_unless_wrong(submission, listen)])
        heard.add(view.callback_id)
    for event, listen in listeners.events.items():
        app.event(event)(ack=_acknowledge, lazy=[listen])
        heard.add(event)
    for each in WINDOWS:
        name = f"{each.command} {each.word}"
        listen = gatekeeper.guarded(name, each.role, listeners.windows[name])
        app.command(each.command, matchers=[_says(each)])(ack=_acknowledge, lazy=[listen])
    app.action(anything)(_acknowledge)
    app.shortcut(anything)(ack=_acknowledge, lazy=[gatekeeper.unknown])
    app.command(anything)(_acknowledge)
    app.view(anything)(_acknowledge)
    app.view_closed(anything)(_acknowledge)
    app.event(anything)(_acknowledge)
    return frozenset(heard)


def _says(window: Window) -> Callable[..., Awaitable[bool]]:
    async def is_said(body: dict[str, Any]) -> bool:
        return first_word(body) == window.word

    return is_said


async def _acknowledge(ack: AsyncAck) -> None:
    await ack()


def _chosen(listeners: Mapping[str, Listen]) -> Listen:
    """The listener of what was chosen in an answer's menu; what has none is kept durably, or is nothing."""

    async def run(args: AsyncArgs) -> None:
        listen = listeners.get(acted(args.body)[0])
        if listen:
            await listen(args)

    return run


def _checking(submission: Submission) -> Callable[..., Awaitable[None]]:
    async def acknowledge(ack: AsyncAck, body: dict[str, Any]) -> None:
        errors = submission.errors(body)
        await (ack(response_action="errors", errors=dict(errors)) if errors else ack())

    return acknowledge


def _unless_wrong(submission: Submission, listen: Listen) -> Listen:
    async def run(args: AsyncArgs) -> None:
        if not submission.errors(args.body):
            await listen(args)

    return run
