"""Web pages: the article as a reader sees it, found with trafilatura (https://trafilatura.readthedocs.io).

trafilatura says where the article is. Its text alone loses paragraphs, table rows and lists on untidy pages; so the page is
walked in order, and between the first and the last block that trafilatura names everything stays that is not of the page itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import trafilatura
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from ingest.blocks import Block, Loaded
from ingest.clean import is_paragraph
from ingest.encoding import decode
from ingest.errors import ParseRefused
from ingest.invisible import strip_invisible
from ingest.loaders.html_access import check_access
from ingest.loaders.html_hidden import mark_hidden
from ingest.loaders.html_metadata import metadata_of
from ingest.loaders.html_walk import Found, walk

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"^\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]+)")
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{8000,}")
_MOST_ATTRIBUTES = 2_000
"""Of one tag: the parser compares each with all before it."""
_NOT_WORD = re.compile(r"\W+")
_NO_HOME = frozenset("p blockquote pre ul ol li dl dd dt figure center font span b i em strong".split())
"""Elements that hold parts of an article, not a whole one."""
_SEARCHABLE = 1_000_000_000
"""Characters of the article times blocks of the page; beyond, blocks are compared with whole lines only."""
_TELLING = 15
"""Letters of a block whose place in the article tells where the article is; fewer may stand anywhere."""
_LINKS_MOSTLY = 0.6
"""Share of a block's characters in links above which it leads elsewhere rather than tells something."""


def load_html(data: bytes, charset: str | None = None, url: str | None = None) -> Loaded:
    markup, invisible = strip_invisible(decode(data, charset or _declared(data)))
    page = tree_of(markup)
    metadata = metadata_of(page, url)
    mark_hidden(page)
    found, removed = walk(page)
    blocks = _article(found, _main_text(markup))
    check_access(page, metadata.title, blocks)
    removed["navigation"] = removed.get("navigation", 0) + len(found) - len(blocks)
    removed["invisible"] = invisible
    return Loaded(tuple(blocks), metadata, scraped=True, removed=removed)


def blocks_of_markup(markup: str) -> list[Block]:
    """Every block of a page that is all content: a mail, a chapter of a book, a converted document."""
    found, _ = walk(tree_of(markup), everything=True)
    return [item.block for item in found]


def tree_of(markup: str) -> HtmlElement:
    """Parsed leniently, without comments; raises ParseRefused for what is no page at all."""
    if any(len(tag[0].split()) > _MOST_ATTRIBUTES for tag in _LONG_TAG.finditer(markup)):
        raise ParseRefused("too_many_attributes")
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return document_fromstring(markup.replace("\0", "").encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise ParseRefused("page_damaged") from error


def _declared(data: bytes) -> str | None:
    match = _XML_ENCODING.search(data[:200]) or _META_CHARSET.search(data[:4000])
    return match.group(1).decode("ascii", "replace") if match else None


def _main_text(markup: str) -> str:
    """What trafilatura takes for the article; empty where it finds none."""
    document = trafilatura.bare_extraction(
        tree_of(markup), fast=True, include_comments=False, include_tables=True, favor_recall=True, with_metadata=False
    )
    return str(getattr(document, "text", "") or "")


def _key(text: str) -> str:
    return _NOT_WORD.sub("", text).casefold()


def _article(found: Sequence[Found], main: str) -> list[Block]:
    """The blocks of the article, in order."""
    keys = [_key(item.block.text) for item in found]
    lines = frozenset(map(_key, main.split("\n")))
    text = _key(main) if len(main) * len(keys) < _SEARCHABLE else ""
    named = [bool(key) and (key in lines or key in text) for key in keys]
    anchors = [place for place, item in enumerate(found) if named[place] and is_paragraph(item.block)]
    if not anchors:
        return [item.block for item in found if not item.marginal and not _is_link_list(item)]
    home = _home([found[place] for place in anchors])
    sure = [place for place, item in enumerate(found) if named[place] and _is_content(item, keys[place])]
    first, last = _widened(found, sure or anchors, home)
    return [item.block for place, item in enumerate(found) if _belongs(item, named[place], first <= place <= last)]


def _is_content(item: Found, key: str) -> bool:
    return not item.marginal and not _is_link_list(item) and len(key) > _TELLING


def _belongs(item: Found, named: bool, within: bool) -> bool:
    if named and within:
        return True
    return within and not item.marginal and not _is_link_list(item)


def _is_link_list(item: Found) -> bool:
    return item.linked > _LINKS_MOSTLY * len(item.block.text) and not is_paragraph(item.block)


def _home(anchors: Sequence[Found]) -> HtmlElement:
    """What holds the article: an element of that name around what its paragraphs share, or what they share itself."""
    inner = _common_home(anchors)
    while inner.tag in _NO_HOME:
        inner = inner.getparent()
    return next((element for element in (inner, *inner.iterancestors()) if element.tag == "article"), inner)


def _common_home(anchors: Sequence[Found]) -> HtmlElement:
    """The innermost element that holds all paragraphs of the article but stray ones: those of nine tenths of its text."""
    total = sum(len(item.block.text) for item in anchors)
    weights: dict[HtmlElement, int] = {}
    for item in anchors:
        for ancestor in (item.element, *item.element.iterancestors()):
            weights[ancestor] = weights.get(ancestor, 0) + len(item.block.text)
    enough = [element for element, weight in weights.items() if weight >= 0.9 * total]
    return max(enough, key=lambda element: sum(1 for _ in element.iterancestors()))


def _widened(found: Sequence[Found], anchors: Sequence[int], home: HtmlElement) -> tuple[int, int]:
    """The first and last place of the article: its headline above, and whatever else stands in the same element."""
    first, last = anchors[0], anchors[-1]
    inside = [place for place, item in enumerate(found) if _is_within(item.element, home)]
    if home.tag not in ("body", "html") and inside:
        first, last = min(first, inside[0]), max(last, inside[-1])
    else:
        first, last = _stretched(found, first, -1), _stretched(found, last, 1)
    for place in range(first - 1, max(first - 8, 0) - 1, -1):
        if found[place].block.kind == "heading" and found[place].block.level == 1:
            return place, last
    return first, last


def _stretched(found: Sequence[Found], place: int, step: int) -> int:
    """The furthest paragraph that follows in one direction without a part of the page, or much else, between."""
    between = 0
    following = place + step
    while 0 <= following < len(found) and between <= 3 and not found[following].marginal:
        between = 0 if is_paragraph(found[following].block) else between + 1
        place = following if between == 0 else place
        following += step
    return place


def _is_within(element: HtmlElement, home: HtmlElement) -> bool:
    return element is home or any(ancestor is home for ancestor in element.iterancestors())
