"""Composes an answer out of whole sentences of the documents, so that every answer is true to its source."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.causes import causes
from bot.complete import points_to_somebody
from bot.counting import asks_what_is_had, counted, counts, counts_exactly, is_planned, speaks_of
from bot.deciding import FACTS, around, could_answer, decides, point_of
from bot.disputes import contrary, is_correction
from bot.draft import Draft, Quote, verbatim
from bot.entries import entries_asked_for
from bot.introductions import introduced, introduces, is_label
from bot.kinds import names
from bot.listing import Listing, listed, steps_of
from bot.reading import Line, Reading, read
from bot.relevance import Embed, Scored, holds_kind, is_held, rank, states_something
from bot.repeats import repeats
from bot.sections import answering_section
from bot.speakers import speaker_asked_for, speaks
from bot.together import with_what_goes_on, with_what_it_leans_on
from bot.understand import Asked, as_asked, parts, understand
from bot.values import Note
from vectorstore.values import Passage, Version
from vectorstore.words import content_stems, stems

LIMIT = 5
"""Sentences of an answer, at most."""
_WORTH_SHOWING = 0.75
"""A further sentence of the document that answers best is shown when its score reaches this share of the best one's."""
_WORTH_ADDING = 0.9
"""The same for a sentence of another document, and for one without the kind of fact that was asked for."""
_WORTH_READING = 0.85
"""The same for the first sentence of another document that holds the kind of thing that was asked for."""
_WORTH_HEARING = 0.72
"""The same where that document is of a publisher who was not heard yet and speaks of what was asked."""
_WORTH_DECIDING = 0.55
"""Share of the best sentence's score that one which decides the question reaches, to stand in its place."""
_PERHAPS = 0.5
"""How surely a sentence decides a question in other words, or of less than all that is asked."""
_WORTH_WITHOUT_THE_ACT = 0.95
"""The same, of a question who did something, for a sentence that does not speak of the doing where another one does."""
_NEARLY_AS_GOOD = 0.8
"""Share of the best score from which a sentence of the wanted form is preferred to the best one."""
_ON_IT = 0.6
"""Share of what the best sentence holds of the question's words."""
_OF_THE_SAME = 0.6
"""Share of what the best document holds of the question's words, for a count in another one."""
_AGAINST = 3
"""Denials and corrections beside an answer, at most; each may bring the sentence that goes on with it."""


@dataclass(frozen=True, slots=True)
class Extract:
    """An answer of the documents' own sentences; no drafts where they do not answer."""

    drafts: tuple[Draft, ...] = ()
    notes: tuple[Note, ...] = ()


def compose(
    question: str, passages: Sequence[Passage], *, embed: Embed, limit: int = LIMIT, without: Collection[str] = ()
) -> Extract:
    """The sentences that answer `question`, the one that decides it first; at most `limit`, none for no passages.

    A sentence that opens with "he" or "the company" brings the one it leans on, and whatever denies or corrects a
    shown claim in the same documents is shown with it, before further sentences are. `without`: parts of the question that
    are known to have no answer.
    """
    readings = read(passages)
    by_version = {reading.version.id: reading for reading in readings}
    asked = understand(question)
    entries = entries_asked_for(asked, readings)
    if entries:
        return Extract(tuple(verbatim(_quote(line, by_version[line.version], ())) for line in entries))
    listing = listed(asked, readings)
    if listing:
        return _as_listed(listing, readings, by_version, asked)
    section = [line for line in answering_section(asked, readings) if states_something(line.text)]
    best, unanswered = (
        (dict.fromkeys(section, ()), ()) if 0 < len(section) <= limit else _best(question, readings, embed, without)
    )
    if not best:
        return Extract()
    first = next(iter(best))
    steps = steps_of(first, by_version[first.version]) if "manner" in asked.kinds else []
    if steps:
        return Extract(tuple(verbatim(_quote(line, by_version[line.version], ())) for line in steps))
    chosen = _chosen(list(best), readings, by_version, asked, limit)
    carried = {line: [by_version[copy.version].version for copy in copies] for line, copies in best.items()}
    opens = asked.decides or asked.kinds & FACTS or decides(asked, first.text, around(first, by_version[first.version]))
    ordered = _in_order(chosen, by_version, asked, first if opens else None)
    missing = tuple(as_asked(part, question) for part in unanswered)
    notes = (Note("part_open", {"missing": missing}),) if missing else ()
    return Extract(
        tuple(verbatim(_quote(line, by_version[line.version], carried.get(line, ()))) for line in ordered), notes
    )


