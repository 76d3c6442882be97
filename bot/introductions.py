"""Who or what somebody or something is: the sentence that introduces a name ("Ida Brandt, director of the line, …")."""

from __future__ import annotations

import re

_NAME = r"[A-Z][\w.&-]*(?:\s+(?:(?:of|the|de|la|van|von|der|den|al|bin|and|&)\s+){0,2}[A-Z][\w.&-]*)*"
_ASKED = re.compile(
    rf"^\W*(?:[Ww]ho|[Ww]hat|[Qq]ui[eé]n|[Qq]u[eé])(?:\s+(?:is|was|are|were|es|era|fue|son)|[’']s)\s+"
    rf"(?P<name>(?:(?:Mr|Mrs|Ms|Dr|Sir)\.? )?{_NAME})\s*\??\s*$"
)
_OFFICE = (
    r"(?:chief|executive|director|president|minister|chair(?:wo)?man|chair|head|leader|founder|secretary|spokes(?:wo)?man|"
    r"spokesperson|manager|engineer|captain|mayor|professor|analyst|author|editor|owner|officer|governor|senator|judge|"
    r"lawyer|scientist|researcher|teacher|doctor|keeper|member|partner|king|queen|architect|designer|artist|writer|"
    r"alcalde(?:sa)?|president[ea]|directora?|ministr[oa]|portavoz|secretari[oa]|jef[ea]|fundadora?|"
    r"singer|actor|actress|player|coach|treasurer|deputy|assistant|boss)"
)
_LABEL = re.compile(r"^\W*[A-Z][^.:;!?]{0,30}:\s")


def introduced(question: str) -> str | None:
    """X in "who is X?" and "what is X?", where X is a name; None for any other question."""
    match = _ASKED.search(question)
    return match.group("name") if match else None


def introduces(text: str, name: str) -> bool:
    """Whether `text` says who or what the bearer of `name` is: an office before it, an apposition or "is" after it."""
    last = rf"\b{re.escape(name.split()[-1])}"
    after = (
        rf"{last}(?:,\s+(?:an?|the|who|whose|which|its|their|our|el|la|un|una|que|quien|\w+\s+of|(?:[\w-]+\s+){{0,4}}?{_OFFICE})\b"
        r"|\s+\((?!\d)|\s+(?:is|was|es|era|fue) (?:an?|the|its|their|our|one|el|la|un|una)\b|\s+(?:became|serves|works) )"
    )
    before = rf"\b{_OFFICE},?\s+(?:[A-Z][\w.’'-]*\s+){{0,3}}?{last}\b"
    return bool(re.search(after, text) or re.search(before, text))


def is_label(text: str) -> bool:
    """Whether a line is an entry of a form ("Present: …") rather than a sentence."""
    return bool(_LABEL.match(text)) and "“" not in text and '"' not in text
