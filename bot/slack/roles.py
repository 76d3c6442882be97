"""Who may look after what: owners after everything, curators after given channels, auditors after nothing but the record of it.

Asked when an action runs. Guests, bots and people of other organisations never may, whatever the lists say.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

import structlog

from bot.slack.audience import People, Person
from bot.slack.posting import Undeliverable

Deed = Literal["own", "curate", "audit"]
"""`own`: what only owners do; `curate`: the sources and settings of one scope; `audit`: read the audit trail."""

GROUP_SECONDS = 60.0
"""How long what Slack said about the owners' user group is believed."""

_log = structlog.get_logger("footnote.slack")


@dataclass(frozen=True, slots=True)
class Appointed:
    """What the configuration says; ids of Slack throughout."""

    owners: frozenset[str] = frozenset()
    curators: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The channels of each."""
    auditors: frozenset[str] = frozenset()
    owner_group: str = ""
    """A user group whose members are owners; empty for none."""
    slack_admins: bool = False
    """Whether Slack's own admins and owners are ours."""


class Roles:
    """`user in roles`: whether somebody is an owner. Slack is asked at most once a minute for each person and the group."""

    def __init__(
        self, appointed: Appointed, people: People, group_members: Callable[[str], Collection[str]] | None = None
    ) -> None:
        """`group_members` raises Undeliverable while Slack does not say: then the group counts for nothing."""
        self._appointed = appointed
        self._people = people
        self._group_members = group_members
        self._group: tuple[float, frozenset[str]] = (0.0, frozenset())

    def __contains__(self, user: object) -> bool:
        return isinstance(user, str) and self.may(user, "own")

    def may(self, user: str, deed: Deed, scope: str = "") -> bool:
        """`scope`: whose sources or settings are curated, such as `channel:C…`."""
        person = self._member(user)
        if person is None:
            return False
        if self._owns(person):
            return True
        if deed == "curate":
            return scope in self._scopes(user)
        return deed == "audit" and user in self._appointed.auditors

    def owners(self) -> list[str]:
        """The owners that are known by name: Slack does not list its own admins."""
        return sorted(user for user in self._appointed.owners | self._group_now() if user in self)

    def curates(self, user: str) -> bool:
        """Whether somebody may look after at least one scope."""
        person = self._member(user)
        return person is not None and (self._owns(person) or bool(self._scopes(user)))

    def channels(self, user: str) -> list[str]:
        """The ids of the channels somebody who is no owner looks after."""
        return sorted(self._appointed.curators.get(user, ())) if self._member(user) else []

    def _scopes(self, user: str) -> frozenset[str]:
        return frozenset(f"channel:{channel}" for channel in self._appointed.curators.get(user, ()))

    def _member(self, user: str) -> Person | None:
        """Whoever cannot be looked up may nothing."""
        try:
            person = self._people.find(user) if user else None
        except Undeliverable:
            return None
        return person if person and person.is_member and not person.is_bot else None

    def _owns(self, person: Person) -> bool:
        listed = person.id in self._appointed.owners
        by_slack = self._appointed.slack_admins and person.is_slack_admin
        return listed or by_slack or person.id in self._group_now()

    def _group_now(self) -> frozenset[str]:
        if not self._appointed.owner_group or self._group_members is None:
            return frozenset()
        asked_at, members = self._group
        now = time.monotonic()
        if not asked_at or now - asked_at > GROUP_SECONDS:
            try:
                members = frozenset(self._group_members(self._appointed.owner_group))
            except Undeliverable as error:
                _log.warning("owners_group_unknown", group=self._appointed.owner_group, error=str(error))
                members = frozenset()
            self._group = (now, members)
        return members
