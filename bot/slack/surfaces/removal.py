"""Removing a source, or erasing it or what a person asked: asked first, done when it is confirmed."""

from __future__ import annotations

import re
from collections.abc import Container

from bot.slack.attempts import attempt
from bot.slack.audit import AuditTrail
from bot.slack.language import Strings
from bot.slack.library import Library, RemovedRow
from bot.slack.request import Request
from bot.slack.sources import Sources, unknown_source
from bot.slack.wishes import Decided
from bot.slack.withdrawals import Withdrawals

_PERSON = re.compile(r"[UW][A-Z0-9]{6,20}")


class Removal:
    def __init__(
        self,
        library: Library,
        sources: Sources,
        withdrawals: Withdrawals,
        audit: AuditTrail,
        owners: Container[str],
    ) -> None:
        self._library = library
        self._sources = sources
        self._owners = owners
        self._withdrawals = withdrawals
        self._audit = audit

    def ask(self, request: Request, wanted: str, strings: Strings) -> Decided:
        row = self._sources.find(request, "remove", wanted)
        if row is None:
            return Decided(unknown_source(wanted, strings))
        sizes = {
            "documents": strings.count("document", row.documents),
            "passages": strings.count("passage", row.passages),
        }
        question = strings("admin.confirm_removal", title=row.title, location=row.location, **sizes)
        return Decided(question, confirm=True)

    def remove(self, click: Request, wanted: str, strings: Strings) -> Decided:
        """What was confirmed: see `bot.slack.surfaces.confirmation`."""
        row = self._sources.find(click, "remove", wanted)
        if row is None:
            self._audit.note(click, "remove", "failed", object=wanted, reason="no such source")
            return Decided(unknown_source(wanted, strings))

        def remove() -> str:
            return _removed(self._library.remove(row.id, actor=click.user), strings)

        done, trouble = attempt(self._audit, click, "remove", row.location, remove, strings)
        return Decided(done or trouble, "answered" if done else "failed")

    def ask_to_forget(self, request: Request, wanted: str, strings: Strings) -> Decided:
        if _PERSON.fullmatch(wanted):
            return Decided(strings("upkeep.confirm_forget_person", person=wanted), confirm=True)
        row = self._sources.find(request, "forget", wanted)
        if row is None:
            return Decided(unknown_source(wanted, strings))
        question = strings("upkeep.confirm_forget", title=row.title, documents=strings.count("document", row.documents))
        return Decided(question, confirm=True)

    def forget(self, click: Request, wanted: str, strings: Strings) -> Decided:
        """What was confirmed: erased, then withdrawn from Slack; the receipt says what remains elsewhere."""
        if click.user not in self._owners:
            self._audit.note(click, "forget", "refused", object=wanted, reason="not an owner")
            return Decided(strings("admin.admins_only"), "refused")
        row = None if _PERSON.fullmatch(wanted) else self._sources.find(click, "forget", wanted)
        what = row.id if row else wanted

        def forget() -> str:
            gone = self._library.erase(what)
            withdrawn = self._withdrawals.run()
            counts = {
                "documents": strings.count("document", gone.documents),
                "answers": strings.count("answer", gone.answers),
            }
            told = strings("upkeep.forgotten", **counts, withdrawn=strings.count("message", withdrawn))
            return "\n".join([told, *map(strings.reason, gone.remains)])

        done, trouble = attempt(self._audit, click, "forget", what, forget, strings)
        return Decided(done or trouble, "answered" if done else "failed")


def _removed(row: RemovedRow, strings: Strings) -> str:
    return strings("admin.removed", title=row.title, documents=strings.count("document", row.documents))
