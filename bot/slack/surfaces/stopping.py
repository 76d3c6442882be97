"""The Stop button Slack shows while an answer is made."""

from __future__ import annotations

import asyncio

import structlog
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.slack.intake import Intake
from bot.slack.listeners import Listen
from bot.slack.references import place_of
from bot.slack.stops import Stops

_log = structlog.get_logger("footnote.slack")


class Stopping:
    def __init__(self, intake: Intake, stops: Stops) -> None:
        self._intake = intake
        self._stops = stops

    @property
    def events(self) -> dict[str, Listen]:
        """Slack tells of one click by either, or by both."""
        return dict.fromkeys(("agent_session_stopped", "message_stream_stopped"), self.stop)

    async def stop(self, args: AsyncArgs) -> None:
        event = args.body.get("event") or {}
        where = (str(event.get("channel") or ""), str(event.get("thread_ts") or ""))
        try:
            stopped = await asyncio.to_thread(self._stop, *where, str(event.get("user") or ""))
            _log.info("stopped_by_user", channel=where[0], requests=stopped)
        except Exception as error:  # the edge of a listener
            _log.error("stop_failed", channel=where[0], place=place_of(error))

    def _stop(self, channel: str, thread_ts: str, user: str) -> list[str]:
        """Noted before it is told, so that work which begins only now sees it too."""
        ids = self._intake.note_stop(channel, thread_ts, user)
        self._stops.press(ids)
        return ids
