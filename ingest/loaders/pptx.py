"""Presentations (ECMA-376, PresentationML): one page a slide, in the order they are shown; notes and hidden slides are not."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from ingest.archive import open_archive, read_member
from ingest.blocks import Block, Loaded, row
from ingest.loaders.office_metadata import core_metadata
from ingest.loaders.xml import parse_xml

_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TITLES = ("title", "ctrTitle")
_ON_EVERY_SLIDE = ("sldNum", "ftr", "dt", "hdr")


def load_pptx(data: bytes, _charset: str | None = None, _url: str | None = None) -> Loaded:
    with open_archive(data) as archive:
        blocks: list[Block] = []
        hidden = 0
        for path in _slide_paths(archive):
            slide = parse_xml(read_member(archive, path))
            shown = slide.get("show") not in ("0", "false")
            hidden += not shown
            found = list(_shapes(slide)) if shown else []
            first, rest = (found[0], found[1:]) if found else (Block(""), [])
            blocks += [replace(first, page_breaks=(0,)), *rest]
        return Loaded(tuple(blocks), core_metadata(archive), removed={"hidden": hidden})


def _slide_paths(archive: zipfile.ZipFile) -> list[str]:
    relations = {
        relation.get("Id"): posixpath.normpath(
            posixpath.join("ppt", (relation.get("Target") or "").removeprefix("/ppt/"))
        )
        for relation in parse_xml(read_member(archive, "ppt/_rels/presentation.xml.rels"))
    }
    presentation = parse_xml(read_member(archive, "ppt/presentation.xml"))
    paths = [relations.get(slide.get(_R + "id")) for slide in presentation.iter(_P + "sldId")]
    names = set(archive.namelist())
    return [path for path in paths if path in names]


def _shapes(parent: etree._Element) -> Iterator[Block]:
    for element in parent:
        if element.tag == _P + "sp":
            yield from _shape(element)
        elif element.tag == _P + "graphicFrame":
            for line in element.iter(_A + "tr"):
                yield row(" ".join(_paragraphs(cell)) for cell in line.findall(_A + "tc"))
        elif isinstance(element.tag, str) and element.tag not in (_P + "pic", _FALLBACK):
            yield from _shapes(element)


def _shape(shape: etree._Element) -> Iterator[Block]:
    place = shape.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")
    role = place.get("type", "body") if place is not None else ""
    paragraphs = [text for text in _paragraphs(shape) if text]
    if role in _ON_EVERY_SLIDE or not paragraphs:
        return
    if role in _TITLES:
        yield Block(" ".join(paragraphs), "heading", 1 if role == "ctrTitle" else 2)
    elif role in ("body", "obj") and len(paragraphs) > 1:
        yield from (Block(f"- {text}", "item") for text in paragraphs)
    else:
        yield from (Block(text) for text in paragraphs)


def _paragraphs(shape: etree._Element) -> list[str]:
    found = []
    for paragraph in shape.iter(_A + "p"):
        pieces = [" " if part.tag == _A + "br" else part.text or "" for part in paragraph.iter(_A + "t", _A + "br")]
        found.append(" ".join("".join(pieces).split()))
    return found
