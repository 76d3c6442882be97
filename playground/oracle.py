"""Who would have been notified, and which links are live, over everything the app has shown.

mrkdwn, markdown blocks and streamed markdown parse the same `<…>` tokens, in code spans too; `plain_text` parses
nothing. Where Slack's behaviour is not known, the oracle assumes the worse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from playground.blocks import fallback_text
from playground.messages import Message
from playground.richtext import unescaped
from playground.workspace import View, Workspace

PingKind = Literal["user", "usergroup", "channel", "here", "everyone"]
_TOKEN = re.compile(r"<([@#!][^<>]*|[a-zA-Z][a-zA-Z0-9+.-]*:[^<>]*)>")
_BARE = re.compile(r"(?<![\w/])(?:https?|ftp|slack)://[^\s<>|`]+", re.IGNORECASE)
_NOTICES = ("channel_join", "channel_leave", "group_join", "group_leave")
"""What Slack itself says when the app comes and goes: it names the app and notifies nobody."""
_NAME = re.compile(r"(?<![\w@])@([\w.-]+)")
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.DOTALL)


@dataclass(frozen=True)
class Ping:
    kind: PingKind
    target: str
    """The id of the person or group; for channel, here and everyone the id of the conversation."""
    place: Literal["message", "ephemeral", "view"]
    """Only in a message for everybody does it notify; elsewhere it is a live mention all the same."""
    id: str
    """ts of the message, or id of the view."""
    channel: str


@dataclass(frozen=True)
class Link:
    url: str
    label: str
    place: Literal["message", "ephemeral", "view"]
    id: str
    channel: str
    unfurls: bool
    """Whether Slack was allowed to fetch and show a preview of it."""


@dataclass(frozen=True)
class _Found:
    """One live thing: a ping with kind and target, or a link with url and label."""

    kind: PingKind | Literal["link"]
    value: str
    label: str = ""


class Oracle:
    """Reads everything of the app as it is shown; what people write themselves is not of interest."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._markdown = MarkdownIt("commonmark").enable("table")
        self._pings: dict[Ping, None] = {}
        self._links: dict[Link, None] = {}

    @property
    def pings(self) -> list[Ping]:
        """Each once, in the order they appeared, those of edited-away versions included."""
        return list(self._pings)

    @property
    def links(self) -> list[Link]:
        return list(self._links)

    def read(self, message: Message) -> None:
        """Take in a message as it looks now."""
        if message.user != self._workspace.bot.id or message.subtype in _NOTICES:
            return
        found = list(self._in_blocks(message.blocks))
        if message.text and not (message.blocks and message.text == fallback_text(message.blocks)):
            found += _in_mrkdwn(message.text)
        if message.links_names:
            found += self._named(message.text)
        for attachment in message.attachments:
            found += self._in_value(attachment, "mrkdwn")
        place: Literal["message", "ephemeral"] = "ephemeral" if message.ephemeral_for else "message"
        unfurls = not message.stream and (message.unfurl_links or message.unfurl_media)
        self._note(found, place, message.ts, message.channel, unfurls)

    def read_view(self, view: View) -> None:
        self._note(list(self._in_blocks(view.content.get("blocks") or [])), "view", view.id, "", False)

    def _note(
        self, found: list[_Found], place: Literal["message", "ephemeral", "view"], id: str, channel: str, unfurls: bool
    ) -> None:
        for each in found:
            if each.kind == "link":
                self._links[Link(each.value, each.label, place, id, channel, unfurls)] = None
            else:
                self._pings[Ping(each.kind, each.value or channel, place, id, channel)] = None

    def _named(self, text: str) -> Iterator[_Found]:
        """With `link_names` or `parse=full`, plain @names ping too."""
        for name in _NAME.findall(text):
            if name in ("channel", "here", "everyone"):
                yield _Found(name, "")
            user = next((each for each in self._workspace.users.values() if each.name == name), None)
            if user:
                yield _Found("user", user.id)

    # -- walking blocks ---------------------------------------------------------------------------------------------

    def _in_blocks(self, blocks: list[dict[str, Any]]) -> Iterator[_Found]:
        for block in blocks:
            if block.get("type") == "markdown":
                yield from self._in_markdown(str(block.get("text", "")))
            elif block.get("type") == "rich_text":
                yield from _in_rich_text(block)
            else:
                yield from self._in_value(block, "")

    def _in_value(self, value: Any, markup: str) -> Iterator[_Found]:
        """Everything live below a value; bare strings are read as `markup` says, "" for not at all."""
        if isinstance(value, list):
            for each in value:
                yield from self._in_value(each, markup)
        elif isinstance(value, dict):
            kind = value.get("type")
            if kind in ("rich_text", "markdown"):
                yield from self._in_blocks([value])
            elif kind == "mrkdwn":
                yield from _in_mrkdwn(str(value.get("text", "")), bool(value.get("verbatim")))
            elif kind not in ("plain_text", "raw_text"):
                yield from _in_urls(value)
                for name, held in value.items():
                    if name not in ("url", "value", "private_metadata", "image_url"):
                        yield from self._in_value(held, markup)
        elif isinstance(value, str) and markup:
            yield from _in_mrkdwn(value)

    def _in_markdown(self, text: str) -> Iterator[_Found]:
        yield from _in_tokens(text)
        for block in self._markdown.parse(text):
            yield from _in_inline(block.children or [])


