"""The weekly digest: what the documents a channel is answered from say that they did not say a week ago."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime

import structlog

from bot.slack.audience import channel_scopes
from bot.slack.blocks import Part
from bot.slack.channels import DIGEST_EVERY, Channels, DueDigest
from bot.slack.durable import Step
from bot.slack.failpoints import Failpoint
from bot.slack.intake import Intake, Kept
from bot.slack.language import DEFAULT, Strings, strings_of
from bot.slack.library import ChangedRow, Library, Subject
from bot.slack.outcome import Outcome
from bot.slack.places import Places
from bot.slack.posting import Slack, TokenLost, Undeliverable
from bot.slack.postings import Postings
from bot.slack.references import place_of
from bot.slack.render import text_parts
from bot.slack.replies import mark
from bot.slack.request import Request
from bot.slack.surfaces.upkeep import change_lines, state_counts

DOCUMENTS_SHOWN = 6
SENTENCES_SHOWN = 2
LONGEST_SENTENCE = 250

_log = structlog.get_logger("footnote.slack")


@dataclass(frozen=True, slots=True)
class _Digest:
    """Its messages, and what they quote; nothing for a silent week."""

    parts: list[Part] = field(default_factory=list)
    subjects: list[Subject] = field(default_factory=list)


class Digests:
    """The kind `digest`, and the watch that begins it. When one is due is in SQL, and each has an id of its own."""

    def __init__(
        self,
        channels: Channels,
        places: Places,
        library: Library,
        intake: Intake,
        slack: Slack,
        postings: Postings,
        failpoint: Failpoint,
        begin: Callable[[str], None],
    ) -> None:
        self._channels = channels
        self._places = places
        self._library = library
        self._intake = intake
        self._slack = slack
        self._postings = postings
        self._failpoint = failpoint
        self._begin = begin

    def watch(self, now: datetime | None = None) -> int:
        """Begin every digest whose time has come; returns how many. Weeks that were missed are told in one."""
        moment = now or datetime.now(UTC)
        return sum(self._started(each, moment) for each in self._channels.due_digests(moment))

    def _started(self, due: DueDigest, now: datetime) -> bool:
        request = digest_request(due, now)
        is_new = self._intake.claim(request).result(30)
        # Only after the claim: killed in between, it is claimed again and found to be the same.
        self._channels.next_digest(due, now)
        if is_new:
            self._begin(request.id)
        return is_new

    def run(self, kept: Kept, step: Step, *, look: bool) -> Outcome:
        """Nobody asked, so a fault of ours is for the log alone."""
        try:
            return self._posted(kept, step, look=look)
        except TokenLost:
            raise
        except Undeliverable as error:  # archived, or we were taken out of it
            _log.warning("digest_not_posted", channel=kept.request.channel, error=str(error))
        except Exception as error:
            _log.error("digest_failed", channel=kept.request.channel, place=place_of(error))
        return Outcome("nothing")

    def _posted(self, kept: Kept, step: Step, *, look: bool) -> Outcome:
        request, since = kept.request, f"{kept.received_at.timestamp() - 60:.6f}"
        digest = step("look", lambda: asdict(self._digest(request)))
        parts, subjects = [Part(**part) for part in digest["parts"]], [Subject(**each) for each in digest["subjects"]]

        def post(n: int, part: Part) -> str:
            return self._slack.post(request.channel, None, part, mark(request, n), since=since, look=look)

        def post_all() -> list[str]:
            sent = [post(n, part) for n, part in enumerate(parts)]
            if sent:
                self._postings.note(request, "digest", request.channel, sent[0], subjects)
            self._failpoint("after-digest")
            return sent

        sent = step("post", post_all)
        return Outcome("answered", ts=sent[0]) if sent else Outcome("nothing")

    def _digest(self, request: Request) -> _Digest:
        """Nothing where nothing changed, or where the digest was switched off meanwhile."""
        settings = self._channels.of(request.team, request.channel)
        if not settings.digest or settings.mode == "off":
            return _Digest()
        scopes = channel_scopes(request.channel, settings, is_shared=self._places.is_shared(request.channel))
        since, _, until = request.text.partition(" ")
        found = self._library.changes(since, scopes, settings.tags)
        found = [row for row in found if row.at <= datetime.fromisoformat(until)]
        strings = strings_of(settings.language or DEFAULT)
        return _Digest(text_parts(digest_text(found, strings)), quoted(found)) if found else _Digest()


def digest_request(due: DueDigest, now: datetime) -> Request:
    """Its text: from when until when; where one digest ends, the next begins."""
    since, until = due.at - DIGEST_EVERY, due.at + (now - due.at) // DIGEST_EVERY * DIGEST_EVERY
    id = f"digest:{due.channel}:{due.at:%Y-%m-%dT%H:%M:%S}"
    return Request(id, "digest", due.team, due.channel, "", f"{since.isoformat()} {until.isoformat()}")


def digest_text(found: Sequence[ChangedRow], strings: Strings) -> str:
    told = {"documents": strings.count("document", len(found)), "counts": state_counts(found, strings)}
    lines = [strings("digest.title", **told)]
    for row in found[:DOCUMENTS_SHOWN]:
        lines += change_lines(_shortened(row), strings, most=SENTENCES_SHOWN)
    if (more := len(found) - DOCUMENTS_SHOWN) > 0:
        lines.append(strings("plan.more_documents", number=strings.number(more)))
    return "\n".join([*lines, strings("digest.more")])


def quoted(found: Sequence[ChangedRow]) -> list[Subject]:
    """What a digest of these names and quotes."""
    shown = found[:DOCUMENTS_SHOWN]
    sentences = [each for row in shown for change in row.quoted[:SENTENCES_SHOWN] for each in change]
    return [*(Subject(row.document) for row in shown if row.state != "removed"), *sentences]


def _shortened(row: ChangedRow) -> ChangedRow:
    return replace(row, changes=tuple((_cut(before), _cut(after)) for before, after in row.changes))


def _cut(sentence: str) -> str:
    return sentence if len(sentence) <= LONGEST_SENTENCE else sentence[: LONGEST_SENTENCE - 1].rstrip() + "…"
