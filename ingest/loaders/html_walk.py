"""A page's elements in order, as blocks; what is hidden or plainly not content is stepped over."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from lxml.html import HtmlElement

from ingest.blocks import Block, Kind, row
from ingest.loaders.html_hidden import is_hidden
from ingest.page_words import speaks_of_signing_up

_SKIPPED = frozenset(
    "script style noscript template svg iframe frame object embed audio video canvas button select option "
    "optgroup input textarea datalist dialog menu head title meta link map area rt rp progress meter".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_NAMES = re.compile(r"[a-z]+", re.IGNORECASE)
_PAGE_PARTS = frozenset(
    "breadcrumb breadcrumbs nav navbar navigation menu cookie cookies consent gdpr newsletter advert adverts advertisement ads "
    "ad adslot sponsored share sharing sharebar outbrain taboola skiplink modal popup".split()
)
"""Names (of classes and ids) of parts that are never the article."""
_MARGINS = frozenset(
    "sidebar related recommended recommendations promo promotion teaser teasers widget widgets popular trending comments comment "
    "disqus pagination pager social footer toolbar subscribe signup banner overlay tags tagcloud authorbox".split()
)
"""Names of parts that are the article only if it was found there."""
_MARGIN_ROLES = frozenset("complementary banner contentinfo".split())
_PART_ROLES = frozenset("navigation search dialog alertdialog menu menubar toolbar".split())
_SPACE = re.compile(r"[ \t\n\r\f]+")
_LARGE_SHARE = 0.4
"""Of the page's text: a part that holds more is the page's content, whatever it is called."""


@dataclass(frozen=True, slots=True)
class Found:
    """A block and where it stood."""

    block: Block
    element: HtmlElement
    linked: int
    """Characters of it that are links."""
    marginal: bool
    """Whether it stood in a part of the page that is seldom the article: a side bar, a footer, comments."""


def walk(page: HtmlElement, *, everything: bool = False) -> tuple[list[Found], dict[str, int]]:
    """The blocks of a page, and the number of parts stepped over, by kind; with `everything` only hidden ones are."""
    walker = _Walker(page, everything)
    walker.element(page, marginal=False)
    walker.flush(page, marginal=False)
    return walker.found, dict(walker.removed)


class _Walker:
    def __init__(self, page: HtmlElement, everything: bool) -> None:
        self.found: list[Found] = []
        self.removed: Counter[str] = Counter()
        self._everything = everything
        self._size = max(len(page.text_content()), 1)
        self._pieces: list[str] = []
        self._length = 0
        self._linked = 0
        self._kind: Kind = "paragraph"
        self._level = 0
        self._mark = ""

    def element(self, element: HtmlElement, *, marginal: bool) -> None:
        """One element with everything in it; its tail is its parent's."""
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in _SKIPPED:
            return
        part = self._part(element, tag)
        if part:
            if element.text_content().strip():
                self.removed[part] += 1
            return
        marginal = marginal or (not self._everything and _is_marginal(element, tag))
        if tag == "br":
            self._gather("\n")
        elif tag == "table" and _is_data(element):
            self.flush(element, marginal=marginal)
            self._table(element, marginal)
        elif tag == "pre":
            self.flush(element, marginal=marginal)
            self._verse(element, marginal)
        elif tag in _BLOCKS:
            self.flush(element, marginal=marginal)
            self._block(element, tag, marginal)
        else:
            self._inline(element, tag, marginal)

    def flush(self, element: HtmlElement, *, marginal: bool) -> None:
        """What was gathered since the last block becomes one."""
        text = _SPACE_KEEPING_BREAKS.sub(_blank_or_break, "".join(self._pieces)).strip()
        linked, self._linked, self._pieces, self._length = self._linked, 0, [], 0
        if not text:
            return
        kind, mark = self._kind, self._mark
        for part in _parts(text):
            block = Block(mark + part, "verse" if "\n" in part and kind == "paragraph" else kind, self._level)
            if kind != "paragraph":
                block = Block(mark + part.replace("\n", " "), kind, self._level)
            self.found.append(Found(block, element, linked, marginal))
            mark = ""
        if kind == "item":
            self._kind, self._mark = "paragraph", ""

    def _gather(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)

    def _part(self, element: HtmlElement, tag: str) -> str | None:
        """What part of the page an element is that nobody reads as its content; None for the rest."""
        if tag == "nav":
            return "navigation"
        if is_hidden(element):
            return "hidden"
        if self._everything or tag in ("html", "body", "main", "article"):
            return None
        names = _names(element)
        is_part = bool(names & _PAGE_PARTS) or element.get("role") in _PART_ROLES
        # The name also marks what subscribers pay for, paragraph by paragraph.
        is_part = is_part or ("paywall" in names and speaks_of_signing_up(element.text_content()))
        if is_part and len(element.text_content()) < _LARGE_SHARE * self._size:
            return (
                "advertisement"
                if names & {"ad", "ads", "advert", "advertisement", "sponsored", "newsletter"}
                else "navigation"
            )
        return None

    def _block(self, element: HtmlElement, tag: str, marginal: bool) -> None:
        outer = (self._kind, self._level, self._mark)
        if tag in _HEADINGS:
            self._kind, self._level, self._mark = "heading", _HEADINGS[tag], ""
        elif tag == "li":
            self._kind, self._level, self._mark = "item", 0, _mark_of(element)
        self._children(element, marginal)
        self.flush(element, marginal=marginal)
        self._kind, self._level, self._mark = (
            outer if tag in _HEADINGS or tag == "li" else (self._kind, self._level, self._mark)
        )

    def _inline(self, element: HtmlElement, tag: str, marginal: bool) -> None:
        if tag == "sup" and _is_reference(element):
            return
        before = self._length
        if tag == "q":
            self._gather("“")
        self._children(element, marginal)
        if tag == "q":
            self._gather("”")
        if tag == "a":
            self._linked += max(self._length - before, 0)

    def _children(self, element: HtmlElement, marginal: bool) -> None:
        self._gather(_SPACE.sub(" ", element.text or ""))
        for child in element:
            self.element(child, marginal=marginal)
            self._gather(_SPACE.sub(" ", child.tail or ""))

    def _table(self, table: HtmlElement, marginal: bool) -> None:
        for line in table.iter("tr"):
            cells = [_text_of(cell) for cell in line if cell.tag in ("td", "th")]
            block = row(cells)
            if block.text:
                self.found.append(Found(block, line, sum(len(_text_of(link)) for link in line.iter("a")), marginal))
        for caption in table.iter("caption"):
            self._children(caption, marginal)
            self.flush(caption, marginal=marginal)

    def _verse(self, element: HtmlElement, marginal: bool) -> None:
        lines = [line.rstrip() for line in element.text_content().split("\n")]
        text = "\n".join(line for line in lines if line.strip()).strip()
        if text:
            self.found.append(Found(Block(text, "verse"), element, 0, marginal))


