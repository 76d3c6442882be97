"""The state of the playground as text, for a failing test and for a curious person."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playground.server import Playground

SHOWN = 12
"""Calls and deliveries that are listed, the latest ones."""


def dump(slack: Playground) -> str:
    return "\n".join([*_conversations(slack), *_views(slack), *_deliveries(slack), *_calls(slack)])


def _conversations(slack: Playground) -> list[str]:
    lines = []
    for channel in slack.workspace.channels.values():
        if not channel.messages:
            continue
        members = " ".join(slack.workspace.users[each].name for each in channel.members)
        lines.append(f"== {channel.name or channel.id} ({channel.kind}: {members})")
        for message in channel.messages:
            name = slack.workspace.users[message.user].name
            marks = [message.subtype or ""]
            marks += [f"only for {slack.workspace.users[message.ephemeral_for].name}"] if message.ephemeral_for else []
            marks += [message.stream.state] if message.stream else []
            marks += [f"{len(message.frames)} frames"] if len(message.frames) > 1 else []
            note = " ".join(f"[{mark}]" for mark in marks if mark)
            indent = "    " if message.is_reply else ""
            lines.append(f"{indent}{message.ts} {name}: {_short(message.text)} {note}".rstrip())
    return lines


def _views(slack: Playground) -> list[str]:
    lines = []
    for view in slack.workspace.views.values():
        if view.is_open:
            title = (view.content.get("title") or {}).get("text", "")
            lines.append(
                f"== {view.type} {view.id} of {slack.workspace.users[view.user].name}: {title} {view.errors or ''}"
            )
    return lines


def _deliveries(slack: Playground) -> list[str]:
    lines = [f"== {slack.connections} socket connections, {len(slack.acks)} deliveries, {len(slack.withheld)} withheld"]
    for delivery in slack.acks[-SHOWN:]:
        what = delivery.event.get("type") or delivery.payload.get("command") or delivery.payload.get("type")
        state = "acked" if delivery.acked else delivery.error or "waiting"
        reasons = [attempt.answer.reason for attempt in delivery.attempts if attempt.answer.reason]
        lines.append(f"  {delivery.id} {what}: {state}, {len(delivery.attempts)} attempts {reasons or ''}".rstrip())
    return lines


def _calls(slack: Playground) -> list[str]:
    lines = [f"== {len(slack.calls)} Web API calls"]
    for call in slack.calls[-SHOWN:]:
        said = "ok" if call.ok else f"{call.status} {call.error}"
        given = {k: v for k, v in call.arguments.items() if k not in ("blocks", "view")}
        lines.append(f"  {call.method} {_short(str(given))} -> {said}")
    return lines


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 160 else flat[:157] + "..."
