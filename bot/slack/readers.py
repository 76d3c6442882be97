"""What somebody may read who opens, for herself alone, the passages behind an answer."""

from __future__ import annotations

from collections.abc import Callable, Container
from contextlib import suppress

from bot.slack.audience import People, reader_scopes
from bot.slack.conversations import Given
from bot.slack.viewing import Viewing


class Readers:
    def __init__(
        self, people: People, viewing: Viewing, admins: Container[str], is_in: Callable[[str, str], bool]
    ) -> None:
        """`is_in(channel, user)` says whether somebody is in a conversation now; it may raise anything."""
        self._people = people
        self._viewing = viewing
        self._admins = admins
        self._is_in = is_in

    def scopes(self, given: Given, user: str, channel: str) -> tuple[str, ...]:
        """`channel`: where the button was pressed; "" is a window or the Home, where being in the answer's channel counts."""
        here = channel or (given.channel if self._joined(given.channel, user) else "")
        thread = given.thread_ts if given.channel == here else None
        own = reader_scopes(self._people.find(user), here, self._admins, thread)
        return (*own, *self._viewing.scopes_of(given.answer, user))

    def may_open(self, given: Given, user: str, channel: str) -> bool:
        """Whether the buttons of this answer are believed here; in a window, of whoever is where it was given."""
        seen_by_many = not channel and not given.is_private
        return given.is_open_to(user, channel) or (seen_by_many and self._joined(given.channel, user))

    def _joined(self, channel: str, user: str) -> bool:
        with suppress(Exception):  # what cannot be asked is not allowed
            return self._is_in(channel, user)
        return False
