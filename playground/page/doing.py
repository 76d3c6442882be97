"""What the forms of the page do: each is one thing a person can do in Slack."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from playground.errors import Impossible
from playground.messages import Message
from playground.page.fields import MANY, value_of
from playground.page.screen import Seat
from playground.workspace import View

if TYPE_CHECKING:
    from playground.server import Playground

_NAME = re.compile(r"(?<![\w<@])@([\w.-]*\w)")
_CHANNEL = re.compile(r"(?<![\w<#&])#([\w-]+)")


@dataclass(frozen=True)
class Form:
    """A posted form."""

    texts: dict[str, str]
    """The last value of every field."""
    lists: dict[str, list[str]]
    """All values of every field."""
    files: dict[str, list[tuple[str, bytes]]]
    """(name, content) of every file that was chosen in a field."""

    @classmethod
    async def read(cls, request: web.Request) -> Form:
        texts: dict[str, str] = {}
        lists: dict[str, list[str]] = {}
        files: dict[str, list[tuple[str, bytes]]] = {}
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                if value.filename:
                    files.setdefault(name, []).append((value.filename, value.file.read()))
            else:
                text = str(value).replace("\r\n", "\n")  # a form sends every line's end so
                texts[name] = text
                lists.setdefault(name, []).append(text)
        return cls(texts, lists, files)


Action = Callable[["Playground", Seat, Form], "str | None"]
"""Returns the address to go to; None stays."""


def say(slack: Playground, seat: Seat, form: Form) -> str | None:
    """A message, or a slash command where the text begins with one."""
    text, thread_ts = form.texts.get("text", "").strip(), form.texts.get("reply_to") or None
    files = form.files.get("files", [])
    if text.startswith("/") and not files:
        command, _, rest = text.partition(" ")
        if thread_ts:
            raise Impossible(f"{command} cannot be used in a thread")
        slack.slash(seat.person, seat.channel, command, rest.strip())
        return None
    ts = slack.post(seat.person, seat.channel, _resolved(slack, text), thread_ts, files)
    is_with_app = seat.channel.kind == "im" and slack.bot_user in seat.channel.members
    return seat.query(thread=ts) if is_with_app and not thread_ts else None


def _resolved(slack: Playground, text: str) -> str:
    """`@name` and `#channel` as the tokens Slack's client sends."""
    special = {"here", "channel", "everyone"}
    users = {user.name: user.id for user in slack.workspace.users.values()}
    channels = {c.name: c.id for c in slack.workspace.channels.values() if c.kind in ("public", "private")}

    def user(found: re.Match[str]) -> str:
        name = found.group(1)
        if name in special:
            return f"<!{name}>"
        return f"<@{users[name]}>" if name in users else found.group()

    def channel(found: re.Match[str]) -> str:
        name = found.group(1)
        return f"<#{channels[name]}|{name}>" if name in channels else found.group()

    return _CHANNEL.sub(channel, _NAME.sub(user, text))


def edit(slack: Playground, seat: Seat, form: Form) -> None:
    slack.edit(seat.person, seat.channel, form.texts["ts"], _resolved(slack, form.texts["text"]))


def delete(slack: Playground, seat: Seat, form: Form) -> None:
    slack.delete(seat.person, seat.channel, form.texts["ts"])


def delete_file(slack: Playground, seat: Seat, form: Form) -> None:
    slack.delete_file(seat.person, form.texts["file"])


def react(slack: Playground, seat: Seat, form: Form) -> None:
    """Add the reaction, or take it away where the person has given it."""
    message, name = slack.message(seat.channel, form.texts["ts"]), form.texts["name"]
    given = seat.person.id in message.reactions.get(name, ())
    (slack.unreact if given else slack.react)(seat.person, seat.channel, message.ts, name)


def shortcut(slack: Playground, seat: Seat, form: Form) -> None:
    ts = form.texts.get("ts")
    message = slack.message(seat.channel, ts) if ts else None
    slack.shortcut(seat.person, form.texts["callback_id"], message)


def dismiss(slack: Playground, seat: Seat, form: Form) -> None:
    """Take an ephemeral message off the screen."""
    message = slack.message(seat.channel, form.texts["ts"])
    if message.ephemeral_for == seat.person.id:
        seat.channel.messages.remove(message)


def stop(slack: Playground, seat: Seat, form: Form) -> None:
    slack.stop_agent(seat.person, seat.channel, form.texts["reply_to"])


def target_of(slack: Playground, seat: Seat, form: Form) -> Message | View:
    """The message or view the form is about. Raises LookupError."""
    if view_id := form.texts.get("view"):
        return slack.workspace.views[view_id]
    return slack.message(seat.channel, form.texts["ts"])


def click(slack: Playground, seat: Seat, form: Form) -> None:
    target = target_of(slack, seat, form)
    blocks = target.blocks if isinstance(target, Message) else target.content["blocks"]
    block_id, action_id = form.texts["block_id"], form.texts["action_id"]
    given = form.lists.get("value") or form.lists.get(f"field {block_id} {action_id}") or []
    value = value_of(blocks, block_id, action_id, given)
    if isinstance(target, View):
        slack.fill(seat.person, target, _filled(target, form))
    slack.click(seat.person, target, action_id, value, block_id)


def submit(slack: Playground, seat: Seat, form: Form) -> None:
    view = slack.workspace.views[form.texts["view"]]
    slack.submit(seat.person, view, _filled(view, form))


def _filled(view: View, form: Form) -> dict[str, dict[str, Any]]:
    """block_id -> {action_id: value}, from fields named `field block_id action_id`."""
    values: dict[str, dict[str, Any]] = {}
    for block in view.content["blocks"]:
        element = block.get("element")
        if block.get("type") == "input" and element:
            block_id, action_id = block["block_id"], element.get("action_id", "")
            name = f"field {block_id} {action_id}"
            if element["type"] == "file_input":
                if name in form.files:
                    values[block_id] = {action_id: form.files[name]}
                continue
            if name not in form.lists and element["type"] not in (*MANY, "radio_buttons"):
                continue
            given = form.lists.get(name, [])
            values[block_id] = {action_id: value_of([block], block_id, action_id, given)}
    return values


def close(slack: Playground, seat: Seat, form: Form) -> None:
    """Back to the modal below; with `clear` all of them."""
    slack.close(seat.person, slack.workspace.views[form.texts["view"]], clear=bool(form.texts.get("clear")))


def invite(slack: Playground, seat: Seat, _: Form) -> None:
    """Add the app to the conversation."""
    slack.invite(seat.channel, slack.bot_user, seat.person)


def assist(slack: Playground, seat: Seat, _: Form) -> str:
    """Start a new chat in the pane of an app that still has `assistant_view`."""
    return seat.query(thread=slack.open_assistant_thread(seat.person), tab="messages")


ACTIONS: dict[str, Action] = {
    "assist": assist,
    "click": click,
    "close": close,
    "delete": delete,
    "delete_file": delete_file,
    "dismiss": dismiss,
    "edit": edit,
    "invite": invite,
    "react": react,
    "say": say,
    "shortcut": shortcut,
    "stop": stop,
    "submit": submit,
}
