"""What can be done with an answer: the buttons under it, and the menu (⋯) beside them.

An entry is one line here and its `Action` in `surface.py`; a choice in the menu is heard as that action.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.slack.blocks import Block, actions, button, plain_text
from bot.slack.language import Strings
from bot.slack.surface import FEEDBACK, GET_HUMAN, MENU, SHARE, SHOW_QUOTES, STOP_REPLYING, WHY

MOST_IN_MENU = 5
"""Options that Slack takes in a menu."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer where it is shown."""

    id: str
    answered: bool
    is_private: bool = False
    """Only the person who asked sees it."""
    in_thread: bool = False
    in_channel: bool = False
    """Among people who could see it too: only of a private one."""


@dataclass(frozen=True, slots=True)
class Entry:
    action: str
    label: str
    """The key of its label in the strings."""
    offered: Callable[[Shown], bool] = lambda _shown: True


BUTTONS = (
    Entry(SHOW_QUOTES, "answer.show_quotes", lambda shown: shown.answered),
    Entry(SHARE, "share.to_channel", lambda shown: shown.answered and shown.is_private and shown.in_channel),
    Entry(GET_HUMAN, "human.get", lambda shown: not shown.answered and not shown.is_private),
)
IN_MENU = (
    Entry(WHY, "why.open"),
    Entry(GET_HUMAN, "human.get", lambda shown: shown.answered and not shown.is_private),
    Entry(STOP_REPLYING, "quiet.stop", lambda shown: shown.in_thread and not shown.is_private),
)
"""In this order; at most MOST_IN_MENU of them are ever offered together."""


def controls(shown: Shown, strings: Strings) -> list[Block]:
    buttons = [button(strings(each.label), each.action, shown.id) for each in BUTTONS if each.offered(shown)]
    return [actions(*buttons, _menu(shown, strings)), {"type": "context_actions", "elements": [_votes(shown, strings)]}]


def _menu(shown: Shown, strings: Strings) -> Block:
    offered = [each for each in IN_MENU if each.offered(shown)][:MOST_IN_MENU]
    options = [{"text": plain_text(strings(each.label)), "value": f"{each.action}:{shown.id}"} for each in offered]
    return {"type": "overflow", "action_id": MENU, "options": options}


def _votes(shown: Shown, strings: Strings) -> Block:
    return {
        "type": "feedback_buttons",
        "action_id": FEEDBACK,
        "positive_button": {"text": plain_text(strings("answer.helpful")), "value": f"up:{shown.id}"},
        "negative_button": {"text": plain_text(strings("answer.not_helpful")), "value": f"down:{shown.id}"},
    }
