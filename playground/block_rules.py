"""The rules of Block Kit: what every block and element must hold, and how much.

https://docs.slack.dev/reference/block-kit/
"""

from __future__ import annotations

from typing import Any

from playground.rich_text_rules import rich_text
from playground.schema import Check, Problems, anything, by_type, fields, flag, number, one_of, several, text, url

MARKDOWN_LIMIT = 12_000
"""Characters of all markdown blocks of a message together."""


def text_object(maximum: int, kinds: tuple[str, ...] = ("plain_text", "mrkdwn")) -> Check:
    shape = fields({"type": one_of(*kinds), "text": text(maximum)}, {"emoji": flag, "verbatim": flag})

    def check(problems: Problems, value: Any, pointer: str) -> None:
        problems.nested(shape, value, pointer)

    return check


def plain(maximum: int) -> Check:
    return text_object(maximum, ("plain_text",))


_ID = text(255)
_CONFIRM = fields(
    {"title": plain(100), "text": text_object(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
_OPTION = fields({"text": text_object(75), "value": text(150)}, {"description": text_object(75), "url": url()})
_GROUP = fields({"label": plain(75), "options": several(_OPTION, 100)}, {})
_DISPATCH = fields({}, {"trigger_actions_on": several(one_of("on_enter_pressed", "on_character_entered"), 2)})
_COMMON = {"type": anything, "action_id": _ID, "confirm": _CONFIRM, "focus_on_load": flag}
_PLACEHOLDER = {**_COMMON, "placeholder": plain(150)}
_TYPED = {
    **_PLACEHOLDER,
    "initial_value": text(3000, 0),
    "min_length": number,
    "max_length": number,
    "dispatch_action_config": _DISPATCH,
}
_SLACK_FILE = fields({}, {"id": _ID, "url": url()})
_FEEDBACK = fields({"text": plain(75), "value": text(2000)}, {"accessibility_label": text(75)})


def _select(optional: dict[str, Check], options: bool = False, groups: bool = True) -> Check:
    """A menu; with `options` it must bring its own."""
    listed = {"options": several(_OPTION, 100), **({"option_groups": several(_GROUP, 100)} if groups else {})}
    shape = fields({}, {**_PLACEHOLDER, **(listed if options else {}), **optional})

    def check(problems: Problems, value: Any, pointer: str) -> None:
        shape(problems, value, pointer)
        if options and "options" not in value and "option_groups" not in value:
            problems.note("missing required field: options", pointer)
        _check_initial(problems, value, pointer)

    return check


def _check_initial(problems: Problems, value: Any, pointer: str) -> None:
    """What is chosen at first has to be one of the options, word for word."""
    groups = [*(value.get("option_groups") or ()), value]
    offered = [option for group in groups if isinstance(group, dict) for option in group.get("options") or ()]
    first = value.get("initial_option")
    for each in (value.get("initial_options") or ()) if first is None else (first,):
        if offered and each not in offered:
            problems.note("must exactly match one of the options", pointer)


def _of_options(shape: Check) -> Check:
    def check(problems: Problems, value: Any, pointer: str) -> None:
        shape(problems, value, pointer)
        if isinstance(value, dict):
            _check_initial(problems, value, pointer)

    return check


_KIND = one_of("im", "mpim", "private", "public")
_filter_fields = fields(
    {}, {"include": several(_KIND, 4), "exclude_external_shared_channels": flag, "exclude_bot_users": flag}
)


def _conversations(problems: Problems, value: Any, pointer: str) -> None:
    """Which conversations are offered: at least one of its fields has to be there."""
    _filter_fields(problems, value, pointer)
    if value == {}:
        problems.note("must have at least one property", pointer)


_MULTI = {"max_selected_items": number}
_USERS, _FILTER = several(text(255), 100, 0), {"filter": _conversations, "default_to_current_conversation": flag}
ELEMENTS: dict[str, Check] = {
    "button": fields(
        {"text": plain(75)},
        {
            **_COMMON,
            "url": url(),
            "value": text(2000),
            "style": one_of("primary", "danger"),
            "accessibility_label": text(75),
            "agent_prompt": text(4000),
        },
    ),
    "checkboxes": _of_options(
        fields({"options": several(_OPTION, 10)}, {**_COMMON, "initial_options": several(_OPTION, 10)})
    ),
    "channels_select": _select({"initial_channel": _ID, "response_url_enabled": flag}),
    "conversations_select": _select({"initial_conversation": _ID, "response_url_enabled": flag, **_FILTER}),
    "datepicker": fields({}, {**_PLACEHOLDER, "initial_date": text(10)}),
    "datetimepicker": fields({}, {**_COMMON, "initial_date_time": number}),
    "email_text_input": fields({}, _TYPED),
    "external_select": _select({"initial_option": _OPTION, "min_query_length": number}),
    "feedback_buttons": fields({"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, _COMMON),
    "file_input": fields({}, {**_COMMON, "filetypes": several(text(255), 100, 0), "max_files": number}),
    "icon_button": fields(
        {"icon": one_of("trash"), "text": plain(75)},
        {
            **_COMMON,
            "value": text(2000),
            "accessibility_label": text(75),
            "visible_to_user_ids": several(_ID, 10, 0),
        },
    ),
    "multi_channels_select": _select({"initial_channels": _USERS, **_MULTI}),
    "multi_conversations_select": _select({"initial_conversations": _USERS, **_MULTI, **_FILTER}),
    "multi_external_select": _select({"initial_options": several(_OPTION, 100), "min_query_length": number, **_MULTI}),
    "multi_static_select": _select({"initial_options": several(_OPTION, 100), **_MULTI}, options=True),
    "multi_users_select": _select({"initial_users": _USERS, **_MULTI}),
    "number_input": fields({"is_decimal_allowed": flag}, {**_TYPED, "min_value": text(255), "max_value": text(255)}),
    "overflow": fields({"options": several(_OPTION, 5)}, _COMMON),
    "plain_text_input": fields({}, {**_TYPED, "multiline": flag}),
    "radio_buttons": _of_options(fields({"options": several(_OPTION, 10)}, {**_COMMON, "initial_option": _OPTION})),
    "rich_text_input": fields({}, {**_PLACEHOLDER, "initial_value": anything, "dispatch_action_config": _DISPATCH}),
    "static_select": _select({"initial_option": _OPTION}, options=True),
    "timepicker": fields({}, {**_PLACEHOLDER, "initial_time": text(5), "timezone": text(255)}),
    "url_text_input": fields({}, _TYPED),
    "users_select": _select({"initial_user": _ID}),
    "workflow_button": fields({"text": plain(75), "workflow": anything}, _COMMON),
    "image": fields({"alt_text": text(2000)}, {"type": anything, "image_url": url(), "slack_file": _SLACK_FILE}),
}
_TYPED_IN = ("plain_text_input", "number_input", "email_text_input", "url_text_input", "rich_text_input", "file_input")
_ONLY_ELSEWHERE = (*_TYPED_IN, "feedback_buttons", "icon_button", "image")
_ACTIONS = by_type(ELEMENTS, [kind for kind in ELEMENTS if kind not in _ONLY_ELSEWHERE])
_ACCESSORY = by_type(ELEMENTS, [kind for kind in ELEMENTS if kind == "image" or kind not in _ONLY_ELSEWHERE])
_NOT_INPUT = ("button", "overflow", "image", "feedback_buttons", "icon_button", "workflow_button")
_INPUT = by_type(ELEMENTS, [kind for kind in ELEMENTS if kind not in _NOT_INPUT])
_CONTEXT_ACTION = by_type(ELEMENTS, ["feedback_buttons", "icon_button"])


def _context_element(problems: Problems, value: Any, pointer: str) -> None:
    if isinstance(value, dict) and value.get("type") == "image":
        ELEMENTS["image"](problems, value, pointer)
    else:
        text_object(3000)(problems, value, pointer)


_BLOCK = {"type": anything, "block_id": _ID}
_section = fields(
    {},
    {
        **_BLOCK,
        "text": text_object(3000),
        "fields": several(text_object(2000), 10),
        "expand": flag,
        "accessory": _ACCESSORY,
    },
)


def _check_section(problems: Problems, value: Any, pointer: str) -> None:
    _section(problems, value, pointer)
    if not value.get("text") and not value.get("fields"):
        problems.note("missing required field: text or fields", pointer)


def _check_image(problems: Problems, value: Any, pointer: str) -> None:
    shape = fields(
        {"alt_text": text(2000)}, {**_BLOCK, "image_url": url(), "slack_file": _SLACK_FILE, "title": plain(2000)}
    )
    shape(problems, value, pointer)
    if not value.get("image_url") and not value.get("slack_file"):
        problems.note("missing required field: image_url", pointer)


def _child(problems: Problems, value: Any, pointer: str) -> None:
    by_type(BLOCKS)(problems, value, pointer)


_rich_text = rich_text(_BLOCK)
_CELL = by_type(
    {"raw_text": fields({"text": text(10_000)}, {"type": anything}), "rich_text": _rich_text, "raw_number": anything}
)
_SOURCE = fields({"type": one_of("url"), "url": url(), "text": text(255)}, {})
_TASK = fields(
    {"task_id": text(255), "title": text(255)},
    {
        **_BLOCK,
        "status": one_of("pending", "in_progress", "complete", "error"),
        "details": anything,
        "output": anything,
        "sources": several(_SOURCE, 100, 0),
    },
)
_ANYWHERE_TEXT = text_object(2000)
BLOCKS: dict[str, Check] = {
    "actions": fields({"elements": several(_ACTIONS, 25)}, _BLOCK),
    "alert": fields(
        {"text": text_object(3000)}, {**_BLOCK, "level": one_of("default", "info", "warning", "error", "success")}
    ),
    "auth_provider": anything,
    "call": anything,
    "card": fields(
        {},
        {
            **_BLOCK,
            "icon": ELEMENTS["image"],
            "slack_icon": anything,
            "hero_image": ELEMENTS["image"],
            "title": text_object(150),
            "subtitle": text_object(150),
            "subtext": text_object(200),
            "body": text_object(200),
            "actions": several(_ACTIONS, 25),
        },
    ),
    "carousel": fields({"elements": several(_child, 10)}, _BLOCK),
    "container": fields(
        {"child_blocks": several(_child, 10)},
        {
            **_BLOCK,
            "title": anything,
            "subtitle": anything,
            "icon": anything,
            "width": anything,
            "is_collapsible": flag,
            "default_collapsed": flag,
            "has_header_divider": flag,
            "rich_text_title": anything,
        },
    ),
    "context": fields({"elements": several(_context_element, 10)}, _BLOCK),
    "context_actions": fields({"elements": several(_CONTEXT_ACTION, 5)}, _BLOCK),
    "divider": fields({}, _BLOCK),
    "file": fields({"external_id": text(255), "source": one_of("remote")}, _BLOCK),
    "header": fields({"text": plain(150)}, {**_BLOCK, "level": number}),
    "image": _check_image,
    "input": fields(
        {"label": plain(2000), "element": _INPUT},
        {**_BLOCK, "hint": plain(2000), "optional": flag, "dispatch_action": flag},
    ),
    "markdown": fields({"text": text(MARKDOWN_LIMIT)}, _BLOCK),
    "plan": fields({"title": text(255)}, {**_BLOCK, "tasks": several(_TASK, 50, 0)}),
    "rich_text": _rich_text,
    "section": _check_section,
    "table": fields({"rows": several(several(_CELL, 20), 100)}, {**_BLOCK, "column_settings": anything}),
    "task_card": _TASK,
    "video": anything,
}
_MESSAGE_ONLY = ("markdown", "table", "context_actions", "plan", "task_card", "file", "carousel", "card")
IN_MESSAGES = frozenset(BLOCKS)
IN_VIEWS = frozenset(kind for kind in BLOCKS if kind not in _MESSAGE_ONLY)


def check_blocks(problems: Problems, blocks: Any, pointer: str, maximum: int, allowed: frozenset[str]) -> None:
    """Every rule that holds for a list of blocks on its own."""
    several(by_type(BLOCKS, allowed), maximum, 0)(problems, blocks, pointer)
    if not isinstance(blocks, list):
        return
    seen: set[str] = set()
    for position, block in enumerate(blocks):
        if not isinstance(block, dict):
            continue
        block_id = block.get("block_id")
        if block_id and block_id in seen:
            problems.note(f"`block_id` must be unique: {block_id}", f"{pointer}/{position}/block_id")
        seen.add(str(block_id))
        actions = [each.get("action_id") for each in block.get("elements") or () if isinstance(each, dict)]
        named = [each for each in actions if each]
        for action_id in sorted({each for each in named if named.count(each) > 1}):
            problems.note(f'`action_id` "{action_id}" already exists for this block', f"{pointer}/{position}")
