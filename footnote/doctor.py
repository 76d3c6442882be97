"""`footnote doctor`: what is configured, what works, and the remedy for what does not. Never prints a secret."""

from __future__ import annotations

import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from sqlalchemy.exc import SQLAlchemyError

from bot.chat_model import ChatModel, ModelNotConfigured
from bot.slack.surface import SCOPES
from footnote.control import OperationFailed, database_failure
from footnote.english import told_of_error
from footnote.settings import Settings
from footnote.slack import slack_settings
from footnote.wiring import application, make_embedder, make_reranker
from ingest.sandbox import ParserProcess, ParserStopped
from vectorstore.database import Database
from vectorstore.errors import RerankerUnavailable, StoreError, StoreLocked

Level = Literal["ok", "note", "fault"]

_SAFE_SQLITE = (3, 51, 3)
_CLOCK_SECONDS = 60
"""Slack refuses requests that are more than five minutes off; a minute is worth knowing of."""


@dataclass(frozen=True, slots=True)
class Finding:
    name: str
    level: Level
    finding: str
    remedy: str = ""

    @property
    def ok(self) -> bool:
        """Whether Footnote can work with it."""
        return self.level != "fault"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


Check = Callable[[Settings], Iterator[Finding]]


def examine(settings: Settings) -> list[Finding]:
    checks: tuple[Check, ...] = (_python, _sqlite, _embedder, _reranker, _store, _parser, _model, _slack)
    return [finding for check in checks for finding in check(settings)]


def _python(_settings: Settings) -> Iterator[Finding]:
    yield Finding("Python", "ok", ".".join(map(str, sys.version_info[:3])))


def _sqlite(settings: Settings) -> Iterator[Finding]:
    if settings.database_url:
        return
    if sqlite3.sqlite_version_info < _SAFE_SQLITE:
        yield Finding(
            "SQLite",
            "note",
            f"{sqlite3.sqlite_version}: before 3.51.3, two writing connections can damage a file. Footnote uses one.",
            "Nothing to do. For several bots on one database, set DATABASE_URL to PostgreSQL.",
        )
    else:
        yield Finding("SQLite", "ok", sqlite3.sqlite_version)


def _embedder(settings: Settings) -> Iterator[Finding]:
    started = time.perf_counter()
    try:
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        embedder = make_embedder(settings)
        embedder.embed_query("Is the embedder there?")
    except StoreError as error:
        yield Finding("Embedder", "fault", told_of_error(error), "See the finding.")
    except OSError as error:
        yield Finding(
            "Data directory", "fault", f"{settings.home}: {error.strerror}", "Set FOOTNOTE_HOME to a folder you own."
        )
    else:
        yield Finding("Embedder", "ok", f"{embedder.name}, ready in {time.perf_counter() - started:.1f} s")


def _reranker(settings: Settings) -> Iterator[Finding]:
    try:
        reranker = make_reranker(settings)
        if reranker:
            started = time.perf_counter()
            reranker.relevance("Is the reranker there?", ["It is there.", "It is raining."])
            yield Finding("Reranker", "ok", f"{reranker.name}, answers in {time.perf_counter() - started:.1f} s")
    except RerankerUnavailable as error:
        yield Finding(
            "Reranker",
            "fault",
            told_of_error(error),
            "Correct RERANKER_MODEL and what belongs to it, or leave it empty.",
        )


def _store(settings: Settings) -> Iterator[Finding]:
    if settings.database_url:
        yield from _database(settings.database_url.get_secret_value())
    try:
        with application(settings) as footnote:
            documents, passages = footnote.knowledge_base.counts(footnote.knowledge_base.catalog.scopes_in_use())
            rebuilt = footnote.knowledge_base.recovered.rebuilt
    except StoreLocked as error:
        yield Finding("Store", "ok", f"{error} Its own checks were made when it started.")
    except ModelNotConfigured:
        yield Finding(
            "Store", "note", "Not opened, because the answer model is not usable.", "Mend ANSWER_MODEL first."
        )
    except StoreError as error:
        yield Finding("Store", "fault", told_of_error(error), "See the finding.")
    except SQLAlchemyError as error:
        yield Finding("Store", "fault", database_failure(error), "See the finding.")
    except OSError as error:
        yield Finding("Store", "fault", f"{settings.home}: {error.strerror}", "Set FOOTNOTE_HOME to a folder you own.")
    else:
        found = f"{documents:,} documents, {passages:,} passages in {settings.home}"
        if rebuilt:
            yield Finding("Store", "note", f"{found}; the indexes were rebuilt: {rebuilt}", "Nothing to do.")
        elif not documents:
            yield Finding("Store", "note", f"empty: {settings.home}", "footnote ingest FILE_FOLDER_OR_URL")
        else:
            yield Finding("Store", "ok", found)


