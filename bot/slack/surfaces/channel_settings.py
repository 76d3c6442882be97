"""The window in which administrators set what applies in a channel: `/footnote settings`, and a button of the welcome."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, get_args

import structlog
from slack_bolt.kwargs_injection.async_args import AsyncArgs
from slack_sdk.errors import SlackApiError

from bot.slack.audit import AuditTrail
from bot.slack.blocks import Block, plain_text, rich_line, words
from bot.slack.channels import Channels, ChannelSettings, Mode, Reach
from bot.slack.language import Strings, languages
from bot.slack.library import Library
from bot.slack.payloads import action_of, channel_of, held, trigger_of, user_of, value_of
from bot.slack.references import place_of, reference_of
from bot.slack.render import text_parts
from bot.slack.roles import Roles
from bot.slack.surface import CHANNEL_SETTINGS
from bot.slack.surfaces.why_here import WhyHere
from bot.slack.voice import Voice
from bot.slack.windows import message_window, open_and_fill, window
from vectorstore.tags import NotATag, hashed, tags_of

MOST_HUMANS = 10

_CHANNEL = re.compile(r"[CG][A-Z0-9]{1,40}")
_GROUP = re.compile(r"S[A-Z0-9]{5,40}")
_QUESTIONS_OWN = "question"
"""The value of "the language of the question"."""

_log = structlog.get_logger("footnote.slack")


class ChannelSettingsWindow:
    """For whoever looks after the channel, checked when the window is filled and again when it is saved."""

    def __init__(
        self,
        channels: Channels,
        library: Library,
        why_here: WhyHere,
        voice: Voice,
        audit: AuditTrail,
        team: Callable[[], str],
        roles: Roles,
    ) -> None:
        self._roles = roles
        self._channels = channels
        self._library = library
        self._why_here = why_here
        self._voice = voice
        self._audit = audit
        self._team = team

    async def open(self, args: AsyncArgs) -> None:
        chosen = action_of(args.body).get("selected_conversation")
        channel = str(chosen or channel_of(args.body) or value_of(args.body))
        strings = await asyncio.to_thread(self._voice.of_person, user_of(args.body))
        title = strings("settings.title")
        await open_and_fill(
            args.client,
            trigger_of(args.body),
            message_window(title, strings("settings.looking"), strings),
            lambda: self._view(channel, user_of(args.body), strings),
            lambda reference: message_window(title, strings("settings.failed", reference=reference), strings),
            f"settings:{channel}:{user_of(args.body)}",
        )

    def errors(self, body: Mapping[str, Any]) -> Mapping[str, str]:
        """What is wrong with what was typed, by block."""
        strings = self._voice.of_person(user_of(body))
        return {
            block: complaint
            for block, complaint in (
                ("tags", self._tags_complaint(_typed(body, "tags"), strings)),
                ("groups", _groups_complaint(_typed(body, "groups"), strings)),
            )
            if complaint
        }

    async def save(self, args: AsyncArgs) -> None:
        """Keep what was submitted, note it, and show the administrator what applies now."""
        user = user_of(args.body)
        channel = str((args.body.get("view") or {}).get("private_metadata") or "")
        try:
            strings = await asyncio.to_thread(self._voice.of_person, user)
            try:
                text = await asyncio.to_thread(self._saved, args.body, channel, user, strings)
            except Exception as error:  # the edge of a listener: the administrator gets a reference
                reference = reference_of(f"settings:{channel}:{trigger_of(args.body)}")
                _log.error("settings_not_saved", reference=reference, place=place_of(error))
                text = strings("settings.failed", reference=reference)
            await _tell(args, channel, user, text)
        except Exception as error:  # the edge of a listener
            _log.error("reply_refused", place=place_of(error))

    def _view(self, channel: str, user: str, strings: Strings) -> dict[str, Any]:
        if not _CHANNEL.fullmatch(channel):
            return message_window(strings("settings.title"), strings("settings.no_channel"), strings)
        if not self._may(user, channel):
            return message_window(strings("settings.title"), strings("admin.admins_only"), strings)
        now = self._channels.of(self._team(), channel)
        submit = plain_text(strings("settings.save"))
        return window(
            strings("settings.title"),
            settings_blocks(channel, now, self._library.tags(), strings),
            strings,
            callback_id=CHANNEL_SETTINGS,
            private_metadata=channel,
            submit=submit,
        )

    def _saved(self, body: Mapping[str, Any], channel: str, user: str, strings: Strings) -> str:
        if not _CHANNEL.fullmatch(channel):
            return strings("settings.no_channel")
        if not self._may(user, channel):
            return strings("admin.admins_only")
        team = self._team()
        before, after = self._channels.of(team, channel), submitted(body, user)
        self._channels.keep(team, channel, after)
        self._audit.did(user, team, channel, "settings", changes(before, after))
        return strings("settings.saved") + "\n" + self._why_here.tell_of(team, channel, strings)

    def _may(self, user: str, channel: str) -> bool:
        allowed = self._roles.may(user, "curate", f"channel:{channel}")
        if not allowed:
            self._audit.refused(user, channel, "settings", "not theirs to look after")
        return allowed

    def _tags_complaint(self, typed: Sequence[str], strings: Strings) -> str:
        known = self._library.tags()
        try:
            unknown = [tag for tag in tags_of(typed) if tag not in known]
        except NotATag:
            return strings("settings.not_a_tag")
        if not unknown:
            return ""
        return strings("settings.unknown_tag", tag=unknown[0], known=hashed(known) or strings("admin.no_tags"))


async def _tell(args: AsyncArgs, channel: str, user: str, text: str) -> None:
    """Privately in the channel; directly where we are not in it."""
    part = text_parts(text)[0]
    said: dict[str, Any] = {"text": part.text, "blocks": list(part.blocks)}
    try:
        await args.client.chat_postEphemeral(channel=channel, user=user, **said)
    except SlackApiError:
        await args.client.chat_postMessage(channel=user, unfurl_links=False, unfurl_media=False, **said)


def submitted(body: Mapping[str, Any], user: str) -> ChannelSettings:
    """What the submitted window says; what is not one of the choices counts as the default."""
    mode, reach, language = (_chosen(body, block) for block in ("mode", "reach", "language"))
    people = [str(each) for each in held(body, "people").get("selected_users") or ()]
    return ChannelSettings(
        mode=mode if mode in get_args(Mode) else "mentions",
        reach=reach if reach in get_args(Reach) else "workspace",
        tags=tags_of(_typed(body, "tags")),
        language=language if language in languages() else "",
        humans=tuple(dict.fromkeys([*people, *_typed(body, "groups")]))[: 2 * MOST_HUMANS],
        digest=bool(held(body, "digest").get("selected_options")),
        set_by=user,
        set_at=datetime.now(UTC),
    )


def changes(before: ChannelSettings, after: ChannelSettings) -> str:
    """For the audit trail: "mode: mentions -> auto; tags: - -> contracts"."""
    told = []
    for name in (each.name for each in fields(ChannelSettings) if not each.name.startswith("set_")):
        old, new = (_plain(getattr(settings, name)) for settings in (before, after))
        if old != new:
            told.append(f"{name}: {old} -> {new}")
    return "; ".join(told) or "nothing changed"


def _plain(value: Any) -> str:
    return (" ".join(value) if isinstance(value, tuple) else str(value)) or "-"


def _chosen(body: Mapping[str, Any], block: str) -> Any:
    return (held(body, block).get("selected_option") or {}).get("value")


def _typed(body: Mapping[str, Any], block: str) -> list[str]:
    return str(held(body, block).get("value") or "").replace(",", " ").split()


def _groups_complaint(typed: Sequence[str], strings: Strings) -> str:
    wrong = [word for word in typed if not _GROUP.fullmatch(word)]
    return strings("settings.not_a_group", group=wrong[0][:40]) if wrong or len(typed) > MOST_HUMANS else ""


# -- the fields ------------------------------------------------------------------------------------------------------


def settings_blocks(channel: str, now: ChannelSettings, known_tags: Sequence[str], strings: Strings) -> list[Block]:
    modes = {mode: strings(f"settings.mode.{mode}") for mode in get_args(Mode)}
    reaches = {reach: strings(f"settings.reach.{reach}") for reach in get_args(Reach)}
    spoken = {code: strings.tongue(code) for code in languages()}
    tongues = {_QUESTIONS_OWN: strings("settings.language_of_question"), **spoken}
    people = [id for id in now.humans if not id.startswith("S")]
    groups = [id for id in now.humans if id.startswith("S")]
    return [
        rich_line(words(strings("settings.of") + " "), {"type": "channel", "channel_id": channel}),
        _field("mode", strings("settings.mode_label"), _choice("radio_buttons", modes, now.mode)),
        _field("reach", strings("settings.reach_label"), _choice("radio_buttons", reaches, now.reach)),
        _optional("tags", strings, _text(hashed(now.tags)), known=hashed(known_tags) or strings("admin.no_tags")),
        _field(
            "language",
            strings("settings.language_label"),
            _choice("static_select", tongues, now.language or _QUESTIONS_OWN),
        ),
        _optional("people", strings, _people(people)),
        _optional("groups", strings, _text(" ".join(groups))),
        _optional("digest", strings, _checkbox(strings("settings.digest"), checked=now.digest)),
    ]


def _field(block: str, label: str, element: Block) -> Block:
    return {"type": "input", "block_id": block, "label": plain_text(label), "element": {**element, "action_id": block}}


def _optional(block: str, strings: Strings, element: Block, **values: str) -> Block:
    hint = plain_text(strings(f"settings.hint.{block}", **values)[:2000])
    return {**_field(block, strings(f"settings.label.{block}"), element), "optional": True, "hint": hint}


def _choice(kind: str, labels: Mapping[str, str], chosen: str) -> Block:
    options = {value: {"text": plain_text(label), "value": value} for value, label in labels.items()}
    return {"type": kind, "options": list(options.values()), "initial_option": options[chosen]}


def _text(initial: str) -> Block:
    return {"type": "plain_text_input", "max_length": 500, **({"initial_value": initial} if initial else {})}


def _checkbox(label: str, *, checked: bool) -> Block:
    option = {"text": plain_text(label), "value": "yes"}
    return {"type": "checkboxes", "options": [option], **({"initial_options": [option]} if checked else {})}


def _people(initial: Sequence[str]) -> Block:
    given = {"initial_users": list(initial)} if initial else {}
    return {"type": "multi_users_select", "max_selected_items": MOST_HUMANS, **given}
