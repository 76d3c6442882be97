"""`footnote play`: the bot against a stand-in for Slack, to try it in the browser without a workspace and without tokens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import samples
from bot.slack.manifest import manifest
from footnote import terminal
from footnote.control import OperationFailed
from footnote.settings import Settings
from playground.manifest import Manifest
from playground.server import Playground

_START_SECONDS = 90
_LOG_LINES = 20


def run(settings: Settings, documents: Sequence[Path], port: int, opens: bool) -> None:
    """Serve until Ctrl-C. The documents go into a data directory that ends with the playground."""
    console = terminal.Terminal()
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # Ctrl-C also where a shell had us ignore it
        signal.signal(ending, _interrupt)
    try:
        with workspace(settings, documents, port, console.print) as (slack, bot):
            console.print(
                f"\nOpen [bold]{slack.url}[/bold] and ask something. Ctrl-C ends it and leaves nothing behind."
            )
            if opens and _has_screen():
                webbrowser.open(slack.url)
            bot.wait()
            raise OperationFailed("The bot ended; the last lines of its log stand above.")
    except KeyboardInterrupt:
        console.print("Ended.")


@contextmanager
def workspace(
    settings: Settings, documents: Sequence[Path], port: int, say: Callable[[str], None]
) -> Iterator[tuple[Playground, subprocess.Popen[bytes]]]:
    """A workspace with the bot connected to it, over documents (the samples if none are given) in a directory that
    ends with the block. `say` is told what is going on. Raises OperationFailed."""
    with tempfile.TemporaryDirectory(prefix="footnote-play-") as home:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SLACK_")}
        environment |= {
            "FOOTNOTE_HOME": home,
            "DATABASE_URL": "",
            "WORK_DATABASE_URL": "",
            "CHROMA_URL": "",
            "PORT": "",
        }
        _link_models(settings, Path(home))
        slack = Playground(Manifest.of(manifest()), page=True, port=port, rate_limits=True)
        try:
            slack.start()
        except OSError as error:
            raise OperationFailed(
                f"Port {port} cannot be opened ({error.strerror}). Something else uses it: try --port {port + 1}, or "
                "--port 0 for any free one."
            ) from error
        try:
            _ingest(documents or samples.documents(), environment, say)
            environment |= slack.environment | {"FOOTNOTE_ADMINS": slack.workspace.admin.id, "SLACK_SIGNING_SECRET": ""}
            with _bot(environment, Path(home) / "bot.log", slack, say) as bot:
                yield slack, bot
        finally:
            slack.stop()


def _ingest(documents: Sequence[Path], environment: dict[str, str], say: Callable[[str], None]) -> None:
    say("Ingesting the documents")
    command = [sys.executable, "-m", "footnote.cli", "ingest", *map(str, documents)]
    ingested = subprocess.Popen(command, env=environment, start_new_session=True)  # noqa: S603  our own command
    try:
        ingested.wait()
    finally:
        ingested.terminate()
        ingested.wait()


@contextmanager
def _bot(
    environment: dict[str, str], log: Path, slack: Playground, say: Callable[[str], None]
) -> Iterator[subprocess.Popen[bytes]]:
    """`footnote serve` in a session of its own, so that Ctrl-C reaches it through us alone."""
    say("Starting the bot")
    command = [sys.executable, "-m", "footnote.cli", "serve"]
    with log.open("wb") as written:
        bot = subprocess.Popen(  # noqa: S603  our own command
            command, env=environment, stdout=written, stderr=written, start_new_session=True
        )
        try:
            _await(slack, bot)
            yield bot
        except OperationFailed:
            say("\n".join(log.read_text("utf-8", "replace").splitlines()[-_LOG_LINES:]))
            raise
        finally:
            bot.send_signal(signal.SIGTERM)
            try:
                bot.wait(30)
            except subprocess.TimeoutExpired:
                bot.kill()
                bot.wait()


def _await(slack: Playground, bot: subprocess.Popen[bytes]) -> None:
    """Until the bot is connected. Raises OperationFailed when it ended, or does not come."""
    latest = time.monotonic() + _START_SECONDS
    while not slack.connections:
        if bot.poll() is not None or time.monotonic() > latest:
            raise OperationFailed("The bot did not start; the last lines of its log stand above.")
        time.sleep(0.1)


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


def _has_screen() -> bool:
    """Whether a page opened here is seen: not over a pipe, and not where only a browser of text could show it."""
    graphical = sys.platform in ("darwin", "win32") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    return sys.stdout.isatty() and graphical


def _link_models(settings: Settings, home: Path) -> None:
    """The embedder's graph is built once for all data directories of this user."""
    models = settings.home / "models"
    models.mkdir(parents=True, exist_ok=True)
    (home / "models").symlink_to(models, target_is_directory=True)
