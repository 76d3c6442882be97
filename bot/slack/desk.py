"""Buttons that need no durable work: votes, the quotes behind an answer, a removal that is called off."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.audience import People, reader_scopes
from bot.slack.conversations import Conversations, Given
from bot.slack.library import Library
from bot.slack.references import place_of, reference_of
from bot.slack.views import cited, message_view, quotes_view

_FORGOTTEN = "I do not have that answer any more."

_log = structlog.get_logger("footnote.slack")


class Desk:
    def __init__(self, conversations: Conversations, library: Library, people: People, admins: frozenset[str]) -> None:
        self._conversations = conversations
        self._library = library
        self._people = people
        self._admins = admins

    async def vote(self, body: dict[str, Any]) -> None:
        vote, _, id = str(_action(body).get("value") or "").partition(":")
        user, channel = body["user"]["id"], _channel(body)
        try:
            known = await asyncio.to_thread(self._vote, id, user, channel, vote)
            _log.info("vote", answer=id, user=user, vote=vote, kept=known)
        except Exception as error:  # the edge of a listener
            _log.error("vote_failed", answer=id, place=place_of(error))

    def _vote(self, id: str, user: str, channel: str, vote: str) -> bool:
        given = self._conversations.find(id)
        if given is None or not _is_here(given, channel) or vote not in ("up", "down"):
            return False
        self._conversations.vote(id, user, "up" if vote == "up" else "down")
        return True

    async def show_quotes(self, body: dict[str, Any], client: AsyncWebClient) -> None:
        """Open at once, for a trigger lives three seconds; then fill in what this person may read now."""
        id, user = str(_action(body).get("value") or ""), body["user"]["id"]
        try:
            opened = await client.views_open(
                trigger_id=body["trigger_id"], view=message_view("Looking up the passages…")
            )
            try:
                view = await asyncio.to_thread(self._quotes, id, user, _channel(body))
            except Exception as error:  # the edge of a listener
                reference = reference_of(f"quotes:{id}:{user}")
                _log.error("quotes_failed", answer=id, reference=reference, place=place_of(error))
                view = message_view(f"The passages could not be read; it is noted under the reference {reference}.")
            await client.views_update(view_id=opened["view"]["id"], view=view)
        except Exception as error:  # the edge of a listener: Slack refused the window
            _log.error("window_refused", answer=id, place=place_of(error))

    def _quotes(self, id: str, user: str, channel: str) -> dict[str, Any]:
        given = self._conversations.find(id)
        if given is None or not _is_here(given, channel):
            return message_view(_FORGOTTEN)
        readable = reader_scopes(self._people.find(user), channel, self._admins)
        contexts = {
            each.n: self._library.passage_around(each.version, each.start, each.end, readable)
            for each in cited(given.answer)
        }
        return quotes_view(given.answer, contexts)

    async def keep_source(self, respond: AsyncRespond) -> None:
        try:
            await respond(text="Nothing was removed.", replace_original=True)
        except Exception as error:  # the edge of a listener
            _log.error("reply_refused", place=place_of(error))

    async def unknown_shortcut(self, respond: AsyncRespond) -> None:
        try:
            await respond(text="I cannot do that yet. “Ask about this” and /ask I can.", response_type="ephemeral")
        except Exception as error:  # the edge of a listener
            _log.error("reply_refused", place=place_of(error))


def _is_here(given: Given, channel: str) -> bool:
    """A button is believed only in the conversation its answer was given in, or in a direct one it was sent on to."""
    return given.channel == channel or channel.startswith("D")


def _action(body: Mapping[str, Any]) -> Mapping[str, Any]:
    action: Mapping[str, Any] = (body.get("actions") or [{}])[0]
    chosen = action.get("selected_option")
    return action if action.get("value") or not isinstance(chosen, Mapping) else chosen


def _channel(body: Mapping[str, Any]) -> str:
    return str((body.get("channel") or {}).get("id") or (body.get("container") or {}).get("channel_id") or "")
