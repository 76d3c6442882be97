"""`python -m evals`: every measurement on the data sets of FOOTNOTE_SHARED (default ../shared), saying what it skips.

Takes about an hour on two cores; each measurement also runs alone, see evals/README.md.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_BY_FILE = {
    "retrieval": ("corpus.jsonl", "queries.jsonl", "qrels.tsv"),
    "abstention": ("qa*.jsonl",),
    "support": ("qa*.jsonl",),
    "answers": ("qa*.jsonl",),
    "followup": ("corpus.jsonl", "queries.jsonl", "qrels.tsv"),
}
"""What a set must hold for a measurement."""
_CLAIMS = '"claim"'
_HISTORY = '"history"'


def main() -> int:
    sets = Path(os.environ.get("FOOTNOTE_SHARED", "../shared")) / "eval"
    folders = sorted(path for path in sets.iterdir() if path.is_dir()) if sets.is_dir() else []
    if not folders:
        print(f"Skipped: there are no data sets in {sets}. FOOTNOTE_SHARED names the folder that holds eval/.")
    failed = [name for name in _BY_FILE if not _run(name, [str(one) for one in folders if _suits(name, one)])]
    failed += [] if _run("speed", None) else ["speed"]
    print(f"Failed: {', '.join(failed)}" if failed else "All measurements ran.")
    return 1 if failed else 0


def _suits(name: str, folder: Path) -> bool:
    files = [next(iter(sorted(folder.glob(pattern))), None) for pattern in _BY_FILE[name]]
    if not all(files):
        return False
    with files[-1 if name == "support" else min(1, len(files) - 1)].open(encoding="utf-8") as lines:  # type: ignore[union-attr]
        first = lines.readline()
    has_claims, has_history = _CLAIMS in first, _HISTORY in first
    return {
        "support": has_claims,
        "followup": has_history,
        "answers": not has_claims,
        "abstention": not has_claims,
    }.get(name, True)


def _run(name: str, folders: list[str] | None) -> bool:
    print(f"== {name}", flush=True)
    if folders == []:
        print("Skipped: no set holds what it needs.")
        return True
    return subprocess.run([sys.executable, "-m", f"evals.{name}", *(folders or [])], check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
