"""The values that flow through Footnote, from a source to the passage that proves a sentence.

Offsets count Unicode code points in `Version.text`; a chunk or a quote is always `version.text[start:end]`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime

WORKSPACE = "workspace"
"""The scope every full member of the workspace may read. The others: `channel:C…`, `user:U…`, `admin`, `thread:C…-<ts>`."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where documents come from, who may read them and how they are kept fresh."""

    id: str
    location: str
    """An absolute path or an http(s) URL."""
    scope: str = WORKSPACE
    added_by: str | None = None
    """A Slack user id, or None when it was added on the command line."""
    added_at: datetime | None = None
    kind: str | None = None
    """`feed` or `sitemap` where it lists its documents, else None."""


@dataclass(frozen=True, slots=True)
class Document:
    """One readable thing of a source: a file, a page. Its text lives in its versions."""

    id: str
    source_id: str
    location: str
    """An absolute path or an http(s) URL; equals the source's for a source of one document."""
    scope: str = WORKSPACE


@dataclass(frozen=True, slots=True)
class Version:
    """One fetched state of a document."""

    id: str
    document_id: str
    text: str
    """What a reader would read: no navigation, advertisement or repeated headline."""
    title: str
    url: str | None = None
    """Where a reader can open it; None for a file that has no public address."""
    publisher: str | None = None
    author: str | None = None
    published: date | None = None
    language: str | None = None
    """ISO 639-1, or None where it could not be told."""
    media_type: str = "text/plain"
    fingerprint: str = ""
    """SHA-256 of the text and the metadata a reader sees: equal means nothing to do."""
    fetched_at: datetime | None = None
    pages: tuple[int, ...] = ()
    """Offsets at which pages begin (page 1 first); empty where the format has no pages."""

    def page_at(self, offset: int) -> int | None:
        """The number (from 1) of the page that holds `offset`, or None where there are no pages."""
        earlier = [number for number, start in enumerate(self.pages, 1) if start <= offset]
        return earlier[-1] if earlier else None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of a version that is embedded and searched as one: `text == version.text[start:end]`."""

    id: str
    version_id: str
    ordinal: int
    start: int
    end: int
    text: str
    heading: str = ""
    """The headings above it, outermost first, joined by " > "; empty where there are none."""


@dataclass(frozen=True, slots=True)
class Scores:
    """How a passage was found. Higher is better in all of them."""

    fused: float
    """What passages are ranked by; comparable within one search only."""
    cosine: float
    """Cosine similarity of question and chunk, in [-1, 1]."""
    bm25: float
    """BM25 of the chunk, 0 where no word of the question occurs in it; unbounded above."""
    relevance: float | None = None
    """What a reranker made of question and chunk, comparable within one search only; None where none did."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk that was found, with the version it belongs to."""

    chunk: Chunk
    version: Version
    document: Document
    scores: Scores
    duplicates: tuple[Version, ...] = field(default=())
    """Versions of other documents that carry the same passage (wire copies); collapsed into this one."""

    @property
    def text(self) -> str:
        return self.chunk.text


def content_id(prefix: str, *parts: object) -> str:
    """An id that derives from content: the same parts give the same id, so doing a thing twice changes nothing."""
    return prefix + hashlib.sha256("\x1f".join(map(str, parts)).encode(errors="surrogatepass")).hexdigest()[:20]
