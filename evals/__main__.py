"""`python -m evals`: every measurement on the data sets of FOOTNOTE_SHARED (default ../shared), saying what it skips.

Takes about an hour on two cores; each measurement also runs alone, see evals/README.md.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_BEIR = ("corpus.jsonl", "queries.jsonl", "qrels.tsv")
_NEEDS = {
    "retrieval": (_BEIR, "queries.jsonl", '"text"', True),
    "abstention": (("qa*.jsonl",), "qa*.jsonl", '"claim"', False),
    "support": (("qa*.jsonl",), "qa*.jsonl", '"claim"', True),
    "sentences": (("qa.jsonl",), "qa.jsonl", '"sentences"', True),
    "answers": (("qa*.jsonl",), "qa*.jsonl", '"claim"', False),
    "lies": (("qa*.jsonl",), "qa*.jsonl", '"claim"', False),
    "followup": (_BEIR, "queries.jsonl", '"history"', True),
}
"""The files a set must hold for a measurement, and what the rows of one of them must have or must not have."""


def main() -> int:
    sets = Path(os.environ.get("FOOTNOTE_SHARED", "../shared")) / "eval"
    folders = sorted(path for path in sets.iterdir() if path.is_dir()) if sets.is_dir() else []
    if not folders:
        print(f"Skipped: there are no data sets in {sets}. FOOTNOTE_SHARED names the folder that holds eval/.")
    failed = [name for name in _NEEDS if not _run(name, [str(one) for one in folders if _suits(name, one)])]
    failed += [] if _run("speed", None) else ["speed"]
    print(f"Failed: {', '.join(failed)}" if failed else "All measurements ran.")
    return 1 if failed else 0


def _suits(name: str, folder: Path) -> bool:
    needed, looked_into, mark, wanted = _NEEDS[name]
    if not all(any(folder.glob(pattern)) for pattern in needed):
        return False
    with min(folder.glob(looked_into)).open(encoding="utf-8") as lines:
        return (mark in lines.readline()) == wanted


def _run(name: str, folders: list[str] | None) -> bool:
    print(f"== {name}", flush=True)
    if folders == []:
        print("Skipped: no set holds what it needs.")
        return True
    return subprocess.run([sys.executable, "-m", f"evals.{name}", *(folders or [])], check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
