"""What a conversation is about: its phrases by salience, told from its words alone.

What it turns on (its center) moves only when a question introduces or names something else, as in centering theory (Grosz,
Joshi and Weinstein 1995). What an answer speaks of again and again counts beside it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.values import Turn
from bot.word_lists import LIGHT, RELATIONAL, VERBS
from vectorstore.words import content_stems

LONGEST_PHRASE = 4
"""Words."""

# What a word is worth: in any question, the last one, the first one, the center; each time in an earlier answer (in the last
# one, each time is worth 1).
_ASKED, _ASKED_LAST, _ASKED_FIRST, _CENTER, _SAID_EARLIER = 0.5, 3.0, 1.0, 2.0, 0.05
_SAID_AT_MOST, _SAID_EARLIER_AT_MOST = 12, 4
_TOGETHER = 0.6
"""The share of its occurrences in which a word must stand in a phrase to be spoken of by that phrase."""

_BREAK = re.compile(r"[.,;:!?()\[\]\"“”—–/|\n]|\s-\s|(?<=\w)['’](?=\s)")
_WORD = re.compile(r"[^\W_][\w'’&+-]*")
_ENDING = re.compile(r"['’](?:s|m|d|ve|ll|re)?$")
_ARTICLES = frozenset("a an the some any its their his her my your our".split())
_ASKED_FOR = frozenset("what which many much".split())

_NAME = r"((?:[A-Z][\w'’-]+ ){0,2}[A-Z][\w'’-]+)"
_PERSON = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|Sir|[Pp]resident|[Mm]inister|[Cc]aptain|[Ss]pokes(?:wo)?man|[Ss]pokesperson|[Cc]hief executive|CEO"
    r"|[Ff]ounder|[Dd]irector|[Cc]hair(?:wo)?man|[Ss]ecretary|[Aa]uthor|[Mm]anager|[Aa]nalyst|[Pp]rofessor|[Mm]ayor|[Kk]ing|[Qq]ueen)"
    rf"\.?,? {_NAME}"
    rf"|\b{_NAME},? (?:said|says|told|who|was born|added|wrote|argued|explained)\b|^Who (?:is|was) {_NAME}"
)
_TURNS_TO = re.compile(r"^\W*(?:\w+\W+){0,2}(?:(?:what|how) about|and)\b", re.IGNORECASE)
_INTRODUCES = re.compile(
    r"^\W*(?:\w+\W+)?(?:(?:what|who)(?:['’]s| is| are| was| were)|tell me (?:more )?about|define|describe|explain)"
    r"(?! the (?!\w+ (?:of|behind)\b))(?! (?:its|their|his|her)\b)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Adjacent words that say what something is about."""

    text: str
    stems: tuple[str, ...]
    named: bool
    """Written with capitals inside a sentence."""


@dataclass(frozen=True, slots=True)
class _Run:
    """The longest stretch of adjacent words that carry meaning, with the small word before it."""

    words: tuple[Phrase, ...]
    before: str

    def part(self, start: int, end: int) -> Phrase:
        words = self.words[start:end]
        stems = tuple(stem for word in words for stem in word.stems)
        return Phrase(" ".join(word.text for word in words), stems, all(word.named for word in words))

    @property
    def whole(self) -> Phrase:
        return self.part(0, len(self.words))

    @property
    def subject(self) -> Phrase:
        """Of "Mary Smith family" the name."""
        names = next((index for index, word in enumerate(self.words) if not word.named), 0)
        return self.part(0, names if names > 1 else len(self.words))

    @property
    def parts(self) -> list[Phrase]:
        size = len(self.words)
        return [
            self.part(start, end)
            for start in range(size)
            for end in range(start + 1, min(size, start + LONGEST_PHRASE) + 1)
        ]


def phrases(text: str) -> list[Phrase]:
    """Every run of up to LONGEST_PHRASE adjacent words that carry meaning, the parts of longer runs included."""
    return [part for run in _runs(text) for part in run.parts]


