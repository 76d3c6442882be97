"""Which documents a location holds, and their bytes: a file, a folder's files, or a web address."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urldefrag

from ingest.errors import FetchFailed, SourceError
from ingest.fetch import fetch
from ingest.parse import MAX_BYTES, too_many_bytes
from vectorstore.catalog import Known
from vectorstore.reasons import Reason

PARSER = "2"
"""Part of every data fingerprint: the next number makes unchanged bytes be parsed again by better loaders."""


class NothingThere(SourceError):
    """There is no file, folder or page at a location."""


@dataclass(frozen=True, slots=True)
class Found:
    """The documents of a source."""

    location: str
    """Of the source: an absolute path or a web address without fragment."""
    documents: tuple[str, ...]
    kind: str | None = None
    """`feed` or `sitemap` where it lists its documents."""
    unparsed: Mapping[str, Unparsed] = field(default_factory=dict)
    """Bytes that are here already, by the document's location."""
    troubles: tuple[tuple[str, Reason], ...] = ()
    """(address, reason) of parts of a listing that could not be read."""
    moved_to: str | None = None
    """Where a listing moved for good, as its server says."""


@dataclass(frozen=True, slots=True)
class Unparsed:
    """A document's bytes, with what the next look needs to find it unchanged."""

    data: bytes = field(repr=False)
    name: str
    media_type: str | None
    url: str | None
    """Where a reader finds it; None for a file."""
    fingerprint: str
    etag: str | None = None
    last_modified: str | None = None
    moved_to: str | None = None
    """Where its address moved for good, as its server says; None where it did not."""


@dataclass(frozen=True, slots=True)
class Unmodified:
    """What a server says of a document that did not change since the last look."""

    moved_to: str | None = None
    """As that of `Unparsed`."""


def is_web(location: str) -> bool:
    return location.lower().startswith(("http://", "https://"))


def find(location: str) -> Found:
    """Raises NothingThere."""
    location = location.strip()
    if not location:
        raise NothingThere("nothing_named")
    if is_web(location):
        address = urldefrag(location).url
        return Found(address, (address,))
    try:
        path = Path(os.path.expanduser(location)).absolute()  # noqa: PTH111 - Path's raises for ~nobody
        if path.is_dir():
            return Found(str(path), tuple(_readable(file) for file in _files(path)))
        if path.is_file():
            return Found(_readable(path), (_readable(path),))
    except (OSError, ValueError) as error:
        raise NothingThere("cannot_be_opened", location=location[:200], why=_why(error)) from error
    if "://" in location:
        raise NothingThere("other_scheme", location=location[:200])
    raise NothingThere("no_such_path", location=location[:200])


def _files(folder: Path) -> Iterator[Path]:
    """Visible files below a folder in a stable order; links that lead out of it and hidden files are not followed."""
    home = folder.resolve()
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).parts
        hidden = any(part.startswith((".", "~$")) or part == "__pycache__" for part in inside)
        if not hidden and path.is_file() and path.resolve().is_relative_to(home):
            yield path


def _readable(path: Path) -> str:
    """The path as text. A name that is none in UTF-8 becomes one that is not there: `_file` says so."""
    return os.fsencode(path).decode(errors="replace")


def read(
    location: str, known: Known | None, *, allow_private: bool, moved_to: str | None = None
) -> Unparsed | Unmodified:
    """The bytes at a document's location, if they are not those of the last look. `moved_to`: what a server said of it before.

    Raises SourceError.
    """
    if not is_web(location):
        return _file(Path(location))
    if moved_to is None:
        return _page(location, known, allow_private)
    try:
        page = _page(moved_to, known, allow_private)
    except SourceError:
        return _page(location, known, allow_private)  # it may have moved back, or on
    further = page.moved_to or moved_to
    return replace(page, moved_to=further if further != location else None)


def _file(path: Path) -> Unparsed:
    if "\ufffd" in path.name and not path.exists():
        raise NothingThere("name_not_text", name=path.name)
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise too_many_bytes(size)
        data = path.read_bytes()
    except OSError as error:
        raise NothingThere("cannot_be_read", name=path.name, why=_why(error)) from error
    if not data:
        raise NothingThere("file_empty")
    return Unparsed(data, path.name, None, None, fingerprint_of(data))


def _page(address: str, known: Known | None, allow_private: bool) -> Unparsed | Unmodified:
    stored = known if known and known.current_version else None  # else unchanged is not enough: it is not there
    same_parser = stored is not None and (stored.data_fingerprint or "").startswith(f"{PARSER}:")
    fetched = fetch(
        address,
        etag=stored.etag if stored and same_parser else None,
        last_modified=stored.last_modified if stored and same_parser else None,
        allow_private=allow_private,
    )
    moved_to = urldefrag(fetched.moved_to).url if fetched.moved_to else None
    if fetched.not_modified:
        return Unmodified(moved_to)
    if not fetched.data:
        raise FetchFailed("page_empty")
    return Unparsed(
        fetched.data,
        fetched.url,
        fetched.content_type,
        fetched.url,
        fingerprint_of(fetched.data),
        fetched.etag,
        fetched.last_modified,
        moved_to,
    )


def fingerprint_of(data: bytes) -> str:
    return f"{PARSER}:{hashlib.sha256(data).hexdigest()}"


def _why(error: Exception) -> Reason:
    if not isinstance(error, OSError):
        return Reason("why_not_a_path")
    key = _WHY.get(error.errno or 0)
    return Reason(key) if key else Reason("why_system", {"code": errno.errorcode.get(error.errno or 0, "?")})


_WHY = {
    errno.ENOENT: "why_not_there",
    errno.EACCES: "why_not_permitted",
    errno.EPERM: "why_not_permitted",
    errno.ENAMETOOLONG: "why_name_too_long",
    errno.ELOOP: "why_leads_in_circles",
}
