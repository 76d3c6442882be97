"""What a person typed, as Slack sends it: escaped text with tokens, and the `rich_text` block beside it."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

TOKEN = re.compile(r"<(?:[@#!][^<>\s]+|(?:https?|mailto):[^<>\s]+?)(?:\|[^<>]*)?>")
_BARE_URL = re.compile(r"(?<![<|\w])https?://[^\s<>|]+[^\s<>|.,;:!?)\]'\"]")
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt);)")
_FENCE = re.compile(r"```(.*?)```", re.DOTALL)
_QUOTED = re.compile(r"^&gt; ?")
_STYLED = "|".join(
    rf"(?<![\w{mark}]){mark}(?P<{name}>(?![\s{mark}])[^{mark}\n]*?(?<!\s)){mark}(?![\w{mark}])"
    for name, mark in (("bold", r"\*"), ("italic", "_"), ("strike", "~"))
)
_PIECE = re.compile(rf"(?P<token>{TOKEN.pattern})|:(?P<emoji>[a-z0-9_+'-]+):|`(?P<code>[^`\n]+)`|{_STYLED}")


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
    """The `rich_text` block Slack adds to a message of plain mrkdwn; `text` is escaped, with tokens, as `typed` returns it."""
    elements: list[dict[str, Any]] = []
    for position, part in enumerate(_FENCE.split(text)):
        if position % 2:
            inner = [{"type": "text", "text": unescaped(part.strip("\n"))}]
            elements.append({"type": "rich_text_preformatted", "elements": inner, "border": 0})
        else:
            elements += _paragraphs(part.strip("\n") if position or "```" in text else part)
    return {"type": "rich_text", "block_id": block_id, "elements": elements}


def _paragraphs(text: str) -> list[dict[str, Any]]:
    """Sections, and quotes where lines begin with `>`."""
    found: list[dict[str, Any]] = []
    for is_quote, lines in groupby(text.split("\n"), lambda line: line.startswith("&gt;")):
        said = [_QUOTED.sub("", line) if is_quote else line for line in lines]
        inner = _inline("\n".join(said), {})
        if inner:
            found.append({"type": "rich_text_quote" if is_quote else "rich_text_section", "elements": inner})
    return found


def _inline(text: str, style: dict[str, bool]) -> list[dict[str, Any]]:
    elements: list[dict[str, Any]] = []
    end = 0
    for found in _PIECE.finditer(text):
        elements += _text(text[end : found.start()], style)
        elements += _piece(found, style)
        end = found.end()
    return elements + _text(text[end:], style)


def _text(text: str, style: dict[str, bool]) -> list[dict[str, Any]]:
    return [_with({"type": "text", "text": unescaped(text)}, style)] if text else []


def _with(element: dict[str, Any], style: dict[str, bool]) -> dict[str, Any]:
    return element | ({"style": dict(style)} if style else {})


def _piece(found: re.Match[str], style: dict[str, bool]) -> list[dict[str, Any]]:
    if found["token"]:
        return [_with(_element(found["token"][1:-1]), style)]
    if found["emoji"]:
        return [{"type": "emoji", "name": found["emoji"]}]
    if found["code"]:
        return _text(found["code"], style | {"code": True})
    name = next(each for each in ("bold", "italic", "strike") if found[each])
    return _inline(found[name], style | {name: True})


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
