"""A message that is shown while it is written: chat.startStream, appendStream, stopStream and their limits.

Slack ends a streamed message after about five minutes and at about 12,000 characters, takes some twenty starts and a hundred
appends a minute, and lets the person stop it. So nothing here is relied on: whoever streams keeps the whole answer, and puts
it in the message's place where a stream does not end as it should.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from bot.slack.allowance import Allowance
from bot.slack.blocks import Block
from bot.slack.plan import Chunk
from bot.slack.posting import NotNow, OutcomeUnknown, Slack, Undeliverable, metadata_of
from bot.slack.request import Request

STARTS_A_MINUTE = 20
APPENDS_A_MINUTE = 100
LONGEST_STREAM = 11_000
"""Characters of one streamed message; Slack takes about 12,000."""

_log = structlog.get_logger("footnote.slack")


class NotStarted(Exception):
    """No message is there, and none will be. The text is Slack's reason."""


@dataclass(slots=True)
class Stream:
    """One streamed message, and what is to be added to it."""

    channel: str
    ts: str
    length: int = 0
    """Characters of text that are in it or wait."""
    waiting: list[Chunk] = field(default_factory=list)
    is_open: bool = True
    """Whether it holds all it was given so far, and can hold more."""
    was_stopped: bool = False
    """The person pressed Stop."""

    def add(self, chunks: Sequence[Chunk], text: str = "") -> None:
        """What does not fit any more closes it."""
        self.length += len(text)
        self.is_open = self.is_open and self.length <= LONGEST_STREAM
        self.waiting += [*chunks, *([{"type": "markdown_text", "text": text}] if text else [])]

    def failed(self, error: Undeliverable | OutcomeUnknown) -> None:
        """After an unknown outcome a text may be in it or not: it is no longer what it should be."""
        self.is_open = False
        self.was_stopped = self.was_stopped or str(error) == "stopped_by_user"
        _log.info("stream_closed", error=str(error))


class Streaming:
    """The streams of a workspace, within what it allows to all of them together."""

    def __init__(self, slack: Slack, starts: Allowance | None = None, appends: Allowance | None = None) -> None:
        self._slack = slack
        self._starts = starts or Allowance(STARTS_A_MINUTE)
        self._appends = appends or Allowance(APPENDS_A_MINUTE)

    def may_start(self) -> bool:
        """Whether one start is free; then it is taken."""
        return self._starts.take()

    def start(self, request: Request, chunks: Sequence[Chunk]) -> Stream:
        """Raises NotStarted, or OutcomeUnknown where a message may be there."""
        arguments = {
            "channel": request.channel,
            "thread_ts": request.thread_ts,
            "recipient_team_id": request.team,
            "recipient_user_id": request.user,
            "task_display_mode": "plan",
            "is_stoppable": True,
            "chunks": list(chunks),
        }
        try:
            return Stream(request.channel, str(self._started(arguments)["ts"]))
        except NotNow as error:
            self._starts.rest(error.seconds)
            raise NotStarted("ratelimited") from error
        except Undeliverable as error:
            raise NotStarted(str(error)) from error

    def _started(self, arguments: dict[str, Any]) -> dict[str, Any]:
        try:
            return self._slack.at_once("chat.startStream", arguments)
        except Undeliverable as error:
            if str(error) != "not_subscribed_to_message_stream_stopped":
                raise
            # An app installed from a manifest of before: without its Stop button.
            return self._slack.at_once("chat.startStream", arguments | {"is_stoppable": False})

    def flush(self, stream: Stream) -> None:
        """Show what waits, if there is room for a call now; what cannot be shown now waits on."""
        if not (stream.is_open and stream.waiting and self._appends.take()):
            return
        arguments = {"channel": stream.channel, "ts": stream.ts, "chunks": stream.waiting}
        try:
            self._slack.at_once("chat.appendStream", arguments)
            stream.waiting = []
        except NotNow as error:
            self._appends.rest(error.seconds)
        except (Undeliverable, OutcomeUnknown) as error:
            stream.failed(error)

    def finish(self, stream: Stream, blocks: Sequence[Block], mark: Mapping[str, Any]) -> bool:
        """End it with what waits and `blocks` below; whether the message is now whole."""
        arguments: dict[str, Any] = {"channel": stream.channel, "ts": stream.ts, "blocks": list(blocks)}
        arguments["chunks"] = stream.waiting
        arguments["metadata"] = metadata_of(mark)
        while stream.is_open:
            try:
                self._slack.at_once("chat.stopStream", arguments)
                stream.is_open = False
                return True
            except NotNow as error:
                self._slack.pause(error.seconds)
            except (Undeliverable, OutcomeUnknown) as error:
                stream.failed(error)
        return False
