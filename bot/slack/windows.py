"""Windows (modals): opened at once, because a trigger lives three seconds, then filled with what takes longer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.blocks import Block, plain_text, rich_line, words
from bot.slack.language import Strings
from bot.slack.references import place_of, reference_of

MOST_BLOCKS = 98
"""Of a window; Slack takes 100."""
LONGEST_TITLE = 24
"""Characters of a window's title, and of the labels of its own buttons."""

_log = structlog.get_logger("footnote.slack")


def window(title: str, blocks: list[Block], strings: Strings, **more: Any) -> dict[str, Any]:
    """`more`: callback_id, private_metadata, submit and the like, as Slack names them."""
    close = plain_text(strings("window.close"))
    return {"type": "modal", "title": plain_text(title), "close": close, "blocks": blocks, **more}


def message_window(title: str, text: str, strings: Strings) -> dict[str, Any]:
    return window(title, [rich_line(words(text))], strings)


async def open_and_fill(
    client: AsyncWebClient,
    trigger: str,
    waiting: dict[str, Any],
    fill: Callable[[], dict[str, Any]],
    failed: Callable[[str], dict[str, Any]],
    name: str,
    *,
    on_top: bool = False,
) -> None:
    """Open `waiting`, then put what `fill` makes (in a thread) in its place; `failed(reference)` where it raises.

    `on_top`: over the window in which was clicked, which stays; Slack takes three at most. `name` says in the log and in the
    reference which window it was. Never raises.
    """
    try:
        show = client.views_push if on_top else client.views_open
        opened = await show(trigger_id=trigger, view=waiting)
        try:
            view = await asyncio.to_thread(fill)
        except Exception as error:  # the edge of a listener
            reference = reference_of(name)
            _log.error("window_failed", window=name, reference=reference, place=place_of(error))
            view = failed(reference)
        await client.views_update(view_id=opened["view"]["id"], view=view)
    except Exception as error:  # the edge of a listener: Slack refused the window
        _log.error("window_refused", window=name, place=place_of(error))
