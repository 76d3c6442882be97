"""Characters that no reader sees: removed and counted, because they can carry instructions or split words.

What looks invisible but shapes visible text stays: joiners inside emoji and between letters of scripts that need them
(Persian, Urdu, Hindi, …), the style selector after an emoji, the tags in the flags of England, Scotland and Wales.
"""

from __future__ import annotations

import re
import unicodedata

_ALWAYS = (
    "\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f"  # controls (tab, line and page breaks are handled as space)
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U0001d173-\U0001d17a"
)
_JOINERS = "\u200c\u200d"
_SELECTORS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_TAGS = "\U000e0000-\U000e007f"

_SUSPECT = re.compile(f"[{_ALWAYS}{_JOINERS}{_SELECTORS}{_TAGS}]")
_FLAGS = "|".join(
    "\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in region) + "\U000e007f"
    for region in ("gbeng", "gbsct", "gbwls")
)
_PICTURE = "\u00a9\u00ae\u203c\u2049\u2100-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
_JOINING_SCRIPT = (
    "\u0600-\u07ff\u0840-\u08ff\ufb50-\ufdff\ufe70-\ufeff"  # Arabic, Syriac, Thaana, N'Ko
    "\u0900-\u0dff"  # Devanagari to Sinhala
    "\u1000-\u109f\u1780-\u17ff\u1800-\u18af\u1900-\u1aff\u1b00-\u1bff"  # Myanmar, Khmer, Mongolian, …
    "\ua840-\ua87f\ua8e0-\ua8ff\uaa60-\uaa7f\U00011000-\U00011fff\U0001e900-\U0001e95f"
)
_KEPT = re.compile(
    f"(?P<flag>{_FLAGS})"
    f"|(?<=[{_JOINING_SCRIPT}])[{_JOINERS}](?=[{_JOINING_SCRIPT}])"
    # An emoji sequence: picture, style or skin, joiner, picture.
    f"|(?<=[{_PICTURE}\ufe0f])\u200d(?=[{_PICTURE}])"
    f"|(?<=[{_PICTURE}0-9#*])[\ufe0e\ufe0f]"
    "|(?<=[\u1820-\u18aa])[\u180b-\u180d\u180f]"
    "|(?<=[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])[\ufe00-\ufe02\U000e0100-\U000e01ef]"
    f"|(?P<gone>[{_ALWAYS}{_JOINERS}{_SELECTORS}{_TAGS}])"
)
_DECOMPOSED = re.compile("[A-Za-z\u00c0-\u024f\u0370-\u052f\u1e00-\u1fff][\u0300-\u0345]+")


def strip_invisible(text: str) -> tuple[str, int]:
    """`text` without what cannot be seen, and how many characters that were. Everything visible stays as it is."""
    if _SUSPECT.search(text) is None:
        return text, 0
    removed = 0

    def keep_or_drop(match: re.Match[str]) -> str:
        nonlocal removed
        if match.lastgroup != "gone":
            return match.group()
        removed += 1
        return ""

    return _KEPT.sub(keep_or_drop, text), removed


def compose(text: str) -> str:
    """Latin, Greek and Cyrillic letters with loose accents become one character each, as a question is typed.

    Other scripts stay byte for byte: normalising reorders the vowel signs of Arabic and Hebrew.
    """
    if text.isascii() or _DECOMPOSED.search(text) is None:
        return text
    return _DECOMPOSED.sub(lambda match: unicodedata.normalize("NFC", match.group()), text)
