"""The part of the Home that administrators see, as blocks. Pure: what it shows was chosen by `surfaces/home.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.slack.blocks import Block, actions, bold, button, heading, plain_text, rich_line, words
from bot.slack.channels import ChannelSettings
from bot.slack.history import Group
from bot.slack.home_view import ask_box
from bot.slack.human_requests import HumanRequest
from bot.slack.language import Strings
from bot.slack.surface import EXPORT_RECORD, HOME_ADD_SOURCE, HOME_SEARCH, OPEN_INBOX, OPEN_RECORD, OPEN_SETTINGS


@dataclass(frozen=True, slots=True)
class Health:
    trouble: Mapping[str, str]
    """What is wrong, by part; empty where nothing is."""
    sources_in_trouble: int
    stored: int
    """Bytes in the data directory."""


@dataclass(frozen=True, slots=True)
class Administration:
    """What only administrators see."""

    health: Health
    inbox: Sequence[Block]
    waiting: int
    """Opinions nobody has looked at."""
    calls: Sequence[HumanRequest]
    unanswered: Sequence[Group]
    asked_elsewhere: int
    """Unanswered questions whose words are not shown: asked privately, or in channels that are not open to all."""
    most_asked: Sequence[Group]
    weeks: Sequence[Block]
    """How much was asked in each of the last weeks."""
    channels: Sequence[tuple[str, ChannelSettings]]
    record: Sequence[str]
    """The last lines of the audit trail."""


def administration_blocks(what: Administration, strings: Strings) -> list[Block]:
    return [
        {"type": "divider"},
        heading(strings("home.administration")),
        ask_box(HOME_ADD_SOURCE, strings("home.add_source"), strings("home.add_source_hint")),
        *_health(what.health, strings),
        heading(strings("home.weeks")),
        *what.weeks,
        heading(strings("home.feedback", number=strings.number(what.waiting))),
        *what.inbox,
        actions(button(strings("home.all_feedback"), OPEN_INBOX, "all")),
        heading(strings("home.calls")),
        *_calls(what.calls, strings),
        heading(strings("home.most_asked")),
        *_groups(what.most_asked, strings("home.none_asked"), strings),
        heading(strings("home.unanswered")),
        *_unanswered(what, strings),
        heading(strings("home.channels")),
        *_channels(what.channels, strings),
        *record_blocks(what.record, strings),
    ]


def record_blocks(lines: Sequence[str], strings: Strings) -> list[Block]:
    """For auditors too, who see nothing else of the administration."""
    return [
        heading(strings("home.record")),
        *(rich_line(words(line)) for line in lines),
        actions(
            button(strings("home.whole_record"), OPEN_RECORD, "7d"),
            button(strings("home.export_record"), EXPORT_RECORD, "export"),
        ),
    ]


def _health(health: Health, strings: Strings) -> list[Block]:
    wrong = [strings("home.trouble", part=part, reason=reason[:200]) for part, reason in health.trouble.items()]
    lines = [*(wrong or [strings("home.healthy")]), strings("home.stored", size=size(health.stored, strings))]
    blocks = [heading(strings("home.health")), rich_line(words("\n".join(lines)))]
    if not health.sources_in_trouble:
        return blocks
    told = strings("home.sources_in_trouble", sources=strings.count("source", health.sources_in_trouble))
    return [*blocks, rich_line(words(told)), actions(button(strings("home.show"), HOME_SEARCH, "trouble:"))]


def size(number: int, strings: Strings) -> str:
    """In the unit that people read: 900 B, 12 KB, 3 MB, 2 GB; a thousand of one are one of the next."""
    units = ("B", "KB", "MB", "GB", "TB")
    power = min((len(str(number)) - 1) // 3, len(units) - 1)
    return f"{strings.number(round(number / 1000**power))} {units[power]}"


def _calls(calls: Sequence[HumanRequest], strings: Strings) -> list[Block]:
    if not calls:
        return [rich_line(words(strings("home.no_calls")))]
    return [
        rich_line(
            bold(each.question[:300]),
            words(f"\n{each.asked_by_name} · {strings.day(each.at.date())} · "),
            {"type": "channel", "channel_id": each.channel},
        )
        for each in calls
    ]


def _unanswered(what: Administration, strings: Strings) -> list[Block]:
    if not what.asked_elsewhere:
        return _groups(what.unanswered, strings("home.all_answered"), strings)
    elsewhere = strings("home.elsewhere", number=strings.number(what.asked_elsewhere))
    return [*_groups(what.unanswered, "", strings), rich_line(words(elsewhere))]


def _groups(groups: Sequence[Group], none: str, strings: Strings) -> list[Block]:
    lines = [
        rich_line(words(strings("home.times", number=strings.number(each.times))), bold(f" {each.question[:300]}"))
        for each in groups
    ]
    return lines or ([rich_line(words(none))] if none else [])


def _channels(channels: Sequence[tuple[str, ChannelSettings]], strings: Strings) -> list[Block]:
    lines = [
        rich_line({"type": "channel", "channel_id": id}, words(": " + strings(f"settings.mode.{settings.mode}")))
        for id, settings in channels
    ]
    choice = {
        "type": "conversations_select",
        "action_id": OPEN_SETTINGS,
        "placeholder": plain_text(strings("home.choose_channel")),
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    return [*lines, actions(choice)]
