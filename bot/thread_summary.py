"""The summary of a conversation: who said what that matters, word for word, from its whole length.

Decisions, actions and open questions come first into the room there is, then answers, then what stands for each stretch of the
conversation. What was later taken back is never shown without what took it back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bot.kindred import kindred
from bot.relevance import Embed
from bot.speech_acts import Act, act, agrees, asks, is_small_talk, turns_back
from vectorstore.sentences import split_sentences
from vectorstore.words import content_stems

Kind = Literal["decision", "action", "question", "answer", "open", "point"]
"""`question`: one that was answered, its `answer` follows; `open`: an unanswered question, or what is said to be unsettled."""

LIMIT = 8
CANDIDATES = 240
"""Sentences that are embedded for one summary, at most."""
_WORTH = {"decision": 1.0, "action": 0.8, "open": 0.7, "answer": 0.55, "question": 0.3, "point": 0.25}
_ANSWERED_WITHIN = 6
"""Messages after a question in which its answer is looked for."""
_ALIKE = 0.35
"""Cosine from which a later message speaks of what was asked."""
_SAME = 0.9
"""Cosine from which two sentences say the same."""
_CODE = re.compile(r"```.*?```", re.DOTALL)
_FEWEST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Said:
    """One message, as its readers see it."""

    id: str
    speaker: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Point:
    """A sentence of a message that a summary shows: `quote` stands in its text word for word."""

    message_id: str
    speaker: str
    quote: str
    kind: Kind


@dataclass(frozen=True, slots=True, eq=False)
class _Sentence:
    message: int
    """The place of its message in the conversation."""
    place: int
    """Its place among all sentences."""
    point: Point
    act: Act
    stems: frozenset[str]
    vector: NDArray[np.float32]
    with_it: tuple[int, ...] = ()
    """Places of the sentences that must be shown with it."""


def summarize_conversation(said: Sequence[Said], *, embed: Embed, limit: int = LIMIT) -> tuple[Point, ...]:
    """At most `limit` points in the order they were said; none for a conversation that says nothing.

    Messages may come in any order; they are read by their time.
    """
    conversation = sorted(said, key=lambda message: message.at)
    sentences = _sentences(conversation, embed)
    for number, message in enumerate(conversation):
        _accept(number, message, conversation, sentences)
    _answer(conversation, sentences)
    _take_back(sentences)
    chosen = _choose(sentences, len(conversation), limit)
    return tuple(sentence.point for sentence in sorted(chosen, key=lambda sentence: sentence.place))


def _sentences(conversation: Sequence[Said], embed: Embed) -> list[_Sentence]:
    spoken = [(number, text) for number, message in enumerate(conversation) for text in _pieces(message.text)]
    if len(spoken) > CANDIDATES:
        telling = {index for index, (_, text) in enumerate(spoken) if act(text) != "statement"}
        every = {index * len(spoken) // CANDIDATES for index in range(CANDIDATES)}
        kept = sorted(sorted(every | telling, key=lambda index: (index not in telling, index))[:CANDIDATES])
        spoken = [spoken[index] for index in kept]
    if not spoken:
        return []
    vectors = embed([text for _, text in spoken])
    found = []
    for place, ((number, text), vector) in enumerate(zip(spoken, vectors, strict=True)):
        message, does = conversation[number], act(text)
        point = Point(message.id, message.speaker, text, _kind(does))
        found.append(_Sentence(number, place, point, does, frozenset(content_stems(text)), vector))
    return found


def _pieces(text: str) -> list[str]:
    """The sentences of a message; a line break ends one, as people write in a chat. Code and small talk say nothing here."""
    prose = _CODE.sub(lambda code: "\n" * len(code.group()), text)
    pieces = [sentence.text for line in prose.splitlines() for sentence in split_sentences(line)]
    return [piece for piece in pieces if not is_small_talk(piece)]


def _kind(does: Act) -> Kind:
    if does in ("question", "request", "proposal", "open", "ignorance"):
        return "open" if does in ("question", "request", "open") else "point"
    return "decision" if does == "decision" else "action" if does == "action" else "point"


def _accept(number: int, message: Said, conversation: Sequence[Said], sentences: list[_Sentence]) -> None:
    """A proposal that somebody else agrees to next is a decision, a request that is agreed to an action."""
    opening = next((sentence.text for sentence in split_sentences(message.text)), "")
    if not agrees(opening):
        return
    for sentence in reversed(sentences):
        close = number - 3 <= sentence.message < number
        other = close and conversation[sentence.message].speaker != message.speaker
        if other and sentence.act in ("proposal", "request"):
            kind: Kind = "decision" if sentence.act == "proposal" else "action"
            _settle(sentence.place, number, kind, sentences)
            return


def _settle(proposed: int, number: int, kind: Kind, sentences: list[_Sentence]) -> None:
    """A question that decides is shown with the words of message `number` that agreed to it."""
    proposal = sentences[proposed]
    sentences[proposed] = replace(proposal, point=replace(proposal.point, kind=kind))
    assent = next((each for each in sentences if each.message == number and each.act == "assent"), None)
    if assent and asks(proposal.point.quote) and kind == "decision":
        sentences[proposed] = replace(sentences[proposed], with_it=(assent.place,))
        sentences[assent.place] = replace(
            assent, point=replace(assent.point, kind=kind), with_it=(*assent.with_it, proposed)
        )


def _answer(conversation: Sequence[Said], sentences: list[_Sentence]) -> None:
    """An answered question is no longer open, and brings its answer."""
    for question in list(sentences):
        if question.act != "question":
            continue
        answer = _answer_to(question, conversation, sentences)
        if answer is None:
            continue
        kind: Kind = "answer" if answer.point.kind == "point" else answer.point.kind
        sentences[answer.place] = replace(
            answer, point=replace(answer.point, kind=kind), with_it=(*answer.with_it, question.place)
        )
        sentences[question.place] = replace(
            question, point=replace(question.point, kind="question"), with_it=(answer.place,)
        )


def _answer_to(question: _Sentence, conversation: Sequence[Said], sentences: Sequence[_Sentence]) -> _Sentence | None:
    """What somebody else says to it soon after: the nearest in meaning, or at once, before anything else is asked."""
    asker = conversation[question.message].speaker
    within = range(question.message + 1, question.message + 1 + _ANSWERED_WITHIN)
    replies = [
        sentence
        for sentence in sentences
        if sentence.message in within
        and conversation[sentence.message].speaker != asker
        and sentence.act in ("statement", "assent", "refusal", "decision", "action")
    ]
    near = [reply for reply in replies if float(reply.vector @ question.vector) >= _ALIKE]
    if near:
        return max(
            near, key=lambda reply: float(reply.vector @ question.vector) - 0.03 * (reply.message - question.message)
        )
    at_once = [reply for reply in replies if reply.message == question.message + 1]
    return at_once[0] if at_once and _is_last_question(question, sentences) else None


def _is_last_question(question: _Sentence, sentences: Sequence[_Sentence]) -> bool:
    following = sentences[question.place + 1 :]
    return not any(other.act == "question" and other.message == question.message for other in following)


def _take_back(sentences: list[_Sentence]) -> None:
    """What a later sentence turns back is shown only with it."""
    for later in list(sentences):
        if not turns_back(later.point.quote):
            continue
        earlier = _taken_back(later, sentences)
        if earlier is None:
            continue
        sentences[earlier.place] = replace(earlier, with_it=(*earlier.with_it, later.place))
        current = sentences[later.place]
        kind: Kind = earlier.point.kind if current.point.kind == "point" else current.point.kind
        sentences[later.place] = replace(current, point=replace(current.point, kind=kind))


def _taken_back(later: _Sentence, sentences: Sequence[_Sentence]) -> _Sentence | None:
    """The earlier sentence on the same matter; what was decided or promised before what was merely said."""
    related = [
        earlier
        for earlier in sentences[: later.place]
        if earlier.message < later.message
        and (_share_words(earlier.stems, later.stems) or float(earlier.vector @ later.vector) >= 0.5)
        and earlier.act != "question"
    ]
    return max(
        related,
        key=lambda earlier: _WORTH[earlier.point.kind] + 2 * float(earlier.vector @ later.vector),
        default=None,
    )


def _share_words(one: frozenset[str], other: frozenset[str]) -> bool:
    return sum(1 for stem in one if stem in other or kindred(stem) & other) >= 2


def _choose(sentences: Sequence[_Sentence], messages: int, limit: int) -> list[_Sentence]:
    """One after the other what is worth most beside what is chosen already, each with what must stand beside it."""
    told = [sentence for sentence in sentences if _tells(sentence)]
    if not told:
        return []
    centre = np.mean([sentence.vector for sentence in told], axis=0)
    centre /= float(np.linalg.norm(centre)) or 1.0
    chosen: list[_Sentence] = []
    while told and len(chosen) < limit:
        best = max(told, key=lambda sentence: _worth(sentence, chosen, centre, messages, limit))
        told.remove(best)
        if any(float(best.vector @ other.vector) >= _SAME and best.act == other.act for other in chosen):
            continue
        group = [sentence for sentence in _with_what_belongs_to_it(best, sentences) if sentence not in chosen]
        if len(chosen) + len(group) <= limit:
            chosen += group
            told = [sentence for sentence in told if sentence not in group]
    return chosen


def _tells(sentence: _Sentence) -> bool:
    """Whether it can stand in a summary by itself; "Yes." can only follow its question."""
    if sentence.act in ("assent", "refusal", "ignorance") and sentence.point.kind == "point":
        return False
    if sentence.point.kind in ("decision", "action"):
        return bool(sentence.stems)
    return len(sentence.point.quote.split()) >= _FEWEST_WORDS and bool(sentence.stems)


def _with_what_belongs_to_it(sentence: _Sentence, sentences: Sequence[_Sentence]) -> list[_Sentence]:
    """Itself, its answer or question, and what takes any of them back."""
    group, waiting = [sentence], list(sentence.with_it)
    while waiting:
        other = sentences[waiting.pop()]
        if other not in group:
            group.append(other)
            waiting += other.with_it
    return group


def _worth(
    sentence: _Sentence, chosen: Sequence[_Sentence], centre: NDArray[np.float32], messages: int, limit: int
) -> float:
    stretch = _stretch(sentence, messages, limit)
    alike = max((float(sentence.vector @ other.vector) for other in chosen), default=0.0)
    return (
        _WORTH[sentence.point.kind]
        + 0.5 * float(sentence.vector @ centre)
        + (0.15 if sentence.message == 0 else 0.0)
        + (0.30 if stretch not in {_stretch(other, messages, limit) for other in chosen} else 0.0)
        + (0.15 if sentence.point.speaker not in {other.point.speaker for other in chosen} else 0.0)
        + 0.01 * min(20, len(sentence.stems))
        - 0.4 * alike
    )


def _stretch(sentence: _Sentence, messages: int, limit: int) -> int:
    return sentence.message * max(1, limit // 2) // max(1, messages)
