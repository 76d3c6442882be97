"""Checks a text against the documents: sentence by sentence, what proves it and what speaks against it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.cite import cite
from bot.complete import needs_before, points_to_somebody
from bot.disputes import changes, conflicts, contrary, corrects, denies
from bot.doings import polarities
from bot.draft import Draft, Quote
from bot.gate import AROUND, THRESHOLD, support
from bot.kinds import figures, names
from bot.objections import Kind, objections
from bot.plaintext import plain
from bot.polarity import negated, opposites
from bot.quantities import is_quantity, is_year, measured
from bot.reading import Line, Reading, read
from bot.relevance import Embed, is_held, rank, states_something
from bot.repeats import repeats
from bot.speech_acts import act, is_small_talk
from bot.understand import Asked, understand
from bot.values import Citation
from vectorstore.sentences import split_sentences
from vectorstore.values import Passage
from vectorstore.words import content_stems, stems

Finding = Literal["supported", "reported", "contradicted", "disputed", "not in the documents", "not a claim"]
"""`reported`: the documents only say that somebody says so, or that it may be so. `disputed`: they hold both sides."""

_QUOTES = 2
"""Quotes for a sentence and quotes against it, at most, each."""
_LOOKED_AT = 5
"""Sentences of the documents that are held against a claim, the most relevant first."""
_SAME_MATTER = 0.6
"""Share of a claim's words that a sentence must have to speak of the same matter."""
_SAID_ITSELF = 0.4
"""The share a sentence must have without the one it leans on."""
_CONTRADICTING: frozenset[Kind] = frozenset({"negation", "opposite", "swap", "unit", "figure"})

Search = Callable[[str], Sequence[Passage]]
"""The passages found for a sentence, best first."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One sentence of the text that was checked."""

    sentence: str
    verdict: Finding
    citations: tuple[Citation, ...] = ()
    """What proves it, then what speaks against it; numbered over the whole text."""


@dataclass(frozen=True, slots=True)
class _Found:
    sentence: str
    verdict: Finding
    quotes: tuple[Quote, ...] = ()


def check_text(text: str, *, search: Search, embed: Embed) -> tuple[Checked, ...]:
    """Every sentence of `text` in order, each with its verdict; a question, a greeting or a promise is not a claim."""
    found: list[_Found] = []
    before = ""
    for sentence in _sentences(text):
        if is_claim(sentence):
            found.append(_examine(sentence, before, search, embed))
            before = sentence
        else:
            found.append(_Found(sentence, "not a claim"))
    cited = iter(cite([Draft(each.sentence, each.quotes) for each in found if each.quotes]))
    return tuple(Checked(each.sentence, each.verdict, next(cited).citations if each.quotes else ()) for each in found)


def _sentences(text: str) -> list[str]:
    return [sentence.text for line in text.splitlines() for sentence in split_sentences(plain(line))]


def is_claim(sentence: str) -> bool:
    """Whether it says something that documents could prove or disprove."""
    if is_small_talk(sentence) or not states_something(f"{sentence.rstrip('.')}."):
        return False
    says = act(sentence)
    if says == "action" and sentence.split()[0].lower() in ("i’ll", "i'll", "i", "let"):
        return False
    waits = says in ("question", "request", "proposal", "ignorance")
    return not waits and len(set(content_stems(sentence))) >= _A_CLAIM


_A_CLAIM = 2
"""Words that say something, at least."""


def _examine(sentence: str, before: str, search: Search, embed: Embed) -> _Found:
    """A sentence that says "it" is searched together with the one before it."""
    whole = f"{before} {sentence}" if before and _leans(sentence) else sentence
    asked = understand(whole)
    readings = read(search(whole))
    by_version = {reading.version.id: reading for reading in readings}
    near = [scored.line for scored in rank(asked, readings, embed)[:_LOOKED_AT]]
    proving, reporting = _in_favour(sentence, near, by_version, embed)
    against = _against(sentence, asked, near, readings, embed)
    against = [line for line in against if line not in proving]
    favour = proving or reporting
    denied = any(denies(line) for line in favour) and not denies(_line(sentence))
    if favour and (against or denied):
        verdict: Finding = "disputed"
    elif against:
        verdict = "contradicted"
    else:
        verdict = "supported" if proving else "reported" if reporting else "not in the documents"
    shown = [*favour[:_QUOTES], *[line for line in against if line not in favour][:_QUOTES]]
    return _Found(sentence, verdict, tuple(_quote(line, by_version[line.version]) for line in shown))


def _leans(sentence: str) -> bool:
    return points_to_somebody(_line(sentence))


def _line(sentence: str) -> Line:
    return Line("", 0, 0, len(sentence), sentence, tuple(content_stems(sentence)), 0)


