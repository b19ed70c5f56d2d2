"""Waits grow to a bound, differ from each other, and begin anew after a success."""

from __future__ import annotations

from random import Random

import pytest

from wattcommons.errors import RuleError
from wattcommons.services.runtime.backoff import Backoff

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "wrong",
    [
        {"first": 0, "least": 0},
        {"first": -1},
        {"first": 2, "most": 1},
        {"factor": 0.5},
        {"factor": float("nan")},
        {"first": 1, "least": 2},
        {"least": -0.1},
    ],
)
def test_backoff__impossible_bounds__refused(wrong: dict[str, float]) -> None:
    with pytest.raises(RuleError):
        Backoff(Random(1), **wrong)


def test_pause__many_failures__within_a_growing_bound() -> None:
    backoff = Backoff(Random(1), first=1, factor=2, most=60, least=0.2)
    for number in range(40):
        assert 0.2 <= backoff.pause() <= min(60, 2**number)


def test_pause__two_gateways__do_not_wait_alike() -> None:
    one, other = Backoff(Random(1)), Backoff(Random(2))
    assert [one.pause() for _ in range(5)] != [other.pause() for _ in range(5)]


def test_reset__after_long_waits__short_again() -> None:
    backoff = Backoff(Random(1), first=1, most=600)
    for _ in range(12):
        backoff.pause()
    backoff.reset()
    assert backoff.pause() <= 1


def test_pause__many_draws__spread_over_the_whole_range() -> None:
    backoff = Backoff(Random(7), first=10, factor=1, most=10, least=0)
    drawn = [backoff.pause() for _ in range(2_000)]
    assert min(drawn) < 0.1
    assert max(drawn) > 9.9
    assert 4.7 < sum(drawn) / len(drawn) < 5.3


def test_bound__after_failures__doubles_up_to_the_longest() -> None:
    backoff = Backoff(Random(1), first=1, factor=2, most=6)
    bounds = []
    for _ in range(5):
        bounds.append(backoff.bound)
        backoff.pause()
    assert bounds == [1, 2, 4, 6, 6]
