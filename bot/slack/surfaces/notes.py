""" "Keep as answer": what a human wrote becomes a document, so that the next who asks gets it with its source.

Whoever was called, and administrators, may keep a message; only administrators may keep it for the whole workspace. What is
kept is what the window held when it was sent; who wrote it, and when, is read from Slack again.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Container, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, get_args

import structlog
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.slack.asides import aside
from bot.slack.audience import People
from bot.slack.audit import AuditTrail
from bot.slack.blocks import Block, plain_text, rich_line, words
from bot.slack.channels import Reach
from bot.slack.door import Identity
from bot.slack.downloads import SharedFile
from bot.slack.human_requests import HumanRequest, HumanRequests
from bot.slack.language import Strings
from bot.slack.library import Library
from bot.slack.mrkdwn import public_url, typed
from bot.slack.payloads import channel_of, held, trigger_of, user_of
from bot.slack.posting import Slack
from bot.slack.references import place_of, reference_of
from bot.slack.surface import KEEP_WINDOW
from bot.slack.targets import permalink
from bot.slack.voice import Voice
from bot.slack.windows import message_window, open_and_fill, window
from vectorstore.errors import StoreError
from vectorstore.values import WORKSPACE

LONGEST_TEXT = 3000
"""Characters Slack lets a field hold."""
LONGEST_TITLE = 300

_CHANNEL = re.compile(r"[CG][A-Z0-9]{1,40}")
_TIMESTAMP = re.compile(r"\d{1,12}\.\d{1,9}")
_MENTION = re.compile(r"@([UW][A-Z0-9]{4,40})\b")
_ADDRESSED = re.compile(r"\A(?:\s*@[UW][A-Z0-9]{4,40}\b[\s,:]*)+")

_log = structlog.get_logger("footnote.slack")


@dataclass(frozen=True, slots=True)
class Place:
    """A message, as the window carries it; believed only as far as Slack confirms it."""

    channel: str
    ts: str
    thread: str

    @classmethod
    def of(cls, text: str) -> Place | None:
        try:
            channel, ts, thread = json.loads(text)
        except (ValueError, TypeError):
            return None
        if not all(isinstance(each, str) for each in (channel, ts, thread)):
            return None
        wrong = not _CHANNEL.fullmatch(channel) or not all(_TIMESTAMP.fullmatch(each) for each in (ts, thread))
        return None if wrong else cls(channel, ts, thread)

    def __str__(self) -> str:
        return json.dumps([self.channel, self.ts, self.thread])


@dataclass(frozen=True, slots=True)
class Note:
    """What a human answered."""

    question: str
    text: str
    author: str
    day: date
    publisher: str
    url: str | None

    def document(self) -> bytes:
        """As Markdown that says of itself whose it is."""
        facts = {
            "title": self.question,
            "publisher": self.publisher,
            "author": self.author,
            "date": self.day.isoformat(),
            "url": self.url or "",
        }
        front = "\n".join(f"{name}: {_one_line(value)}" for name, value in facts.items() if _one_line(value))
        return f"---\n{front}\n---\n\n{self.text}\n".encode(errors="replace")


class Notes:
    def __init__(
        self,
        library: Library,
        calls: HumanRequests,
        people: People,
        slack: Slack,
        voice: Voice,
        audit: AuditTrail,
        admins: Container[str],
        identity: Callable[[], Identity],
    ) -> None:
        self._library = library
        self._calls = calls
        self._people = people
        self._slack = slack
        self._voice = voice
        self._audit = audit
        self._admins = admins
        self._identity = identity

    async def open(self, args: AsyncArgs) -> None:
        user, channel, message = user_of(args.body), channel_of(args.body), args.body.get("message") or {}
        strings = await asyncio.to_thread(self._voice.of_person, user)
        title = strings("note_window.title")
        await open_and_fill(
            args.client,
            trigger_of(args.body),
            message_window(title, strings("note_window.looking"), strings),
            lambda: self._view(user, channel, message, strings),
            lambda reference: message_window(title, strings("note_window.failed", reference=reference), strings),
            f"note:{channel}:{message.get('ts')}",
        )

    async def keep(self, args: AsyncArgs) -> None:
        """Keep what was submitted, and say so to whoever did it."""
        user = user_of(args.body)
        place = Place.of(str((args.body.get("view") or {}).get("private_metadata") or ""))
        try:
            strings = await asyncio.to_thread(self._voice.of_person, user)
            text = await asyncio.to_thread(self._kept, args.body, place, user, strings)
            await aside(args.client, place.channel if place else "", user, text)
        except Exception as error:  # the edge of a listener
            _log.error("reply_refused", place=place_of(error))

    def _view(self, user: str, channel: str, message: Mapping[str, Any], strings: Strings) -> dict[str, Any]:
        ts = str(message.get("ts") or "")
        place = Place.of(json.dumps([channel, ts, str(message.get("thread_ts") or ts)]))
        if place is None or message.get("bot_id") or not message.get("user"):
            return message_window(strings("note_window.title"), strings("note_window.not_a_human"), strings)
        wanted = self._calls.in_thread(self._identity().team, channel, place.thread)
        if not self._may(user, wanted):
            self._audit.refused(user, channel, "keep note", "neither called nor an administrator")
            return message_window(strings("note_window.title"), strings("note_window.not_yours"), strings)
        return window(
            strings("note_window.title"),
            _fields(wanted, self._said(message), strings, is_admin=user in self._admins),
            strings,
            callback_id=KEEP_WINDOW,
            private_metadata=str(place),
            submit=plain_text(strings("note_window.keep")),
        )

    def _said(self, message: Mapping[str, Any]) -> str:
        """Its text with people by their names; whom it is addressed to at its beginning is no part of the answer."""
        return _MENTION.sub(self._name, _ADDRESSED.sub("", typed(str(message.get("text") or ""))))

    def _name(self, mention: re.Match[str]) -> str:
        with suppress(Exception):  # somebody Slack does not tell of
            return self._people.find(mention[1]).name or mention[0]
        return mention[0]

    def _kept(self, body: Mapping[str, Any], place: Place | None, user: str, strings: Strings) -> str:
        wanted = self._calls.in_thread(self._identity().team, place.channel, place.thread) if place else None
        if place is None or not self._may(user, wanted):
            self._audit.refused(
                user, place.channel if place else "", "keep note", "neither called nor an administrator"
            )
            return strings("note_window.not_yours")
        message = self._message(place)
        if message is None:
            return strings("note_window.gone")
        reach = (held(body, "reach").get("selected_option") or {}).get("value")
        scope = WORKSPACE if reach == "workspace" and user in self._admins else f"channel:{place.channel}"
        note = self._note(
            place, message, str(held(body, "question").get("value") or ""), str(held(body, "text").get("value") or "")
        )
        return self._ingested(note, place, scope, user, strings)

    def _ingested(self, note: Note, place: Place, scope: str, user: str, strings: Strings) -> str:
        id = f"note-{place.channel}-{place.ts}"
        file = SharedFile(id, f"{id}.md", "text/markdown", note.url, note.document())
        try:
            report = self._library.keep_file(file, scope=scope, actor=user)
        except StoreError as error:
            return strings.reason(error.reason)
        except Exception as error:  # the edge: the person gets a reference, the log the place
            reference = reference_of(id)
            _log.error("note_not_kept", reference=reference, place=place_of(error))
            return strings("note_window.failed", reference=reference)
        if report.failed:
            return strings(
                "note_window.refused", reason=strings.reason(report.failures[0][1] if report.failures else "")
            )
        self._audit.did(user, self._identity().team, place.channel, "keep note", f"{scope} {note.question[:200]}")
        return strings("note_window.kept", question=note.question, author=note.author)

    def _may(self, user: str, wanted: HumanRequest | None) -> bool:
        called = wanted is not None and user in wanted.humans
        return (called or user in self._admins) and self._people.find(user).is_member

    def _message(self, place: Place) -> Mapping[str, Any] | None:
        """The message as Slack has it now; None when it is gone, or is not a person's."""
        arguments = {"channel": place.channel, "ts": place.thread, "oldest": place.ts, "inclusive": True, "limit": 5}
        page = self._slack.fetch("conversations.replies", arguments, until=time.monotonic() + 20)
        found = [each for each in page.get("messages", []) if each.get("ts") == place.ts]
        return found[0] if found and found[0].get("user") and not found[0].get("bot_id") else None

    def _note(self, place: Place, message: Mapping[str, Any], question: str, text: str) -> Note:
        identity = self._identity()
        thread = place.thread if place.thread != place.ts else None
        return Note(
            question=question[:LONGEST_TITLE].strip() or "?",
            text=text[:LONGEST_TEXT].strip(),
            author=self._people.find(str(message["user"])).name,
            day=datetime.fromtimestamp(float(place.ts), UTC).date(),
            publisher=identity.team_name,
            url=public_url(permalink(identity.url, place.channel, place.ts, thread)) if identity.url else None,
        )