def _as_listed(
    listing: Listing, readings: Sequence[Reading], by_version: Mapping[str, Reading], asked: Asked
) -> Extract:
    """All that is listed, in its order, and what speaks against it."""
    shown = [listing.head, *listing.lines] if states_something(listing.head.text) else list(listing.lines)
    against = [line for line, _ in contrary(listing.lines, readings, asked) if _adds(line, shown)][:_AGAINST]
    title = by_version[listing.head.version].version.title
    notes = (Note("list_goes_on", {"more": listing.more, "source": title}),) if listing.more else ()
    return Extract(tuple(verbatim(_quote(line, by_version[line.version], ())) for line in [*shown, *against]), notes)


def _best(
    question: str, readings: Sequence[Reading], embed: Embed, without: Collection[str]
) -> tuple[Mapping[Line, Sequence[Line]], tuple[str, ...]]:
    """The sentences that answer, best first, with copies of them in other documents; and the parts nothing answers.

    Of several questions in one, each has its best sentence among the first.
    """
    asking = [understand(part) for part in parts(question) if part not in without]
    ranked: list[list[Line]] = []
    unanswered = []
    for part in asking:
        answered = (
            ranked and ranked[0] and part.text.endswith(f": {asking[0].text}") and holds_kind(part, ranked[0][0].text)
        )
        if answered:
            continue
        ranked.append(_worth(part, rank(part, readings, embed), readings))
        if not ranked[-1]:
            unanswered.append(part.text)
    taking_turns = [
        one[place] for place in range(max(map(len, ranked), default=0)) for one in ranked if place < len(one)
    ]
    return _distinct(taking_turns), tuple(unanswered)


def _distinct(lines: Sequence[Line]) -> dict[Line, list[Line]]:
    """Each sentence that is not a copy of an earlier one, with the copies of it."""
    found: dict[Line, list[Line]] = {}
    for line in lines:
        original = next((other for other in found if repeats(line, other)), None)
        if original is None:
            found[line] = []
        elif original.version != line.version:
            found[original].append(line)
    return found


def _worth(asked: Asked, ranked: Sequence[Scored], readings: Sequence[Reading]) -> list[Line]:
    """The sentences worth showing: more readily those of the document that answers best than those of others.

    What another publisher says of it is heard, once, although it is not as near. Of a question for one fact, a further
    sentence must hold such a fact too.
    """
    one_fact = bool(asked.kinds & FACTS) and not (asked.lists or asked.speech)
    publishers = {reading.version.id: reading.version.publisher for reading in readings}
    if counted(asked.text):
        ranked = _counting(asked, ranked, readings) or ([] if asks_what_is_had(asked.text) else ranked)
    ranked = _asked_for(asked, ranked, readings) or ranked
    ranked = _deciding(asked, ranked, readings)
    act = _act_of(asked, ranked)
    named = {stem for name in asked.names for stem in content_stems(name)}
    of_it = {reading.version.id for reading in readings if speaks_of(reading, named)}
    worth: list[Line] = []
    best = max((scored.score for scored in ranked), default=0.0)
    for scored in ranked:
        version = scored.line.version
        share = _WORTH_SHOWING if not worth or version == worth[0].version else _WORTH_ADDING
        if not scored.typed:
            share = max(share, _WORTH_ADDING if one_fact else 0.0)
        elif version not in {line.version for line in worth}:
            heard = {publishers[line.version] for line in worth}
            new_voice = publishers[version] not in heard | {None} and scored.in_context >= _ON_IT * ranked[0].in_context
            share = min(share, _WORTH_HEARING if new_voice else _WORTH_READING)
        if act and not is_held(act, scored.line.stems):
            share = max(share, _WORTH_WITHOUT_THE_ACT)
        if worth and worth[0].version in of_it and version not in of_it:
            continue  # of another firm, town or person
        if scored.score >= share * best or not worth:
            worth.append(scored.line)
    by_version = {reading.version.id: reading for reading in readings}
    answering = (could_answer(asked, line.text, around(line, by_version[line.version])) for line in worth)
    return worth if any(answering) else []


