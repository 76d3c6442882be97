"""`/footnote`: what administrators do in Slack, with live progress, a report, and an entry in the audit trail."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import asdict

import structlog
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.slack.attempts import attempt
from bot.slack.audience import People, may_ask
from bot.slack.audit import AuditTrail
from bot.slack.blocks import Part
from bot.slack.durable import Step
from bot.slack.intake import Intake, Kept
from bot.slack.language import Strings
from bot.slack.library import Library, Progress, Report, Subject
from bot.slack.mrkdwn import public_url
from bot.slack.outcome import Outcome
from bot.slack.payloads import user_of
from bot.slack.places import Places
from bot.slack.posting import Slack
from bot.slack.postings import Postings
from bot.slack.references import place_of, reference_of
from bot.slack.render import text_parts
from bot.slack.replies import Replies, mark
from bot.slack.request import Request
from bot.slack.roles import Roles
from bot.slack.sources import Sources, unknown_source
from bot.slack.surfaces.confirmation import confirmation, confirmed_wish
from bot.slack.surfaces.listing import Listing
from bot.slack.surfaces.record import Record
from bot.slack.surfaces.reingestion import Reingestion
from bot.slack.surfaces.removal import Removal
from bot.slack.surfaces.upkeep import Upkeep
from bot.slack.surfaces.why_here import WhyHere
from bot.slack.voice import Voice
from bot.slack.wishes import Decided, Wish, nearest, wish
from bot.slack.withdrawals import Withdrawals
from vectorstore.errors import StoreError
from vectorstore.tags import hashed
from vectorstore.values import WORKSPACE

_CURATED = ("sources", "ingest", "reingest", "remove", "confirmed", "tag", "schedule", "rollback")
"""What curators may do, each with their own sources."""
SECONDS_BETWEEN_UPDATES = 1.5

_log = structlog.get_logger("footnote.slack")


class Admin:
    def __init__(
        self,
        roles: Roles,
        library: Library,
        people: People,
        intake: Intake,
        slack: Slack,
        replies: Replies,
        voice: Voice,
        audit: AuditTrail,
        why_here: WhyHere,
        reingestion: Reingestion,
        record: Record,
        withdrawals: Withdrawals,
        postings: Postings,
        places: Places,
    ) -> None:
        self._reingestion = reingestion
        sources = Sources(library, roles, audit)
        self._removal = Removal(library, sources, withdrawals, audit, roles)
        self._upkeep = Upkeep(library, sources, people, audit, roles)
        self._record = record
        self._listing = Listing(sources, places, audit)
        self._why_here = why_here
        self._roles = roles
        self._sources = sources
        self._library = library
        self._people = people
        self._intake = intake
        self._slack = slack
        self._replies = replies
        self._voice = voice
        self._audit = audit
        self._postings = postings

    def run(self, kept: Kept, step: Step, *, look: bool) -> Outcome:
        """Do what was asked, now, if the person may now. Raises Undeliverable."""
        request, strings = kept.request, self._voice.of(kept.request)
        asked = wish(request.text) if request.kind == "admin" else Wish("confirmed")
        decided = Decided(**step("decide", lambda: asdict(self._decided(request, asked, strings))))
        if decided.job is not None:
            return self._job(kept, asked, decided, step, strings, look=look)
        if decided.plan is not None:
            return self._reingestion.plan(kept, decided.plan, decided.text, step, strings, look=look)
        parts = text_parts(decided.text)
        if decided.confirm:
            parts[-1] = Part(parts[-1].text, (*parts[-1].blocks, confirmation(request.id, asked.action, strings)))
        step("say", lambda: self._replies.deliver(kept, request, parts, look=look, strings=strings))
        return Outcome(decided.outcome)

    async def call_off(self, args: AsyncArgs) -> None:
        """What was asked about once more and called off."""
        try:
            strings = await asyncio.to_thread(self._voice.of_person, user_of(args.body))
            await args.respond(text=strings("admin.nothing_done"), replace_original=True)
        except Exception as error:  # the edge of a listener
            _log.error("reply_refused", place=place_of(error))

    def _decided(self, request: Request, asked: Wish, strings: Strings) -> Decided:
        try:
            return self._decide(request, asked, strings)
        except StoreError as error:
            return Decided(strings.reason(error.reason), "failed")
        except Exception as error:  # the edge: the administrator gets a reference, the log the place
            reference = reference_of(request.id)
            _log.error("admin_action_failed", id=request.id, reference=reference, place=place_of(error))
            return Decided(strings("admin.failed", reference=reference), "failed")

    def _decide(self, request: Request, asked: Wish, strings: Strings) -> Decided:
        if asked.action == "help":
            return Decided(strings("admin.usage"))
        if asked.action == "unknown":
            return Decided(_unknown(asked.object, strings))
        if asked.action == "why-here":
            return Decided(self._why_here.tell(request, strings))
        if asked.action == "changes" and may_ask(request, self._people.find(request.user)):
            return Decided(self._upkeep.changes(request, asked.object, strings))
        if not self._may(request, asked):
            action = "remove" if asked.action == "confirmed" else asked.action
            self._audit.note(request, action, "refused", object=asked.object or None, reason="not theirs to look after")
            is_curator = self._roles.curates(request.user)
            return Decided(strings("admin.owners_only" if is_curator else "admin.admins_only"), "refused")
        if asked.action == "schedule":
            return Decided(self._upkeep.schedule(request, asked.object, strings))
        decisions: dict[str, Callable[[Request, str, Strings], Decided]] = {
            "audit": self._record.tell,
            "sources": self._listing.tell,
            "ingest": lambda request, object, strings: self._ingest(request, object, asked.place, strings),
            "reingest": self._reingest,
            "remove": self._removal.ask,
            "confirmed": self._confirmed,
            "rollback": self._upkeep.ask_to_roll_back,
            "forget": self._removal.ask_to_forget,
            "tag": lambda request, object, strings: self._tag(request, object, asked.tags, strings),
        }
        return decisions[asked.action](request, asked.object, strings)

    def _may(self, request: Request, asked: Wish) -> bool:
        """Whether the person may do it at all; curators only with what `Sources` finds for them."""
        if not may_ask(request, self._people.find(request.user)):
            return False
        if asked.action == "audit":
            return self._roles.may(request.user, "audit")
        if asked.action in _CURATED:
            return self._roles.curates(request.user)
        return request.user in self._roles

    def _confirmed(self, click: Request, _: str, strings: Strings) -> Decided:
        asked = confirmed_wish(click, self._intake, self._audit, strings)
        if isinstance(asked, Decided):
            return asked
        do = {"remove": self._removal.remove, "forget": self._removal.forget, "rollback": self._upkeep.roll_back}
        return do[asked.action](click, asked.object, strings)

    # -- tags -------------------------------------------------------------------------------------------------------

    def _tag(self, request: Request, wanted: str, tags: tuple[str, ...], strings: Strings) -> Decided:
        row = self._sources.find(request, "tag", wanted)
        if row is None:
            return Decided(unknown_source(wanted, strings))
        if not tags:
            return Decided(strings("admin.tags", title=row.title, tags=hashed(row.tags) or strings("admin.no_tags")))
        remove = [tag[1:] for tag in tags if tag.startswith("-")]
        left = self._library.tag(row.id, add=[tag for tag in tags if not tag.startswith("-")], remove=remove)
        self._audit.note(request, "tag", "done", object=f"{row.location} {' '.join(tags)}")
        return Decided(strings("admin.tagged", title=row.title, tags=hashed(left) or strings("admin.no_tags")))

    # -- jobs with progress -----------------------------------------------------------------------------------------

    def _ingest(self, request: Request, address: str, place: str, strings: Strings) -> Decided:
        if public_url(address) is None:
            return Decided(strings("admin.which_address"))
        channel = request.channel if place == "here" else place
        if place == "here" and not channel.startswith(("C", "G")):
            return Decided(strings("admin.which_channel"))
        scope = f"channel:{channel}" if channel else WORKSPACE
        if not self._roles.may(request.user, "curate", scope):
            self._audit.note(
                request, "ingest", "refused", object=f"{address} {scope}", reason="not theirs to look after"
            )
            return Decided(strings("admin.only_your_channels"), "refused")
        return Decided(job=address, scope=scope)

    def _reingest(self, request: Request, wanted: str, strings: Strings) -> Decided:
        is_several = wanted.lower() in ("", "all") or wanted.startswith("#")
        if is_several and request.user not in self._roles:
            self._audit.note(request, "reingest", "refused", object=wanted or "all", reason="not theirs to look after")
            return Decided(strings("admin.only_your_channels"), "refused")
        if is_several:
            return (
                Decided(wanted, plan=wanted)
                if wanted.startswith("#")
                else Decided(strings("admin.all_sources"), plan="")
            )
        row = self._sources.find(request, "reingest", wanted)
        return Decided(row.title, plan=row.id) if row else Decided(unknown_source(wanted, strings))

    def _job(self, kept: Kept, asked: Wish, decided: Decided, step: Step, strings: Strings, *, look: bool) -> Outcome:
        """Progress and report are one message in the direct conversation; where the command was given, a pointer to it."""
        request, title = kept.request, strings("admin.reading", location=asked.object)
        channel = step("direct", lambda: self._slack.direct(request.user))
        since = f"{kept.received_at.timestamp() - 60:.6f}"

        def post(n: int, part: Part) -> str:
            return self._slack.post(channel, None, part, mark(request, n), since=since, look=look)

        ts = step("announce", lambda: post(0, text_parts(strings("admin.starting", job=title))[0]))
        if request.channel != channel:
            pointer = text_parts(strings("admin.pointer"))
            step("point", lambda: self._replies.deliver(kept, request, pointer, look=look, strings=strings))
        live = _LiveMessage(self._slack, channel, ts, title, strings)
        report, trouble, sources = step("work", lambda: self._worked(request, asked, decided, live, strings))
        parts = text_parts(f"{asked.object}\n{report or trouble}")

        def tell() -> None:
            self._slack.update(channel, ts, parts[0])
            self._postings.note(request, "report", channel, ts, map(Subject, sources))

        step("report", tell)
        step("more", lambda: [post(n, part) for n, part in enumerate(parts[1:], 1)])
        return Outcome("answered" if report else "failed")

    def _worked(
        self, request: Request, asked: Wish, decided: Decided, live: _LiveMessage, strings: Strings
    ) -> tuple[str | None, str, list[str]]:
        """(the report, what went wrong, ids of the sources)."""

        def work() -> Report:
            return self._library.ingest(
                decided.job or "", scope=decided.scope, actor=request.user, tags=asked.tags, progress=live.show
            )

        where = "" if decided.scope == WORKSPACE else f" {decided.scope}"
        object = f"{asked.object}{where}"
        worked = attempt(self._audit, request, asked.action, object, work, strings, is_done=_did_something)
        report, trouble = worked
        return (reported(report, strings), "", [*report.sources]) if report else (None, trouble, [])


def _unknown(word: str, strings: Strings) -> str:
    meant = nearest(word)
    if meant:
        return strings("admin.did_you_mean", word=word[:60], command=f"/footnote {meant}")
    return "\n".join([strings("admin.unknown_command", word=word[:60]), strings("admin.usage")])


def _did_something(report: Report) -> bool:
    return not report.failed or bool(report.new or report.changed or report.unchanged or report.removed)


class _LiveMessage:
    """One message that follows a job, changed no more often than Slack likes."""

    def __init__(self, slack: Slack, channel: str, ts: str, title: str, strings: Strings) -> None:
        self._slack, self._channel, self._ts, self._title, self._strings = slack, channel, ts, title, strings
        self._next = 0.0

    def show(self, progress: Progress) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + SECONDS_BETWEEN_UPDATES
        key = "admin.progress" if progress.total is None else "admin.progress_of"
        done, total = self._strings.number(progress.done), self._strings.number(progress.total or 0)
        text = self._strings(key, job=self._title, done=done, total=total, item=progress.item)
        self._slack.try_update(self._channel, self._ts, text_parts(text)[0])


def reported(report: Report, strings: Strings) -> str:
    counts = {
        "new": report.new,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "gone": report.removed,
        "failures": report.failed,
    }
    told = [strings(f"admin.{state}", number=strings.number(number)) for state, number in counts.items() if number]
    done = strings("admin.done", counts=", ".join(told) or strings("admin.nothing_to_do"))
    failures = [
        strings("admin.failure", location=place, reason=strings.reason(reason)) for place, reason in report.failures
    ]
    return "\n".join([done, *failures])
