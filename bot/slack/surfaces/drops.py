"""Files that come with a message to us: each is read for that thread alone, or the reply says why not."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import asdict, dataclass, replace

from bot.slack.audience import People, is_admin, may_ask
from bot.slack.blocks import Part, actions
from bot.slack.conversations import Conversations
from bot.slack.downloads import Downloads, Unread
from bot.slack.durable import Step
from bot.slack.failpoints import Failpoint
from bot.slack.intake import WITHDRAWN, Intake, Kept
from bot.slack.language import Strings
from bot.slack.library import Library
from bot.slack.mrkdwn import has_words
from bot.slack.outcome import Handler, Outcome
from bot.slack.posting import Slack
from bot.slack.render import text_parts
from bot.slack.replies import Replies
from bot.slack.request import Request
from bot.slack.surfaces.additions import add_buttons
from bot.slack.voice import Voice
from bot.values import Note
from vectorstore.errors import EmbedderUnavailable, StoreError
from vectorstore.scopes import thread_scope

MOST_FILES = 10
"""Of one message."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """What became of one file."""

    name: str
    pages: int = 0
    reason: str = ""
    """Why it was not read, as a sentence; empty where it was."""

    def told(self, strings: Strings) -> str:
        if self.reason:
            return strings("note.file_unread", name=self.name, reason=self.reason)
        return strings("note.file_read", name=_measured(self, strings))


class Drops:
    """Every question passes here, for the files it brings and for those that its thread has already."""

    def __init__(
        self,
        questions: Handler,
        downloads: Downloads,
        library: Library,
        intake: Intake,
        conversations: Conversations,
        people: People,
        admins: Container[str],
        slack: Slack,
        replies: Replies,
        voice: Voice,
        failpoint: Failpoint,
    ) -> None:
        self._questions = questions
        self._downloads = downloads
        self._library = library
        self._intake = intake
        self._conversations = conversations
        self._people = people
        self._admins = admins
        self._slack = slack
        self._replies = replies
        self._voice = voice
        self._failpoint = failpoint

    def run(self, kept: Kept, step: Step, *, look: bool) -> Outcome:
        request = kept.request
        if not request.files or not self._may(request):
            return self._questions.run(self._with_thread(kept), step, look=look)
        strings = self._voice.of(request)
        if request.message_ts:
            self._slack.show_status(request.channel, request.thread_ts or request.message_ts, strings("file.reading"))
        found = step("files", lambda: [asdict(each) for each in self._read_all(request, strings)])
        dropped = [Dropped(**each) for each in found]
        if self._is_withdrawn(kept):
            self._library.forget(_scope(request))
            return Outcome("nothing")
        if has_words(request.text):
            noted = replace(request, notes=tuple(_note(each, strings) for each in dropped))
            return self._questions.run(self._with_thread(replace(kept, request=noted)), step, look=look)
        parts = self._told(request, dropped, strings)
        ts = step("post", lambda: self._replies.deliver(kept, request, parts, look=look, strings=strings))
        read = sum(not each.reason for each in dropped)
        return Outcome("answered" if read else "hint", ts=ts, details={"files": len(dropped), "read": read})

    def _may(self, request: Request) -> bool:
        person = self._people.find(request.user)
        return not person.is_bot and may_ask(request, person)

    def _with_thread(self, kept: Kept) -> Kept:
        request = kept.request
        beside = self._conversations.thread_scopes(request.channel, request.thread_ts)
        return replace(kept, request=replace(request, beside=beside))

    def _is_withdrawn(self, kept: Kept) -> bool:
        now = self._intake.find(kept.request.id)
        return now is None or now.state == WITHDRAWN

    def _read_all(self, request: Request, strings: Strings) -> list[Dropped]:
        read = [self._read(id, request, strings) for id in request.files[:MOST_FILES]]
        left = [Dropped(self._downloads.name(id), reason=strings("file.too_many")) for id in request.files[MOST_FILES:]]
        return [*read, *left]

    def _read(self, id: str, request: Request, strings: Strings) -> Dropped:
        try:
            file = self._downloads.read(id)
        except Unread as error:
            return Dropped(self._downloads.name(id), reason=strings(f"file.{error}"))
        self._failpoint("file-downloaded")
        try:
            read = self._library.read_file(file, scope=_scope(request), actor=request.user)
        except EmbedderUnavailable:
            raise
        except StoreError as error:
            return Dropped(file.name, reason=strings.reason(error.reason))
        return Dropped(file.name, read.pages)

    def _told(self, request: Request, dropped: Sequence[Dropped], strings: Strings) -> list[Part]:
        read = [each for each in dropped if not each.reason]
        lines = [each.told(strings) for each in dropped if each.reason]
        if read:
            names = strings.listed([_measured(each, strings) for each in read])
            lines.insert(0, strings("file.ask_about_it" if len(read) == 1 else "file.ask_about_them", names=names))
        parts = text_parts("\n".join(lines))
        if not read or not is_admin(request, self._people.find(request.user), self._admins):
            return parts
        buttons = add_buttons(request.id, strings, is_direct=request.is_direct)
        return [*parts[:-1], Part(parts[-1].text, (*parts[-1].blocks, actions(*buttons)))]


def _scope(request: Request) -> str:
    return thread_scope(request.channel, request.thread_ts or request.message_ts or "")


def _measured(dropped: Dropped, strings: Strings) -> str:
    if not dropped.pages:
        return dropped.name
    return strings("file.with_pages", name=dropped.name, pages=strings.count("page", dropped.pages))


def _note(dropped: Dropped, strings: Strings) -> Note:
    if dropped.reason:
        return Note("file_unread", {"name": dropped.name, "reason": dropped.reason})
    return Note("file_read", {"name": _measured(dropped, strings)})
