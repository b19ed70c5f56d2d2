"""A village that bills for the grid, its first half-hour settled: what is corrected then is a settled reading."""

from __future__ import annotations

from dataclasses import replace

import pytest
from web3 import Web3

from tests.contracts.corrections.kit import Desk
from tests.contracts.market.scene import SHORT, recorded
from tests.support.community import DEFAULT_TERMS, Community, Founded, found
from tests.support.village import FLAT, LOFT, MILL, ROOF, SPA


@pytest.fixture(scope="session")
def founded_billed(chain: Web3) -> Founded:
    terms = replace(DEFAULT_TERMS, collect_grid=True)
    return found(chain, terms, size=6, producers=(MILL, ROOF), standing=(MILL, ROOF, SPA, FLAT, LOFT))


@pytest.fixture
def billed(founded_billed: Founded, node: Web3) -> Community:
    """Nothing of it has begun."""
    return Community(node, founded_billed).arrive()


@pytest.fixture
def desk(billed: Community) -> Desk:
    """The first interval settled, everybody's reading in time."""
    settled = recorded(billed, SHORT)
    billed.advance(settled)
    return Desk(billed, settled)
