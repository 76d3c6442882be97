"""The model composer: a language model writes the sentences, the sources decide which of them are shown.

What the model writes is data: each sentence must name a source and quote it word for word, the quote must stand in that
source, and the gate must find that it supports the sentence. Whatever a model or its provider does (silence, errors, lies,
endless talk) ends in a `Composed`, never in an exception.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from bot.chat_model import CHARACTERS_PER_TOKEN, ChatModel, ModelFailed
from bot.draft import Draft, Quote
from bot.model_lines import Cite, Line, LineReader
from bot.plaintext import addresses, plain
from bot.prompt import Prompt, answer_prompt
from bot.rewording import reworded
from bot.usage import Usage
from bot.values import Note, Rejection, Shape
from bot.verbatim import find_parts, find_quote, joined, whole_sentences
from vectorstore.sentences import split_sentences
from vectorstore.values import Passage, Version
from vectorstore.words import stems

logger = logging.getLogger(__name__)

MAX_STATEMENTS = 8
"""Sentences; entries of lists and rows of tables are counted apart."""
MAX_ENTRIES = 40
REWRITE_S = 8.0
"""Seconds for a rewritten question; the rules are there at once."""
MAX_SENTENCE = 600
"""Code points; more is a copied passage, not a sentence."""
MAX_REJECTIONS = 20
MAX_REJECTED_TEXT = 300


class Verdict(Protocol):
    """What the gate says of a sentence and the quote that is to prove it."""

    @property
    def supported(self) -> bool: ...
    @property
    def reason(self) -> Note | None: ...
    @property
    def usage(self) -> Usage: ...


Check = Callable[[str, str, Version], Verdict]
"""Does this quote, which stands in this version, support this sentence?"""


@dataclass(frozen=True, slots=True)
class Composed:
    """What a model made of a question. Without drafts, `failure` says why: the key of a `bot.values.Note`."""

    drafts: tuple[Draft, ...]
    rejected: tuple[Rejection, ...]
    usage: Usage
    failure: str | None = None
    """Set beside drafts too when the model was cut off: what it had written until then is verified and stands."""
    declined: bool = False
    """The model said that the sources do not hold the answer."""


@dataclass(slots=True)
class _Progress:
    """What has come of one question so far."""

    passages: Sequence[Passage]
    check: Check
    on_draft: Callable[[Draft], None]
    drafts: list[Draft] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    seen: set[tuple[str, ...]] = field(default_factory=set)
    declined: bool = False
    judging: Usage = field(default_factory=Usage)
    """What the checks took."""

    @property
    def full(self) -> bool:
        sentences = sum(draft.shape.form == "prose" for draft in self.drafts)
        return sentences >= MAX_STATEMENTS or len(self.drafts) - sentences >= MAX_ENTRIES

    def take(self, lines: Sequence[Line]) -> None:
        for line in lines:
            self.declined |= line.declines
            if line.declines:
                continue
            if line.shape.form in ("row", "code"):
                self._take_statement(line.text, line.cites, line.shape)
            else:
                self._take_sentences(line)

    def _take_sentences(self, line: Line) -> None:
        shape = line.shape
        for sentence in split_sentences(line.text):
            shown = self._take_statement(sentence.text, line.cites, shape)
            shape = replace(shape, continues=shape.form != "prose" and (shown or shape.continues))

    def _take_statement(self, text: str, cites: Sequence[Cite], shape: Shape) -> bool:
        """Whether it is shown."""
        said = tuple(stems(text))
        if self.full or not said or said in self.seen:
            return False
        self.seen.add(said)
        draft, reason = _located_code(text, self.passages) if shape.form == "code" else self._verify(text, cites, shape)
        if draft:
            self.drafts.append(replace(draft, shape=shape))
            self.on_draft(self.drafts[-1])
        elif reason and len(self.rejected) < MAX_REJECTIONS:
            quote = cites[0].quote if cites else ""
            self.rejected.append(Rejection(_shown(text), _shown(quote), reason))
        return draft is not None

    def _verify(self, text: str, cites: Sequence[Cite], shape: Shape) -> tuple[Draft | None, Note | None]:
        said = text.replace("`", "")
        if not cites:
            return None, Note("held_without_source")
        if len(text) > MAX_SENTENCE:
            return None, Note("held_too_long")
        proving: list[Quote] = []
        found: list[Quote] = []
        reason: Note | None = None
        for cite in cites:
            quotes, why_not = _locate(cite, self.passages)
            if quotes and shape.form == "row" and not _holds_all(quotes, shape):
                why_not = Note("held_value")
            elif quotes:
                found += [quote for quote in quotes if quote not in found]
                if (why_not := self._unsupported(said, quotes, shape)) is None:
                    proving += [quote for quote in quotes if quote not in proving]
            reason = reason or why_not
        if not proving and len(cites) > 1 and self._together(said, found, shape):
            proving = found
        return (Draft(text, tuple(proving)), None) if proving else (None, reason)

    def _together(self, text: str, quotes: Sequence[Quote], shape: Shape) -> bool:
        """Whether several quotes of one source prove what none of them proves alone."""
        versions = {quote.version.id for quote in quotes}
        return 1 < len(quotes) <= _TOGETHER and len(versions) == 1 and self._unsupported(text, quotes, shape) is None

    def _unsupported(self, text: str, quotes: Sequence[Quote], shape: Shape) -> Note | None:
        in_order = sorted(quotes, key=lambda quote: quote.start)
        quoted = in_order[0].text if len(quotes) == 1 else joined([quote.text for quote in in_order])
        version = in_order[0].version
        if any(address not in quoted for address in addresses(text)):
            return Note("held_address")
        if shape.form != "row" and (invented := reworded(text, quoted, _about(version))):
            return invented
        verdict = self.check(text, quoted, version)
        self.judging += verdict.usage
        return None if verdict.supported else verdict.reason


_TOGETHER = 4
"""Quotes that may prove a sentence together, at most."""


class ModelComposer:
    """Composes with `model`; see `ChatModel` for its settings and for what it raises when it cannot be used.

    check: the gate. max_prompt_tokens: the length of the sources; the last ones are left out when they do not fit.
    """

    def __init__(
        self,
        model: str,
        *,
        check: Check,
        base_url: str | None = None,
        api_key: str | None = None,
        temperature: float | None = 0,
        first_token_s: float = 15,
        total_s: float = 45,
        max_output_tokens: int = 700,
        max_prompt_tokens: int = 6_000,
    ) -> None:
        self._check = check
        self._max_prompt = max_prompt_tokens * CHARACTERS_PER_TOKEN
        self.most_tokens = max_prompt_tokens + 2 * max_output_tokens + _BESIDE
        self._chat = ChatModel(
            model,
            base_url=base_url,
            api_key=api_key,
            temperature=temperature,
            first_token_s=first_token_s,
            total_s=total_s,
            max_output_tokens=max_output_tokens,
        )

    def compose(
        self, question: str, passages: Sequence[Passage], *, on_statement: Callable[[Draft], None] | None = None
    ) -> Composed:
        """The verified sentences of the model's answer; `on_statement` gets each as soon as it is verified.

        Raises only what `on_statement` or the gate raise.
        """
        prompt = answer_prompt(question, passages, self._max_prompt)
        progress = _Progress(prompt.passages, self._check, on_statement or (lambda _draft: None))
        reader = LineReader()
        reply = self._chat.reply(prompt)
        failure = None
        try:
            with contextlib.closing(iter(reply)) as pieces:
                _read(pieces, reader, progress)
        except ModelFailed as failed:
            failure = failed.reason
            logger.warning("The model failed: %s (%s)", failed.reason, failed.cause)
        progress.take(reader.finish(cut=failure is not None or progress.full))
        return _composed(progress, reply.usage, failure)

    def rewrite(self, prompt: str) -> tuple[str, Usage]:
        """The model's reply to a prompt of `bot.prompt.rewrite_prompt`, or an empty text when it has none in time."""
        reply = self._chat.reply(Prompt("", prompt), total_s=min(REWRITE_S, self._chat.total_s))
        try:
            return "".join(reply).strip(), reply.usage
        except ModelFailed as failed:
            logger.warning("The model failed to rewrite: %s (%s)", failed.reason, failed.cause)
            return "", reply.usage


