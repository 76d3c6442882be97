"""Eight short documents on one invented story, for `footnote demo` and for trying things out; see README.md beside them."""

from __future__ import annotations

from pathlib import Path


def folder() -> Path:
    """Where the documents are, in a checkout and when installed; this folder holds other files too, see `documents`."""
    return Path(__file__).resolve().parent


def documents() -> tuple[Path, ...]:
    """The documents themselves, in the order of the story."""
    return tuple(path for path in sorted(folder().iterdir()) if path.name[:2].isdigit())
