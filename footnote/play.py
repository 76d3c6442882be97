"""`footnote play`: the bot against a stand-in for Slack, to try it in the browser without a workspace and without tokens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

import samples
from footnote.control import OperationFailed
from footnote.settings import Settings
from playground.server import Playground

MANIFEST = Path(__file__).resolve().parents[1] / "slack-manifest.yaml"
_START_SECONDS = 90


def run(settings: Settings, documents: Sequence[Path], port: int) -> None:
    """Serve until Ctrl-C. The documents go into a data directory that ends with the playground."""
    console = Console()
    with tempfile.TemporaryDirectory(prefix="footnote-play-") as home:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SLACK_")}
        environment |= {"FOOTNOTE_HOME": home, "DATABASE_URL": "", "WORK_DATABASE_URL": "", "CHROMA_URL": ""}
        _link_models(settings, Path(home))
        console.print("Ingesting the documents")
        paths = [str(path) for path in documents or samples.documents()]
        subprocess.run([sys.executable, "-m", "footnote.cli", "ingest", *paths], env=environment, check=False)  # noqa: S603
        with Playground.running(MANIFEST, page=True, port=port, rate_limits=True) as slack:
            admin = slack.workspace.admin.id
            environment |= slack.environment | {"FOOTNOTE_ADMINS": admin, "SLACK_SIGNING_SECRET": ""}
            bot = subprocess.Popen([sys.executable, "-m", "footnote.cli", "serve"], env=environment)
            try:
                slack.wait_for(lambda: slack.connections or bot.poll() is not None, timeout=_START_SECONDS)
                if bot.poll() is not None:
                    raise OperationFailed("The bot did not start; what it said stands above.")
                console.print(f"\nOpen {slack.url} and ask something. Ctrl-C ends it.")
                bot.wait()
            except KeyboardInterrupt:
                console.print("Ending.")
            finally:
                bot.send_signal(signal.SIGTERM)
                bot.wait(30)


def _link_models(settings: Settings, home: Path) -> None:
    """The embedder's graph is built once for all data directories of this user."""
    models = settings.home / "models"
    models.mkdir(parents=True, exist_ok=True)
    (home / "models").symlink_to(models, target_is_directory=True)