_BESIDE = 2_000
"""Tokens of the instructions and of a rewritten question."""


def _read(pieces: Iterator[str], reader: LineReader, progress: _Progress) -> None:
    for piece in pieces:
        progress.take(reader.feed(piece))
        if progress.full:
            return


def _composed(progress: _Progress, usage: Usage, failure: str | None) -> Composed:
    drafts, rejected = tuple(progress.drafts), tuple(progress.rejected)
    declined = progress.declined and not drafts
    if not drafts and failure is None:
        failure = _why_nothing(declined, bool(rejected))
    return Composed(drafts, rejected, usage + progress.judging, failure, declined)


def _why_nothing(declined: bool, rejected: bool) -> str:
    if declined:
        return "model_declined"
    return "model_unproven" if rejected else "model_silent"


def _locate(cite: Cite, passages: Sequence[Passage]) -> tuple[list[Quote], Note | None]:
    """The quoted sentences in the source that was named, or in the only one that holds them; or why there are none.

    Several where the quote leaves something out.
    """
    if not cite.quote:
        return [], Note("held_without_quote")
    named = passages[cite.number - 1 : cite.number] if cite.number else ()
    found = _quotes(cite.quote, named) or _quotes(cite.quote, passages)
    versions = {quotes[0].version.id for quotes in found}
    if len(versions) == 1:
        return found[0], None
    return [], Note("held_ambiguous_quote") if versions else Note("held_invented_quote")


