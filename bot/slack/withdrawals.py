"""Messages of ours that hold what was forgotten are deleted in Slack, whoever forgot it and wherever."""

from __future__ import annotations

import structlog

from bot.slack.library import Library
from bot.slack.posting import Slack, TokenLost, Undeliverable
from bot.slack.replies import Replies
from bot.slack.request import Request
from vectorstore.erasure import Posted

_log = structlog.get_logger("footnote.slack")


class Withdrawals:
    def __init__(self, library: Library, slack: Slack, replies: Replies) -> None:
        self._library = library
        self._slack = slack
        self._replies = replies

    def run(self) -> int:
        """Delete what is still to be deleted; returns how many messages that were. Raises TokenLost."""
        return sum(self._delete(message) for message in self._library.withdrawals())

    def _delete(self, message: Posted) -> int:
        deleted = 0
        try:
            for ts in self._parts(message):
                self._slack.delete(message.channel, ts)
                deleted += 1
        except TokenLost:
            raise
        except Undeliverable as error:  # deleted already, or in a channel that is archived: nothing is owed
            _log.warning("not_withdrawn", channel=message.channel, ts=message.message_ts, error=str(error))
        self._library.withdrawn(message)
        return deleted

    def _parts(self, message: Posted) -> list[str]:
        """A long reply is several messages."""
        if message.request is None:
            return [message.message_ts]
        reply = Request(message.request, "question", message.team, message.channel, "", "", thread_ts=message.thread_ts)
        return self._replies.sent(reply, message.message_ts)