def _quote(line: Line, reading: Reading) -> Quote:
    also = next((each.duplicates for each in reading.passages if each.chunk.start <= line.start < each.chunk.end), ())
    return Quote(reading.version, line.start, line.end, also)


def _in_favour(
    sentence: str, near: Sequence[Line], by_version: dict[str, Reading], embed: Embed
) -> tuple[list[Line], list[Line]]:
    """The sentences that prove `sentence`, and those that would if they did not only report it."""
    proving, reporting = [], []
    for own in near:
        line = _whole(own, by_version[own.version])
        version = by_version[line.version].version
        around = f"{version.title} {version.text[max(0, line.start - AROUND) : line.end + AROUND]}"
        said_itself = sum(is_held(stem, own.stems) for stem in _line(sentence).stems) / len(_line(sentence).stems)
        known = {*line.stems, *content_stems(version.title)}
        if not all(
            any(is_held(stem, known) for stem in content_stems(name) or stems(name)) for name in names(sentence)
        ):
            continue
        if said_itself < _SAID_ITSELF or _share(sentence, line, version.title) < _SAME_MATTER:
            continue
        if support(sentence, line.text, around, embed=embed)[0] >= THRESHOLD:
            proving.append(line)
            continue
        fatal = {each.kind for each in objections(sentence, line.text, around, embed=embed) if each.fatal}
        if fatal and fatal <= {"reported", "surer"}:
            reporting.append(line)
    return _each_once(proving), _each_once(reporting)


def _whole(line: Line, reading: Reading) -> Line:
    """`line` with the sentence before it when it leans on that."""
    if not (line.index and needs_before(line)):
        return line
    before = reading.lines[line.index - 1]
    text = reading.version.text[before.start : line.end]
    return replace(line, start=before.start, text=text, stems=(*before.stems, *line.stems))


def _each_once(lines: Sequence[Line]) -> list[Line]:
    """Without copies of one sentence in several documents."""
    found: list[Line] = []
    for line in lines:
        if not any(repeats(line, other) for other in found):
            found.append(line)
    return found


def _against(
    sentence: str, asked: Asked, near: Sequence[Line], readings: Sequence[Reading], embed: Embed
) -> list[Line]:
    """Denials and corrections of what `sentence` says, and sentences that say it otherwise."""
    claim = _line(sentence)
    denying = [line for line, _ in contrary([claim], readings, asked) if _rejects(line, claim)]
    otherwise = [line for line in near if _contradicts(line, sentence, asked, embed)]
    return _each_once([*denying, *otherwise])


def _rejects(line: Line, claim: Line) -> bool:
    """By its own words or by another figure; a "not" about another doing rejects nothing."""
    if denies(line) or corrects(line) or changes(line):
        return True
    return conflicts(line, claim) and (negated(line.text) == negated(claim.text) or _on_one_doing(line, claim))


def _on_one_doing(line: Line, claim: Line) -> bool:
    said = polarities(claim.text, line.text)
    return bool(said and said[0] != said[1])


def _contradicts(line: Line, sentence: str, asked: Asked, embed: Embed) -> bool:
    named = {stem for name in names(sentence) for stem in content_stems(name)}
    opposed = {stem for each in line.stems for stem in opposites(each)}
    matter = replace(line, stems=(*line.stems, *opposed))
    if _share(sentence, matter) < _SAME_MATTER or not named <= {*line.stems, *asked.stems}:
        return False
    found = {each.kind for each in objections(sentence, line.text, line.text, embed=embed) if each.fatal}
    if "negation" in found and not _on_one_doing(line, _line(sentence)):
        found.discard("negation")
    if "figure" in found and not _counts_the_same(sentence, line):
        found.discard("figure")
    return bool(found & _CONTRADICTING)


def _share(sentence: str, line: Line, title: str = "") -> float:
    """How much of what `sentence` speaks of, its figures left aside, `line` speaks of too."""
    wanted = [stem for stem in dict.fromkeys(content_stems(sentence)) if not is_quantity(stem)]
    return sum(is_held(stem, {*line.stems, *content_stems(title)}) for stem in wanted) / max(1, len(wanted))


def _counts_the_same(sentence: str, line: Line) -> bool:
    """Whether another figure is another answer: both measure in one unit, date one doing, or count with more in common."""
    own, given = measured(sentence), measured(line.text)
    if own or given:
        return bool({each.unit for each in own} & {each.unit for each in given})
    common = {stem for stem in content_stems(sentence) if not is_quantity(stem)}.intersection(line.stems)
    if _year(sentence) and _year(line.text):
        return len(common) >= _DATED
    return len(common) >= _IN_COMMON and len(figures(sentence)) == 1 == len(figures(line.text))


def _year(text: str) -> bool:
    return any(is_year(value) for value in figures(text))


_DATED = 2
_IN_COMMON = 3
"""Words, at least, that two counts of the same thing share."""
