"""Bytes become text: by byte order mark, declaration, or what they look like."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from ingest.errors import ParseRefused

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
MAX_BYTES = 20_000_000
"""Of a text or a web page: four for each character that is kept of a document, and as many for its markup."""
_SAMPLE = 64_000
"""Bytes looked at to tell an encoding; more costs time and does not change the verdict."""
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of `data`. `declared` is what the sender or the page says; it is believed when the bytes agree.

    Raises ParseRefused for what is no text in any encoding.
    """
    if len(data) > MAX_BYTES:
        raise ParseRefused("text_too_large", bytes=len(data), most=MAX_BYTES)
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    wide = _wide_encoding(data)
    if wide:
        return data.decode(wide, "replace")
    if _is_binary(data):
        raise ParseRefused("binary")
    for encoding in ("utf-8", _known(declared)):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return _by_looks(data)


def _known(encoding: str | None) -> str:
    """The codec a declaration names; web pages that say Latin-1 mean Windows-1252 (https://encoding.spec.whatwg.org)."""
    try:
        name = codecs.lookup((encoding or "utf-8").strip("\"' ")).name
    except (LookupError, ValueError):
        return "utf-8"
    if name in ("ascii", "iso8859-1"):
        return "cp1252"
    return name if name in _TEXT_ENCODINGS or name.startswith(("iso8859", "cp", "koi8", "mac", "utf")) else "utf-8"


_TEXT_ENCODINGS = frozenset(
    "gb2312 gbk gb18030 big5 big5hkscs euc_jp shift_jis iso2022_jp euc_kr johab tis-620".split()
)


def _wide_encoding(data: bytes) -> str | None:
    """UTF-16 without a mark: every second byte of text in most languages is small."""
    sample = data[:2000]
    if len(sample) < 4 or b"\0" not in sample:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > 0.6 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.6 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _is_binary(data: bytes) -> bool:
    """More than one control byte in a hundred: hostile text holds a few, images and programs many."""
    sample = data[:_SAMPLE]
    return len(_CONTROLS.findall(sample)) > max(2, len(sample) // 100)


def _by_looks(data: bytes) -> str:
    """Neither UTF-8 nor as declared. One bad byte in a long UTF-8 text is a bad byte; otherwise the likeliest encoding."""
    repaired = data.decode("utf-8", "replace")
    if repaired.count("�") * 4 <= sum(1 for character in repaired if character > "\x7f"):
        return repaired
    best = from_bytes(data[:_SAMPLE]).best()
    encoding = best.encoding if best else "cp1252"
    if best is None or _is_western(data[:_SAMPLE]):
        encoding = "cp1252"
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return data.decode("latin-1")


_WESTERN = re.compile(
    "[A-Za-zÀ-ÖØ-öø-ÿ][àâäãåæçèéêëìíîïñòóôöõøùúûüýÿßÀÂÄÅÆÇÉÈÊËÎÏÑÓÔÖØÙÚÜ]|[ÀÄÅÉÖØÜ][a-z]|[a-zé][’–”“]| [à–“‘€£«]| [éêàèåäöøüÉ]"
)


def _is_western(sample: bytes) -> bool:
    """Whether nearly all high bytes are what Western European languages use, where they use it: single, amid ASCII letters."""
    text = sample.decode("cp1252", "replace")
    high = sum(1 for character in text if character > "\x7f")
    words = re.findall(r"\w*[^\x00-\x7f]\w*", text)
    plain = [word for word in words if len([c for c in word if c > "\x7f"]) <= max(1, len(word) // 3)]
    return high > 0 and len(plain) >= 0.8 * len(words) and len(_WESTERN.findall(text)) >= 0.6 * len(words)
