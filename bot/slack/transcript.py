"""Reading what was said in a thread or a channel, for one answer: every page of it, as fast as Slack lets us, counted truly."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.slack.mrkdwn import typed
from bot.slack.posting import Slack, Undeliverable
from bot.slack.targets import Stretch, Thread
from bot.thread_summary import Said

PAGE = 200
"""Messages asked for at once; Slack may give fewer."""
_SPEECH = (None, "file_share", "thread_broadcast", "me_message")
_APPS = ("bot_message",)
"""Subtypes that are messages; the others tell of joins, topics, deletions."""


class CannotRead(Exception):
    """Slack does not let us; the text is its error code, `not_a_member` where the asker may not, or `busy`."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How much is read for one answer."""

    messages: int = 10_000
    seconds: float = 480.0
    """With the pauses that Slack asks for."""
    at_once: int = 8
    """Conversations that are read at the same time, so that those who ask questions find a worker free."""
    turn_seconds: float = 20.0
    """How long one waits for its turn."""


@dataclass(frozen=True, slots=True)
class Transcript:
    said: tuple[Said, ...]
    """What people said, oldest first; the id of each is its timestamp, the speaker a user's id."""
    threads_of: Mapping[str, str]
    """Timestamp of a reply -> that of its thread's root."""
    read: int
    """Messages that were read, those of apps too."""
    known: int
    """Messages that Slack told of: more than `read` where we had to stop."""
    threads: int
    images: int
    files: int
    """Files that are no images; neither are read."""
    apps: int
    """Messages of apps, ours too: read and left out."""
    reached: datetime | None = None
    """Where we had to stop: a thread was read up to here, a channel back to here; None when all of it was."""


@dataclass(slots=True)
class _Found:
    messages: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    threads_of: dict[str, str] = field(default_factory=dict)
    known: int = 0
    threads: int = 0
    reached: str | None = None


class _Enough(Exception):
    """Patience is at its end."""


OnProgress = Callable[[int], None]
"""Told, now and then, how many messages have been read."""


