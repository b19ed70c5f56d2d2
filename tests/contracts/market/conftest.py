"""Communities for books: twelve participants without orders, valued or collected; six with the widest limits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from web3 import Web3

from tests.support.community import DEFAULT_TERMS, Community, Founded, found


@pytest.fixture(scope="session")
def founded_crowds(chain: Web3) -> dict[bool, Founded]:
    """By whether the grid leg and the network fee are collected."""
    return {
        collects: found(
            chain,
            replace(DEFAULT_TERMS, collect_grid=collects, collect_network_fee=collects),
            size=12,
            power_w=100_000,
            producers=range(1, 13, 2),
        )
        for collects in (False, True)
    }


@pytest.fixture
def crowd(founded_crowds: dict[bool, Founded], node: Web3) -> Community:
    """Twelve participants, the odd ones with devices; grid and network are only valued."""
    return Community(node, founded_crowds[False]).arrive()


@pytest.fixture
def collecting_crowd(founded_crowds: dict[bool, Founded], node: Web3) -> Community:
    """As `crowd`, with grid and network fee booked."""
    return Community(node, founded_crowds[True]).arrive()


@pytest.fixture(scope="session")
def founded_arenas(chain: Web3) -> dict[int, Founded]:
    """By k, ppm: hours, and power limits that let a reading be as large as it can be."""
    return {
        k_ppm: found(chain, replace(DEFAULT_TERMS, k_ppm=k_ppm, interval_minutes=60), power_w=2**24 - 1)
        for k_ppm in (500_000, 0, 1_000_000)
    }
