"""What kind of document some bytes are: by what they begin with, then by what they are called."""

from __future__ import annotations

import re
from typing import Literal

from ingest.archive import members
from ingest.errors import ParseRefused
from vectorstore.reasons import Reason

Kind = Literal[
    "text", "markdown", "html", "pdf", "docx", "pptx", "xlsx", "csv", "epub", "eml", "feed", "sitemap", "sitemapindex"
]

MEDIA_TYPES: dict[Kind, str] = {
    "text": "text/plain",
    "markdown": "text/markdown",
    "html": "text/html",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "epub": "application/epub+zip",
    "eml": "message/rfc822",
    "feed": "application/rss+xml",
    "sitemap": "application/xml",
    "sitemapindex": "application/sitemap-index+xml",
}
LISTINGS: frozenset[Kind] = frozenset({"feed", "sitemap", "sitemapindex"})
"""Kinds that hold addresses of documents instead of text; told by their root element alone."""
EXTENSIONS: dict[str, Kind] = {
    ".txt": "text", ".text": "text", ".log": "text", ".rst": "text", ".md": "markdown", ".markdown": "markdown",
    ".html": "html", ".htm": "html", ".xhtml": "html", ".pdf": "pdf", ".docx": "docx", ".pptx": "pptx", ".xlsx": "xlsx",
    ".csv": "csv", ".tsv": "csv", ".epub": "epub", ".eml": "eml",
}  # fmt: skip
"""The files a folder is searched for."""

READABLE = Reason("what_is_read")

_BY_MEDIA_TYPE: dict[str, Kind] = {
    media_type: kind for kind, media_type in MEDIA_TYPES.items() if kind not in LISTINGS
} | {
    "application/xhtml+xml": "html",
    "application/x-pdf": "pdf",
    "text/x-markdown": "markdown",
    "text/tab-separated-values": "csv",
}
_INSIDE: tuple[tuple[str, Kind], ...] = (
    ("word/document.xml", "docx"),
    ("ppt/presentation.xml", "pptx"),
    ("xl/workbook.xml", "xlsx"),
    ("META-INF/container.xml", "epub"),
)
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "what_old_office"),
    (b"\x1f\x8b", "what_gzip"),
    (b"Rar!", "what_rar"),
    (b"7z\xbc\xaf", "what_7zip"),
    (b"\x89PNG", "what_picture"),
    (b"\xff\xd8\xff", "what_picture"),
    (b"GIF8", "what_picture"),
    (b"RIFF", "what_media"),
    (b"ID3", "what_sound"),
    (b"\x7fELF", "what_program"),
    (b"MZ\x90\x00", "what_program"),
    (b"SQLite format 3", "what_database"),
    (b"{\\rtf", "what_rtf"),
)
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html[\s>]|head[\s>]|body[\s>])",
    re.IGNORECASE | re.DOTALL,
)
_ROOT = re.compile(
    rb"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^>\[]*>\s*)*<(?:\w+:)?(rss|feed|RDF|urlset|sitemapindex)[\s>]",
    re.DOTALL,
)
_XML = re.compile(rb"\s*<(?:\?xml|rss|feed|rdf:RDF|svg[\s>]|!DOCTYPE|!ENTITY)", re.IGNORECASE)


def kind_of(data: bytes, name: str, media_type: str | None = None) -> Kind:
    """The kind of document `data` is, whatever it is called; raises ParseRefused where Footnote reads no such thing."""
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise ParseRefused("document_empty")
    extension = "." + name.lower().rpartition(".")[2]
    promised = _BY_MEDIA_TYPE.get(_bare(media_type)) or EXTENSIONS.get(extension)
    found = _by_beginning(data)
    if found:
        return found
    if promised in ("pdf", "docx", "pptx", "xlsx", "epub"):
        raise ParseRefused("other_content", kind=promised.upper())
    root = _ROOT.match(data[:8000].removeprefix(b"\xef\xbb\xbf"))
    if root and promised != "markdown":
        roots: dict[bytes, Kind] = {b"urlset": "sitemap", b"sitemapindex": "sitemapindex"}
        return roots.get(root[1], "feed")
    if promised == "html" or (promised is None and _HTML.match(data[:4000])):
        return "html"
    if promised in (None, "text") and _HTML.match(data[:4000]):
        return "html"
    if _XML.match(data[:1000]) and promised in (None, "text"):
        raise ParseRefused("other_xml", readable=READABLE)
    if promised == "text" and extension in (".md", ".markdown", ".csv", ".tsv", ".eml"):
        return EXTENSIONS[extension]
    return promised or "text"


def charset_of(media_type: str | None) -> str | None:
    """The charset a media type names: `text/html; charset=koi8-r`."""
    match = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", media_type or "", re.IGNORECASE)
    return match.group(1) if match else None


def _bare(media_type: str | None) -> str:
    return (media_type or "").partition(";")[0].strip().lower()


def _by_beginning(data: bytes) -> Kind | None:
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        names = members(data)
        for name, kind in _INSIDE:
            if name in names:
                return kind
        raise ParseRefused("zip_archive", readable=READABLE)
    for beginning, what in _OTHERS:
        if data.startswith(beginning):
            raise ParseRefused("other_kind", what=Reason(what), readable=READABLE)
    return None