def salient(history: Sequence[Turn]) -> Iterator[Phrase]:
    """The words of a conversation, the most salient first, each as the phrase that it nearly always stands in."""
    scores: defaultdict[str, float] = defaultdict(float)
    center: Phrase | None = None
    runs: list[_Run] = []
    for index, turn in enumerate(history):
        last = index == len(history) - 1
        asked, said = _runs(turn.question), _runs(turn.answer)
        center = _center(turn.question, center)
        for stem in dict.fromkeys(_stems(asked)):
            scores[stem] += _ASKED + _ASKED_LAST * last + _ASKED_FIRST * (index == 0)
        for stem, count in Counter(_stems(said)).items():
            scores[stem] += min(count, _SAID_AT_MOST) if last else _SAID_EARLIER * min(count, _SAID_EARLIER_AT_MOST)
        runs = asked + said + runs
    for stem in center.stems if center else ():
        scores[stem] += _CENTER
    ranked = sorted((stem for stem in scores if stem not in RELATIONAL), key=lambda stem: -scores[stem])
    return (_phrase_of(stem, runs) for stem in ranked)


def fuller(head: str, history: Sequence[Turn]) -> Phrase | None:
    """The name, or the phrase said again and again, that ends with the stem `head` and was spoken of last: "Harbour Line"
    where "the line" is asked about."""
    for turn in reversed(history):
        for text in (turn.answer, turn.question):
            ends = [part for part in phrases(text) if len(part.stems) > 1 and part.stems[-1] == head]
            counts = Counter(part.stems for part in ends)
            sure = [part for part in ends if part.named or counts[part.stems] > 1]
            if sure:
                return max(sure, key=lambda part: (part.named, counts[part.stems], len(part.stems)))
    return None


def people(history: Sequence[Turn]) -> frozenset[str]:
    """The stems of names that are a person's: they carry an office, or speak."""
    texts = [text for turn in history for text in (turn.question, turn.answer)]
    names = [name for text in texts for match in _PERSON.finditer(text) for name in match.groups() if name]
    return frozenset(stem for name in names for stem in content_stems(name))


def focus(question: str) -> Phrase | None:
    """What a question is about: its first phrase that is neither what is asked for ("which foods …") nor a mere aspect of
    something ("the history of …")."""
    runs = [run for run in _runs(question) if not RELATIONAL.issuperset(run.whole.stems)]
    known = [run for run in runs if run.before not in _ASKED_FOR]
    return (known or runs)[0].subject if runs else None


def _center(question: str, before: Phrase | None) -> Phrase | None:
    here = focus(question)
    if before is None or here is None or _TURNS_TO.match(question):
        return here or before
    still_spoken_of = set(before.stems) <= set(content_stems(question))
    return here if not still_spoken_of and (here.named or _INTRODUCES.match(question)) else before


def _phrase_of(stem: str, runs: Sequence[_Run]) -> Phrase:
    counts: Counter[tuple[str, ...]] = Counter()
    written: dict[tuple[str, ...], Phrase] = {}
    times = 0
    for run in runs:
        if stem not in run.whole.stems:
            continue
        times += 1
        for part in run.parts:
            if stem in part.stems:
                counts[part.stems] += 1
                known = written.get(part.stems)
                if (
                    known is None
                    or (part.named and not known.named)
                    or known.text[0].isupper() > part.text[0].isupper()
                ):
                    written[part.stems] = part
    often = [stems for stems, count in counts.items() if count >= _TOGETHER * times]
    return written[max(often or [max(counts, key=lambda stems: (counts[stems], -len(stems)))], key=len)]


def _stems(runs: Sequence[_Run]) -> list[str]:
    return [stem for run in runs for stem in run.whole.stems]


def _runs(text: str) -> list[_Run]:
    """Runs end at small words, doings and marks; a name begins one of its own ("spokesman | Jon Berg")."""
    runs: list[_Run] = []
    for segment in _BREAK.split(text):
        written = [_ENDING.sub("", word) for word in _WORD.findall(segment)]
        words: list[Phrase] = []
        before = last = ""
        for index, word in enumerate([*written, ""]):
            phrase = _carrying(word, index, written, words)
            if words and (phrase is None or (phrase.named and not words[-1].named)):
                if not all(each.text.isdigit() for each in words):
                    runs.append(_Run(tuple(words), before))
                words = []
            if phrase:
                before = before if words else last
                words.append(phrase)
            if word.lower() not in _ARTICLES:
                last = word.lower()
    return runs


def _carrying(word: str, index: int, written: Sequence[str], run: Sequence[Phrase]) -> Phrase | None:
    """The word, if it says what something is about. The first word of a sentence is a name if the second one is."""
    stems = tuple(content_stems(word))
    if not stems:
        return None
    named = word[0].isupper() and (index > 0 or (written[1:2] != [] and written[1][0].isupper()))
    goes_on = named and bool(run) and run[-1].named
    if not goes_on and (LIGHT.issuperset(stems) or (not named and VERBS.issuperset(stems))):
        return None
    return Phrase(word, stems, named)
