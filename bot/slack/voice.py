"""In which language we answer: the one set for the channel, that of the question, or that of the person."""

from __future__ import annotations

from contextlib import suppress

from bot.slack.audience import People
from bot.slack.channels import Channels
from bot.slack.language import DEFAULT, Strings, language_of, languages, strings_of
from bot.slack.request import Request

_SPOKEN = ("question", "summary", "edit", "unasked")
"""Kinds whose text is somebody's words; the text of the others is a command or an id."""


class Voice:
    def __init__(self, people: People, channels: Channels) -> None:
        self._people = people
        self._channels = channels

    def of(self, request: Request) -> Strings:
        """The strings to reply to `request` with; what a channel sees is in the language that was set for it."""
        fixed = "" if request.is_private else self._channels.of(request.team, request.channel).language
        if fixed:
            return strings_of(fixed)
        told = language_of(request.text, "") if request.kind in _SPOKEN else ""
        return strings_of(told or self._locale(request.user))

    def of_person(self, user: str) -> Strings:
        """The strings of a window or a home that only this person sees."""
        return strings_of(self._locale(user))

    def _locale(self, user: str) -> str:
        with suppress(Exception):  # a reply in English is better than none
            code = self._people.find(user).locale.partition("-")[0]
            return code if code in languages() else DEFAULT
        return DEFAULT
