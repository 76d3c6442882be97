"""What somebody asks of us, read from what Slack delivered: plain functions from payload to Request."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any, Literal

from bot.slack.asking import asks
from bot.slack.mrkdwn import has_words, links_of, mentions_of, typed
from bot.slack.payloads import acted
from bot.slack.surface import ACTION, COMMAND, HOME_WORK, OPENS_WINDOW, SHORTCUT, SPEAK_AGAIN, SUMMARIZE_THREAD, Kind
from bot.slack.targets import THIS_THREAD, asks_for_summary
from bot.slack.thread_wishes import thread_wish
from bot.values import Note

EDITED_WITHIN = timedelta(hours=24)
"""How long after it was asked an edited question is answered anew."""

_GONE_FILES = {"file_deleted": "deleted", "file_unshared": "unshared"}
_FILE = re.compile(r"F[A-Z0-9]{1,20}")
_IN_CHANNEL = re.compile(r"\bin <#([CG][A-Z0-9]+)(?:\|[^>]*)?>")
"""A channel by its id, whatever it is called: a tag may be called the same."""
_TIMESTAMP = re.compile(r"\d{1,12}\.\d{1,9}")


@dataclass(frozen=True, slots=True)
class Request:
    """One thing to do for one person, as it is kept in intake until it is done."""

    id: str
    """Slack's event id, or one derived from what cannot come twice."""
    kind: Kind
    team: str
    channel: str
    user: str
    text: str
    """What was typed; the id of the request to try again or to confirm; the timestamp of a deleted message."""
    message_ts: str | None = None
    """The message that asks: it gets one answer, however many events tell of it. None where there is no message."""
    thread_ts: str | None = None
    """The thread the reply belongs in: the message's own, or the one it opens. None where there is no message."""
    is_direct: bool = False
    """In the direct conversation of one person with us."""
    is_shared: bool = False
    """In a channel shared with another organisation, or in one of which this is not known."""
    is_foreign: bool = False
    """Sent by somebody of another workspace."""
    response_url: str | None = None
    """Where a private reply goes; None where the reply is visible to the conversation."""
    replaces: str | None = None
    """The timestamp of our own message that the reply takes the place of."""
    files: tuple[str, ...] = ()
    """Slack's ids of the files that came with the message."""
    has_more: bool = False
    """The message that is meant has files or previews beside its text."""
    beside: tuple[str, ...] = ()
    """Scopes of what was read for its thread; looked up when it is done, not kept."""
    notes: tuple[Note, ...] = ()
    """What else is to be said with the answer; likewise."""
    without: tuple[str, ...] = ()
    """Ids of passages that the answer is to do without; likewise."""
    edits: str | None = None
    """The timestamp of the message of which this is what it says since an edit."""
    is_unasked: bool = False
    """What an edited message says now mentions us no more, or never did."""
    first: str | None = None
    """The id of the request whose reply, all its messages, this reply takes the place of."""

    @property
    def is_private(self) -> bool:
        """Whether only the person who asks sees the reply."""
        return self.is_direct or self.response_url is not None

    @property
    def opens_thread(self) -> bool:
        """Whether the reply is the first of its thread."""
        return self.thread_ts in (None, self.message_ts)

    def payload(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name not in ("beside", "notes", "without")}


@dataclass(frozen=True, slots=True)
class Heard:
    """A request, and what is still to be looked up before it is ours."""

    request: Request
    condition: Literal["none", "our thread", "known message", "known question", "answers unasked"] = "none"
    otherwise: Request | None = None
    """What it is where the condition does not hold."""


def is_well_formed(body: Any) -> bool:
    """Whether Bolt can read it: parts that should be objects are objects, names are text."""
    if not isinstance(body, Mapping) or not isinstance(body.get("type", ""), str):
        return False
    event = body.get("event", {})
    if not isinstance(event, Mapping) or not isinstance(event.get("type", ""), str):
        return False
    ids = (event.get("user"), event.get("channel"), body.get("team_id"), body.get("user_id"))
    people = (str, Mapping, type(None))  # team_join and user_change carry the whole user
    objects = (event.get("message"), *(body.get(name) for name in ("message", "channel", "user", "container")))
    actions = body.get("actions", [])
    return (
        all(isinstance(each, people) for each in ids)
        and all(isinstance(each, Mapping | None) for each in objects)
        and isinstance(actions, list)
        and all(isinstance(action, Mapping) for action in actions)
    )


