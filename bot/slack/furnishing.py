"""Which part does what: the handlers of the durable road, the listeners beside it, and the door before both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from slack_bolt.app.async_app import AsyncApp

from bot.slack.asked import Asked
from bot.slack.audience import People
from bot.slack.audit import AuditTrail
from bot.slack.channels import Channels
from bot.slack.conversations import Conversations
from bot.slack.door import Door
from bot.slack.downloads import Downloads
from bot.slack.durable import Durable
from bot.slack.failpoints import Failpoint
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
from bot.slack.pictures import Charts
from bot.slack.places import Places
from bot.slack.posting import Slack
from bot.slack.postings import Postings
from bot.slack.prompts import Prompts
from bot.slack.readers import Readers
from bot.slack.replies import Replies
from bot.slack.roles import Roles
from bot.slack.settings import SlackSettings
from bot.slack.shares import Shares
from bot.slack.showing import Showings
from bot.slack.stops import Stops
from bot.slack.streaming import Streaming
from bot.slack.surface import (
    ADD_DOCUMENT,
    ADD_FOR_QUESTION,
    CALLED_OFF,
    CHANNEL_SETTINGS,
    FEEDBACK,
    FEEDBACK_DONE,
    FEEDBACK_REASON,
    HOME_BACK,
    HOME_PAGE,
    HOME_SEARCH,
    HOME_SHOW,
    HUMAN_RESOLVED,
    KEEP_ANSWER,
    KEEP_WINDOW,
    NOTE_FOR_QUESTION,
    OPEN_INBOX,
    OPEN_RECORD,
    OPEN_SETTINGS,
    QUESTION_HANDLED,
    QUOTES_PAGE,
    REPORT_SOURCE,
    SEE_ANSWER,
    SEE_CHANGE,
    SHOW_QUOTES,
    WHY,
    WRITE_NOTE,
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
from bot.slack.surfaces.gone_files import GoneFiles
from bot.slack.surfaces.gone_quotes import GoneQuotes
from bot.slack.surfaces.home import Home, HomeWork
from bot.slack.surfaces.humans import Humans
from bot.slack.surfaces.inbox import Inbox
from bot.slack.surfaces.links import Links
from bot.slack.surfaces.notes import Notes
from bot.slack.surfaces.pages import Pages
from bot.slack.surfaces.pane import Pane
from bot.slack.surfaces.questions import Questions
from bot.slack.surfaces.quiet import Quiet
from bot.slack.surfaces.quotes import Quotes
from bot.slack.surfaces.record import Record
from bot.slack.surfaces.reingestion import Reingestion
from bot.slack.surfaces.remedies import Remedies
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
from bot.slack.uploads import Uploads
from bot.slack.viewing import Viewing
from bot.slack.voice import Voice
from bot.slack.withdrawals import Withdrawals
from bot.slack.work import Work
from vectorstore.database import Database


@dataclass(frozen=True, slots=True)
class Furniture:
    """What the app needs by name once everything is put together."""

    work: Work
    door: Door
    people: People
    roles: Roles
    home: Home
    banners: Banners
    digests: Digests
    withdrawals: Withdrawals
    gone_quotes: GoneQuotes


def furnish(
    settings: SlackSettings,
    answerer: Answerer,
    library: Library,
    database: Database,
    intake: Intake,
    durable: Durable,
    slack: Slack,
    bolt: AsyncApp,
    metrics: Metrics,
    failpoint: Failpoint,
    health: Callable[[], Health],
) -> Furniture:
    people = People(slack.person, lambda: door.identity.team)
    admins = roles = Roles(settings.appointed, people, slack.group_members)
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
        failpoint,
        patience=settings.stream_after,
        pause=settings.stream_pause,
    )
    why_here = WhyHere(channels, places, library, people, admins)
    postings = Postings(database)
    reingestion = Reingestion(roles, library, people, slack, replies, voice, audit, postings, failpoint)
    uploads = Uploads(slack, settings.api_url)
    record = Record(audit, people, slack, uploads, voice, lambda: door.identity.team)
    withdrawals = Withdrawals(library, slack, replies)
    admin = Admin(
        roles,
        library,
        people,
        intake,
        slack,
        replies,
        voice,
        audit,
        why_here,
        reingestion,
        record,
        withdrawals,
        postings,
        places,
    )
    windows = ChannelSettingsWindow(channels, library, why_here, voice, audit, lambda: door.identity.team, roles)
    questions = Questions(
        answerer, intake, conversations, channels, people, admins, replies, voice, audit, failpoint, showings, viewing
    )
    downloads = Downloads(slack, settings.bot_token, settings.api_url)
    links = Links(questions, library, intake, channels, people, roles, replies, voice)
    drops = Drops(links, downloads, library, intake, conversations, people, admins, slack, replies, voice, failpoint)
    additions = Additions(downloads, library, intake, people, roles, slack, replies, voice, audit, postings)
    checks = Checks(answerer, library, intake, conversations, people, admins, replies, voice, audit)
    pages = Pages(answerer, library, questions, people, admins, replies, voice, audit, postings)
    summaries = Summaries(
        answerer,
        questions,
        pages,
        Reader(slack, settings.patience),
        intake,
        people,
        slack,
        replies,
        voice,
        audit,
        postings,
        lambda: door.identity,
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
        settings.humans,
        failpoint,
    )
    readers = Readers(people, viewing, admins, slack.is_in)
    quotes = Quotes(conversations, library, readers, voice)
    notes = Notes(library, human_requests, people, slack, voice, audit, admins, lambda: door.identity)
    opinions = Opinions(database)
    bad_sources = BadSources(conversations, readers, opinions, voice, audit, lambda: door.identity.team)
    feedback = Feedback(conversations, opinions, voice)
    inbox = Inbox(opinions, conversations, library, people, readers, voice, audit, lambda: door.identity)
    asked = Asked(history := History(database), places)
    home = Home(
        library,
        history,
        asked,
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
        Charts(database, uploads, slack.pause),
        health,
        lambda: door.identity,
    )
    remedies = Remedies(
        asked,
        library,
        people,
        intake,
        slack,
        voice,
        audit,
        durable.start_new,
        home.publish_again,
        lambda: door.identity,
    )
    banners = Banners(
        Ledger(database),
        intake,
        conversations,
        library,
        readers,
        places,
        slack,
        voice,
        questions,
        durable.start_new,
    )
    gone_quotes = GoneQuotes(postings, channels, slack)
    digests = Digests(channels, places, library, intake, slack, postings, failpoint, durable.start_new)
    unasked = Unasked(answerer, intake, conversations, channels, people, admins, replies, voice, metrics, failpoint)
    handlers: dict[Kind, Handler] = {
        "banner": banners,
        "answer_again": banners,
        "digest": digests,
        "file_gone": GoneFiles(library, downloads, roles, slack, voice, audit, removes=settings.removes_deleted_files),
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
        "edit": Edits(intake, conversations, drops, unasked, durable.pause),
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
            failpoint,
        ),
        "quiet": Quiet(conversations, replies, voice, failpoint),
        "welcome": Welcome(channels, people, why_here, replies, voice),
    }
    work = Work(handlers, intake, replies, voice, metrics)
    prompts = Prompts(answerer, library)
    pane = Pane(slack, viewing, prompts, people, voice, admins, lambda: door.identity.team)
    listeners = Listeners(
        actions={
            ADD_FOR_QUESTION: remedies.ask_for_document,
            FEEDBACK: feedback.vote,
            SEE_CHANGE: banners.see,
            FEEDBACK_DONE: home.feedback_done,
            HOME_BACK: home.turn,
            HOME_PAGE: home.turn,
            HOME_SEARCH: home.search,
            HOME_SHOW: home.show,
            HUMAN_RESOLVED: humans.resolve,
            NOTE_FOR_QUESTION: remedies.ask_for_note,
            OPEN_INBOX: inbox.open,
            OPEN_RECORD: record.open,
            OPEN_SETTINGS: windows.open,
            QUESTION_HANDLED: remedies.handled,
            QUOTES_PAGE: quotes.turn,
            CALLED_OFF: admin.call_off,
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
            ADD_DOCUMENT: Submission(remedies.add_document, remedies.document_errors),
            CHANNEL_SETTINGS: Submission(windows.save, windows.errors),
            FEEDBACK_REASON: Submission(feedback.explain),
            KEEP_WINDOW: Submission(notes.keep),
            WRITE_NOTE: Submission(remedies.write_note),
        },
        shortcuts={KEEP_ANSWER: notes.open},
        windows={"/footnote feedback": inbox.open, "/footnote settings": windows.open},
    )
    gatekeeper = Gatekeeper(people, roles, voice, audit)
    door = Door(
        bolt,
        intake,
        conversations,
        channels,
        listeners,
        gatekeeper,
        durable.start_new,
        metrics,
        failpoint,
    )
    return Furniture(work, door, people, roles, home, banners, digests, withdrawals, gone_quotes)
