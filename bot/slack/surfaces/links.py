"""A question that is a web address and nothing else: there is nothing to search for, but something that can be done with it."""

from __future__ import annotations

from contextlib import suppress

from bot.slack.audience import People, Person, may_ask, scopes
from bot.slack.blocks import Part, actions
from bot.slack.channels import Channels
from bot.slack.durable import Step
from bot.slack.intake import WITHDRAWN, Intake, Kept
from bot.slack.language import Strings
from bot.slack.library import Library
from bot.slack.mrkdwn import is_address
from bot.slack.outcome import Handler, Outcome
from bot.slack.render import text_parts
from bot.slack.replies import Replies
from bot.slack.request import Request
from bot.slack.roles import Roles
from bot.slack.surfaces.additions import add_buttons
from bot.slack.voice import Voice


class Links:
    """Every question passes here; those that are more than an address go on."""

    def __init__(
        self,
        questions: Handler,
        library: Library,
        intake: Intake,
        channels: Channels,
        people: People,
        roles: Roles,
        replies: Replies,
        voice: Voice,
    ) -> None:
        self._questions = questions
        self._library = library
        self._intake = intake
        self._channels = channels
        self._people = people
        self._roles = roles
        self._replies = replies
        self._voice = voice

    def run(self, kept: Kept, step: Step, *, look: bool) -> Outcome:
        request = kept.request
        person = self._asker(request) if _is_alone(request) else None
        if person is None:
            return self._questions.run(kept, step, look=look)
        now = self._intake.find(request.id)
        if now is None or now.state == WITHDRAWN:
            return Outcome("nothing")
        strings = self._voice.of(request)
        parts = self._told(request, person, strings)
        ts = step("post", lambda: self._replies.deliver(kept, request, parts, look=look, strings=strings))
        return Outcome("hint", ts=ts)

    def _asker(self, request: Request) -> Person | None:
        """None for whoever may not ask, where we are switched off, and where Slack does not say who it is: that is told as with
        every question."""
        with suppress(Exception):
            person = self._people.find(request.user)
            is_off = not request.is_private and self._channels.of(request.team, request.channel).mode == "off"
            return person if may_ask(request, person) and not person.is_bot and not is_off else None
        return None

    def _told(self, request: Request, person: Person, strings: Strings) -> list[Part]:
        address, readable = request.text.strip(), scopes(request, person, self._roles)
        documents, passages = self._library.counts(readable)
        size = {"documents": strings.count("document", documents), "passages": strings.count("passage", passages)}
        if self._library.holds(address, readable):
            return text_parts(strings("link.known", **size))
        told = strings("link.unknown", **size)
        if request.user not in self._roles:
            return text_parts("\n".join([told, strings("link.ask_to_add")]))
        parts = text_parts(told)
        buttons = actions(*add_buttons(request.id, strings, is_direct=request.is_direct))
        return [*parts[:-1], Part(parts[-1].text, (*parts[-1].blocks, buttons))]


def _is_alone(request: Request) -> bool:
    return request.first is None and not request.files and is_address(request.text.strip())
