"""Word documents (ECMA-376, WordprocessingML): headings, lists, tables and footnotes; no deleted and no hidden text."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from ingest.archive import open_archive, read_member
from ingest.blocks import Block, Loaded, row
from ingest.loaders.office_metadata import core_metadata
from ingest.loaders.xml import parse_xml

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_UNSEEN = frozenset((_W + "del", _W + "moveFrom", _W + "instrText", _W + "pict", _FALLBACK))
_TEXT_BOX = _W + "txbxContent"
_INVISIBLY_SMALL = 2
"""Half-points."""


@dataclass(frozen=True, slots=True)
class _Style:
    level: int = 0
    """Of a heading, from 1; 0 for other paragraphs."""
    list_kind: str = ""
    """"bullet", "number" or nothing."""


@dataclass(slots=True)
class _Reading:
    """What has to be known and counted while a document is read from top to bottom."""

    styles: dict[str, _Style]
    bullets: dict[tuple[str, str], bool]
    """Whether a list (numId, level) is marked with bullets rather than numbers."""
    counters: Counter[tuple[str, str]] = field(default_factory=Counter)
    hidden: int = 0
    """Runs of text that nobody sees."""


def load_docx(data: bytes, _charset: str | None = None, _url: str | None = None) -> Loaded:
    with open_archive(data) as archive:
        body = parse_xml(read_member(archive, "word/document.xml")).find(_W + "body")
        used = {style.get(_W + "val") for style in body.iter(_W + "pStyle")} if body is not None else set()
        reading = _Reading(_styles(archive, used), _bullets(archive))
        blocks = list(_blocks(body, reading)) if body is not None else []
        if "word/footnotes.xml" in archive.namelist():
            for note in parse_xml(read_member(archive, "word/footnotes.xml")).findall(_W + "footnote"):
                blocks += _blocks(note, reading)
        return Loaded(tuple(blocks), core_metadata(archive), removed={"hidden": reading.hidden})


def _styles(archive: zipfile.ZipFile, used: set[str | None]) -> dict[str, _Style]:
    """By id. Below a title, where one is used, the headings are one level further in."""
    if "word/styles.xml" not in archive.namelist():
        return {}
    styles = {}
    found = parse_xml(read_member(archive, "word/styles.xml")).findall(_W + "style")
    titled = any(_value(style, "name").lower() == "title" and style.get(_W + "styleId") in used for style in found)
    for style in found:
        name = _value(style, "name").lower()
        outline = style.find(f"{_W}pPr/{_W}outlineLvl")
        level = 0
        if name == "title":
            level = 1
        elif outline is not None and outline.get(_W + "val", "9").isdecimal():
            level = int(outline.get(_W + "val", "9")) + 1 + titled
        kind = "bullet" if name.startswith("list bullet") else "number" if name.startswith("list number") else ""
        styles[style.get(_W + "styleId", "")] = _Style(min(level, 6) if level <= 9 else 0, kind)
    return styles


def _bullets(archive: zipfile.ZipFile) -> dict[tuple[str, str], bool]:
    if "word/numbering.xml" not in archive.namelist():
        return {}
    numbering = parse_xml(read_member(archive, "word/numbering.xml"))
    abstract = {
        kind.get(_W + "abstractNumId", ""): {
            level.get(_W + "ilvl", "0"): _value(level, "numFmt") in ("bullet", "none")
            for level in kind.findall(_W + "lvl")
        }
        for kind in numbering.findall(_W + "abstractNum")
    }
    return {
        (number.get(_W + "numId", ""), level): bullet
        for number in numbering.findall(_W + "num")
        for level, bullet in abstract.get(_value(number, "abstractNumId"), {}).items()
    }


def _blocks(parent: etree._Element, reading: _Reading) -> Iterator[Block]:
    for element in parent:
        if element.tag == _W + "p":
            yield from _paragraph(element, reading)
        elif element.tag == _W + "tbl":
            yield from _table(element, reading)
        elif element.tag in (_W + "sdt", _W + "sdtContent", _W + "ins", _W + "customXml", _W + "smartTag"):
            yield from _blocks(element, reading)


def _paragraph(paragraph: etree._Element, reading: _Reading) -> Iterator[Block]:
    lines = [" ".join(line.split()) for line in "".join(_pieces(paragraph, reading)).split("\n")]
    text = "\n".join(line for line in lines if line)
    if text:
        yield _block(text, paragraph, reading)
    for box in paragraph.iter(_TEXT_BOX):
        if not any(ancestor.tag in _UNSEEN for ancestor in box.iterancestors()):
            yield from _blocks(box, reading)


def _block(text: str, paragraph: etree._Element, reading: _Reading) -> Block:
    style = reading.styles.get(_value(paragraph, f"pPr/{_W}pStyle"), _Style())
    if style.level:
        return Block(text.replace("\n", " "), "heading", style.level)
    mark = _mark(paragraph, style, reading)
    if mark:
        return Block(mark + text.replace("\n", " "), "item")
    return Block(text, "verse" if "\n" in text else "paragraph")


def _mark(paragraph: etree._Element, style: _Style, reading: _Reading) -> str:
    key = (_value(paragraph, f"pPr/{_W}numPr/{_W}numId"), _value(paragraph, f"pPr/{_W}numPr/{_W}ilvl") or "0")
    if key[0] == "0" or not (key[0] or style.list_kind):
        return ""
    if reading.bullets.get(key, style.list_kind != "number"):
        return "- "
    key = key if key[0] else (style.list_kind, "0")
    reading.counters[key] += 1
    return f"{reading.counters[key]}. "


def _pieces(element: etree._Element, reading: _Reading) -> Iterator[str]:
    """The visible text of a paragraph; text boxes in it are paragraphs of their own."""
    for child in element:
        if child.tag in _UNSEEN or child.tag == _TEXT_BOX:
            continue
        if child.tag == _W + "r" and _is_hidden(child):
            reading.hidden += 1
        elif child.tag == _W + "t":
            yield child.text or ""
        elif child.tag in (_W + "br", _W + "cr"):
            yield "\n" if child.get(_W + "type", "textWrapping") == "textWrapping" else " "
        elif child.tag == _W + "tab":
            yield "" if element.tag == _W + "tabs" else "\t"
        elif child.tag == _W + "noBreakHyphen":
            yield "\u2011"
        else:
            yield from _pieces(child, reading)


def _is_hidden(run: etree._Element) -> bool:
    """Marked as hidden, too small to be seen, or white on the white of the page."""
    look = run.find(_W + "rPr")
    if look is None:
        return False
    vanish = look.find(_W + "vanish")
    if vanish is not None and vanish.get(_W + "val", "1") not in ("0", "false"):
        return True
    size = _value(look, "sz")
    if size.isdecimal() and int(size) <= _INVISIBLY_SMALL:
        return True
    if (
        _value(look, "color").upper() != "FFFFFF"
        or look.find(_W + "shd") is not None
        or look.find(_W + "highlight") is not None
    ):
        return False
    coloured = (_W + "tbl", _TEXT_BOX)
    shaded = any(
        ancestor.tag in coloured or ancestor.find(f"{_W}pPr/{_W}shd") is not None for ancestor in run.iterancestors()
    )
    return not shaded and run.getroottree().getroot().find(_W + "background") is None


def _table(table: etree._Element, reading: _Reading) -> Iterator[Block]:
    for line in table.iter(_W + "tr"):
        if next(line.iterancestors(_W + "tbl")) is table:
            yield row(
                " ".join("".join(_pieces(part, reading)) for part in cell.iter(_W + "p"))
                for cell in line.findall(_W + "tc")
            )


def _value(element: etree._Element, path: str) -> str:
    found = element.find(_W + path)
    return found.get(_W + "val", "") if found is not None else ""
