"""A share of Slack's rate limits is never exceeded, and what Slack asks for is granted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.slack.allowance import Allowance


class Watch:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@given(st.integers(1, 5), st.lists(st.floats(0, 20), max_size=40))
def test_in_no_minute_more_is_allowed(calls: int, pauses: list[float]) -> None:
    watch = Watch()
    allowance = Allowance(calls, 60.0, watch)
    taken = []
    for pause in pauses:
        watch.now += pause
        if allowance.take():
            taken.append(watch.now)
    assert all(later - earlier >= 60 for earlier, later in zip(taken, taken[calls:], strict=False))
    assert bool(taken) == bool(pauses)


def test_while_slack_wants_rest_nothing_is_allowed() -> None:
    watch = Watch()
    allowance = Allowance(5, 60.0, watch)
    allowance.rest(10.0)
    allowance.rest(3.0)
    assert not allowance.take()
    watch.now = 10.0
    assert allowance.take()
