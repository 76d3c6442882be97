"""What an owner does about a question of the Home's lists: add a document for it, write a note that answers it, tick it off.

Which question it is, is looked up again at each click; the windows hold only what its words share.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import structlog
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.slack.asides import aside
from bot.slack.asked import Asked
from bot.slack.audience import People
from bot.slack.audit import AuditTrail
from bot.slack.blocks import Block, bold, plain_text, rich_line, words
from bot.slack.door import Identity
from bot.slack.downloads import SharedFile
from bot.slack.history import Group
from bot.slack.intake import Intake
from bot.slack.language import Strings
from bot.slack.library import Library
from bot.slack.mrkdwn import is_address
from bot.slack.payloads import held, trigger_of, user_of, value_of
from bot.slack.posting import Slack
from bot.slack.references import place_of, reference_of
from bot.slack.request import Request
from bot.slack.surface import ADD_DOCUMENT, WRITE_NOTE
from bot.slack.surfaces.notes import LONGEST_TEXT, LONGEST_TITLE, Note, field, text_input
from bot.slack.voice import Voice
from bot.slack.windows import message_window, open_and_fill, window
from vectorstore.errors import StoreError
from vectorstore.values import WORKSPACE

_log = structlog.get_logger("footnote.slack")


@dataclass(frozen=True, slots=True)
class _Form:
    """A window about a question."""

    callback_id: str
    name: Literal["document", "note"]
    fields: Callable[[Group, Strings], list[Block]]


class Remedies:
    """Only for owners: the gatekeeper lets nobody else in."""

    def __init__(
        self,
        asked: Asked,
        library: Library,
        people: People,
        intake: Intake,
        slack: Slack,
        voice: Voice,
        audit: AuditTrail,
        begin: Callable[[str], None],
        publish: Callable[[str], None],
        identity: Callable[[], Identity],
    ) -> None:
        """`begin`: start the request with that id; `publish`: show this person her Home as it is now."""
        self._asked = asked
        self._library = library
        self._people = people
        self._intake = intake
        self._slack = slack
        self._voice = voice
        self._audit = audit
        self._begin = begin
        self._publish = publish
        self._identity = identity

    # -- clicks -------------------------------------------------------------------------------------------------------

    async def ask_for_document(self, args: AsyncArgs) -> None:
        await self._open(args, _Form(ADD_DOCUMENT, "document", _document_fields))

    async def ask_for_note(self, args: AsyncArgs) -> None:
        await self._open(args, _Form(WRITE_NOTE, "note", _note_fields))

    async def handled(self, args: AsyncArgs) -> None:
        try:
            await asyncio.to_thread(self._handled, user_of(args.body), value_of(args.body), "question handled")
        except Exception as error:  # the edge of a listener
            _log.error("question_not_handled", place=place_of(error))

    async def _open(self, args: AsyncArgs, form: _Form) -> None:
        user, key = user_of(args.body), value_of(args.body)
        strings = await asyncio.to_thread(self._voice.of_person, user)
        title = strings(f"remedy.{form.name}.title")
        await open_and_fill(
            args.client,
            trigger_of(args.body),
            message_window(title, strings("note_window.looking"), strings),
            lambda: self._view(key, form, strings),
            lambda reference: message_window(title, strings("note_window.failed", reference=reference), strings),
            f"{form.name}:{key}",
        )

    def _view(self, key: str, form: _Form, strings: Strings) -> dict[str, Any]:
        group, title = self._asked.find(self._identity().team, key), strings(f"remedy.{form.name}.title")
        if group is None:
            return message_window(title, strings("remedy.gone"), strings)
        return window(
            title,
            form.fields(group, strings),
            strings,
            callback_id=form.callback_id,
            private_metadata=key,
            submit=plain_text(strings(f"remedy.{form.name}.submit")),
        )

    def _handled(self, user: str, key: str, action: str) -> None:
        team = self._identity().team
        group = self._asked.find(team, key)
        if group is not None:
            self._asked.handle(team, key)
            self._audit.did(user, team, "", action, group.question[:200])
        self._publish(user)

    # -- a document -----------------------------------------------------------------------------------------------------

    def document_errors(self, body: Mapping[str, Any]) -> Mapping[str, str]:
        """What is wrong with what was filled in, by block."""
        address, files = _address(body), _files(body)
        if address and not is_address(address):
            return {"address": self._voice.of_person(user_of(body))("admin.which_address")}
        return {} if address or files else {"address": self._voice.of_person(user_of(body))("remedy.document.nothing")}

    async def add_document(self, args: AsyncArgs) -> None:
        """Begin what `/footnote ingest` and "Add to library" do, told in the direct conversation."""
        try:
            await asyncio.to_thread(self._add, args.body)
        except Exception as error:  # the edge of a listener
            _log.error("document_not_added", place=place_of(error))

    def _add(self, body: Mapping[str, Any]) -> None:
        user, team, view = user_of(body), self._identity().team, str((body.get("view") or {}).get("id") or "")
        channel = self._slack.direct(user)
        address, files = _address(body), _files(body)
        wanted = [Request(f"remedy-page:{view}", "home", team, "", user, f"ingest {address}")] if address else []
        if files:
            wanted.append(Request(f"remedy-file:{view}", "add", team, channel, user, "", is_direct=True, files=files))
        for request in wanted:
            if self._intake.claim(request).result(30):
                self._begin(request.id)
        self._handled(user, _key(body), "document for question")

    # -- a note ---------------------------------------------------------------------------------------------------------

    async def write_note(self, args: AsyncArgs) -> None:
        """Keep what was submitted as a document for everybody, and say so."""
        user = user_of(args.body)
        try:
            strings = await asyncio.to_thread(self._voice.of_person, user)
            text = await asyncio.to_thread(self._written, args.body, user, strings)
            await aside(args.client, "", user, text)
        except Exception as error:  # the edge of a listener
            _log.error("reply_refused", place=place_of(error))

    def _written(self, body: Mapping[str, Any], user: str, strings: Strings) -> str:
        question, text = _value(body, "question"), _value(body, "text")
        author = self._people.find(user).name
        today = datetime.now(UTC).date()
        note = Note(
            question[:LONGEST_TITLE] or "?", text[:LONGEST_TEXT], author, today, self._identity().team_name, None
        )
        id = f"note-{hashlib.sha256(question.encode()).hexdigest()[:16]}"
        try:
            file = SharedFile(id, f"{id}.md", "text/markdown", None, note.document())
            report = self._library.keep_file(file, scope=WORKSPACE, actor=user)
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
        self._handled(user, _key(body), "note for question")
        return strings("note_window.kept", question=note.question, author=author)


def _document_fields(group: Group, strings: Strings) -> list[Block]:
    address = {**text_input("", 3000), "min_length": 0, "placeholder": plain_text("https://")}
    upload = {"type": "file_input", "max_files": 1}
    return [
        _asked_line(group, strings),
        field("address", strings("remedy.document.address"), address) | {"optional": True},
        field("file", strings("remedy.document.file"), upload) | {"optional": True},
        rich_line(words(strings("remedy.readers"))),
    ]


def _note_fields(group: Group, strings: Strings) -> list[Block]:
    return [
        _asked_line(group, strings),
        field("question", strings("note_window.question"), text_input(group.question[:LONGEST_TITLE], LONGEST_TITLE)),
        field("text", strings("note_window.text"), {**text_input("", LONGEST_TEXT), "multiline": True}),
        rich_line(words(strings("remedy.readers"))),
    ]


def _asked_line(group: Group, strings: Strings) -> Block:
    times = strings("home.times", number=strings.number(group.times))
    return rich_line(words(f"{times} "), bold(group.question[:1000]))


def _key(body: Mapping[str, Any]) -> str:
    return str((body.get("view") or {}).get("private_metadata") or "")


def _value(body: Mapping[str, Any], block: str) -> str:
    return str(held(body, block).get("value") or "").strip()


def _address(body: Mapping[str, Any]) -> str:
    return _value(body, "address")


def _files(body: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(file.get("id")) for file in held(body, "file").get("files") or () if isinstance(file, Mapping))
