"""Figures over measured times, and what processes use (Linux: proc(5))."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` percent of `values` (at least one) do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * int(share) // 100) - 1)]


def processor_seconds(pid: int) -> float:
    """What a process that runs has used, in its own code and the system's."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_megabytes() -> float:
    """Most resident memory of this process and of those it started and that still run, added up.

    Not by getrusage: a child's figure there begins with its parent's, from before it became another program.
    """
    me = str(os.getpid())
    told = [dict(_lines(status)) for status in Path("/proc").glob("[0-9]*/status")]
    ours = [each for each in told if me in (each.get("Pid"), each.get("PPid")) and "VmHWM" in each]
    return sum(int(each["VmHWM"].split()[0]) for each in ours) / 1024


def _lines(status: Path) -> list[tuple[str, str]]:
    with suppress(OSError):  # it has ended
        lines = status.read_text(encoding="utf-8").splitlines()
        return [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    return []
