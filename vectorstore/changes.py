"""What a new version of a document says that the old one did not: sentence by sentence, without what only looks different."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from vectorstore.sentences import Sentence, split_sentences
from vectorstore.values import Version

_SAME_MATTER = 0.5
"""Share of words, in [0, 1], that two sentences have in common when one is the other's new wording."""
_LONGEST = 6000
"""Sentences compared; beyond it only those that are nowhere in the other version are told."""
_QUOTES = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "’": "'", "‘": "'", "–": "-", "—": "-", "…": "..."}
)
_PLUMBING = re.compile(
    r"^\W*(?:(?:last )?(?:updated|modified|revised|reviewed|published|posted|accessed|printed|retrieved)\b[^.!?]{0,60}"
    r"|(?:updated|actualizado|publicado|modificado)\b[^.!?]{0,60}"
    r"|(?:\d[\d.,]* )?(?:comments?|shares?|views?|likes?|reads?|followers?|min(?:ute)?s? read)\b[^.!?]{0,20}"
    r"|\d+ min(?:ute)?s?|\d+ (?:min(?:ute)?|hour|day)s? ago|hace \d+ (?:minutos?|horas?|d[ií]as?)"
    r"|(?:listen to this|escucha este)\b[^.!?]{0,40}|(?:photo|picture|image|foto)(?: credit)?:[^.!?]{0,80}"
    r"|advertisement|sponsored(?: content)?|share (?:this|on)\b[^.!?]{0,40}|subscribe\b[^.!?]{0,60}|sign (?:up|in)\b[^.!?]{0,60}"
    r"|read more\b[^.!?]{0,80}|related(?: articles| stories)?:?|most (?:read|popular)|newsletter|cookie\b[^.!?]{0,80}"
    r"|©[^.!?]{0,80}|copyright\b[^.!?]{0,80}|all rights reserved|page \d+(?: of \d+)?)\W*$",
    re.IGNORECASE,
)
"""Lines of a page about itself, which say nothing of what the document says."""

_APART = re.compile(r"\s*[·•|]\s*")
"""Between remarks of one line."""


@dataclass(frozen=True, slots=True)
class Change:
    """One sentence that is new, gone, or worded anew; spans are those of its own version."""

    kind: Literal["changed", "added", "removed"]
    before: Sentence | None
    after: Sentence | None


def changes(old: Version, new: Version) -> tuple[Change, ...]:
    """In the order of the new version, what is gone before what stands in its place.

    White space, typography, case of marks and a page's own plumbing make no change.
    """
    before, after = _sentences(old), _sentences(new)
    return tuple(_differences(before, after))


def normal(text: str) -> str:
    """Equal for two sentences that a reader would call the same."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_QUOTES).split()).strip(" .")


def says(text: str, version: Version) -> bool:
    """Whether the version (still) holds this sentence, however it is spaced and quoted."""
    return normal(text) in normal(version.text)


def _sentences(version: Version) -> list[Sentence]:
    found = split_sentences(version.text, version.language)
    return [each for each in found if not _is_plumbing(each.text)]


def _is_plumbing(text: str) -> bool:
    """Whether all of a line, which may hold several such remarks, is of the page."""
    return all(_PLUMBING.match(part) for part in _APART.split(normal(text)) if part)


def _differences(before: Sequence[Sentence], after: Sequence[Sentence]) -> Iterator[Change]:
    old, new = [normal(each.text) for each in before], [normal(each.text) for each in after]
    kept = set(old) & set(new)  # a sentence that moved is no change
    gone = [each for each, text in zip(before, old, strict=True) if text not in kept]
    come = [each for each, text in zip(after, new, strict=True) if text not in kept]
    partners = _partners(gone[:_LONGEST], come[:_LONGEST])
    places = {sentence.start: place for place, sentence in enumerate(after)}
    found: list[tuple[float, Change]] = []
    for sentence in come:
        earlier = partners.get(sentence.start)
        found.append((places[sentence.start], Change("changed" if earlier else "added", earlier, sentence)))
    become = {earlier.start: places[start] for start, earlier in partners.items()}
    stays = {text: place for place, text in reversed(list(enumerate(new)))}
    place = -1
    for sentence, text in zip(before, old, strict=True):
        if text in kept:
            place = stays[text]
        elif sentence.start in become:
            place = become[sentence.start]
        else:  # after what it stood behind, before what stands there now
            found.append((place + 0.5, Change("removed", sentence, None)))
    found.sort(key=lambda each: each[0])
    yield from (change for _, change in found)


def _partners(gone: Sequence[Sentence], come: Sequence[Sentence]) -> dict[int, Sentence]:
    """For each new sentence (by its start) the old one it words anew, the most similar pairs first."""
    words_gone, words_come = [_words(each.text) for each in gone], [_words(each.text) for each in come]
    rated = sorted(
        (
            (-_likeness(earlier, later), i, j)
            for i, earlier in enumerate(words_gone)
            for j, later in enumerate(words_come)
            if _may_be_alike(earlier, later)
        ),
    )
    found: dict[int, Sentence] = {}
    taken: set[int] = set()
    for negative, i, j in rated:
        if -negative >= _SAME_MATTER and i not in taken and come[j].start not in found:
            taken.add(i)
            found[come[j].start] = gone[i]
    return found


def _may_be_alike(earlier: Sequence[str], later: Sequence[str]) -> bool:
    """A cheap upper bound of the likeness."""
    common = len(set(earlier) & set(later))
    return 2 * common >= _SAME_MATTER * (len(set(earlier)) + len(set(later)))


def _likeness(earlier: Sequence[str], later: Sequence[str]) -> float:
    return SequenceMatcher(None, earlier, later, autojunk=False).ratio()


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", normal(text).casefold())
