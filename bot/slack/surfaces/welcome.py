"""What we say when we join a channel: once, short, with the door to its settings."""

from __future__ import annotations

from bot.slack.audience import People
from bot.slack.blocks import Part, actions, button
from bot.slack.channels import Channels
from bot.slack.durable import Step
from bot.slack.intake import Kept
from bot.slack.language import Strings
from bot.slack.outcome import Outcome
from bot.slack.render import text_parts
from bot.slack.replies import Replies
from bot.slack.request import Request
from bot.slack.surface import OPEN_SETTINGS
from bot.slack.surfaces.why_here import WhyHere
from bot.slack.voice import Voice


class Welcome:
    def __init__(self, channels: Channels, people: People, why_here: WhyHere, replies: Replies, voice: Voice) -> None:
        self._channels = channels
        self._people = people
        self._why_here = why_here
        self._replies = replies
        self._voice = voice

    def run(self, kept: Kept, step: Step, *, look: bool) -> Outcome:
        request, strings = kept.request, self._voice.of(kept.request)
        text = step("say", lambda: self._text(request, strings))
        parts = text_parts(text)
        settings = actions(button(strings("welcome.settings"), OPEN_SETTINGS, request.channel))
        parts[-1] = Part(parts[-1].text, (*parts[-1].blocks, settings))
        ts = step("post", lambda: self._replies.deliver(kept, request, parts, look=look, strings=strings))
        return Outcome("answered", ts=ts)

    def _text(self, request: Request, strings: Strings) -> str:
        settings = self._channels.of(request.team, request.channel)
        drawn_on = self._why_here.drawn_on(request.channel, settings, strings, is_shared=request.is_shared)
        return "\n".join([self._greeting(request, strings), strings("welcome.how"), drawn_on, strings("welcome.more")])

    def _greeting(self, request: Request, strings: Strings) -> str:
        """With the name of who invited us, as plain text: a greeting is no reason to notify anybody."""
        name = self._people.find(request.user).name if request.user else ""
        return strings("welcome.invited", name=name) if name else strings("welcome.hello")
