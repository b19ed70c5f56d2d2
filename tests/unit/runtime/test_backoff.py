"""Waits grow to a bound, differ from each other, and begin anew after a success."""

from __future__ import annotations

from random import Random

import pytest

from wattcommons.services.runtime.backoff import Backoff

pytestmark = pytest.mark.unit


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