def heard(body: Mapping[str, Any], team: str, bot_user: str) -> Heard | None:
    """What the payload asks of us; None when it is nothing to answer (our own messages, edits, other people's talk)."""
    if "command" in body:
        return _command(body, team)
    kind = body.get("type")
    if kind == "event_callback":
        return _event(body, team, bot_user)
    if kind == "message_action":
        return _shortcut(body, team, bot_user)
    if kind == "block_actions":
        return _action(body, team)
    return None


def _event(body: Mapping[str, Any], team: str, bot_user: str) -> Heard | None:
    event, event_id = body.get("event") or {}, body.get("event_id")
    if event.get("type") == "member_joined_channel":
        return _arrival(body, event, team, bot_user)
    if not isinstance(event_id, str) or not event_id:
        return None
    if event.get("type") in _GONE_FILES:
        return _gone_file(event, event_id, team)
    if event.get("type") not in ("message", "app_mention"):
        return None
    deleted = _deleted_message(event)
    if deleted and isinstance(event.get("channel"), str):
        request = Request(event_id, "withdraw", team, event["channel"], str(event.get("user") or ""), deleted)
        return Heard(request, "known message")
    if event.get("subtype") == "message_changed":
        return _edit(body, event, event_id, team, bot_user)
    if event.get("subtype") not in (None, "file_share", "thread_broadcast") or not _is_human(event, bot_user):
        return None
    return _message(body, event, event_id, team, bot_user)


def _arrival(body: Mapping[str, Any], event: Mapping[str, Any], team: str, bot_user: str) -> Heard | None:
    """Our own arrival in a channel; that of others is nothing to us."""
    channel, inviter = event.get("channel"), event.get("inviter")
    if event.get("user") != bot_user or not isinstance(channel, str) or not channel:
        return None
    # The id holds no time: who removes us and invites us again needs no second welcome.
    is_shared = bool(body.get("is_ext_shared_channel", True))
    by = inviter if isinstance(inviter, str) else ""
    return Heard(Request(f"welcome:{channel}", "welcome", team, channel, by, "", is_shared=is_shared))


def _gone_file(event: Mapping[str, Any], event_id: str, team: str) -> Heard | None:
    file = event.get("file_id")
    if not isinstance(file, str) or not _FILE.fullmatch(file):
        return None
    return Heard(Request(event_id, "file_gone", team, "", "", f"{_GONE_FILES[str(event['type'])]} {file}"))


def _question(body: Mapping[str, Any], event: Mapping[str, Any], event_id: str, team: str, bot: str) -> Request | None:
    """The message as a question, whether it is one to us or not; None where it lacks something."""
    channel, ts, text = event.get("channel"), event.get("ts"), event.get("text") or ""
    thread = event.get("thread_ts")
    if not (isinstance(channel, str) and channel and isinstance(text, str) and _is_timestamp(ts)):
        return None
    is_direct = event.get("channel_type") == "im" or channel.startswith("D")
    edited_at = _edited_at(event)
    return Request(
        # An edit that mentions us is told twice, like everything that does, and has one id.
        id=f"edit:{channel}:{ts}:{edited_at}" if edited_at else event_id,
        kind="question",
        team=team,
        channel=channel,
        user=event["user"],
        text=typed(text, bot),
        message_ts=ts,
        thread_ts=thread if _is_timestamp(thread) else ts,
        is_direct=is_direct,
        is_shared=not is_direct and bool(body.get("is_ext_shared_channel", True)),
        is_foreign=_is_foreign(event, team),
        files=_files(event),
        edits=ts if edited_at else None,
    )


def _message(body: Mapping[str, Any], event: Mapping[str, Any], event_id: str, team: str, bot: str) -> Heard | None:
    request = _question(body, event, event_id, team, bot)
    if request is None:
        return None
    text, thread, is_direct = str(event.get("text") or ""), event.get("thread_ts"), request.is_direct
    is_to_us = is_direct or bot in mentions_of(text)
    if wish := None if is_direct else thread_wish(request.text):
        told = Heard(replace(request, kind="quiet", text=wish))
        # Where we are quiet we hear nobody who does not mention us, so there "start" needs a mention.
        in_ours = _is_timestamp(thread) and not mentions_of(text)
        return told if is_to_us else replace(told, condition="our thread") if in_ours else None
    if is_to_us:
        return Heard(_for_summary(request, typed(text, bot, channel_ids=True)))
    # In a thread of ours, a thumb up or a word to somebody else is no question to us.
    is_follow_up = _is_timestamp(thread) and not mentions_of(text) and (has_words(request.text) or bool(request.files))
    if is_follow_up:
        return Heard(request, "our thread")
    is_open = not _is_timestamp(thread) and not mentions_of(text) and not request.files and event.get("subtype") is None
    return Heard(replace(request, kind="unasked"), "answers unasked") if is_open and asks(request.text) else None


