"""Markdown (CommonMark with tables), read as it would be rendered, by markdown-it-py."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from functools import cache
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.blocks import Block, Loaded, row
from ingest.dates import read_date
from ingest.encoding import decode
from ingest.invisible import strip_invisible
from ingest.loaders.html import blocks_of_markup
from ingest.metadata import Metadata

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"^([A-Za-z_-]+):[ \t]*(.*?)[ \t]*$")
_FIELDS = {
    "title": ("title", "headline"),
    "publisher": ("publisher", "source", "site", "outlet", "publication"),
    "author": ("author", "authors", "byline"),
    "published": ("published", "date", "publishdate", "published_at", "pubdate"),
    "language": ("lang", "language"),
    "url": ("url", "link", "canonical", "canonical_url", "source_url"),
}
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)(?:\s[^<>]*|/)?>|<!--.*?-->", re.DOTALL)
_HTML_TAGS = frozenset(
    "a abbr address article aside b big blockquote br center cite code col colgroup dd del details dfn "
    "div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 head header hr html i iframe img input "
    "ins kbd li link main map mark meta nav ol p picture pre q s samp script section small source span "
    "strike strong style sub summary sup table tbody td tfoot th thead time title tr tt u ul var video "
    "wbr".split()
)


def load_markdown(data: bytes, charset: str | None = None, _url: str | None = None) -> Loaded:
    text, invisible = strip_invisible(decode(data, charset))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    front = _FRONT_MATTER.match(text)
    metadata = _metadata(front.group(1)) if front else Metadata()
    blocks = tuple(_blocks(_parser().parse(text[front.end() :] if front else text)))
    return Loaded(blocks, metadata, scraped=True, removed={"invisible": invisible})


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def _metadata(front: str) -> Metadata:
    """The plain `name: value` lines of a YAML front matter; a list of authors too."""
    fields = {key.lower(): value for key, value in _front_fields(front.split("\n")) if value}
    found = {field: next((fields[name] for name in names if name in fields), None) for field, names in _FIELDS.items()}
    language = (found["language"] or "").lower()[:2]
    url = found["url"] or ""
    return Metadata(
        title=found["title"],
        publisher=found["publisher"] if "://" not in (found["publisher"] or "") else None,
        author=found["author"],
        published=read_date(found["published"] or ""),
        language=language if len(language) == 2 and language.isalpha() else None,
        url=url if urlsplit(url).scheme in ("http", "https") and urlsplit(url).netloc else None,
    )


def _front_fields(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    name, items = "", list[str]()
    for line in [*lines, "end:"]:
        field = _FIELD.match(line)
        if field:
            if items:
                yield name, ", ".join(items)
            name, items = field.group(1), []
            value = field.group(2)
            listed = value[1:-1].split(",") if value.startswith("[") and value.endswith("]") else [value]
            yield name, ", ".join(part.strip().strip("\"'") for part in listed)
        elif line.strip().startswith("- "):
            items.append(line.strip()[2:].strip().strip("\"'"))


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    lists: list[tuple[str, int]] = []
    mark = ""
    cells: list[str] | None = None
    for place, token in enumerate(tokens):
        opened = tokens[place - 1].type if place else ""
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append((token.type, int(token.attrGet("start") or 1)))
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif token.type == "list_item_open":
            kind, number = lists[-1]
            mark = "- " if kind == "bullet_list_open" else f"{number}. "
            lists[-1] = (kind, number + 1)
        elif token.type == "tr_open":
            cells = []
        elif token.type == "tr_close":
            yield row(cells or [])
            cells = None
        elif token.type == "inline":
            text = _text_of(token.children or [])
            if cells is not None:
                cells.append(text)
            elif text:
                yield _block(text, opened, tokens[place - 1].tag, mark)
                mark = ""
        elif token.type in ("fence", "code_block"):
            yield Block("\n".join(line.rstrip() for line in token.content.split("\n") if line.strip()), "verse")
        elif token.type == "html_block":
            yield from _of_markup(token.content)


def _block(text: str, opened: str, tag: str, mark: str) -> Block:
    if opened == "heading_open":
        return Block(text.replace("\n", " "), "heading", int(tag[1]))
    if mark:
        return Block(mark + text.replace("\n", " "), "item")
    return Block(text, "verse" if "\n" in text else "paragraph")


def _text_of(tokens: Sequence[Token]) -> str:
    """Inline text as rendered: no marks, links by their words, pictures left out."""
    pieces: list[str] = []
    for place, token in enumerate(tokens):
        if token.type in ("text", "code_inline", "text_special"):
            pieces.append(token.content)
        elif token.type == "softbreak":
            pieces.append("\n" if _is_entry(tokens[place + 1 :]) else " ")
        elif token.type == "hardbreak" or (token.type == "html_inline" and token.content.lower().startswith("<br")):
            pieces.append("\n")
        elif token.type == "html_inline" and not _is_markup(token.content):
            pieces.append(token.content)
    lines = (" ".join(line.split(" ")).strip() for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def _is_entry(tokens: Sequence[Token]) -> bool:
    """Whether a line begins with a label ("**Date:** 3 May"), which its writer meant to stand in a line of its own."""
    line = itertools.takewhile(lambda token: token.type not in ("softbreak", "hardbreak"), tokens)
    return bool(_ENTRY.match("".join(token.content for token in line)))


_ENTRY = re.compile(r"[^\W\d_][\w()/ -]{0,39}:\s+\S")


def _is_markup(text: str) -> bool:
    """Whether a browser would take it for a tag or a comment; `<your name>` and `<!channel>` are text to a writer."""
    match = _TAG.fullmatch(text.strip())
    return bool(match) and (match.group(1) is None or match.group(1).lower() in _HTML_TAGS)  # type: ignore[union-attr]


def _of_markup(markup: str) -> list[Block]:
    """A passage of HTML amid Markdown; what only looks like HTML stays as it was written."""
    known = [match for match in _TAG.finditer(markup) if _is_markup(match.group())]
    if not known:
        text = " ".join(markup.split())
        return [Block(text)] if text else []
    kept = _TAG.sub(lambda match: match.group() if _is_markup(match.group()) else _escaped(match.group()), markup)
    bare = re.sub(r"<(?![A-Za-z/]|!--)", "&lt;", kept)
    return blocks_of_markup(bare) if re.sub(r"<!--.*?-->", "", bare, flags=re.DOTALL).strip() else []


def _escaped(text: str) -> str:
    return text.replace("<", "&lt;").replace(">", "&gt;")
