"""Pictures in blocks that are files of the workspace: refused where Slack refuses them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playground.backend import Backend
from playground.errors import ApiError
from playground.files import File
from playground.workspace import Workspace

SHOWN = ("image/png", "image/jpeg", "image/gif")


def check_pictures(backend: Backend, blocks: list[Any], code: str, root: str = "") -> None:
    """Raises ApiError with that code for a file that is not there, not the app's to show, no picture, or not processed yet."""
    for pointer, given in _given(blocks, f"{root}/blocks"):
        file = picture_of(backend.workspace, given)
        if file is None or not backend.sees_file(file) or file.ready_at > backend.clock.now():
            trouble = f"invalid slack file [json-pointer:{pointer}]"
            raise ApiError(code, [f"[ERROR] {trouble}"], errors=[trouble])


def picture_of(workspace: Workspace, given: dict[str, Any]) -> File | None:
    """The file that a `slack_file` names by its id or one of its addresses."""
    files = workspace.files
    if "id" in given:
        found = files.get(str(given["id"]))
    else:
        url = str(given.get("url"))
        found = next((each for each in files.values() if f"-{each.id}/" in url or f"/{each.id}/" in url), None)
    return found if found and not found.is_deleted and found.mimetype in SHOWN else None


def _given(value: Any, pointer: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(value, dict):
        if isinstance(value.get("slack_file"), dict):
            yield f"{pointer}/slack_file", value["slack_file"]
        for name, held in value.items():
            yield from _given(held, f"{pointer}/{name}") if name != "slack_file" else ()
    elif isinstance(value, list):
        for position, held in enumerate(value):
            yield from _given(held, f"{pointer}/{position}")