def _in_inline(tokens: list[Token]) -> Iterator[_Found]:
    """Links, images and bare URLs; the label of a link is not searched, and `<https://…>` was read as a token."""
    inside = 0
    for position, token in enumerate(tokens):
        if token.type == "link_open":
            inside += 1
            if token.markup != "autolink":
                label = tokens[position + 1].content if position + 1 < len(tokens) else ""
                yield _Found("link", str(token.attrs.get("href", "")), label)
        elif token.type == "link_close":
            inside -= 1
        elif token.type == "image":
            yield _Found("link", str(token.attrs.get("src", "")), token.content)
        elif token.type == "text" and not inside:
            yield from (_Found("link", _trimmed(url), url) for url in _BARE.findall(token.content))


def _in_urls(value: dict[str, Any]) -> Iterator[_Found]:
    for name in ("url", "image_url", "title_link", "author_link", "thumb_url", "title_url", "video_url", "from_url"):
        if isinstance(value.get(name), str):
            label = value.get("text")
            yield _Found("link", value[name], label.get("text", "") if isinstance(label, dict) else str(label or ""))


def _in_mrkdwn(text: str, verbatim: bool = False) -> Iterator[_Found]:
    yield from _in_tokens(text)
    if not verbatim:
        outside = _CODE.sub(" ", _TOKEN.sub(" ", text))
        yield from (_Found("link", _trimmed(url), url) for url in _BARE.findall(outside))


def _in_tokens(text: str) -> Iterator[_Found]:
    for token in _TOKEN.findall(text):
        target, _, label = token.partition("|")
        if target.startswith("@"):
            yield _Found("user", target[1:])
        elif target.startswith("!subteam^"):
            yield _Found("usergroup", target.split("^")[1])
        elif target in ("!channel", "!here", "!everyone", "!group"):
            kind: Any = "channel" if target == "!group" else target[1:]
            yield _Found(kind, "")
        elif target.startswith("!date^"):
            yield from (_Found("link", part, label) for part in target.split("^")[3:4])
        elif not target.startswith(("#", "!")):
            yield _Found("link", unescaped(target), unescaped(label))


def _in_rich_text(value: Any) -> Iterator[_Found]:
    if isinstance(value, list):
        for each in value:
            yield from _in_rich_text(each)
    elif isinstance(value, dict):
        match value.get("type"):
            case "user":
                yield _Found("user", str(value.get("user_id", "")))
            case "usergroup":
                yield _Found("usergroup", str(value.get("usergroup_id", "")))
            case "broadcast":
                kind: Any = value.get("range", "channel")
                yield _Found(kind, "")
            case "link":
                yield _Found("link", str(value.get("url", "")), str(value.get("text", "")))
            case _:
                yield from _in_rich_text(value.get("elements"))


def _trimmed(url: str) -> str:
    return url.rstrip(".,;:!?)]}'\"*_")
