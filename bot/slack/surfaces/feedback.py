"""The thumbs under an answer: up is one click, down asks why and tells the administrators."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, cast, get_args

import structlog
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.slack.asides import aside
from bot.slack.blocks import Block, plain_text, rich_line, words
from bot.slack.conversations import Conversations, Given
from bot.slack.language import Strings
from bot.slack.opinions import Opinions, Reason
from bot.slack.payloads import channel_of, held, trigger_of, user_of, value_of
from bot.slack.references import place_of
from bot.slack.surface import FEEDBACK_REASON
from bot.slack.voice import Voice
from bot.slack.windows import window

LONGEST_COMMENT = 1000
"""Characters."""

_log = structlog.get_logger("footnote.slack")


class Feedback:
    def __init__(self, conversations: Conversations, opinions: Opinions, voice: Voice) -> None:
        self._conversations = conversations
        self._opinions = opinions
        self._voice = voice

    async def vote(self, args: AsyncArgs) -> None:
        """Keep the vote at once; one against the answer opens the window that asks why."""
        vote, _, id = value_of(args.body).partition(":")
        user, channel = user_of(args.body), channel_of(args.body)
        try:
            given = await asyncio.to_thread(self._keep, id, user, channel, vote)
            _log.info("vote", answer=id, user=user, vote=vote, kept=given is not None)
            if given is None:
                return
            strings = await asyncio.to_thread(self._voice.of_person, user)
            if vote == "down":
                await args.client.views_open(trigger_id=trigger_of(args.body), view=reason_window(id, strings))
            else:
                await aside(args.client, channel, user, strings("feedback.thanks"), _thread(given, channel))
        except Exception as error:  # the edge of a listener
            _log.error("vote_failed", answer=id, place=place_of(error))

    async def explain(self, args: AsyncArgs) -> None:
        """Keep the reason. Whose vote it belongs to is the person who sends it, whatever the window says."""
        id, user = str(args.body["view"].get("private_metadata") or ""), user_of(args.body)
        reason, comment = explained(args.body)
        try:
            kept = await asyncio.to_thread(self._opinions.explain, id, user, reason, comment)
            given = await asyncio.to_thread(self._conversations.find, id) if kept else None
            strings = await asyncio.to_thread(self._voice.of_person, user)
            if given is None:
                await aside(args.client, "", user, strings("quotes.forgotten"))
            else:
                text = strings("feedback.thanks_for_reason")
                await aside(args.client, given.channel, user, text, _thread(given, given.channel))
        except Exception as error:  # the edge of a listener
            _log.error("reason_failed", answer=id, place=place_of(error))

    def _keep(self, id: str, user: str, channel: str, vote: str) -> Given | None:
        given = self._conversations.find(id)
        if given is None or not given.is_open_to(user, channel) or vote not in ("up", "down"):
            return None
        self._opinions.vote(id, user, "up" if vote == "up" else "down")
        return given


def reason_window(id: str, strings: Strings) -> dict[str, Any]:
    options = [_option(reason, strings) for reason in get_args(Reason)]
    choice = {"type": "radio_buttons", "action_id": "reason", "options": options}
    comment = {
        "type": "plain_text_input",
        "action_id": "comment",
        "multiline": True,
        "max_length": LONGEST_COMMENT,
    }
    return window(
        strings("feedback.title"),
        [
            rich_line(words(strings("feedback.who_sees_it"))),
            _field("reason", strings("feedback.reason"), choice, optional=False),
            _field("comment", strings("feedback.comment"), comment, optional=True),
        ],
        strings,
        callback_id=FEEDBACK_REASON,
        private_metadata=id,
        submit=plain_text(strings("feedback.send")),
    )


def explained(body: Mapping[str, Any]) -> tuple[Reason | None, str]:
    """The reason and the comment of the submitted window; no reason where it is none of ours."""
    chosen = (held(body, "reason").get("selected_option") or {}).get("value")
    comment = str(held(body, "comment").get("value") or "")[:LONGEST_COMMENT].strip()
    return (cast(Reason, chosen) if chosen in get_args(Reason) else None), comment


def _field(block: str, label: str, element: Block, *, optional: bool) -> Block:
    return {"type": "input", "block_id": block, "label": plain_text(label), "element": element, "optional": optional}


def _option(reason: str, strings: Strings) -> Block:
    return {"text": plain_text(strings(f"feedback.because.{reason}")), "value": reason}


def _thread(given: Given, channel: str) -> str | None:
    return given.thread_ts if channel == given.channel else None
