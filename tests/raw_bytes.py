"""Looking for a word in the raw bytes of files, in every encoding that texts are kept in."""

from __future__ import annotations

import base64
from pathlib import Path


def holders(folder: Path, word: str) -> list[str]:
    """The files below `folder` that hold the word, whatever the case."""
    needles = [word.lower().encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
    packed = _in_base64(word.encode())
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    read = ((str(path.relative_to(folder)), path.read_bytes()) for path in files)
    return [name for name, data in read if any(n in data.lower() for n in needles) or any(n in data for n in packed)]


def _in_base64(word: bytes) -> list[bytes]:
    """How the word looks in base64 behind any number of other bytes: without the characters it shares with its neighbours."""
    return [base64.b64encode(bytes(before) + word)[-(-before * 8 // 6) : -4] for before in range(3)]