def _deciding(asked: Asked, ranked: Sequence[Scored], readings: Sequence[Reading]) -> Sequence[Scored]:
    """`ranked`, or of a question for one fact the sentences alone that surely say it; one that may say it goes first.

    Where something is has more than one answer, a country, a town and a house, so other places follow the sure ones.
    """
    if not ranked:
        return ranked
    by_version = {reading.version.id: reading for reading in readings}
    publishers = {reading.version.id: reading.version.publisher for reading in readings}
    good = [scored for scored in ranked if scored.score >= _WORTH_DECIDING * ranked[0].score]
    nearest = {scored.line.key for scored in good if scored.score >= _NEARLY_AS_GOOD * ranked[0].score}
    sure = {
        scored.line.key: decides(asked, scored.line.text, around(scored.line, by_version[scored.line.version]))
        for scored in good
    }
    surely = [scored for scored in good if sure[scored.line.key] == 1.0]
    if surely:
        heard = {publishers[scored.line.version] for scored in surely} | {None}
        voices = [s for s in good if sure[s.line.key] == _PERHAPS and publishers[s.line.version] not in heard]
        places = [s for s in good if "place" in asked.kinds and s.typed and s.line.key in nearest]
        return list({scored.line.key: scored for scored in (*surely, *voices, *places)}.values())
    of_it = [s for s in good if sure[s.line.key] and (asked.kinds & FACTS or s.line.version == ranked[0].line.version)]
    perhaps = [scored for scored in of_it if scored.line.key in nearest][:1]
    return [*perhaps, *(scored for scored in ranked if scored not in perhaps)]


def _act_of(asked: Asked, ranked: Sequence[Scored]) -> str | None:
    """The stem of what somebody did in "who did it?", where one of the better sentences speaks of that."""
    match = _WHO_DID.search(asked.text)
    act = content_stems(match.group(1)) if match else _only_act(asked)
    better = [scored for scored in ranked if scored.score >= _NEARLY_AS_GOOD * ranked[0].score]
    return act[0] if act and any(is_held(act[0], scored.line.stems) for scored in better) else None


def _only_act(asked: Asked) -> list[str]:
    """What is done in a short question for it and nothing else: "what does the firm make"."""
    point = point_of(asked)
    alone = point and point.doing and not asked.kinds and not (asked.lists or asked.speech)
    return stems(point.doing) if point and point.doing and alone and len(asked.stems) <= _SHORT_QUESTION else []


_SHORT_QUESTION = 3
"""Words, stop words aside."""
_WHO_DID = re.compile(r"^\W*who (?:\w+ly |else )?(\w+)", re.IGNORECASE)


def _asked_for(asked: Asked, ranked: Sequence[Scored], readings: Sequence[Reading]) -> list[Scored]:
    """Of a question that tells what an answer looks like, the sentences that look so; empty for any other."""
    section = {line.key for line in answering_section(asked, readings)}
    if section:
        return [scored for scored in ranked if scored.line.key in section]
    name = introduced(asked.text)
    if name:
        found = [scored for scored in ranked if introduces(scored.line.text, name)]
        return [scored for scored in found if not is_label(scored.line.text)] or found
    return causes(asked, ranked) or _spoken(asked, ranked, readings)


def _counting(asked: Asked, ranked: Sequence[Scored], readings: Sequence[Reading]) -> list[Scored]:
    """Of "how many X", the sentences with a figure of X; without those that give it of somebody else, if they can be told."""
    by_version = {reading.version.id: reading for reading in readings}
    what = counted(asked.text)
    found = [scored for scored in ranked if counts(scored.line, by_version[scored.line.version], asked, what)]
    if asks_what_is_had(asked.text):
        found = [scored for scored in found if not is_planned(scored.line.text)]
    named = {stem for name in asked.names for stem in content_stems(name)}
    spoken_of = {version for version, reading in by_version.items() if speaks_of(reading, named)}
    found = [scored for scored in found if not spoken_of or scored.line.version in spoken_of]
    most = max((scored.in_document for scored in found), default=0.0)
    found = [scored for scored in found if scored.in_document >= _OF_THE_SAME * most]
    if any(named <= set(scored.line.stems) for scored in found):
        found = [
            scored
            for scored in found
            if named <= set(scored.line.stems) or (not names(scored.line.text) and scored.line.version in spoken_of)
        ]
    exactly = [scored for scored in found if counts_exactly(scored.line, asked, what)]
    return exactly if exactly and exactly[0].score >= _NEARLY_AS_GOOD * found[0].score else found


