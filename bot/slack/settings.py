"""What the Slack app needs to know; the composition root reads it from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bot.slack.roles import Appointed
from bot.slack.transcript import Patience


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """Socket Mode when `app_token` is given, signed HTTP when `signing_secret` is.

    Raises ValueError when neither or both are given: one sentence that names the remedy.
    """

    bot_token: str = field(repr=False)
    data_directory: Path
    """Holds the file of work in progress, unless `work_url` names another database."""
    app_token: str | None = field(default=None, repr=False)
    signing_secret: str | None = field(default=None, repr=False)
    admins: frozenset[str] = frozenset()
    """Slack user ids of the owners, who may do everything."""
    curators: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By Slack user id, the ids of the channels whose sources and settings they look after."""
    auditors: frozenset[str] = frozenset()
    """Slack user ids that may read the audit trail."""
    admin_group: str = ""
    """A user group whose members are owners; empty for none."""
    slack_admins: bool = False
    """Whether admins and owners of the workspace are owners here."""
    removes_deleted_files: bool = False
    """Whether a source goes at once when its file is deleted in Slack; otherwise whoever looks after it is told."""
    humans: tuple[str, ...] = ()
    """Slack ids of people and user groups that "Get a human" calls where a channel names nobody."""
    host: str = "127.0.0.1"
    port: int | None = None
    """Where to listen: 3000 by default in HTTP mode; in Socket Mode, only when given, for /healthz and /metrics."""
    api_url: str = "https://slack.com/api/"
    work_url: str | None = field(default=None, repr=False)
    """SQLAlchemy URL of the database of work in progress; a SQLite file in the data directory by default."""
    workers: int = 256
    """How many questions are worked on at once; most of that time they wait for a model."""
    patience: Patience = field(default_factory=Patience)
    """How much of a conversation is read for one summary."""
    thread_files_kept: timedelta = timedelta(days=30)
    """How long what was read for a thread answers there."""
    drain_seconds: float = 25.0
    """How long a stop waits for work under way; what is left is finished at the next start."""
    stream_after: float = 0.8
    """Seconds until an answer that is not there yet is streamed."""
    stream_pause: float = 1.0
    """Seconds between two additions to a streamed answer; Slack takes a hundred a minute in a workspace."""
    failpoint: str = ""
    """For tests of crashes: the named point in the code kills the process."""

    def __post_init__(self) -> None:
        if bool(self.app_token) == bool(self.signing_secret):
            raise ValueError(
                "Give either SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (signed HTTP), not both and not none."
            )

    @property
    def appointed(self) -> Appointed:
        return Appointed(
            owners=self.admins,
            curators=self.curators,
            auditors=self.auditors,
            owner_group=self.admin_group,
            slack_admins=self.slack_admins,
        )

    @property
    def is_socket_mode(self) -> bool:
        return bool(self.app_token)

    @property
    def listen_port(self) -> int | None:
        return self.port if self.port is not None or self.is_socket_mode else 3000

    @property
    def secrets(self) -> tuple[str, ...]:
        return tuple(secret for secret in (self.bot_token, self.app_token, self.signing_secret) if secret)
