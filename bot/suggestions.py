"""Questions worth asking: about what the documents are about, and answered by them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.kinds import names
from bot.plaintext import plain
from vectorstore.words import content_stems

MOST = 4
"""Slack takes no more."""
TRIED = 2
"""Subjects of one document that are tried before its title."""
LONGEST_SUBJECT = 75
"""Characters."""
_SEVERAL = re.compile(r" (?:and|&|or|y|e|o) ")
"""Two names that a sentence holds together."""
_FILE = re.compile(r"\.[A-Za-z0-9]{2,5}$|^[\w-]*\d{4,}[\w-]*$")


@dataclass(frozen=True, slots=True)
class Subject:
    """Something a document can be asked about."""

    name: str
    is_title: bool = False
    """Of the document itself."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    subject: str
    question: str


Phrase = Callable[[Subject], str]
"""Makes a question of a subject, in somebody's language."""


def subjects(title: str, sentences: Sequence[str]) -> list[Subject]:
    """What one could ask a document about, best first: names its central `sentences` share, then its title."""
    counted = Counter(name for sentence in sentences for name in dict.fromkeys(names(sentence)))
    shared = [plain(name) for name, _ in counted.most_common() if " " in name and not _SEVERAL.search(name)]
    found = [*(Subject(name) for name in dict.fromkeys(shared)), Subject(plain(title), is_title=True)]
    return [each for each in found if _says_something(each.name)]


def _says_something(subject: str) -> bool:
    words = len(content_stems(subject))
    return len(subject) <= LONGEST_SUBJECT and 2 <= words <= 12 and not _FILE.search(subject)


def suggestions(
    documents: Iterable[Sequence[Subject]], phrases: Sequence[Phrase], is_answered: Callable[[str], bool]
) -> list[Suggestion]:
    """At most MOST: of each document the first subject that a question can be made of which is answered.

    documents: the subjects of each, best first. phrases: ways to ask about one, the best first.
    """
    chosen: dict[str, Suggestion] = {}
    for document in documents:
        questions = (each for each in _questions(document, phrases) if each.subject not in chosen)
        found = next((each for each in questions if is_answered(each.question)), None)
        if found:
            chosen[found.subject] = found
        if len(chosen) == MOST:
            break
    return list(chosen.values())


def _questions(document: Sequence[Subject], phrases: Sequence[Phrase]) -> Iterator[Suggestion]:
    for subject in [*document[:TRIED], *document[TRIED:][-1:]]:
        for phrase in phrases:
            yield Suggestion(subject.name, phrase(subject))
