"""What a person typed, as Slack sends it: escaped text with tokens, and the `rich_text` block beside it."""

from __future__ import annotations

import re
from typing import Any

TOKEN = re.compile(r"<(?:[@#!][^<>\s]+|(?:https?|mailto):[^<>\s]+?)(?:\|[^<>]*)?>")
_BARE_URL = re.compile(r"(?<![<|\w])https?://[^\s<>|]+[^\s<>|.,;:!?)\]'\"]")
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt);)")
_EMOJI = re.compile(r":([a-z0-9_+'-]+):")


def typed(text: str) -> str:
    """Escape `&`, `<` and `>` and mark bare URLs, leaving tokens such as `<@U…>` and entities as they are."""
    parts: list[str] = []
    end = 0
    for token in TOKEN.finditer(text):
        parts += [_escaped(text[end : token.start()]), token.group()]
        end = token.end()
    return "".join([*parts, _escaped(text[end:])])


def _escaped(text: str) -> str:
    escaped = _ENTITY.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")
    return _BARE_URL.sub(lambda url: f"<{url.group()}>", escaped)


def unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def rich_text(text: str, block_id: str) -> dict[str, Any]:
    """The `rich_text` block Slack adds to a message that a person wrote; `text` is as `typed` returns it."""
    elements: list[dict[str, Any]] = []
    end = 0
    for token in TOKEN.finditer(text):
        elements += _plain(text[end : token.start()])
        elements.append(_element(token.group()[1:-1]))
        end = token.end()
    elements += _plain(text[end:])
    return {
        "type": "rich_text",
        "block_id": block_id,
        "elements": [{"type": "rich_text_section", "elements": elements}],
    }


def _plain(text: str) -> list[dict[str, Any]]:
    elements: list[dict[str, Any]] = []
    end = 0
    for emoji in _EMOJI.finditer(text):
        if emoji.start() > end:
            elements.append({"type": "text", "text": unescaped(text[end : emoji.start()])})
        elements.append({"type": "emoji", "name": emoji.group(1)})
        end = emoji.end()
    if end < len(text):
        elements.append({"type": "text", "text": unescaped(text[end:])})
    return elements


def _element(token: str) -> dict[str, Any]:
    target, _, label = token.partition("|")
    if target.startswith("@"):
        return {"type": "user", "user_id": target[1:]}
    if target.startswith("#"):
        return {"type": "channel", "channel_id": target[1:]}
    if target.startswith("!subteam^"):
        return {"type": "usergroup", "usergroup_id": target.removeprefix("!subteam^")}
    if target.startswith("!"):
        return {"type": "broadcast", "range": target[1:]}
    link = {"type": "link", "url": unescaped(target)}
    return link | ({"text": unescaped(label)} if label else {})
