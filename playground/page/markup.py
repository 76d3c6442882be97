"""Slack's markups as HTML: mrkdwn, Markdown with Slack's tokens in it, and rich text."""

from __future__ import annotations

import re
from typing import Any

from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from playground.page.emoji import EMOJI, drawn
from playground.richtext import unescaped
from playground.workspace import Workspace

_TOKEN = re.compile(r"<([@#!][^<>]*|(?:https?|mailto|ftp|slack):[^<>]*)>")
_IN_MARKDOWN = re.compile(r"(?<!\]\()" + _TOKEN.pattern)
_FENCE = re.compile(r"```\n?(.*?)```", re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_BARE = re.compile(r"(?<![\w/\"=>])https?://[^\s<>|`\"]*[^\s<>|`\".,;:!?)\]'*_]")
_STYLES = tuple(
    (re.compile(rf"(?<![\w{mark}]){mark}(?!\s)([^{mark}\n]+?)(?<!\s){mark}(?![\w{mark}])"), tag)
    for mark, tag in ((r"\*", "strong"), ("_", "em"), ("~", "s"))
)
_QUOTE = re.compile(r"(?:^&gt; ?.*(?:\n|$))+", re.MULTILINE)
_HELD = re.compile("\x00(\\d+)\x00")
_OPENS = ("http://", "https://", "mailto:")


class Drawing:
    """Draws text for one workspace: ids become names."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])

    @property
    def reactions(self) -> list[str]:
        """The names offered as reactions."""
        return [name for name in EMOJI if name not in ("thumbsup", "thumbsdown")]

    # -- mrkdwn ---------------------------------------------------------------------------------------------------

    def mrkdwn(self, text: str) -> Markup:
        """What is code or a token is set aside first, so that styles cannot reach into it."""
        held: list[Markup] = []

        def hold(html: Markup) -> str:
            held.append(html)
            return f"\x00{len(held) - 1}\x00"

        text = text.replace("\x00", "")
        text = _FENCE.sub(lambda found: hold(Markup("<pre>{}</pre>").format(unescaped(found.group(1)))), text)
        text = _CODE.sub(lambda found: hold(Markup("<code>{}</code>").format(unescaped(found.group(1)))), text)
        text = _TOKEN.sub(lambda found: hold(self.token(found.group(1))), text)
        text = _BARE.sub(lambda found: hold(_link(unescaped(found.group()), unescaped(found.group()))), text)
        html = str(escape(unescaped(drawn(text))))
        for pattern, tag in _STYLES:
            html = pattern.sub(rf"<{tag}>\1</{tag}>", html)
        html = _QUOTE.sub(_quoted, html)
        html = html.replace("\n", "<br>")
        return Markup(_HELD.sub(lambda found: str(held[int(found.group(1))]), html))  # noqa: S704  escaped above

    def token(self, token: str) -> Markup:
        """The inside of `<…>` as HTML."""
        target, _, label = token.partition("|")
        if target.startswith("@"):
            return self._mention(target[1:], label)
        if target.startswith("#"):
            channel = self._workspace.channels.get(target[1:])
            return Markup('<span class="mention">#{}</span>').format(channel.name if channel else label or target[1:])
        if target.startswith("!date^"):
            return escape(label or target.split("^")[2])
        if target.startswith("!"):
            name = label.lstrip("@") or target[1:].split("^")[-1]
            return Markup('<span class="mention ping">@{}</span>').format(name)
        return _link(unescaped(target), drawn(unescaped(label or target)))

    def _mention(self, user_id: str, label: str = "") -> Markup:
        user = self._workspace.users.get(user_id)
        return Markup('<span class="mention">@{}</span>').format(user.name if user else label or user_id)

    # -- Markdown -------------------------------------------------------------------------------------------------

    def markdown(self, text: str) -> Markup:
        """Tokens are set aside before, so that Markdown does not see them, and put back after."""
        held: list[Markup] = []

        def hold(found: re.Match[str]) -> str:
            held.append(self.token(found.group(1)))
            return f"\ue000{len(held) - 1}\ue001"

        html = self._markdown.render(_IN_MARKDOWN.sub(hold, re.sub("[\ue000\ue001]", "", drawn(text))))
        html = re.sub(r'<img src="([^"]*)" alt="([^"]*)"[^>]*>', r'<a href="\1">\2</a>', html)
        html = html.replace("<a href=", '<a target="_blank" rel="noopener noreferrer" href=')
        html = re.sub("\ue000(\\d+)\ue001", lambda found: str(held[int(found.group(1))]), html)
        return Markup(html)  # noqa: S704  markdown-it escapes, html is off

    # -- rich text ------------------------------------------------------------------------------------------------

    def rich_text(self, block: dict[str, Any]) -> Markup:
        return Markup("").join(self._rich(each) for each in block.get("elements") or ())

    def _rich(self, element: dict[str, Any]) -> Markup:
        inner = element.get("elements") or ()
        match element.get("type"):
            case "rich_text_list":
                tag = Markup("ol") if element.get("style") == "ordered" else Markup("ul")
                items = Markup("").join(Markup("<li>{}</li>").format(self._rich(each)) for each in inner)
                offset, indent = _whole(element.get("offset")), _whole(element.get("indent"))
                start = Markup(' start="{}"').format(offset + 1) if offset else ""
                depth = Markup(' data-indent="{}"').format(indent) if indent else ""
                return Markup("<{0}{1}{2}>{3}</{0}>").format(tag, start, depth, items)
            case "rich_text_quote":
                return Markup("<blockquote>{}</blockquote>").format(self._inline(inner))
            case "rich_text_preformatted":
                return Markup("<pre>{}</pre>").format(self._inline(inner))
            case _:
                return Markup('<div class="rich">{}</div>').format(self._inline(inner))

    def _inline(self, elements: Any) -> Markup:
        return Markup("").join(self._piece(each) for each in elements)

    def _piece(self, piece: dict[str, Any]) -> Markup:
        match piece.get("type"):
            case "user":
                return self._mention(str(piece.get("user_id")))
            case "broadcast":
                return self.token(f"!{piece.get('range')}")
            case "channel":
                return self.token(f"#{piece.get('channel_id')}")
            case "usergroup":
                return self.token(f"!subteam^{piece.get('usergroup_id')}")
            case "link":
                return _link(str(piece.get("url")), str(piece.get("text") or piece.get("url")))
            case "emoji":
                return escape(EMOJI.get(str(piece.get("name")), f":{piece.get('name')}:"))
            case _:
                return _styled(str(piece.get("text", "")), piece.get("style") or {})

    def link(self, url: str, label: str) -> Markup:
        """A link that opens elsewhere; just its label where the address is not of the web."""
        return _link(url, label)

    def editable(self, text: str) -> str:
        """Escaped text with tokens as the person typed it."""

        def typed(found: re.Match[str]) -> str:
            target, _, label = found.group(1).partition("|")
            if target.startswith("@") and target[1:] in self._workspace.users:
                return f"@{self._workspace.users[target[1:]].name}"
            if target.startswith("#"):
                return f"#{label}"
            return f"@{target[1:]}" if target.startswith("!") else target

        return unescaped(_TOKEN.sub(typed, text))

    def text_object(self, value: Any) -> Markup:
        """A `plain_text` or `mrkdwn` object."""
        if not isinstance(value, dict):
            return escape(value or "")
        if value.get("type") == "mrkdwn":
            return self.mrkdwn(str(value.get("text", "")))
        return Markup("<br>").join(drawn(str(value.get("text", ""))).split("\n"))


def _styled(text: str, style: dict[str, Any]) -> Markup:
    html = Markup("<br>").join(text.split("\n"))
    for name, tag in (("code", "code"), ("bold", "strong"), ("italic", "em"), ("strike", "s")):
        if style.get(name):
            html = Markup("<{0}>{1}</{0}>").format(Markup(tag), html)  # noqa: S704  a tag of ours
    return html


def _quoted(found: re.Match[str]) -> str:
    lines = [line.removeprefix("&gt;").removeprefix(" ") for line in found.group().rstrip("\n").split("\n")]
    return f"<blockquote>{'<br>'.join(lines)}</blockquote>"


def _link(url: str, label: str) -> Markup:
    if not url.lower().startswith(_OPENS):
        return escape(label)
    opened = Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>')
    return opened.format(url, label)


def _whole(number: Any) -> int:
    """Of a list's first number and its depth; 0 for anything else."""
    return number if isinstance(number, int) and 0 <= number < 1000 else 0
