"""Files of our own in Slack: put there, looked at, and removed again."""

from __future__ import annotations

import json
import time

import httpx

from bot.slack.file_hosts import file_address
from bot.slack.posting import Slack, Undeliverable

SECONDS = 60.0
"""For all of a file."""


class Uploads:
    def __init__(self, slack: Slack, api_url: str) -> None:
        self._slack = slack
        self._api_url = api_url

    def put(self, name: str, data: bytes, *, alt: str = "", channel: str | None = None, comment: str = "") -> str:
        """The id of the file in Slack, shared in `channel`; without one it stays ours alone. Raises Undeliverable.

        `alt`: what a picture shows, in words; `comment`: the text of the message that shares it.
        """
        until = time.monotonic() + SECONDS
        described = {"filename": name, "length": len(data), "alt_txt": alt or None}
        place = self._slack.fetch("files.getUploadURLExternal", described, until=until)
        self._send(str(place.get("upload_url") or ""), data)
        files = json.dumps([{"id": place["file_id"], "title": name}])
        arguments = {"files": files, "channel_id": channel, "initial_comment": comment or None}
        self._slack.fetch("files.completeUploadExternal", arguments, until=until)
        return str(place["file_id"])

    def is_ready(self, id: str) -> bool:
        """Whether Slack has looked at it: until then a picture cannot stand in a block. Raises Undeliverable."""
        told = self._slack.fetch("files.info", {"file": id}, until=time.monotonic() + SECONDS)
        return bool((told.get("file") or {}).get("mimetype"))

    def remove(self, id: str) -> None:
        """Raises Undeliverable, also where it is gone already."""
        self._slack.fetch("files.delete", {"file": id}, until=time.monotonic() + SECONDS)

    def _send(self, address: str, data: bytes) -> None:
        """What lets us in is the address itself, not our token."""
        try:
            url = file_address(address, self._api_url)
            response = httpx.post(url, content=data, timeout=SECONDS, follow_redirects=False, trust_env=False)
        except ValueError as error:
            raise Undeliverable("upload_url of another host") from error
        except httpx.HTTPError as error:
            raise Undeliverable(type(error).__name__) from error
        if response.status_code != 200:
            raise Undeliverable(f"upload: status {response.status_code}")
