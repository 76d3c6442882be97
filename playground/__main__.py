"""Run the stand-in as a process: `python -m playground --port 8765 --manifest slack-manifest.yaml`."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from playground.server import Playground


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m playground", description="A Slack workspace on loopback.")
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--manifest", type=Path, default=Path("slack-manifest.yaml"))
    parser.add_argument("--http-events-url", help="deliver signed HTTP here instead of over Socket Mode")
    parser.add_argument("--no-rate-limits", action="store_true", help="do not enforce Slack's rate tiers")
    options = parser.parse_args()
    playground = Playground(
        options.manifest,
        port=options.port,
        http_events_url=options.http_events_url,
        rate_limits=not options.no_rate_limits,
        page=True,
    )
    stopping = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, stopping)  # before any thread starts: they inherit it
    try:
        playground.start()
    except OSError as error:
        parser.exit(1, f"Port {options.port} cannot be opened ({error.strerror}); choose another with --port.\n")
    lines = [f"{name}={value}" for name, value in playground.environment.items()]
    sys.stdout.write("\n".join([f"# The workspace is at {playground.url}", *lines, ""]))
    sys.stdout.flush()
    signal.sigwait(stopping)
    playground.stop()


if __name__ == "__main__":
    main()
