"""The Slack app as a whole: `build` puts the parts together, `SlackApp` starts, serves and stops."""

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
from bot.slack.audience import People
from bot.slack.audit import AuditTrail
from bot.slack.channels import Channels
from bot.slack.conversations import Conversations
from bot.slack.door import Door, Identity
from bot.slack.downloads import Downloads
from bot.slack.durable import Durable
from bot.slack.failpoints import killing_at
from bot.slack.history import History
from bot.slack.home_administration import Health
from bot.slack.human_requests import HumanRequests
from bot.slack.intake import Intake
from bot.slack.ledger import Ledger
from bot.slack.library import Answerer, Library
from bot.slack.listeners import Gatekeeper, Listeners, Submission, each_of
from bot.slack.metrics import Metrics
from bot.slack.opinions import Opinions
from bot.slack.outcome import Handler
from bot.slack.places import Places
from bot.slack.posting import Slack
from bot.slack.prompts import Prompts
from bot.slack.readers import Readers
from bot.slack.references import place_of
from bot.slack.replies import Replies
from bot.slack.roles import Appointed, Roles
from bot.slack.settings import SlackSettings
from bot.slack.shares import Shares
from bot.slack.showing import Showings
from bot.slack.signed import web_application
from bot.slack.socket import Socket
from bot.slack.stops import Stops
from bot.slack.storage import stored_bytes
from bot.slack.streaming import Streaming
from bot.slack.surface import (
    CHANNEL_SETTINGS,
    FEEDBACK,
    FEEDBACK_DONE,
    FEEDBACK_REASON,
    HOME_PAGE,
    HOME_SEARCH,
    HOME_SHOW,
    HUMAN_RESOLVED,
    KEEP_ANSWER,
    KEEP_WINDOW,
    OPEN_INBOX,
    OPEN_RECORD,
    OPEN_SETTINGS,
    QUOTES_PAGE,
    REMOVE_CANCELLED,
    REPORT_SOURCE,
    SCOPES,
    SEE_ANSWER,
    SEE_CHANGE,
    SHOW_QUOTES,
    WHY,
    Kind,
)
from bot.slack.surfaces.additions import Additions
from bot.slack.surfaces.admin import Admin
from bot.slack.surfaces.again import Again
from bot.slack.surfaces.banners import Banners
from bot.slack.surfaces.channel_settings import ChannelSettingsWindow
from bot.slack.surfaces.checks import Checks
from bot.slack.surfaces.digests import Digests
from bot.slack.surfaces.drops import Drops
from bot.slack.surfaces.edits import Edits
from bot.slack.surfaces.feedback import Feedback
from bot.slack.surfaces.home import Home, HomeWork
from bot.slack.surfaces.humans import Humans
from bot.slack.surfaces.inbox import Inbox
from bot.slack.surfaces.notes import Notes
from bot.slack.surfaces.pages import Pages
from bot.slack.surfaces.pane import Pane
from bot.slack.surfaces.questions import Questions
from bot.slack.surfaces.quiet import Quiet
from bot.slack.surfaces.quotes import Quotes
from bot.slack.surfaces.record import Record
from bot.slack.surfaces.reingestion import Reingestion
from bot.slack.surfaces.sharing import Sharing
from bot.slack.surfaces.stopping import Stopping
from bot.slack.surfaces.summaries import Summaries
from bot.slack.surfaces.unasked import Unasked
from bot.slack.surfaces.welcome import Welcome
from bot.slack.surfaces.why import Why
from bot.slack.surfaces.why_here import WhyHere
from bot.slack.surfaces.withdrawal import Withdrawal
from bot.slack.surfaces.without import BadSources, LeftOut
from bot.slack.transcript import Reader
from bot.slack.viewing import Viewing
from bot.slack.voice import Voice
from bot.slack.work import Work
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
        self._furnish(answerer, library, database)
        self._socket: Socket | None = None
        self._web: web.AppRunner | None = None
        self._sweeper: asyncio.Task[None] | None = None
        self.address: tuple[str, int] | None = None
        """Where /slack/events, /healthz and /metrics are served, once started."""

    def _furnish(self, answerer: Answerer, library: Library, database: Database) -> None:
        """Which part does what: the handlers of the durable road, and the listeners beside it."""
        slack, intake = self._slack, self._intake
        people = self.people = People(slack.person, lambda: self._door.identity.team)
        admins = roles = self.roles = Roles(_appointed(self._settings), people, slack.group_members)
        channels, places = Channels(database), Places(slack.conversation)
        conversations, audit, replies, voice = (
            Conversations(database),
            AuditTrail(database),
            Replies(slack, intake),
            Voice(people, channels),
        )
        viewing = Viewing(database, slack.is_in, lambda scope: library.counts((scope,))[0] > 0)
        stops = Stops()
        showings = Showings(
            slack,
            Streaming(slack),
            intake,
            stops,
            self._failpoint,
            patience=self._settings.stream_after,
            pause=self._settings.stream_pause,
        )
        why_here = WhyHere(channels, places, library, people, admins)
        reingestion = Reingestion(roles, library, people, slack, replies, voice, audit)
        record = Record(audit, people, voice, lambda: self._door.identity.team)
        admin = Admin(roles, library, people, intake, slack, replies, voice, audit, why_here, reingestion, record)
        windows = ChannelSettingsWindow(
            channels, library, why_here, voice, audit, lambda: self._door.identity.team, roles
        )
        questions = Questions(
            answerer,
            intake,
            conversations,
            channels,
            people,
            admins,
            replies,
            voice,
            audit,
            self._failpoint,
            showings,
            viewing,
        )
        downloads = Downloads(slack, self._settings.bot_token, self._settings.api_url)
        drops = Drops(
            questions,
            downloads,
            library,
            intake,
            conversations,
            people,
            admins,
            slack,
            replies,
            voice,
            self._failpoint,
        )
        additions = Additions(downloads, library, intake, people, roles, slack, replies, voice, audit)
        checks = Checks(answerer, library, intake, conversations, people, admins, replies, voice, audit)
        pages = Pages(answerer, library, questions, people, admins, replies, voice, audit)
        summaries = Summaries(
            answerer,
            questions,
            pages,
            Reader(slack, self._settings.patience),
            intake,
            people,
            slack,
            replies,
            voice,
            audit,
            lambda: self._door.identity,
        )
        human_requests = HumanRequests(database)
        humans = Humans(
            human_requests,
            conversations,
            channels,
            people,
            slack,
            replies,
            voice,
            audit,
            admins,
            self._settings.humans,
            self._failpoint,
        )
        readers = Readers(people, viewing, admins, slack.is_in)
        quotes = Quotes(conversations, library, readers, voice)
        notes = Notes(library, human_requests, people, slack, voice, audit, admins, lambda: self._door.identity)
        opinions = Opinions(database)
        bad_sources = BadSources(conversations, readers, opinions, voice, audit, lambda: self._door.identity.team)
        feedback = Feedback(conversations, opinions, voice)
        inbox = Inbox(opinions, conversations, library, people, readers, voice, audit, lambda: self._door.identity)
        home = self.home = Home(
            library,
            History(database),
            conversations,
            opinions,
            inbox,
            human_requests,
            channels,
            places,
            people,
            readers,
            voice,
            slack,
            roles,
            record,
            self._for_home,
            lambda: self._door.identity,
        )
        banners = self._banners = Banners(
            Ledger(database),
            intake,
            conversations,
            library,
            readers,
            places,
            slack,
            voice,
            questions,
            self._durable.start_new,
        )
        digests = self._digests = Digests(
            channels, places, library, intake, slack, self._failpoint, self._durable.start_new
        )
        unasked = Unasked(
            answerer,
            intake,
            conversations,
            channels,
            people,
            admins,
            replies,
            voice,
            self._metrics,
            self._failpoint,
        )
        handlers: dict[Kind, Handler] = {
            "banner": banners,
            "answer_again": banners,
            "digest": digests,
            "question": drops,
            "summary": summaries,
            "check": checks,
            "offer": additions,
            "add": additions,
            "add_here": additions,
            "retry": Again(intake, {"question": drops, "summary": summaries, "check": checks}, questions),
            "admin": admin,
            "home": HomeWork(home, questions, admin, slack),
            "human": humans,
            "without": LeftOut(conversations, readers, people, places, questions, slack, replies, voice),
            "remove": admin,
            "withdraw": Withdrawal(intake, conversations, library, slack, replies, stops, human_requests),
            "plan_run": reingestion,
            "plan_cancel": reingestion,
            "plan_again": reingestion,
            "unasked": unasked,
            "edit": Edits(intake, conversations, drops, unasked, self._durable.pause),
            "share": Sharing(
                Shares(database),
                conversations,
                channels,
                places,
                people,
                library,
                slack,
                replies,
                voice,
                audit,
                self._failpoint,
            ),
            "quiet": Quiet(conversations, replies, voice, self._failpoint),
            "welcome": Welcome(channels, people, why_here, replies, voice),
        }
        self._work = Work(handlers, intake, replies, voice, self._metrics)
        prompts = Prompts(answerer, library)
        pane = Pane(slack, viewing, prompts, people, voice, admins, lambda: self._door.identity.team)
        listeners = Listeners(
            actions={
                FEEDBACK: feedback.vote,
                SEE_CHANGE: banners.see,
                FEEDBACK_DONE: home.feedback_done,
                HOME_PAGE: home.turn,
                HOME_SEARCH: home.search,
                HOME_SHOW: home.show,
                HUMAN_RESOLVED: humans.resolve,
                OPEN_INBOX: inbox.open,
                OPEN_RECORD: record.open,
                OPEN_SETTINGS: windows.open,
                QUOTES_PAGE: quotes.turn,
                REMOVE_CANCELLED: admin.keep_source,
                REPORT_SOURCE: bad_sources.report,
                SEE_ANSWER: inbox.see,
                SHOW_QUOTES: quotes.show,
                WHY: Why(conversations, library, readers, voice).show,
            },
            events={
                **Stopping(intake, stops).events,
                **pane.events,
                "app_home_opened": each_of(pane.open, home.opened),
            },
            views={
                CHANNEL_SETTINGS: Submission(windows.save, windows.errors),
                FEEDBACK_REASON: Submission(feedback.explain),
                KEEP_WINDOW: Submission(notes.keep),
            },
            shortcuts={KEEP_ANSWER: notes.open},
            windows={"/footnote feedback": inbox.open, "/footnote settings": windows.open},
        )
        gatekeeper = Gatekeeper(people, roles, voice, audit)
        self._door = Door(
            self._bolt,
            intake,
            conversations,
            channels,
            listeners,
            gatekeeper,
            self._durable.start_new,
            self._metrics,
            self._failpoint,
        )

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
                await asyncio.to_thread(self._banners.watch)
                await asyncio.to_thread(self._digests.watch)
            except Exception as error:  # the edge of a loop that must not end
                _log.error("sweep_failed", place=place_of(error))

    def watch_answers(self) -> int:
        """Put banners over answers whose cited sentences changed, as the sweep does; returns how many."""
        return self._banners.watch()

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
        in_trouble = sum(row.state.startswith("trouble") for row in self._library.sources())
        return Health(self.health()["trouble"], in_trouble, stored_bytes(self._settings.data_directory))


def _appointed(settings: SlackSettings) -> Appointed:
    return Appointed(
        owners=settings.admins,
        curators=settings.curators,
        auditors=settings.auditors,
        owner_group=settings.admin_group,
        slack_admins=settings.slack_admins,
    )


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