def _for_summary(request: Request, text: str) -> Request:
    """The request, as one for a summary where its text asks for that."""
    in_thread = request.thread_ts not in (None, request.message_ts)
    asks = not request.files and asks_for_summary(text, in_thread=in_thread, is_direct=request.is_direct)
    return replace(request, kind="summary", text=text) if asks else request


def _files(event: Mapping[str, Any]) -> tuple[str, ...]:
    files = event.get("files")
    ids = [str(file.get("id")) for file in files if isinstance(file, Mapping)] if isinstance(files, list) else []
    return tuple(id for id in ids if _FILE.fullmatch(id))


def _edit(body: Mapping[str, Any], event: Mapping[str, Any], event_id: str, team: str, bot: str) -> Heard | None:
    """A message that its author made say something else: a question asked anew, or now a question to us.

    Not what Slack changes by itself (unfurled links, attachments, the count of replies), and not after a day. It may be
    here before the event of the message itself.
    """
    now, before = event.get("message") or {}, event.get("previous_message") or {}
    edited_at = _edited_at(now)
    if not (edited_at and _is_edit_of_author(now, bot) and isinstance(before, Mapping)):
        return None
    text, old = str(now.get("text") or ""), str(before.get("text") or "")
    if typed(text, bot) == typed(old, bot) and (bot in mentions_of(text)) == (bot in mentions_of(old)):
        return None
    message = {**now, "channel": event.get("channel"), "channel_type": event.get("channel_type")}
    question = _question(body, message, event_id, team, bot)
    told = _message(body, message, event_id, team, bot)
    if question is None:
        return None
    asked = told.request if told and told.condition == "none" else None
    if float(edited_at) - float(now["ts"]) > EDITED_WITHIN.total_seconds():
        return Heard(asked) if asked else None
    is_to_us = question.is_direct or bot in mentions_of(text)
    edit = replace(question, kind="edit", message_ts=None, is_unasked=not is_to_us)
    return Heard(edit, "known question", asked)


def _edited_at(message: Mapping[str, Any]) -> str:
    """When its author last changed it; empty for never."""
    edited = message.get("edited")
    at = edited.get("ts") if isinstance(edited, Mapping) else None
    return str(at) if _is_timestamp(at) else ""


def _is_edit_of_author(message: Mapping[str, Any], bot: str) -> bool:
    is_message = message.get("subtype") in (None, "file_share", "thread_broadcast")
    by_author = (message.get("edited") or {}).get("user") == message.get("user")
    return is_message and by_author and _is_human(message, bot)


def _deleted_message(event: Mapping[str, Any]) -> str | None:
    """The timestamp of the message this event tells the deletion of; a root with replies leaves a tombstone."""
    if event.get("subtype") == "message_deleted":
        ts = event.get("deleted_ts")
        return ts if _is_timestamp(ts) else None
    message = event.get("message") or {}
    if event.get("subtype") == "message_changed" and message.get("subtype") == "tombstone":
        return message["ts"] if _is_timestamp(message.get("ts")) else None
    return None


def _is_human(event: Mapping[str, Any], bot_user: str) -> bool:
    user = event.get("user")
    is_bot = any(event.get(mark) for mark in ("bot_id", "bot_profile")) or user in (bot_user, "USLACKBOT")
    return isinstance(user, str) and bool(user) and not is_bot


def _is_foreign(event: Mapping[str, Any], team: str) -> bool:
    return any(event.get(mark) not in (None, team) for mark in ("user_team", "source_team"))


def _is_timestamp(value: Any) -> bool:
    return isinstance(value, str) and bool(_TIMESTAMP.fullmatch(value))


def _command(body: Mapping[str, Any], team: str) -> Heard | None:
    command = COMMAND.get(str(body["command"]))
    if command is None or (command.name, first_word(body)) in OPENS_WINDOW:
        return None
    text = _IN_CHANNEL.sub(r"in channel:\1", str(body.get("text") or ""))
    text = typed(text, channel_ids=command.kind == "summary")
    request = _interactive(body, team, command.kind, text, body.get("user_id"))
    if request is None:
        return None
    channel = str(body.get("channel_id") or "")
    return Heard(replace(request, channel=channel, is_direct=channel.startswith("D")))


