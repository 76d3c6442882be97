""" "Check this message": every sentence of it held against the documents, for the eyes of whoever asked.

The message is used for this one reply; what is kept are the documents' quotes, for "Show quotes".
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import asdict, replace

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.check import Checked
from bot.slack.audience import People, may_ask, scopes
from bot.slack.audit import AuditTrail
from bot.slack.blocks import Part
from bot.slack.check_parts import check_parts
from bot.slack.conversations import Conversations
from bot.slack.durable import Step
from bot.slack.intake import Intake, Kept
from bot.slack.language import Strings
from bot.slack.library import Answerer, Library
from bot.slack.mrkdwn import has_words
from bot.slack.outcome import Outcome
from bot.slack.posting import Undeliverable
from bot.slack.references import place_of, reference_of
from bot.slack.render import error_part, text_parts
from bot.slack.replies import Replies
from bot.slack.request import Request
from bot.slack.voice import Voice
from bot.values import Answer, Searched, Statement
from vectorstore.sentences import split_sentences

MOST_SENTENCES = 20

_log = structlog.get_logger("footnote.slack")


class Checks:
    def __init__(
        self,
        answerer: Answerer,
        library: Library,
        intake: Intake,
        conversations: Conversations,
        people: People,
        admins: Container[str],
        replies: Replies,
        voice: Voice,
        audit: AuditTrail,
    ) -> None:
        self._answerer = answerer
        self._library = library
        self._intake = intake
        self._conversations = conversations
        self._people = people
        self._admins = admins
        self._replies = replies
        self._voice = voice
        self._audit = audit

    def run(self, kept: Kept, step: Step, *, look: bool) -> Outcome:
        # One step: what it keeps are counts, so a crash in it means that the message is checked once more.
        outcome = Outcome(**step("check", lambda: asdict(self._checked(kept, look=look))))
        if outcome.kind != "failed":
            step("forget", lambda: self._intake.forget_text(kept.request.id))
        return outcome

    def _checked(self, kept: Kept, *, look: bool) -> Outcome:
        request, strings = kept.request, self._voice.of(kept.request)
        try:
            parts, outcome = self._told(request, strings)
        except (Undeliverable, SQLAlchemyError):
            raise
        except Exception as error:  # the edge: whatever went wrong, the person is told, the log has the place
            reference = reference_of(request.id)
            _log.error("request_failed", id=request.id, reference=reference, place=place_of(error))
            parts, outcome = [error_part(reference, request.id, strings)], Outcome("failed", reference=reference)
        ts = self._replies.deliver(kept, request, parts, look=look, strings=strings)
        return replace(outcome, ts=ts)

    def _told(self, request: Request, strings: Strings) -> tuple[list[Part], Outcome]:
        person = self._people.find(request.user)
        if not may_ask(request, person):
            self._audit.note(request, "check", "refused", reason="not a full member")
            return text_parts(strings("hint.members_only")), Outcome("refused")
        if not has_words(request.text):
            return text_parts(strings("check.no_text")), Outcome("hint")
        text, left_out = first_sentences(request.text, MOST_SENTENCES)
        readable = scopes(request, person, self._admins)
        checked = self._answerer.check(text, readable)
        documents, passages = self._library.counts(readable)
        notes = [strings("check.cut", most=MOST_SENTENCES, left=strings.number(left_out))] if left_out else []
        notes += [strings("check.text_only")] if request.has_more else []
        counts = {
            "documents": strings.count("document", documents),
            "passages": strings.count("passage", passages),
        }
        notes += [strings("check.searched", **counts)]
        id = self._keep(request, checked, Searched(documents, passages, ""), strings)
        found = sum(bool(each.citations) for each in checked)
        outcome = Outcome("answered" if found else "abstained", details={"sentences": len(checked), "found": found})
        return check_parts(checked, id, notes, strings), outcome

    def _keep(self, request: Request, checked: Sequence[Checked], searched: Searched, strings: Strings) -> str | None:
        """The quotes, without the sentences they were held against; None where there are none."""
        cited = [each for each in checked if each.citations]
        if not cited:
            return None
        statements = tuple(Statement("", each.citations) for each in cited)
        answer = Answer(statements=statements, sources=(), searched=searched)
        return self._conversations.keep(replace(request, text=strings("check.kept_as")), answer)


def first_sentences(text: str, most: int) -> tuple[str, int]:
    """The first `most` sentences, and how many are left out."""
    ends = [
        (number, sentence.end) for number, line in enumerate(text.splitlines()) for sentence in split_sentences(line)
    ]
    if len(ends) <= most:
        return text, 0
    last, end = ends[most - 1]
    lines = text.splitlines()
    return "\n".join([*lines[:last], lines[last][:end]]), len(ends) - most
