"""The app's own pane: questions to begin with, and what the person looks at beside it.

`agent_view` tells by `app_home_opened` and `app_context_changed`; apps that were installed with `assistant_view` get the
`assistant_thread_…` events instead. https://docs.slack.dev/ai/migrating-to-agent-messaging/
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Container, Mapping
from typing import Any

import structlog
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.slack.audience import People, reader_scopes
from bot.slack.listeners import Listen
from bot.slack.posting import Slack
from bot.slack.prompts import Prompts
from bot.slack.references import place_of
from bot.slack.viewing import Viewing, channel_viewed
from bot.slack.voice import Voice

_log = structlog.get_logger("footnote.slack")


class Pane:
    def __init__(
        self,
        slack: Slack,
        viewing: Viewing,
        prompts: Prompts,
        people: People,
        voice: Voice,
        admins: Container[str],
        team: Callable[[], str],
    ) -> None:
        self._slack = slack
        self._viewing = viewing
        self._prompts = prompts
        self._people = people
        self._voice = voice
        self._admins = admins
        self._team = team

    @property
    def events(self) -> dict[str, Listen]:
        return {
            "app_home_opened": self.open,
            "app_context_changed": self.turn,
            "assistant_thread_started": self.open_thread,
            "assistant_thread_context_changed": self.turn_thread,
        }

    async def open(self, args: AsyncArgs) -> None:
        """app_home_opened"""
        event = args.body.get("event") or {}
        if event.get("tab") == "messages":
            await self._aside("pane_opened", lambda: self._open(event, event.get("user"), event.get("context"), None))

    async def turn(self, args: AsyncArgs) -> None:
        """app_context_changed"""
        event = args.body.get("event") or {}
        user = event.get("user") or _authorized(args.body)
        await self._aside("pane_turned", lambda: self._look(user, event.get("context")))

    async def open_thread(self, args: AsyncArgs) -> None:
        """assistant_thread_started"""
        thread = _thread(args.body)
        where = {"channel": thread.get("channel_id")}
        await self._aside(
            "pane_opened",
            lambda: self._open(where, thread.get("user_id"), thread.get("context"), thread.get("thread_ts")),
        )

    async def turn_thread(self, args: AsyncArgs) -> None:
        """assistant_thread_context_changed"""
        thread = _thread(args.body)
        await self._aside("pane_turned", lambda: self._look(thread.get("user_id"), thread.get("context")))

    async def _aside(self, what: str, work: Callable[[], None]) -> None:
        try:
            await asyncio.to_thread(work)
        except Exception as error:  # the edge of a listener: the pane works without what could not be prepared
            _log.error("pane_failed", what=what, place=place_of(error))

    def _look(self, user: Any, context: Any) -> None:
        if isinstance(user, str) and user:
            self._viewing.look(self._team(), user, channel_viewed(context, self._team()))

    def _open(self, where: Mapping[str, Any], user: Any, context: Any, thread_ts: Any) -> None:
        channel = where.get("channel")
        if not (isinstance(user, str) and isinstance(channel, str)):
            return
        self._look(user, context)
        person = self._people.find(user)
        if not person.is_member or person.is_bot:
            return
        strings, beside = self._voice.of_person(user), self._viewing.beside(self._team(), user)
        readable = reader_scopes(person, channel, self._admins)
        found = self._prompts.of((*((f"channel:{beside}",) if beside else ()), *readable), strings)
        if found:
            prompts = [{"title": each.question, "message": each.question} for each in found]
            arguments = {"channel_id": channel, "thread_ts": thread_ts, "title": strings("pane.prompts")}
            self._slack.decorate("assistant.threads.setSuggestedPrompts", arguments | {"prompts": prompts})


def _thread(body: Mapping[str, Any]) -> Mapping[str, Any]:
    thread = (body.get("event") or {}).get("assistant_thread")
    return thread if isinstance(thread, Mapping) else {}


def _authorized(body: Mapping[str, Any]) -> str | None:
    """Whose event it is, where the event itself does not say."""
    given = body.get("authorizations")
    people = [each for each in given if isinstance(each, Mapping)] if isinstance(given, list) else []
    return next((str(each["user_id"]) for each in people if each.get("user_id") and not each.get("is_bot")), None)
