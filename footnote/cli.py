"""The console script `footnote`. The commands are in `footnote/commands/`."""

from __future__ import annotations

import sys


def main() -> None:
    """Ctrl-C is told as such from the beginning: what is imported for the commands takes a second and more."""
    try:
        from footnote.commands.app import run

        run()
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)  # noqa: T201
        sys.exit(130)


if __name__ == "__main__":
    main()
