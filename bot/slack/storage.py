"""How much of the disk the data directory takes."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def stored_bytes(directory: Path) -> int:
    """Of all files below it; what vanishes while they are counted does not count."""
    total = 0
    for path in directory.rglob("*"):
        with suppress(OSError):
            total += path.stat().st_size if path.is_file() and not path.is_symlink() else 0
    return total
