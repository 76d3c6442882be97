"""`python -m vectorstore.probe FOLDER`: open a Chroma folder and search every collection once; exit 0 when all of it holds.

Run as a child process, because a damaged index can end the process that opens it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from vectorstore.vectors import VectorIndex


def main() -> int:
    VectorIndex(Path(sys.argv[1])).search_everywhere()
    return 0


if __name__ == "__main__":
    sys.exit(main())
