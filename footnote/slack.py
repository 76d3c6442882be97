"""`footnote serve`: the Slack app on top of the application, with the control socket beside it."""

from __future__ import annotations

import time
from collections.abc import Callable, Container
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

from bot.slack.app import SlackRefused, build
from bot.slack.audience import People
from bot.slack.downloads import Downloads
from bot.slack.posting import Slack, Undeliverable
from bot.slack.roles import Roles
from bot.slack.settings import SlackSettings
from bot.values import Question
from footnote.application import Application
from footnote.control import OperationFailed
from footnote.library import SlackLibrary
from footnote.scheduler import keeping_fresh
from footnote.settings import Settings
from footnote.wiring import application

SECONDS = 30.0
"""How long Slack is asked who the owners are."""


def slack_settings(settings: Settings) -> SlackSettings:
    """Raises OperationFailed when the tokens are not there, with where to get them."""
    if settings.slack_bot_token is None:
        raise OperationFailed(
            "SLACK_BOT_TOKEN is not set. Create the app from slack-manifest.yaml at api.slack.com/apps, install it, and put its "
            "xoxb-… token and an xapp-… token (scope connections:write) into .env; `footnote doctor` checks them."
        )
    try:
        return SlackSettings(
            bot_token=settings.slack_bot_token.get_secret_value(),
            data_directory=settings.home,
            app_token=settings.slack_app_token.get_secret_value() if settings.slack_app_token else None,
            signing_secret=settings.slack_signing_secret.get_secret_value() if settings.slack_signing_secret else None,
            admins=settings.footnote_admins,
            curators=settings.footnote_curators,
            auditors=settings.footnote_auditors,
            admin_group=settings.footnote_admin_group,
            slack_admins=settings.footnote_slack_admins,
            removes_deleted_files=settings.footnote_remove_deleted_files,
            humans=settings.footnote_humans,
            host=settings.slack_host,
            port=settings.slack_port,
            api_url=settings.slack_api_url,
            thread_files_kept=timedelta(days=settings.footnote_thread_file_days),
            work_url=settings.work_database_url.get_secret_value() if settings.work_database_url else None,
        )
    except ValueError as error:
        raise OperationFailed(str(error)) from error


def owners(settings: Settings) -> Container[str]:
    """Who is an owner now; asked of Slack where a user group or Slack's own admins are. Raises OperationFailed."""
    if not (settings.footnote_admin_group or settings.footnote_slack_admins):
        return settings.footnote_admins
    given = slack_settings(settings)
    slack = Slack(given.bot_token, given.api_url, time.sleep)
    try:
        team = str(slack.fetch("auth.test", {}, until=time.monotonic() + SECONDS)["team_id"])
    except Undeliverable as error:
        raise OperationFailed(f"Slack does not say who the owners are ({error}).") from error
    return Roles(given.appointed, People(slack.person, lambda: team), slack.group_members)


def run(settings: Settings, serving: Callable[[Application, Path], AbstractContextManager[None]]) -> None:
    """Serve until SIGTERM or SIGINT."""
    slack = slack_settings(settings)
    with (
        application(settings) as footnote,
        serving(footnote, settings.home / "control.sock"),
        keeping_fresh(footnote),
    ):
        downloads = Downloads(Slack(slack.bot_token, slack.api_url, time.sleep), slack.bot_token, slack.api_url)
        footnote.pipeline.kept.read_again = downloads.again
        # The first search after opening loads the index; it should not be somebody's question.
        footnote.assistant.answer(Question("What do the documents say?"))
        try:
            app = build(slack, footnote.assistant, SlackLibrary(footnote), footnote.knowledge_base.database)
            footnote.erase_checkpoints = app.erase_checkpoints
            app.run()
        except SlackRefused as error:
            raise OperationFailed(str(error)) from error
