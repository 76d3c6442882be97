"""What Office documents and PDFs say about themselves, without what programs write there by themselves.

The day a file was made is not taken for the day its text was published: a template's or a scan's has nothing to do with it.
"""

from __future__ import annotations

import re
import zipfile

from ingest.archive import read_member
from ingest.loaders.xml import parse_xml
from ingest.metadata import Metadata

_PROGRAM_TITLE = re.compile(
    r"(?:microsoft (?:word|powerpoint|excel)\b.*|powerpoint presentation|presentation\d*|document\d*|book\d*"
    r"|untitled.*|\(anonymous\)|unspecified|slide 1"
    r"|.*\.(?:docx?|pptx?|xlsx?|pdf|indd|tex|dvi|ps|rtf|odt|qxd|html?))",
    re.IGNORECASE,
)
_PROGRAM_AUTHOR = re.compile(
    r"(?:python-docx|openpyxl|xlsxwriter|anonymous|\(anonymous\)|unspecified|unknown|admin(?:istrator)?|user|owner"
    r"|microsoft office user|apache poi|author|root)",
    re.IGNORECASE,
)


def written_title(value: str | None) -> str | None:
    """A title that a person wrote, or None."""
    text = " ".join((value or "").split())
    return None if not text or _PROGRAM_TITLE.fullmatch(text) else text


def written_author(value: str | None) -> str | None:
    """An author that a person entered, or None."""
    text = " ".join((value or "").split())
    return None if not text or _PROGRAM_AUTHOR.fullmatch(text) else text


def core_metadata(archive: zipfile.ZipFile) -> Metadata:
    """From `docProps/core.xml` (Dublin Core)."""
    if "docProps/core.xml" not in archive.namelist():
        return Metadata()
    properties = parse_xml(read_member(archive, "docProps/core.xml"))

    def first(name: str) -> str | None:
        element = next(properties.iter(f"{{*}}{name}"), None)
        return element.text if element is not None else None

    language = (first("language") or "")[:2].lower()
    return Metadata(
        title=written_title(first("title")),
        author=written_author(first("creator")),
        language=language if len(language) == 2 and language.isalpha() else None,
    )
