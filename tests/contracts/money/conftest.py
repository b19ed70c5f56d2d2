"""The village with nothing uncleared before it begins."""

from __future__ import annotations

import pytest

from tests.support.community import Community


@pytest.fixture
def bank(village: Community) -> Community:
    """The village, the intervals before its first member passed over: only what has yet to come is reserved for."""
    village.do("EnergyMarket.catchUp", 10_000)
    return village
