"""Slack's text format: reading what people typed, and writing text that nobody else can bring to life.

https://docs.slack.dev/messaging/formatting-message-text
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit

LONGEST_URL = 2000
"""Characters; beyond it a link loses its text fragment, then itself."""

_TOKEN = re.compile(r"<([@#!]?)([^<>|]+)(?:\|([^<>]*))?>")
_SCHEME = re.compile(r"(?<=[a-z0-9+.-]):(?=//)|(?<=mailto):", re.IGNORECASE)
"""Where a scheme ends."""
_BARE = re.compile(r"(?<=\w)@(?=[\w-]+\.\w)|(?<=[\w-])\.(?=[a-z]{2,24}(?!\w))", re.IGNORECASE)
"""What makes `someone@example.com` and `example.com` an address to Slack."""
_EMOJI_NAME = re.compile(r":[a-z0-9_+'-]+:")
_LINK = re.compile(r"(\])([(\[:])")
"""Where a label meets its address."""
_BLOCK = re.compile(r"[-#+*>_|~=`]|\d+[.)]")
"""What makes a line more than text."""
_WORD_JOINER = "\u2060"
_INVISIBLE = {0x200B, 0xFEFF, 0x2060, *range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xE0000, 0xE0080)}
"""Zero-width, bidirectional controls and tag characters: none of them is typed on purpose in a question."""


def typed(text: str, bot_user: str = "", *, channel_ids: bool = False) -> str:
    """What a person typed, from the text of an event or a command: without our mention, tokens as words, unescaped.

    Channels stand in it by their names or, with `channel_ids`, by their ids. Characters nobody can see (controls, bidirectional
    overrides, tags, lone surrogates) are gone.
    """

    def word(token: re.Match[str]) -> str:
        label = "" if channel_ids and token[1] == "#" else token[3] or ""
        return _as_word(token[1], token[2], label, bot_user)

    words = _TOKEN.sub(word, text)
    unescaped = words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    visible = "".join(character for character in unescaped if _is_visible(character))
    return "\n".join(" ".join(line.split()) for line in visible.splitlines()).strip()


def _as_word(sigil: str, target: str, label: str, bot_user: str) -> str:
    if sigil == "@":
        return "" if target == bot_user else f"@{label or target}"
    if sigil == "#":
        return f"#{label or target}"
    if sigil == "!":
        return label or f"@{target.partition('^')[0]}"
    return target


def _is_visible(character: str) -> bool:
    if ord(character) in _INVISIBLE:
        return False
    return character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs", "Co")


def has_words(text: str) -> bool:
    """Whether there is anything to search for: a letter or a digit outside of emoji."""
    return any(character.isalnum() for character in _EMOJI_NAME.sub(" ", text))


def mentions_of(text: str) -> frozenset[str]:
    """The ids of the people mentioned in the raw text of an event."""
    return frozenset(target for sigil, target, _ in _TOKEN.findall(text) if sigil == "@")


def links_of(text: str) -> tuple[str, ...]:
    """The web addresses in the raw text of an event, each once."""
    targets = (target.replace("&amp;", "&") for sigil, target, _ in _TOKEN.findall(text) if not sigil)
    return tuple(dict.fromkeys(target for target in targets if target.startswith(("http://", "https://"))))


def escape(text: str) -> str:
    """Untrusted text for a mrkdwn field: no mention, no link, no bare address Slack would make clickable."""
    return _without_addresses(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _without_addresses(text: str) -> str:
    """It reads the same, and nothing in it is an address to Slack."""
    dead = _SCHEME.sub(lambda end: end.group() + _WORD_JOINER, text)
    return _BARE.sub(lambda mark: mark.group() + _WORD_JOINER, dead)


def markdown(text: str) -> str:
    """Untrusted text as one line for a field of standard Markdown: no mention, no link, no image, no bare address, no block.

    An ampersand stays, for Slack shows entities of such a field as what they stand for.
    """
    dead = _without_addresses(" ".join(text.split())).replace("<", "&lt;")
    dead = _LINK.sub(lambda bracket: bracket[1] + _WORD_JOINER + bracket[2], dead)
    if dead.count("`") % 2:
        dead = dead.replace("`", "'")
    return _WORD_JOINER + dead if _BLOCK.match(dead) else dead


def link(url: str, label: str) -> str:
    """A mrkdwn link of ours; the caller has checked the address with `public_url`."""
    return f"<{url}|{escape(label).replace('|', '¦')}>"


def public_url(*candidates: str | None) -> str | None:
    """The first of the candidates that is an http(s) address and short enough, safe inside `<…>`; else None."""
    for candidate in candidates:
        for url in (candidate, (candidate or "").partition("#")[0]):
            if url and len(url) <= LONGEST_URL and _is_public(url):
                # Percent-encoding what is syntax to Slack; `%` stays, the address is encoded already.
                return quote(url, safe="%/:?#[]@!$&'()*+,;=~-._")
    return None


def is_address(text: str) -> bool:
    """Whether it is a web address and nothing else."""
    return not any(character.isspace() for character in text) and _is_public(text)


def _is_public(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and "\\" not in url
    except ValueError:
        return False
