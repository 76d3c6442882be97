"""Numbers the quotes of an answer and links each to its exact place."""

from __future__ import annotations

import ipaddress
import re
import string
from collections.abc import Sequence
from urllib.parse import urlsplit

from bot.draft import Draft, Quote
from bot.values import Citation, SourceLine, Statement

LONGEST_WHOLE_QUOTE = 120
"""Code points; a longer quote is linked by its first and last words, as browsers cut very long addresses."""
_KEPT = frozenset(string.ascii_letters + string.digits + "._~")
_WORD = re.compile(r"\S+")


def cite(drafts: Sequence[Draft]) -> tuple[Statement, ...]:
    """The drafts as statements, numbered in the order of their first mention; equal quotes share a number.

    Raises ValueError for a quote outside its version, which would be a citation that proves nothing.
    """
    numbers: dict[tuple[str, int, int], int] = {}
    statements = []
    for draft in drafts:
        citations = []
        for quote in draft.quotes:
            n = numbers.setdefault((quote.version.id, quote.start, quote.end), len(numbers) + 1)
            citations.append(_citation(n, quote))
        if not citations:
            raise ValueError(f"A sentence without a quote cannot be cited: {draft.text!r}.")
        statements.append(Statement(draft.text, tuple(dict.fromkeys(citations)), draft.shape))
    return tuple(statements)


def sources(drafts: Sequence[Draft], statements: Sequence[Statement]) -> tuple[SourceLine, ...]:
    """One line for each version that `statements` (made by `cite` from `drafts`) cite, in the order of their numbers."""
    quotes = {quote.version.id: quote for draft in reversed(drafts) for quote in reversed(draft.quotes)}
    copies: dict[str, list[str]] = {}
    for draft in drafts:
        for quote in draft.quotes:
            names = [version.publisher or version.title for version in quote.also]
            copies.setdefault(quote.version.id, []).extend(names)
    numbers: dict[str, set[int]] = {}
    for statement in statements:
        for citation in statement.citations:
            numbers.setdefault(citation.version, set()).add(citation.n)
    ordered = sorted(numbers.items(), key=lambda item: min(item[1]))
    return tuple(_source(quotes[version], tuple(sorted(n)), copies[version]) for version, n in ordered)


def _source(quote: Quote, n: tuple[int, ...], copies: Sequence[str]) -> SourceLine:
    version = quote.version
    return SourceLine(
        n=n,
        title=version.title,
        url=version.url,
        publisher=version.publisher,
        author=version.author,
        published=version.published,
        fetched=version.fetched_at.isoformat() if version.fetched_at else None,
        document=version.document_id,
        version=version.id,
        also=tuple(dict.fromkeys(name for name in copies if name and name != version.publisher)),
    )


def _citation(n: int, quote: Quote) -> Citation:
    version = quote.version
    if not 0 <= quote.start < quote.end <= len(version.text):
        raise ValueError(
            f"[{quote.start}:{quote.end}] lies outside version {version.id} of {len(version.text)} characters."
        )
    return Citation(
        n=n,
        quote=version.text[quote.start : quote.end],
        title=version.title,
        url=version.url,
        publisher=version.publisher,
        published=version.published,
        document=version.document_id,
        version=version.id,
        start=quote.start,
        end=quote.end,
        link=link(quote),
    )


def link(quote: Quote) -> str | None:
    """An address that opens the source at the quote, or None where it has no public http(s) address.

    A page number for PDFs, a text fragment (https://wicg.github.io/scroll-to-text-fragment/) for everything else.
    """
    version = quote.version
    if version.url is None or not _is_public(version.url):
        return None
    address, _, fragment = version.url.partition("#")
    page = version.page_at(quote.start)
    if version.media_type == "application/pdf":
        return f"{address}#page={page}" if page else version.url
    return f"{address}#{fragment.partition(':~:')[0]}:~:text={_text_directive(quote)}"


def _is_public(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host.rstrip(".") and not host.endswith((".local", ".internal", ".localhost"))


def _text_directive(quote: Quote) -> str:
    text = quote.version.text
    before = (
        "" if text.find(quote.text) == quote.start else _last_words(text[max(0, quote.start - 200) : quote.start], 3)
    )
    prefix = f"{_encoded(before)}-," if before else ""
    whole = " ".join(quote.text.split())
    if len(whole) <= LONGEST_WHOLE_QUOTE and "\n\n" not in quote.text:
        return prefix + _encoded(whole)
    first, last = _ends(quote)
    return f"{prefix}{_encoded(first)},{_encoded(last)}"


def _ends(quote: Quote) -> tuple[str, str]:
    """The fewest first words (from four) that occur nowhere earlier, and the last four words."""
    words = [match.span() for match in _WORD.finditer(quote.text)]
    count = min(4, len(words))
    while count < len(words) // 2 and quote.version.text.find(quote.text[: words[count - 1][1]]) < quote.start:
        count += 1
    first = quote.text[: words[count - 1][1]]
    return " ".join(first.split()), _last_words(quote.text, max(1, min(4, len(words) - count)))


def _last_words(text: str, count: int) -> str:
    return " ".join(text.split()[-count:])


def _encoded(text: str) -> str:
    """Percent-encoded but for letters, digits and ._~: a comma, a hyphen or an ampersand would end the directive."""
    return "".join(
        character if character in _KEPT else "".join(f"%{byte:02X}" for byte in character.encode())
        for character in text
    )
