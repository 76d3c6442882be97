"""A quiet word to one person: where they are, seen by nobody else; directly where Slack does not take it there."""

from __future__ import annotations

from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.render import text_parts


async def aside(client: AsyncWebClient, channel: str, user: str, text: str, thread_ts: str | None = None) -> None:
    """Raises SlackApiError when it can be said nowhere."""
    for part in text_parts(text):
        said: dict[str, Any] = {"text": part.text, "blocks": list(part.blocks)}
        try:
            if channel and not channel.startswith("D"):
                await client.chat_postEphemeral(channel=channel, user=user, thread_ts=thread_ts, **said)
                continue
        except SlackApiError:  # we are not in that channel
            pass
        await client.chat_postMessage(channel=user, unfurl_links=False, unfurl_media=False, **said)
