"""Blocks as Slack hands them back: ids where none were given, and what a text object leaves out spelled out."""

from __future__ import annotations

from typing import Any

from playground.workspace import Workspace

Block = dict[str, Any]
_PLACES = ("elements", "actions", "child_blocks")
_ELEMENT_PLACES = ("accessory", "element")
_NOT_ACTED_ON = ("image", "mrkdwn", "plain_text")


def settled(blocks: list[Block], workspace: Workspace) -> list[Block]:
    """Give every block a block_id and every interactive element an action_id; markdown blocks always get a new one."""
    return [_block(block, workspace) for block in blocks]


def _block(block: Block, workspace: Workspace) -> Block:
    if block.get("type") in ("markdown", "rich_text", "table", "plan", "task_card"):
        made = dict(block)
    else:
        made = {name: _value(name, value, workspace) for name, value in block.items()}
    if not made.get("block_id") or made.get("type") == "markdown":
        made["block_id"] = workspace.id("")[:5]
    return made


def _value(name: str, value: Any, workspace: Workspace) -> Any:
    if name in _PLACES and isinstance(value, list):
        return [_element(each, workspace) for each in value]
    if name in _ELEMENT_PLACES and isinstance(value, dict):
        return _element(value, workspace)
    return _spelled(value)


def _element(element: Any, workspace: Workspace) -> Any:
    if not isinstance(element, dict) or str(element.get("type")).startswith("rich_text"):
        return element
    if "child_blocks" in element or "elements" in element or element.get("type") in ("card", "container"):
        return _block(element, workspace)
    made = _spelled(element)
    if element.get("type") not in _NOT_ACTED_ON and not element.get("action_id"):
        made["action_id"] = workspace.id("")[:5]
    return made


def _spelled(value: Any) -> Any:
    """`emoji` of plain text is true and `verbatim` of mrkdwn is false unless said otherwise."""
    if isinstance(value, list):
        return [_spelled(each) for each in value]
    if not isinstance(value, dict) or str(value.get("type")).startswith("rich_text"):
        return value
    made = {name: _spelled(held) for name, held in value.items()}
    if value.get("type") == "plain_text":
        return {"emoji": True} | made if "emoji" not in made else made
    if value.get("type") == "mrkdwn":
        return {"verbatim": False} | made if "verbatim" not in made else made
    return made
