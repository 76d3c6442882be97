"""What only looks different is told to nobody, what matters is told as the sentence that it is."""

from __future__ import annotations

import pytest

from evals.noise import COSMETIC, is_told, quiet_pairs, real_pairs

QUIET = list(quiet_pairs())
REAL = list(real_pairs())


def test_there_is_enough_to_tell() -> None:
    assert (len(QUIET) >= 100, len(REAL) >= 20) == (True, True)
    assert {kind for kind, _, _ in QUIET} == set(COSMETIC)


@pytest.mark.parametrize("kind", COSMETIC)
def test_what_only_looks_different_raises_no_alarm(kind: str) -> None:
    assert [found for each, _, found in QUIET if each == kind and found] == []


@pytest.mark.parametrize("number", range(len(REAL)))
def test_a_change_that_matters_is_told_alone_with_its_old_and_new_words(number: int) -> None:
    old, new, found = REAL[number]
    assert is_told(old, new, found), found
