"""Buckets of tokens: who is turned away, for how long, and in bounded memory."""

from __future__ import annotations

import pytest

from wattcommons.services.runtime.limits import Buckets, sender_of

pytestmark = pytest.mark.unit


def test_take__bucket_empty__the_wait_is_told_and_nothing_taken() -> None:
    now = [100.0]
    buckets = Buckets(2.0, 4.0, clock=lambda: now[0])
    assert [buckets.take("a") for _ in range(5)] == [0, 0, 0, 0, 0.5]
    assert buckets.take("b") == 0
    now[0] += 0.5
    assert buckets.take("a") == 0
    assert buckets.take("a", 3) == 1.5


def test_take__more_than_it_ever_holds__taken_as_all_of_it() -> None:
    now = [0.0]
    buckets = Buckets(1.0, 3.0, clock=lambda: now[0])
    assert buckets.take("a", 50) == 0
    assert buckets.take("a", 50) == 3
    now[0] = 1e9
    assert buckets.take("a", 3) == 0
    assert buckets.take("a") == 1


def test_charge__beyond_what_is_there__a_debt_that_ends() -> None:
    now = [0.0]
    buckets = Buckets(2.0, 4.0, clock=lambda: now[0])
    buckets.charge("a", 10)
    assert buckets.take("a") == 3.5
    buckets.charge("a", 10**9)
    assert buckets.take("a") == 20.5
    now[0] = 20.5
    assert buckets.take("a") == 0


def test_take__more_senders_than_are_kept__the_longest_away_is_forgotten() -> None:
    buckets = Buckets(0.001, 1.0, most=2, clock=lambda: 0.0)
    assert [buckets.take(one) for one in "ab"] == [0, 0]
    assert buckets.take("a") > 0
    assert buckets.take("c") == 0
    assert buckets.take("a") > 0
    assert buckets.take("b") == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("no address", "no address", True),
    ],
)
def test_sender_of__two_addresses__counted_as_one_or_two(one: str, other: str, same: bool) -> None:
    assert (sender_of(one) == sender_of(other)) is same
