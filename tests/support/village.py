"""Fixtures: a small village, put back to where it was after every test.

A conftest.py offers them to its folder by importing them, with `chain` and `node` of tests.support.devnet.
"""

from __future__ import annotations

import pytest
from web3 import Web3

from tests.support.community import Community, Founded, found

MILL, ROOF, SPA, FLAT, LOFT, BARN = range(1, 7)
"""Participants: mill and roof produce and have a device; all but the barn have the default standing order."""


@pytest.fixture(scope="session")
def founded_village(chain: Web3) -> Founded:
    return found(chain, size=6, producers=(MILL, ROOF), standing=(MILL, ROOF, SPA, FLAT, LOFT))


@pytest.fixture
def village(founded_village: Founded, node: Web3) -> Community:
    """Six participants of 9 kW, half-hours; no interval of theirs has begun. What the test does is undone."""
    return Community(node, founded_village).arrive()
