"""Who speaks: whose words a question asks for, and whether a sentence has somebody say something."""

from __future__ import annotations

import re
from collections.abc import Set

from bot.kinds import names
from vectorstore.words import content_stems, stems

_ASKED_FOR = re.compile(
    r"\bwhat (?:else )?(?:did|does|do|has|have|had) (?P<who>.{2,60}?) (?:ever |just |also |officially |publicly )?"
    r"(?:say|said|says|think|comment|commented|announce|announced|claim|claimed|argue|argued|warn|warned|deny|denied|tell|told|"
    r"reply|replied|state|stated)\b",
    re.IGNORECASE,
)
_SPEAKING = re.compile(
    r"\b(?:sa(?:y|ys|id)|told|tells?|add(?:s|ed)|announc\w+|claim(?:s|ed)|argu(?:es|ed)|warn\w*|stat(?:es|ed)|den(?:y|ies|ied)|"
    r"reject(?:s|ed)|dismiss(?:es|ed)|confirm(?:s|ed)|wrote|writes|insist(?:s|ed)|report(?:s|ed)|describ(?:es|ed)|call(?:s|ed)|"
    r"criticis\w+|criticiz\w+|accus(?:es|ed)|prais(?:es|ed)|declined to|respond\w*|react\w*|comment\w*|think(?:s)?|thought|"
    r"believ(?:es|ed)|explain(?:s|ed)|repli(?:es|ed)|according to)\b",
    re.IGNORECASE,
)
_WORDS_BETWEEN = 12
"""Words that may stand between who speaks and that he does: a title, an apposition."""


def speaker_asked_for(question: str) -> frozenset[str]:
    """The stems of X in "what did X say"; empty where no one's words are asked for, or X is only a pronoun."""
    match = _ASKED_FOR.search(question)
    return frozenset(content_stems(match.group("who"))) if match else frozenset()


def speaks(text: str, speaker: Set[str]) -> bool:
    """Whether `text` has somebody of that name say something: near before a word of speaking, or right after it."""
    for match in _SPEAKING.finditer(text):
        before = stems(_subject(text[: match.start()], speaker))[-_WORDS_BETWEEN:]
        after = stems(text[match.end() :])[:3]
        if speaker <= {*before, *after} and not (speaker <= set(after) and " that " in text[match.end() :][:6]):
            return True
    return False


def _subject(before: str, speaker: Set[str]) -> str:
    """What stands before a word of speaking, from the last name on: of "A met B, C" only C says something."""
    clause = _APPOSITION.sub("", before)
    named = [name for name in names(clause) if content_stems(name)]
    if not named or speaker & set(stems(named[-1])) or not any(speaker & set(stems(name)) for name in named):
        return clause
    return clause[clause.rindex(named[-1]) :]


_APPOSITION = re.compile(r",[^,]{1,80},\s*$")
