"""What a web page says about itself: JSON-LD (https://schema.org), Open Graph, meta elements. Nothing from running text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from ingest.dates import read_date
from ingest.metadata import Metadata

_TITLE = ("og:title", "twitter:title", "citation_title", "dc.title", "dcterms.title", "parsely-title", "headline")
_PUBLISHER = ("og:site_name", "citation_publisher", "dc.publisher", "dcterms.publisher", "publisher")
_AUTHOR = (
    "author",
    "article:author",
    "citation_author",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "byl",
    "sailthru.author",
)
_PUBLISHED = (
    "article:published_time",
    "datepublished",
    "citation_publication_date",
    "citation_date",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "dcterms.date",
    "parsely-pub-date",
    "sailthru.date",
    "publish-date",
    "publication_date",
    "pubdate",
    "date",
)
_ARTICLES = re.compile(
    r"(?:Article|Posting|Report|WebPage|Review|Book|Chapter|Thesis|Recipe|HowTo|CreativeWork|Dataset)$"
)
_JSON_MAX = 500_000
"""Characters of one JSON-LD block."""
_DATE_NAMES = re.compile(r"publish|posted|entry-date|pubdate|dateline|post-date|article-date", re.IGNORECASE)


def metadata_of(page: HtmlElement, url: str | None) -> Metadata:
    """`url` is where the page was fetched, if it was: an address on another site is not believed to be its own then."""
    linked = _from_json_ld(page)
    tags = meta(page)
    headings = _headings(page)
    only = headings[0] if len(headings) == 1 else None
    title = linked.title or _first(tags, _TITLE) or only or _element_title(page)
    publisher = linked.publisher or _first(tags, _PUBLISHER)
    author = linked.author or _names(_first(tags, _AUTHOR)) or _rel_author(page)
    published = linked.published or read_date(_first(tags, _PUBLISHED) or "") or _time_element(page)
    language = _language(
        page.get("lang") or page.get("{http://www.w3.org/XML/1998/namespace}lang") or tags.get("content-language")
    )
    return Metadata(
        title=_without_site(title, headings, publisher),
        publisher=publisher,
        author=author,
        published=published,
        language=linked.language or language,
        url=_canonical(page, tags, url),
    )


def meta(page: HtmlElement) -> dict[str, str]:
    """Name to content of the meta elements, the first of each."""
    found: dict[str, str] = {}
    for element in page.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        content = " ".join((element.get("content") or "").split())
        if name and content:
            found.setdefault(name.strip().lower(), content)
    return found


def _first(tags: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((tags[name] for name in names if name in tags), None)


def _names(value: str | None) -> str | None:
    """The author, unless it is an address: Open Graph asks for a profile's."""
    return None if not value or "://" in value or value.startswith("@") else re.sub(r"^[Bb]y\s+", "", value)


# --- JSON-LD --------------------------------------------------------------------------------------------------------


def _from_json_ld(page: HtmlElement) -> Metadata:
    articles = [thing for thing in things(page) if is_article(thing)]
    articles.sort(key=lambda thing: _types(thing).endswith("WebPage"))  # an article says more than the page around it
    found = Metadata()
    for thing in articles[:1]:
        found = Metadata(
            title=_string(thing.get("headline") or thing.get("name")),
            publisher=_name(thing.get("publisher")),
            author=_names(_name(thing.get("author"))),
            published=read_date(_string(thing.get("datePublished")) or ""),
            language=_language(_string(thing.get("inLanguage"))),
        )
    return found


def things(page: HtmlElement) -> Iterator[dict[str, Any]]:
    """What the page says in JSON-LD, one thing after the other."""
    for script in page.iter("script"):
        text = script.text or ""
        if (script.get("type") or "").strip().lower() == "application/ld+json" and len(text) <= _JSON_MAX:
            try:
                parsed = json.loads(re.sub(r"^\s*(?:<!--|//<!\[CDATA\[)|(?:-->|//\]\]>)\s*$", "", text), strict=False)
            except (ValueError, RecursionError):
                continue
            for thing in parsed if isinstance(parsed, list) else [parsed]:
                if isinstance(thing, dict):
                    graph = thing.get("@graph")
                    yield from (
                        part for part in (graph if isinstance(graph, list) else [thing]) if isinstance(part, dict)
                    )


