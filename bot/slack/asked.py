"""What was asked where everybody sees it: the most asked, and what stayed unanswered until somebody saw to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.slack.history import Group, History
from bot.slack.places import Places

UNANSWERED_DAYS = 7
ASKED_DAYS = 30


class Asked:
    """Questions of public channels alone, grouped by their words; of the others, how many they are."""

    def __init__(self, history: History, places: Places) -> None:
        self._history = history
        self._places = places

    def unanswered(self, team: str) -> tuple[list[Group], int]:
        """Of the last week, the most frequent first; and how many questions are not shown."""
        groups, private = self._history.unanswered(team, datetime.now(UTC) - timedelta(days=UNANSWERED_DAYS))
        shown = self._open(groups)
        return shown, private + sum(each.times for each in groups) - sum(each.times for each in shown)

    def most_asked(self, team: str) -> list[Group]:
        """Of the last month, those asked more than once."""
        return self._open(self._history.most_asked(team, datetime.now(UTC) - timedelta(days=ASKED_DAYS)))

    def find(self, team: str, words: str) -> Group | None:
        """The group with these words, if it is still in one of the lists."""
        return next((each for each in (*self.unanswered(team)[0], *self.most_asked(team)) if each.words == words), None)

    def handle(self, team: str, words: str) -> None:
        """Somebody saw to it: out of the list until it is asked in vain again."""
        self._history.handle(team, words, datetime.now(UTC))

    def _open(self, groups: Sequence[Group]) -> list[Group]:
        return [each for each in groups if any(self._places.is_open(id) for id in each.channels)]
