"""`/footnote why-here`: what applies in this conversation, and why; for everybody, told privately."""

from __future__ import annotations

from collections.abc import Container

from bot.slack.audience import People, channel_scopes, scopes
from bot.slack.channels import Channels, ChannelSettings
from bot.slack.language import Strings
from bot.slack.library import Library
from bot.slack.places import Places
from bot.slack.request import Request
from vectorstore.tags import hashed


class WhyHere:
    def __init__(
        self, channels: Channels, places: Places, library: Library, people: People, admins: Container[str]
    ) -> None:
        self._channels = channels
        self._places = places
        self._library = library
        self._people = people
        self._admins = admins

    def tell(self, request: Request, strings: Strings) -> str:
        """One line for each thing that applies where `request` was made."""
        if request.is_direct:
            return self._direct(request, strings)
        return self.tell_of(request.team, request.channel, strings)

    def tell_of(self, team: str, channel: str, strings: Strings) -> str:
        settings = self._channels.of(team, channel)
        lines = [
            strings("here.heading"),
            strings(f"here.mode.{settings.mode}"),
            self.drawn_on(channel, settings, strings, is_shared=self._places.is_shared(channel)),
            strings("here.closed"),
            self._language(settings, strings),
            strings("here.humans", names=self._names(settings.humans)) if settings.humans else "",
            strings("here.digest") if settings.digest else "",
            self._origin(settings, strings),
        ]
        return "\n".join(line for line in lines if line)

    def drawn_on(self, channel: str, settings: ChannelSettings, strings: Strings, *, is_shared: bool) -> str:
        """What answers in the channel come from, with how much it is."""
        readable = channel_scopes(channel, settings, is_shared=is_shared)
        reason = "shared" if is_shared else settings.reach
        sentence = strings(f"here.reach.{reason}", **self._size(readable, settings.tags, strings))
        tagged = strings("here.tags", tags=hashed(settings.tags)) if settings.tags else ""
        return f"{sentence} {tagged}".strip()

    def _direct(self, request: Request, strings: Strings) -> str:
        readable = scopes(request, self._people.find(request.user), self._admins)
        return strings("here.direct", **self._size(readable, (), strings))

    def _size(self, readable: tuple[str, ...], tags: tuple[str, ...], strings: Strings) -> dict[str, str]:
        documents, passages = self._library.counts(readable, tags)
        return {"documents": strings.count("document", documents), "passages": strings.count("passage", passages)}

    def _language(self, settings: ChannelSettings, strings: Strings) -> str:
        if not settings.language:
            return strings("here.language_of_question")
        return strings("here.language", language=strings.tongue(settings.language))

    def _origin(self, settings: ChannelSettings, strings: Strings) -> str:
        if settings.set_at is None:
            return strings("here.unset")
        return strings("here.set", name=self._name(settings.set_by), day=strings.day(settings.set_at.date()))

    def _names(self, ids: tuple[str, ...]) -> str:
        return ", ".join(self._name(id) for id in ids)

    def _name(self, id: str) -> str:
        """The name Slack shows; the id where Slack cannot say, and of a group, whose name we may not look up."""
        if id.startswith("S"):
            return id
        try:
            return self._people.find(id).name or id
        except Exception:  # somebody who left, or Slack is down: the rest is worth telling all the same
            return id
