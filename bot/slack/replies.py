"""Bringing a reply to where it belongs: the conversation, the eyes of one person, or the place of an earlier message."""

from __future__ import annotations

import structlog

from bot.slack.blocks import Part
from bot.slack.intake import Kept
from bot.slack.language import Strings
from bot.slack.posting import Slack, TokenLost, Undeliverable
from bot.slack.render import text_parts
from bot.slack.request import Request

_log = structlog.get_logger("footnote.slack")


class Replies:
    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    def deliver(self, kept: Kept, request: Request, parts: list[Part], *, look: bool, strings: Strings) -> str | None:
        """Deliver all parts once; returns the timestamp of the first where it is a message with one.

        With `look`, an earlier attempt may have delivered some already. What the conversation does not take goes to the
        person directly. Raises Undeliverable when that fails too.
        """
        try:
            if request.response_url:
                again = text_parts(strings("error.interrupted")) if look else []
                replace = kept.request.id.startswith(("retry:", "remove:"))
                self._privately(request.response_url, [*again, *parts], replace=replace)
                return None
            return self._openly(kept, request, parts, look=look)
        except TokenLost:
            raise
        except Undeliverable as error:
            _log.warning("reply_goes_direct", id=request.id, error=str(error))
            return self._directly(kept, request, parts)

    def _openly(self, kept: Kept, request: Request, parts: list[Part], *, look: bool) -> str:
        if request.replaces:
            self._slack.update(request.channel, request.replaces, parts[0])
            first = request.replaces
        else:
            first = self._post(kept, request, request.channel, request.thread_ts, 0, parts[0], look=look)
        for n, part in enumerate(parts[1:], 1):
            self._post(kept, request, request.channel, request.thread_ts, n, part, look=look)
        return first

    def _privately(self, url: str, parts: list[Part], *, replace: bool) -> None:
        """Nobody can look up what only one person sees: after an interruption the reply is sent again, and says so."""
        for n, part in enumerate(parts):
            self._slack.respond(url, part, replace=replace and n == 0)

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
    return {"request": request.id, "part": n}
