"""`Playground`: a Slack workspace on loopback, in a thread of its own, that tests and people use.

Everything of the workspace happens on one event loop; the methods here may be called from any other thread.
"""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self, TypeVar

from aiohttp import web

from playground.actions import Actions
from playground.api import Api
from playground.backend import Backend, Call, Withheld
from playground.clock import Clock, ManualClock, RealClock
from playground.credentials import new_credentials
from playground.delivery import RETRY_DELAYS, Delivery
from playground.doors import Doors
from playground.dump import dump
from playground.faults import Faults
from playground.interactions import Interactions
from playground.manifest import Manifest
from playground.messages import Message
from playground.oracle import Oracle
from playground.page.site import Site
from playground.people import Team, User
from playground.rates import WINDOW_SECONDS, Rates
from playground.signed_http import SignedHttp
from playground.sockets import Envelope, Sockets
from playground.waiters import Waiters
from playground.workspace import AgentThread, Channel, View, Workspace

T = TypeVar("T")
Who = User | str
Where = Channel | str


class Playground:
    """A person, conversation, message or view may be given as the value, or by its id, name or ts."""

    def __init__(
        self,
        manifest: Path | Manifest,
        *,
        http_events_url: str | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Clock | None = None,
        seed: int = 0,
        rate_limits: bool = False,
        rate_window: float = WINDOW_SECONDS,
        retry_delays: Sequence[float] = RETRY_DELAYS,
        stream_seconds: float = 300.0,
        page: bool = False,
    ) -> None:
        """`http_events_url`: deliver there, signed, instead of over Socket Mode. `rate_window`: the minute of Slack's
        rate tiers, in seconds. `retry_delays`: seconds before each redelivery of an event. `stream_seconds`: how long
        a streamed message lives. `port` 0: any free one."""
        self._host, self._port = host, port
        self._loop = asyncio.new_event_loop()
        self._waiters = Waiters()
        the_manifest = manifest if isinstance(manifest, Manifest) else Manifest.read(manifest)
        self.manifest = the_manifest
        self.clock: Clock = clock or RealClock()
        chance = random.Random(seed)  # noqa: S311  chooses the order of deliveries, guards nothing
        self.workspace = Workspace(self.clock, the_manifest.bot_name, the_manifest.name, seed)
        self._credentials = new_credentials(random.Random(seed + 1))  # noqa: S311  tokens of a workspace on loopback
        self._backend = Backend(
            manifest=the_manifest,
            clock=self.clock,
            workspace=self.workspace,
            credentials=self._credentials,
            chance=chance,
            changed=self._changed,
            retry_delays=retry_delays,
            stream_seconds=stream_seconds,
        )
        self.rates = Rates(self.clock, rate_limits, rate_window)
        self._sockets = Sockets(self.clock, chance, self.workspace.app_id, self._changed)
        self._actions = Actions(self._backend)
        self._interactions = Interactions(self._backend)
        self.http = (
            SignedHttp(self.clock, http_events_url, self._credentials.signing_secret) if http_events_url else None
        )
        self._backend.courier.transport = self.http or self._sockets
        self._thread = threading.Thread(target=self._loop.run_forever, name="playground", daemon=True)
        self._runner: web.AppRunner | None = None
        self._page: Site | None = Site(self) if page else None

    # -- running --------------------------------------------------------------------------------------------------

    @classmethod
    @contextmanager
    def running(cls, manifest: Path | Manifest, **options: Any) -> Iterator[Self]:
        playground = cls(manifest, **options)
        playground.start()
        try:
            yield playground
        finally:
            playground.stop()

    def start(self) -> None:
        """Serve in a thread of its own; returns when the port is open."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result(30)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _serve(self) -> None:
        api = Api(self._backend, self._sockets, self.rates)
        application = Doors(self._backend, api, self._sockets, self._interactions).application()
        if self._page:
            self._page.mount(application)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        port = self._runner.addresses[0][1]
        self.workspace.base_url = self.workspace.team.url = f"http://{self._host}:{port}"

    async def _close(self) -> None:
        self._waiters.close()
        if self._page:
            self._page.close()
        await self._backend.courier.close()
        for connection in list(self._sockets.connections):
            await connection.socket.close()
        if self.http:
            await self.http.close()
        if self._runner:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        return self.workspace.base_url

    @property
    def environment(self) -> dict[str, str]:
        """What the app's process is to find in its environment."""
        return {
            "SLACK_API_URL": f"{self.url}/api/",
            "SLACK_BOT_TOKEN": self._credentials.bot_token,
            "SLACK_APP_TOKEN": self._credentials.app_token,
            "SLACK_SIGNING_SECRET": self._credentials.signing_secret,
        }

    @property
    def oauth(self) -> dict[str, str]:
        """What an app that installs itself is to find in its environment instead of the bot's token."""
        return {
            "SLACK_CLIENT_ID": self._credentials.client_id,
            "SLACK_CLIENT_SECRET": self._credentials.client_secret,
            "SLACK_AUTHORIZE_URL": f"{self.url}/oauth/v2/authorize",
        }

    # -- people's doings ------------------------------------------------------------------------------------------

    def post(
        self,
        user: Who,
        channel: Where,
        text: str,
        thread_ts: str | None = None,
        files: Sequence[Path | tuple[str, bytes]] = (),
    ) -> str:
        """A person writes; returns the ts. Raises Impossible where Slack's client does not let them."""
        read = [(f.name, f.read_bytes()) if isinstance(f, Path) else f for f in files]
        return self._do(lambda: self._actions.post(self._user(user), self._channel(channel), text, thread_ts, read).ts)

    def edit(self, user: Who, channel: Where, ts: str, text: str) -> None:
        self._do(lambda: self._actions.edit(self._user(user), self._message(channel, ts), text))

    def delete(self, user: Who, channel: Where, ts: str) -> None:
        self._do(lambda: self._actions.delete(self._user(user), self._message(channel, ts)))

    def delete_file(self, user: Who, file_id: str) -> None:
        """By whoever shared it, or an administrator of the workspace."""
        self._do(lambda: self._actions.delete_file(self._user(user), self.workspace.files[file_id]))

    def forget(self, channel: Where) -> None:
        """Empty a conversation, as if nothing had been said in it; nobody is told."""
        self._do(self._channel(channel).messages.clear)
        self._changed()

    def react(self, user: Who, channel: Where, ts: str, name: str) -> None:
        self._do(lambda: self._backend.react(self._message(channel, ts), self._user(user).id, name))

    def unreact(self, user: Who, channel: Where, ts: str, name: str) -> None:
        self._do(lambda: self._backend.unreact(self._message(channel, ts), self._user(user).id, name))

    def invite(self, channel: Where, user: Who, inviter: Who | None = None) -> None:
        """Add somebody to a conversation: a person, or the app as `slack.bot_user`."""
        who = self._user(inviter).id if inviter else None
        self._do(lambda: self._backend.join(self._channel(channel), self._user(user), who))

    def remove(self, channel: Where, user: Who) -> None:
        self._do(lambda: self._backend.leave(self._channel(channel), self._user(user)))

    def open_home(self, user: Who, tab: str = "home", entities: Sequence[dict[str, Any]] = ()) -> None:
        self._do(lambda: self._actions.open_home(self._user(user), tab, entities))

    def look_at(self, user: Who, entities: Sequence[dict[str, Any]]) -> None:
        self._do(lambda: self._actions.look_at(self._user(user), entities))

    def open_assistant_thread(self, user: Who, viewing: Where | None = None) -> str:
        """The legacy pane; returns the thread_ts."""
        seen = self._channel(viewing) if viewing else None
        return self._do(lambda: self._actions.open_assistant_thread(self._user(user), seen).ts)

    def turn_to(self, user: Who, thread_ts: str, viewing: Where | None = None) -> None:
        """The legacy pane: the person looks at another conversation while a chat with the app is open."""
        seen = self._channel(viewing) if viewing else None
        self._do(lambda: self._actions.turn_to(self._user(user), thread_ts, seen))

    def stop_agent(self, user: Who, channel: Where, thread_ts: str) -> None:
        """Press the stop button in a thread the app is writing in."""
        self._do(lambda: self._actions.stop(self._user(user), self._channel(channel), thread_ts))

    def uninstall(self) -> None:
        self._do(self._actions.uninstall)

    def slash(self, user: Who, channel: Where, command: str, text: str = "") -> Delivery:
        return self._do(lambda: self._interactions.slash(self._user(user), self._channel(channel), command, text))

    def shortcut(self, user: Who, callback_id: str, message: Message | None = None) -> Delivery:
        """A message shortcut with a message, a global one without."""
        return self._do(lambda: self._interactions.shortcut(self._user(user), callback_id, message))

    def click(
        self, user: Who, target: Message | View, action_id: str, value: Any = None, block_id: str | None = None
    ) -> Delivery:
        """Act on an element of a message or view; `value` is what is chosen or typed, if it is not a plain button."""
        return self._do(lambda: self._interactions.click(self._user(user), target, action_id, value, block_id))

    def suggest(self, user: Who, target: Message | View, action_id: str, text: str) -> Delivery:
        return self._do(lambda: self._interactions.suggest(self._user(user), target, action_id, text))

    def submit(self, user: Who, view: View, values: dict[str, Any] | None = None) -> Delivery:
        return self._do(lambda: self._interactions.submit(self._user(user), view, values))

    def fill(self, user: Who, view: View, values: dict[str, Any]) -> None:
        """Type into a modal or the App Home without submitting."""
        self._do(lambda: self._interactions.fill(self._user(user), view, values))

    def close(self, user: Who, view: View, clear: bool = False) -> Delivery | None:
        return self._do(lambda: self._interactions.close(self._user(user), view, clear))

    # -- what is to be seen ---------------------------------------------------------------------------------------

    @property
    def bot_user(self) -> str:
        return self.workspace.bot.id

    @property
    def team(self) -> Team:
        return self.workspace.team

    @property
    def calls(self) -> list[Call]:
        return self._backend.calls

    @property
    def acks(self) -> list[Delivery]:
        """Every event, command and interaction sent to the app, in order."""
        return self._backend.courier.deliveries

    @property
    def withheld(self) -> list[Withheld]:
        """Events that the manifest did not let through."""
        return self._backend.withheld

    @property
    def faults(self) -> Faults:
        return self._backend.faults

    @property
    def oracle(self) -> Oracle:
        return self._backend.oracle

    @property
    def connections(self) -> int:
        """Socket Mode connections over which events are sent."""
        return len(self._sockets.usable)

    @property
    def envelopes(self) -> list[Envelope]:
        """Everything sent over Socket Mode, in order."""
        return self._sockets.sent

    def im(self, user: Who) -> Channel:
        """The direct conversation of a person with the app."""
        return self._do(lambda: self.workspace.im(self._user(user).id))

    def messages(self, channel: Where, thread_ts: str | None = None) -> list[Message]:
        """Everything in a conversation by ts, replies and ephemerals included; or one thread with its root."""
        found = self._channel(channel).messages
        return [m for m in list(found) if thread_ts is None or thread_ts in (m.ts, m.thread_ts)]

    def message(self, channel: Where, ts: str) -> Message:
        return self._message(channel, ts)

    def views(self, user: Who) -> list[View]:
        """The open modals of a person, lowest first."""
        who = self._user(user).id
        return [v for v in list(self.workspace.views.values()) if v.type == "modal" and v.user == who and v.is_open]

    def home(self, user: Who) -> View | None:
        who = self._user(user).id
        return next((v for v in list(self.workspace.views.values()) if v.type == "home" and v.user == who), None)

    def thread(self, channel: Where, thread_ts: str = "") -> AgentThread:
        """Status, title and suggested prompts; without a thread_ts those of the whole conversation."""
        return self._do(lambda: self.workspace.agent_thread(self._channel(channel).id, thread_ts))

    # -- waiting --------------------------------------------------------------------------------------------------

    def wait_for(self, predicate: Callable[[], T], timeout: float = 60) -> T:
        """The first true result of `predicate`, which is asked after every change. Raises TimeoutError with a dump."""
        waiting = self._waiters.until(predicate, timeout, self.dump)
        return asyncio.run_coroutine_threadsafe(waiting, self._loop).result(timeout + 5)

    async def eventually(self, predicate: Callable[[], T], timeout: float = 60) -> T:  # noqa: ASYNC109
        """`wait_for` for a coroutine on another event loop, which goes on while it waits."""
        waiting = self._waiters.until(predicate, timeout, self.dump)
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(waiting, self._loop))

    def _changed(self) -> None:
        if self._page:
            self._page.changed()
        self._waiters.look()

    def dump(self) -> str:
        """The state as text a person can read."""
        return dump(self)

    # -- trouble --------------------------------------------------------------------------------------------------

    def disconnect(self, reason: str = "refresh_requested") -> None:
        """End the connections as Slack does: `refresh_requested`, `link_disabled`, or `warning` ten seconds before."""
        self._do(lambda: self._backend.courier.spawn(self._sockets.disconnect(reason)))

    def abort_connections(self) -> None:
        self._do(self._sockets.abort)

    def redeliver(self, event_id: str) -> Delivery:
        return self._do(lambda: self._backend.courier.redeliver(event_id))

    def revoke(self, error: str = "token_revoked") -> None:
        """Every call is refused with `error` from now on; "" takes it back."""
        self._credentials.revoked = error

    def advance(self, seconds: float) -> None:
        """Move a ManualClock."""
        clock = self.clock
        if not isinstance(clock, ManualClock):
            raise TypeError("only a ManualClock can be advanced: Playground(clock=ManualClock())")
        self._do(lambda: clock.advance(seconds))

    def verify_url(self) -> bool:
        """Do the url_verification handshake with the app's request URL."""
        if self.http is None:
            raise TypeError("there is no request URL: Playground(http_events_url=…)")
        return asyncio.run_coroutine_threadsafe(self.http.verify(), self._loop).result(10)

    # -- finding --------------------------------------------------------------------------------------------------

    def _user(self, user: Who) -> User:
        return self.workspace.user(user)

    def _channel(self, channel: Where) -> Channel:
        return self.workspace.channel(channel)

    def _message(self, channel: Where, ts: str) -> Message:
        found = next((m for m in list(self._channel(channel).messages) if m.ts == ts), None)
        if found is None:
            raise LookupError(f"no message {ts} in {channel}")
        return found

    def _do(self, work: Callable[[], T]) -> T:
        """Run `work` on the playground's loop and wait for it."""
        if threading.current_thread() is self._thread:
            return work()

        async def run() -> T:
            return work()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(30)