def _spoken(asked: Asked, ranked: Sequence[Scored], readings: Sequence[Reading]) -> list[Scored]:
    """Of a question for somebody's words, the sentences in which that one speaks, by name or as "he" after the name."""
    speaker = speaker_asked_for(asked.text)
    lines = {reading.version.id: reading.lines for reading in readings}
    found = []
    for scored in ranked if speaker else ():
        line = scored.line
        before = [each.text for each in lines[line.version][max(0, line.index - 2) : line.index]]
        named = points_to_somebody(line) and any(
            speaks(text, speaker) or speaker <= set(stems(" ".join(names(text)[:1]))) for text in before
        )
        if speaks(line.text, speaker) or (named and speaks(line.text, frozenset())):
            found.append(scored)
    return found if found and found[0].score >= _ON_IT * ranked[0].score else []


def _add(chosen: list[Line], line: Line, lines: Sequence[Line], limit: int) -> None:
    """`line` comes with all `lines` it leans on; without room for them only if it can stand alone. The first always comes."""
    new = [each for each in lines if each not in chosen]
    if len(chosen) + len(new) <= limit:
        chosen.extend(new)
    elif not chosen:
        chosen.extend(new[-limit:])
    elif len(chosen) < limit and line in new and not points_to_somebody(line):
        chosen.append(line)


def _chosen(
    best: Sequence[Line], readings: Sequence[Reading], by_version: Mapping[str, Reading], asked: Asked, limit: int
) -> list[Line]:
    """The best sentence first, then what speaks against what would be shown, beside it, then the others while there is room."""
    shown: list[Line] = []
    groups = {line: _undisputed(line, readings, by_version, asked) for line in best}
    for line, group in groups.items():
        _add(shown, line, group, limit)
    telling = _each_document_first(
        [(line, claim) for line, claim in contrary(shown, readings, asked) if _adds(line, shown)]
    )[:_AGAINST]
    claims = {claim for _, claim in telling}
    disputed = [line for line, group in groups.items() if claims.intersection(group)]
    against = {line: with_what_goes_on(line, by_version[line.version]) for line, _ in telling}
    chosen: list[Line] = []
    for line in dict.fromkeys([best[0], *disputed[:1], *against, *disputed, *best]):
        _add(chosen, line, list(dict.fromkeys([*groups.get(line, []), *against.get(line, [])])), limit)
    return chosen


def _each_document_first(found: Sequence[tuple[Line, Line]]) -> list[tuple[Line, Line]]:
    """The most telling of every document before the second of any, so that no denial is crowded out by another's."""
    before = Counter[str]()
    places = []
    for line, _ in found:
        places.append(before[line.version])
        before[line.version] += 1
    return [pair for _, pair in sorted(zip(places, found, strict=True), key=lambda item: item[0])]


def _undisputed(line: Line, readings: Sequence[Reading], by_version: Mapping[str, Reading], asked: Asked) -> list[Line]:
    """`line` with what it leans on; without a claim that is denied or corrected and is not what was asked."""
    group = with_what_it_leans_on(line, by_version[line.version], asked)
    if not asked.kinds & FACTS or point_of(asked) is None:
        return group
    disputed = {
        claim for _, claim in contrary([each for each in group if each != line], readings, asked, on_the_point=False)
    }
    return [each for each in group if each not in disputed]


def _adds(line: Line, chosen: Sequence[Line]) -> bool:
    return line in chosen or not any(repeats(line, other) for other in chosen)


def _in_order(
    chosen: Sequence[Line], by_version: Mapping[str, Reading], asked: Asked, first: Line | None
) -> list[Line]:
    """Document after document, the one of the best sentence first; as the document has them within each.

    `first`, with what it leans on, opens its document's part. A document that corrects or takes back goes before what it
    outranks.
    """
    order = list(dict.fromkeys(line.version for line in chosen))
    order.sort(key=lambda version: not is_correction(by_version[version]))
    opening = with_what_it_leans_on(first, by_version[first.version], asked) if first else []
    return sorted(chosen, key=lambda line: (order.index(line.version), line not in opening, line.start))


def _quote(line: Line, reading: Reading, copies: Sequence[Version]) -> Quote:
    holding = [p for p in reading.passages if p.chunk.start <= line.start < p.chunk.end] or list(reading.passages)
    also = {version.id: version for version in (*holding[0].duplicates, *copies)}
    return Quote(reading.version, line.start, line.end, tuple(also.values()))
