"""`python -m ingest FILE_FOLDER_OR_URL …`: the plain ingestion script, the same as `footnote ingest`."""

import sys

from footnote.cli import main

if __name__ == "__main__":
    sys.argv[1:1] = ["ingest"]
    main()
