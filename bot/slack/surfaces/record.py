"""`/footnote audit`: what was done and refused lately, whether the trail is as it was written, and all of it as a file."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.slack.audience import People
from bot.slack.audit import AuditTrail
from bot.slack.blocks import rich_line, words
from bot.slack.language import Strings
from bot.slack.payloads import trigger_of, user_of
from bot.slack.posting import Slack, Undeliverable
from bot.slack.request import Request
from bot.slack.uploads import Uploads
from bot.slack.voice import Voice
from bot.slack.windows import message_window, open_and_fill, window
from bot.slack.wishes import Decided
from vectorstore.audit import COMMAND_LINE, SLACK, Verdict, Written
from vectorstore.moments import moment_of

ENTRIES_SHOWN = 25
DEFAULT_SINCE = "7d"
EXPORT = "export"
_FOLDERS = re.compile(r"(?<!\S)/\S*/(?=[^/\s]+/[^/\s]+)")
"""Of an absolute path, all but the last one."""


class Record:
    def __init__(
        self,
        audit: AuditTrail,
        people: People,
        slack: Slack,
        uploads: Uploads,
        voice: Voice,
        team: Callable[[], str],
    ) -> None:
        self._audit = audit
        self._slack = slack
        self._uploads = uploads
        self._voice = voice
        self._team = team
        self._people = people

    def tell(self, request: Request, object: str, strings: Strings) -> Decided:
        """`object`: since when, `7d` where it is empty, or `export`. Looking is noted too. Raises StoreError."""
        if object.casefold() == EXPORT:
            return self._export(request, strings)
        since = object or DEFAULT_SINCE
        moment = moment_of(since, datetime.now(UTC))
        self._audit.note(request, "audit", "done", object=since)
        entries, number = self._audit.recent(moment, ENTRIES_SHOWN)
        lines = [strings("audit.title", since=since, entries=strings.count("entry", number))]
        lines += [entry_line(each, self.name(each.entry.actor), strings) for each in entries]
        if (more := number - len(entries)) > 0:
            lines.append(strings("audit.more", number=strings.number(more)))
        return Decided("\n".join([*lines, verdict_line(self._audit.verify(), strings), strings("audit.export")]))

    def _export(self, request: Request, strings: Strings) -> Decided:
        """The whole trail as a file that only this person sees; that it was exported is its last entry."""
        self._audit.note(request, "audit export", "done")
        verdict = self._audit.verify()
        name = f"footnote-audit-{datetime.now(UTC):%Y-%m-%d-%H%M}.jsonl"
        told = "\n".join([strings("audit.exported"), verdict_line(verdict, strings)])
        try:
            self._uploads.put(name, self._audit.exported(), channel=self._slack.direct(request.user), comment=told)
        except Undeliverable as error:
            self._audit.note(request, "audit export", "failed", reason=str(error))
            return Decided(strings("audit.not_exported", reason=str(error)), "failed")
        return Decided(strings("audit.sent", name=name))

    def lines(self, since: datetime, limit: int, strings: Strings) -> list[str]:
        """The last entries, the newest first."""
        return [entry_line(each, self.name(each.entry.actor), strings) for each in self._audit.recent(since, limit)[0]]

    async def open(self, args: AsyncArgs) -> None:
        """The last entries in a window, for whoever the gatekeeper lets in."""
        user = user_of(args.body)
        strings = await asyncio.to_thread(self._voice.of_person, user)
        title = strings("audit.window")
        await open_and_fill(
            args.client,
            trigger_of(args.body),
            message_window(title, strings("settings.looking"), strings),
            lambda: self._window(user, strings),
            lambda reference: message_window(title, strings("settings.failed", reference=reference), strings),
            f"record:{user}",
        )

    def _window(self, user: str, strings: Strings) -> dict[str, Any]:
        self._audit.did(user, self._team(), "", "audit", DEFAULT_SINCE)
        moment = moment_of(DEFAULT_SINCE, datetime.now(UTC))
        lines = [*self.lines(moment, ENTRIES_SHOWN, strings), verdict_line(self._audit.verify(), strings)]
        blocks = [rich_line(words(line)) for line in [*lines, strings("audit.export")]]
        return window(strings("audit.window"), blocks, strings)

    def name(self, actor: str) -> str:
        """As people know whoever did it."""
        with suppress(Undeliverable):
            if actor in (COMMAND_LINE, SLACK):
                return actor
            return self._people.find(actor).name or actor
        return actor


def entry_line(written: Written, name: str, strings: Strings) -> str:
    """As it is shown in Slack: the folders of the server are left out, which the export has."""
    entry = written.entry
    facts = (
        name,
        entry.action,
        strings(f"audit.{entry.decision}"),
        _FOLDERS.sub("…/", entry.object or "")[:200],
        (entry.reason or "")[:100],
    )
    return " · ".join([f"{written.at:%Y-%m-%d %H:%M}", *filter(None, facts)])


def verdict_line(verdict: Verdict, strings: Strings) -> str:
    if verdict.broken_at is not None:
        return strings("audit.broken", number=strings.number(verdict.broken_at))
    return strings("audit.whole", entries=strings.count("entry", verdict.entries), head=verdict.head[:16] or "-")