class Reader:
    """Raises CannotRead; TokenLost where Slack does not know us any more."""

    def __init__(self, slack: Slack, patience: Patience | None = None) -> None:
        self._slack = slack
        self._patience = patience or Patience()
        self._turns = threading.BoundedSemaphore(self._patience.at_once)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Raises CannotRead where too many conversations are being read."""
        if not self._turns.acquire(timeout=self._patience.turn_seconds):
            raise CannotRead("busy")
        try:
            yield
        finally:
            self._turns.release()

    def may_read(self, user: str, channel: str) -> None:
        """Raises CannotRead unless `user` is a member of the channel at this moment."""
        pages = self._pages("conversations.members", {"channel": channel, "limit": 1000}, time.monotonic() + 60)
        if not any(user in page.get("members", ()) for page in pages):
            raise CannotRead("not_a_member")

    def channel_name(self, channel: str) -> str:
        """With its `#`; empty for a direct conversation."""
        told = self._fetch("conversations.info", {"channel": channel}, time.monotonic() + 60).get("channel") or {}
        return f"#{told['name']}" if told.get("name") and not told.get("is_mpim") else ""

    def thread(self, thread: Thread, progress: OnProgress, *, without: str | None = None) -> Transcript:
        """All of a thread; `without` is the timestamp of the message that asks for it."""
        end, found = time.monotonic() + self._patience.seconds, _Found(threads=1)
        try:
            for message in self._replies(thread.channel, thread.ts, end):
                self._check(found)
                found.known = max(found.known, _is_message(message) + _replies_of(message))
                self._keep(message, found, thread.ts)
                progress(len(found.messages))
            found.known = len(found.messages)
        except _Enough:
            found.reached = max(found.messages, default=f"{time.time():.6f}")
        if without in found.messages:
            del found.messages[without]
            found.known -= 1
        return _transcript(found)

    def stretch(self, stretch: Stretch, progress: OnProgress) -> Transcript:
        """The messages of a channel with the replies in their threads, from the newest on."""
        end, found = time.monotonic() + self._patience.seconds, _Found()
        oldest = f"{stretch.since.timestamp():.6f}" if stretch.since else None
        arguments: dict[str, Any] = {"channel": stretch.channel, "limit": PAGE, "oldest": oldest, "inclusive": True}
        left = stretch.last
        try:
            for page in self._pages("conversations.history", arguments, end):
                told = [each for each in page.get("messages", ()) if _is_message(each) or _replies_of(each)]
                messages = told[:left]
                found.known += sum(_is_message(message) + _replies_of(message) for message in messages)
                for message in messages:
                    self._read(message, stretch.channel, found, end)
                    progress(len(found.messages))
                left = None if left is None else left - len(messages)
                if left == 0:
                    break
        except _Enough:
            found.reached = found.reached or f"{time.time():.6f}"
            return _transcript(found)
        found.reached = None
        return _transcript(found)

    def _read(self, message: Mapping[str, Any], channel: str, found: _Found, end: float) -> None:
        """A message of a channel with its thread: both or, where patience ends between, neither."""
        self._check(found)
        replies = list(self._replies(channel, str(message["ts"]), end)) if _replies_of(message) else []
        if replies:
            found.threads += 1
            # What was said or deleted since the count was made.
            found.known += sum(map(_is_message, replies)) - _is_message(message) - _replies_of(message)
        self._keep(message, found, None)
        for reply in replies:
            if _is_message(reply) and reply["ts"] in found.messages and reply["ts"] != message["ts"]:
                found.known -= 1  # shown in the channel as well, and counted there
            self._keep(reply, found, str(message["ts"]))
        found.reached = str(message["ts"])

    def _check(self, found: _Found) -> None:
        if len(found.messages) >= self._patience.messages:
            raise _Enough

    @staticmethod
    def _keep(message: Mapping[str, Any], found: _Found, thread: str | None) -> None:
        if _is_message(message):
            ts = str(message["ts"])
            found.messages.setdefault(ts, message)
            if thread and thread != ts:
                found.threads_of[ts] = thread

    def _replies(self, channel: str, ts: str, end: float) -> Iterator[Mapping[str, Any]]:
        for page in self._pages("conversations.replies", {"channel": channel, "ts": ts, "limit": PAGE}, end):
            yield from page.get("messages", ())

    def _pages(self, method: str, arguments: dict[str, Any], end: float) -> Iterator[Mapping[str, Any]]:
        given = dict(arguments)
        while True:
            page = self._fetch(method, given, end)
            yield page
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return
            given["cursor"] = cursor

    def _fetch(self, method: str, arguments: Mapping[str, Any], end: float) -> Mapping[str, Any]:
        try:
            return self._slack.fetch(method, arguments, until=end)
        except Undeliverable as error:
            if str(error) == "ratelimited":
                raise _Enough from error
            raise CannotRead(str(error)) from error


def _is_message(message: Mapping[str, Any]) -> bool:
    return message.get("subtype") in (*_SPEECH, *_APPS) and isinstance(message.get("ts"), str)


def _is_app(message: Mapping[str, Any]) -> bool:
    return bool(message.get("bot_id")) or message.get("subtype") in _APPS or not message.get("user")


def _replies_of(message: Mapping[str, Any]) -> int:
    """How many follow it; a reply that is also shown in the channel is no root."""
    if message.get("thread_ts") not in (None, message["ts"]):
        return 0
    return int(message.get("reply_count") or 0)


def _transcript(found: _Found) -> Transcript:
    messages = [found.messages[ts] for ts in sorted(found.messages, key=float)]
    files = [file for message in messages for file in message.get("files") or () if isinstance(file, Mapping)]
    images = sum(str(file.get("mimetype") or "").startswith("image/") for file in files)
    people = [message for message in messages if not _is_app(message)]
    return Transcript(
        said=tuple(_said(message) for message in people if str(message.get("text") or "").strip()),
        threads_of=dict(found.threads_of),
        read=len(messages),
        known=max(found.known, len(messages)),
        threads=found.threads,
        images=images,
        files=len(files) - images,
        apps=len(messages) - len(people),
        reached=_at(found.reached) if found.reached else None,
    )


def _said(message: Mapping[str, Any]) -> Said:
    ts = str(message["ts"])
    return Said(ts, str(message["user"]), typed(str(message["text"])), _at(ts))


def _at(ts: str) -> datetime:
    return datetime.fromtimestamp(float(ts), UTC)
