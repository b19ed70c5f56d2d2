"""Buckets of tokens: what is refused, what comes back with time, and that memory is bounded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.services.runtime.limits import Buckets

pytestmark = pytest.mark.unit


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_take__empty_bucket__says_how_long_to_wait_and_takes_nothing() -> None:
    clock = Time()
    buckets = Buckets(rate=2, burst=10, clock=clock)
    assert buckets.take("a", 10) == 0
    assert buckets.take("a", 4) == 2.0
    clock.now = 2.0
    assert buckets.take("a", 4) == 0


def test_take__more_than_the_burst__costs_the_whole_burst_once() -> None:
    clock = Time()
    buckets = Buckets(rate=1, burst=10, clock=clock)
    assert buckets.take("a", 1_000) == 0
    assert buckets.take("a") == 1.0


def test_take__another_key__its_own_bucket() -> None:
    buckets = Buckets(rate=1, burst=1, clock=Time())
    assert buckets.take("a") == 0
    assert buckets.take("a") > 0
    assert buckets.take("b") == 0


def test_take__more_keys_than_there_is_room__the_one_asked_longest_ago_is_forgotten() -> None:
    buckets = Buckets(rate=1, burst=1, most=2, clock=Time())
    for key in ("a", "b", "c"):
        buckets.take(key)
    assert buckets.take("b") > 0
    assert buckets.take("a") == 0  # forgotten, so full again


@given(st.lists(st.tuples(st.floats(0, 5), st.integers(1, 8)), max_size=60))
def test_take__any_asking__never_more_than_burst_and_rate_allow(asked: list[tuple[float, int]]) -> None:
    clock = Time()
    buckets = Buckets(rate=3, burst=8, clock=clock)
    given_out = 0
    for wait, tokens in asked:
        clock.now += wait
        given_out += tokens if buckets.take("a", tokens) == 0 else 0
        assert given_out <= 8 + 3 * clock.now + 1e-6