def _holds_all(quotes: Sequence[Quote], row: Shape) -> bool:
    """Whether every word of a row's values is said: a row is too short for its meaning to be weighed."""
    held = set(stems(" ".join([quotes[0].version.title, *(quote.text for quote in quotes)])))
    return all(held.issuperset(stems(value)) for _, value in row.cells)


def _located_code(text: str, passages: Sequence[Passage]) -> tuple[Draft | None, Note | None]:
    """Code as a source has it, in lines of its own: a part of a sentence could be what the sentence warns of."""
    for passage in passages:
        span = find_quote(text, passage)
        if span and _has_lines_of_its_own(span, passage.version.text):
            quote = Quote(passage.version, *span, passage.duplicates)
            return Draft(quote.text, (quote,)), None
    return None, Note("held_code")


def _has_lines_of_its_own(span: tuple[int, int], text: str) -> bool:
    before, after = text[: span[0]].rpartition("\n")[2], text[span[1] :].partition("\n")[0]
    return not before.strip(" \t`~$>#") and not after.strip(" \t`~")


def _quotes(quote: str, passages: Sequence[Passage]) -> list[list[Quote]]:
    """For each passage that holds the quote, whole or in parts, the sentences that it is from."""
    found = []
    for passage in passages:
        span = find_quote(quote, passage)
        spans = [whole_sentences(each, passage) for each in ([span] if span else find_parts(quote, passage))]
        if spans:
            found.append([Quote(passage.version, *each, passage.duplicates) for each in dict.fromkeys(spans)])
    return found


def _about(version: Version) -> str:
    """What a sentence may name without quoting it."""
    published = f"{version.published:%-d %B %Y}" if version.published else ""
    return " ".join(filter(None, (version.title, version.publisher, version.author, published)))


def _shown(text: str) -> str:
    return plain(text)[:MAX_REJECTED_TEXT]
