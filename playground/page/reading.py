"""What everybody has read, and what is new to them."""

from __future__ import annotations

from collections.abc import Iterator

from playground.messages import Message
from playground.people import User
from playground.workspace import Channel

Place = tuple[str, str]
"""Ids of a person and a conversation."""


class Reading:
    def __init__(self) -> None:
        self._read: dict[Place, str] = {}
        """ts of the last message that was before their eyes."""
        self.first_new: dict[Place, str] = {}
        """ts of the message above which the line of what is new stands since they came in."""

    def enter(self, person: User, channel: Channel) -> None:
        """They turn to a conversation: what came since they left it is new."""
        place = (person.id, channel.id)
        first = next(self._new(person, channel), None)
        if first:
            self.first_new[place] = first.ts
        else:
            self.first_new.pop(place, None)
        self.look(person, channel)

    def look(self, person: User, channel: Channel) -> None:
        """Everything in the conversation is before their eyes now."""
        self._read[person.id, channel.id] = channel.messages[-1].ts if channel.messages else "0"

    def unread(self, person: User, channel: Channel) -> int:
        return sum(1 for _ in self._new(person, channel))

    def calls_for(self, person: User, channel: Channel) -> int:
        everything = channel.kind in ("im", "mpim")
        return sum(1 for each in self._new(person, channel) if everything or _calls(each, person))

    def _new(self, person: User, channel: Channel) -> Iterator[Message]:
        read = float(self._read.get((person.id, channel.id), "0"))
        for message in channel.messages:
            hidden = message.ephemeral_for not in (None, person.id) or message.user == person.id
            notice = message.subtype in ("channel_join", "assistant_app_thread")
            counts = not message.is_reply or message.subtype == "thread_broadcast" or channel.kind == "im"
            if float(message.ts) > read and not hidden and not notice and (counts or _calls(message, person)):
                yield message


def _calls(message: Message, person: User) -> bool:
    """Whether a message mentions the person, in its text or in its blocks."""
    return f"<@{person.id}" in message.text or f"<@{person.id}" in str(message.blocks)
