"""The model as one question may use it: within the budget, and with what it took added up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from bot.budget import Budget
from bot.draft import Draft
from bot.model import Composed
from bot.usage import Usage
from vectorstore.values import Passage


class Model(Protocol):
    """What answering needs of `bot.model.ModelComposer`."""

    @property
    def most_tokens(self) -> int: ...

    def compose(
        self, question: str, passages: Sequence[Passage], *, on_statement: Callable[[Draft], None] | None = None
    ) -> Composed: ...

    def rewrite(self, prompt: str) -> tuple[str, Usage]: ...


class Purse:
    """`model`: None where there is none, or where the budget of the day is spent (`refused`)."""

    def __init__(self, model: Model | None, *, refused: bool = False) -> None:
        self._model = model
        self.refused = refused
        self.used = Usage()

    @property
    def rewrite(self) -> Callable[[str], str] | None:
        model = self._model
        if model is None:
            return None

        def rewrite(prompt: str) -> str:
            text, usage = model.rewrite(prompt)
            self.used += usage
            return text

        return rewrite

    def compose(
        self, question: str, passages: Sequence[Passage], *, on_statement: Callable[[Draft], None]
    ) -> Composed | None:
        if self._model is None:
            return None
        composed = self._model.compose(question, passages, on_statement=on_statement)
        self.used += composed.usage
        return composed


@contextmanager
def opened(model: Model | None, budget: Budget | None, accounts: Sequence[str]) -> Iterator[Purse]:
    """A question of nobody's account (the command line, an evaluation) is the operator's own and not limited."""
    if model is None or budget is None or not accounts:
        yield Purse(model)
        return
    share = budget.take(accounts, model.most_tokens)
    if share is None:
        yield Purse(None, refused=True)
        return
    purse = Purse(model)
    yield purse
    budget.settle(share, purse.used.tokens)  # not reached by a question that is given up: what it took nobody knows
