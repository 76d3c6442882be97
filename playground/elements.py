"""Interactive elements: where they are in blocks, and what acting on them says to the app."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playground.errors import Impossible

Block = dict[str, Any]
Element = dict[str, Any]

PRESSED = ("button", "feedback_buttons", "icon_button", "workflow_button", "overflow")
"""Elements that are acted on but hold nothing: they are not part of `state.values`."""
_RICH_TEXT = ("rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted")
_SINGLE = {
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "plain_text_input": "value",
    "number_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "rich_text_input": "rich_text_value",
    "file_input": "files",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
}
_ECHOED = """confirm placeholder initial_option initial_options initial_user initial_users initial_channel initial_channels
    initial_conversation initial_conversations initial_date initial_time initial_date_time""".split()
"""Fields of an element that its action repeats."""
_OPTION = ("static_select", "external_select", "radio_buttons", "overflow")
_OPTIONS = ("multi_static_select", "multi_external_select", "checkboxes")


def elements(blocks: list[Block]) -> Iterator[tuple[Block, Element]]:
    """Every interactive element with the block it is in, nested blocks included."""
    for block in blocks:
        candidates = [*(block.get("elements") or ()), block.get("accessory"), block.get("element")]
        candidates += block.get("actions") or ()
        for candidate in candidates:
            if isinstance(candidate, dict) and candidate.get("type") not in (None, "mrkdwn", "plain_text", "image"):
                if candidate["type"] in ("card", "container"):
                    yield from elements([candidate])
                elif candidate["type"] not in _RICH_TEXT:
                    yield block, candidate
        for child in (*(block.get("child_blocks") or ()), *(block.get("blocks") or ())):
            if isinstance(child, dict):
                yield from elements([child])


def find(blocks: list[Block], action_id: str, block_id: str | None = None, value: Any = None) -> tuple[Block, Element]:
    """The element with `action_id`; among several, the one with `value`. Raises Impossible when there is none."""
    named = [(b, e) for b, e in elements(blocks) if e.get("action_id") == action_id]
    named = [(b, e) for b, e in named if block_id is None or b.get("block_id") == block_id]
    if not named:
        there = sorted({str(e.get("action_id")) for _, e in elements(blocks)})
        raise Impossible(f"there is nothing to press with action_id {action_id!r}; there is {there}")
    return next(((b, e) for b, e in named if value is not None and e.get("value") == value), named[0])


def action(block: Block, element: Element, value: Any, at: str) -> dict[str, Any]:
    """One entry of `actions` in a block_actions payload."""
    kind = element["type"]
    said: dict[str, Any] = {"action_id": element.get("action_id", ""), "block_id": block.get("block_id", "")}
    said |= {name: element[name] for name in _ECHOED if element.get(name) is not None}
    if kind == "feedback_buttons":
        button = _feedback_button(element, value)
        said |= {"text": button["text"], "value": button.get("value")}
    elif kind in ("button", "icon_button", "workflow_button"):
        said |= {"text": element.get("text")}
        said |= {name: element[name] for name in ("value", "style", "url") if element.get(name)}
    else:
        said |= {k: v for k, v in holding(element, value).items() if k != "type"}
    return said | {"type": kind, "action_ts": at}


def _feedback_button(element: Element, value: Any) -> dict[str, Any]:
    positive, negative = element["positive_button"], element["negative_button"]
    if value in ("positive", positive.get("value")):
        chosen: dict[str, Any] = positive
    elif value in ("negative", negative.get("value")):
        chosen = negative
    else:
        raise Impossible(f"feedback is positive or negative, not {value!r}")
    return chosen


def holding(element: Element, value: Any) -> dict[str, Any]:
    """What an element holds once `value` was typed or chosen, as in `state.values`. Raises Impossible."""
    kind = element["type"]
    if kind in _OPTION:
        return {"type": kind, "selected_option": None if value is None else _option(element, value)}
    if kind in _OPTIONS:
        chosen = [] if value is None else value if isinstance(value, list) else [value]
        return {"type": kind, "selected_options": [_option(element, each) for each in chosen]}
    if kind in _SINGLE:
        many = kind.startswith("multi_") or kind == "file_input"
        return {"type": kind, _SINGLE[kind]: ([] if many else None) if value in (None, "") else value}
    raise Impossible(f"a {kind} holds nothing")


def _option(element: Element, value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    groups = element.get("option_groups") or [{"options": element.get("options") or []}]
    options: list[dict[str, Any]] = [option for group in groups for option in group["options"]]
    if "external" in element["type"]:
        return {"text": {"type": "plain_text", "text": str(value), "emoji": True}, "value": str(value)}
    found = next((each for each in options if each.get("value") == value or each["text"]["text"] == value), None)
    if found is None:
        raise Impossible(f"{value!r} is not among the options {[each.get('value') for each in options]}")
    return found


def initial(element: Element, conversation: str = "") -> Any:
    """What an element holds before anybody touched it; `conversation` is the one its view was opened from."""
    if element.get("default_to_current_conversation") and conversation:
        return [conversation] if element["type"].startswith("multi_") else conversation
    if element["type"] in _OPTION:
        return element.get("initial_option")
    if element["type"] in _OPTIONS:
        return element.get("initial_options")
    name = _SINGLE.get(element["type"], "value").replace("selected_", "initial_")
    return element.get("initial_value" if name in ("value", "rich_text_value") else name)


def is_empty(held: dict[str, Any]) -> bool:
    return all(value in (None, "", []) for name, value in held.items() if name != "type")