def first_word(body: Mapping[str, Any]) -> str:
    """Of what was typed after a command."""
    return str(body.get("text") or "").strip().partition(" ")[0].lower()


def _shortcut(body: Mapping[str, Any], team: str, bot_user: str) -> Heard | None:
    shortcut = SHORTCUT.get(str(body.get("callback_id")))
    if shortcut is None or shortcut.kind is None:
        return None
    message, channel = body.get("message") or {}, (body.get("channel") or {}).get("id")
    text = typed(str(message.get("text") or ""), bot_user)
    request = _interactive(body, team, shortcut.kind, text, (body.get("user") or {}).get("id"))
    if request is None or not isinstance(channel, str):
        return None
    has_more = bool(message.get("files") or message.get("attachments"))
    request = replace(request, channel=channel, has_more=has_more)
    if shortcut.callback_id == SUMMARIZE_THREAD:
        request = _about_thread(request, message)
    if shortcut.kind == "offer":
        links = "\n".join(links_of(str(message.get("text") or "")))
        request = replace(request, text=links, files=_files(message))
    return Heard(request)


def _about_thread(request: Request, message: Mapping[str, Any]) -> Request:
    roots = (message.get("thread_ts"), message.get("ts"))
    return replace(request, text=THIS_THREAD, thread_ts=next(filter(_is_timestamp, roots), None))


def _action(body: Mapping[str, Any], team: str) -> Heard | None:
    """The clicks that are work. The value is the id of a request: what to do is read from intake, not from the button."""
    name, value = acted(body)
    declared = ACTION.get(name)
    if declared is None or declared.kind is None:
        return None
    kind = declared.kind
    if kind == "quiet":
        return _thread_click(body, team, starts=name == SPEAK_AGAIN)
    if kind == "home":
        # Done where the person and we talk alone; each time anew.
        text = f"{HOME_WORK[name]} {typed(value)}"
        request = _interactive(body, team, kind, text, (body.get("user") or {}).get("id"))
        return Heard(request) if request else None
    container = body.get("container") or {}
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id")
    request = _interactive(body, team, kind, value, (body.get("user") or {}).get("id"))
    if request is not None and declared.beside:
        return Heard(_beside(request, value, channel, container))
    if request is None or not isinstance(channel, str):
        return None
    if kind == "share":
        # What was refused may be asked again; that it is shared once, its handler sees to.
        return Heard(replace(request, channel=channel, is_direct=channel.startswith("D")))
    # A second click on the same button is the same request.
    request = replace(request, id=f"{kind}:{value}", channel=channel, is_direct=channel.startswith("D"))
    if kind in ("add", "add_here"):
        # Whoever may not, does not keep others from it; the message with the button stays.
        return Heard(replace(request, id=f"{kind}:{value}:{request.user}"))
    if container.get("is_ephemeral"):
        return Heard(request)
    return Heard(replace(request, response_url=None, replaces=container.get("message_ts")))


def _beside(request: Request, value: str, channel: Any, container: Mapping[str, Any]) -> Request:
    """Each person's own; in a window there is no conversation."""
    place = channel if isinstance(channel, str) else ""
    thread = container.get("thread_ts") if _is_timestamp(container.get("thread_ts")) else None
    request = replace(request, id=f"{request.kind}:{value}:{request.user}", channel=place, thread_ts=thread)
    return replace(request, is_direct=place.startswith("D"))


def _thread_click(body: Mapping[str, Any], team: str, *, starts: bool) -> Heard | None:
    """A button that changes how we are in its thread; unlike other clicks, it may come again and again."""
    container, message = body.get("container") or {}, body.get("message") or {}
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id")
    request = _interactive(body, team, "quiet", "start" if starts else "stop", (body.get("user") or {}).get("id"))
    thread = container.get("thread_ts") or message.get("thread_ts")
    if request is None or not isinstance(channel, str) or not _is_timestamp(thread):
        return None
    replaces = container.get("message_ts") if starts else None
    return Heard(replace(request, channel=channel, thread_ts=thread, response_url=None, replaces=replaces))


def _interactive(body: Mapping[str, Any], team: str, kind: Kind, text: str, user: Any) -> Request | None:
    trigger, response_url = body.get("trigger_id"), body.get("response_url")
    if not (isinstance(user, str) and user and isinstance(trigger, str) and trigger):
        return None
    id = f"{kind}:{hashlib.sha256(trigger.encode()).hexdigest()[:24]}"
    url = response_url if isinstance(response_url, str) and response_url else None
    return Request(id, kind, team, "", user, text, response_url=url)
