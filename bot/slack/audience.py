"""Who will see an answer, and so which documents it may draw on. Chosen by audience, not by asker; unknown means no."""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import Any

from bot.slack.channels import ChannelSettings
from bot.slack.request import Request
from vectorstore.scopes import thread_scope
from vectorstore.values import WORKSPACE

UNSET = ChannelSettings()
PERSON_SECONDS = 60.0
"""How long what Slack said about a person is believed."""


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    is_member: bool
    """A full member of this workspace: not a guest, not of another organisation, not deactivated."""
    is_bot: bool = False
    locale: str = ""
    """IETF, such as es-ES; empty where Slack does not say."""
    name: str = ""
    """As it is shown beside what they write; somebody else's words."""
    utc_offset: int = 0
    """Seconds east of Greenwich, now."""
    is_slack_admin: bool = False
    """An admin or owner of the workspace in Slack's own sense."""

    @classmethod
    def from_slack(cls, user: Mapping[str, Any], team: str) -> Person:
        closed = ("deleted", "is_restricted", "is_ultra_restricted", "is_stranger")
        teams = (user.get("team_id"), *((user.get("enterprise_user") or {}).get("teams") or ()))
        is_member = team in teams and not any(user.get(mark) for mark in closed)
        profile = user.get("profile") or {}
        names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
        return cls(
            id=str(user["id"]),
            is_member=is_member,
            is_bot=bool(user.get("is_bot")),
            locale=str(user.get("locale") or ""),
            name=next((str(name) for name in names if name), ""),
            utc_offset=_offset(user.get("tz_offset")),
            is_slack_admin=is_member and bool(user.get("is_admin") or user.get("is_owner")),
        )


def _offset(given: Any) -> int:
    """Of a time zone there is; 0 for anything else."""
    return given if isinstance(given, int) and abs(given) <= 14 * 3600 else 0


class People:
    """What Slack says of people, asked at most once a minute for each. Asking may raise what `lookup` raises."""

    def __init__(self, lookup: Callable[[str], Mapping[str, Any]], team: Callable[[], str]) -> None:
        self._lookup = lookup
        self._team = team
        self._known: dict[str, tuple[float, Person]] = {}

    def find(self, user: str) -> Person:
        asked_at, person = self._known.get(user, (0.0, None))
        now = time.monotonic()
        if person is None or now - asked_at > PERSON_SECONDS:
            person = Person.from_slack(self._lookup(user), self._team())
            self._known[user] = (now, person)
        return person


def may_ask(request: Request, person: Person) -> bool:
    return person.is_member and not request.is_foreign


def is_admin(request: Request, person: Person, admins: Container[str]) -> bool:
    """Guests and people of other workspaces never are, whatever the list says."""
    return request.user in admins and may_ask(request, person)


def scopes(
    request: Request, person: Person, admins: Container[str], settings: ChannelSettings = UNSET
) -> tuple[str, ...]:
    """What those who will see the reply to this request may all read; `settings` are those of its channel."""
    if request.is_private:
        channel = () if request.is_direct else (f"channel:{request.channel}",)
        own = (f"user:{request.user}", *(("admin",) if is_admin(request, person, admins) else ()))
        return (WORKSPACE, *channel, *own, *request.beside)
    return (*channel_scopes(request.channel, settings, is_shared=request.is_shared), *request.beside)


def channel_scopes(channel: str, settings: ChannelSettings, *, is_shared: bool) -> tuple[str, ...]:
    """What everybody in the channel may read, and its settings let answers draw on."""
    here = f"channel:{channel}"
    return (here,) if is_shared or settings.reach == "channel" else (WORKSPACE, here)


def reader_scopes(user: Person, channel: str, admins: Container[str], thread_ts: str | None = None) -> tuple[str, ...]:
    """What a person may read who opens, for herself alone, what was answered in `channel`; "" is no conversation.

    `thread_ts`: the thread it was answered in, for what was read for that thread.
    """
    here = () if not channel or channel.startswith("D") else (f"channel:{channel}",)
    here = (*here, thread_scope(channel, thread_ts)) if channel and thread_ts else here
    if not user.is_member:
        return here
    return (WORKSPACE, *here, f"user:{user.id}", *(("admin",) if user.id in admins else ()))
