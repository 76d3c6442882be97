"""The Slack app as a whole: it starts, serves and stops; `furnishing.py` puts its parts together."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from aiohttp import ClientError, web
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from bot.slack import logs
from bot.slack.door import Identity
from bot.slack.durable import Durable
from bot.slack.failpoints import killing_at
from bot.slack.furnishing import furnish
from bot.slack.home_administration import Health
from bot.slack.intake import Intake
from bot.slack.library import Answerer, Library
from bot.slack.metrics import Metrics
from bot.slack.posting import Slack
from bot.slack.references import place_of
from bot.slack.settings import SlackSettings
from bot.slack.signed import web_application
from bot.slack.socket import Socket
from bot.slack.storage import stored_bytes
from bot.slack.surface import (
    SCOPES,
)
from vectorstore.database import Database

SWEEP_SECONDS = 30.0
FORGOTTEN_AFTER = timedelta(seconds=60)
CHECKPOINTS_KEPT = timedelta(hours=1)

_log = structlog.get_logger("footnote.slack")


class SlackRefused(Exception):
    """Slack does not let us in; the message is a sentence that names the remedy."""


def build(settings: SlackSettings, answerer: Answerer, library: Library, database: Database) -> SlackApp:
    """`database` is migrated already, and is not closed here."""
    return SlackApp(settings, answerer, library, database)


class SlackApp:
    """`await start()` and `await stop()` on one event loop, or `run()`; once, and one at a time in a process."""

    def __init__(self, settings: SlackSettings, answerer: Answerer, library: Library, database: Database) -> None:
        self._settings = settings
        self._metrics = Metrics()
        self._failpoint = killing_at(settings.failpoint)
        self._intake = Intake(database, self._failpoint)
        work_url = settings.work_url or f"sqlite:///{settings.data_directory / 'work.sqlite3'}"
        self._durable = Durable(work_url, settings.workers, lambda id, step: self._work.run(id, step))
        self._slack = Slack(settings.bot_token, settings.api_url, self._durable.pause)
        self._bolt = _bolt(settings)
        self._library = library
        furniture = furnish(
            settings,
            answerer,
            library,
            database,
            self._intake,
            self._durable,
            self._slack,
            self._bolt,
            self._metrics,
            self._failpoint,
            self._for_home,
        )
        self._work, self._door = furniture.work, furniture.door
        self._banners, self._digests = furniture.banners, furniture.digests
        self._withdrawals, self._gone_quotes = furniture.withdrawals, furniture.gone_quotes
        self.erase_checkpoints = self._durable.erase_finished
        self.people, self.roles, self.home = furniture.people, furniture.roles, furniture.home
        self._socket: Socket | None = None
        self._web: web.AppRunner | None = None
        self._sweeper: asyncio.Task[None] | None = None
        self.address: tuple[str, int] | None = None
        """Where /slack/events, /healthz and /metrics are served, once started."""

    @property
    def listened(self) -> frozenset[str]:
        """The names of `surface.py` that have a listener of their own."""
        return self._door.listened

    # -- life -------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Take up what was left unfinished, then open the door. Raises SlackRefused."""
        await self._introduce()
        self._intake.start()
        await asyncio.to_thread(self._durable.launch)
        for id in await asyncio.to_thread(self._intake.unfinished):
            self._durable.start(id)
        self._sweeper = asyncio.create_task(self._sweep())
        if self._settings.listen_port is not None:
            await self._listen(self._settings.listen_port)
        if self._settings.app_token:
            self._socket = Socket(self._bolt, self._settings.app_token, self._door)
            await self._socket.client.connect()  # type: ignore[no-untyped-call]
        _log.info("started", mode="socket" if self._settings.is_socket_mode else "http", team=self._door.identity.team)

    async def stop(self) -> bool:
        """Close the door, let work under way end; True when none is left. What is left, the next start takes up."""
        if self._socket:
            await self._socket.client.disconnect()  # type: ignore[no-untyped-call]
        if self._sweeper:
            self._sweeper.cancel()
        for _ in range(50):
            if self._door.is_empty:
                break
            await asyncio.sleep(0.1)
        if self._web:
            await self._web.cleanup()
        finished = await asyncio.to_thread(self._durable.drain, self._settings.drain_seconds)
        if self._socket:
            await self._socket.client.close()  # type: ignore[no-untyped-call]
        self._slack.close()
        await asyncio.to_thread(self._intake.stop)
        _log.info("stopped", finished=finished)
        return finished

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT. Raises SlackRefused."""
        logs.configure(self._settings.secrets)
        if not asyncio.run(self._serve()):
            # A thread that hangs in somebody's answer would keep the process; its work is on disk.
            os._exit(0)

    async def _serve(self) -> bool:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await self.start()
        await stop.wait()
        return await self.stop()

    # -- parts of the start -------------------------------------------------------------------------------------------

    async def _introduce(self) -> None:
        """Learn who we are, and that Slack will let us in: Bolt would try a wrong token for ever."""
        if self._bolt.oauth_flow is not None:
            raise SlackRefused("Unset SLACK_CLIENT_ID and SLACK_CLIENT_SECRET: they make Bolt ignore the bot token.")
        try:
            who = await self._bolt.client.auth_test()
            if self._settings.app_token:
                await self._bolt.client.apps_connections_open(app_token=self._settings.app_token)
        except SlackApiError as error:
            token = "SLACK_APP_TOKEN" if "apps.connections" in str(error.response.api_url) else "SLACK_BOT_TOKEN"
            reason = error.response.get("error")
            raise SlackRefused(f"Slack refused {token} ({reason}). Check it, or reinstall the app.") from error
        except (ClientError, OSError, TimeoutError) as error:
            raise SlackRefused(
                f"Slack cannot be reached at {self._settings.api_url}: {type(error).__name__}."
            ) from error
        self._door.identity = Identity(
            str(who["team_id"]), str(who["user_id"]), str(who.get("url") or ""), str(who.get("team") or "")
        )
        granted = {scope.strip() for scope in str(who.headers.get("x-oauth-scopes", "")).split(",")}
        if missing := sorted(set(SCOPES) - granted):
            _log.warning("scopes_missing", scopes=missing)

    async def _listen(self, port: int) -> None:
        application = web_application(self._door, self._settings.signing_secret, self.health, self._metrics)
        self._web = web.AppRunner(application, access_log=None)
        await self._web.setup()
        await web.TCPSite(self._web, self._settings.host, port).start()
        host, bound = self._web.addresses[0][:2]
        self.address = (host, bound)

    async def _sweep(self) -> None:
        """Now and then, begin again what nobody works on: a start that failed, work that the database interrupted."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                left = await asyncio.to_thread(self._intake.unfinished, FORGOTTEN_AFTER)
                self._metrics.waiting.set(len(left))
                for id in left:
                    self._durable.resume(id)
                await asyncio.to_thread(self._durable.forget_finished, datetime.now(UTC) - CHECKPOINTS_KEPT)
                forgotten = datetime.now(UTC) - self._settings.thread_files_kept
                await asyncio.to_thread(self._library.forget_threads, forgotten)
                await asyncio.to_thread(self._withdrawals.run)
                await asyncio.to_thread(self.watch_answers)
                await asyncio.to_thread(self._digests.watch)
            except Exception as error:  # the edge of a loop that must not end
                _log.error("sweep_failed", place=place_of(error))

    def watch_answers(self) -> int:
        """Put banners over what quotes sentences that changed or are gone, as the sweep does; returns how many."""
        return self._banners.watch() + self._gone_quotes.watch()

    def withdraw(self) -> int:
        """Delete our messages that hold what was forgotten, as the sweep does; returns how many."""
        return self._withdrawals.run()

    def watch_digests(self, now: datetime | None = None) -> int:
        """Begin the weekly digests that are due, as the sweep does; returns how many."""
        return self._digests.watch(now)

    def health(self) -> dict[str, Any]:
        """`ok`, and what is wrong where it is not."""
        troubles = {
            "token": self._slack.lost_token,
            "socket": self._socket.trouble if self._socket else None,
        }
        wrong = {part: reason for part, reason in troubles.items() if reason}
        return {"ok": not wrong, "trouble": wrong, "sqlite": sqlite3.sqlite_version}

    def _for_home(self) -> Health:
        in_trouble = sum(row.trouble is not None for row in self._library.sources())
        return Health(self.health()["trouble"], in_trouble, stored_bytes(self._settings.data_directory))


def _bolt(settings: SlackSettings) -> AsyncApp:
    quiet = logging.getLogger("footnote.bolt")
    quiet.setLevel(logging.WARNING)  # below it, Bolt logs whole requests
    bolt = AsyncApp(
        logger=quiet,
        token=settings.bot_token,
        signing_secret=settings.signing_secret or "",
        request_verification_enabled=not settings.is_socket_mode,
    )
    bolt.client.base_url = settings.api_url.rstrip("/") + "/"
    return bolt
