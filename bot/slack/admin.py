"""`/footnote`: what administrators do in Slack, with live progress, a report, and an entry in the audit trail."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import structlog

from bot.slack.audience import People, is_admin
from bot.slack.audit import AuditTrail, Decision
from bot.slack.blocks import Block, Part, actions, button
from bot.slack.durable import Step
from bot.slack.intake import Intake, Kept
from bot.slack.library import Library, Progress, RemovedRow, Report, SourceRow
from bot.slack.mrkdwn import public_url
from bot.slack.posting import Slack
from bot.slack.references import place_of, reference_of
from bot.slack.render import text_parts
from bot.slack.replies import Replies, mark
from bot.slack.request import REMOVE_CONFIRMED, Request
from vectorstore.errors import StoreError
from vectorstore.values import WORKSPACE

REMOVE_CANCELLED = "remove_cancelled"
CONFIRM_WITHIN = timedelta(minutes=5)
SECONDS_BETWEEN_UPDATES = 1.5

USAGE = """What /footnote can do:
/footnote sources: what I answer from
/footnote ingest and an address: read a page or a file from the web and answer from it
/footnote reingest, alone or with a source: look for changes in all sources or in one
/footnote remove and a source: forget a source (I ask once more)
/footnote help: this list
Questions need no command: mention me, write to me directly, or use /ask for an answer only you see."""

ADMINS_ONLY = (
    "Sources are looked after by Footnote's administrators, and you are not on their list. "
    "Please ask one of them; questions you can ask me yourself, with /ask or by mentioning me."
)

POINTER = "I am on it; the progress and the report are in our direct conversation."

Outcome = Literal["answered", "refused", "failed"]

_log = structlog.get_logger("footnote.slack")


@dataclass(frozen=True, slots=True)
class Wish:
    action: str
    object: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """What to say, or the job to do."""

    text: str = ""
    outcome: Outcome = "answered"
    confirm: bool = False
    job: str | None = None
    """The address to ingest, or the id of the source to look at again ("" means all)."""


def wish(text: str) -> Wish:
    """What the text after `/footnote` asks for; "help" where it is not understood."""
    action, _, object = text.strip().partition(" ")
    known = action.lower() in ("sources", "ingest", "reingest", "remove")
    return Wish(action.lower(), object.strip().strip("\"'“”")) if known else Wish("help")


class Admin:
    def __init__(
        self,
        admins: frozenset[str],
        library: Library,
        people: People,
        intake: Intake,
        slack: Slack,
        replies: Replies,
        audit: AuditTrail,
    ) -> None:
        self._admins = admins
        self._library = library
        self._people = people
        self._intake = intake
        self._slack = slack
        self._replies = replies
        self._audit = audit

    def run(self, kept: Kept, step: Step, *, look: bool) -> Outcome:
        """Do what was asked, now, if the person may now. Raises Undeliverable."""
        request = kept.request
        asked = wish(request.text) if request.kind == "admin" else Wish("confirmed")
        decided = Decided(**step("decide", lambda: asdict(self._decided(request, asked))))
        if decided.job is not None:
            return self._job(kept, asked, decided.job, step, look=look)
        parts = text_parts(decided.text)
        if decided.confirm:
            parts[-1] = Part(parts[-1].text, (*parts[-1].blocks, _confirmation(request.id)))
        step("say", lambda: self._replies.deliver(kept, request, parts, look=look))
        return decided.outcome

    def _decided(self, request: Request, asked: Wish) -> Decided:
        try:
            return self._decide(request, asked)
        except StoreError as error:
            return Decided(str(error), "failed")
        except Exception as error:  # the edge: the administrator gets a reference, the log the place
            reference = reference_of(request.id)
            _log.error("admin_action_failed", id=request.id, reference=reference, place=place_of(error))
            return Decided(
                f"That did not work; it is noted under the reference {reference}. Please try again.", "failed"
            )

    def _decide(self, request: Request, asked: Wish) -> Decided:
        if asked.action == "help":
            return Decided(USAGE)
        if not self._is_admin(request):
            action = "remove" if asked.action == "confirmed" else asked.action
            self._audit.note(request, action, "refused", object=asked.object or None, reason="not an administrator")
            return Decided(ADMINS_ONLY, "refused")
        decisions = {
            "sources": self._sources,
            "ingest": self._ingest,
            "reingest": self._reingest,
            "remove": self._ask_before_removing,
            "confirmed": self._remove,
        }
        return decisions[asked.action](request, asked.object)

    def _is_admin(self, request: Request) -> bool:
        if request.user not in self._admins:
            return False
        return is_admin(request, self._people.find(request.user), self._admins)

    # -- sources, and removing one --------------------------------------------------------------------------------

    def _sources(self, request: Request, _: str) -> Decided:
        rows = self._library.sources()
        self._audit.note(request, "sources", "done")
        if not rows:
            return Decided("There are no sources yet. /footnote ingest and an address adds one.")
        return Decided("\n".join([f"{_count(len(rows), 'source')}:", *(_described(row) for row in rows)]))

    def _ask_before_removing(self, _: Request, wanted: str) -> Decided:
        row = self._source(wanted)
        if row is None:
            return Decided(_unknown_source(wanted))
        question = (
            f"Remove “{row.title}” ({row.location})? {_count(row.documents, 'document')} and "
            f"{_count(row.passages, 'passage')} will not be found any more. Please decide within five minutes."
        )
        return Decided(question, confirm=True)

    def _remove(self, click: Request, _: str) -> Decided:
        """The confirmed removal: what is removed is read from the request that asked, not from the button."""
        asked = self._intake.find(click.text)
        if asked is None or asked.request.kind != "admin" or asked.request.user != click.user:
            self._audit.note(click, "remove", "refused", reason="confirmed by somebody else")
            return Decided("Only the person who asked for a removal can confirm it.", "refused")
        wanted = wish(asked.request.text).object
        if datetime.now(UTC) - asked.received_at > CONFIRM_WITHIN:
            self._audit.note(click, "remove", "refused", object=wanted, reason="confirmed too late")
            return Decided("That was more than five minutes ago, so I kept the source. Please ask again.", "refused")
        row = self._source(wanted)
        if row is None:
            self._audit.note(click, "remove", "failed", object=wanted, reason="no such source")
            return Decided(_unknown_source(wanted))
        text, decision = self._attempt(
            click, "remove", row.location, lambda: _removed(self._library.remove(row.id, actor=click.user))
        )
        return Decided(text, "answered" if decision == "done" else "failed")

    def _source(self, wanted: str) -> SourceRow | None:
        """The one source with that id, that location, or that title."""
        rows = self._library.sources()
        by_id, by_location = (
            [row for row in rows if row.id == wanted],
            [row for row in rows if row.location == wanted],
        )
        by_title = [row for row in rows if row.title.casefold() == wanted.casefold()]
        return next((found[0] for found in (by_id, by_location, by_title) if len(found) == 1), None)

    # -- jobs with progress -----------------------------------------------------------------------------------------

    def _ingest(self, _: Request, address: str) -> Decided:
        if public_url(address) is None:
            return Decided("Please give me the http or https address to read: /footnote ingest https://…")
        return Decided(job=address)

    def _reingest(self, _: Request, wanted: str) -> Decided:
        if wanted.lower() in ("", "all"):
            return Decided(job="")
        row = self._source(wanted)
        return Decided(job=row.id) if row else Decided(_unknown_source(wanted))

    def _job(self, kept: Kept, asked: Wish, target: str, step: Step, *, look: bool) -> Outcome:
        """Progress and report are one message in the direct conversation; where the command was given, a pointer to it."""
        request, title = kept.request, f"{asked.action} {asked.object or 'all sources'}"
        channel = step("direct", lambda: self._slack.direct(request.user))
        since = f"{kept.received_at.timestamp() - 60:.6f}"

        def post(n: int, part: Part) -> str:
            return self._slack.post(channel, None, part, mark(request, n), since=since, look=look)

        ts = step("announce", lambda: post(0, text_parts(f"{title}: starting…")[0]))
        if request.channel != channel:
            step("point", lambda: self._replies.deliver(kept, request, text_parts(POINTER), look=look))
        live = _LiveMessage(self._slack, channel, ts, title)
        text, decision = step("work", lambda: self._worked(request, asked, target, live))
        parts = text_parts(text)
        step("report", lambda: self._slack.update(channel, ts, parts[0]))
        step("more", lambda: [post(n, part) for n, part in enumerate(parts[1:], 1)])
        return "answered" if decision == "done" else "failed"

    def _worked(self, request: Request, asked: Wish, target: str, live: _LiveMessage) -> tuple[str, Decision]:
        def work() -> str:
            if asked.action == "ingest":
                return reported(self._library.ingest(target, scope=WORKSPACE, actor=request.user, progress=live.show))
            return reported(self._library.reingest(target or None, actor=request.user, progress=live.show))

        return self._attempt(request, asked.action, asked.object or "all sources", work)

    def _attempt(self, request: Request, action: str, object: str, work: Callable[[], str]) -> tuple[str, Decision]:
        """What to tell the person, and how it went; the audit trail knows too."""
        started = time.monotonic()
        decision: Decision = "done"
        reason = None
        try:
            text = work()
        except StoreError as error:
            decision, reason, text = "failed", type(error).__name__, str(error)
        except Exception as error:  # the edge: the administrator gets a reference, the log the place
            reference = reference_of(request.id)
            decision, reason = "failed", reference
            text = f"That did not work; it is noted under the reference {reference}. Nothing is half done: please try again."
            _log.error("admin_action_failed", id=request.id, reference=reference, place=place_of(error))
        seconds = round(time.monotonic() - started, 3)
        self._audit.note(request, action, decision, object=object, reason=reason, seconds=seconds)
        return text, decision


class _LiveMessage:
    """One message that follows a job, changed no more often than Slack likes."""

    def __init__(self, slack: Slack, channel: str, ts: str, title: str) -> None:
        self._slack, self._channel, self._ts, self._title = slack, channel, ts, title
        self._next = 0.0

    def show(self, progress: Progress) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + SECONDS_BETWEEN_UPDATES
        of = f" of {progress.total:,}" if progress.total is not None else ""
        text = f"{self._title}: {progress.done:,}{of}\n{progress.item}"
        self._slack.try_update(self._channel, self._ts, text_parts(text)[0])


def reported(report: Report) -> str:
    counts = {
        "new": report.new,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "removed": report.removed,
        "failed": report.failed,
    }
    done = ", ".join(f"{number:,} {word}" for word, number in counts.items() if number) or "nothing to do"
    failures = [f"Failed: {location}: {reason}" for location, reason in report.failures]
    return "\n".join([f"Done: {done}.", *failures])


def _removed(row: RemovedRow) -> str:
    return f"Removed “{row.title}” with {_count(row.documents, 'document')}. No answer will use it from now on."


def _confirmation(request_id: str) -> Block:
    return actions(
        button("Remove", REMOVE_CONFIRMED, request_id, "danger"), button("Keep it", REMOVE_CANCELLED, request_id)
    )


def _described(row: SourceRow) -> str:
    fresh = f", read {row.updated_at:%Y-%m-%d %H:%M}" if row.updated_at else ""
    size = f"{_count(row.documents, 'document')}, {_count(row.passages, 'passage')}"
    return f"{row.title} · {row.location} · {row.scope} · {size}{fresh} · {row.state} · id {row.id}"


def _unknown_source(wanted: str) -> str:
    named = f"There is no source “{wanted}”." if wanted else "Please name a source."
    return f"{named} /footnote sources lists them with their ids."


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
