"""What is told of an answer while it is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pytest

from bot import gate
from bot.answer import Assistant
from bot.model import ModelComposer
from bot.progress import Progress, Stopped
from bot.relevance import Embed
from bot.values import Answer, Question
from vectorstore.errors import UnknownDocument
from vectorstore.preference import Preference
from vectorstore.values import Passage, Version

QUESTION = Question("Is Northbank Ferries in talks to sell its island routes?")
DENIAL = '- Northbank Ferries denied that it is in talks to sell its island routes. [2] "denied on Tuesday that it is in talks"\n'
TALKS = '- Northbank Ferries is in talks to sell its island routes, the Courier reported. [1] "is in talks to sell its island"\n'


class Cabinet:
    """A knowledge base that finds the same passages whatever the question."""

    reranker = None

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = list(passages)

    def search(
        self,
        query: str,
        scopes: Sequence[str],
        *,
        limit: int,
        per_document: int,
        tags: Sequence[str] = (),
        prefer: Preference | None = None,
        rerank: bool = False,
    ) -> list[Passage]:
        return self._passages[:limit]

    def counts(self, scopes: Sequence[str], tags: Sequence[str] = ()) -> tuple[int, int]:
        return len(self._passages), len(self._passages)

    def find_document(self, wanted: str, scopes: Sequence[str]) -> Version:
        raise UnknownDocument(wanted)


@pytest.fixture
def assistant(model_server, ferry, embed: Embed) -> Callable[..., Assistant]:
    def make(*, with_model: bool = True) -> Assistant:
        check = partial(gate.check, embed=embed)
        model = ModelComposer("openai:scripted", base_url=model_server.base_url, check=check)
        return Assistant(Cabinet(ferry), embed, model if with_model else None)

    return make


def heard(assistant: Assistant) -> tuple[Answer, list[Progress]]:
    told: list[Progress] = []
    return assistant.answer(QUESTION, on_progress=told.append), told


def test_the_steps_are_told_in_their_order(assistant: Callable[..., Assistant]) -> None:
    answer, told = heard(assistant(with_model=False))
    assert answer.answered
    assert told == [Progress("understand"), Progress("search"), Progress("read", 3), Progress("check", 3)]


def test_each_verified_sentence_is_told_with_the_number_it_keeps(model_server, assistant) -> None:
    model_server.says(DENIAL + '- It was sold for 90 crowns. [1] "sold for 90 crowns"\n' + TALKS)
    answer, told = heard(assistant())
    so_far = [each.answer for each in told if each.answer]
    assert [len(each.statements) for each in so_far] == [1, 2]
    assert answer.statements[:2] == so_far[-1].statements
    assert answer.statements[:1] == so_far[0].statements
    assert [source.title for source in so_far[-1].sources] == [source.title for source in answer.sources]
    assert so_far[0].searched == answer.searched


def test_a_listener_ends_the_composing(model_server, script, assistant) -> None:
    model_server.plays(script((DENIAL,), end="hang"))

    def stop_at_the_first_sentence(progress: Progress) -> None:
        if progress.answer:
            raise Stopped

    with pytest.raises(Stopped):
        assistant().answer(QUESTION, on_progress=stop_at_the_first_sentence)
    assert model_server.hung_up.wait(60)
