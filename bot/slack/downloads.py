"""The bytes of a file that was shared in Slack, asked of Slack's own hosts alone: what we are let in with is our token."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from bot.slack.file_hosts import file_address
from bot.slack.mrkdwn import public_url
from bot.slack.posting import Slack, TokenLost, Undeliverable

LARGEST = 50_000_000
"""Bytes of a file."""
SECONDS = 60.0
"""For all of a file."""
_ID = re.compile(r"F[A-Z0-9]{1,20}")
LONGEST_NAME = 120
_REASONS = {
    "file_not_found": "gone",
    "file_deleted": "gone",
    "missing_scope": "not_permitted",
    "access_denied": "not_permitted",
    "ratelimited": "slow",
}


class Unread(Exception):
    """A file that cannot be had; the text is the last part of the name of a sentence, `file.<reason>`."""


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file in Slack with its bytes."""

    id: str
    name: str
    """As its sender calls it; somebody else's words."""
    media_type: str | None
    permalink: str | None
    """Where people open it in Slack."""
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Described:
    """What files.info says of a file."""

    id: str
    name: str
    media_type: str
    permalink: str | None
    size: int
    mode: str
    is_external: bool
    access: str
    url: str

    @classmethod
    def of(cls, id: str, told: Mapping[str, Any]) -> _Described:
        size = told.get("size")
        return cls(
            id=id,
            name=shown_name(str(told.get("name") or told.get("title") or ""), id),
            media_type=str(told.get("mimetype") or ""),
            permalink=public_url(str(told.get("permalink") or "")),
            size=size if isinstance(size, int) else 0,
            mode=str(told.get("mode") or ""),
            is_external=bool(told.get("is_external")) or bool(told.get("external_type")),
            access=str(told.get("file_access") or "visible"),
            url=str(told.get("url_private_download") or told.get("url_private") or ""),
        )


class Downloads:
    def __init__(
        self, slack: Slack, token: str, api_url: str, *, largest: int = LARGEST, seconds: float = SECONDS
    ) -> None:
        self._slack = slack
        self._token = token
        self._api_url = api_url
        self._largest = largest
        self._seconds = seconds

    def name(self, id: str) -> str:
        """What the file is called; its id where Slack does not say."""
        try:
            return self._described(id).name
        except Unread:
            return id

    def read(self, id: str) -> SharedFile:
        """Raises Unread."""
        file = self._described(id)
        _refuse(file, self._largest)
        data = self._fetched(file)
        return SharedFile(file.id, file.name, file.media_type or None, file.permalink, data)

    def shared_in(self, id: str) -> frozenset[str]:
        """The conversations we see it shared in; none where it is gone. Raises Undeliverable where Slack does not say."""
        try:
            answer = self._slack.fetch("files.info", {"file": id}, until=time.monotonic() + self._seconds)
        except Undeliverable as error:
            if _REASONS.get(str(error)) == "gone":
                return frozenset()
            raise
        told = answer.get("file") or {}
        return frozenset(str(each) for kind in ("channels", "groups", "ims") for each in told.get(kind) or ())

    def again(self, id: str) -> bytes | None:
        """The bytes it has now; None where they cannot be had, and for what is no file of Slack's."""
        if not _ID.fullmatch(id):
            return None
        try:
            return self.read(id).data
        except (Unread, Undeliverable):
            return None

    def _described(self, id: str) -> _Described:
        try:
            answer = self._slack.fetch("files.info", {"file": id}, until=time.monotonic() + self._seconds)
        except TokenLost:
            raise
        except Undeliverable as error:
            raise Unread(_REASONS.get(str(error), "unreachable")) from error
        return _Described.of(id, answer.get("file") or {})

    def _fetched(self, file: _Described) -> bytes:
        try:
            address = file_address(file.url, self._api_url)
        except ValueError as error:
            raise Unread("foreign") from error
        end = time.monotonic() + self._seconds
        headers = {"Authorization": f"Bearer {self._token}", "Accept-Encoding": "identity"}
        patience = httpx.Timeout(min(15.0, self._seconds))
        try:
            with (
                httpx.Client(follow_redirects=False, trust_env=False, timeout=patience) as client,
                client.stream("GET", address, headers=headers) as response,
            ):
                if response.status_code != 200 or response.headers.get("content-encoding", "identity") != "identity":
                    raise Unread("not_permitted" if response.status_code in (401, 403) else "unreachable")
                data = self._body(response, end)
                _refuse_sign_in(file, response, data)
                return data
        except httpx.TimeoutException as error:
            raise Unread("slow") from error
        except httpx.HTTPError as error:
            raise Unread("unreachable") from error

    def _body(self, response: httpx.Response, end: float) -> bytes:
        pieces, total = [], 0
        for piece in response.iter_raw():
            total += len(piece)
            if total > self._largest:
                raise Unread("too_large")
            if time.monotonic() > end:
                raise Unread("slow")
            pieces.append(piece)
        return b"".join(pieces)


def shown_name(name: str, otherwise: str) -> str:
    """A file's name as one line of what can be seen, without the folders it claims to be in."""
    last = name.replace("\\", "/").rpartition("/")[2]
    visible = " ".join("".join(character if character.isprintable() else " " for character in last).split())
    return (visible if len(visible) <= LONGEST_NAME else _shortened(visible)) or otherwise


def _shortened(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    ending = dot + ending if 0 < len(ending) <= 8 and stem else ""
    return name[: LONGEST_NAME - 1 - len(ending)] + "…" + ending


def _refuse(file: _Described, largest: int) -> None:
    if file.is_external or file.mode == "external":
        raise Unread("external")
    if file.mode == "tombstone":
        raise Unread("gone")
    if file.mode == "hidden_by_limit":
        raise Unread("hidden")
    if file.access == "access_denied":
        raise Unread("not_permitted")
    if not file.url:
        raise Unread("uploading")
    if file.size > largest:
        raise Unread("too_large")


def _refuse_sign_in(file: _Described, response: httpx.Response, data: bytes) -> None:
    """Without the scope files:read Slack answers with the page to sign in on, and status 200."""
    is_page = response.headers.get("content-type", "").partition(";")[0].strip().lower() == "text/html"
    is_file = file.media_type == "text/html" and len(data) == file.size
    if is_page and not is_file:
        raise Unread("not_permitted")
