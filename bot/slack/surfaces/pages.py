"""`/summarize` with an address that is not in the library: the page is read for this one answer."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import asdict, replace

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.slack.audience import People, Person, is_admin, may_ask, scopes
from bot.slack.audit import AuditTrail
from bot.slack.blocks import Part, actions
from bot.slack.durable import Step
from bot.slack.intake import Kept
from bot.slack.language import Strings
from bot.slack.library import Answerer, Library, Subject
from bot.slack.outcome import Handler, Outcome
from bot.slack.posting import Undeliverable
from bot.slack.postings import Postings
from bot.slack.rations import Rations
from bot.slack.references import place_of, reference_of
from bot.slack.render import error_part, text_parts
from bot.slack.replies import Replies
from bot.slack.request import Request
from bot.slack.summary_parts import page_parts
from bot.slack.surfaces.additions import add_buttons
from bot.slack.voice import Voice
from vectorstore.errors import StoreError

PAGES = 10
"""That a person may have read in an hour."""

_log = structlog.get_logger("footnote.slack")


class Pages:
    def __init__(
        self,
        answerer: Answerer,
        library: Library,
        documents: Handler,
        people: People,
        admins: Container[str],
        replies: Replies,
        voice: Voice,
        audit: AuditTrail,
        postings: Postings,
    ) -> None:
        """`documents` summarises what is in the library."""
        self._answerer = answerer
        self._library = library
        self._documents = documents
        self._people = people
        self._admins = admins
        self._replies = replies
        self._voice = voice
        self._audit = audit
        self._postings = postings
        self._rations = Rations(PAGES, 3600.0)

    def run(self, kept: Kept, address: str, step: Step, *, look: bool) -> Outcome:
        request, person = kept.request, self._people.find(kept.request.user)
        named = replace(kept, request=replace(request, text=address))
        if not may_ask(request, person) or self._library.holds(address, scopes(request, person, self._admins)):
            return self._documents.run(named, step, look=look)
        return Outcome(**step("page", lambda: asdict(self._read(kept, address, person, look=look))))

    def _read(self, kept: Kept, address: str, person: Person, *, look: bool) -> Outcome:
        request, strings = kept.request, self._voice.of(kept.request)
        parts, outcome, page = self._told(request, address, person, strings)
        ts = self._replies.deliver(kept, request, parts, look=look, strings=strings)
        if ts and page:
            self._postings.note(request, "summary", request.channel, ts, [Subject(page)], thread_ts=request.thread_ts)
        return replace(outcome, ts=ts)

    def _told(
        self, request: Request, address: str, person: Person, strings: Strings
    ) -> tuple[list[Part], Outcome, str | None]:
        """The messages, what they are, and the id that the page would have as a document, where they quote it."""
        if not self._rations.take(person.id):
            return text_parts(strings("summary.pages_used_up", most=PAGES)), Outcome("hint"), None
        is_ours = is_admin(request, person, self._admins)
        try:
            version = self._library.read_address(address, is_admin=is_ours)
            answer = self._answerer.summarize_text(version)
        except StoreError as error:
            self._audit.note(request, "read address", "failed", object=address[:500], reason=str(error)[:200])
            return (
                text_parts(strings("summary.page_unread", reason=strings.reason(error.reason))),
                Outcome("hint"),
                None,
            )
        except (Undeliverable, SQLAlchemyError):
            raise
        except Exception as error:  # the edge: whatever went wrong, the person is told, the log has the place
            reference = reference_of(request.id)
            _log.error("request_failed", id=request.id, reference=reference, place=place_of(error))
            return [error_part(reference, request.id, strings)], Outcome("failed", reference=reference), None
        self._audit.note(request, "read address", "done", object=address[:500])
        parts = page_parts(answer, version, strings)
        if is_ours:
            parts = _with_button(parts, request, strings)
        return parts, Outcome("answered" if answer.answered else "abstained"), version.document_id


def _with_button(parts: list[Part], request: Request, strings: Strings) -> list[Part]:
    add = actions(*add_buttons(request.id, strings, is_direct=request.channel.startswith("D")))
    return [*parts[:-1], Part(parts[-1].text, (*parts[-1].blocks, add))]
