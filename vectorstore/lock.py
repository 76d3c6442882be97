"""One owner per data directory: two processes on one Chroma or tantivy folder destroy it."""

from __future__ import annotations

import fcntl
import os
import sys
from pathlib import Path

from vectorstore.errors import StoreLocked


class OwnerLock:
    """Held until `release` or the end of the process, however it ends. Raises StoreLocked, naming the holder."""

    def __init__(self, home: Path) -> None:
        self._file = (home / "lock").open("a+", encoding="utf-8")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._file.seek(0)
            holder = self._file.read().strip() or "another process"
            self._file.close()
            raise StoreLocked(
                f"{home} is in use by {holder}. Wait for it, stop it, or set FOOTNOTE_HOME to another directory."
            ) from error
        self._file.truncate(0)
        command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:2]])
        self._file.write(f"process {os.getpid()} ({command[:80]})\n")
        self._file.flush()

    def release(self) -> None:
        if not self._file.closed:
            self._file.truncate(0)
            self._file.close()