def _types(thing: dict[str, Any]) -> str:
    kind = thing.get("@type")
    return " ".join(map(str, kind)) if isinstance(kind, list) else str(kind)


def is_article(thing: dict[str, Any]) -> bool:
    return any(_ARTICLES.search(kind) for kind in _types(thing).split())


def _string(value: Any) -> str | None:
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or value.get("alternateName")
    if isinstance(value, list):
        value = value[0] if value else None
    return " ".join(value.split()) or None if isinstance(value, str) else None


def _name(value: Any) -> str | None:
    """The name of a person or an organisation, or of several."""
    if isinstance(value, list):
        names = [name for name in map(_name, value[:10]) if name]
        return ", ".join(dict.fromkeys(names)) or None
    return _string(value.get("name")) if isinstance(value, dict) else _string(value)


# --- Elements -------------------------------------------------------------------------------------------------------


def _headings(page: HtmlElement) -> list[str]:
    """The outermost headings with text."""
    texts = (" ".join(heading.text_content().split()) for heading in page.iter("h1"))
    return list(dict.fromkeys(text for text in texts if text))


def _element_title(page: HtmlElement) -> str | None:
    element = page.find(".//title")
    return " ".join((element.text or "").split()) or None if element is not None else None


def _without_site(title: str | None, headings: Sequence[str], publisher: str | None) -> str | None:
    """ "Headline | Outlet" without the outlet, where the page itself shows what belongs to the headline."""
    if not title:
        return None
    for heading in headings:
        rest = title[len(heading) :] if title.casefold().startswith(heading.casefold()) else ""
        if rest == "" and title.casefold() != heading.casefold():
            continue
        if re.match(r"\s*[-–—|·•:]\s|$", rest):
            return heading
    if publisher:
        cut = re.sub(rf"\s*[-–—|·•:]\s*{re.escape(publisher)}\s*$", "", title, flags=re.IGNORECASE)
        return cut or title
    return title


def _rel_author(page: HtmlElement) -> str | None:
    for element in page.iter("a", "span", "p", "div", "address"):
        marked = element.get("rel") == "author" or element.get("itemprop") == "author"
        text = " ".join(element.text_content().split()) if marked else ""
        if 2 < len(text) <= 100:
            return _names(text)
    return None


def _time_element(page: HtmlElement) -> Any:
    """A `time` that is marked as that of the publication."""
    for element in page.iter("time", "span", "abbr", "p", "div"):
        marked = element.get("itemprop") == "datePublished" or (
            element.tag == "time"
            and (element.get("pubdate") is not None or bool(_DATE_NAMES.search(_context(element))))
        )
        if marked:
            return read_date(element.get("datetime") or element.get("content") or element.text_content()[:100])
    return None


def _context(element: HtmlElement) -> str:
    parent = element.getparent()
    return f"{element.get('class') or ''} {'' if parent is None else parent.get('class') or ''}"


def _language(value: str | None) -> str | None:
    code = (value or "").strip().lower()[:2]
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None


def _canonical(page: HtmlElement, tags: dict[str, str], url: str | None) -> str | None:
    """The page's own address: http or https, and of the site it was fetched from if it was fetched."""
    links = [link.get("href") or "" for link in page.iter("link") if (link.get("rel") or "").lower() == "canonical"]
    for candidate in filter(None, map(str.strip, (*links, tags.get("og:url", "")))):
        try:
            found = urljoin(url or "", candidate)
            parts = urlsplit(found)
            host, own = parts.hostname, urlsplit(url or "").hostname
        except ValueError:
            continue
        sound = parts.scheme in ("http", "https") and not parts.username and len(found) <= 2000 and found.isprintable()
        if sound and host and (own is None or _site(host) == _site(own)):
            return str(found)
    return None


def _site(host: str) -> str:
    return host.lower().removeprefix("www.").removeprefix("m.").removeprefix("amp.")
