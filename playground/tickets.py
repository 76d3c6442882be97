"""Short-lived permissions an interaction hands to the app: trigger ids and response URLs."""

from __future__ import annotations

from dataclasses import dataclass

from playground.clock import Clock
from playground.errors import ApiError
from playground.workspace import Workspace

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 30 * 60.0
RESPONSE_USES = 5


@dataclass
class _Trigger:
    user: str
    view: str | None
    channel: str
    at: float
    is_used: bool = False


class Triggers:
    """A trigger id opens one modal for one person, within three seconds."""

    def __init__(self, clock: Clock, workspace: Workspace) -> None:
        self._clock = clock
        self._workspace = workspace
        self._issued: dict[str, _Trigger] = {}

    def issue(self, user: str, view: str | None = None, channel: str = "") -> str:
        """`view` is the modal in which the person acted, `channel` the conversation, if they did in one."""
        now = self._clock.now()
        number = self._workspace.number
        trigger_id = f"{number(13)}.{number(12)}.{self._workspace.id('').lower()}{self._workspace.id('').lower()}"
        self._issued[trigger_id] = _Trigger(user, view, channel, now)
        return trigger_id

    def exchange(self, trigger_id: str) -> tuple[str, str | None, str]:
        """The person, the view and the conversation it was issued in. Raises ApiError; a second use is refused."""
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise ApiError("invalid_trigger_id")
        if trigger.is_used:
            raise ApiError("exchanged_trigger_id")
        if self._clock.now() - trigger.at > TRIGGER_SECONDS:
            raise ApiError("expired_trigger_id")
        trigger.is_used = True
        return trigger.user, trigger.view, trigger.channel


@dataclass
class ResponseUrl:
    user: str
    channel: str
    message_ts: str | None
    """The message whose button was pressed; None for a command."""
    thread_ts: str | None
    at: float
    uses: int = 0


class ResponseUrls:
    """A response URL takes five answers within thirty minutes."""

    def __init__(self, clock: Clock, workspace: Workspace) -> None:
        self._clock = clock
        self._workspace = workspace
        self._issued: dict[str, ResponseUrl] = {}

    def issue(self, kind: str, user: str, channel: str, message_ts: str | None, thread_ts: str | None) -> str:
        """`kind` is `commands` or `actions`, as in the path of Slack's own."""
        key = f"{self._workspace.team.id}/{self._workspace.id('')}/{self._workspace.id('').lower()}"
        self._issued[key] = ResponseUrl(user, channel, message_ts, thread_ts, self._clock.now())
        return f"{self._workspace.base_url}/{kind}/{key}"

    def use(self, key: str) -> ResponseUrl:
        """Count one use. Raises ApiError when it is unknown, too old or used up."""
        issued = self._issued.get(key)
        if issued is None:
            raise ApiError("no_such_url")
        if self._clock.now() - issued.at > RESPONSE_SECONDS:
            raise ApiError("expired_url")
        if issued.uses >= RESPONSE_USES:
            raise ApiError("used_url")
        issued.uses += 1
        return issued
