"""Bringing a reply to where it belongs: the conversation, the eyes of one person, or the place of an earlier message."""

from __future__ import annotations

from contextlib import suppress

import structlog

from bot.slack.blocks import Part
from bot.slack.conversations import answer_id
from bot.slack.intake import Intake, Kept
from bot.slack.language import Strings
from bot.slack.plan import is_plan_of
from bot.slack.posting import Slack, TokenLost, Undeliverable
from bot.slack.render import text_parts
from bot.slack.request import Request

_log = structlog.get_logger("footnote.slack")


class Replies:
    def __init__(self, slack: Slack, intake: Intake) -> None:
        self._slack = slack
        self._intake = intake

    def deliver(self, kept: Kept, request: Request, parts: list[Part], *, look: bool, strings: Strings) -> str | None:
        """Deliver all parts once; returns the timestamp of the first where it is a message with one.

        With `look`, an earlier attempt may have delivered some already. What the conversation does not take goes to the
        person directly. Raises Undeliverable when that fails too.
        """
        try:
            if request.response_url:
                again = text_parts(strings("error.interrupted")) if look else []
                replace = kept.request.id.startswith(("retry:", "remove:"))
                thread_ts = request.thread_ts if request.kind == "human" else None  # where the button is
                self._privately(request.response_url, [*again, *parts], replace=replace, thread_ts=thread_ts)
                return None
            return self._openly(kept, request, parts, look=look)
        except TokenLost:
            raise
        except Undeliverable as error:
            _log.warning("reply_goes_direct", id=request.id, error=str(error))
            return self._directly(kept, request, parts)

    def _openly(self, kept: Kept, request: Request, parts: list[Part], *, look: bool) -> str:
        first = self._in_place(kept, request, parts[0], look=look) or self._post(
            kept, request, request.channel, request.thread_ts, 0, parts[0], look=look
        )
        earlier = self.sent(request, first)[1:] if request.first else []
        for n, part in enumerate(parts[1:], 1):
            if n <= len(earlier):
                self._slack.update(request.channel, earlier[n - 1], part)
            else:
                self._post(kept, request, request.channel, request.thread_ts, n, part, look=look)
        for ts in earlier[len(parts) - 1 :]:
            self._slack.delete(request.channel, ts)
        return first

    def _in_place(self, kept: Kept, request: Request, part: Part, *, look: bool) -> str | None:
        """Put it in the place of an earlier message of ours, if there is one."""
        if request.replaces:
            self._slack.update(request.channel, request.replaces, part)
            return request.replaces
        half_written = self._half_written(kept, request, look=look)
        if half_written:
            try:
                self._slack.update(request.channel, half_written, part, mark(request, 0))
            except TokenLost:
                raise
            except Undeliverable as error:  # somebody deleted it
                _log.warning("stream_not_replaced", id=request.id, error=str(error))
                return None
        return half_written

    def take_back(self, kept: Kept, request: Request) -> None:
        """Delete what was streamed of a reply that nobody is to get."""
        half_written = self._half_written(kept, request, look=False)
        if half_written:
            with suppress(Undeliverable):
                self._slack.delete(request.channel, half_written)

    def _half_written(self, kept: Kept, request: Request, *, look: bool) -> str | None:
        """The message this reply was being streamed into, no longer streaming. `look`: whether or not we have noted one."""
        now = self._intake.find(kept.request.id)
        if now is None or (now.stream_ts is None and not (look and request.thread_ts)):
            return None
        plan = answer_id(kept.request.id)
        ts = now.stream_ts or self._slack.find(
            request.channel, request.thread_ts, lambda message: is_plan_of(plan, message), request.message_ts
        )
        if ts:
            self._slack.end_stream(request.channel, ts)
        return ts

    def sent(self, request: Request, first: str | None) -> list[str]:
        """The timestamps of the messages of a reply whose first is known; those after it are found by their marks."""
        found = [first] if first else []
        while found and (
            ts := self._slack.posted(request.channel, request.thread_ts, mark(request, len(found)), found[0])
        ):
            found.append(ts)
        return found

    def _privately(self, url: str, parts: list[Part], *, replace: bool, thread_ts: str | None) -> None:
        """Nobody can look up what only one person sees: after an interruption the reply is sent again, and says so."""
        for n, part in enumerate(parts):
            self._slack.respond(url, part, replace=replace and n == 0, thread_ts=thread_ts)

    def _directly(self, kept: Kept, request: Request, parts: list[Part]) -> str:
        channel = self._slack.direct(request.user)
        sent = [self._post(kept, request, channel, None, n, part, look=True) for n, part in enumerate(parts)]
        return sent[0]

    def _post(
        self, kept: Kept, request: Request, channel: str, thread: str | None, n: int, part: Part, *, look: bool
    ) -> str:
        since = request.message_ts or f"{kept.received_at.timestamp() - 60:.6f}"
        return self._slack.post(channel, thread, part, mark(request, n), since=since, look=look)


def mark(request: Request, n: int) -> dict[str, str | int]:
    """What makes part `n` of the reply to a request recognisable."""
    return {"request": request.first or request.id, "part": n}
