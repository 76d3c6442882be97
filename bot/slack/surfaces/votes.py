"""The thumbs under an answer."""

from __future__ import annotations

import asyncio

import structlog
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.slack.conversations import Conversations
from bot.slack.payloads import channel_of, user_of, value_of
from bot.slack.references import place_of

_log = structlog.get_logger("footnote.slack")


class Votes:
    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations

    async def vote(self, args: AsyncArgs) -> None:
        vote, _, id = value_of(args.body).partition(":")
        user, channel = user_of(args.body), channel_of(args.body)
        try:
            known = await asyncio.to_thread(self._keep, id, user, channel, vote)
            _log.info("vote", answer=id, user=user, vote=vote, kept=known)
        except Exception as error:  # the edge of a listener
            _log.error("vote_failed", answer=id, place=place_of(error))

    def _keep(self, id: str, user: str, channel: str, vote: str) -> bool:
        given = self._conversations.find(id)
        if given is None or not given.is_open_to(user, channel) or vote not in ("up", "down"):
            return False
        self._conversations.vote(id, user, "up" if vote == "up" else "down")
        return True
