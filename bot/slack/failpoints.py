"""Named points at which a test may kill the process; in production none is named, and nothing happens."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

Failpoint = Callable[[str], None]


def killing_at(chosen: str) -> Failpoint:
    """A failpoint that kills this process, as a power cut would, when it passes the point called `chosen`."""

    def pass_by(name: str) -> None:
        if name == chosen:
            os.kill(os.getpid(), signal.SIGKILL)

    return pass_by
