"""The questions offered in the app's pane: each about something the person's documents are about, and answered by them."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterator, Sequence
from contextlib import suppress

from bot.progress import Progress, Stopped
from bot.slack.language import Strings
from bot.slack.library import Answerer, Library
from bot.suggestions import Subject, Suggestion, subjects, suggestions
from bot.values import Question
from vectorstore.errors import UnknownDocument

DOCUMENTS = 12
"""The most recent documents that questions are made of."""
REMEMBERED = 200
"""Audiences whose questions are remembered until the library changes."""


class Prompts:
    """Safe for threads."""

    def __init__(self, answerer: Answerer, library: Library) -> None:
        self._answerer = answerer
        self._library = library
        self._known: dict[Hashable, tuple[Hashable, list[Suggestion]]] = {}
        self._changing = threading.Lock()

    def of(self, scopes: tuple[str, ...], strings: Strings) -> list[Suggestion]:
        """At most four; none where the documents give none. What it takes seconds to find is remembered."""
        audience, state = (scopes, strings.language), self._state(scopes)
        with self._changing:
            known = self._known.get(audience)
        if known is None or known[0] != state:
            known = (state, self._found(scopes, strings))
            with self._changing:
                if len(self._known) >= REMEMBERED:
                    self._known.clear()
                self._known[audience] = known
        return known[1]

    def _state(self, scopes: Sequence[str]) -> Hashable:
        rows = [row for row in self._library.sources() if row.scope in scopes]
        return tuple((row.id, row.passages, row.updated_at) for row in rows)

    def _found(self, scopes: tuple[str, ...], strings: Strings) -> list[Suggestion]:
        def say(subject: Subject) -> str:
            if subject.is_title and subject.name.endswith("?"):  # a note is called by the question it answers
                return subject.name
            return strings("pane.what_says" if subject.is_title else "pane.what_about", subject=subject.name)

        def about(subject: Subject) -> str:
            return strings("pane.and_about", subject=subject.name)

        return suggestions(
            self._subjects(scopes),
            [say, about],
            lambda question: self._is_answered(question, scopes),
        )

    def _subjects(self, scopes: tuple[str, ...]) -> Iterator[list[Subject]]:
        for title in dict.fromkeys(self._library.titles(scopes, DOCUMENTS)):
            sentences: list[str] = []
            with suppress(UnknownDocument):  # several of that title
                sentences = [each.text for each in self._answerer.summarize(title, scopes).statements]
            yield subjects(title, sentences)

    def _is_answered(self, question: str, scopes: tuple[str, ...]) -> bool:
        """Whether the passages answer it: no model is asked to write what nobody has asked."""

        def stop_before_writing(progress: Progress) -> None:
            if progress.step == "check":
                raise Stopped

        try:
            return self._answerer.answer(Question(question, scopes), on_progress=stop_before_writing).answered
        except Stopped:
            return True
