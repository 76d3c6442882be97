"""Files and links of a message become part of the library, where an administrator says so: for everybody, or for a channel."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import structlog

from bot.slack.audience import People, may_ask
from bot.slack.audit import AuditTrail, Decision
from bot.slack.blocks import Block, Part, actions, button, confirmed
from bot.slack.downloads import Downloads, Unread
from bot.slack.durable import Step
from bot.slack.intake import Intake, Kept
from bot.slack.language import Strings
from bot.slack.library import Library, Report, Subject
from bot.slack.mrkdwn import is_address
from bot.slack.outcome import Outcome
from bot.slack.posting import Slack
from bot.slack.postings import Postings
from bot.slack.references import place_of, reference_of
from bot.slack.render import text_parts
from bot.slack.replies import Replies, mark
from bot.slack.request import Request
from bot.slack.roles import Roles
from bot.slack.surface import ADD_HERE, ADD_TO_WORKSPACE
from bot.slack.surfaces.admin import reported
from bot.slack.voice import Voice
from vectorstore.errors import StoreError
from vectorstore.values import WORKSPACE

MOST_ITEMS = 10
"""Files and links of one message."""

_log = structlog.get_logger("footnote.slack")


@dataclass(frozen=True, slots=True)
class _Items:
    """What a message brings."""

    files: tuple[str, ...]
    links: tuple[str, ...]

    @classmethod
    def of(cls, request: Request) -> _Items:
        words = request.text.split()
        if request.kind not in ("offer", "summary") and not (request.kind == "question" and len(words) == 1):
            words = []
        links = [word for word in words if is_address(word)]
        files = request.files[:MOST_ITEMS]
        return cls(files, tuple(links[: MOST_ITEMS - len(files)]))

    def __len__(self) -> int:
        return len(self.files) + len(self.links)


class Additions:
    def __init__(
        self,
        downloads: Downloads,
        library: Library,
        intake: Intake,
        people: People,
        roles: Roles,
        slack: Slack,
        replies: Replies,
        voice: Voice,
        audit: AuditTrail,
        postings: Postings,
    ) -> None:
        self._downloads = downloads
        self._library = library
        self._intake = intake
        self._people = people
        self._roles = roles
        self._slack = slack
        self._replies = replies
        self._voice = voice
        self._audit = audit
        self._postings = postings

    def run(self, kept: Kept, step: Step, *, look: bool) -> Outcome:
        """Offer the choice (kind `offer`), or do what was chosen, if the person may now."""
        request, strings = kept.request, self._voice.of(kept.request)
        if not self._may(request):
            self._audit.note(request, "add", "refused", reason="not theirs to look after")
            return self._say(kept, step, text_parts(strings("admin.admins_only")), "refused", strings, look=look)
        if request.kind == "offer":
            parts = step("offer", lambda: [asdict(part) for part in self._offered(request, strings)])
            return self._say(kept, step, [Part(**part) for part in parts], "answered", strings, look=look)
        items = self._chosen(request)
        if not items:
            self._audit.note(request, "add", "refused", reason="nothing of that kind was offered")
            return self._say(kept, step, text_parts(strings("add.forgotten")), "hint", strings, look=look)
        return self._job(kept, items, step, strings, look=look)

    def _chosen(self, request: Request) -> _Items | None:
        """What came with the request itself, or what the request it names offered in the same conversation."""
        if request.files:
            return _Items.of(request)
        asked = self._intake.find(request.text)
        return _Items.of(asked.request) if asked and asked.request.channel == request.channel else None

    def _may(self, request: Request) -> bool:
        """For everybody, owners may; for a channel, its curators too."""
        scope = WORKSPACE if request.kind == "add" else f"channel:{request.channel}"
        return may_ask(request, self._people.find(request.user)) and self._roles.may(request.user, "curate", scope)

    def _say(
        self, kept: Kept, step: Step, parts: Sequence[Part], kind: str, strings: Strings, *, look: bool
    ) -> Outcome:
        step("say", lambda: self._replies.deliver(kept, kept.request, list(parts), look=look, strings=strings))
        return Outcome("refused" if kind == "refused" else "hint" if kind == "hint" else "answered")

    def _offered(self, request: Request, strings: Strings) -> list[Part]:
        items = _Items.of(request)
        if not items:
            return text_parts(strings("add.nothing"))
        names = self._names(items)
        parts = text_parts("\n".join([strings("add.which_readers"), *(f"• {name}" for name in names)]))
        everybody = [button(strings("add.for_everybody"), ADD_TO_WORKSPACE, request.id)]
        buttons = everybody if request.user in self._roles else []
        if not request.channel.startswith("D"):
            buttons.append(button(strings("add.for_channel"), ADD_HERE, request.id))
        return [*parts[:-1], Part(parts[-1].text, (*parts[-1].blocks, actions(*buttons)))]

    def _names(self, items: _Items) -> list[str]:
        return [*(self._downloads.name(id) for id in items.files), *items.links]

    def _job(self, kept: Kept, items: _Items, step: Step, strings: Strings, *, look: bool) -> Outcome:
        """Progress and report are one message in the direct conversation; where it was chosen, a pointer to it."""
        request = kept.request
        scope = WORKSPACE if request.kind == "add" else f"channel:{request.channel}"
        channel = step("direct", lambda: self._slack.direct(request.user))
        since = f"{kept.received_at.timestamp() - 60:.6f}"
        first = text_parts(strings("add.starting", items=strings.count("item", len(items))))[0]

        def post(n: int, part: Part) -> str:
            return self._slack.post(channel, None, part, mark(request, n), since=since, look=look)

        ts = step("announce", lambda: post(0, first))
        if request.channel != channel:
            pointer = text_parts(strings("admin.pointer"))
            step("point", lambda: self._replies.deliver(kept, request, pointer, look=look, strings=strings))
        added = step(
            "work", lambda: asdict(self._added(request, items, scope, channel, ts, strings).said(strings.reason))
        )
        report = Report(**added)
        unread = {place for place, _ in report.failures}
        names = [name for name in step("names", lambda: self._names(items)) if name not in unread]
        read_by = [strings(_READERS[request.kind]), *(f"• {name}" for name in names)] if names else []
        parts = text_parts("\n".join([*read_by, reported(report, strings)]))

        def tell() -> None:
            self._slack.update(channel, ts, parts[0])
            self._postings.note(request, "report", channel, ts, map(Subject, report.sources))

        step("report", tell)
        step("more", lambda: [post(n, part) for n, part in enumerate(parts[1:], 1)])
        return Outcome("failed" if report.failed else "answered")

    def _added(self, request: Request, items: _Items, scope: str, channel: str, ts: str, strings: Strings) -> Report:
        report = Report()
        for n, item in enumerate([*items.files, *items.links], 1):
            shown = self._downloads.name(item) if item in items.files else item
            progress = strings("add.progress", done=n, total=len(items), item=shown)
            self._slack.try_update(channel, ts, text_parts(progress)[0])
            report = _sum(report, self._add(item, shown, request, scope, strings, is_file=item in items.files))
        return report

    def _add(self, item: str, shown: str, request: Request, scope: str, strings: Strings, *, is_file: bool) -> Report:
        """What became of one of them; the audit trail knows too."""
        started = time.monotonic()
        decision: Decision = "done"
        reason = None
        try:
            report = self._keep(item, request, scope) if is_file else self._ingest(item, request, scope)
        except Unread as error:
            report, reason = Report(failed=1, failures=((shown, strings(f"file.{error}")),)), str(error)
        except StoreError as error:
            report, reason = Report(failed=1, failures=((shown, error.reason),)), type(error).__name__
        except Exception as error:  # the edge: the administrator gets a reference, the log the place
            reason = reference_of(request.id)
            _log.error("add_failed", id=request.id, reference=reason, place=place_of(error))
            failure = (shown, strings("admin.nothing_half_done", reference=reason))
            report = Report(failed=1, failures=(failure,))
        if report.failed:
            decision = "failed"
        seconds = round(time.monotonic() - started, 3)
        self._audit.note(request, "add", decision, object=f"{item} {scope}", reason=reason, seconds=seconds)
        return report

    def _keep(self, id: str, request: Request, scope: str) -> Report:
        return self._library.keep_file(self._downloads.read(id), scope=scope, actor=request.user)

    def _ingest(self, address: str, request: Request, scope: str) -> Report:
        return self._library.ingest(address, scope=scope, actor=request.user, progress=lambda _: None)


def add_buttons(request_id: str, strings: Strings, *, is_direct: bool) -> list[Block]:
    """Under something that was read for one answer or one thread; each asks once more who will read it then."""
    yes, no = strings("add.yes"), strings("add.no")
    everybody = button(strings("file.add_to_library"), ADD_TO_WORKSPACE, request_id)
    buttons = [confirmed(everybody, strings("file.add_to_library"), strings("add.everybody_will_read"), yes, no)]
    if not is_direct:
        here = button(strings("file.add_here"), ADD_HERE, request_id)
        buttons.append(confirmed(here, strings("file.add_here"), strings("add.channel_will_read"), yes, no))
    return buttons


_READERS = {"add": "add.everybody_reads", "add_here": "add.channel_reads"}


def _sum(one: Report, other: Report) -> Report:
    names = ("new", "changed", "unchanged", "removed", "failed")
    counts = {name: getattr(one, name) + getattr(other, name) for name in names}
    failures, sources = (*one.failures, *other.failures), (*one.sources, *other.sources)
    return Report(**counts, failures=failures, sources=sources)
