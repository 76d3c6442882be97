"""Re-ingestion as a plan: first what would change, sentence by sentence, then Run or Cancel; one message shows it to its end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bot.slack.attempts import attempt
from bot.slack.audience import People, may_ask
from bot.slack.audit import AuditTrail
from bot.slack.blocks import Atom, Part, actions, button, packed, struck, text_atoms
from bot.slack.durable import Step
from bot.slack.failpoints import Failpoint
from bot.slack.intake import Kept
from bot.slack.language import Strings
from bot.slack.library import ALL_SOURCES, Library, PlannedRow, PlanRow, Progress, Report, Subject
from bot.slack.outcome import Outcome
from bot.slack.posting import Slack
from bot.slack.postings import Postings
from bot.slack.render import text_parts
from bot.slack.replies import Replies, mark
from bot.slack.request import Request
from bot.slack.roles import Roles
from bot.slack.surface import PLAN_AGAIN, PLAN_CANCEL, PLAN_RUN
from bot.slack.voice import Voice
from vectorstore.errors import StoreError

DOCUMENTS_SHOWN = 8
SENTENCES_SHOWN = 3
FAILURES_SHOWN = 20
SECONDS_BETWEEN_UPDATES = 1.5
_BAR = 20
"""Characters of the progress bar."""
_DONE_TO_TELL = 3
"""Documents after which a rate says something."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What a step came to, as the durable road can keep it."""

    plan: dict[str, Any] | None = None
    report: dict[str, Any] | None = None
    text: str = ""
    """A sentence for the person where there is neither."""


class Reingestion:
    """The kinds `plan_run`, `plan_cancel` and `plan_again`; `plan` is called by `/footnote reingest`."""

    def __init__(
        self,
        roles: Roles,
        library: Library,
        people: People,
        slack: Slack,
        replies: Replies,
        voice: Voice,
        audit: AuditTrail,
        postings: Postings,
        failpoint: Failpoint,
    ) -> None:
        self._roles = roles
        self._library = library
        self._people = people
        self._slack = slack
        self._replies = replies
        self._voice = voice
        self._audit = audit
        self._postings = postings
        self._failpoint = failpoint

    def plan(self, kept: Kept, wanted: str, what: str, step: Step, strings: Strings, *, look: bool) -> Outcome:
        """The dry run, in our direct conversation with the administrator; `wanted`: "" for all, a #tag, or a source's id."""
        request = kept.request
        channel = step("direct", lambda: self._slack.direct(request.user))
        since = f"{kept.received_at.timestamp() - 60:.6f}"
        opening = text_parts(strings("plan.looking", what=what))[0]
        ts = step(
            "announce",
            lambda: self._slack.post(channel, None, opening, mark(request, 0), since=since, look=look),
        )
        if request.channel != channel:
            pointer = text_parts(strings("plan.pointer"))
            step("point", lambda: self._replies.deliver(kept, request, pointer, look=look, strings=strings))
        live = _Live(self._slack, channel, ts, strings("plan.looking", what=what), strings)

        def plan() -> PlanRow:
            return self._library.plan(wanted, actor=request.user, progress=live.show)

        def dry_run() -> dict[str, Any]:
            return asdict(_Said(plan=asdict(plan().said(strings.reason))))

        said = _Said(**step("plan", lambda: self._attempt(request, "plan", what, dry_run, strings)))

        def show() -> None:
            self._slack.update(channel, ts, _planned(said, strings))
            if said.plan:  # what it comes to will stand in the same message
                self._postings.note(request, "plan", channel, ts, map(Subject, said.plan["sources"]))

        step("show", show)
        return Outcome("answered" if said.plan else "failed")

    def run(self, kept: Kept, step: Step, *, look: bool) -> Outcome:  # noqa: ARG002 - a message changed twice is changed
        """A click under a plan. What it is about is read from the plan, whose id is all the button holds."""
        request, strings = kept.request, self._voice.of(kept.request)
        if not self._may(request):
            self._audit.note(request, request.kind, "refused", object=request.text, reason="not theirs to look after")
            self._replies.deliver(kept, request, text_parts(strings("admin.admins_only")), look=False, strings=strings)
            return Outcome("refused")
        channel, ts = request.channel, request.replaces or ""
        what = _named(self._library.plan_name(request.text), strings)
        named = f"{what} {request.text}".strip()
        if request.kind == "plan_cancel":
            said = _Said(
                **step(
                    "cancel",
                    lambda: self._attempt(request, "cancel", named, self._off(request, strings), strings),
                )
            )
            step("report", lambda: self._slack.update(channel, ts, _one(said.text)))
            return Outcome("answered")
        plan = request.text if request.kind == "plan_run" else str(step("renew", lambda: self._renewed(request)))
        title = strings("plan.running", who=self._name(request.user))
        step("begin", lambda: self._slack.update(channel, ts, _one("\n".join([title, *self._waits(plan, strings)]))))
        live = _Live(self._slack, channel, ts, title, strings)

        def work() -> dict[str, Any]:
            report = self._library.apply(plan, actor=request.user, progress=live.show)
            return asdict(_Said(report=asdict(report.said(strings.reason))))

        said = _Said(**step("work", lambda: self._attempt(request, "reingest", named, work, strings)))

        def tell() -> None:
            self._slack.update(channel, ts, _reported(said, plan, what, strings))
            self._failpoint("after-report")

        step("report", tell)
        return Outcome("answered" if said.report else "failed")

    def _renewed(self, request: Request) -> str:
        """The plan to try again with; where there is none any more, that is told when it is carried out."""
        try:
            return self._library.renew_plan(request.text, actor=request.user, once=request.id)
        except StoreError:
            return request.text

    def _waits(self, plan: str, strings: Strings) -> list[str]:
        before = self._library.before_plan(plan)
        if before is None:
            return []
        what, by = before
        return [strings("plan.waits", what=what, who=self._name(by) if by else strings("plan.command_line"))]

    def _name(self, user: str) -> str:
        return self._people.find(user).name or user

    def _may(self, request: Request) -> bool:
        """Whether the person may now have done what the plan foresees, for every source of it."""
        if not may_ask(request, self._people.find(request.user)):
            return False
        if request.user in self._roles:
            return True
        scopes = self._library.plan_scopes(request.text)
        return bool(scopes) and all(self._roles.may(request.user, "curate", scope) for scope in scopes)

    def _off(self, request: Request, strings: Strings) -> Callable[[], dict[str, Any]]:
        def cancel() -> dict[str, Any]:
            self._library.cancel_plan(request.text)
            return asdict(_Said(text=strings("plan.cancelled")))

        return cancel

    def _attempt(
        self, request: Request, action: str, object: str, work: Callable[[], dict[str, Any]], strings: Strings
    ) -> dict[str, Any]:
        done, trouble = attempt(self._audit, request, action, object, work, strings)
        return done or asdict(_Said(text=trouble))


