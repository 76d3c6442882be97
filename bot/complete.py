"""What a sentence leaves open: who "he" is, who "added" it, which company."""

from __future__ import annotations

import re

from bot.reading import Line

_LEANING = re.compile(
    r"^\W*(?:and |but |yet |so |however,? |meanwhile,? |still,? |then,? |also,? |(?:last|this|next|in|on|by|"
    r"since|after) [\w ,]{1,20}?,? )?"
    r"(?:he|she|it|they|this|that|these|those|such|both|neither|his|her|hers|its|their|theirs|him|them|the (?:former|"
    r"latter|pair|trio|same)|the two(?= (?:men|women|sides|companies|firms|had|have|were|are|will|would|said|of)\b))\b",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"^\W*(?:according to (?:those|these|the) |but |however,? |yet )?the (?:\w+ ){0,1}(?:compan(?:y|ies)|"
    r"carmakers?|automakers?|firms?|group|agency|ministry|"
    r"minister|spokes\w+|officials?|reports?|stud(?:y|ies)|researchers|authors?|team|deal|move|decision|"
    r"arrangement|announcement|agreement|"
    r"statement|people|retailer|bank|manufacturer|start-?up|airline|operator|publisher|newspaper|outlet|council|"
    r"committee|union|party|"
    r"programme|program|project|plan|order|contract|offer|proposal|bid|purchase|sale|merger|law|bill|measure|change|incident|attack|accident|technique|method|approach|"
    r"results?|findings)\b"
    r"(?! (?:of|in|for|at|from|on|that|which|who)\b)",
    re.IGNORECASE,
)
_CONTINUED = re.compile(
    r"^\W*(?:he|she|they|it|the \w+) (?:also )?(?:added|continued|went on|concluded|noted|said|told|explained)\b",
    re.IGNORECASE,
)
_THOSE = re.compile(
    r"^\W*(?:according to|for|as for|of|among|to|in) (?:those|these|them|him|her|this|that)\b", re.IGNORECASE
)

_ONE_MORE = re.compile(
    r"^\W*(?:nor|neither) (?:is|are|was|were|do|does|did|has|have|had|will|would|can|could)\b", re.IGNORECASE
)


_DENIES_THIS = re.compile(
    r".*\b(?:den(?:y|ies|ied)|reject(?:s|ed)|dismiss(?:es|ed)|disput(?:es|ed)) (?:this|that|it)\W*$", re.IGNORECASE
)


def needs_before(line: Line) -> bool:
    """Whether the sentence cannot be understood without the one before it."""
    return points_to_somebody(line) or bool(_ROLE.match(line.text)) or _inside_quotation(line.text)


def leans(text: str) -> bool:
    """Whether somebody or something in it is named only by a pronoun or a role: "she", "its owner", "the company"."""
    return bool(_PRONOUN.search(text) or _ROLE.match(text))


_PRONOUN = re.compile(r"\b(?:he|she|it|they|him|her|them|his|hers|its|their|theirs|we|our|us|i|my)\b", re.IGNORECASE)


def _inside_quotation(text: str) -> bool:
    """A closing mark without its opening one: the quotation began earlier."""
    return text.count("”") > text.count("“")


def points_to_somebody(line: Line) -> bool:
    """Whether it opens with a pronoun or goes on with what somebody said: never shown without the sentence before it."""
    return any(pattern.match(line.text) for pattern in (_CONTINUED, _THOSE, _LEANING, _ONE_MORE, _DENIES_THIS))


def needs_after(line: Line) -> bool:
    """Whether the sentence only announces what the next ones say."""
    return line.text.rstrip(" *").endswith(":")
