"""A community with a few settled half-hours, all in order."""

from __future__ import annotations

import pytest

from tests.unit.audit.paper import FIRST, Paper, reading


@pytest.fixture
def paper() -> Paper:
    """Three settled intervals: too little sun, too much, and one whose reading of participant 3 came late."""
    community = Paper()
    community.found()
    community.deposit(1, 5 * 10**9)
    for interval, roof in enumerate((900, 3_000), FIRST):
        community.record(1, interval, reading(0, 700))
        community.record(2, interval, reading(roof, 300))
        community.record(3, interval, reading(0, 500))
        community.clear(interval)
    community.record(1, FIRST + 2, reading(0, 400))
    community.record(2, FIRST + 2, reading(1_000, 100))
    community.clear(FIRST + 2)
    community.record(3, FIRST + 2, reading(0, 250))
    community.settle_late(3, FIRST + 2)
    surplus = 1 << 32 | FIRST + 1
    community.transfer(surplus, community.wallets[2], community.wallets[1], 600)
    community.cancel(surplus, community.wallets[1], 200)
    return community