class _Live:
    """One message that follows a job: a bar, counts, the rate and the minutes left; changed no more often than Slack likes."""

    def __init__(self, slack: Slack, channel: str, ts: str, title: str, strings: Strings) -> None:
        self._slack, self._channel, self._ts, self._title, self._strings = slack, channel, ts, title, strings
        self._started = time.monotonic()
        self._next = 0.0

    def show(self, progress: Progress) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + SECONDS_BETWEEN_UPDATES
        self._slack.try_update(self._channel, self._ts, _one("\n".join([self._title, *self._lines(progress, now)])))

    def _lines(self, progress: Progress, now: float) -> Iterator[str]:
        strings, total = self._strings, progress.total or 0
        if total:
            share = min(1.0, progress.done / total)
            filled = round(share * _BAR)
            yield f"{'█' * filled}{'░' * (_BAR - filled)} {share:.0%}"
        elapsed = max(now - self._started, 1e-3)
        told = progress.done >= _DONE_TO_TELL
        left = (total - progress.done) / progress.done * elapsed if progress.done and total else 0.0
        facts = [
            strings("plan.done_of", done=strings.number(progress.done), total=strings.number(total)),
            *(counted(progress.counts, strings)),
            strings("plan.rate", rate=strings.number(round(progress.done / elapsed * 60))) if told else "",
            strings("plan.left", minutes=strings.number(max(1, round(left / 60)))) if left > 30 and told else "",
        ]
        yield " · ".join(fact for fact in facts if fact)
        yield progress.item


