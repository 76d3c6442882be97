"""Slack's Web API for the worker threads: what was posted stays posted, what was not is tried again.

The plain client on purpose: it sends its arguments in the body, never in an address that proxies log.
"""

from __future__ import annotations

import http.client
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from typing import Any, Protocol
from urllib.error import URLError
from urllib.parse import urlsplit

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.slack.blocks import Part

GIVE_UP_SECONDS = 600.0
"""How long one call is tried while Slack is down."""
MEMBERS_SECONDS = 10.0
"""How long we ask who is in a conversation."""
MARK = "footnote_reply"
"""The type of the metadata that says which request a message of ours answers."""

_UNKNOWN_OUTCOME = {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
_REFUSED_BLOCKS = {
    "invalid_blocks",
    "invalid_blocks_format",
    "msg_blocks_too_long",
    "msg_too_long",
    "invalid_arguments",
}
_LOST_TOKEN = {"token_revoked", "token_expired", "account_inactive", "invalid_auth", "not_authed", "missing_scope"}

_log = structlog.get_logger("footnote.slack")


class Undeliverable(Exception):
    """Slack will not take this message, now or later; the text is Slack's error code."""


class TokenLost(Undeliverable):
    """Slack does not accept our token (any more): nothing can be delivered."""


class NotNow(Exception):
    """Slack takes no more calls of this kind for `seconds`; this one was not carried out."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"not for {seconds} s")
        self.seconds = seconds


class OutcomeUnknown(Exception):
    """The call may or may not have been carried out."""


@cache
def _tls() -> ssl.SSLContext:
    """One for the life of the process: making it reads the machine's certificates, which takes longer than a question."""
    return ssl.create_default_context()


class Waiting(Protocol):
    def __call__(self, seconds: float, /) -> None:
        """Wait; raises to abandon the work when the process stops."""


class Slack:
    """Every call either returns, or raises Undeliverable, or (through `wait`) stops with the process."""

    def __init__(self, token: str, api_url: str, wait: Waiting) -> None:
        # No retry handlers but ours: the client's own would post a second time after a lost reply.
        self._client = WebClient(token, base_url=api_url, timeout=15, retry_handlers=[], ssl=_tls())
        self._api_host = urlsplit(api_url).netloc
        self._wait = wait
        self._beside = ThreadPoolExecutor(8, thread_name_prefix="beside")
        self.lost_token: str | None = None
        """The error that said so, since the last call that succeeded."""

    def close(self) -> None:
        self._beside.shutdown(wait=False, cancel_futures=True)

    # -- messages that everybody in a conversation sees -----------------------------------------------------------

    def post(
        self, channel: str, thread_ts: str | None, part: Part, mark: Mapping[str, Any], *, since: str | None, look: bool
    ) -> str:
        """Post once; returns the message's timestamp.

        `mark` is what makes the message recognisable. After a lost reply, or at once with `look`, the conversation is
        searched for it from timestamp `since` on, and it is posted only where it is missing.
        """

        def attempt(may_be_there: bool) -> str:
            found = self.posted(channel, thread_ts, mark, since) if may_be_there else None
            return found or self._post(channel, thread_ts, part, mark)

        return str(self._surely(attempt, look))

    def _post(self, channel: str, thread_ts: str | None, part: Part, mark: Mapping[str, Any]) -> str:
        arguments: dict[str, Any] = {"channel": channel, "thread_ts": thread_ts, "metadata": metadata_of(mark)}
        arguments |= {"unfurl_links": False, "unfurl_media": False}
        return str(self._with_blocks_or_plain("chat.postMessage", arguments, part)["ts"])

    def update(self, channel: str, ts: str, part: Part, mark: Mapping[str, Any] | None = None) -> None:
        """Change our message; done twice it is the same message."""
        arguments = {"channel": channel, "ts": ts, "metadata": metadata_of(mark) if mark else None}
        self._surely(lambda _: self._with_blocks_or_plain("chat.update", arguments, part))

    def end_stream(self, channel: str, ts: str) -> None:
        """Let our streamed message be changed like any other; one that has ended already stays ended."""
        with suppress(Undeliverable):
            self._surely(lambda _: self._call("chat.stopStream", {"channel": channel, "ts": ts}))

    def try_update(self, channel: str, ts: str, part: Part) -> None:
        """Change our message if it can be done now: for what the next change makes old anyway."""
        arguments = {"channel": channel, "ts": ts, "text": part.text, "blocks": list(part.blocks)}
        with suppress(SlackApiError, URLError, http.client.HTTPException, OSError):
            _send(self._client, "chat.update", arguments)

    def delete(self, channel: str, ts: str) -> None:
        self._surely(lambda _: self._call("chat.delete", {"channel": channel, "ts": ts}))

    def posted(
        self, channel: str, thread_ts: str | None, mark: Mapping[str, Any], since: str | None = None
    ) -> str | None:
        """The timestamp of our message with that mark; None where there is none, or where we may not look."""
        return self.find(
            channel, thread_ts, lambda message: (message.get("metadata") or {}) == metadata_of(mark), since
        )

    def find(
        self, channel: str, thread_ts: str | None, is_it: Callable[[dict[str, Any]], bool], since: str | None = None
    ) -> str | None:
        """The timestamp of the first such message from timestamp `since` on; None as for `posted`."""
        found: str | None = self._surely(lambda _: self._find(channel, thread_ts, is_it, since))
        return found

    def message(self, channel: str, ts: str) -> dict[str, Any] | None:
        """A message outside of threads as it stands in its conversation; None where it is gone. Raises Undeliverable."""
        where = {"channel": channel, "oldest": ts, "latest": ts, "inclusive": True, "limit": 1}
        page = self._surely(lambda _: self._call("conversations.history", where))
        found = [message for message in page.get("messages", []) if message.get("ts") == ts]
        return dict(found[0]) if found else None

    def _find(
        self, channel: str, thread_ts: str | None, is_it: Callable[[dict[str, Any]], bool], since: str | None
    ) -> str | None:
        method = "conversations.replies" if thread_ts else "conversations.history"
        arguments: dict[str, Any] = {"channel": channel, "limit": 200, "include_all_metadata": True, "inclusive": True}
        arguments |= {"ts": thread_ts} if thread_ts else {}
        arguments |= {"oldest": since} if since else {}
        try:
            while True:
                page = self._call(method, arguments)
                for message in page.get("messages", []):
                    if is_it(message):
                        return str(message["ts"])
                cursor = (page.get("response_metadata") or {}).get("next_cursor")
                if not cursor:
                    return None
                arguments["cursor"] = cursor
        except Undeliverable as error:
            _log.warning("reply_not_looked_up", error=str(error))
            return None

    def _with_blocks_or_plain(self, method: str, arguments: dict[str, Any], part: Part) -> dict[str, Any]:
        try:
            return self._call(method, {**arguments, "text": part.text, "blocks": list(part.blocks)})
        except Undeliverable as error:
            if str(error) not in _REFUSED_BLOCKS or not part.blocks:
                raise
            _log.error("blocks_refused", error=str(error))
            return self._call(method, {**arguments, "text": part.text, "blocks": []})

    # -- messages that one person sees ----------------------------------------------------------------------------

    def respond(self, url: str, part: Part, *, replace: bool = False, thread_ts: str | None = None) -> None:
        """Reply through a response_url (30 minutes, five uses), in a thread if given.

        Raises Undeliverable when it is used up or not Slack's.
        """
        host = urlsplit(url).netloc
        if host not in ("hooks.slack.com", self._api_host):
            raise Undeliverable("response_url of another host")
        body = {
            "response_type": "ephemeral",
            "replace_original": replace,
            "text": part.text,
            "blocks": list(part.blocks),
        }
        body |= {"unfurl_links": False, "unfurl_media": False} | ({"thread_ts": thread_ts} if thread_ts else {})

        def attempt(_: bool) -> None:
            try:
                response = WebhookClient(url, timeout=15, retry_handlers=[], ssl=_tls()).send_dict(body)
            except (URLError, http.client.HTTPException, OSError) as error:
                raise OutcomeUnknown(type(error).__name__) from error
            if response.status_code >= 500:
                raise OutcomeUnknown(f"status {response.status_code}")
            if response.status_code != 200:
                raise Undeliverable(response.body[:40] or f"status {response.status_code}")

        self._surely(attempt)

    # -- the rest ---------------------------------------------------------------------------------------------------

    def person(self, user: str) -> dict[str, Any]:
        """The user object of users.info."""
        arguments = {"user": user, "include_locale": True}
        return dict(self._surely(lambda _: self._call("users.info", arguments))["user"])

    def conversation(self, channel: str) -> dict[str, Any]:
        """The conversation object of conversations.info."""
        return dict(self._surely(lambda _: self._call("conversations.info", {"channel": channel}))["channel"])

    def is_in(self, channel: str, user: str) -> bool:
        """Whether this person is in the conversation now. Raises Undeliverable where Slack does not say soon."""
        arguments: dict[str, Any] = {"channel": channel, "limit": 1000}
        until = time.monotonic() + MEMBERS_SECONDS
        while True:
            page = self.fetch("conversations.members", arguments, until=until)
            if user in page.get("members", []):
                return True
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return False
            arguments["cursor"] = cursor

    def group_members(self, group: str) -> frozenset[str]:
        """The ids of the people in a user group. Raises Undeliverable where Slack does not say soon."""
        found = self.fetch("usergroups.users.list", {"usergroup": group}, until=time.monotonic() + MEMBERS_SECONDS)
        return frozenset(str(user) for user in found.get("users") or ())

    def direct(self, user: str) -> str:
        """The id of our direct conversation with this person."""
        opened = self._surely(lambda _: self._call("conversations.open", {"users": user}))
        return str(opened["channel"]["id"])

    def publish(self, user: str, view: Mapping[str, Any], hash: str | None) -> str | None:
        """Show a person her Home; returns the hash of what is shown now.

        Raises Undeliverable: "hash_conflict" where another state was published meanwhile.
        """
        arguments = {"user_id": user, "view": dict(view), "hash": hash}
        shown = self.fetch("views.publish", arguments, until=time.monotonic() + 10)
        return (shown.get("view") or {}).get("hash")

    def show_status(self, channel: str, thread_ts: str, status: str, loading: Sequence[str] = ()) -> Future[None]:
        """Show that we are at it; our next message in the thread ends it, or an empty status.

        `loading`: at most ten lines of at most 50 characters that take turns.
        """
        arguments = {"channel_id": channel, "thread_ts": thread_ts, "status": status}
        return self.decorate(
            "assistant.threads.setStatus", arguments | ({"loading_messages": [*loading]} if loading else {})
        )

    def decorate(self, method: str, arguments: dict[str, Any]) -> Future[None]:
        """A call beside the work that nothing depends on: made once, where Slack lets us. Never raises."""

        def call() -> None:
            with suppress(SlackApiError, URLError, http.client.HTTPException, OSError):
                _send(self._client, method, arguments)

        return self.beside(call)

    def beside(self, work: Callable[[], None]) -> Future[None]:
        """Something that nobody waits for, in a thread beside the work; a stop leaves out what has not begun."""
        return self._beside.submit(work)

    def at_once(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """One call, made now or not at all. Raises NotNow, OutcomeUnknown or Undeliverable."""
        try:
            return _send(self._client, method, arguments)
        except SlackApiError as error:
            if error.response.status_code == 429:
                raise NotNow(float(error.response.headers.get("Retry-After", 1))) from error
            raise _refusal(error) from error
        except (URLError, http.client.HTTPException, OSError) as error:
            raise OutcomeUnknown(type(error).__name__) from error

    def pause(self, seconds: float) -> None:
        """Wait inside the work, as `Waiting` does."""
        self._wait(seconds)

    def fetch(self, method: str, arguments: Mapping[str, Any], *, until: float) -> dict[str, Any]:
        """What Slack has to tell; waits as long as it asks, but not beyond `until` (monotonic): Undeliverable("ratelimited").

        A scope that is missing for it is no lost token.
        """
        answer: dict[str, Any] = self._surely(lambda _: self._call(method, dict(arguments), until), until=until)
        return answer

    def _surely(self, attempt: Callable[[bool], Any], may_be_there: bool = False, *, until: float | None = None) -> Any:
        """Try until the outcome is known: at growing intervals, ten minutes at most."""
        give_up = time.monotonic() + GIVE_UP_SECONDS if until is None else until
        delay = 1.0
        while True:
            try:
                return attempt(may_be_there)
            except OutcomeUnknown as error:
                if time.monotonic() + delay > give_up:
                    raise Undeliverable(str(error)) from error
                may_be_there = True
                self._wait(delay)
                delay = min(delay * 2, 60.0)

    def _call(self, method: str, arguments: dict[str, Any], until: float | None = None) -> dict[str, Any]:
        """One call; waits as long as Slack asks when there were too many, but not beyond `until`."""
        while True:
            try:
                response = self.at_once(method, arguments)
            except NotNow as error:
                if until is not None and time.monotonic() + error.seconds > until:
                    raise Undeliverable("ratelimited") from error
                self._wait(error.seconds)
            except TokenLost as error:
                if until is not None and str(error) == "missing_scope":
                    raise Undeliverable(str(error)) from error
                self.lost_token = str(error)
                raise
            else:
                self.lost_token = None
                return response


def _send(client: WebClient, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in arguments.items() if value is not None}
    if method.startswith(("conversations.", "users.", "usergroups.", "files.")):
        response = client.api_call(method, params=given)
    else:
        response = client.api_call(method, json=given)
    data = response.data
    return data if isinstance(data, dict) else {}


def _refusal(error: SlackApiError) -> OutcomeUnknown | Undeliverable:
    code, status = error.response.get("error") or "", error.response.status_code
    if status >= 500 or code in _UNKNOWN_OUTCOME or not code:
        return OutcomeUnknown(code or f"status {status}")
    return TokenLost(code) if code in _LOST_TOKEN else Undeliverable(code)


def metadata_of(mark: Mapping[str, Any]) -> dict[str, Any]:
    return {"event_type": MARK, "event_payload": dict(mark)}
