"""E-books (EPUB 2 and 3): the chapters in reading order."""

from __future__ import annotations

import posixpath
import zipfile
from urllib.parse import unquote

from lxml import etree

from ingest.archive import open_archive, read_member
from ingest.blocks import Block, Loaded
from ingest.dates import read_date
from ingest.encoding import decode
from ingest.errors import ParseRefused
from ingest.loaders.html import blocks_of_markup
from ingest.loaders.xml import parse_xml
from ingest.metadata import Metadata

_CONTAINER = "META-INF/container.xml"


def load_epub(data: bytes, _charset: str | None = None, _url: str | None = None) -> Loaded:
    with open_archive(data) as archive:
        package_path = _package_path(archive)
        package = parse_xml(read_member(archive, package_path))
        blocks: list[Block] = []
        for chapter in _chapters(package, posixpath.dirname(package_path)):
            if chapter in archive.namelist():
                blocks += blocks_of_markup(decode(read_member(archive, chapter)))
    return Loaded(tuple(blocks), _metadata(package))


def _package_path(archive: zipfile.ZipFile) -> str:
    root = next(_named(parse_xml(read_member(archive, _CONTAINER)), "rootfile"), None)
    path = root.get("full-path") if root is not None else None
    if not path:
        raise ParseRefused("book_without_text")
    return str(path)


def _chapters(package: etree._Element, folder: str) -> list[str]:
    """The paths of the chapters inside the archive, in reading order."""
    files = {item.get("id"): item for item in _named(package, "item") if "html" in (item.get("media-type") or "")}
    order = [
        files[reference.get("idref")] for reference in _named(package, "itemref") if reference.get("idref") in files
    ]
    names = [unquote(item.get("href") or "") for item in order if "nav" not in (item.get("properties") or "").split()]
    return [posixpath.normpath(posixpath.join(folder, name)) for name in names]


def _metadata(package: etree._Element) -> Metadata:
    def first(name: str) -> str | None:
        element = next(_named(package, name), None)
        return " ".join((element.text or "").split()) or None if element is not None else None

    language = (first("language") or "")[:2].lower()
    return Metadata(
        title=first("title"),
        author=first("creator"),
        publisher=first("publisher"),
        published=read_date(first("date") or ""),
        language=language if len(language) == 2 and language.isalpha() else None,
    )


def _named(tree: etree._Element, name: str) -> etree._ElementIterator:
    return tree.iter(f"{{*}}{name}")