def _planned(said: _Said, strings: Strings) -> Part:
    if said.plan is None:
        return _one(said.text)
    documents = tuple(
        PlannedRow(**{**each, "changes": tuple(map(tuple, each["changes"]))}) for each in said.plan["documents"]
    )
    plan = PlanRow(**{**said.plan, "documents": documents})
    [part, *_] = packed(_plan_atoms(plan, strings))
    if not documents:
        return part
    only_failures = _has_only_failures(plan)
    again = button(strings("error.retry"), PLAN_AGAIN, plan.id, "primary")
    run = button(strings("plan.run"), PLAN_RUN, plan.id, "primary")
    leave = button(strings("plan.close" if only_failures else "plan.cancel"), PLAN_CANCEL, plan.id)
    buttons = actions(again if only_failures else run, leave)
    return Part(part.text, (*part.blocks, buttons))


def _has_only_failures(plan: PlanRow) -> bool:
    return bool(plan.documents) and all(document.state == "failed" for document in plan.documents)


def _plan_atoms(plan: PlanRow, strings: Strings) -> Iterator[Atom]:
    counts = ", ".join(counted(plan.counts, strings)) or strings("admin.nothing_to_do")
    yield from text_atoms("body", 0, strings("plan.title", what=_named(plan.what, strings), counts=counts), bold=True)
    for n, document in enumerate(plan.documents[:DOCUMENTS_SHOWN], 1):
        name = document.title or document.location
        state = strings(f"plan.state.{document.state}")
        yield from text_atoms("body", n * 100, f"{state}: {name[:150]}", bold=True)
        if document.reason:
            yield from text_atoms("body", n * 100 + 1, strings.reason(document.reason)[:300])
        for m, (before, after) in enumerate(document.changes[:SENTENCES_SHOWN], 2):
            if before:
                yield from struck("body", n * 100 + 2 * m, f"− {before[:300]}")
            if after:
                yield from text_atoms("body", n * 100 + 2 * m + 1, f"+ {after[:300]}")
        if document.state == "changed" and not document.changes:
            yield from text_atoms("body", n * 100 + 2, strings("plan.no_sentences"))
        if (more := len(document.changes) - SENTENCES_SHOWN) > 0:
            yield from text_atoms("body", n * 100 + 99, strings("plan.more_sentences", number=strings.number(more)))
    if (more := len(plan.documents) - DOCUMENTS_SHOWN) > 0:
        yield from text_atoms("body", 10_000, strings("plan.more_documents", number=strings.number(more)))
    if _has_only_failures(plan):
        yield from text_atoms("notes", 0, strings("plan.only_failures"))
    elif plan.documents:
        takes = strings("plan.minutes", minutes=strings.number(round(plan.seconds / 60))) if plan.seconds >= 90 else ""
        passages = strings.count("passage", plan.to_embed)
        yield from text_atoms(
            "notes", 0, strings("plan.cost", passages=passages, takes=takes or strings("plan.a_minute"))
        )
    else:
        yield from text_atoms("notes", 0, strings("plan.nothing"))


def _reported(said: _Said, plan_id: str, what: str, strings: Strings) -> Part:
    if said.report is None:
        return _one(said.text)
    report = Report(**{**said.report, "failures": tuple(map(tuple, said.report["failures"]))})
    counts = {"new": report.new, "changed": report.changed, "unchanged": report.unchanged, "removed": report.removed}
    told = ", ".join(counted({**counts, "failed": report.failed}, strings)) or strings("admin.nothing_to_do")
    lines = [*filter(None, (what,)), strings("admin.done", counts=told)]
    lines += [
        strings("admin.failure", location=place[:200], reason=strings.reason(why)[:300])
        for place, why in report.failures[:FAILURES_SHOWN]
    ]
    if (more := len(report.failures) - FAILURES_SHOWN) > 0:
        lines.append(strings("plan.more_failures", number=strings.number(more)))
    part = _one("\n".join(lines))
    if not report.failures:
        return part
    return Part(part.text, (*part.blocks, actions(button(strings("error.retry"), PLAN_AGAIN, plan_id, "primary"))))


def _named(what: str, strings: Strings) -> str:
    return strings("admin.all_sources") if what == ALL_SOURCES else what


def counted(counts: Mapping[str, int], strings: Strings) -> list[str]:
    return [
        strings(f"plan.count.{state}", number=strings.number(counts[state]))
        for state in ("new", "changed", "removed", "failed", "unchanged")
        if counts.get(state)
    ]


def _one(text: str) -> Part:
    return text_parts(text)[0]
