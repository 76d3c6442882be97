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
        raise ParseRefused("archive_damaged") from error
    if len(entries) > MAX_ENTRIES:
        raise ParseRefused("too_many_parts", parts=len(entries), most=MAX_ENTRIES)
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED:
        raise ParseRefused("unpacks_to_too_much", bytes=unpacked, most=MAX_UNPACKED)
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > _LARGE and unpacked > MAX_RATIO * max(packed, 1):
        raise ParseRefused("unpacks_hundredfold")
    for entry in entries:
        if entry.flag_bits & 1:
            raise ParseRefused("document_protected")
        if entry.file_size > _LARGE and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise ParseRefused("part_unpacks_hundredfold")
        if entry.filename.lower().endswith(_NESTED):
            raise ParseRefused("archive_inside")
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
        raise ParseRefused("part_damaged") from error