_SPACE_KEEPING_BREAKS = re.compile(r"[ \t\r\f]*\n[ \t\r\f\n]*|[ \t\r\f]+")


def _blank_or_break(match: re.Match[str]) -> str:
    breaks = match.group().count("\n")
    return " " if not breaks else "\n" if breaks == 1 else "\n\n"


def _parts(text: str) -> list[str]:
    """Two line breaks in a row end a paragraph, and one does between lines that are too long for verse."""
    parts: list[str] = []
    for part in text.split("\n\n"):
        lines = [line.strip() for line in part.split("\n") if line.strip()]
        if lines and max(map(len, lines)) > 110:
            parts += lines
        elif lines:
            parts.append("\n".join(lines))
    return parts


def _text_of(element: HtmlElement) -> str:
    """The visible text of a cell, in one line."""
    pieces = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and child.tag not in _SKIPPED and not is_hidden(child):
            pieces.append(" " if child.tag in _BLOCKS or child.tag == "br" else "")
            pieces.append("" if child.tag == "sup" and _is_reference(child) else _text_of(child))
            pieces.append(" " if child.tag in _BLOCKS else "")
        pieces.append(child.tail or "")
    return _SPACE.sub(" ", "".join(pieces)).strip()


def _is_data(table: HtmlElement) -> bool:
    """Rows and columns of facts, not a page laid out with a table."""
    if table.find(".//table") is not None or table.get("role") == "presentation":
        return False
    columns = [sum(1 for cell in line if cell.tag in ("td", "th")) for line in table.iter("tr")]
    long_cells = sum(1 for cell in table.iter("td", "th") if len(cell.text_content()) > 600)
    return bool(columns) and max(columns) > 1 and long_cells == 0


def _mark_of(item: HtmlElement) -> str:
    parent = item.getparent()
    if parent is None or parent.tag != "ol":
        return "- "
    start = parent.get("start", "1")
    place = sum(1 for sibling in item.itersiblings("li", preceding=True))
    return f"{(int(start) if start.isdecimal() and len(start) < 6 else 1) + place}. "


def _is_reference(element: HtmlElement) -> bool:
    """A raised number that leads to a footnote: it would stick to the word before."""
    links = element.findall(".//a")
    inside = len(links) == 1 and (links[0].get("href") or "").startswith("#")
    return inside and (links[0].text_content() or "").strip() == element.text_content().strip()


def _names(element: HtmlElement) -> set[str]:
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    return {name.lower() for name in _NAMES.findall(named[:500])}


def _is_marginal(element: HtmlElement, tag: str) -> bool:
    if tag in ("html", "body", "main", "article"):
        return False
    in_article = any(ancestor.tag in ("article", "main") for ancestor in element.iterancestors())
    if tag in ("footer", "aside", "header", "form"):
        return tag == "form" or not in_article
    return bool(_names(element) & _MARGINS) or element.get("role") in _MARGIN_ROLES
