"""What a person can quote and an operator can find: short references, and where an error arose."""

from __future__ import annotations

import base64
import hashlib
import traceback
from pathlib import Path


def reference_of(request_id: str) -> str:
    """A short id to say on the telephone; equal for equal requests."""
    return "F-" + base64.b32encode(hashlib.sha256(request_id.encode()).digest())[:6].decode()


def place_of(error: BaseException) -> str:
    """The error's type and where it arose: never its message, which may hold what was asked."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    return f"{type(error).__name__} at {where}"
