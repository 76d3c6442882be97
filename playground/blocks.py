"""Blocks of messages and views: refusing what Slack refuses, their ids, and the text Slack derives from them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from playground.block_rules import IN_MESSAGES, IN_VIEWS, MARKDOWN_LIMIT, check_blocks, plain
from playground.errors import ApiError
from playground.schema import Problems, anything, fields, flag, one_of, text

Block = dict[str, Any]
MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
ATTACHMENTS = 100
TOTAL_TEXT = 13_200
"""Characters of all blocks of a message together; beyond it Slack has answered msg_blocks_too_long."""
VIEW_BYTES = 250_000


def check_message_blocks(blocks: list[Any], maximum: int = MESSAGE_BLOCKS) -> None:
    """Raises ApiError for blocks that Slack refuses in a message."""
    problems = Problems()
    check_blocks(problems, blocks, "/blocks", maximum, IN_MESSAGES)
    _refuse("invalid_blocks", problems)
    if sum(block["type"] == "table" for block in blocks) > 1:
        raise ApiError("invalid_attachments", ["[ERROR] only_one_table_allowed"])
    markdown = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    if markdown > MARKDOWN_LIMIT or sum(len(each) for block in blocks for each in _all_texts(block)) > TOTAL_TEXT:
        raise ApiError("msg_blocks_too_long")


def check_attachments(attachments: Any) -> None:
    """Raises ApiError for attachments that Slack refuses."""
    if not isinstance(attachments, list):
        raise ApiError("invalid_attachments")
    if len(attachments) > ATTACHMENTS:
        raise ApiError("too_many_attachments")
    problems = Problems()
    for position, attachment in enumerate(attachments):
        if isinstance(attachment, dict) and attachment.get("blocks"):
            pointer = f"/attachments/{position}/blocks"
            check_blocks(problems, attachment["blocks"], pointer, MESSAGE_BLOCKS, IN_MESSAGES)
    _refuse("invalid_attachments", problems)


def _refuse(code: str, problems: Problems) -> None:
    if problems.found:
        raise ApiError(code, [f"[ERROR] {each}" for each in problems.found], errors=problems.found)


_VIEW = {
    "type": one_of("modal", "home"),
    "blocks": anything,
    "callback_id": text(255, 0),
    "private_metadata": text(3000, 0),
    "external_id": text(255, 0),
}
_MODAL = {
    "submit": plain(24),
    "close": plain(24),
    "clear_on_close": flag,
    "notify_on_close": flag,
    "submit_disabled": flag,
}


def check_view(view: dict[str, Any]) -> None:
    """Raises ApiError for a view that Slack refuses."""
    problems = Problems()
    required = {"blocks": anything} | ({"title": plain(24)} if view.get("type") == "modal" else {})
    fields(required, _VIEW | (_MODAL if view.get("type") == "modal" else {}))(problems, view, "/view")
    check_blocks(problems, view.get("blocks") or [], "/view/blocks", VIEW_BLOCKS, IN_VIEWS)
    blocks = view.get("blocks") if isinstance(view.get("blocks"), list) else []
    has_inputs = any(isinstance(block, dict) and block.get("type") == "input" for block in blocks or [])
    if view.get("type") == "modal" and has_inputs and not view.get("submit"):
        problems.note("missing required field: submit", "/view")
    if problems.found:
        raise ApiError("invalid_arguments", [f"[ERROR] {each}" for each in problems.found])
    if len(json.dumps(view)) > VIEW_BYTES:
        raise ApiError("view_too_large")


def fallback_text(blocks: list[Block]) -> str:
    """The text of a message that came with blocks only."""
    return " ".join(part for block in blocks for part in _texts(block)).strip()


def _texts(block: Block) -> list[str]:
    held = block.get("text")
    if isinstance(held, str):
        return [held]
    if isinstance(held, dict):
        return [str(held.get("text", ""))]
    return [str(each.get("text", "")) for each in block.get("elements", ()) if isinstance(each.get("text"), str)]


def _all_texts(value: Any) -> Iterator[str]:
    """Every text anywhere in a block."""
    if isinstance(value, dict):
        for name, held in value.items():
            if name == "text" and isinstance(held, str):
                yield held
            else:
                yield from _all_texts(held)
    elif isinstance(value, list):
        for each in value:
            yield from _all_texts(each)
