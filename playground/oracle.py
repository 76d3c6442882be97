"""Who would have been notified, and which links are live, over everything that was posted."""

from __future__ import annotations

from playground.messages import Message
from playground.workspace import Workspace


class Oracle:
    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def read(self, message: Message) -> None:
        """Take in a message as it looks now."""
