"""What a model wrote, made plain: no link, mention, image, markup or invisible character is left in it."""

from __future__ import annotations

import html
import re
import unicodedata

_JOINERS = "\u200c\u200d"
"""Zero-width joiners spell words in Persian and build emoji, so they stay in text but not in addresses."""

_IMAGE = re.compile(r"!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])?")
_LINK = re.compile(r"\[([^\[\]]*)\]\([^)]*\)")
_REFERENCE = re.compile(r"\[([^\[\]]*[^\W\d][^\[\]]*)\]\[[^\[\]]*\]")
_SLACK_LINK = re.compile(r"<[a-z][a-z0-9+.-]{0,30}:[^<>|]*\|([^<>]*)>", re.IGNORECASE)
_TAG = re.compile(r"<[/!@#?a-z][^<>]*>", re.IGNORECASE)
_OPENING = re.compile(r"<+(?=[/!@#?a-z])", re.IGNORECASE)
_ADDRESS = re.compile(
    r"\b[a-z][a-z0-9+.-]{0,30}://\S*|\bwww\.\S+|\b(?:mailto|data|javascript|tel|file):\S+", re.IGNORECASE
)
_AT = re.compile(r"(?<!\w)@(?=\w)")
_STRONG = re.compile(r"\*\*|~~|`+")
_STRONG_BUT_CODE = re.compile(r"\*\*|~~|``+")
_EMPHASIS = re.compile(r"(?<!\w)([*~])(?=\S)([^*~]+?)(?<=\S)\1(?!\w)")
_SPACE_BEFORE_MARK = re.compile(r"\s+([,.;:!?])")

_HOST = re.compile(
    r"(?:[\w-]+[.。．｡])+(?:[a-z]{2,24}|xn--[a-z0-9-]+)(?![\w-])(?:[/:?#]\S*)?|\b\d{1,3}(?:\.\d{1,3}){3}\b",
    re.IGNORECASE,
)


def plain(text: str, *, keep_code: bool = False) -> str:
    """`text` on one line as a reader would say it; what a link or an image pointed to is gone, its words stay.

    `keep_code`: single backticks stay where they come in pairs.
    """
    keep_code = keep_code and text.count("`") % 2 == 0
    previous = None
    for _ in range(4):  # an entity can hide a tag, and a tag can hide another
        if text == previous:
            break
        previous, text = text, _once(text, keep_code)
    text = _SPACE_BEFORE_MARK.sub(r"\1", " ".join(text.split()))
    return " ".join(_OPENING.sub("", text).split())


def without_markup(text: str, *, keep_code: bool = False) -> str:
    """Tags, links, images and emphasis gone; quotation marks and numbers in brackets stay."""
    strong = _STRONG_BUT_CODE if keep_code else _STRONG
    text = html.unescape(without_invisible(text))
    text = _SLACK_LINK.sub(r"\1", _REFERENCE.sub(r"\1", _LINK.sub(r"\1", _IMAGE.sub(" ", text))))
    return _EMPHASIS.sub(r"\2", strong.sub("", _TAG.sub(" ", text)))


def without_invisible(text: str) -> str:
    """No control, format, tag or private character, nor half of a surrogate pair; white space and joiners stay."""
    return "".join(
        char
        for char in text
        if char.isspace() or char in _JOINERS or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )


def addresses(text: str) -> list[str]:
    """What a reader's program could turn into a link without being asked: `example.com/x`, `10.0.0.1`."""
    visible = "".join(char for char in text if char not in _JOINERS)
    return [match.group() for match in _HOST.finditer(visible)]


def _once(text: str, keep_code: bool) -> str:
    return _AT.sub("", _ADDRESS.sub(" ", without_markup(text, keep_code=keep_code)))
