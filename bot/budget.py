"""How many tokens of models a day may cost: for a person, for a channel, for everybody together.

The budget is taken from before a model is called, at the most a question can cost, and what was not used is given back: so many
questions at once cannot together spend what each alone might. A question that is given up in between leaves its share taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from vectorstore.database import Database
from vectorstore.schema import model_spending

EVERYBODY = "everybody"
"""The account that every question is charged to."""
KEPT = timedelta(days=31)
"""How long it is known who spent how much."""


@dataclass(frozen=True, slots=True)
class Share:
    """What a question took of the budgets beforehand; to be given to `Budget.settle`."""

    day: date
    accounts: tuple[str, ...]
    tokens: int


class Budget:
    """Tokens a day for each kind of account; safe for threads and for several processes on one database.

    most: by what stands before the colon of an account (`user:U…`, `channel:C…`), and `everybody`; what is not named is
    not limited.
    """

    def __init__(
        self,
        database: Database,
        most: Mapping[str, int],
        *,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
    ) -> None:
        self._database = database
        self._most = dict(most)
        self._today = today

    def take(self, accounts: Sequence[str], tokens: int) -> Share | None:
        """`tokens` of each account and of everybody's, or None where one of them has not so many left today."""
        share = Share(self._today(), tuple(dict.fromkeys((*accounts, EVERYBODY))), tokens)
        with self._database.write(flushed=False) as connection:
            if any(self._lacks(connection, share, account) for account in share.accounts):
                return None
            for account in share.accounts:
                self._add(connection, share.day, account, tokens, questions=1)
        return share

    def settle(self, share: Share, used: int) -> None:
        """Give back what was not used; more than was taken is counted too."""
        with self._database.write(flushed=False) as connection:
            for account in share.accounts:
                self._add(connection, share.day, account, used - share.tokens, questions=0)

    def spent(self, account: str = EVERYBODY) -> tuple[int, int]:
        """Tokens and questions of today."""
        with self._database.read() as connection:
            return self._spent(connection, self._today(), account)

    def _lacks(self, connection: Connection, share: Share, account: str) -> bool:
        most = self._most.get(account.partition(":")[0])
        return most is not None and self._spent(connection, share.day, account)[0] + share.tokens > most

    def _spent(self, connection: Connection, day: date, account: str) -> tuple[int, int]:
        kept = model_spending.c
        row = connection.execute(
            select(kept.tokens, kept.questions).where(kept.day == day, kept.account == account)
        ).first()
        return (row.tokens, row.questions) if row else (0, 0)

    def _add(self, connection: Connection, day: date, account: str, tokens: int, *, questions: int) -> None:
        kept = model_spending.c
        first = {"day": day, "account": account, "tokens": 0, "questions": 0}
        if self._database.insert_ignoring(connection, model_spending, first):
            connection.execute(delete(model_spending).where(kept.day < day - KEPT))
        connection.execute(
            update(model_spending)
            .where(kept.day == day, kept.account == account)
            .values(tokens=kept.tokens + tokens, questions=kept.questions + questions)
        )