def _database(url: str) -> Iterator[Finding]:
    try:
        database = Database(url)
        database.migrate()
        database.close()
    except (SQLAlchemyError, StoreError) as error:
        found = told_of_error(error) if isinstance(error, StoreError) else f"DATABASE_URL: {type(error).__name__}"
        yield Finding("Database", "fault", found, "Check host, name, user and password.")
    else:
        yield Finding("Database", "ok", "reachable, schema up to date")


def _parser(_settings: Settings) -> Iterator[Finding]:
    try:
        with ParserProcess() as parser:
            protections = parser.protections()
    except ParserStopped as error:
        yield Finding(
            "Parser", "fault", told_of_error(error), "Run `make setup` again; check memory limits of the container."
        )
        return
    missing = sorted(name for name, active in protections.items() if not active)
    active = ", ".join(sorted(name for name, active in protections.items() if active))
    if missing:
        yield Finding(
            "Parser", "note", f"active: {active}; not available here: {', '.join(missing)}", "See docs/security.md."
        )
    else:
        yield Finding("Parser", "ok", f"guarded: {active}")


def _model(settings: Settings) -> Iterator[Finding]:
    if not settings.answer_model:
        yield Finding("Answer model", "ok", "none: answers are composed of the documents' own sentences")
        return
    try:
        key = settings.answer_model_api_key
        ChatModel(
            settings.answer_model,
            base_url=settings.answer_model_base_url,
            api_key=key.get_secret_value() if key else None,
            temperature=0,
            first_token_s=15,
            total_s=settings.answer_model_seconds,
            max_output_tokens=8,
        )
    except ModelNotConfigured as error:
        yield Finding(
            "Answer model",
            "fault",
            told_of_error(error),
            "Correct ANSWER_MODEL, or leave it empty to answer without one.",
        )
    else:
        yield Finding("Answer model", "ok", settings.answer_model)


def _slack(settings: Settings) -> Iterator[Finding]:
    if settings.slack_bot_token is None:
        yield Finding(
            "Slack", "note", "not configured", "Set SLACK_BOT_TOKEN and SLACK_APP_TOKEN; the README says how."
        )
        return
    try:
        slack_settings(settings)
        client = WebClient(settings.slack_bot_token.get_secret_value(), base_url=settings.slack_api_url, timeout=10)
        yield from _bot_token(client)
        if settings.slack_app_token:
            client.apps_connections_open(app_token=settings.slack_app_token.get_secret_value())
            yield Finding("Slack socket", "ok", "a connection can be opened")
    except OperationFailed as error:
        yield Finding("Slack", "fault", told_of_error(error), "Set one of the two in .env.")
    except SlackApiError as error:
        which = "SLACK_APP_TOKEN" if "apps.connections" in str(error.response.api_url) else "SLACK_BOT_TOKEN"
        reason = error.response.get("error")
        yield Finding("Slack", "fault", f"{which} was refused ({reason})", "Copy it again, or reinstall the app.")
    except OSError as error:
        yield Finding(
            "Slack",
            "fault",
            f"{settings.slack_api_url} cannot be reached ({type(error).__name__})",
            "Check the network.",
        )


def _bot_token(client: WebClient) -> Iterator[Finding]:
    answer = client.auth_test()
    headers = {name.lower(): value for name, value in answer.headers.items()}
    yield Finding("Slack token", "ok", f"bot {answer['user']} in {answer['team']}")
    granted = frozenset(str(headers.get("x-oauth-scopes", "")).replace(" ", "").split(","))
    missing = sorted(set(SCOPES) - granted)
    if missing:
        remedy = "Update the app from slack-manifest.yaml and reinstall it."
        yield Finding("Slack scopes", "fault", f"missing: {', '.join(missing)}", remedy)
    else:
        yield Finding("Slack scopes", "ok", f"{len(SCOPES)} needed, all granted")
    if "date" in headers:
        off = abs(time.time() - parsedate_to_datetime(str(headers["date"])).timestamp())
        level: Level = "ok" if off < _CLOCK_SECONDS else "fault"
        yield Finding("Clock", level, f"{off:.0f} s from Slack's", "" if level == "ok" else "Set the clock (NTP).")