def _fields(wanted: HumanRequest | None, text: str, strings: Strings, *, is_admin: bool) -> list[Block]:
    reaches = get_args(Reach) if is_admin else ("channel",)
    options = [{"text": plain_text(strings(f"note_window.reach.{each}")), "value": each} for each in reaches]
    choice = {"type": "radio_buttons", "options": options, "initial_option": options[-1]}
    question = wanted.question[:LONGEST_TITLE] if wanted else ""
    return [
        rich_line(words(strings("note_window.about"))),
        field("question", strings("note_window.question"), text_input(question, LONGEST_TITLE)),
        field(
            "text", strings("note_window.text"), {**text_input(text[:LONGEST_TEXT], LONGEST_TEXT), "multiline": True}
        ),
        field("reach", strings("note_window.who"), choice),
    ]


def field(block: str, label: str, element: Block) -> Block:
    return {"type": "input", "block_id": block, "label": plain_text(label), "element": {**element, "action_id": block}}


def text_input(initial: str, longest: int) -> Block:
    given = {"initial_value": initial} if initial else {}
    return {"type": "plain_text_input", "max_length": longest, "min_length": 1, **given}


def _one_line(value: str) -> str:
    """A value of the front matter: one line that is neither a list nor quoted."""
    return " ".join(value.split()).lstrip("[").strip("\"' ")
