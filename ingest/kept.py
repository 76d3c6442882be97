"""Files that were handed over and are kept, so that they can be read again: by their content, with what they were called."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ingest.find import Unparsed
from ingest.kinds import EXTENSIONS


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a kept file."""

    name: str
    """As its sender calls it."""
    url: str | None
    """Where a reader can open it."""
    origin: str | None = None
    """What names it where it came from."""


class KeptFiles:
    """The folder of kept files. No part of a name comes from whoever sent the file, but an ending that Footnote knows."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.read_again: Callable[[str], bytes | None] = lambda _origin: None
        """What the origin holds now; None where it cannot be asked."""

    def keep(self, data: bytes, about: About) -> Path:
        """Where the file is kept; the same bytes are kept once, under what they were called last."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        ending = "." + about.name.lower().rpartition(".")[2]
        path = self._folder / (hashlib.sha256(data).hexdigest()[:40] + (ending if ending in EXTENSIONS else ""))
        _write(path, data)
        _write(_beside(path), json.dumps(asdict(about)).encode())
        return path

    def about(self, location: str) -> About | None:
        """None for what is not kept here."""
        path = Path(location)
        if path.parent != self._folder:
            return None
        try:
            return About(**json.loads(_beside(path).read_bytes()))
        except (OSError, ValueError, TypeError):
            return None

    def refresh(self, location: str) -> None:
        """Take what the origin holds now in the place of the copy; the copy stays where there is nothing to be had."""
        about = self.about(location)
        now = self.read_again(about.origin) if about and about.origin else None
        if now and now != Path(location).read_bytes():
            _write(Path(location), now)

    def described(self, location: str, unparsed: Unparsed) -> Unparsed:
        """A file that was read, under the name and the address it was handed over with."""
        about = self.about(location)
        return replace(unparsed, name=about.name, url=about.url) if about else unparsed

    def forget(self, location: str) -> None:
        path = Path(location)
        if path.parent == self._folder:
            path.unlink(missing_ok=True)
            _beside(path).unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".about")


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, whatever dies."""
    partial = path.with_name(path.name + ".partial")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
