"""ZIP archives (Office documents and e-books are such) are looked over before anything in them is unpacked."""

from __future__ import annotations

import io
import zipfile
import zlib

from ingest.errors import ParseRefused

MAX_ENTRIES = 10_000
MAX_UNPACKED = 200_000_000
"""Bytes, of all entries together."""
MAX_RATIO = 100
"""Unpacked bytes to packed, of the whole archive and of every entry above a megabyte."""
_LARGE = 1_000_000
_NESTED = (".zip", ".gz", ".bz2", ".xz", ".7z", ".rar", ".tar", ".tgz", ".jar")


def open_archive(data: bytes) -> zipfile.ZipFile:
    """The archive, safe to unpack; raises ParseRefused for a broken one, a bomb, an encrypted one, one with archives inside."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
        raise ParseRefused("The document is damaged: it cannot be unpacked. Save it again and add it.") from error
    if len(entries) > MAX_ENTRIES:
        raise ParseRefused(f"The document has {len(entries):,} parts inside; Footnote unpacks at most {MAX_ENTRIES:,}.")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED:
        raise ParseRefused(f"The document unpacks to {unpacked:,} bytes; Footnote unpacks at most {MAX_UNPACKED:,}.")
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > _LARGE and unpacked > MAX_RATIO * max(packed, 1):
        raise ParseRefused("The document unpacks to more than a hundred times its size, so it is not unpacked.")
    for entry in entries:
        if entry.flag_bits & 1:
            raise ParseRefused("The document is protected with a password. Remove the password and add it again.")
        if entry.file_size > _LARGE and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise ParseRefused(
                "A part of the document unpacks to more than a hundred times its size, so it is not unpacked."
            )
        if entry.filename.lower().endswith(_NESTED):
            raise ParseRefused("The document has an archive inside. Unpack it and add the files.")
    return archive


def members(data: bytes) -> frozenset[str]:
    """The names of the entries of an archive that was looked over."""
    with open_archive(data) as archive:
        return frozenset(archive.namelist())


def read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    """The bytes of one entry, at most what its directory entry promised; raises ParseRefused where it is damaged."""
    try:
        with archive.open(name) as member:
            return member.read(MAX_UNPACKED)
    except (
        KeyError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise ParseRefused(
            "The document is damaged: a part of it cannot be unpacked. Save it again and add it."
        ) from error
