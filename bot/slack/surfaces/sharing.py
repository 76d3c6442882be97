""" "Share to channel": a private answer is shown to the channel it was asked in, if everybody there may read what it cites."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass, replace

from bot.slack.audience import People, channel_scopes, may_ask
from bot.slack.audit import AuditTrail
from bot.slack.channels import Channels
from bot.slack.controls import Shown
from bot.slack.conversations import Conversations, Given
from bot.slack.durable import Step
from bot.slack.failpoints import Failpoint
from bot.slack.intake import Kept
from bot.slack.language import Strings
from bot.slack.library import Library
from bot.slack.outcome import Outcome
from bot.slack.places import Places
from bot.slack.posting import Slack, TokenLost, Undeliverable
from bot.slack.render import answer_parts, text_parts
from bot.slack.replies import Replies, mark
from bot.slack.request import Request
from bot.slack.shares import Shares
from bot.slack.surfaces.quotes import cited
from bot.slack.voice import Voice
from bot.values import Citation


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why it is not shared, for the person and for the audit trail; both empty where it is."""

    text: str = ""
    reason: str = ""


class Sharing:
    def __init__(
        self,
        shares: Shares,
        conversations: Conversations,
        channels: Channels,
        places: Places,
        people: People,
        library: Library,
        slack: Slack,
        replies: Replies,
        voice: Voice,
        audit: AuditTrail,
        failpoint: Failpoint,
    ) -> None:
        self._shares = shares
        self._conversations = conversations
        self._channels = channels
        self._places = places
        self._people = people
        self._library = library
        self._slack = slack
        self._replies = replies
        self._voice = voice
        self._audit = audit
        self._failpoint = failpoint

    def run(self, kept: Kept, step: Step, *, look: bool) -> Outcome:
        click, strings = kept.request, self._voice.of_person(kept.request.user)
        verdict = Verdict(**step("decide", lambda: asdict(self._decide(click, strings))))
        if verdict.text:
            return self._refuse(kept, verdict.text, step, strings, look=look)
        try:
            ts = step("show", lambda: self._show(click, look=look))
        except TokenLost:
            raise
        except Undeliverable:
            self._shares.release(click.text, click.id)
            return self._refuse(kept, strings("share.not_in_channel"), step, strings, look=look)
        step("say", lambda: self._say_shared(click, strings))
        return Outcome("answered", ts=ts)

    def _decide(self, click: Request, strings: Strings) -> Verdict:
        verdict = self._verdict(click, strings)
        if verdict.reason:
            self._audit.note(click, "share", "refused", object=click.text[:60], reason=verdict.reason)
        return verdict

    def _verdict(self, click: Request, strings: Strings) -> Verdict:
        given = self._conversations.find(click.text)
        is_theirs = given is not None and given.user == click.user and given.channel == click.channel
        if given is None or not is_theirs or not given.is_private or click.is_direct or not given.answer.answered:
            return Verdict(strings("share.not_yours"), "not an answer of theirs in this channel")
        if not may_ask(click, self._people.find(click.user)):
            return Verdict(strings("hint.members_only"), "not a full member")
        if self._channels.of(click.team, click.channel).mode == "off":
            return Verdict(strings("hint.switched_off"), "switched off")
        withheld = self._withheld(given)
        if withheld:
            titles = strings.listed([f"“{title}”" for title in withheld])
            return Verdict(strings("share.withheld", titles=titles), "not readable by the channel")
        claimed = self._shares.claim(given.id, click.id)
        return Verdict() if claimed else Verdict(strings("share.already"))

    def _withheld(self, given: Given) -> list[str]:
        """The titles of what the answer cites and not everybody in the channel may read, looked up now."""
        settings = self._channels.of(given.team, given.channel)
        readable = channel_scopes(given.channel, settings, is_shared=self._places.is_shared(given.channel))

        def is_readable(each: Citation) -> bool:
            return self._library.passage_around(each.version, each.start, each.end, readable) is not None

        return list(dict.fromkeys(each.title for each in cited(given.answer) if not is_readable(each)))

    def _show(self, click: Request, *, look: bool) -> str:
        """Post it as an answer of its own, whose buttons are everybody's. Raises Undeliverable."""
        given = self._conversations.find(click.text)
        if given is None:
            raise Undeliverable("forgotten")
        public = replace(click, id=f"share:{given.id}", kind="question", text=given.question, response_url=None)
        strings, name = self._voice.of(public), self._people.find(click.user).name or click.user
        id = self._conversations.keep(public, given.answer)
        shown = Shown(id, answered=True, in_thread=True)
        parts = answer_parts(given.answer, shown, strings, asked=given.question, asked_by=name)
        since, first = f"{given.at.timestamp():.6f}" if given.at else None, None
        for n, part in enumerate(parts):
            ts = self._slack.post(click.channel, first, part, mark(public, n), since=first or since, look=look)
            first = first or ts
        self._failpoint("after-share")
        self._shares.shown(id, str(first))
        return str(first)

    def _say_shared(self, click: Request, strings: Strings) -> None:
        """In the place of the private answer; where that cannot be reached any more, the shared one is there to see."""
        self._audit.note(click, "share", "done", object=click.text)
        if click.response_url:
            with suppress(Undeliverable):
                self._slack.respond(click.response_url, text_parts(strings("share.done"))[0], replace=True)

    def _refuse(self, kept: Kept, text: str, step: Step, strings: Strings, *, look: bool) -> Outcome:
        parts = text_parts(text)
        step("refuse", lambda: self._replies.deliver(kept, kept.request, parts, look=look, strings=strings))
        return Outcome("refused")
