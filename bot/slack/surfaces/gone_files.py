"""A file of Slack's that the library holds was deleted there, or is shown no more where it was: whoever looks after it is told.

With `remove` in the settings a deleted file's source goes at once; otherwise one click, and its confirmation, removes it. What
was read of it for single threads is forgotten in any case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

import structlog

from bot.slack.audit import AuditTrail
from bot.slack.blocks import Part, actions, button
from bot.slack.downloads import Downloads
from bot.slack.durable import Step
from bot.slack.intake import Kept
from bot.slack.library import Library, SourceRow
from bot.slack.outcome import Outcome
from bot.slack.posting import Slack, TokenLost, Undeliverable
from bot.slack.references import place_of
from bot.slack.render import text_parts
from bot.slack.replies import mark
from bot.slack.request import Request
from bot.slack.roles import Roles
from bot.slack.surface import REMOVE_SOURCE
from bot.slack.voice import Voice
from vectorstore.audit import SLACK

DELETED = "deleted"

_log = structlog.get_logger("footnote.slack")


@dataclass(frozen=True, slots=True)
class _Gone:
    """What became of one source."""

    row: str
    title: str
    scope: str
    owner: str
    what: Literal["deleted", "unshared", "removed"]


class GoneFiles:
    """The kind `file_gone`: its text is `deleted F…` or `unshared F…`."""

    def __init__(
        self,
        library: Library,
        downloads: Downloads,
        roles: Roles,
        slack: Slack,
        voice: Voice,
        audit: AuditTrail,
        *,
        removes: bool,
    ) -> None:
        self._library = library
        self._downloads = downloads
        self._roles = roles
        self._slack = slack
        self._voice = voice
        self._audit = audit
        self._removes = removes

    def run(self, kept: Kept, step: Step, *, look: bool) -> Outcome:
        """Nobody asked, so a fault of ours is for the log alone."""
        try:
            return self._told(kept, step, look=look)
        except TokenLost:
            raise
        except Undeliverable as error:
            _log.warning("gone_file_not_told", id=kept.request.id, error=str(error))
        except Exception as error:
            _log.error("gone_file_failed", id=kept.request.id, place=place_of(error))
        return Outcome("nothing")

    def _told(self, kept: Kept, step: Step, *, look: bool) -> Outcome:
        request, since = kept.request, f"{kept.received_at.timestamp() - 60:.6f}"
        gone = [_Gone(**each) for each in step("look", lambda: [asdict(each) for each in self._gone(request)])]
        letters = [(each, person) for each in gone for person in self._who_cares(each)]

        def tell() -> None:
            for n, (each, person) in enumerate(letters):
                part = self._letter(each, person)
                self._slack.post(self._slack.direct(person), None, part, mark(request, n), since=since, look=look)

        step("tell", tell)
        return Outcome("answered" if letters else "nothing", details={"sources": len(gone), "told": len(letters)})

    def _gone(self, request: Request) -> list[_Gone]:
        event, _, file = request.text.partition(" ")
        rows = self._library.of_file(file)
        if event == DELETED:
            self._library.forget_file(file)
            return [self._deleted(request, row) for row in rows]
        shared = self._downloads.shared_in(file) if rows else frozenset()
        hidden = [row for row in rows if _is_hidden(row.scope, shared)]
        return [_Gone(row.id, row.title, row.scope, row.owner, "unshared") for row in hidden]

    def _deleted(self, request: Request, row: SourceRow) -> _Gone:
        by_slack = replace(request, user=SLACK)
        if not self._removes:
            self._audit.note(by_slack, "file deleted", "done", object=f"{row.location} {row.scope}")
            return _Gone(row.id, row.title, row.scope, row.owner, "deleted")
        self._library.remove(row.id, actor=SLACK)
        self._audit.note(
            by_slack, "remove", "done", object=f"{row.location} {row.scope}", reason="its file was deleted"
        )
        return _Gone(row.id, row.title, row.scope, row.owner, "removed")

    def _who_cares(self, gone: _Gone) -> Sequence[str]:
        """Whoever added it, if still looking after it; otherwise the owners that are known by name."""
        if gone.owner and self._roles.may(gone.owner, "curate", gone.scope):
            return [gone.owner]
        known = self._roles.owners()
        if not known:
            _log.warning("gone_file_without_owner", source=gone.row)
        return known

    def _letter(self, gone: _Gone, person: str) -> Part:
        strings = self._voice.of_person(person)
        [*first, last] = text_parts(strings(f"gone.{gone.what}", title=gone.title[:300]))
        if gone.what == "removed":
            return last
        remove = button(strings("gone.remove"), REMOVE_SOURCE, gone.row, "danger")
        return Part(last.text, (*(block for part in first for block in part.blocks), *last.blocks, actions(remove)))


def _is_hidden(scope: str, shared: frozenset[str]) -> bool:
    """Whether nothing we see shares it any more; of what one channel is answered from, that channel."""
    kind, _, channel = scope.partition(":")
    return channel not in shared if kind == "channel" else not shared
