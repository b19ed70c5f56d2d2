"""Found by the stateful fuzzing: the sum of the balances is not the euro held while an interval is half settled.

Sellers of a chunk are paid before the buyers of the next one pay. Nothing is lost: the difference is the price of
what is booked on one side only, and it ends with the interval.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fuzz.checks import check
from tests.fuzz.machine import CommunityMachine
from tests.fuzz.world import Origin
from wattcommons.chain.batch import Read
from wattcommons.chain.devnet import DevnetOptions, devnet

pytestmark = pytest.mark.fuzz


@pytest.fixture
def community() -> Iterator[CommunityMachine]:
    """Two intervals have passed with everybody's readings."""
    with devnet(DevnetOptions(genesis_time=1_767_225_600, gas_limit=500_000_000)) as node:
        origin = Origin(node.ipc_path, collect=True)
        machine = CommunityMachine(origin)
        machine.meters_begin(seed=7227, intervals=3)
        yield machine
        origin.ipc.close()


def gap(machine: CommunityMachine) -> int:
    """Sum of all balances, grid and network included, less the euro held by the market, n€."""
    deployment = machine.world.chain.deployment
    market = deployment.address("EnergyMarket")
    pooled, held, *balances = machine.world.chain.read(
        [
            Read("EnergyMarket", "pooledBalances"),
            Read("CommunityEuro", "balanceOf", (market,)),
            *(Read("EnergyMarket", "balanceOf", (index,)) for index in machine.world.model.participants),
        ]
    )
    return int(sum(pooled) + sum(balances) - held)


def test_balances__interval_settled_in_chunks__differ_by_one_sided_trades_until_it_is_final(
    community: CommunityMachine,
) -> None:
    clearing = community.world.clearing
    interval = next(
        index for index in range(community.world.model.current)[::-1] if clearing.settlement(index).clearing.fills
    )
    gaps = []
    for _ in range(20):
        community.advance_interval(interval, 1)
        check(community.world, 0, whole=True)
        gaps.append(gap(community))
        if clearing.intervals[interval].settled:
            break
    assert clearing.intervals[interval].settled
    assert any(gaps), "no chunk ended between a seller and a buyer"
    assert gaps[-1] == 0
