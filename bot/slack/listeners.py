"""Which function listens to what that is declared in `surface.py`, and the check of who may have it done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.slack.audience import People, Person
from bot.slack.audit import AuditTrail
from bot.slack.payloads import channel_of, user_of
from bot.slack.references import place_of
from bot.slack.roles import Roles
from bot.slack.surface import Role
from bot.slack.voice import Voice

Listen = Callable[[AsyncArgs], Awaitable[None]]
"""What is done after the acknowledgement. Never raises."""

_log = structlog.get_logger("footnote.slack")


def each_of(*listens: Listen) -> Listen:
    """One listener after the other."""

    async def run(args: AsyncArgs) -> None:
        for listen in listens:
            await listen(args)

    return run


@dataclass(frozen=True, slots=True)
class Submission:
    """A window that is sent off."""

    listen: Listen
    errors: Callable[[Mapping[str, Any]], Mapping[str, str]] = lambda _body: {}
    """What is wrong with what was filled in: block_id -> a sentence; quick, for Slack waits for it."""


@dataclass(frozen=True, slots=True)
class Listeners:
    """By the names of `surface.py`; what has a kind there is taken by the durable road and needs none here."""

    actions: Mapping[str, Listen] = field(default_factory=dict)
    shortcuts: Mapping[str, Listen] = field(default_factory=dict)
    views: Mapping[str, Submission] = field(default_factory=dict)
    events: Mapping[str, Listen] = field(default_factory=dict)
    windows: Mapping[str, Listen] = field(default_factory=dict)
    """By command and word, such as "/footnote settings"."""


class Gatekeeper:
    """Lets a listener run for those who may have it done, at the moment it is done; others are told so, and it is noted."""

    def __init__(self, people: People, roles: Roles, voice: Voice, audit: AuditTrail) -> None:
        self._people = people
        self._roles = roles
        self._voice = voice
        self._audit = audit

    def guarded(self, name: str, role: Role, listen: Listen) -> Listen:
        if role == "anyone":
            return listen

        async def run(args: AsyncArgs) -> None:
            try:
                allowed = await asyncio.to_thread(self._allows, args.body, role, name)
                if not allowed:
                    await self._refuse(args, role)
            except Exception as error:  # the edge of a listener: who cannot be looked up may not
                _log.error("not_let_in", listener=name, place=place_of(error))
                return
            if allowed:
                await listen(args)

        return run

    async def unknown(self, args: AsyncArgs) -> None:
        """A menu entry of an older or newer manifest."""
        try:
            strings = await asyncio.to_thread(self._voice.of_person, user_of(args.body))
            await args.respond(text=strings("hint.unknown_shortcut"), response_type="ephemeral", replace_original=False)
        except Exception as error:  # the edge of a listener
            _log.error("reply_refused", place=place_of(error))

    def _allows(self, body: Mapping[str, Any], role: Role, name: str) -> bool:
        person = self._people.find(user_of(body))
        if self._has(person, role):
            return True
        self._audit.refused(person.id, channel_of(body), name, f"not {role}")
        return False

    def _has(self, person: Person, role: Role) -> bool:
        may: dict[Role, Callable[[str], bool]] = {
            "member": lambda _: True,
            "curator": self._roles.curates,
            "auditor": lambda user: self._roles.may(user, "audit"),
            "admin": self._roles.__contains__,
        }
        return person.is_member and may[role](person.id)

    async def _refuse(self, args: AsyncArgs, role: Role) -> None:
        strings = await asyncio.to_thread(self._voice.of_person, user_of(args.body))
        text = strings("hint.members_only" if role == "member" else "admin.admins_only")
        if args.body.get("response_url"):
            await args.respond(text=text, response_type="ephemeral", replace_original=False)
        else:
            await args.client.chat_postMessage(
                channel=user_of(args.body), text=text, unfurl_links=False, unfurl_media=False
            )
